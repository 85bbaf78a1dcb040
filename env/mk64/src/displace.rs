//! Moving and turning the player's kart in RAM, to vary the state that an episode begins with.

use std::f32::consts::PI;

use mk64_memory::RamMut;

use crate::Result;

/// Half a turn as one of the game's angles, of 65536 to a turn.
const HALF_TURN: f32 = 32768.0;

/// Moves the player's kart `lateral` units to its left and turns it `heading` radians to the left.
pub(crate) fn displace(ram: &mut [u8], lateral: f32, heading: f32) -> Result<()> {
    let mut ram = RamMut::new(ram)?;
    let mut player = ram.player_mut(0)?;
    let old = player.view();
    let facing = old.forward();
    // Left of a heading over the ground: y is up, and yaw grows to the right from +z towards -x.
    let moved = |[x, y, z]: [f32; 3]| [x + facing[2] * lateral, y, z - facing[0] * lateral];
    let (sin, cos) = heading.sin_cos();
    let [x, y, z] = old.velocity();
    let velocity = [x * cos + z * sin, y, z * cos - x * sin];
    let (position, old_position) = (moved(old.position()), moved(old.old_position()));
    let [pitch, yaw, roll] = old.rotation();
    let turn = (heading / PI * HALF_TURN) as i32;
    player.set_position(position);
    player.set_old_position(old_position);
    player.set_velocity(velocity);
    player.set_rotation([pitch, (i32::from(yaw) - turn) as i16, roll]);
    Ok(())
}
