//! Rewards: small named terms, added up.
//!
//! Every frame is rewarded by itself; the reward of a step is the sum over its frames.

use std::f32::consts::PI;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use track::{Aim, Bearing};

use crate::{
    Error, Result,
    facts::{FULL_CHARGE, Facts},
    moment::Moment,
    reference_line::{Follower, ReferenceLine},
};

/// A term of the reward. Weights and values may be negative.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "term", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum RewardTerm {
    /// Progress of the race, with `weight` for the whole race. Driving back costs as much.
    Progress {
        /// The reward of the whole race.
        weight: f64,
    },
    /// Crossing the line for the last time.
    Finish {
        /// Its reward.
        value: f64,
    },
    /// Crossing the line for the last time, for each frame by which the episode is then shorter than `frames`.
    EarlyFinish {
        /// The reward of a frame.
        value: f64,
        /// Frames of an episode without this reward.
        frames: u32,
    },
    /// Each checkpoint that the kart reaches for the first time in the episode.
    Checkpoint {
        /// Its reward.
        value: f64,
    },
    /// Each checkpoint that the kart leaves backwards.
    Backwards {
        /// Its reward.
        value: f64,
    },
    /// Each lap driven.
    Lap {
        /// Its reward.
        value: f64,
    },
    /// Each frame, `weight` times forward speed over the top speed; 0 while the kart moves backwards within its
    /// checkpoint.
    Speed {
        /// The reward of a frame at the top speed.
        weight: f64,
    },
    /// Each frame slower than a share of the top speed.
    Slow {
        /// The share.
        below: f32,
        /// The reward of a frame.
        value: f64,
    },
    /// Each frame of drifting.
    Drift {
        /// The reward of a frame.
        value: f64,
    },
    /// Each frame of a fully charged drift.
    Charge {
        /// The reward of a frame.
        value: f64,
    },
    /// Each mini-turbo begun.
    MiniTurbo {
        /// Its reward.
        value: f64,
    },
    /// Each frame of a boost, mini-turbos among them.
    Boost {
        /// The reward of a frame.
        value: f64,
    },
    /// Each frame that touches a wall, or is nearer to the road's edge than `distance` on the left, right or ahead.
    Wall {
        /// The reward of a frame.
        value: f64,
        /// Units; 0 for walls touched alone.
        #[serde(default)]
        distance: f32,
    },
    /// Each frame on ground that slows down.
    OffRoad {
        /// The reward of a frame.
        value: f64,
    },
    /// Each frame.
    Time {
        /// The reward of a frame.
        value: f64,
    },
    /// Each frame that heads for the next checkpoint.
    CheckpointAngle {
        /// The reward of a frame.
        value: f64,
        /// The largest angle between travel and the checkpoint, in half turns.
        #[serde(default = "within")]
        within: f32,
        /// The same while drifting.
        #[serde(default = "within_drifting")]
        within_drifting: f32,
    },
    /// Progress along a recorded line, with `weight` for all of it. Each part of the line counts once.
    ReferenceLine {
        /// The reward of the whole line.
        weight: f64,
        /// A movie that drives it, or a CSV file of its points.
        line: PathBuf,
        /// How far from the line counts as on it, units.
        #[serde(default = "width")]
        width: f32,
    },
}

const fn within() -> f32 {
    0.3
}

const fn within_drifting() -> f32 {
    0.5
}

const fn width() -> f32 {
    300.0
}

impl RewardTerm {
    /// Its name in infos.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Progress { .. } => "progress",
            Self::Finish { .. } => "finish",
            Self::EarlyFinish { .. } => "early_finish",
            Self::Checkpoint { .. } => "checkpoint",
            Self::Backwards { .. } => "backwards",
            Self::Lap { .. } => "lap",
            Self::Speed { .. } => "speed",
            Self::Slow { .. } => "slow",
            Self::Drift { .. } => "drift",
            Self::Charge { .. } => "charge",
            Self::MiniTurbo { .. } => "mini_turbo",
            Self::Boost { .. } => "boost",
            Self::Wall { .. } => "wall",
            Self::OffRoad { .. } => "off_road",
            Self::Time { .. } => "time",
            Self::CheckpointAngle { .. } => "checkpoint_angle",
            Self::ReferenceLine { .. } => "reference_line",
        }
    }

    /// Its weight or value, which must be finite.
    const fn weight(&self) -> f64 {
        match self {
            Self::Progress { weight }
            | Self::Speed { weight }
            | Self::ReferenceLine { weight, .. } => *weight,
            Self::Finish { value }
            | Self::EarlyFinish { value, .. }
            | Self::Checkpoint { value }
            | Self::Backwards { value }
            | Self::Lap { value }
            | Self::Slow { value, .. }
            | Self::Drift { value }
            | Self::Charge { value }
            | Self::MiniTurbo { value }
            | Self::Boost { value }
            | Self::Wall { value, .. }
            | Self::OffRoad { value }
            | Self::Time { value }
            | Self::CheckpointAngle { value, .. } => *value,
        }
    }
}

