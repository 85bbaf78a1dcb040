//! The frames of an episode, rewarded and checked for its end.

use crate::{
    Result,
    ending::{Circumstances, EndDetector, Ending},
    facts::Facts,
    moment::Moment,
    reward::Rewarder,
};

/// [`Outcome::ended_by`] of an episode whose race the agent left, for example through the pause menu: it is truncated.
pub const RACE_GONE: &str = "race_gone";

/// The result of a step's frames.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The sum of the frames' rewards.
    pub reward: f64,
    /// The event that terminates the episode.
    pub terminated: Option<&'static str>,
    /// The event that truncates it.
    pub truncated: Option<&'static str>,
}

impl Outcome {
    /// Whether the episode is over.
    pub const fn is_over(&self) -> bool {
        self.terminated.is_some() || self.truncated.is_some()
    }

    /// The event that ended the episode: the one that terminates it if both happen.
    pub fn ended_by(&self) -> Option<&'static str> {
        self.terminated.or(self.truncated)
    }
}

/// Rewards the frames of an episode one after the other, and detects its end.
#[derive(Clone, Debug)]
pub struct Referee {
    rewarder: Rewarder,
    terminate: EndDetector,
    truncate: EndDetector,
    /// The facts of the previous frame; `None` while there is no race.
    before: Option<Facts>,
}

impl Referee {
    /// A referee who rewards with `rewarder`.
    ///
    /// # Errors
    /// As [`Ending::check`].
    pub fn new(rewarder: Rewarder, terminate: &Ending, truncate: &Ending) -> Result<Self> {
        Ok(Self {
            rewarder,
            terminate: EndDetector::new(terminate)?,
            truncate: EndDetector::new(truncate)?,
            before: None,
        })
    }

    /// An episode begins, with a frame of these facts; `None` without a race.
    pub fn reset(&mut self, first: Option<Facts>) {
        self.rewarder.reset();
        self.terminate.reset();
        self.truncate.reset();
        self.before = first;
    }

    /// The names of the reward's terms, in the order of [`Referee::take_rewards`].
    pub fn reward_names(&self) -> impl Iterator<Item = &'static str> {
        self.rewarder.names()
    }

    /// Writes the value of each term since the last call to `out`; see [`Rewarder::take_components`].
    pub fn take_rewards(&mut self, out: &mut Vec<f64>) {
        self.rewarder.take_components(out);
    }

    /// Adds the next frame to a step's `outcome`; `None` is a frame without a race.
    pub fn judge(
        &mut self,
        moment: Option<&Moment<'_>>,
        circumstances: Circumstances,
        outcome: &mut Outcome,
    ) {
        let Some(moment) = moment else {
            // An episode whose race was left would otherwise go on until something else truncates it.
            let left = self.before.take().map(|_| RACE_GONE);
            outcome.terminated = self.terminate.update_without_race(circumstances);
            outcome.truncated = left.or(self.truncate.update_without_race(circumstances));
            return;
        };
        let before = self.before.replace(moment.now).unwrap_or(moment.now);
        outcome.reward += self.rewarder.reward(moment, &before);
        outcome.terminated = self.terminate.update(moment, &before, circumstances);
        outcome.truncated = self.truncate.update(moment, &before, circumstances);
    }
}
