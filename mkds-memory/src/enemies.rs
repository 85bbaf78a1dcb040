//! The parts of [`Enemy`](crate::driver::Enemy), the computer that steers a driver.

use nds_formats::fx::{Fx32, VecFx32};
use ram_views::pointer::{Pointer, To};

use crate::main_ram::view;
use crate::map::{EnemyPoint, MissionEnemyPoint};

view! {
    /// How fast a computer's driver may drive, for its place.
    /// Source: HaroohiePals headers.
    pub struct EnemyRubberbanding, EnemyRubberbandingMut = "enemy_rubberbanding_t" [0x34] {
        Unnamed field_0 @ 0x0: i32,
        /// The speed limit that it sets, [`crate::Driver::target_max_speed`], units a frame.
        Headers target_max_speed("driverFieldCC") @ 0x4: Fx32,
        /// How hard it drives as a rival.
        Headers rival_aggressiveness @ 0x8: i32,
        /// The highest of them, units a frame.
        Headers highest_target_max_speed("maxDriverFieldCC") @ 0xC: Fx32,
        Unnamed field_10 @ 0x10: i32,
        /// Its place in the race.
        Headers place @ 0x14: i32,
        Unnamed field_18 @ 0x18: i32,
        Unnamed field_1c @ 0x1C: i32,
        Unnamed field_20 @ 0x20: i32,
        Unnamed field_24 @ 0x24: i32,
        /// 1 if its start fails, 0 if not.
        Headers has_failed_start @ 0x28: i32,
        /// 1 if it starts with a boost, 0 if not.
        Headers has_start_boost @ 0x2C: i32,
        /// How long that boost is.
        Headers start_boost_amount @ 0x30: u16,
        Unnamed field_32 @ 0x32: u16,
    }
}

view! {
    /// When a computer's driver uses items.
    /// Source: HaroohiePals headers.
    pub struct EnemyItems, EnemyItemsMut = "enemy_item_state_t" [0x24] {
        /// Frames until it uses the item in its slot.
        Headers slot_item_timeout @ 0x0: u16,
        /// Frames until it uses the item that it holds.
        Headers held_item_timeout("dragItemTimeout") @ 0x2: u16,
        /// How it uses the item in its slot.
        Headers slot_item("slotItemParams") @ 0x4: To<EnemyItemParameters<'static>>,
        /// How it uses the item that it holds.
        Headers held_item("dragItemParams") @ 0x8: To<EnemyItemParameters<'static>>,
        Unnamed field_c @ 0xC: i32,
        /// 1 while it presses L or X.
        Headers item_pressed("lxPressed") @ 0x10: i32,
        /// 1 while it presses up.
        Headers up_pressed("dpadUpPressed") @ 0x14: i32,
        /// 1 while it presses down.
        Headers down_pressed("dpadDownPressed") @ 0x18: i32,
        /// Frames that it pressed up for.
        Headers up_counter("dpadUpCounter") @ 0x1C: u16,
        /// Frames that it pressed down for.
        Headers down_counter("dpadDownCounter") @ 0x1E: u16,
        Unnamed field_20 @ 0x20: i32,
    }
}

view! {
    /// How a computer's driver uses an item.
    /// Source: HaroohiePals headers.
    pub struct EnemyItemParameters, EnemyItemParametersMut = "enemy_item_params_t" [0xC] {
        /// The function that decides it.
        Headers update("updateFunc") @ 0x0: Pointer,
        Unnamed field_4 @ 0x4: i32,
        /// Frames that it waits at least.
        Headers least_timeout("minTimeout") @ 0x8: u16,
        /// Frames that it waits beyond that, at most.
        Headers random_timeout("timeoutRandomMax") @ 0xA: u16,
    }
}

view! {
    /// A part of a computer's driver; what for is unknown.
    /// Source: HaroohiePals headers.
    pub struct EnemyField140, EnemyField140Mut = "enemy_field140_t" [0x14] {
        Unnamed field_0 @ 0x0: i32,
        /// [`crate::Driver::target_max_speed`], units a frame.
        Headers target_max_speed("driverFieldCC") @ 0x4: Fx32,
        Unnamed field_8 @ 0x8: i32,
        Unnamed field_c @ 0xC: i32,
        Unnamed field_10 @ 0x10: i32,
    }
}

view! {
    /// Where a computer's driver is on the enemy route.
    /// Source: HaroohiePals headers.
    pub struct EnemyCursor, EnemyCursorMut = "struc_316_epoi" [0x20] {
        /// The point that it drives to.
        Headers next("nextEpoi") @ 0x0: To<EnemyPoint<'static>>,
        /// The point that it comes from.
        Headers current("curEpoi") @ 0x4: To<EnemyPoint<'static>>,
        /// The direction from the one to the other: unit length.
        Headers direction @ 0x8: VecFx32,
        /// The point of the area that it is in.
        Headers area("areaEpoi") @ 0x14: To<EnemyPoint<'static>>,
        /// 1 if there is one, 0 if not.
        Headers is_area_valid("areaEpoiValid") @ 0x18: i32,
        /// The driver's number in the race.
        Headers driver_id @ 0x1C: u16,
        Unnamed field_1e @ 0x1E: u8,
        Unnamed field_1f @ 0x1F: u8,
    }
}

view! {
    /// Where a computer's driver is on the mission enemy route.
    /// Source: HaroohiePals headers.
    pub struct MissionEnemyCursor, MissionEnemyCursorMut = "struc_313_mepo" [0x1C] {
        /// The point that it drives to.
        Headers next("nextMepo") @ 0x0: To<MissionEnemyPoint<'static>>,
        /// The point that it comes from.
        Headers current("curMepo") @ 0x4: To<MissionEnemyPoint<'static>>,
        /// The direction from the one to the other: unit length.
        Headers direction @ 0x8: VecFx32,
        /// The point of the area that it is in.
        Headers area("areaMepo") @ 0x14: To<MissionEnemyPoint<'static>>,
        /// 1 if there is one, 0 if not.
        Headers is_area_valid("areaMepoValid") @ 0x18: i32,
    }
}
