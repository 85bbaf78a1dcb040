//! The value of a field, and how long ago it changed.

use super::game::FieldGame;
use ram_views::FieldValue;
use ram_views::display;
use ram_views::layout::Type;
use ram_views::path::Path;
use ram_views::symbol::Image;

/// The text in place of a missing value.
pub(crate) const NOTHING: &str = "–";

/// Frames after which a change has faded: half a second.
const FADES_AFTER: u64 = 30;

/// The value that a row shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reading {
    /// There is no game, or a pointer on the way is null.
    Nothing,
    /// A pointer on the way is invalid: the error.
    Wrong(String),
    /// A value that fits a line.
    Value(FieldValue),
    /// A number of elements, each with a row of its own.
    Elements(usize),
    /// A structure at that address, whose fields have rows of their own.
    Structure(u32),
}

impl Reading {
    /// Reads what `path` leads to.
    pub(crate) fn of<G: FieldGame>(path: &Path<G>, ram: Option<&Image<'_, G>>) -> Self {
        let Some(ram) = ram else {
            return Self::Nothing;
        };
        match Self::read(path, ram) {
            Ok(reading) => reading,
            Err(error) => Self::Wrong(error.to_string()),
        }
    }

    fn read<G: FieldGame>(path: &Path<G>, ram: &Image<'_, G>) -> ram_views::Result<Self> {
        let is_value = match path.ty() {
            Some(ty) => display::is_short(&ty),
            None => !path.leads_on(),
        };
        if is_value {
            return Ok(path.read(ram)?.map_or(Self::Nothing, Self::Value));
        }
        Ok(match (path.address(ram)?, path.ty()) {
            (None, _) => Self::Nothing,
            (Some(address), Some(Type::Struct(_))) => Self::Structure(address),
            (Some(_), _) => Self::Elements(path.count(ram)?),
        })
    }

    /// The text of the value.
    pub(crate) fn text<G: FieldGame>(&self, path: &Path<G>) -> String {
        match self {
            Self::Nothing => NOTHING.to_owned(),
            Self::Wrong(_) => "wrong address".to_owned(),
            Self::Value(field_value) => text(path, field_value),
            Self::Elements(1) => "1 element".to_owned(),
            Self::Elements(count) => format!("{count} elements"),
            Self::Structure(address) => format!("at {address:#010X}"),
        }
    }

    /// The number, if it is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Value(field_value) => field_value.as_f64(),
            _ => None,
        }
    }

    /// Whether it is a value, whose changes are highlighted.
    pub(crate) const fn is_value(&self) -> bool {
        matches!(self, Self::Value(_))
    }
}

fn text<G: FieldGame>(path: &Path<G>, field_value: &FieldValue) -> String {
    match (path.ty(), field_value) {
        (Some(Type::Angle(_)), FieldValue::Integer(angle)) => {
            let degrees = *angle as f64 * 360.0 / 65536.0;
            format!("{angle} ({degrees:.1}°)")
        }
        (Some(ty), _) => display::text(&ty, field_value),
        (None, _) => field_value.to_string(),
    }
}

/// How recent a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Freshness {
    /// It changed long ago, or never.
    Old,
    /// It changed a short time ago.
    Fading,
    /// It changed just now.
    Fresh,
}

/// A field that is read regularly.
#[derive(Debug)]
pub(crate) struct Watched<G: FieldGame> {
    path: Path<G>,
    reading: Option<Reading>,
    changed_at: Option<u64>,
    freshness: Freshness,
}

/// What has changed since a field was read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refreshed {
    /// The text may have changed.
    pub(crate) value: bool,
    /// The highlight has changed.
    pub(crate) freshness: bool,
}

impl<G: FieldGame> Watched<G> {
    pub(crate) const fn new(path: Path<G>) -> Self {
        Self {
            path,
            reading: None,
            changed_at: None,
            freshness: Freshness::Old,
        }
    }

    /// Reads the field; `tick` counts the frames that were drawn.
    pub(crate) fn refresh(&mut self, ram: Option<&Image<'_, G>>, tick: u64) -> Refreshed {
        let reading = Reading::of(&self.path, ram);
        let is_new = self.reading.as_ref() != Some(&reading);
        if is_new {
            // A value that appears or disappears has not changed.
            let was_value = self.reading.as_ref().is_some_and(Reading::is_value);
            self.changed_at = (was_value && reading.is_value()).then_some(tick);
            self.reading = Some(reading);
        }
        let freshness = self.freshness_at(tick);
        let refreshed = Refreshed {
            value: is_new,
            freshness: freshness != self.freshness,
        };
        self.freshness = freshness;
        refreshed
    }

