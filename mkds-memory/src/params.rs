//! What karts and characters can do: `physp_t`.
//!
//! Meanings are also those of a published write-up of the race logic.

use nds_formats::fx::{Fx16, Fx32};
use ram_views::pointer::To;

use crate::main_ram::view;

view! {
    /// What a kart can do at the race's engine class.
    /// Source: HaroohiePals headers.
    pub struct KartParameters, KartParametersMut = "physp_kart_params_t" [0x98] {
        /// The collision sphere's radius, units.
        Tools sphere_radius("colSphereSize") @ 0x0: Fx32,
        /// What is added to [`Self::sphere_radius`] for the height of the sphere that meets other
        /// karts, units: negative.
        Tools sphere_z_offset("colSphereZOffset") @ 0x4: Fx32,
        /// Its share of the weight that pushes others; the character has the other.
        Tools weight @ 0xC: Fx16,
        /// Frames of a mini-turbo.
        Tools mini_turbo_time("driftBoostTime") @ 0xE: i16,
        /// The speed limit on the road, units a frame.
        Tools max_speed @ 0x10: Fx32,
        /// What a frame of accelerating from rest adds, units a frame.
        Tools base_acceleration @ 0x14: Fx32,
        /// What a frame of accelerating adds from [`Self::fast_ratio`] on, units a frame.
        Published fast_acceleration("field18") @ 0x18: Fx32,
        /// The share of the limit from which [`Self::fast_acceleration`] holds.
        Published fast_ratio("field1C") @ 0x1C: Fx32,
        /// What a frame of accelerating adds while drifting, units a frame.
        Tools drift_acceleration("driftBaseAcceleration") @ 0x20: Fx32,
        Unnamed field_24 @ 0x24: Fx32,
        Unnamed field_28 @ 0x28: Fx32,
        /// What a frame without a pedal multiplies the speed by.
        Tools deceleration @ 0x2C: Fx32,
        /// How well it steers.
        Headers handling @ 0x30: Fx16,
        /// How well it drifts.
        Headers drift @ 0x32: Fx16,
        /// What steering adds to a drift.
        Headers drift_turning_compensation @ 0x34: Fx32,
        /// The grip on each kind of surface: see [`crate::Driver::floor_kind`].
        Tools grip("collisionVelocityMinusDirMultipliers") @ 0x38: [Fx32; 12],
        /// What each kind of surface multiplies the speed limit by: see
        /// [`crate::Driver::floor_kind`].
        Tools terrain_multipliers("collisionSpeedMultipliers") @ 0x68: [Fx32; 12],
    }
}

view! {
    /// What a character adds to a kart.
    /// Source: HaroohiePals headers.
    pub struct CharacterParameters, CharacterParametersMut = "physp_char_params_t" [0x8] {
        Unnamed field_0 @ 0x0: Fx32,
        /// Its share of the weight that pushes others; the kart has the other.
        Tools weight @ 0x4: Fx32,
    }
}

view! {
    /// The parameters of karts and characters.
    /// Source: HaroohiePals headers.
    pub struct Parameters, ParametersMut = "physp_t" [0x14] {
        /// The parameters of each driver's kart.
        Headers driver_karts("driverKartPhysicalParams") @ 0x0: To<KartParameters<'static>>,
        /// The parameters of each driver's character.
        Headers driver_characters("driverCharPhysicalParams") @ 0x4: To<CharacterParameters<'static>>,
        Unnamed field_8 @ 0x8: u32,
        /// The parameters of every kart, by number.
        Headers karts("kartPhysicalParams") @ 0xC: To<KartParameters<'static>>,
        /// The parameters of every character, by number.
        Headers characters("charPhysicalParams") @ 0x10: To<CharacterParameters<'static>>,
    }
}
