//! Closed-loop evaluation in a synthetic race: a line to walk along.

use std::sync::atomic::{AtomicBool, Ordering};

use env_core::space::Discrete;
use env_core::{Driver, Env, Step};
use learn::evaluate::{EpisodeEnd, Options, RaceInfo, Report, evaluate};

const LAP: i64 = 10;

/// Three laps of ten places; seeds above 100 start with a crash.
struct Line {
    observations: Discrete,
    actions: Discrete,
    /// Its start; the start line is at 0.
    grid: i64,
    /// The number of the first lap.
    first_lap: i32,
    at: i64,
    steps: u32,
    broken: bool,
}

struct Standing {
    at: i64,
    first_lap: i32,
    ms: u32,
}

impl RaceInfo for Standing {
    fn progress(&self) -> f64 {
        self.at as f64 / (3 * LAP) as f64
    }
    fn lap(&self) -> i32 {
        self.first_lap + self.at.div_euclid(LAP) as i32
    }
    fn total_ms(&self) -> u32 {
        self.ms
    }
    fn finished(&self) -> bool {
        self.at >= 3 * LAP
    }
    fn stuck(&self) -> bool {
        self.at < -1
    }
}

impl Line {
    fn new() -> learn::Result<Self> {
        Self::with_grid(0, 0)
    }

    fn with_grid(grid: i64, first_lap: i32) -> learn::Result<Self> {
        let discrete = |count| Discrete::new(count).expect("a space");
        Ok(Self {
            observations: discrete(3 * LAP as u32 + 2),
            actions: discrete(3),
            grid,
            first_lap,
            at: grid,
            steps: 0,
            broken: false,
        })
    }

    fn standing(&self) -> Standing {
        Standing {
            at: self.at,
            first_lap: self.first_lap,
            ms: self.steps * 100,
        }
    }
}

impl Env for Line {
    type Obs = i64;
    type Action = i64;
    type Info = Standing;
    type Options = ();
    type Error = std::io::Error;
    type ObservationSpace = Discrete;
    type ActionSpace = Discrete;

    fn observation_space(&self) -> &Discrete {
        &self.observations
    }
    fn action_space(&self) -> &Discrete {
        &self.actions
    }
    fn reset(&mut self, seed: Option<u64>, _options: &()) -> std::io::Result<(i64, Standing)> {
        let seed = seed.unwrap_or(0);
        self.at = self.grid + (seed % 2) as i64;
        (self.steps, self.broken) = (0, seed > 100);
        Ok((self.at, self.standing()))
    }
    fn step(&mut self, action: &i64) -> std::io::Result<Step<i64, Standing>> {
        if self.broken {
            return Err(std::io::Error::other("engine on fire"));
        }
        self.steps += 1;
        self.at += action;
        let step = Step::new(self.at, *action as f64, self.standing());
        let (finished, stuck) = (step.info.finished(), step.info.stuck());
        Ok(step.terminated(finished).truncated(stuck))
    }
}

/// Always takes the same step, `count`ing episodes.
struct Walker(i64);

impl Driver<i64> for Walker {
    type Action = i64;
    type Error = learn::Error;

    fn reset(&mut self) {}
    fn act(&mut self, _at: &i64) -> learn::Result<i64> {
        Ok(self.0)
    }
}

fn walk(step: i64, options: &Options<'_>) -> learn::Result<Report> {
    evaluate(Line::new, || Ok(Walker(step)), options, |_| {})
}

fn options(interrupt: &AtomicBool) -> Options<'_> {
    Options {
        episodes: 9,
        seed: 4,
        threads: 3,
        max_steps: 1000,
        reference_ms: Some(1500),
        interrupt,
    }
}

#[test]
fn races_are_driven_timed_and_compared() {
    let interrupt = AtomicBool::new(false);
    let report = walk(2, &options(&interrupt)).expect("a report");
    assert_eq!(
        (report.episodes, report.finished, report.finish_rate),
        (9, 9, 1.0)
    );
    // From 0 or 1 to 30 by twos: 15 steps of 100 ms.
    assert_eq!((report.best_ms, report.mean_ms), (Some(1500), Some(1500.0)));
    assert_eq!(report.time_vs_reference_pct, Some(100.0));
    let seeds: Vec<u64> = report.results.iter().map(|episode| episode.seed).collect();
    assert_eq!(seeds, (4..13).collect::<Vec<_>>());
    assert_eq!(report.results[0].lap_times_ms, [500, 500, 500]);
    assert!(
        report
            .results
            .iter()
            .all(|episode| episode.ending == EpisodeEnd::Finished)
    );
    assert!(report.results.iter().all(|episode| episode.reward == 30.0));
}

#[test]
fn the_way_to_the_start_line_is_no_lap_whatever_its_number() {
    let interrupt = AtomicBool::new(false);
    for first_lap in [0, 1] {
        let line = || Line::with_grid(-1, first_lap);
        let report = evaluate(line, || Ok(Walker(1)), &options(&interrupt), |_| {});
        let report = report.expect("a report");
        assert_eq!(report.results[0].lap_times_ms, [1100, 1000, 1000]);
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let interrupt = AtomicBool::new(false);
    let several = walk(2, &options(&interrupt)).expect("a report");
    let one = walk(
        2,
        &Options {
            threads: 1,
            ..options(&interrupt)
        },
    )
    .expect("a report");
    assert_eq!(several, one);
}

#[test]
fn lost_races_count_as_such() {
    let interrupt = AtomicBool::new(false);
    let stuck = walk(-1, &options(&interrupt)).expect("a report");
    assert_eq!(
        (stuck.finished, stuck.mean_ms, stuck.time_vs_reference_pct),
        (0, None, None)
    );
    assert!(
        stuck
            .results
            .iter()
            .all(|episode| episode.ending == EpisodeEnd::Stuck)
    );

    let slow = Options {
        max_steps: 6,
        ..options(&interrupt)
    };
    let slow = walk(1, &slow).expect("a report");
    assert!(
        slow.results
            .iter()
            .all(|episode| episode.ending == EpisodeEnd::OutOfTime)
    );
    assert!(
        (0.2..0.24).contains(&slow.mean_progress),
        "{}",
        slow.mean_progress
    );
}

#[test]
fn an_environment_s_error_names_the_episode() {
    let interrupt = AtomicBool::new(false);
    let broken = Options {
        seed: 99,
        threads: 1,
        ..options(&interrupt)
    };
    let error = walk(1, &broken).expect_err("a broken kart").to_string();
    assert_eq!(error, "episode 2 (seed 101): engine on fire");
}

#[test]
fn an_interrupt_keeps_the_races_that_are_over() {
    let interrupt = AtomicBool::new(false);
    let options = Options {
        threads: 1,
        ..options(&interrupt)
    };
    let stop_after_two = |episode: &learn::evaluate::Episode| {
        interrupt.store(episode.episode == 1, Ordering::Relaxed);
    };
    let report = evaluate(Line::new, || Ok(Walker(2)), &options, stop_after_two).expect("a report");
    assert_eq!((report.episodes, report.finished), (2, 2));
}

#[test]
fn a_report_is_json() {
    let interrupt = AtomicBool::new(false);
    let report = walk(2, &options(&interrupt)).expect("a report");
    let text = serde_json::to_string(&report).expect("JSON");
    assert_eq!(
        serde_json::from_str::<Report>(&text).expect("a report"),
        report
    );
}
