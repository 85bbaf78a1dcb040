//! A driver that needs no training and knows no game. It follows a racing line by pure pursuit and drifts in bends;
//! where mini-turbos last long enough to be chained, it chooses its inputs with a model of the kart.

use std::f32::consts::PI;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use track::Track;

use crate::{
    action::{DrivingAction, Steer},
    facts::{FULL_CHARGE, Facts},
    foresight::{Choice, Foresight, Hold, Motion, wrapped, yaw_of},
    ground::{Ground, add, angle_between, length, over_ground, sub, unit},
    handling::{Charging, Handling},
    racing_line::RacingLine,
};

pub use crate::foresight::Obstacle;

/// The style of a driver. Different styles make different ghosts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// The share of the road's width used to cut bends: 0 none, 1 all of it.
    pub cutting: f32,
    /// Shift of the line to the left, in halves of the road's width, -1..1.
    pub offset: f32,
    /// Look-ahead of the pursuit in frames of travel.
    pub look_ahead: f32,
    /// Turn of the line ahead, in radians, from which the driver drifts; infinite for no drifts.
    pub drift_from: f32,
    /// Frames by which the accelerator goes down before [`Handling::start_press`]; negative after it.
    pub start_shift: i32,
    /// The same before [`Handling::quick_start_press`].
    pub quick_start_shift: i32,
    /// Bearing of the look-ahead point, in radians, from which the driver steers.
    pub press: f32,
    /// Bearing at which it stops steering.
    pub release: f32,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            cutting: 0.95,
            offset: 0.0,
            look_ahead: 41.0,
            drift_from: 0.8,
            start_shift: 0,
            quick_start_shift: 0,
            press: 0.12,
            release: 0.0,
        }
    }
}

impl Style {
    /// A random variation of the default style; the same seed gives the same style.
    pub fn seeded(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        Self {
            cutting: rng.random_range(0.75..1.0),
            offset: rng.random_range(-0.2..0.2),
            look_ahead: rng.random_range(33.0..43.0),
            drift_from: rng.random_range(0.7..1.2),
            start_shift: rng.random_range(-1..=1),
            quick_start_shift: rng.random_range(-6..6),
            press: rng.random_range(0.06..0.14),
            release: rng.random_range(-0.02..0.03),
        }
    }

    /// The seed's style without drifts and with more room to the road's edges: slower, and easier to imitate, since the
    /// inputs follow from the line's position alone.
    pub fn calm(seed: u64) -> Self {
        const CUTTING: f32 = 0.6;
        let style = Self::seeded(seed);
        Self {
            cutting: style.cutting * CUTTING,
            drift_from: f32::INFINITY,
            ..style
        }
    }

    const fn drifts(&self) -> bool {
        self.drift_from.is_finite()
    }
}

/// The state of a drift.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Drift {
    /// None; frames since the last.
    Off(u32),
    /// The drift button is held towards `sign` (+1 left) for `frames`.
    On { sign: f32, frames: u32 },
}

/// A driver that computes a racing line and follows it. One driver drives one race.
#[derive(Clone, Debug)]
pub struct LineDriver {
    handling: Handling,
    style: Style,
    line: RacingLine,
    at: Option<usize>,
    drift: Drift,
    /// The stroke of steering under way: 1 left, -1 right, 0 none.
    steer: f32,
    /// Frames without progress.
    blocked: u32,
    /// Frames of reversing left.
    reverse: u32,
    /// Whether the engine has been at full power before the start signal.
    quick_engine: bool,
    /// The obstacles for the model; `None` if the kart is driven without the model.
    obstacles: Option<Vec<Obstacle>>,
}

/// The kart's state that the driver needs, in units and frames.
struct Kart {
    /// Speed without a boost, and frames of boost of a mini-turbo.
    top_speed: f32,
    mini_turbo: f32,
    position: Ground,
    facing: Ground,
    travel: Ground,
    speed: f32,
    forward_speed: f32,
}

impl Kart {
    fn of(facts: &Facts) -> Self {
        let facing = unit(over_ground(facts.heading));
        let moved = over_ground(facts.velocity);
        let speed = length(moved);
        Self {
            top_speed: facts.top_speed,
            mini_turbo: facts.mini_turbo_time.into(),
            position: over_ground(facts.pose.position),
            facing,
            travel: if speed > 0.5 { unit(moved) } else { facing },
            speed,
            forward_speed: facts.forward_speed,
        }
    }

