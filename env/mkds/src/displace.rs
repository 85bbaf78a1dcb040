//! Moving the player's kart in RAM.

use mkds_memory::RamMut;
use nds_formats::fx::{Angle, Fx32, VecFx32};

use crate::Result;

/// Moves the player's kart in RAM `lateral` units to its left and turns it `heading` radians to the left.
///
/// # Errors
/// The game or its driver is malformed.
pub fn displace(ram: &mut [u8], lateral: f32, heading: f32) -> Result<()> {
    let mut ram = RamMut::new(ram)?;
    let mut driver = ram.driver_mut(0)?;
    let old = driver.view();
    let facing = old.heading().to_f64();
    let lateral = f64::from(lateral);
    // Left of a heading over the ground: y is up, yaw grows from +z towards +x.
    let shift = VecFx32::from_f64([facing[2] * lateral, 0.0, -facing[0] * lateral]);
    let moved = |v: VecFx32| VecFx32 {
        x: Fx32(v.x.0 + shift.x.0),
        y: v.y,
        z: Fx32(v.z.0 + shift.z.0),
    };
    let (sin, cos) = f64::from(heading).sin_cos();
    let turned = |v: VecFx32| {
        let [x, y, z] = v.to_f64();
        VecFx32::from_f64([x * cos + z * sin, y, z * cos - x * sin])
    };
    let turn = Angle::from_radians(f64::from(heading));
    let (position, last_position) = (moved(old.position()), moved(old.last_position()));
    let (centre, previous_centre) = (
        moved(old.collision_centre()),
        moved(old.previous_collision_centre()),
    );
    let (contact, last_contact) = (
        moved(old.contact_centre()),
        moved(old.last_contact_centre()),
    );
    let yaw = Angle(old.yaw().0.wrapping_add(turn.0));
    let directions = [
        old.direction(),
        old.driving_direction(),
        old.velocity_direction(),
        old.heading(),
    ]
    .map(turned);
    driver.set_position(position);
    driver.set_last_position(last_position);
    driver.set_collision_centre(centre);
    driver.set_previous_collision_centre(previous_centre);
    driver.set_contact_centre(contact);
    driver.set_last_contact_centre(last_contact);
    driver.set_yaw(yaw);
    let [direction, driving_direction, velocity_direction, heading] = directions;
    driver.set_direction(direction);
    driver.set_driving_direction(driving_direction);
    driver.set_velocity_direction(velocity_direction);
    driver.set_heading(heading);
    Ok(())
}
