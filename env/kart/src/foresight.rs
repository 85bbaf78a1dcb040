//! A model of the kart's turning and speed. The driver simulates each of its choices with it and takes the best.
//!
//! Its drifts slide outwards before they turn, and continue to turn after they end. How much comes from the game's
//! [`Handling`].

use std::f32::consts::{PI, TAU};

use crate::{
    ground::{Ground, add, angle_between, length, scale, sub},
    handling::Handling,
    racing_line::RacingLine,
};

/// Frames that the model looks ahead.
const HORIZON: u32 = 95;
/// Frames that a choice's steering is held; after them the kart pursues the line.
const STEERING_HELD: u32 = 8;
/// Look-ahead of the pursuit in frames of travel, and its least and most in units.
const LOOK_AHEAD: f32 = 22.0;
const LOOK_AHEAD_RANGE: [f32; 2] = [50.0, 220.0];

/// A slide, in radians, that costs speed.
const SLIDING: f32 = 0.05;

/// Room that the kart needs to the road's edge and to obstacles, in units.
const EDGE_ROOM: f32 = 16.0;
const OBSTACLE_ROOM: f32 = 14.0;
/// Costs of a choice, in units of distance: a frame off the road (in addition to the speed it costs), a hit obstacle,
/// and the square of the angle to the line at the end.
const OFF_ROAD_COST: f32 = 10.0;
const HIT_COST: f32 = 200.0;
const ANGLE_COST: f32 = 60.0;
/// A drift ends, for the next to begin, with at most these frames of boost left.
const BOOST_ENDS: f32 = 8.0;
/// The weight of the boost that is left at the end of a choice.
const BOOST_LEFT_WORTH: f32 = 0.8;

/// The kart's contact with the ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Hold {
    /// It grips: it travels where its wheels point.
    Grip,
    /// It hops, to drift to `sign` (+1 left) in `left` frames.
    Hop { sign: f32, left: u32 },
    /// It drifts, with the mini-turbo charged in `uncharged` frames.
    Drift { sign: f32, uncharged: u32 },
}

/// A kart's motion: units, frames, and angles in radians, positive to the left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Motion<'h> {
    pub(crate) handling: &'h Handling,
    pub(crate) position: Ground,
    /// The kart's yaw, and its turn in a frame.
    pub(crate) yaw: f32,
    pub(crate) turn: f32,
    /// The direction of travel.
    pub(crate) travel: f32,
    /// The angle from the yaw to the direction of travel.
    pub(crate) slide: f32,
    pub(crate) hold: Hold,
    pub(crate) speed: f32,
    /// The kart's top speed without a boost.
    pub(crate) top_speed: f32,
    /// Frames of boost left.
    pub(crate) boost: f32,
    /// Frames of boost of a mini-turbo.
    pub(crate) mini_turbo: f32,
    /// The line's point that the kart is abreast of.
    pub(crate) at: usize,
}

/// The input of the next frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Choice {
    /// +1 left, -1 right, 0 straight on.
    pub(crate) steer: f32,
    /// Whether a drift begins or continues.
    pub(crate) drift: bool,
}

/// An object that stops karts: an upright cylinder.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Obstacle {
    /// Its middle seen from above, x and z, units.
    pub position: [f32; 2],
    /// Its radius, units.
    pub radius: f32,
}

/// The track as the model sees it.
pub(crate) struct Foresight<'d> {
    pub(crate) line: &'d RacingLine,
    pub(crate) obstacles: &'d [Obstacle],
}

