use std::fmt;
use std::str::FromStr;

use search::{Error, Result};

/// Where Qdrant listens for gRPC unless it is told otherwise.
const PORT: u16 = 6334;

/// A collection of a Qdrant server's: `http://localhost:6334/my_collection`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The server, with its port.
    pub(crate) url: String,
    pub(crate) collection: String,
}

impl Address {
    /// The collection that is used where none is named: `mario_kart_screenshots_` and the embedder's name.
    #[must_use]
    pub fn default_collection(embedder: &str) -> String {
        format!("mario_kart_screenshots_{embedder}")
    }

    /// Reads `http://HOST[:PORT][/COLLECTION]`, or the same with `https`. The port is 6334 when left out; the collection is the
    /// default one of `embedder`.
    ///
    /// # Errors
    /// [`Error::Argument`] for a text of another form, and one without a collection when there is no embedder either.
    pub fn parse(text: &str, embedder: Option<&str>) -> Result<Self> {
        let wrong = || {
            let expected = "http:// or https://, HOST[:PORT] and /COLLECTION";
            Error::argument("address of a Qdrant server", expected, text)
        };
        let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
        let (server, collection) = rest.split_once('/').unwrap_or((rest, ""));
        // A user's name would be a password's, too, which no error may print.
        let is_server = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
        if !["http", "https"].contains(&scheme) || !server.chars().all(is_server) {
            return Err(wrong());
        }
        // An address of IPv6 stands in brackets.
        let behind_host = server.rfind(']').map_or(0, |bracket| bracket + 1);
        let server = match server[behind_host..].rsplit_once(':') {
            Some((_, port)) if u16::from_str(port).is_ok() => server.to_owned(),
            Some(_) => return Err(wrong()),
            None => format!("{server}:{PORT}"),
        };
        if server.starts_with(':') {
            return Err(wrong());
        }
        let collection = match (collection.trim_end_matches('/'), embedder) {
            ("", Some(embedder)) => Self::default_collection(embedder),
            ("", None) => return Err(wrong()),
            (collection, _) => collection.to_owned(),
        };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if !collection.chars().all(is_plain) {
            let expected = "letters, digits, _, - and .";
            return Err(Error::argument(
                "name of a collection",
                expected,
                collection,
            ));
        }
        Ok(Self {
            url: format!("{scheme}://{server}"),
            collection,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.url, self.collection)
    }
}
