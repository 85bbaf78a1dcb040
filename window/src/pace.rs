//! How many of the game's frames are due.

use std::time::Duration;

/// Video frames a second of the console.
pub const FRAME_RATE: f64 = 59.8261;
/// The longest time that is made up for: after a stall the game goes on and does not race after the clock.
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
    /// What it is called.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Times(times) => format!("{times}×"),
            Self::Unlimited => "Unlimited".to_owned(),
        }
    }
}

/// Turns time into frames, without loss.
#[derive(Debug, Default)]
pub struct Pace {
    /// Frames that are due, with the part of the next.
    due: f64,
}

impl Pace {
    /// How many frames are due after `passed` more time; `None` for as many as there is time for.
    pub fn frames(&mut self, speed: Speed, passed: Duration) -> Option<u32> {
        let Speed::Times(times) = speed else {
            self.due = 0.0;
            return None;
        };
        self.due += passed.min(LONGEST).as_secs_f64() * FRAME_RATE * times;
        let whole = self.due.floor();
        self.due -= whole;
        Some(whole as u32)
    }

    /// Forgets the part of a frame, as after a pause.
    pub fn reset(&mut self) {
        self.due = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_of_screen_frames_is_a_minute_of_game_frames_at_every_speed() {
        for speed in SPEEDS {
            let Speed::Times(times) = speed else {
                continue;
            };
            let mut pace = Pace::default();
            let due: u32 = (0..3600)
                .filter_map(|_| pace.frames(speed, Duration::from_micros(16_667)))
                .sum();
            let expected = FRAME_RATE * times * 60.0;
            assert!((f64::from(due) - expected).abs() <= 1.0, "{speed:?}: {due}");
        }
    }

    #[test]
    fn a_stall_is_not_made_up_for() {
        let mut pace = Pace::default();
        let due = pace.frames(Speed::Times(1.0), Duration::from_secs(30));
        assert_eq!(due, Some(5));
    }

    #[test]
    fn without_a_limit_there_is_no_number() {
        let mut pace = Pace::default();
        assert_eq!(pace.frames(Speed::Unlimited, Duration::from_secs(1)), None);
    }
}
