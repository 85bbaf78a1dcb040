//! Checks and their results.

use std::fmt;

/// One check.
pub struct Check {
    /// Its name: the ghost, the CPU mode, the checked property.
    pub name: String,
    /// The finding, as text.
    pub found: String,
    /// The expected finding; `None` if the check passed.
    pub expected: Option<String>,
}

impl Check {
    /// A check that passes if both are the same.
    pub fn equal<T: PartialEq + fmt::Debug>(name: String, expected: &T, found: &T) -> Self {
        Self {
            name,
            found: format!("{found:?}"),
            expected: (expected != found).then(|| format!("{expected:?}")),
        }
    }

    /// A check that passes if a number is at most another one.
    pub fn at_most(name: String, most: f32, found: f32) -> Self {
        Self {
            name,
            found: format!("{found:.1}"),
            expected: (found > most || found.is_nan()).then(|| format!("at most {most:.1}")),
        }
    }

    /// Whether it failed.
    pub const fn failed(&self) -> bool {
        self.expected.is_some()
    }
}

impl fmt::Display for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, found, .. } = self;
        match &self.expected {
            None => write!(formatter, "ok      {name}: {found}"),
            Some(expected) => write!(
                formatter,
                "FAILED  {name}: expected {expected}, found {found}"
            ),
        }
    }
}
