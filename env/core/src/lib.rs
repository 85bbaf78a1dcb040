//! A Gymnasium-style environment trait, its spaces, and a check of its contract; the trait of all drivers; many
//! environments stepped together.
//!
//! The words and their meaning are Farama Gymnasium's (`core.py`, `env_checker.py`), typed
//! statically: an environment's observations and actions are Rust types, and its spaces are spaces
//! of exactly these types.
//!
//! ```
//! use env_core::{Env, Space, Step, check, rng, space::Discrete};
//!
//! /// Walk right from 0; the episode ends at 5.
//! struct Walk { observations: Discrete, actions: Discrete, at: Option<i64> }
//!
//! impl Env for Walk {
//!     type Obs = i64;
//!     type Action = i64;
//!     type Info = ();
//!     type Options = ();
//!     type Error = std::io::Error;
//!     type ObservationSpace = Discrete;
//!     type ActionSpace = Discrete;
//!
//!     fn observation_space(&self) -> &Discrete { &self.observations }
//!     fn action_space(&self) -> &Discrete { &self.actions }
//!
//!     fn reset(&mut self, _seed: Option<u64>, _options: &()) -> Result<(i64, ()), Self::Error> {
//!         self.at = Some(0);
//!         Ok((0, ()))
//!     }
//!
//!     fn step(&mut self, action: &i64) -> Result<Step<i64, ()>, Self::Error> {
//!         let at = self.at.as_mut().ok_or_else(|| std::io::Error::other("reset first"))?;
//!         *at += action;
//!         let step = Step::new(*at, *action as f64, ()).terminated(*at == 5);
//!         if step.is_done() { self.at = None; }
//!         Ok(step)
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut walk = Walk { observations: Discrete::new(6)?, actions: Discrete::new(2)?, at: None };
//! assert_eq!(check(&mut walk, 1), Ok(()));
//!
//! let (mut observation, ()) = walk.reset(Some(1), &())?;
//! let mut random = rng(Some(1));
//! loop {
//!     let action = walk.action_space().sample(&mut random);
//!     let step = walk.step(&action)?;
//!     observation = step.observation;
//!     if step.terminated || step.truncated { break; }
//! }
//! assert_eq!(observation, 5);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod check;
pub mod columns;
mod driver;
mod env;
mod seeding;
pub mod space;
pub mod vector;

pub use check::{Check, Report, Violation, Warning, check, check_for};
pub use driver::Driver;
pub use env::{Env, RenderFrame, Step};
pub use seeding::{EnvRng, rng};
pub use space::Space;
