//! The camera: `camera_t`, and what it sees.

use nds_formats::fx::{Fx16, Fx32, VecFx32};
use ram_views::enumeration;
use ram_views::pointer::To;

use crate::main_ram::view;
use crate::map::Came;
use crate::numbers::Matrix43;

mod route;
pub use route::{BattleCamera, BattleCameraMut, CameraRoute, CameraRouteMut};
use track::Projection;

/// Pixels a row of one DS screen, and its rows.
pub const SCREEN_SIZE: [f32; 2] = [256.0, 192.0];

/// The camera holds its translation in units divided by this (source: py-desmume-mkds).
const TRANSLATION_SCALE: f32 = 16.0;

impl Camera<'_> {
    /// What it sees, as it stands in RAM.
    ///
    /// py-desmume-mkds' z-clip modes are those of [`track::ZClip`], but compare another number than the depth
    /// with the near plane, and so cut off three times as much there.
    #[must_use]
    pub fn projection(&self) -> Projection {
        let matrix = self.view_matrix();
        let [x, y, z] = matrix.rows.map(|row| row.to_f32());
        let translation = matrix.translation.to_f32();
        let cotangent = self.fov_cos().to_f32() / self.fov_sin().to_f32();
        Projection {
            view: [x, y, z, translation.map(|part| part * TRANSLATION_SCALE)],
            scale: [cotangent / self.aspect_ratio().to_f32(), cotangent],
            near: self.frustum_near().to_f32(),
            far: self.frustum_far().to_f32(),
            screen: SCREEN_SIZE,
        }
    }
}

enumeration! {
    /// What a camera shows. Source: HaroohiePals headers.
    pub struct CameraMode: u32 {
        NORMAL = 0, "One screen.";
        DOUBLE_TOP = 1, "The upper half of what both screens show.";
        DOUBLE_BOTTOM = 2, "The lower half of what both screens show.";
    }
}

