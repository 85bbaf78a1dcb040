//! Environments around environments.
//!
//! A wrapper takes an environment and is one. Put wrappers that end episodes ([`TimeLimit`]) or
//! count them ([`RecordEpisodes`]) close to the environment, wrappers that change numbers
//! ([`NormalizeObservation`], [`ClipReward`]) around those, and [`Autoreset`] outermost.
//!
//! ```
//! use env_core::{Env, wrappers::{FrameSkip, RecordEpisodes, SettingError, StickyActions, TimeLimit}};
//! use std::num::{NonZeroU32, NonZeroUsize};
//!
//! fn wrap<E: Env<Error: 'static>>(env: E) -> Result<impl Env, SettingError> {
//!     let four = const { NonZeroU32::new(4).unwrap() };
//!     let hundred = const { NonZeroUsize::new(100).unwrap() };
//!     let env = TimeLimit::new(FrameSkip::new(env, four), 1000);
//!     StickyActions::new(RecordEpisodes::new(env, hundred), 0.25)
//! }
//! ```

/// Forwards methods to the wrapped environment, the field `env`.
macro_rules! inside {
    (types: $($name:ident),+) => {
        $(type $name = E::$name;)+
    };
    (observation_space) => {
        fn observation_space(&self) -> &Self::ObservationSpace {
            self.env.observation_space()
        }
    };
    (action_space) => {
        fn action_space(&self) -> &Self::ActionSpace {
            self.env.action_space()
        }
    };
    (reset) => {
        fn reset(
            &mut self,
            seed: Option<u64>,
            options: &Self::Options,
        ) -> Result<(Self::Obs, Self::Info), Self::Error> {
            self.env.reset(seed, options)
        }
    };
    (render, close) => {
        fn render(&mut self) -> Result<Option<crate::RenderFrame>, Self::Error> {
            self.env.render()
        }

        fn close(&mut self) -> Result<(), Self::Error> {
            self.env.close()
        }
    };
    (render, close, with errors of its own) => {
        fn render(&mut self) -> Result<Option<crate::RenderFrame>, Self::Error> {
            Ok(self.env.render()?)
        }

        fn close(&mut self) -> Result<(), Self::Error> {
            Ok(self.env.close()?)
        }
    };
    (access) => {
        /// The environment inside.
        pub const fn inner(&self) -> &E {
            &self.env
        }

        /// The environment inside. The wrapper does not see steps and resets that a caller makes on it directly.
        pub const fn inner_mut(&mut self) -> &mut E {
            &mut self.env
        }

        /// Removes the wrapper and returns the environment inside.
        pub fn into_inner(self) -> E {
            self.env
        }
    };
}

mod action_delay;
mod autoreset;
mod clip_observation;
mod clip_reward;
mod frame_skip;
mod frame_stack;
mod normalize_observation;
mod normalize_reward;
mod record_episodes;
mod render_to_file;
mod rescale_reward;
mod running_statistics;
mod setting_error;
mod sticky_actions;
mod time_limit;

pub use action_delay::ActionDelay;
pub use autoreset::Autoreset;
pub use clip_observation::ClipObservation;
pub use clip_reward::ClipReward;
pub use frame_skip::FrameSkip;
pub use frame_stack::FrameStack;
pub use normalize_observation::NormalizeObservation;
pub use normalize_reward::NormalizeReward;
pub use record_episodes::{EpisodeRecord, RecordEpisodes};
pub use render_to_file::{RenderToFile, RenderToFileError};
pub use rescale_reward::RescaleReward;
pub use running_statistics::{RunningStatistics, StatisticsError};
pub use setting_error::SettingError;
pub use sticky_actions::StickyActions;
pub use time_limit::{TimeLimit, TimeLimitError};

#[cfg(test)]
mod tests;
