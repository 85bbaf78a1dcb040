//! The parts that observations are composed of.

use serde::{Deserialize, Serialize};

use super::course::{Centreline, Checkpoints, Rays, Toward};
use super::kart::{
    Buttons, Countdown, Drift, Keymask, Motion, Normal, Position, PreviousAction, Surface, Velocity,
};
use super::observe::Observe;
use super::published::TimeTrialV1;
use crate::Result;

/// A part of an observation, as configurations name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "term", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Term {
    /// Distances along rays.
    Rays(Rays),
    /// Bearings of the next checkpoints.
    Checkpoints(Checkpoints),
    /// The centreline beside and ahead of the kart.
    Centreline(Centreline),
    /// The kart's position, units.
    Position(Position),
    /// Its velocity, units a frame.
    Velocity(Velocity),
    /// The floor's normal.
    Normal(Normal),
    /// Speeds, slip, turn and slope.
    Motion(Motion),
    /// The drift and its boosts.
    Drift(Drift),
    /// The floor below the kart and its contact with walls.
    Surface(Surface),
    /// Frames until the start.
    Countdown(Countdown),
    /// The controls held last, a flag each.
    PreviousAction(PreviousAction),
    /// The buttons held last, as the console's bits.
    Buttons(Buttons),
    /// The dictionary of a published time trial, scaled to -1..1.
    TimeTrialV1(TimeTrialV1),
}

impl Term {
    /// The terms of datasets and of the models trained on them.
    pub fn driving() -> Vec<Self> {
        vec![
            Self::Rays(Rays {
                name: "edge_distance".to_owned(),
                toward: Toward::Edge,
                ..Rays::default()
            }),
            Self::Checkpoints(Checkpoints::default()),
            Self::Centreline(Centreline::default()),
            Self::Motion(Motion {}),
            Self::Drift(Drift {}),
            Self::Surface(Surface {}),
            Self::Countdown(Countdown {}),
        ]
    }

    /// Makes the part with these settings, of a game on a console with these buttons.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] if one of its settings is invalid.
    pub fn build(&self, keymask: Keymask) -> Result<Box<dyn Observe>> {
        Ok(match self.clone() {
            Self::Rays(rays) => Box::new(rays.build()?),
            Self::Checkpoints(term) => Box::new(term.checked()?),
            Self::Centreline(term) => Box::new(term.checked()?),
            Self::Position(term) => Box::new(term),
            Self::Velocity(term) => Box::new(term),
            Self::Normal(term) => Box::new(term),
            Self::Motion(term) => Box::new(term),
            Self::Drift(term) => Box::new(term),
            Self::Surface(term) => Box::new(term),
            Self::Countdown(term) => Box::new(term),
            Self::PreviousAction(term) => Box::new(term),
            Self::Buttons(Buttons {}) => Box::new(keymask),
            Self::TimeTrialV1(term) => Box::new(term),
        })
    }
}