    /// Whether a mini-turbo lasts longer than a drift takes to charge the next. Then drifting all the time is fastest,
    /// for which the driver needs the model.
    fn chains_mini_turbos(&self) -> bool {
        const DRIFT: f32 = 50.0;
        self.mini_turbo > DRIFT
    }
}

impl LineDriver {
    /// Speed below which the kart counts as blocked while it should drive, units a frame.
    const BLOCKED_SPEED: f32 = 0.6;
    /// How long it then reverses, frames.
    const REVERSE_FRAMES: u32 = 50;
    /// Speed from which the model of the kart's motion holds, units a frame.
    const FORESEEN_SPEED: f32 = 4.0;

    /// A driver for `track` in the given style, of karts with that handling.
    pub fn new(track: &Track, handling: Handling, style: Style) -> Self {
        Self {
            handling,
            style,
            line: RacingLine::new(track, handling.boosts, style.cutting, style.offset),
            at: None,
            drift: Drift::Off(0),
            steer: 0.0,
            blocked: 0,
            reverse: 0,
            quick_engine: false,
            obstacles: None,
        }
    }

    /// Whether the driver is to [`foresee`](Self::foresee) the rest of the race, now that it begins.
    pub fn can_foresee(&self, facts: &Facts) -> bool {
        facts.since_start >= 0
            && self.obstacles.is_none()
            && self.style.drifts()
            && Kart::of(facts).chains_mini_turbos()
    }

    /// Drives with the model of the kart from now on: on `track`, past the objects on it.
    pub fn foresee(&mut self, track: &Track, obstacles: Vec<Obstacle>) {
        let Style {
            cutting, offset, ..
        } = self.style;
        self.line = self.line.tightened(track, cutting, offset);
        self.obstacles = Some(obstacles);
    }

    /// The decision for the frame after the one of these facts. To be called once a frame.
    pub fn act(&mut self, facts: &Facts) -> DrivingAction {
        if facts.since_start < 0 {
            return self.rev(facts);
        }
        let kart = Kart::of(facts);
        let at = self.line.nearest(kart.position, kart.facing, self.at);
        self.at = Some(at);
        if self.is_blocked(&kart) {
            return self.back_out(&kart, at);
        }
        if let Some(obstacles) = &self.obstacles
            && kart.speed > Self::FORESEEN_SPEED
        {
            let motion = self.motion(facts, &kart, at);
            let line = &self.line;
            let choice = Foresight { line, obstacles }.choose(&motion);
            return self.follow(choice, motion.hold, facts);
        }
        let bearing = self.bearing(&kart, at);
        self.update_drift(facts, &kart, at, bearing);
        match self.drift {
            Drift::On { sign, .. } => self.drifting(facts, sign, bearing),
            Drift::Off(_) => self.gripping(&kart, bearing),
        }
    }

    /// Revs the engine for the start boost, which takes an engine nearly at full power at the start signal. One that is
    /// at full power before it revs up quickly: the driver lets go and begins again later.
    fn rev(&mut self, facts: &Facts) -> DrivingAction {
        const FULL_POWER: f32 = 0.99;
        self.quick_engine |= facts.engine_power > FULL_POWER;
        let (press, shift) = if self.quick_engine {
            (
                self.handling.quick_start_press,
                self.style.quick_start_shift,
            )
        } else {
            (self.handling.start_press, self.style.start_shift)
        };
        DrivingAction {
            accelerate: facts.since_start + i64::from(press) + i64::from(shift) >= 0,
            ..DrivingAction::default()
        }
    }

    /// The angle from the direction of travel to the look-ahead point, positive to the left.
    fn bearing(&self, kart: &Kart, at: usize) -> f32 {
        let distance = (self.style.look_ahead * kart.speed).clamp(50.0, 220.0);
        let target = self.line.point(at + RacingLine::steps(distance).max(1));
        // In a drift the kart travels beside where it faces, until the drift ends and travel turns to facing.
        let course = match self.drift {
            Drift::On { .. } => kart.travel,
            Drift::Off(_) => unit(add(kart.facing, kart.travel)),
        };
        angle_between(course, sub(target, kart.position))
    }

