//! The facts of a frame: what a kart game says about the player's kart, as plain numbers.

use track::Pose;

/// [`Facts::drift_charge`] from which the end of a drift gives a mini-turbo.
pub const FULL_CHARGE: i32 = 4;

/// The floor below a kart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Floor {
    /// Road.
    #[default]
    Road,
    /// Slippery road.
    Slippery,
    /// Off-road that slows a little.
    WeakOffRoad,
    /// Off-road.
    OffRoad,
    /// Off-road that slows a lot.
    HeavyOffRoad,
    /// A boost panel.
    Boost,
    /// Another floor, or none.
    Other,
}

/// The controls that are held in a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Controls {
    /// The accelerator.
    pub accelerate: bool,
    /// The brake.
    pub brake: bool,
    /// Hop and drift.
    pub drift: bool,
    /// Use of the item.
    pub item: bool,
    /// How far the steering is to the left, 0 to 1. A directional pad may hold both sides.
    pub left: f32,
    /// How far it is to the right, 0 to 1.
    pub right: f32,
    /// All buttons, as the console's own bits.
    pub buttons: u16,
}

/// The facts of a frame of a race. Rewards, endings, observations and scripted drivers read these and the
/// [`Track`](track::Track), and no game.
///
/// Lengths are in the course's units, times in frames unless said otherwise. Angles are in half turns, in which the
/// integers of consoles are exact; they are positive to the left. The default is a kart that stands on a road; a game
/// keeps the default of what it does not have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    /// Frames since the start signal; negative in the countdown.
    pub since_start: i64,
    /// Milliseconds since the start.
    pub total_ms: u32,
    /// Progress of the whole race; 1 at the finish.
    pub race_progress: f32,
    /// Progress of the lap, 0 to 1; negative before the start line.
    pub lap_progress: f32,
    /// The lap, from 0; negative before the start line.
    pub lap: i32,
    /// The checkpoint that the kart is in.
    pub checkpoint: u16,
    /// How far through it the kart is, 0 to 1.
    pub checkpoint_progress: f32,

    /// The kart's position and facing, along the floor.
    pub pose: Pose,
    /// The direction that it faces, unit length.
    pub facing: [f32; 3],
    /// The same without the turn of its body in a drift.
    pub heading: [f32; 3],
    /// How far it moved in the last frame.
    pub velocity: [f32; 3],
    /// The length of its velocity.
    pub speed: f32,
    /// Signed speed along the facing, units a frame.
    pub forward_speed: f32,
    /// Its speed limit on the road without a boost, units a frame; 0 if that is not known.
    pub top_speed: f32,
    /// The present speed limit of terrain, slope and boost, units a frame.
    pub speed_limit: f32,
    /// Its speed over the present limit, 0 to 1.
    pub speed_over_limit: f32,
    /// Its yaw; 0 faces along +z.
    pub yaw: f32,
    /// Its pitch.
    pub pitch: f32,
    /// The turn of its yaw in a frame.
    pub yaw_rate: f32,

    /// +1 drifting left, -1 right, 0 not drifting.
    pub drift_direction: f32,
    /// The turn of its body against its heading in a drift.
    pub drift_yaw: f32,
    /// Steps of the mini-turbo's charge, full at [`FULL_CHARGE`].
    pub drift_charge: i32,
    /// Presses to the left and to the right that counted in the drift.
    pub drift_presses: [u16; 2],
    /// Frames until the next press counts.
    pub drift_press_cooldown: i32,
    /// Frames for which the drift has been steered out of the bend, where that charges it.
    pub counter_steering: u16,
    /// It hops.
    pub hopping: bool,
    /// Frames of boost left.
    pub boost: i16,
    /// Frames of mini-turbo left.
    pub mini_turbo: i16,
    /// Frames of a whole mini-turbo of this kart.
    pub mini_turbo_time: i16,
    /// The game counts it as boosting.
    pub boosting: bool,
    /// How far the engine is revved in the countdown, 0 to 1.
    pub engine_power: f32,

    /// The floor below it.
    pub floor: Floor,
    /// That floor's normal.
    pub floor_normal: [f32; 3],
    /// That floor's factor on the speed limit; 1 on the road.
    pub terrain: f32,
    /// The share of the gap between facing and travel that closes in a frame on the ground.
    pub grip: f32,
    /// The factor of effects on the speed limit.
    pub effect_factor: f32,
    /// The factor of being in the air on the speed.
    pub air_factor: f32,
    /// The factor of a touched wall on the speed limit.
    pub wall_factor: f32,
    /// It touches a wall.
    pub wall_contact: bool,
    /// It is on the ground.
    pub on_ground: bool,
    /// Frames since it was on the ground.
    pub airborne: u32,
    /// It drives backwards.
    pub reversing: bool,
    /// It is being put back after a fall.
    pub respawning: bool,

    /// The controls held in this frame.
    pub controls: Controls,
}

impl Default for Facts {
    fn default() -> Self {
        let (forward, up) = ([0.0, 0.0, 1.0], [0.0, 1.0, 0.0]);
        Self {
            since_start: 0,
            total_ms: 0,
            race_progress: 0.0,
            lap_progress: 0.0,
            lap: 0,
            checkpoint: 0,
            checkpoint_progress: 0.0,
            pose: Pose::new([0.0; 3], forward, up),
            facing: forward,
            heading: forward,
            velocity: [0.0; 3],
            speed: 0.0,
            forward_speed: 0.0,
            top_speed: 0.0,
            speed_limit: 0.0,
            speed_over_limit: 0.0,
            yaw: 0.0,
            pitch: 0.0,
            yaw_rate: 0.0,
            drift_direction: 0.0,
            drift_yaw: 0.0,
            drift_charge: 0,
            drift_presses: [0; 2],
            drift_press_cooldown: 0,
            counter_steering: 0,
            hopping: false,
            boost: 0,
            mini_turbo: 0,
            mini_turbo_time: 0,
            boosting: false,
            engine_power: 0.0,
            floor: Floor::Road,
            floor_normal: up,
            terrain: 1.0,
            grip: 1.0,
            effect_factor: 1.0,
            air_factor: 1.0,
            wall_factor: 1.0,
            wall_contact: false,
            on_ground: true,
            airborne: 0,
            reversing: false,
            respawning: false,
            controls: Controls::default(),
        }
    }
}

impl Facts {
    /// Forward speed over the top speed: 1 on the road without boost, more with it, negative
    /// backwards; 0 if the top speed is not known.
    pub fn speed_fraction(&self) -> f32 {
        if self.top_speed > 0.0 {
            self.forward_speed / self.top_speed
        } else {
            0.0
        }
    }

    /// It drifts.
    pub fn is_drifting(&self) -> bool {
        self.drift_direction != 0.0
    }

    /// All laps were driven.
    pub fn is_finished(&self) -> bool {
        self.race_progress >= 1.0
    }
}
