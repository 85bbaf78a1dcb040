//! Cameras that follow a route.

use nds_formats::fx::VecFx32;
use ram_views::pointer::To;

use crate::main_ram::view;
use crate::map::Came;

view! {
    /// Where a camera is on its route.
    /// Source: HaroohiePals headers.
    pub struct CameraRoute, CameraRouteMut = "came_routestat_t" [0x3C] {
        /// The four points around it, units.
        Headers points("pointCache") @ 0x0: [VecFx32; 4],
        /// How far it is from the second to the third.
        Headers progress @ 0x30: i32,
        /// The route point that it comes from.
        Headers index @ 0x34: i32,
        Unnamed field_38 @ 0x38: i32,
    }
}

view! {
    /// A course camera in use in a battle.
    /// Source: HaroohiePals headers.
    pub struct BattleCamera, BattleCameraMut = "came_unknown_t" [0x88] {
        /// The course camera.
        Headers course_camera("cameEntry") @ 0x0: To<Came<'static>>,
        /// How fast it follows it.
        Headers route_speed @ 0x7C: i16,
        Unnamed field_7e @ 0x7E: u16,
        Unnamed field_80 @ 0x80: u32,
        Unnamed field_84 @ 0x84: u32,
    }
    structs {
        /// Where it is on its route.
        Headers route_1("routestat1") @ 0x4: [CameraRoute, CameraRouteMut],
        /// Where its target is on its route.
        Headers route_2("routestat2") @ 0x40: [CameraRoute, CameraRouteMut],
    }
}
