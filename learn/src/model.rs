//! Trained drivers of any kind: what a model's folder holds, at the controls of a race.

use std::fs;
use std::io::ErrorKind;
use std::num::NonZeroU32;
use std::path::Path;

use env_core::Driver;
use env_kart::control::{ActionSet, RaceAction};
use env_kart::driver::Steps;
use env_kart::observation::{Observation, Observer};
use serde::Deserialize;

use crate::bc::Card;
use crate::dataset::{Console, PictureFormat};
use crate::device::Device;
use crate::neighbours::{self, Player};
use crate::policy::{PicturePolicy, Policy};
use crate::record::{self, RecordedGame};
use crate::{Error, Result, files};

/// The card's file name in a model's folder.
pub const CARD: &str = "model.json";

/// A model card in errors.
const WHAT: &str = "model card";

/// The part of every card that says which kind of model it is of.
#[derive(Deserialize)]
struct Head {
    format: String,
}

fn format_of(path: &Path) -> Result<String> {
    let head: Head = files::parse_json(&files::read(path, WHAT)?, path, WHAT)?;
    Ok(head.format)
}

/// Whether a folder has the card of a model of this format. One of another format is refused.
pub(crate) fn holds(folder: &Path, format: &str) -> Result<bool> {
    let path = folder.join(CARD);
    match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Error::io("read", &path)(error)),
        Ok(_) => {}
    }
    let found = format_of(&path)?;
    match found == format {
        true => Ok(true),
        false => Err(Error::mismatch(&path, "format", format, found)),
    }
}

/// A trained driver with its memory of the race.
#[derive(Debug)]
pub struct Model(Kind);

#[derive(Debug)]
enum Kind {
    /// It sees numbers, and decides how to drive.
    Policy(Box<Policy>),
    /// It sees pictures, and decides what to hold, by a network.
    Pictures(Box<PicturePolicy>),
    /// The same, by nearest neighbours.
    Player(Box<Player>),
}

impl Model {
    /// Loads a model's folder, of any kind.
    ///
    /// # Errors
    /// The folder or its card is missing, damaged, or of no known kind; the kind's own.
    pub fn load(folder: &Path, device: Device) -> Result<Self> {
        let path = folder.join(CARD);
        Ok(Self(match format_of(&path)?.as_str() {
            neighbours::FORMAT => Kind::Player(Box::new(Player::load(folder)?)),
            _ if Card::read(folder)?.config.model.sees_pictures() => {
                Kind::Pictures(Box::new(PicturePolicy::load(folder, device)?))
            }
            _ => Kind::Policy(Box::new(Policy::load(folder, device)?)),
        }))
    }

    /// The frames that each decision is held.
    fn frames_per_step(&self) -> NonZeroU32 {
        match &self.0 {
            Kind::Policy(policy) => policy.frames_per_step(),
            Kind::Pictures(policy) => policy.frames_per_step(),
            Kind::Player(player) => player.frames_per_step(),
        }
    }

    /// The size of the pictures that it sees; `None` if it sees none.
    fn pictures(&self) -> Option<PictureFormat> {
        match &self.0 {
            Kind::Policy(_) => None,
            Kind::Pictures(policy) => Some(policy.pictures()),
            Kind::Player(player) => Some(player.card().pictures),
        }
    }

    /// The set that its actions are of.
    fn actions<B>(&self) -> ActionSet<B> {
        match &self.0 {
            Kind::Policy(_) => ActionSet::Driving,
            Kind::Pictures(_) | Kind::Player(_) => ActionSet::Pad,
        }
    }

    /// What it sees and does in a step of a game's races.
    pub fn steps<G: RecordedGame>(&self) -> Steps<G::Button> {
        let size = |format: PictureFormat| [format.width, format.height].map(|side| side as usize);
        Steps {
            observer: Observer::driving(),
            pictures: self
                .pictures()
                .map(|format| G::pictures(Some(size(format)))),
            actions: self.actions(),
            frames: self.frames_per_step(),
        }
    }

    /// Checks that it drives in the races of a game.
    ///
    /// # Errors
    /// [`Error::Argument`] with the first thing that is another in them.
    pub fn check<G: RecordedGame>(&self) -> Result<()> {
        match &self.0 {
            Kind::Policy(policy) => {
                policy.check_schema(&record::schema_of_steps::<G>(policy.frames_per_step())?)
            }
            Kind::Pictures(policy) => require_console::<G>(policy.console()),
            Kind::Player(player) => require_console::<G>(player.card().console),
        }?;
        record::require_reads::<G>(self.frames_per_step())
    }

    /// The driver of nearest neighbours, if it is one.
    pub fn player(&self) -> Option<&Player> {
        match &self.0 {
            Kind::Policy(_) | Kind::Pictures(_) => None,
            Kind::Player(player) => Some(player),
        }
    }
}

/// Refuses a model of another console.
fn require_console<G: RecordedGame>(found: Console) -> Result<()> {
    match found == G::CONSOLE {
        true => Ok(()),
        false => Err(Error::Argument {
            what: "the model's console".to_owned(),
            expected: G::CONSOLE.name().to_owned(),
            found: found.name().to_owned(),
        }),
    }
}

impl Driver<Observation> for Model {
    type Action = RaceAction;
    type Error = Error;

    fn reset(&mut self) {
        match &mut self.0 {
            Kind::Policy(policy) => policy.reset(),
            Kind::Pictures(policy) => policy.reset(),
            Kind::Player(player) => player.reset(),
        }
    }

    fn act(&mut self, observation: &Observation) -> Result<RaceAction> {
        Ok(match &mut self.0 {
            Kind::Policy(policy) => policy.act(observation.as_ref())?.into(),
            Kind::Pictures(policy) => policy.act(observation)?.into(),
            Kind::Player(player) => player.act(observation)?.into(),
        })
    }
}
