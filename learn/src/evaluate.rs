//! Closed-loop evaluation: the driver's decisions determine the next observations.
//!
//! The loss on recorded frames says little about driving, since even a small constant error leads
//! off the recorded line. An evaluation measures whether races from varied starts are finished, and
//! how fast.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use env_core::{Driver, Env, Step};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The facts about a race that an evaluation reads after each step.
pub trait RaceInfo {
    /// Fraction of the race that is driven, 1 at the finish.
    fn progress(&self) -> f64;
    /// The lap, growing by one at the line.
    fn lap(&self) -> i32;
    /// Milliseconds since the start.
    fn total_ms(&self) -> u32;
    /// All laps were driven.
    fn finished(&self) -> bool;
    /// The episode was truncated because the driver made no progress.
    fn stuck(&self) -> bool;
}

impl RaceInfo for env_kart::race_env::Info {
    fn progress(&self) -> f64 {
        f64::from(self.race_progress)
    }

    fn lap(&self) -> i32 {
        self.lap
    }

    fn total_ms(&self) -> u32 {
        self.total_ms
    }

    fn finished(&self) -> bool {
        self.finished
    }

    fn stuck(&self) -> bool {
        self.ended_by == Some("stuck")
    }
}

/// Settings of an evaluation.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Races to drive.
    pub episodes: usize,
    /// The seed of the first race; the seeds count up from there.
    pub seed: u64,
    /// Environments, each on its own thread.
    pub threads: usize,
    /// Steps after which a race is stopped and counts as lost.
    pub max_steps: u64,
    /// The time to compare with, in milliseconds: the ghost's.
    pub reference_ms: Option<u32>,
    /// Set from outside to stop: races that are not over are left out of the report.
    pub interrupt: &'a AtomicBool,
}

/// How an episode ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpisodeEnd {
    /// All laps were driven.
    Finished,
    /// The driver made no progress.
    Stuck,
    /// The environment ended it for another reason, or it took too many steps.
    OutOfTime,
}

/// One race.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Episode {
    /// Counted from 0.
    pub episode: usize,
    /// The seed of the varied start.
    pub seed: u64,
    /// How it ended.
    pub ending: EpisodeEnd,
    /// The race's time in milliseconds; `None` unless finished.
    pub time_ms: Option<u32>,
    /// The laps that were finished, in milliseconds, to the step.
    pub lap_times_ms: Vec<u32>,
    /// The fraction of the race that was driven.
    pub progress: f64,
    /// Steps taken.
    pub steps: u64,
    /// The sum of rewards.
    pub reward: f64,
}

/// The result of an evaluation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Races that ended, finished or not.
    pub episodes: usize,
    /// Those that finished.
    pub finished: usize,
    /// Their fraction; 0 without races.
    pub finish_rate: f64,
    /// The mean fraction of the race that was driven.
    pub mean_progress: f64,
    /// The fastest race in milliseconds.
    pub best_ms: Option<u32>,
    /// The mean of the finished races' times in milliseconds.
    pub mean_ms: Option<f64>,
    /// The fastest lap in milliseconds.
    pub best_lap_ms: Option<u32>,
    /// The time that was compared with, in milliseconds.
    pub reference_ms: Option<u32>,
    /// The mean time in per cent of that.
    pub time_vs_reference_pct: Option<f64>,
    /// Every race, by episode.
    pub results: Vec<Episode>,
}

impl Report {
    /// Summarises races.
    pub fn new(mut results: Vec<Episode>, reference_ms: Option<u32>) -> Self {
        results.sort_by_key(|episode| episode.episode);
        let times: Vec<u32> = results
            .iter()
            .filter_map(|episode| episode.time_ms)
            .collect();
        let fraction = |sum: f64| sum / results.len().max(1) as f64;
        let mean_ms = (!times.is_empty())
            .then(|| times.iter().map(|time| f64::from(*time)).sum::<f64>() / times.len() as f64);
        let percent = |mean: f64| {
            let reference = reference_ms.filter(|reference| *reference > 0)?;
            Some(mean / f64::from(reference) * 100.0)
        };
        Self {
            episodes: results.len(),
            finished: times.len(),
            finish_rate: fraction(times.len() as f64),
            mean_progress: fraction(results.iter().map(|episode| episode.progress).sum()),
            best_ms: times.iter().min().copied(),
            mean_ms,
            best_lap_ms: results
                .iter()
                .flat_map(|race| &race.lap_times_ms)
                .min()
                .copied(),
            reference_ms,
            time_vs_reference_pct: mean_ms.and_then(percent),
            results,
        }
    }
}

