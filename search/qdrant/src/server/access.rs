use std::fmt;
use std::time::Duration;

use search::{Error, Result};

/// How a server is spoken to.
#[derive(Clone)]
pub struct Access {
    /// The API key, if the server asks for one.
    pub key: Option<String>,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How often a request is sent at most while the server is away or does not answer.
    pub attempts: u32,
    /// The pause after the first attempt; each further one is twice as long.
    pub pause: Duration,
}

impl Access {
    /// The variable of the environment that has the API key.
    pub const KEY_VARIABLE: &str = "QDRANT_API_KEY";

    /// With the environment's API key, if it has one.
    ///
    /// # Errors
    /// [`Error::Argument`] when the variable is no text.
    pub fn from_environment() -> Result<Self> {
        let key = match std::env::var(Self::KEY_VARIABLE) {
            Ok(key) => Some(key),
            Err(std::env::VarError::NotPresent) => None,
            Err(std::env::VarError::NotUnicode(_)) => return Err(Self::wrong_key()),
        };
        Ok(Self {
            key: key.filter(|key| !key.is_empty()),
            ..Self::default()
        })
    }

    /// The key itself is in no error.
    pub(crate) fn wrong_key() -> Error {
        let expected = "an API key of visible ASCII characters";
        Error::argument(Self::KEY_VARIABLE, expected, "others")
    }
}

impl Default for Access {
    fn default() -> Self {
        Self {
            key: None,
            timeout: Duration::from_secs(30),
            attempts: 4,
            pause: Duration::from_millis(500),
        }
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("key", &self.key.as_ref().map(|_| "secret"))
            .field("timeout", &self.timeout)
            .field("attempts", &self.attempts)
            .field("pause", &self.pause)
            .finish()
    }
}
