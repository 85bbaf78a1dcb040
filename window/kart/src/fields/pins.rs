//! The pinned fields.

use super::game::FieldGame;
use ram_views::path::{Path, PathError};
use ram_views::symbol::Image;

use super::history::History;
use super::row;
use super::value::{Refreshed, Watched};

/// A pinned field.
#[derive(Debug)]
pub(crate) struct Pin<G: FieldGame> {
    pub(crate) path: Path<G>,
    pub(crate) history: History,
    pub(crate) watched: Watched<G>,
}

impl<G: FieldGame> Pin<G> {
    fn new(path: Path<G>) -> Self {
        Self {
            watched: Watched::new(path.clone()),
            history: History::default(),
            path,
        }
    }

    /// Reads the field in a frame.
    pub(crate) fn refresh(
        &mut self,
        ram: Option<&Image<'_, G>>,
        frame: u64,
        tick: u64,
    ) -> Refreshed {
        let refreshed = self.watched.refresh(ram, tick);
        let number = self
            .watched
            .reading()
            .and_then(super::value::Reading::number);
        self.history.push(frame, number);
        refreshed
    }
}

/// A name that cannot be pinned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PinError {
    /// No field has this path.
    #[error("pinned field {path}: there is no such field")]
    Path {
        /// The name.
        path: String,
        /// Where the path is wrong, and what is expected there.
        source: PathError,
    },
    /// The path leads to something other than a number.
    #[error("pinned field {path}: expected a number, found {found}")]
    NoNumber {
        /// The path.
        path: String,
        /// The type there.
        found: String,
    },
}

/// The pinned fields, each once, in the order in which they were pinned.
#[derive(Debug)]
pub(crate) struct Pins<G: FieldGame> {
    pins: Vec<Pin<G>>,
}

impl<G: FieldGame> Default for Pins<G> {
    fn default() -> Self {
        Self {
            pins: Vec::default(),
        }
    }
}

impl<G: FieldGame> Pins<G> {
    /// Pins the fields with these paths instead of those so far. Fields that stay keep their history.
    /// Names that cannot be pinned are left out and returned.
    pub(crate) fn set(&mut self, names: &[String]) -> Vec<PinError> {
        let mut old = std::mem::take(&mut self.pins);
        let mut errors = Vec::new();
        for name in names {
            if self.contains(name) {
                continue;
            }
            if let Some(index) = old.iter().position(|pin| pin.path.text() == name) {
                self.pins.push(old.swap_remove(index));
                continue;
            }
            match pinnable(name) {
                Ok(path) => self.pins.push(Pin::new(path)),
                Err(error) => errors.push(error),
            }
        }
        errors
    }

    /// Pins a field, or unpins it if it is pinned.
    pub(crate) fn toggle(&mut self, path: &Path<G>) {
        let count = self.pins.len();
        self.pins.retain(|pin| pin.path.text() != path.text());
        if self.pins.len() == count && row::is_number(path) {
            self.pins.push(Pin::new(path.clone()));
        }
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.pins.iter().any(|pin| pin.path.text() == name)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.pins.iter().map(|pin| pin.path.to_string()).collect()
    }

    pub(crate) fn paths(&self) -> Vec<Path<G>> {
        self.pins.iter().map(|pin| pin.path.clone()).collect()
    }

    pub(crate) fn all(&self) -> &[Pin<G>] {
        &self.pins
    }

    pub(crate) fn all_mut(&mut self) -> &mut [Pin<G>] {
        &mut self.pins
    }
}

fn pinnable<G: FieldGame>(name: &str) -> Result<Path<G>, PinError> {
    let path = Path::parse(name).map_err(|source| PinError::Path {
        path: name.to_owned(),
        source,
    })?;
    if row::is_number(&path) {
        return Ok(path);
    }
    Err(PinError::NoNumber {
        path: name.to_owned(),
        found: path.kind(),
    })
}

#[cfg(test)]
mod tests {
    use mkds_memory::Region;
    use mkds_memory::path::Path;

    use super::Pins;

    type Result = std::result::Result<(), Box<dyn std::error::Error>>;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn pins_are_numbers_each_once() {
        let mut pins = Pins::<Region>::default();
        let errors = pins.set(&names(&[
            "driver[0].speed",
            "driver[0]",
            "driver[0].hyperspeed",
            "driver[0].speed",
            "course_id",
        ]));
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            errors,
            [
                "pinned field driver[0]: expected a number, found driver_t",
                "pinned field driver[0].hyperspeed: there is no such field",
            ]
        );
        assert_eq!(pins.names(), ["driver[0].speed", "course_id"]);
    }

    #[test]
    fn pins_that_stay_keep_their_history() -> Result {
        let mut pins = Pins::<Region>::default();
        pins.set(&names(&["driver[0].speed", "course_id"]));
        for frame in 0..5 {
            for pin in pins.all_mut() {
                pin.refresh(None, frame, frame);
            }
        }
        pins.set(&names(&["driver[0].yaw", "driver[0].speed"]));
        let seen: Vec<Option<u64>> = pins.all().iter().map(|pin| pin.history.now()).collect();
        assert_eq!(seen, [None, Some(4)]);
        pins.toggle(&Path::parse("driver[0].speed")?);
        pins.toggle(&Path::parse("driver[0]")?);
        pins.toggle(&Path::parse("course_id")?);
        assert_eq!(pins.names(), ["driver[0].yaw", "course_id"]);
        Ok(())
    }
}