/// Drives `options.episodes` races from varied starts and reports. Every thread makes its own
/// environment and driver, and takes the next episode until none is left; an episode does not depend on the
/// thread that drives it. `on_episode` is called with each race, in the order in which they end.
///
/// # Errors
/// The first error of an environment or driver, with its episode.
pub fn evaluate<E, D>(
    make_env: impl Fn() -> Result<E> + Sync,
    make_driver: impl Fn() -> Result<D> + Sync,
    options: &Options<'_>,
    on_episode: impl Fn(&Episode) + Sync,
) -> Result<Report>
where
    E: Env,
    E::Info: RaceInfo,
    D: Driver<E::Obs>,
    E::Action: From<D::Action>,
    Error: From<D::Error>,
{
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let results = Mutex::new(Vec::new());
    let stopped = || failed.load(Ordering::Relaxed) || options.interrupt.load(Ordering::Relaxed);

    let work = || -> Result<()> {
        let (mut env, mut driver) = (make_env()?, make_driver()?);
        while !stopped() {
            let episode = next.fetch_add(1, Ordering::Relaxed);
            if episode >= options.episodes {
                break;
            }
            let Some(result) = drive(&mut env, &mut driver, episode, options, &stopped)? else {
                break;
            };
            on_episode(&result);
            results
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(result);
        }
        Ok(())
    };

    let threads = options.threads.clamp(1, options.episodes.max(1));
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    // One libtorch thread for each race: the races themselves run in parallel.
                    #[cfg(feature = "torch")]
                    crate::threads::compute_on(1);
                    work().inspect_err(|_| failed.store(true, Ordering::Relaxed))
                })
            })
            .collect();
        workers
            .into_iter()
            .try_for_each(|worker| match worker.join() {
                Ok(outcome) => outcome,
                Err(panic) => std::panic::resume_unwind(panic),
            })
    })?;
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Report::new(results, options.reference_ms))
}

/// Drives one race; `None` when it was stopped.
fn drive<E, D>(
    env: &mut E,
    driver: &mut D,
    episode: usize,
    options: &Options<'_>,
    stopped: &dyn Fn() -> bool,
) -> Result<Option<Episode>>
where
    E: Env,
    E::Info: RaceInfo,
    D: Driver<E::Obs>,
    E::Action: From<D::Action>,
    Error: From<D::Error>,
{
    let seed = options.seed.wrapping_add(episode as u64);
    let failure = |error: E::Error| Error::Episode {
        episode,
        seed,
        reason: error.to_string(),
    };
    let (mut observation, info) = env
        .reset(Some(seed), &E::Options::default())
        .map_err(failure)?;
    driver.reset();
    let mut laps = LapClock::new(&info);
    let (mut steps, mut reward) = (0, 0.0);
    loop {
        if stopped() {
            return Ok(None);
        }
        let action = E::Action::from(driver.act(&observation)?);
        let step = env.step(&action).map_err(failure)?;
        steps += 1;
        reward += step.reward;
        laps.step(&step.info);
        if step.is_done() || steps >= options.max_steps {
            return Ok(Some(Episode {
                episode,
                seed,
                ending: episode_end(&step),
                time_ms: step.info.finished().then(|| step.info.total_ms()),
                lap_times_ms: laps.times,
                progress: step.info.progress(),
                steps,
                reward,
            }));
        }
        observation = step.observation;
    }
}

fn episode_end<O, I: RaceInfo>(step: &Step<O, I>) -> EpisodeEnd {
    match &step.info {
        info if info.finished() => EpisodeEnd::Finished,
        info if info.stuck() => EpisodeEnd::Stuck,
        _ => EpisodeEnd::OutOfTime,
    }
}

/// Measures lap times. The line may be crossed back and forth; only a lap
/// higher than any before counts.
struct LapClock {
    highest: i32,
    /// Whether the start line has been crossed. The grid is before the line, so that the first crossing ends no lap;
    /// games number the lap before it differently.
    started: bool,
    began_ms: u32,
    times: Vec<u32>,
}

impl LapClock {
    fn new(info: &impl RaceInfo) -> Self {
        Self {
            highest: info.lap(),
            started: info.progress() >= 0.0,
            began_ms: info.total_ms(),
            times: Vec::new(),
        }
    }

    fn step(&mut self, info: &impl RaceInfo) {
        if info.lap() <= self.highest && !info.finished() {
            return;
        }
        // A game that counts up the last lap reports the finish a frame later, with the same time: not another lap.
        if self.started && info.total_ms() > self.began_ms {
            self.times
                .push(info.total_ms().saturating_sub(self.began_ms));
            self.began_ms = info.total_ms();
        }
        self.started = true;
        self.highest = info.lap();
    }
}
