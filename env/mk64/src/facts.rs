//! The facts of a frame, read from a race in RAM.

use env_kart::facts::{Controls, FULL_CHARGE, Facts, Floor};
use mk64_formats::time::RaceTime;
use mk64_memory::course::{POINTS_PER_CHECKPOINT, checkpoint_of};
use mk64_memory::game::RaceState;
use mk64_memory::hud::LAPS;
use mk64_memory::ids::SurfaceType;
use mk64_memory::player::{Effects, MotionFlags};
use mk64_memory::{Error, Player, Race, symbols};
use n64_formats::pad::{Buttons, Pad};

use crate::Result;
use crate::control::STICK_REACH;

/// The race's ticks at the start signal in the bundled game. The real game's count is not measured: on it only the sign of
/// [`Facts::since_start`] is certain, which comes from the state of the race.
pub const GO_TICK: u32 = 240;

/// Milliseconds in a second.
const MILLISECONDS: f32 = 1000.0;

/// Path points to each side of the line in which the nearest point may have passed it before or after the kart has
/// (source: published headers).
const LINE_POINTS: i32 = 20;

/// Charges of a drift that give a mini-turbo, and ticks that it lasts (source: published headers).
const CHARGES: i32 = 2;
const MINI_TURBO_TICKS: i16 = 31;

/// The engine's force is the square of its own speed divided by this; a kart's speed settles where drag, this share of
/// friction and speed, equals the force (source: published headers).
const FORCE_DIVISOR: f32 = 25.0;
const DRAG: f32 = 0.12;
/// The friction of a road.
const ROAD_FRICTION: f32 = 5800.0;

/// A share of the engine's force that the ground takes, from which it counts as off-road, and as heavy off-road.
const OFF_ROAD: f32 = 0.3;
const HEAVY_OFF_ROAD: f32 = 0.6;

/// The facts about the player in the frame that `race` shows, in which `pad` was held.
///
/// # Errors
/// The race has no first player, or leaves RAM.
pub fn read(race: &Race<'_>, pad: Pad) -> Result<Facts> {
    let player = race.player(0).ok_or(Error::NoSuchElement {
        symbol: symbols::PLAYER.name,
        index: 0,
        count: 0,
    })?;
    let progress = Progress::read(race, &player)?;
    let effects = player.effects();
    let heading = player.forward();
    let velocity = player.velocity();
    let slowdown = slowdown(&player);
    let top_speed = settled_speed(engine_force(player.top_speed()), ROAD_FRICTION);
    let full_force = engine_force(player.top_speed()) * (1.0 - slowdown) + player.boost_power();
    let speed_limit = settled_speed(full_force, player.friction());
    Ok(Facts {
        since_start: since_start(race)?,
        total_ms: total_ms(race)?,
        race_progress: progress.of_race(),
        lap_progress: progress.of_lap(),
        lap: progress.lap,
        checkpoint: checkpoint_of(progress.nearest_point) as u16,
        checkpoint_progress: (progress.nearest_point % POINTS_PER_CHECKPOINT) as f32
            / POINTS_PER_CHECKPOINT as f32,

        pose: player.pose(),
        facing: facing(&player),
        heading,
        velocity: [
            velocity[0],
            velocity[1] + player.hop_velocity(),
            velocity[2],
        ],
        speed: player.speed(),
        forward_speed: velocity[0] * heading[0] + velocity[2] * heading[2],
        top_speed,
        speed_limit,
        speed_over_limit: if speed_limit > 0.0 {
            (player.speed() / speed_limit).clamp(0.0, 1.0)
        } else {
            0.0
        },
        yaw: to_the_left(player.rotation()[1]),
        yaw_rate: to_the_left(player.turn_rate()),

        drift_direction: if effects.contains(Effects::DRIFT) {
            -f32::from(player.slip_angle().signum())
        } else {
            0.0
        },
        drift_yaw: to_the_left(player.slip_angle()),
        drift_charge: i32::from(player.drift_state()).min(CHARGES) * FULL_CHARGE / CHARGES,
        counter_steering: u16::try_from(player.mini_turbo_counter()).unwrap_or(0),
        hopping: effects.contains(Effects::HOP),
        boost: player.boost_timer(),
        mini_turbo: player.mini_turbo_ticks(),
        mini_turbo_time: MINI_TURBO_TICKS,
        boosting: player.boost_power() > 0.0,

        floor: floor(player.surface(), slowdown),
        floor_normal: player.contact().orientation(),
        terrain: 1.0 - slowdown,
        wall_contact: player.wall_hit() != 0,
        on_ground: !effects.intersects(Effects::AIRBORNE | Effects::HOP),
        airborne: u32::try_from(player.air_ticks()).unwrap_or(0),
        reversing: player.motion().contains(MotionFlags::REVERSING),
        respawning: player.rescue().is_under_way(),

        controls: controls(pad),
        ..Facts::default()
    })
}

/// The race's ticks in a frame of these facts.
#[must_use]
pub fn tick(facts: &Facts) -> u32 {
    u32::try_from(facts.since_start + i64::from(GO_TICK)).unwrap_or(0)
}

