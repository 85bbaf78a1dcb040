//! The samples that a console has played and the caller has not taken yet.

use std::collections::VecDeque;

use crate::SAMPLE_RATE;

/// One second: a caller that takes no samples for longer does not need them.
const CAPACITY: usize = SAMPLE_RATE as usize;

/// No game plays at a lower rate: one sample is not stretched further than this.
const LEAST_RATE: u32 = 4_000;

/// The samples of an emulator: left and right, at [`SAMPLE_RATE`], whatever rate the game plays at.
#[derive(Default)]
pub(crate) struct Sound {
    on: bool,
    samples: VecDeque<[i16; 2]>,
    /// The game's last sample, and how far the next of ours is behind it, as a part of the distance of the game's samples.
    last: [i16; 2],
    behind: f64,
}

impl Sound {
    pub(crate) fn is_on(&self) -> bool {
        self.on
    }

    /// Turns the sound on or off; turning it off discards all samples.
    pub(crate) fn turn(&mut self, on: bool) {
        *self = Self {
            on,
            ..Self::default()
        };
    }

    /// Discards all samples.
    pub(crate) fn clear(&mut self) {
        self.turn(self.on);
    }

    /// Adds samples of the game's rate, left in the upper half of each word; discards the oldest above the capacity.
    pub(crate) fn push(&mut self, words: &[u32], rate: u32) {
        let distance = f64::from(rate.max(LEAST_RATE)) / f64::from(SAMPLE_RATE);
        for word in words {
            let next = [(word >> 16) as u16, *word as u16].map(u16::cast_signed);
            while self.behind < 1.0 {
                let between = |channel: usize| {
                    let [from, to] = [self.last, next].map(|sample| f64::from(sample[channel]));
                    (from + (to - from) * self.behind) as i16
                };
                self.samples.push_back([between(0), between(1)]);
                self.behind += distance;
            }
            self.behind -= 1.0;
            self.last = next;
        }
        let excess = self.samples.len().saturating_sub(CAPACITY);
        self.samples.drain(..excess);
    }

    /// Moves everything to the end of `into`.
    pub(crate) fn take(&mut self, into: &mut Vec<[i16; 2]>) {
        into.extend(self.samples.drain(..));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_any_rate_is_a_second() {
        for rate in [22_050, 26_800, 32_000, 44_100, 48_000] {
            let mut sound = Sound::default();
            for _ in 0..10 {
                sound.push(&vec![0x1000_F000; rate as usize / 10], rate);
            }
            let mut samples = Vec::new();
            sound.take(&mut samples);
            let seconds = samples.len() as f64 / f64::from(SAMPLE_RATE);
            assert!((0.999..=1.001).contains(&seconds), "{rate}: {seconds}");
            assert_eq!(samples.last(), Some(&[0x1000, -0x1000]), "{rate}");
        }
    }
}