    fn is_blocked(&mut self, kart: &Kart) -> bool {
        if self.reverse > 0 {
            self.reverse -= 1;
            return true;
        }
        self.blocked = if kart.speed < Self::BLOCKED_SPEED {
            self.blocked + 1
        } else {
            0
        };
        if self.blocked > self.handling.blocked {
            self.blocked = 0;
            self.reverse = Self::REVERSE_FRAMES;
            self.drift = Drift::Off(0);
        }
        self.reverse > 0
    }

    /// Backwards, with the wheels turned so that the nose swings to the line.
    fn back_out(&self, kart: &Kart, at: usize) -> DrivingAction {
        let target = self.line.point(at + RacingLine::steps(80.0));
        let angle = angle_between(kart.facing, sub(target, kart.position));
        DrivingAction {
            brake: true,
            steer: towards(-angle),
            ..DrivingAction::default()
        }
    }

    /// Pursuit with long presses: a kart that leans loses speed, and one that is steered every other
    /// frame always leans.
    fn gripping(&mut self, kart: &Kart, bearing: f32) -> DrivingAction {
        const TOO_SHARP: f32 = 1.1;
        const FAST: f32 = 2.5;
        if bearing * self.steer <= self.style.release {
            self.steer = 0.0;
        }
        if self.steer == 0.0 && bearing.abs() > self.style.press {
            self.steer = bearing.signum();
        }
        let sharp = bearing.abs() > TOO_SHARP && kart.speed > FAST;
        DrivingAction {
            accelerate: !sharp,
            steer: towards(self.steer),
            ..DrivingAction::default()
        }
    }

    /// Drives by a choice, and charges the mini-turbo of a drift meanwhile.
    fn follow(&mut self, choice: Choice, hold: Hold, facts: &Facts) -> DrivingAction {
        self.drift = match (hold, self.drift) {
            (Hold::Grip, Drift::Off(_)) if choice.drift && facts.on_ground => Drift::On {
                sign: choice.steer,
                frames: 0,
            },
            (Hold::Hop { .. } | Hold::Drift { .. }, Drift::On { sign, frames }) if choice.drift => {
                Drift::On {
                    sign,
                    frames: frames + 1,
                }
            }
            _ => Drift::Off(0),
        };
        self.steer = match (hold, self.drift) {
            (Hold::Drift { sign, .. }, Drift::On { .. }) => {
                self.charging(facts, sign, 0.0).unwrap_or(choice.steer)
            }
            _ => choice.steer,
        };
        DrivingAction {
            accelerate: true,
            drift: matches!(self.drift, Drift::On { .. }),
            steer: towards(self.steer),
            ..DrivingAction::default()
        }
    }

