//! What an index of Qdrant's says of itself, since Qdrant knows neither embedders nor kinds of fields.

use search::{Description, Error, Exact, Result, Search as _};
use serde::{Deserialize, Serialize};

const FORMAT: &str = "kartscope-qdrant";
const VERSION: u32 = 1;

/// The header of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    format: String,
    version: u32,
    /// How many rows it has when it is whole.
    pub(crate) rows: u32,
    /// The digest of the exact index that it was made from, hexadecimal.
    pub(crate) digest: String,
    pub(crate) description: Description,
}

impl Header {
    /// The header of a copy of an exact index.
    ///
    /// # Errors
    /// [`Error::Argument`] when a field's name has a meaning in Qdrant's paths.
    pub(crate) fn of(exact: &Exact) -> Result<Self> {
        let description = exact.description().clone();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        for field in &description.fields {
            if field.name.is_empty() || !field.name.chars().all(is_plain) {
                let expected = "letters, digits, _ and -";
                return Err(Error::argument("name of a field", expected, &field.name));
            }
        }
        Ok(Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            // An exact index counts them in 32 bits.
            rows: exact.count() as u32,
            digest: format!("{:016x}", exact.digest()),
            description,
        })
    }

    /// Fails unless it is a header that this version reads; `index` names the index in the error.
    pub(crate) fn check(&self, index: &str) -> Result<()> {
        if self.format != FORMAT {
            return Err(Error::mismatch(index, "format", FORMAT, &self.format));
        }
        if self.version != VERSION {
            return Err(Error::mismatch(index, "version", VERSION, self.version));
        }
        self.description.check().map_err(|error| match error {
            Error::Argument {
                what,
                expected,
                found,
            } => Error::mismatch(index, what, expected, found),
            other => other,
        })
    }

    /// Fails unless the index has as many points as it is to have.
    pub(crate) fn require_points(&self, index: &str, points: u64) -> Result<()> {
        if points != u64::from(self.rows) {
            return Err(Error::mismatch(index, "points", self.rows, points));
        }
        Ok(())
    }
}
