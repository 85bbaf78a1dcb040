//! How many of the game's frames are due.

use std::time::Duration;

/// The longest delay that is caught up: after a longer stall the game continues at its normal speed.
const LONGEST: Duration = Duration::from_millis(100);

/// Speeds to choose from, as multiples of the console's; the last has no limit.
pub const SPEEDS: [Speed; 7] = [
    Speed::Times(0.25),
    Speed::Times(0.5),
    Speed::Times(1.0),
    Speed::Times(2.0),
    Speed::Times(4.0),
    Speed::Times(8.0),
    Speed::Unlimited,
];

/// How fast a game runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// So many times as fast as the console.
    Times(f64),
    /// As fast as the machine can.
    Unlimited,
}

impl Speed {
    /// Its name in the list.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Times(times) => format!("{times}×"),
            Self::Unlimited => "Unlimited".to_owned(),
        }
    }
}

/// Turns time into frames, without loss and as evenly as possible: the display refreshes nearly as often as the console,
/// now a little early, now a little late, and two frames in one refresh and none in the next would be visible as stutter.
#[derive(Debug)]
pub struct Pace {
    /// The machine's frames a second.
    frame_rate: f64,
    /// Frames that are due; below 0 where they were played ahead of time.
    due: f64,
}

/// How far frames may be ahead of their time or behind it, frames.
const SLACK: f64 = 0.75;

impl Pace {
    /// The pace of a machine with so many frames a second.
    #[must_use]
    pub fn new(frame_rate: f64) -> Self {
        Self {
            frame_rate,
            due: 0.0,
        }
    }

    /// How many frames are due after `passed` more time; `None` for as many as there is time for.
    pub fn frames(&mut self, speed: Speed, passed: Duration) -> Option<u32> {
        let Speed::Times(times) = speed else {
            self.due = 0.0;
            return None;
        };
        let new = passed.min(LONGEST).as_secs_f64() * self.frame_rate * times;
        self.due += new;
        let even = new.round();
        let frames = match self.due - even {
            behind if behind >= SLACK => even + behind.round().max(1.0),
            ahead if ahead <= -SLACK => even - 1.0,
            _ => even,
        };
        let frames = frames.max(0.0);
        self.due -= frames;
        Some(frames as u32)
    }

    /// Forgets the part of a frame, as after a pause.
    pub fn reset(&mut self) {
        self.due = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME_RATE: f64 = 59.8261;

    #[test]
    fn a_minute_of_screen_frames_is_a_minute_of_game_frames_at_every_speed() {
        for speed in SPEEDS {
            let Speed::Times(times) = speed else {
                continue;
            };
            let mut pace = Pace::new(FRAME_RATE);
            let due: u32 = (0..3600)
                .filter_map(|_| pace.frames(speed, Duration::from_micros(16_667)))
                .sum();
            let expected = FRAME_RATE * times * 60.0;
            assert!((f64::from(due) - expected).abs() <= 1.0, "{speed:?}: {due}");
        }
    }

    #[test]
    fn screens_that_come_unevenly_show_one_frame_each() {
        let mut pace = Pace::new(FRAME_RATE);
        let screens = (0..3600).map(|screen| 16_667 + [0, 3000, -3000, 1500, -1500][screen % 5]);
        let shown = screens.filter(|micros| {
            let passed = Duration::from_micros(*micros as u64);
            pace.frames(Speed::Times(1.0), passed) == Some(1)
        });
        // A screen is 1/346 of a frame short: only those that make up for it show none.
        assert!(shown.count() >= 3600 - 12);
    }

    #[test]
    fn a_stall_is_not_made_up_for() {
        let mut pace = Pace::new(FRAME_RATE);
        let due = pace.frames(Speed::Times(1.0), Duration::from_secs(30));
        assert_eq!(due, Some(6));
    }

    #[test]
    fn without_a_limit_there_is_no_number() {
        let mut pace = Pace::new(FRAME_RATE);
        assert_eq!(pace.frames(Speed::Unlimited, Duration::from_secs(1)), None);
    }
}
