use std::num::NonZeroU32;

use search::{Condition, Metric};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// How neighbours decide together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weighting {
    /// All count alike.
    #[default]
    Uniform,
    /// Each counts by the inverse of its distance.
    Distance,
}

/// What a driver does where no neighbour is near enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// It goes on holding what it held.
    #[default]
    Repeat,
    /// It does what the nearest neighbour says all the same.
    Nearest,
    /// It releases everything.
    Release,
}

/// How a driver of nearest neighbours decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How many neighbours decide.
    pub neighbours: NonZeroU32,
    /// How situations are compared.
    pub metric: Metric,
    /// How neighbours decide together.
    pub weighting: Weighting,
    /// How many of the last pictures a situation has, the present one included.
    pub pictures: NonZeroU32,
    /// How many of the last actions a situation has.
    pub actions: u32,
    /// How much an action counts beside a picture, whose vector has length 1.
    pub action_weight: f32,
    /// For how many steps the driver follows the run of the nearest neighbour before it searches again.
    pub follow: u32,
    /// It searches again at once when the run's situation is this many times as far as the neighbour was.
    pub drift: f64,
    /// The frames that each decision is held; `None` for those of a row. The runs that are followed have a row a decision.
    pub frames: Option<NonZeroU32>,
    /// The distance from which on a neighbour is too far to count.
    pub farthest: Option<f64>,
    /// What the driver does where all are too far.
    pub fallback: Fallback,
    /// Whether the rows of a run before its first button count. A kart that stands looks the same before and after the start
    /// signal: a driver that finds such rows there stands on.
    #[serde(default)]
    pub waiting: bool,
    /// The courses whose rows count, by abbreviation; empty for all.
    pub courses: Vec<String>,
    /// The movies whose rows count, by name; empty for all.
    pub movies: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            neighbours: NonZeroU32::new(5).expect("not 0"),
            metric: Metric::Cosine,
            weighting: Weighting::default(),
            pictures: NonZeroU32::MIN,
            actions: 0,
            action_weight: 0.2,
            follow: 0,
            drift: 2.0,
            frames: None,
            farthest: None,
            fallback: Fallback::default(),
            waiting: false,
            courses: Vec::new(),
            movies: Vec::new(),
        }
    }
}

/// The most neighbours, and the most pictures or actions of a situation.
const MOST_NEIGHBOURS: u32 = 4096;
const MOST_STACKED: u32 = 64;

impl Settings {
    /// Checks every value's range.
    ///
    /// # Errors
    /// [`Error::Argument`] with the first that is out of it.
    pub fn check(&self) -> Result<()> {
        let check = |name: &str, holds: bool, expected: String, found: String| match holds {
            true => Ok(()),
            false => Err(Error::Argument {
                what: name.to_owned(),
                expected,
                found,
            }),
        };
        let whole = |name: &str, found: u32, most: u32| {
            let expected = format!("at most {most}");
            check(name, found <= most, expected, found.to_string())
        };
        whole("neighbours", self.neighbours.get(), MOST_NEIGHBOURS)?;
        whole("pictures", self.pictures.get(), MOST_STACKED)?;
        whole("actions", self.actions, MOST_STACKED)?;
        let weight = self.action_weight;
        check(
            "action-weight",
            (0.0..=1000.0).contains(&weight),
            "0 to 1000".to_owned(),
            weight.to_string(),
        )?;
        check(
            "drift",
            self.drift >= 1.0 && self.drift.is_finite(),
            "at least 1".to_owned(),
            self.drift.to_string(),
        )?;
        let farthest = self.farthest.unwrap_or_default();
        check(
            "farthest",
            farthest >= 0.0,
            "at least 0".to_owned(),
            farthest.to_string(),
        )
    }

    /// The conditions that neighbours meet.
    pub(super) fn conditions(&self) -> Vec<Condition> {
        let of = |field: &str, names: &[String]| {
            let names = names.iter().map(String::as_str);
            (names.len() > 0).then(|| Condition::new(field, names))
        };
        let course = of(super::index::COURSE, &self.courses);
        course
            .into_iter()
            .chain(of(super::index::MOVIE, &self.movies))
            .collect()
    }
}