view! {
    /// The camera of one screen.
    /// Source: HaroohiePals headers; the view matrix also from py-desmume-mkds.
    pub struct Camera, CameraMut = "camera_t" [0x270] {
        /// The up axis: unit length.
        Tools up @ 0x0: VecFx32,
        /// The right axis: unit length.
        Tools right @ 0xC: VecFx32,
        /// What it looks at, units.
        Tools target @ 0x18: VecFx32,
        /// Where it is, units.
        Tools position @ 0x24: VecFx32,
        /// From the world to the eye, for row vectors; its translation is in sixteenths of its inputs, as the
        /// hardware wants it.
        Tools view_matrix("mtx") @ 0x30: Matrix43,
        /// Half the vertical field of view, 65536 a turn.
        Tools fov @ 0x60: i32,
        /// What [`Self::fov`] moves to.
        Headers target_fov @ 0x64: i32,
        /// The sine of [`Self::fov`].
        Tools fov_sin @ 0x68: Fx16,
        /// The cosine of [`Self::fov`].
        Tools fov_cos @ 0x6A: Fx16,
        /// Width by height.
        Tools aspect_ratio @ 0x6C: Fx32,
        /// How far ahead the near plane lies, units: so the tools take it, and the bundled game has it.
        Tools frustum_near @ 0x70: Fx32,
        /// How far ahead the far plane lies, units as [`Self::frustum_near`].
        Tools frustum_far @ 0x74: Fx32,
        /// The near plane's top.
        Headers frustum_top @ 0x78: Fx32,
        /// The near plane's bottom.
        Headers frustum_bottom @ 0x7C: Fx32,
        /// The near plane's left.
        Headers frustum_left @ 0x80: Fx32,
        /// The near plane's right.
        Headers frustum_right @ 0x84: Fx32,
        Unnamed field_88 @ 0x88: Fx32,
        /// The sky's far plane.
        Headers sky_frustum_far @ 0x8C: Fx32,
        /// What it looks at before shaking, units.
        Headers look_at_target @ 0x90: VecFx32,
        /// Where it is before shaking, units.
        Headers look_at_position @ 0x9C: VecFx32,
        Unnamed field_a8 @ 0xA8: VecFx32,
        Unnamed field_b4 @ 0xB4: VecFx32,
        /// The world's up axis.
        Headers world_up("upConst") @ 0xC0: VecFx32,
        Unnamed field_cc @ 0xCC: Fx32,
        Unnamed field_d0 @ 0xD0: i32,
        /// What [`Self::elevation`] moves to.
        Headers target_elevation @ 0xD4: Fx32,
        Unnamed field_d8 @ 0xD8: u32,
        Unnamed field_dc @ 0xDC: u32,
        Unnamed field_e0 @ 0xE0: u32,
        Unnamed field_e4 @ 0xE4: VecFx32,
        /// The direction from the player.
        Headers player_offset_direction @ 0xF0: Fx32,
        Unnamed field_f4 @ 0xF4: VecFx32,
        Unnamed field_100 @ 0x100: VecFx32,
        Unnamed field_10c @ 0x10C: VecFx32,
        Unnamed field_118 @ 0x118: VecFx32,
        Unnamed field_124 @ 0x124: VecFx32,
        Unnamed field_130 @ 0x130: u8,
        /// Where it was, units.
        Headers previous_position("prevPosition") @ 0x134: VecFx32,
        /// 1 while it shakes, 0 while not.
        Headers is_shaking @ 0x140: i32,
        Unnamed field_144 @ 0x144: Fx32,
        /// How much.
        Headers shake_amount @ 0x148: Fx32,
        Unnamed field_14c @ 0x14C: u32,
        Unnamed field_150 @ 0x150: i16,
        /// How fast that ends.
        Headers shake_decay @ 0x154: Fx32,
        Unnamed field_158 @ 0x158: u32,
        /// Where its target faces.
        Headers target_direction @ 0x15C: VecFx32,
        Unnamed field_168 @ 0x168: Fx32,
        Unnamed field_16c @ 0x16C: u32,
        Unnamed field_170 @ 0x170: u32,
        Unnamed field_174 @ 0x174: u32,
        /// How high above its target it is, units.
        Headers elevation @ 0x178: Fx32,
        Unnamed field_17c @ 0x17C: VecFx32,
        Unnamed field_188 @ 0x188: VecFx32,
        Unnamed field_20c @ 0x20C: u16,
        Unnamed field_20e @ 0x20E: u16,
        /// The driver that it follows.
        Headers target_driver("targetDriverId") @ 0x210: u16,
        /// The course camera in use.
        Headers current_course_camera("currentCamId") @ 0x214: u32,
        /// That course camera.
        Headers course_camera("cameEntry") @ 0x218: To<Came<'static>>,
        /// Cameras of the battle.
        Headers battle_cameras("unknownMgCams") @ 0x21C: To<BattleCamera<'static>>,
        /// Their copy.
        Headers battle_cameras_copy("unknownMgCamsCopy") @ 0x220: To<BattleCamera<'static>>,
        Unnamed field_224 @ 0x224: u16,
        Unnamed field_228 @ 0x228: u32,
        Unnamed field_22c @ 0x22C: u16,
        Unnamed field_230 @ 0x230: u32,
        Unnamed field_234 @ 0x234: u32,
        Unnamed field_238 @ 0x238: i32,
        /// Frames in this mode.
        Headers frame_counter @ 0x23C: u16,
        /// How far [`Self::fov`] has moved.
        Headers fov_progress @ 0x240: Fx32,
        /// How far the target has moved.
        Headers target_progress @ 0x244: Fx32,
        Unnamed field_248 @ 0x248: u32,
        /// What it shows.
        Headers mode @ 0x24C: CameraMode,
        Unnamed field_250 @ 0x250: u32,
        Unnamed field_254 @ 0x254: u32,
        Unnamed field_258 @ 0x258: i32,
        Unnamed field_25c @ 0x25C: u32,
        Unnamed field_260 @ 0x260: VecFx32,
        Unnamed field_26c @ 0x26C: i16,
        Unnamed field_26e @ 0x26E: u16,
    }
    structs {
        /// Where it is on its route.
        Headers route("routeStat") @ 0x194: [CameraRoute, CameraRouteMut],
        /// Where its target is on its route.
        Headers target_route("routeStat2") @ 0x1D0: [CameraRoute, CameraRouteMut],
    }
}
