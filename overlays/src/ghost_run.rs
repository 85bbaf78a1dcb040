//! Another run of the same race, to be compared with.

use crate::history::{History, Sample};

/// Another run: where its kart was in each frame, and how far it had come.
#[derive(Debug, Clone, PartialEq)]
pub struct GhostRun {
    name: String,
    /// By frame, each once.
    samples: Vec<Sample>,
    /// How far the run had come at each sample: the most [`Sample::progress`] up to it, laps.
    reached: Vec<f32>,
}

impl GhostRun {
    /// The run of some samples in any order, called `name`. Of samples of one frame the last counts; those with a number
    /// that is not finite are left out.
    #[must_use]
    pub fn new(name: impl Into<String>, samples: impl IntoIterator<Item = Sample>) -> Self {
        let mut sorted: Vec<Sample> = samples.into_iter().collect();
        sorted.sort_by_key(|sample| sample.frame);
        let mut history = History::default();
        sorted.into_iter().for_each(|sample| history.push(sample));
        Self::of(name, &history)
    }

    /// The run that a history knows, called `name`.
    #[must_use]
    pub fn of(name: impl Into<String>, history: &History) -> Self {
        let samples = history.samples().to_vec();
        let mut most = f32::NEG_INFINITY;
        let reached = samples.iter().map(|sample| {
            most = most.max(sample.progress);
            most
        });
        Self {
            name: name.into(),
            reached: reached.collect(),
            samples,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its samples, by frame, each frame once.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// The path of its fastest whole lap, units, as a reference line; its whole path if it drove no whole lap.
    #[must_use]
    pub fn best_lap(&self) -> Vec<[f32; 3]> {
        /// The least part of a lap that is driven between the samples at its ends.
        const WHOLE: f32 = 0.98;
        let laps = self.samples.chunk_by(|a, b| a.lap == b.lap);
        let whole = laps.filter_map(|lap| {
            let (first, last) = (lap.first()?, lap.last()?);
            let is_whole = last.progress - first.progress >= WHOLE;
            is_whole.then_some((last.frame - first.frame, lap))
        });
        let fastest = whole.min_by_key(|(frames, _)| *frames);
        let samples = fastest.map_or(&*self.samples, |(_, lap)| lap);
        samples.iter().map(|sample| sample.position).collect()
    }

    /// Where the ghost is at frame `frame` of the race, between two samples if need be; `None` before its first sample
    /// and after its last.
    #[must_use]
    pub fn at_frame(&self, frame: i64) -> Option<Sample> {
        let after = self.samples.partition_point(|sample| sample.frame <= frame);
        let before = self.samples.get(after.checked_sub(1)?)?;
        if before.frame == frame {
            return Some(*before);
        }
        let next = self.samples.get(after)?;
        let share = (frame - before.frame) as f32 / (next.frame - before.frame) as f32;
        let mix = |a: f32, b: f32| a + (b - a) * share;
        let mix3 = |a: [f32; 3], b: [f32; 3]| [0, 1, 2].map(|axis| mix(a[axis], b[axis]));
        Some(Sample {
            frame,
            position: mix3(before.position, next.position),
            forward: mix3(before.forward, next.forward),
            speed: mix(before.speed, next.speed),
            progress: mix(before.progress, next.progress),
            lap: before.lap,
        })
    }

    /// How many frames later than the ghost a kart comes that reaches `progress` (laps, see [`Sample::progress`]) at
    /// frame `frame`: positive behind the ghost, negative ahead of it. `None` for a progress that the ghost did not reach.
    ///
    /// Where a game counts progress in small steps, as in 4096ths of a lap, this is right to about a frame.
    #[must_use]
    pub fn delta(&self, frame: i64, progress: f32) -> Option<f32> {
        Some(frame as f32 - self.frame_at(progress)?)
    }

    /// The frame at which the ghost first came as far as `progress`, with a part of a frame.
    fn frame_at(&self, progress: f32) -> Option<f32> {
        let index = self.reached.partition_point(|reached| *reached < progress);
        let (after, reached) = (self.samples.get(index)?, self.reached.get(index)?);
        let Some(last) = index.checked_sub(1) else {
            // The first sample is as good as the ghost's start only if that is where it is.
            return (*reached == progress).then_some(after.frame as f32);
        };
        let before = self.reached[last];
        // Progress stands still for some frames at a time: what was left behind began with the first of them.
        let first = self.reached.partition_point(|reached| *reached < before);
        let from = self.samples[first].frame as f32;
        let share = (progress - before) / (reached - before);
        Some(from + (after.frame as f32 - from) * share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run that is at place `speed * frame` and has come a thousandth of a lap a unit.
    fn run(speed: f32, frames: std::ops::Range<i64>) -> GhostRun {
        let sample = |frame: i64| Sample {
            frame,
            position: [speed * frame as f32, 0.0, 0.0],
            forward: [1.0, 0.0, 0.0],
            speed,
            progress: speed * frame as f32 / 1000.0,
            lap: 0,
        };
        GhostRun::new("run", frames.rev().map(sample))
    }

    #[test]
    fn a_later_kart_is_behind_and_an_earlier_one_ahead() {
        let ghost = run(2.0, 0..400);
        // The ghost came this far at frame 100.
        let delta = |frame| ghost.delta(frame, 0.2).expect("the ghost was there");
        assert!((delta(160) - 60.0).abs() < 0.01);
        assert!((delta(40) + 60.0).abs() < 0.01);
        assert!(delta(100).abs() < 0.01);
        // Between two samples.
        assert!((ghost.delta(100, 0.201).expect("there") + 0.5).abs() < 0.01);
        assert_eq!(ghost.delta(100, 0.9), None, "it never came so far");
        assert_eq!(ghost.delta(100, -0.1), None, "it began further on");
        assert_eq!(ghost.delta(100, f32::NAN), None);
    }

    #[test]
    fn turning_back_does_not_change_when_it_first_came_there() {
        let mut samples = run(2.0, 0..100).samples().to_vec();
        for (later, back) in (100..150).zip((50..100).rev()) {
            samples.push(Sample {
                frame: later,
                ..samples[back]
            });
        }
        let ghost = GhostRun::new("back and forth", samples);
        assert!(ghost.delta(80, 0.16).expect("there").abs() < 0.01);
    }

    #[test]
    fn a_ghost_is_between_its_samples_and_nowhere_beyond_them() {
        let mut samples = run(3.0, 10..20).samples().to_vec();
        samples.remove(5);
        let ghost = GhostRun::new("ghost", samples);
        let x = |frame| ghost.at_frame(frame).map(|sample| sample.position[0]);
        assert_eq!(x(12), Some(36.0));
        assert_eq!(x(15), Some(45.0), "a frame is missing");
        assert_eq!((x(9), x(20)), (None, None));
        let empty = GhostRun::new("empty", []);
        assert_eq!(empty.at_frame(1), None);
        assert_eq!(empty.delta(1, 0.0), None);
    }

    #[test]
    fn the_line_to_drive_along_is_the_fastest_lap_that_was_driven_whole() {
        // Half a lap to the line, two laps, of which the second is the faster one, and a faster beginning of a third.
        let mut samples = Vec::new();
        let mut progress = -0.5f32;
        for step in [0.1, 0.004, 0.005, 0.02] {
            let lap = progress.floor();
            let end = if step == 0.02 { lap + 0.5 } else { lap + 1.0 };
            while progress < end - step / 2.0 {
                samples.push(Sample {
                    frame: samples.len() as i64,
                    position: [progress, step, 0.0],
                    forward: [1.0, 0.0, 0.0],
                    speed: 1.0,
                    progress,
                    lap: lap as i32,
                });
                progress += step;
            }
            progress = end;
        }
        let line = GhostRun::new("laps", samples).best_lap();
        assert_eq!(line.len(), 200);
        assert!(line.iter().all(|[_, step, _]| *step == 0.005), "{line:?}");
        assert_eq!(run(2.0, 0..100).best_lap().len(), 100, "no whole lap");
    }
}
