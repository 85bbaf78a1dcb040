//! How a game's karts turn, drift and gather speed, for the driver's model of them.

use crate::facts::{FULL_CHARGE, Facts};

/// What charges the mini-turbo of a drift. Times are in frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charging {
    /// Presses to the left and to the right in turn.
    Presses {
        /// How many.
        count: u32,
        /// From a press that counts to the next.
        interval: u32,
        /// From landing in the drift until the first press counts.
        first: u32,
    },
    /// Steering out of the bend for a while, and then into it again.
    CounterSteer {
        /// How many times.
        count: u32,
        /// How long out of it each time, at least.
        length: u32,
    },
}

impl Charging {
    /// Frames from landing in a drift until its mini-turbo is charged.
    pub(crate) const fn whole(self) -> u32 {
        match self {
            Self::Presses {
                count,
                interval,
                first,
            } => count.saturating_sub(1) * interval + first,
            // One of each time steers in.
            Self::CounterSteer { count, length } => count * (length + 1),
        }
    }

    /// Frames until the mini-turbo of the drift of a frame is charged.
    pub(crate) fn rest(self, facts: &Facts) -> u32 {
        if facts.drift_charge >= FULL_CHARGE {
            return 0;
        }
        match self {
            Self::Presses {
                count, interval, ..
            } => {
                let pressed = facts.drift_presses.map(u32::from).iter().sum::<u32>();
                let cooldown = u32::try_from(facts.drift_press_cooldown).unwrap_or(0);
                count.saturating_sub(pressed + 1) * interval + cooldown.max(1)
            }
            Self::CounterSteer { count, length } => {
                let charged = count * facts.drift_charge.max(0).cast_unsigned();
                let left = count - charged / FULL_CHARGE.cast_unsigned();
                let steered = u32::from(facts.counter_steering).min(length);
                left * (length + 1) - steered
            }
        }
    }
}

/// A game's kart physics, as far as [`LineDriver`](crate::line_driver::LineDriver) models them. Turns are radians a
/// frame, times are frames, speeds are units a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Handling {
    /// The turn of a kart that grips.
    pub grip_turn: f32,
    /// The turn in a hop.
    pub hop_turn: f32,
    /// The turn of a drift that is steered into the bend.
    pub drift_turn_in: f32,
    /// The turn of a drift that is not steered.
    pub drift_turn: f32,
    /// The turn of a drift that is steered out of the bend.
    pub drift_turn_out: f32,
    /// Growth of a drift's slide, the angle from where the kart faces to where it travels.
    pub slide_growth: f32,
    /// Decrease of the slide after the drift.
    pub slide_loss: f32,
    /// The greatest slide, radians.
    pub slide_cap: f32,
    /// The share of the difference to the steered turn that the kart's turn changes by in a frame.
    pub turn_ease: f32,
    /// Frames of a hop.
    pub hop: u32,
    /// What charges a drift's mini-turbo.
    pub charging: Charging,
    /// Factor of a boost on the speed.
    pub boost: f32,
    /// Factor of off-road ground on the speed.
    pub off_road: f32,
    /// Factor on the speed of a kart that slides or leans.
    pub leaning: f32,
    /// Gain of speed in a frame with a boost.
    pub boost_gain: f32,
    /// Gain of speed in a frame without a boost.
    pub gain: f32,
    /// Factor on the speed in a frame in which it is above its limit.
    pub slowing: f32,
    /// Frames before the start signal at which the accelerator goes down for the start boost.
    pub start_press: u32,
    /// The same for an engine that is at full power before the signal when pressed at `start_press`.
    pub quick_start_press: u32,
    /// Frames of hardly moving after which a kart that accelerates is blocked: a kart that starts takes fewer.
    pub blocked: u32,
    /// Surfaces that speed karts up, by the game's numbers: the line leads over them.
    pub boosts: &'static [u16],
}

impl Handling {
    /// Handling like Mario Kart DS's in round numbers.
    #[cfg(test)]
    pub(crate) const fn example() -> Self {
        Self {
            grip_turn: 0.024,
            hop_turn: 0.035,
            drift_turn_in: 0.024,
            drift_turn: 0.015,
            drift_turn_out: 0.009,
            slide_growth: 0.036,
            slide_loss: 0.021,
            slide_cap: 1.0,
            turn_ease: 0.4,
            hop: 14,
            charging: Charging::Presses {
                count: 4,
                interval: 11,
                first: 3,
            },
            boost: 1.3,
            off_road: 0.6,
            leaning: 0.9,
            boost_gain: 1.0,
            gain: 0.03,
            slowing: 0.95,
            start_press: 107,
            quick_start_press: 20,
            blocked: 45,
            boosts: &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drift_is_charged_in_as_many_frames_as_its_charging_says() {
        let presses = Charging::Presses {
            count: 4,
            interval: 11,
            first: 3,
        };
        let steering = Charging::CounterSteer {
            count: 2,
            length: 18,
        };
        let drift = |drift_charge, counter_steering, presses: [u16; 2]| Facts {
            drift_charge,
            counter_steering,
            drift_presses: presses,
            drift_press_cooldown: 3,
            ..Facts::default()
        };
        assert_eq!(presses.whole(), presses.rest(&drift(0, 0, [0, 0])));
        assert_eq!(presses.rest(&drift(2, 0, [1, 1])), 11 + 3);
        assert_eq!(steering.whole(), steering.rest(&drift(0, 0, [0, 0])));
        assert_eq!(steering.rest(&drift(0, 10, [0, 0])), 2 * 19 - 10);
        assert_eq!(steering.rest(&drift(FULL_CHARGE / 2, 0, [0, 0])), 19);
        for charging in [presses, steering] {
            assert_eq!(charging.rest(&drift(FULL_CHARGE, 5, [2, 2])), 0);
        }
    }
}
