//! A movie's frames as the steps of rows, and the frames whose pictures rows have.

use std::num::NonZeroU32;

use env_kart::runs::corrections::Corrections;
use env_kart::runs::recording::Ahead;

use super::Part;

/// The place of a frame among the steps of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Its number in its step, from 1; 0 for a frame of no step.
    pub(super) number: u32,
    /// Whether it is the step's last.
    pub(super) is_last: bool,
    /// Whether its picture is drawn: the next frame begins a step, and its row has the picture.
    pub(super) draws: bool,
}

/// Divides a movie's frames into steps.
///
/// Of rows with pictures, a step begins only behind a frame that was drawn. So the frames of a race until the game first reads
/// its pad are in no step: they are played for the first picture.
#[derive(Debug)]
pub(super) struct Steps<'a> {
    part: Part,
    corrections: &'a Corrections,
    /// Frames of a step.
    length: u32,
    /// Frames from one in which the game reads its pad to the next.
    frames_per_read: u32,
    has_pictures: bool,
    /// The place of the frame before.
    before: Place,
    /// Frames of the race so far.
    race_frames: u64,
}

impl<'a> Steps<'a> {
    pub(super) fn new(
        part: Part,
        corrections: &'a Corrections,
        length: NonZeroU32,
        frames_per_read: NonZeroU32,
        has_pictures: bool,
    ) -> Self {
        Self {
            part,
            corrections,
            length: length.get(),
            frames_per_read: frames_per_read.get(),
            has_pictures,
            before: Place::default(),
            race_frames: 0,
        }
    }

    /// The place of the next frame.
    pub(super) fn next(&mut self, ahead: Ahead) -> Place {
        self.race_frames += u64::from(ahead.is_race);
        let number = self.number(ahead);
        let is_last = number == self.length;
        let is_before_step = match number {
            0 => ahead.is_race && self.race_frames.is_multiple_of(self.frames_per_read.into()),
            _ => is_last,
        };
        let place = Place {
            number,
            is_last,
            draws: self.has_pictures && is_before_step && self.is_part(ahead.frame + 1),
        };
        self.before = place;
        place
    }

    fn number(&self, ahead: Ahead) -> u32 {
        let goes_on = self.before.number > 0 && !self.before.is_last;
        match ahead.is_race && self.is_part(ahead.frame) {
            false => 0,
            true if goes_on => self.before.number + 1,
            true => u32::from(!self.has_pictures || self.before.draws),
        }
    }

    fn is_part(&self, frame: u64) -> bool {
        self.part == Part::Race || self.corrections.contains(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first and last frames of the steps of a movie of 100 frames whose race is the frames 10 to 89, and for each the frame
    /// whose picture the machine shows when the step begins.
    fn steps(part: Part, corrections: &Corrections, length: u32, read: u32) -> Vec<[u64; 3]> {
        let (length, read) = (NonZeroU32::new(length), NonZeroU32::new(read));
        let (length, read) = (length.expect("not 0"), read.expect("not 0"));
        let mut steps = Steps::new(part, corrections, length, read, true);
        let (mut drawn, mut first, mut found) = (None, None, Vec::new());
        for frame in 0..100 {
            let is_race = (10..90).contains(&frame);
            let place = steps.next(Ahead { frame, is_race });
            if place.number == 1 {
                first = Some([drawn.take().expect("a picture"), frame]);
            }
            if place.is_last {
                let [picture, first] = first.take().expect("a step that began");
                found.push([picture, first, frame]);
            }
            if place.draws {
                drawn = Some(frame);
            }
        }
        found
    }

    #[test]
    fn a_step_begins_behind_the_frame_whose_picture_it_has() {
        let mut corrections = Corrections::default();
        for frame in [13..20, 40..41, 50..77, 88..95].into_iter().flatten() {
            corrections.mark(frame);
        }
        for part in [Part::Race, Part::Corrections] {
            for (length, read) in [(1, 1), (12, 1), (2, 2), (12, 2)] {
                let found = steps(part, &corrections, length, read);
                assert!(!found.is_empty());
                for [picture, first, last] in &found {
                    assert_eq!((picture + 1, last + 1), (*first, first + u64::from(length)));
                    assert_eq!((first - 10) % u64::from(read), 0, "as the game reads");
                    let in_part = |frame| part == Part::Race || corrections.contains(frame);
                    assert!((*first..=*last).all(|frame| (10..90).contains(&frame)));
                    assert!((*first..=*last).all(in_part), "{part:?} {first}");
                }
                let overlap = found.windows(2).find(|pair| pair[0][2] >= pair[1][1]);
                assert_eq!(overlap, None);
            }
        }
    }

    #[test]
    fn a_race_is_divided_without_gaps() {
        let found = steps(Part::Race, &Corrections::default(), 12, 2);
        let firsts: Vec<u64> = found.iter().map(|[_, first, _]| *first).collect();
        assert_eq!(firsts, [12, 24, 36, 48, 60, 72]);
    }

    #[test]
    fn without_pictures_the_first_frame_of_the_race_begins_a_step() {
        let none = Corrections::default();
        let two = NonZeroU32::new(2).expect("not 0");
        let mut steps = Steps::new(Part::Race, &none, two, two, false);
        let places = (0..5).map(|frame| {
            let is_race = frame > 0;
            steps.next(Ahead { frame, is_race })
        });
        let numbers: Vec<_> = places.map(|place| (place.number, place.draws)).collect();
        assert_eq!(
            numbers,
            [(0, false), (1, false), (2, false), (1, false), (2, false)]
        );
    }
}
