//! The path that a kart has driven.

use env_kart::facts::Facts;

use crate::distance::distance;

/// A frame of the path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Frames since the start signal; negative in the countdown.
    pub frame: i64,
    /// Where the kart was, units.
    pub position: [f32; 3],
    /// Where it faced, unit length.
    pub forward: [f32; 3],
    /// Its forward speed, units a frame; negative backwards.
    pub speed: f32,
    /// How many laps were driven, with the share of this one: 1.5 is the middle of the second lap. Little below 0
    /// before the start line.
    pub progress: f32,
    /// The lap, from 0; negative before the start line where the game counts so.
    pub lap: i32,
}

impl Sample {
    /// The frame with these facts.
    #[must_use]
    pub const fn of(facts: &Facts) -> Self {
        Self {
            frame: facts.since_start,
            position: facts.pose.position,
            forward: facts.facing,
            speed: facts.forward_speed,
            progress: facts.lap as f32 + facts.lap_progress,
            lap: facts.lap,
        }
    }
}

/// The path of one kart through a race, lap after lap. The caller adds every frame with [`History::see`].
///
/// Adding a frame again, after a rewind or the loading of a state, removes that frame and all later ones first; so does
/// the beginning of another race.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// By frame, each once.
    samples: Vec<Sample>,
    /// The course that they are of.
    course: u32,
}

impl History {
    /// Adds the frame with these facts, of a race on the course with the game's number `course`.
    pub fn see(&mut self, course: u32, facts: &Facts) {
        if course != self.course {
            self.samples.clear();
            self.course = course;
        }
        self.push(Sample::of(facts));
    }

    /// Adds a sample, and removes those of its frame and of later ones. A sample with a number that is not finite is left
    /// out.
    pub fn push(&mut self, sample: Sample) {
        self.forget_from(sample.frame);
        let numbers = sample.position.iter().chain(&sample.forward);
        if numbers
            .chain([&sample.speed, &sample.progress])
            .all(|part| part.is_finite())
        {
            self.samples.push(sample);
        }
    }

    /// Removes the samples of frame `frame` and of all later ones.
    pub fn forget_from(&mut self, frame: i64) {
        // Usually there are none.
        if self.samples.last().is_some_and(|last| last.frame >= frame) {
            let kept = self.samples.partition_point(|sample| sample.frame < frame);
            self.samples.truncate(kept);
        }
    }

    /// Removes all samples.
    pub fn clear(&mut self) {
        self.samples.clear();
    }

    /// The samples by frame, each frame once. Frames that were not shown are missing.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// The samples by lap, in the order in which they were driven; each lap with its number, from 0.
    pub fn laps(&self) -> impl DoubleEndedIterator<Item = (i32, &[Sample])> {
        // The samples before the start line belong to the first lap.
        self.samples
            .chunk_by(|a, b| a.lap.max(0) == b.lap.max(0))
            .map(|lap| (lap[0].lap.max(0), lap))
    }
}

/// Whether a kart can have driven from one sample to the other. It can't after a long gap in time, or a distance that no
/// kart covers.
pub(crate) fn is_continuous(from: &Sample, to: &Sample) -> bool {
    /// Frames that may be missing in a path.
    const MOST_FRAMES: i64 = 12;
    /// Faster than any kart, units a frame.
    const FASTEST: f32 = 20.0;
    let frames = to.frame.saturating_sub(from.frame).max(0);
    frames <= MOST_FRAMES && distance(from.position, to.position) <= FASTEST * frames as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(frame: i64, lap: i32) -> Sample {
        Sample {
            frame,
            position: [frame as f32, 0.0, 0.0],
            forward: [1.0, 0.0, 0.0],
            speed: 1.0,
            progress: frame as f32 / 100.0,
            lap,
        }
    }

    fn frames(history: &History) -> Vec<i64> {
        let samples = history.samples().iter();
        samples.map(|sample| sample.frame).collect()
    }

    #[test]
    fn a_rewind_forgets_the_future_and_what_is_driven_then_takes_its_place() {
        let mut history = History::default();
        (1..=9).for_each(|frame| history.push(sample(frame, 0)));
        history.push(sample(4, 0));
        assert_eq!(frames(&history), [1, 2, 3, 4]);
        history.push(sample(5, 0));
        history.push(sample(5, 0));
        assert_eq!(frames(&history), [1, 2, 3, 4, 5]);
        // Forwards by a state that was saved later.
        history.push(sample(70, 1));
        history.push(sample(2, 0));
        assert_eq!(frames(&history), [1, 2]);
        history.push(sample(1, 0));
        assert_eq!(frames(&history), [1], "another race");
    }

    #[test]
    fn laps_are_told_apart_and_the_samples_before_the_start_line_belong_to_the_first() {
        let mut history = History::default();
        let laps = [-1, -1, 0, 0, 1, 2, 2];
        for (frame, lap) in (1..).zip(laps) {
            history.push(sample(frame, lap));
        }
        let laps: Vec<_> = history
            .laps()
            .map(|(lap, samples)| (lap, samples.len()))
            .collect();
        assert_eq!(laps, [(0, 4), (1, 1), (2, 2)]);
    }

    #[test]
    fn numbers_that_are_not_finite_are_left_out() {
        let mut history = History::default();
        let position = [f32::NAN, 0.0, 0.0];
        history.push(Sample {
            position,
            ..sample(1, 0)
        });
        assert!(history.samples().is_empty());
    }

    #[test]
    fn a_path_is_continuous_where_a_kart_can_have_driven() {
        assert!(is_continuous(&sample(1, 0), &sample(4, 0)));
        assert!(!is_continuous(&sample(1, 0), &sample(40, 0)));
        let away = Sample {
            position: [900.0, 0.0, 0.0],
            ..sample(2, 0)
        };
        assert!(!is_continuous(&sample(1, 0), &away));
    }
}