impl Foresight<'_> {
    /// The choice that gets the kart farthest along the line.
    pub(crate) fn choose(&self, kart: &Motion<'_>) -> Choice {
        let choice = |drift| move |steer| Choice { steer, drift };
        let gripping = [0.0, 1.0, -1.0].map(choice(false));
        let beginning = [1.0, -1.0].map(choice(true));
        let going_on = [0.0, 1.0, -1.0].map(choice(true));
        let drifting: &[Choice] = match kart.hold {
            Hold::Hop { sign, .. } => return choice(true)(sign),
            // Off the road a drift gathers no speed.
            _ if !self.line.is_on_road(kart.at, kart.position, 0.0) => &[],
            Hold::Grip => &beginning,
            Hold::Drift { .. } => &going_on,
        };
        gripping
            .iter()
            .chain(drifting)
            .map(|&choice| (choice, self.worth(*kart, choice)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(gripping[0], |(choice, _)| choice)
    }

    /// The value of a choice: how far along the line it takes the kart, less its costs, in units.
    fn worth(&self, mut kart: Motion<'_>, choice: Choice) -> f32 {
        let start = self.line.along(kart.at, kart.position);
        let (mut laps, mut off_road, mut hit) = (0, 0, false);
        kart.take(choice);
        for frame in 0..HORIZON {
            let steer = if frame < STEERING_HELD {
                choice.steer
            } else {
                self.pursue(&kart)
            };
            let on_road = self.line.is_on_road(kart.at, kart.position, EDGE_ROOM);
            off_road += u32::from(!on_road);
            kart.step(steer, on_road);
            hit |= self.hits_an_obstacle(kart.position);
            let at = self.line.abreast(kart.position, kart.at);
            laps += usize::from(at < kart.at);
            kart.at = at;
        }
        let end = self.line.along(kart.at, kart.position) + laps as f32 * self.line.length();
        let angle = angle_between(direction(kart.travel), self.line.direction(kart.at));
        end - start + kart.boost * (kart.handling.boost - 1.0) * kart.top_speed * BOOST_LEFT_WORTH
            - off_road as f32 * OFF_ROAD_COST
            - if hit { HIT_COST } else { 0.0 }
            - angle * angle * ANGLE_COST
    }

    fn hits_an_obstacle(&self, position: Ground) -> bool {
        self.obstacles.iter().any(|obstacle| {
            let away = length(sub(obstacle.position, position));
            away < obstacle.radius + OBSTACLE_ROOM
        })
    }

    /// The steering that takes the kart to the line.
    fn pursue(&self, kart: &Motion<'_>) -> f32 {
        let [near, far] = LOOK_AHEAD_RANGE;
        let ahead = (LOOK_AHEAD * kart.speed).clamp(near, far);
        let target = self.line.point(kart.at + RacingLine::steps(ahead));
        let way = sub(target, kart.position);
        let bearing = angle_between(direction(kart.travel), way);
        match kart.hold {
            Hold::Hop { sign, .. } => sign,
            Hold::Drift { .. } => bearing.signum(),
            Hold::Grip => {
                // The arc to the target, less the turn that comes from the last drift's slide.
                let arc = 2.0 * bearing.sin() / length(way).max(near) * kart.speed;
                let asked = arc + kart.slide_lost();
                if asked.abs() > kart.handling.grip_turn / 3.0 {
                    asked.signum()
                } else {
                    0.0
                }
            }
        }
    }
}

impl Motion<'_> {
    /// Presses or lets go of R.
    fn take(&mut self, choice: Choice) {
        match (self.hold, choice.drift) {
            (Hold::Grip, true) => {
                self.hold = Hold::Hop {
                    sign: choice.steer,
                    left: self.handling.hop,
                };
            }
            (Hold::Drift { uncharged, .. }, false) => self.release(uncharged == 0),
            _ => {}
        }
    }

    fn release(&mut self, charged: bool) {
        self.hold = Hold::Grip;
        if charged {
            self.boost = self.boost.max(self.mini_turbo);
        }
    }

    /// The decrease in a frame of the slide that is left of a drift.
    fn slide_lost(&self) -> f32 {
        self.slide
            .clamp(-self.handling.slide_loss, self.handling.slide_loss)
    }

    /// One frame.
    fn step(&mut self, steer: f32, on_road: bool) {
        let leaning = self.hold == Hold::Grip && (steer != 0.0 || self.slide.abs() > SLIDING);
        self.turn_by(steer);
        self.boost = (self.boost - 1.0).max(0.0);
        self.gather_speed(on_road);
        let pace = if leaning { self.handling.leaning } else { 1.0 };
        let moved = scale(direction(self.travel), self.speed * pace);
        self.position = add(self.position, moved);
    }

    fn turn_by(&mut self, steer: f32) {
        let turn = match self.hold {
            Hold::Hop { sign, left } => return self.hop(sign, left.saturating_sub(1)),
            Hold::Grip => {
                self.slide -= self.slide_lost();
                steer * self.handling.grip_turn
            }
            Hold::Drift { sign, uncharged } => self.drift(sign, uncharged.saturating_sub(1), steer),
        };
        self.turn += (turn - self.turn) * self.handling.turn_ease;
        self.yaw += self.turn;
        self.travel = self.yaw + self.slide;
    }

    /// In a hop the kart turns, but travels straight on.
    fn hop(&mut self, sign: f32, left: u32) {
        self.turn = 0.0;
        self.yaw += sign * self.handling.hop_turn;
        self.hold = if left > 0 {
            Hold::Hop { sign, left }
        } else {
            self.slide = wrapped(self.travel - self.yaw);
            Hold::Drift {
                sign,
                uncharged: self.handling.charging.whole(),
            }
        };
    }

    /// A frame of a drift, which ends as soon as its mini-turbo is charged and useful; returns the turn.
    fn drift(&mut self, sign: f32, uncharged: u32, steer: f32) -> f32 {
        self.slide = (self.slide - sign * self.handling.slide_growth)
            .clamp(-self.handling.slide_cap, self.handling.slide_cap);
        self.hold = Hold::Drift { sign, uncharged };
        if uncharged == 0 && self.boost < BOOST_ENDS {
            self.release(true);
        }
        sign * if steer == 0.0 {
            self.handling.drift_turn
        } else if steer == sign {
            self.handling.drift_turn_in
        } else {
            self.handling.drift_turn_out
        }
    }

    fn gather_speed(&mut self, on_road: bool) {
        let boosting = self.boost > 0.0;
        let limit = self.top_speed
            * if boosting { self.handling.boost } else { 1.0 }
            * if on_road { 1.0 } else { self.handling.off_road };
        let gain = if boosting {
            self.handling.boost_gain
        } else {
            self.handling.gain
        };
        self.speed = if self.speed < limit {
            (self.speed + gain).min(limit)
        } else {
            (self.speed * self.handling.slowing).max(limit)
        };
    }
}