/// Default reward for a whole race's progress. [`FINISH_REWARD`] for crossing the finish line is added.
pub const PROGRESS_REWARD: f64 = 100.0;
/// See [`PROGRESS_REWARD`].
pub const FINISH_REWARD: f64 = 10.0;

/// The reward of a frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rewards {
    /// The terms, added up.
    pub terms: Vec<RewardTerm>,
    /// A frame's reward is clamped to this absolute value.
    pub clip: Option<f64>,
}

impl Default for Rewards {
    fn default() -> Self {
        Self {
            terms: vec![
                RewardTerm::Progress {
                    weight: PROGRESS_REWARD,
                },
                RewardTerm::Finish {
                    value: FINISH_REWARD,
                },
            ],
            clip: None,
        }
    }
}

impl Rewards {
    /// Checks the settings.
    ///
    /// # Errors
    /// [`Error::Setting`] for numbers that are not finite, a clip that is not above 0, and duplicate terms.
    pub fn check(&self) -> Result<()> {
        let setting =
            |setting, expected, found: String| Err(Error::setting(setting, expected, found));
        if let Some(clip) = self.clip
            && !(clip > 0.0 && clip.is_finite())
        {
            return setting("reward.clip", "a number above 0", clip.to_string());
        }
        for (index, term) in self.terms.iter().enumerate() {
            if !term.weight().is_finite() {
                return setting(
                    "reward.terms",
                    "finite weights and values",
                    format!("{term:?}"),
                );
            }
            if self.terms[..index]
                .iter()
                .any(|other| other.name() == term.name())
            {
                return setting(
                    "reward.terms",
                    "each term once",
                    format!("{} twice", term.name()),
                );
            }
        }
        Ok(())
    }
}

/// Computes rewards, frame by frame.
#[derive(Clone, Debug)]
pub struct Rewarder {
    rewards: Rewards,
    /// The progress of each term along its line; `None` for terms without a line.
    followers: Vec<Option<Follower>>,
    /// The value of each term since [`Rewarder::take_components`] was last called.
    components: Vec<f64>,
    episode: Episode,
}

/// What terms need to know of an episode besides its last two frames.
#[derive(Clone, Debug, Default)]
struct Episode {
    /// Frames so far.
    frames: u32,
    /// Checkpoints that the kart has passed, those that it has left backwards taken away.
    passed: i64,
    /// The most of them so far.
    most_passed: i64,
}

impl Episode {
    /// Goes on to the frame of `moment`, which followed `before`.
    fn advance(&mut self, moment: &Moment<'_>, before: &Facts) -> Gains {
        let steps = checkpoints_between(before, moment);
        self.frames = self.frames.saturating_add(1);
        self.passed += steps;
        let reached = (self.passed - self.most_passed).max(0);
        self.most_passed += reached;
        Gains {
            reached,
            lost: (-steps).max(0),
            frames: self.frames,
        }
    }
}

impl Rewarder {
    /// A rewarder for `rewards`; `read` reads a reference line from a path.
    ///
    /// # Errors
    /// As [`Rewards::check`], and those of `read`.
    pub fn new<E: From<Error>>(
        rewards: Rewards,
        read: &mut dyn FnMut(&Path) -> Result<ReferenceLine, E>,
    ) -> Result<Self, E> {
        rewards.check()?;
        let followers = rewards
            .terms
            .iter()
            .map(|term| match term {
                RewardTerm::ReferenceLine { line, width, .. } => {
                    Ok(Some(Follower::new(read(line)?, *width)))
                }
                _ => Ok(None),
            })
            .collect::<Result<_, E>>()?;
        Ok(Self {
            components: vec![0.0; rewards.terms.len()],
            rewards,
            followers,
            episode: Episode::default(),
        })
    }

