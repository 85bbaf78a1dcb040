//! The settings that the configurations of every game have.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::{
    Error, Result,
    beginning::Start,
    control::{ActionSet, Button},
    ending::Ending,
    observation::{Observer, Term},
    pictures::Pictures,
    race_env::Prepared,
    referee::Referee,
    reward::{Rewarder, Rewards},
    runs::ErrorOf,
    starts::{self, Starts},
};

/// The settings of an environment that do not depend on the game, of a configuration that names the game's own besides.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a, B, const GRID: u32> {
    /// Frames of the machine that each action is held, at least 1.
    pub frame_skip: u32,
    /// The terms of the observation, in order.
    pub observation: &'a [Term],
    /// The pictures, as the last field of the observation.
    pub pictures: Option<Pictures>,
    /// The set of actions.
    pub actions: &'a ActionSet<B>,
    /// The rewards.
    pub reward: &'a Rewards,
    /// The event that terminates an episode.
    pub terminate: &'a Ending,
    /// The event that truncates an episode.
    pub truncate: &'a Ending,
    /// The starts of episodes.
    pub start: &'a Start<GRID>,
    /// Whether each step draws its last frame, for [`env_core::Env::render`].
    pub render: bool,
}

impl<B: Button, const GRID: u32> Settings<'_, B, GRID> {
    const FRAME_SKIPS: RangeInclusive<u32> = 1..=1000;

    /// Checks all settings that can be checked without the game.
    ///
    /// # Errors
    /// [`Error::Setting`] with the first invalid setting.
    pub fn check(&self) -> Result<()> {
        if !Self::FRAME_SKIPS.contains(&self.frame_skip) {
            let found = self.frame_skip.to_string();
            return Err(Error::setting("frame_skip", "1 to 1000", found));
        }
        if self.observation.is_empty() && self.pictures.is_none() {
            let expected = "at least one term, or pixels";
            return Err(Error::setting("observation", expected, "none"));
        }
        if let Some(pictures) = &self.pictures {
            pictures.check()?;
        }
        self.actions.space()?;
        self.reward.check()?;
        self.terminate.check()?;
        self.truncate.check()?;
        self.start.check()
    }

    /// Makes the start states, and all else that environments of these settings, those of `config`, share.
    ///
    /// # Errors
    /// As [`Settings::check`], and the game's: of a start state or of a file that the settings name.
    pub fn prepare<G: Starts<Button = B>>(
        &self,
        rom: &Arc<[u8]>,
        config: &G::Config,
    ) -> Result<Prepared<G>, ErrorOf<G>> {
        let observer = Observer::new(self.observation, G::KEYMASK)?;
        let rewarder = Rewarder::new(self.reward.clone(), &mut |path| {
            starts::read_line::<G>(rom, path).map_err(|error| G::in_file(path, error))
        })?;
        let referee = Referee::new(rewarder, self.terminate, self.truncate)?;
        let (machine, start_states) = starts::prepare::<G, GRID>(rom, config, &self.start.from)?;
        Ok(Prepared {
            machine,
            start_states,
            observer,
            referee,
            actions: self.actions.clone(),
            pictures: self.pictures,
            frame_skip: self.frame_skip,
            vary: self.start.vary,
            render: self.render,
        })
    }
}