/// The direction of a yaw.
fn direction(yaw: f32) -> Ground {
    [yaw.sin(), yaw.cos()]
}

/// The yaw of a direction.
pub(crate) fn yaw_of([x, z]: Ground) -> f32 {
    x.atan2(z)
}

/// The angle within half a turn.
pub(crate) fn wrapped(angle: f32) -> f32 {
    (angle + PI).rem_euclid(TAU) - PI
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOP_SPEED: f32 = 7.5;
    const HANDLING: Handling = Handling::example();

    fn at_start(line: &RacingLine) -> Motion<'static> {
        Motion {
            handling: &HANDLING,
            position: line.point(0),
            yaw: yaw_of(line.direction(0)),
            turn: 0.0,
            travel: yaw_of(line.direction(0)),
            slide: 0.0,
            hold: Hold::Grip,
            speed: TOP_SPEED,
            top_speed: TOP_SPEED,
            boost: 0.0,
            mini_turbo: 68.0,
            at: 0,
        }
    }

    /// Drives the model by its own choices; returns the kart after each frame.
    fn drive(foresight: &Foresight<'_>, frames: usize) -> Vec<Motion<'static>> {
        let line = foresight.line;
        let mut kart = at_start(line);
        let mut driven = Vec::new();
        for _ in 0..frames {
            let choice = foresight.choose(&kart);
            kart.take(choice);
            kart.step(choice.steer, line.is_on_road(kart.at, kart.position, 0.0));
            kart.at = line.abreast(kart.position, kart.at);
            driven.push(kart);
        }
        driven
    }

    #[test]
    fn mini_turbos_are_chained_on_the_road() {
        for radius in [600.0, 1500.0, 5000.0] {
            let line = RacingLine::circle(radius, 120.0);
            let foresight = Foresight {
                line: &line,
                obstacles: &[],
            };
            let driven = drive(&foresight, 1200);
            let on_road = |kart: &Motion<'_>| line.is_on_road(kart.at, kart.position, 0.0);
            assert!(driven.iter().all(on_road), "radius {radius}");
            let boosted = driven.iter().filter(|kart| kart.boost > 0.0).count();
            assert!(boosted > 600, "radius {radius}: {boosted} frames of boost");
        }
    }

    #[test]
    fn obstacles_on_the_line_are_passed() {
        let line = RacingLine::circle(1500.0, 150.0);
        let obstacles: Vec<_> = (20..RacingLine::steps(line.length()))
            .step_by(60)
            .map(|n| Obstacle {
                position: line.point(n),
                radius: 11.0,
            })
            .collect();
        let foresight = Foresight {
            line: &line,
            obstacles: &obstacles,
        };
        let touched = |kart: &Motion<'_>| {
            let near = |o: &Obstacle| length(sub(o.position, kart.position)) < o.radius + 6.5;
            obstacles.iter().any(near)
        };
        let driven = drive(&foresight, 1200);
        assert!(!driven.iter().any(touched));
        let last = driven.last().expect("frames");
        assert!(line.is_on_road(last.at, last.position, 0.0));
    }

    #[test]
    fn a_drift_turns_late_and_turns_on_after_its_end() {
        let line = RacingLine::circle(5000.0, 250.0);
        let mut kart = at_start(&line);
        kart.take(Choice {
            steer: 1.0,
            drift: true,
        });
        let began = kart.travel;
        let turned = |kart: &mut Motion<'_>, frames: u32, steer: f32| {
            let before = kart.travel;
            (0..frames).for_each(|_| kart.step(steer, true));
            kart.travel - before
        };
        assert_eq!(turned(&mut kart, HANDLING.hop, 1.0), 0.0);
        assert_ne!(kart.yaw, began);
        assert!(turned(&mut kart, 15, 1.0) < 0.0, "it slides outwards");
        turned(&mut kart, HANDLING.charging.whole(), 1.0);
        assert_eq!(kart.hold, Hold::Grip, "charged, it ends");
        assert!(kart.boost > 0.0);
        assert!(turned(&mut kart, 20, 0.0) > 0.3, "the slide turns it on");
    }
}