/// Ticks since the start signal. The state of the race says on which side of it the race is, the count how far from it.
fn since_start(race: &Race<'_>) -> Result<i64> {
    let counted = i64::from(race.ticks()?) - i64::from(GO_TICK);
    Ok(match race.state() {
        RaceState::STAGING => counted.min(-1),
        _ => counted.max(0),
    })
}

/// The time of the race, and once it is driven the time of its last crossing of the line, which falls between two ticks.
fn total_ms(race: &Race<'_>) -> Result<u32> {
    let hud = race.hud()?;
    Ok(if hud.race_complete() != 0 {
        RaceTime(hud.total_time()).ms()
    } else {
        (race.timer()? * MILLISECONDS) as u32
    })
}

/// How far the player has come.
struct Progress {
    lap: i32,
    nearest_point: usize,
    /// Points of the path from the beginning of the lap, and of a whole lap.
    points: i32,
    points_in_lap: i32,
}

impl Progress {
    /// The lap counts where the kart crosses the line, and the nearest point of the path turns over from the last to the
    /// first a little before or after that: such points belong to the lap that is counted.
    fn read(race: &Race<'_>, player: &Player<'_>) -> Result<Self> {
        let progress = race.progress(0)?;
        let start_z: f32 = race.ram().element(&symbols::PATH_START_Z, 0)?;
        let has_crossed = player.position()[2] <= start_z;
        let points_in_lap = race.path_point_count(0)? as i32;
        let point = i32::from(progress.nearest_point);
        let points = if point < LINE_POINTS && !has_crossed {
            point + points_in_lap
        } else if point > points_in_lap - LINE_POINTS && has_crossed {
            point - points_in_lap
        } else {
            point
        };
        Ok(Self {
            lap: progress.lap,
            nearest_point: progress.nearest_point.into(),
            points,
            points_in_lap,
        })
    }

    /// The share of the lap that was driven.
    fn share(&self) -> f32 {
        self.points as f32 / self.points_in_lap.max(1) as f32
    }

    fn of_lap(&self) -> f32 {
        match self.lap {
            ..0 => self.share() - 1.0,
            0.. => self.share().clamp(0.0, 1.0),
        }
    }

    /// 1 at the finish and not before.
    fn of_race(&self) -> f32 {
        const UNFINISHED: f32 = 1.0 - f32::EPSILON;
        let laps = LAPS as i32;
        if self.lap >= laps {
            return 1.0;
        }
        ((self.lap as f32 + self.share()) / laps as f32).min(UNFINISHED)
    }
}

/// The share of its force that the ground takes from the kart; boosts take no notice of the ground.
fn slowdown(player: &Player<'_>) -> f32 {
    if player.boost_power() > 0.0 {
        return 0.0;
    }
    player.slowdown().clamp(0.0, 1.0)
}

fn engine_force(engine_speed: f32) -> f32 {
    engine_speed * engine_speed / FORCE_DIVISOR
}

/// The speed at which drag equals `force`, units a tick.
fn settled_speed(force: f32, friction: f32) -> f32 {
    if friction > 0.0 {
        force / (DRAG * friction)
    } else {
        0.0
    }
}

/// Half turns to the left of the game's angle, 1/65536 turn to the right.
fn to_the_left(angle: i16) -> f32 {
    -f32::from(angle) / 32768.0
}

/// Where the kart's body points: its heading, turned by the slip of a drift.
fn facing(player: &Player<'_>) -> [f32; 3] {
    let yaw = player.rotation()[1].wrapping_add(player.slip_angle());
    let (sin, cos) = (to_the_left(yaw) * std::f32::consts::PI).sin_cos();
    [sin, 0.0, cos]
}

/// The floor of a surface that takes a share of the kart's force.
fn floor(surface: SurfaceType, slowdown: f32) -> Floor {
    match surface {
        SurfaceType::BOOST | SurfaceType::BOOST_WOOD => Floor::Boost,
        SurfaceType::AIR | SurfaceType::OUT_OF_BOUNDS | SurfaceType::RAMP => Floor::Other,
        _ if slowdown >= HEAVY_OFF_ROAD => Floor::HeavyOffRoad,
        _ if slowdown >= OFF_ROAD => Floor::OffRoad,
        _ if slowdown > 0.0 => Floor::WeakOffRoad,
        SurfaceType::ICE => Floor::Slippery,
        _ => Floor::Road,
    }
}

/// The controls of a pad. Only the stick steers.
#[must_use]
pub fn controls(pad: Pad) -> Controls {
    let x = f32::from(pad.stick[0]) / f32::from(STICK_REACH);
    Controls {
        accelerate: pad.buttons.contains(Buttons::A),
        brake: pad.buttons.contains(Buttons::B),
        drift: pad.buttons.contains(Buttons::R),
        item: pad.buttons.contains(Buttons::Z),
        left: (-x).clamp(0.0, 1.0),
        right: x.clamp(0.0, 1.0),
        buttons: pad.buttons.bits(),
    }
}