    fn freshness_at(&self, tick: u64) -> Freshness {
        match self.changed_at.map(|at| tick.saturating_sub(at)) {
            Some(age) if age < FADES_AFTER / 2 => Freshness::Fresh,
            Some(age) if age < FADES_AFTER => Freshness::Fading,
            _ => Freshness::Old,
        }
    }

    /// The text of its value.
    pub(crate) fn text(&self) -> String {
        match &self.reading {
            Some(reading) => reading.text(&self.path),
            None => String::new(),
        }
    }

    /// The value; `None` before the first read.
    pub(crate) const fn reading(&self) -> Option<&Reading> {
        self.reading.as_ref()
    }

    pub(crate) const fn freshness(&self) -> Freshness {
        self.freshness
    }
}

#[cfg(test)]
mod tests {
    use homebrew::native::Game;
    use mkds_formats::ghost::Combo;
    use mkds_memory::path::{FieldValue, Path};
    use mkds_memory::{RamMut, Region};
    use ram_views::symbol::Program as _;

    use super::{FADES_AFTER, Freshness, NOTHING, Watched};

    type Result = std::result::Result<(), Box<dyn std::error::Error>>;

    fn race() -> std::result::Result<Game, Box<dyn std::error::Error>> {
        let mut game = Game::new(None)?;
        game.start_race(Combo {
            character: 0,
            kart: 0,
            course: 20,
        })?;
        Ok(game)
    }

    #[test]
    fn a_change_stands_out_and_fades() -> Result {
        let mut game = race()?;
        let path = Path::parse("driver[0].boost_timer")?;
        let mut watched = Watched::new(path.clone());
        assert!(watched.refresh(Some(&Region::image(game.ram())?), 1).value);
        assert_eq!(
            (watched.text(), watched.freshness()),
            ("0".to_owned(), Freshness::Old)
        );
        let mut ram = RamMut::new(game.ram_mut())?;
        path.write(&mut ram, &FieldValue::Integer(9))?;
        let ram = Region::image(game.ram())?;
        let mut seen = Vec::new();
        for tick in 2..=2 + FADES_AFTER {
            let refreshed = watched.refresh(Some(&ram), tick);
            assert_eq!(refreshed.value, tick == 2);
            if refreshed.freshness {
                seen.push((tick, watched.freshness()));
            }
        }
        assert_eq!(watched.text(), "9");
        let fading = 2 + FADES_AFTER / 2;
        assert_eq!(
            seen,
            [
                (2, Freshness::Fresh),
                (fading, Freshness::Fading),
                (2 + FADES_AFTER, Freshness::Old),
            ]
        );
        Ok(())
    }

    #[test]
    fn what_appears_or_goes_is_no_change() -> Result {
        let game = race()?;
        let mut watched = Watched::new(Path::parse("driver[0].boost_timer")?);
        for (tick, ram, text) in [
            (1, None, NOTHING),
            (2, Some(Region::image(game.ram())?), "0"),
            (3, None, NOTHING),
        ] {
            assert!(watched.refresh(ram.as_ref(), tick).value);
            assert_eq!(
                (watched.text().as_str(), watched.freshness()),
                (text, Freshness::Old)
            );
        }
        Ok(())
    }

    #[test]
    fn a_row_tells_what_its_field_is() -> Result {
        let mut game = race()?;
        let yaw = Path::parse("driver[0].yaw")?;
        let mut ram = RamMut::new(game.ram_mut())?;
        yaw.write(&mut ram, &FieldValue::Integer(0x2000))?;
        let ram = Region::image(game.ram())?;
        for (path, text) in [
            ("driver[0].yaw", "8192 (45.0°)"),
            ("driver", "1 element"),
            ("driver[0].enemy_state", "null"),
            ("driver[5].yaw", "wrong address"),
        ] {
            let mut watched = Watched::new(Path::parse(path)?);
            watched.refresh(Some(&ram), 1);
            assert_eq!(watched.text(), text, "{path}");
        }
        let mut driver = Watched::new(Path::parse("driver[0]")?);
        driver.refresh(Some(&ram), 1);
        assert!(driver.text().starts_with("at 0x02"), "{}", driver.text());
        Ok(())
    }
}
