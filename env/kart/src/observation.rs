//! Observations: named fields, composed from [`Term`]s.
//!
//! Values keep the game's units unless a term documents others, so that they can be read and plotted;
//! each field has bounds for scaling, and every value is clamped to them. Angles
//! are positive to the left.

mod course;
mod kart;
mod observe;
mod observer;
mod published;
mod space;
mod terms;
mod values;

pub use course::{Centreline, Checkpoints, Rays, Toward};
pub use kart::{
    Buttons, Countdown, Drift, Keymask, Motion, Normal, Position, PreviousAction, Surface, Velocity,
};
pub use observe::{Observe, Writer};
pub use observer::Observer;
pub use published::TimeTrialV1;
pub use space::ObservationSpace;
pub use terms::Term;
pub use values::Observation;