    /// The terms' names, in the order of the components.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.rewards.terms.iter().map(RewardTerm::name)
    }

    /// An episode begins.
    pub fn reset(&mut self) {
        self.components.fill(0.0);
        self.episode = Episode::default();
        for follower in self.followers.iter_mut().flatten() {
            follower.reset();
        }
    }

    /// Writes the value of each term since the last call to `out`.
    pub fn take_components(&mut self, out: &mut Vec<f64>) {
        out.clear();
        out.extend_from_slice(&self.components);
        self.components.fill(0.0);
    }

    /// The reward of a frame that followed `before`.
    pub fn reward(&mut self, moment: &Moment<'_>, before: &Facts) -> f64 {
        let mut sum = 0.0;
        let gains = self.episode.advance(moment, before);
        let terms = self.rewards.terms.iter().zip(&mut self.followers);
        for ((term, follower), component) in terms.zip(&mut self.components) {
            let value = match (term, follower) {
                (RewardTerm::ReferenceLine { weight, .. }, Some(follower)) => {
                    weight * f64::from(follower.advance(moment.now.pose.position))
                }
                _ => value_of(term, moment, before, &gains),
            };
            *component += value;
            sum += value;
        }
        match self.rewards.clip {
            Some(clip) => sum.clamp(-clip, clip),
            None => sum,
        }
    }
}

/// The checkpoints that the kart has passed since the frame before; negative backwards. Of the two ways around the track
/// it is the shorter one: laps need not be counted where the checkpoints begin anew.
fn checkpoints_between(before: &Facts, moment: &Moment<'_>) -> i64 {
    let count = moment.track.checkpoints().len() as i64;
    let steps = i64::from(moment.now.checkpoint) - i64::from(before.checkpoint);
    if count == 0 {
        return 0;
    }
    let around = steps.rem_euclid(count);
    if around > count / 2 {
        around - count
    } else {
        around
    }
}

/// What a frame changed in an episode.
struct Gains {
    /// Checkpoints reached for the first time.
    reached: i64,
    /// Checkpoints left backwards.
    lost: i64,
    /// Frames of the episode, this one included.
    frames: u32,
}

fn value_of(term: &RewardTerm, moment: &Moment<'_>, before: &Facts, gains: &Gains) -> f64 {
    let now = &moment.now;
    let drifting = now.is_drifting();
    let when = |condition: bool, value: f64| if condition { value } else { 0.0 };
    match *term {
        RewardTerm::Progress { weight } => {
            weight * f64::from(now.race_progress - before.race_progress)
        }
        RewardTerm::Finish { value } => when(now.is_finished() && !before.is_finished(), value),
        RewardTerm::EarlyFinish { value, frames } => when(
            now.is_finished() && !before.is_finished(),
            value * f64::from(frames.saturating_sub(gains.frames)),
        ),
        RewardTerm::Checkpoint { value } => value * gains.reached as f64,
        RewardTerm::Backwards { value } => value * gains.lost as f64,
        RewardTerm::Lap { value } => when(now.lap > before.lap && before.lap >= 0, value),
        RewardTerm::Speed { weight } => {
            let falls_back = now.checkpoint == before.checkpoint
                && now.checkpoint_progress < before.checkpoint_progress;
            when(!falls_back, weight * f64::from(now.speed_fraction()))
        }
        RewardTerm::Slow { below, value } => when(now.speed_fraction() < below, value),
        RewardTerm::Drift { value } => when(drifting, value),
        RewardTerm::Charge { value } => when(drifting && now.drift_charge >= FULL_CHARGE, value),
        RewardTerm::MiniTurbo { value } => when(now.mini_turbo > before.mini_turbo, value),
        RewardTerm::Boost { value } => when(now.boost > 0 || now.mini_turbo > 0, value),
        RewardTerm::Wall { value, distance } => {
            let near = distance > 0.0 && moment.edges().nearest() < distance;
            when(now.wall_contact || near, value)
        }
        RewardTerm::OffRoad { value } => when(now.terrain < 1.0 && now.airborne == 0, value),
        RewardTerm::Time { value } => value,
        RewardTerm::CheckpointAngle {
            value,
            within,
            within_drifting,
        } => {
            let mut ahead = [Bearing::default()];
            moment.checkpoints_ahead(Aim::Nearest, &mut ahead);
            let off = (ahead[0].angle - moment.slip_angle()).abs() / PI;
            // Beyond half a turn the shorter way round counts.
            let off = off.min(2.0 - off);
            when(off < if drifting { within_drifting } else { within }, value)
        }
        // Its follower computes it.
        RewardTerm::ReferenceLine { .. } => 0.0,
    }
}