    /// The kart's motion for the model.
    fn motion(&self, facts: &Facts, kart: &Kart, at: usize) -> Motion<'_> {
        // Frames until a hop has left the ground, and after those of one that it has come down.
        const TAKES_OFF: u32 = 4;
        const NO_SLIDE: f32 = 0.03;
        let handling = &self.handling;
        let hold = match self.drift {
            Drift::On { sign, frames }
                if frames < TAKES_OFF || !facts.on_ground && frames < handling.hop + TAKES_OFF =>
            {
                Hold::Hop {
                    sign,
                    left: handling.hop.saturating_sub(frames).max(1),
                }
            }
            Drift::On { sign, .. } if facts.is_drifting() => Hold::Drift {
                sign,
                uncharged: handling.charging.rest(facts),
            },
            _ => Hold::Grip,
        };
        // Not negative.
        let yaw = facts.yaw.rem_euclid(2.0) * PI;
        let travel = yaw_of(kart.travel);
        let slide = wrapped(travel - yaw);
        let still = hold == Hold::Grip && slide.abs() < NO_SLIDE;
        Motion {
            handling,
            position: kart.position,
            yaw,
            turn: facts.yaw_rate * PI,
            travel,
            slide: if still { 0.0 } else { slide },
            hold,
            speed: kart.speed,
            top_speed: kart.top_speed,
            boost: facts.boost.max(facts.mini_turbo).into(),
            mini_turbo: kart.mini_turbo,
            at,
        }
    }

    /// Begins a drift before a bend that is sharp enough, and ends it where the bend ends.
    fn update_drift(&mut self, facts: &Facts, kart: &Kart, at: usize, bearing: f32) {
        const REST: u32 = 12;
        const ENOUGH_SPEED: f32 = 3.2;
        const LANDED_BY: u32 = 40;
        // A mini-turbo adds nothing while another boost lasts, and a sharp bearing needs the drift on.
        const LAST_BOOST_ENDS: i16 = 10;
        const RELEASE_BY: f32 = 0.6;
        // Frames of travel ahead that make a bend, its entry, and what is left of it.
        const BEND: f32 = 80.0;
        const ENTRY: f32 = 29.0;
        const EXIT: f32 = 36.0;
        let turn = |from: f32, to: f32| {
            let steps = |frames: f32| RacingLine::steps(frames * kart.speed);
            self.line.turn(at, steps(from), steps(to))
        };
        self.drift = match self.drift {
            Drift::Off(frames) => {
                let ahead = turn(4.0, BEND);
                let ready = frames >= REST && facts.on_ground && kart.forward_speed > ENOUGH_SPEED;
                let entry = turn(0.0, ENTRY) * ahead.signum();
                if ready
                    && ahead.abs() > self.style.drift_from
                    && entry > 0.25
                    && bearing * ahead > 0.0
                {
                    Drift::On {
                        sign: ahead.signum(),
                        frames: 0,
                    }
                } else {
                    Drift::Off(frames.saturating_add(1))
                }
            }
            Drift::On { sign, frames } => {
                let drifting = facts.is_drifting();
                let failed = frames > LANDED_BY && !drifting;
                let charged = facts.drift_charge >= FULL_CHARGE;
                let over = turn(0.0, EXIT) * sign < 0.3 && bearing * sign < 0.05;
                let boost = charged && facts.boost < LAST_BOOST_ENDS && bearing * sign < RELEASE_BY;
                let overturned = bearing * sign < -0.44;
                if failed
                    || facts.wall_contact
                    || (drifting && (boost || over && charged || overturned))
                {
                    Drift::Off(0)
                } else {
                    Drift::On {
                        sign,
                        frames: frames + 1,
                    }
                }
            }
        };
    }

    /// The steering that charges the mini-turbo of a drift towards `sign`; `None` where the line decides.
    fn charging(&self, facts: &Facts, sign: f32, bearing: f32) -> Option<f32> {
        // How far the line may lie on the inner side while the kart steers out of the bend.
        const INWARD: f32 = 0.3;
        if facts.drift_charge >= FULL_CHARGE {
            return None;
        }
        match self.handling.charging {
            Charging::Presses { .. } if facts.drift_press_cooldown > 0 => None,
            // While the game takes a press: none for a frame, then the press.
            Charging::Presses { .. } => {
                let press = charging_press(facts, sign);
                Some(if self.steer == press { 0.0 } else { press })
            }
            // Into the bend again once the game has counted enough of it.
            Charging::CounterSteer { length, .. } => match u32::from(facts.counter_steering) {
                0 => None,
                steered if steered >= length => Some(sign),
                _ => (bearing * sign < INWARD).then_some(-sign),
            },
        }
    }

    /// Holds the slide on the line, and charges the mini-turbo meanwhile. Of presses away from the bend and into it by
    /// turns each counts once the one before has been taken, and one of a frame counts, so that it hardly moves the kart.
    fn drifting(&mut self, facts: &Facts, sign: f32, bearing: f32) -> DrivingAction {
        let wanted = if bearing * sign > 0.0 { sign } else { -sign };
        self.steer = if !facts.is_drifting() {
            sign
        } else {
            self.charging(facts, sign, bearing).unwrap_or(wanted)
        };
        DrivingAction {
            accelerate: true,
            drift: true,
            steer: towards(self.steer),
            ..DrivingAction::default()
        }
    }
}

/// The side whose press charges the drift towards `sign` next: away from it, then into it.
fn charging_press(facts: &Facts, sign: f32) -> f32 {
    let [left, right] = facts.drift_presses;
    let [toward, away] = if sign > 0.0 {
        [left, right]
    } else {
        [right, left]
    };
    if away > toward { sign } else { -sign }
}

/// The direction of a signed turn, positive to the left.
fn towards(turn: f32) -> Steer {
    if turn > 0.0 {
        Steer::Left
    } else if turn < 0.0 {
        Steer::Right
    } else {
        Steer::Straight
    }
}
