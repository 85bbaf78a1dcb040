//! The facts of a frame, read from a race in RAM.

use env_kart::{
    facts::{Controls, Facts, Floor},
    moment::Moment,
};
use mkds_memory::{
    Race,
    course::Course,
    driver::{ControlFlags, MotionFlags},
};
use nds_formats::pad::Pad;

use crate::Result;

/// `frameCounter` at which the race starts (source: timing of the ghosts' inputs).
pub const GO_FRAME: u32 = 301;

/// The frame that `race` shows on its course, in which `pad` was held.
///
/// # Errors
/// As [`read`].
pub fn moment<'a>(race: &Race<'_>, course: &'a Course, pad: Pad) -> Result<Moment<'a>> {
    Ok(Moment::new(read(race, pad)?, course.track()))
}

/// The facts about the player in the frame that `race` shows, in which `pad` was held.
///
/// # Errors
/// The race has no driver, or a pointer of it leaves RAM.
pub fn read(race: &Race<'_>, pad: Pad) -> Result<Facts> {
    let (driver, status) = (race.driver(0)?, race.driver_status(0)?);
    let kart = driver.kart_parameters().follow(race.ram())?;
    let (motion, control) = (driver.motion_flags(), driver.control_flags());
    Ok(Facts {
        since_start: i64::from(race.state().frame_counter()) - i64::from(GO_FRAME),
        total_ms: status.total_milliseconds(),
        race_progress: status.race_progress().to_f32(),
        lap_progress: status.lap_progress().to_f32(),
        lap: status.lap(),
        checkpoint: status.checkpoint(),
        checkpoint_progress: status.checkpoint_progress().to_f32(),

        pose: driver.pose(),
        facing: driver.direction().to_f32(),
        heading: driver.heading().to_f32(),
        velocity: driver.displacement().to_f32(),
        speed: driver.speed().to_f32(),
        forward_speed: driver.forward_speed().to_f32(),
        top_speed: kart.map_or(0.0, |kart| kart.max_speed().to_f32()),
        speed_limit: driver.max_speed().to_f32(),
        speed_over_limit: driver.max_speed_fraction().to_f32(),
        yaw: half_turns(driver.yaw().0.cast_signed().into()),
        pitch: half_turns(driver.pitch().into()),
        yaw_rate: half_turns(driver.yaw_rate()),

        drift_direction: -driver.drift_direction().signum() as f32,
        drift_yaw: half_turns(driver.drift_yaw().into()),
        drift_charge: driver.drift_charge(),
        drift_presses: [driver.drift_left_presses(), driver.drift_right_presses()],
        drift_press_cooldown: driver.drift_press_cooldown(),
        hopping: motion.intersects(MotionFlags::HOP | MotionFlags::HOP_IN_PROGRESS),
        boost: driver.boost_timer(),
        mini_turbo: driver.mini_turbo_timer(),
        mini_turbo_time: kart.map_or(0, |kart| kart.mini_turbo_time()),
        boosting: control.contains(ControlFlags::BOOST),
        engine_power: driver.start_engine_power().to_f32(),

        floor: floor(driver.floor_kind()),
        floor_normal: driver.floor_normal().to_f32(),
        terrain: driver.terrain_multiplier().to_f32(),
        grip: driver.grip().to_f32(),
        effect_factor: driver.effect_speed_factor().to_f32(),
        air_factor: driver.air_speed_factor().to_f32(),
        wall_factor: driver.wall_speed_factor().to_f32(),
        wall_contact: motion.contains(MotionFlags::TOUCHING_WALL),
        on_ground: motion.contains(MotionFlags::ON_GROUND),
        airborne: driver.airborne_frames(),
        reversing: motion.contains(MotionFlags::REVERSING),
        respawning: control.contains(ControlFlags::RESPAWNING),

        controls: controls(pad),
        ..Facts::default()
    })
}

/// Half turns of the game's angle unit, 1/65536 turn.
fn half_turns(angle: i32) -> f32 {
    angle as f32 / 32768.0
}

/// The floor of a [`mkds_memory::Driver::floor_kind`] (source: a published write-up of the race logic).
const fn floor(kind: i32) -> Floor {
    match kind {
        0 => Floor::Road,
        2 => Floor::WeakOffRoad,
        3 => Floor::OffRoad,
        4 => Floor::HeavyOffRoad,
        5 | 6 => Floor::Slippery,
        8 => Floor::Boost,
        _ => Floor::Other,
    }
}

/// The controls of a pad. L is the item too, as X is.
pub fn controls(pad: Pad) -> Controls {
    let side = |button| f32::from(u8::from(pad.contains(button)));
    Controls {
        accelerate: pad.contains(Pad::A),
        brake: pad.contains(Pad::B),
        drift: pad.contains(Pad::R),
        item: pad.intersects(Pad::X.union(Pad::L)),
        left: side(Pad::LEFT),
        right: side(Pad::RIGHT),
        buttons: pad.bits(),
    }
}
