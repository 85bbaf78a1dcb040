//! Choices among a game's characters, karts and courses, in configurations.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// A character, a kart or a course, by its number or its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum NumberOrName {
    /// The game's number.
    Number(u8),
    /// Its name, in any case; of a course also its abbreviation.
    Name(String),
}

impl NumberOrName {
    /// The number of the choice among `names`, which are in the order of their numbers.
    ///
    /// # Errors
    /// [`Error::Setting`], of `setting`, for unknown names and numbers.
    pub fn among(&self, setting: &'static str, names: &[&str]) -> Result<u8> {
        let place = match self {
            Self::Number(number) => Some(usize::from(*number)).filter(|place| *place < names.len()),
            Self::Name(text) => names
                .iter()
                .position(|name| name.eq_ignore_ascii_case(text)),
        };
        let number = place.and_then(|place| u8::try_from(place).ok());
        number.ok_or_else(|| self.refusal(setting, "a number or name of the game's"))
    }

    /// An [`Error::Setting`] about this choice.
    pub fn refusal(&self, setting: &'static str, expected: &'static str) -> Error {
        let found = match self {
            Self::Number(number) => number.to_string(),
            Self::Name(name) => name.clone(),
        };
        Error::setting(setting, expected, found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_numbers_or_names_in_any_case() {
        let among = |choice: NumberOrName| choice.among("kart", &["One", "Two"]);
        assert_eq!(among(NumberOrName::Number(1)).ok(), Some(1));
        assert_eq!(among(NumberOrName::Name("tWO".to_owned())).ok(), Some(1));
        for unknown in [NumberOrName::Number(2), NumberOrName::Name(String::new())] {
            assert!(matches!(
                among(unknown),
                Err(Error::Setting {
                    setting: "kart",
                    ..
                })
            ));
        }
    }
}
