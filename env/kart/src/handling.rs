//! How a game's karts turn, drift and gather speed, for the driver's model of them.

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
    /// Presses that charge a drift's mini-turbo.
    pub presses: u32,
    /// Frames from a press that counts to the next.
    pub press: u32,
    /// Frames from landing in a drift until the first press counts.
    pub first_press: u32,
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
}

impl Handling {
    /// Frames until a drift's mini-turbo is charged, when `presses` presses have counted and the next can count in
    /// `cooldown` frames.
    pub(crate) const fn uncharged_frames(&self, presses: u32, cooldown: u32) -> u32 {
        self.presses.saturating_sub(presses + 1) * self.press + cooldown
    }

    /// Frames from landing in a drift until its mini-turbo is charged.
    pub(crate) const fn charge(&self) -> u32 {
        self.uncharged_frames(0, self.first_press)
    }

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
            presses: 4,
            press: 11,
            first_press: 3,
            boost: 1.3,
            off_road: 0.6,
            leaning: 0.9,
            boost_gain: 1.0,
            gain: 0.03,
            slowing: 0.95,
            start_press: 107,
            quick_start_press: 20,
            blocked: 45,
        }
    }
}
