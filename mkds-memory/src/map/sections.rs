//! The entries of the map's sections, as the course's NKM file has them.
//!
//! Rotations are degrees about each axis.

use bitflags::bitflags;
use nds_formats::fx::{Fx16, Fx32, VecFx32};
use ram_views::{enumeration, flags_value};

use crate::main_ram::view;
use crate::objects::kinds::MapObjectKind;

bitflags! {
    /// What holds behind a checkpoint. Bits without a name keep their value.
    /// Source: HaroohiePals headers.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct CheckpointFlags: u8 {
        /// Places do not change: a loop.
        const PLACES_FROZEN = 0x1;
        const _ = !0;
    }
}

flags_value!(CheckpointFlags: u8);

enumeration! {
    /// The form of an area. Source: HaroohiePals headers.
    pub struct AreaShape: u8 {
        BOX = 0, "A box.";
        CYLINDER = 1, "A cylinder.";
    }
}

enumeration! {
    /// What an area is for. Source: HaroohiePals headers.
    pub struct AreaKind: u8 {
        CAMERA = 1, "It has a course camera.";
        MISSION_END = 2, "It ends a mission.";
        CLIP_AREA = 3, "It decides what is drawn.";
        ENEMY_RESPAWN_ROUTE = 4, "It puts the computer back on its route.";
        MISSION_RIVAL_PASS = 5, "A rival that passes it too often wins the mission.";
    }
}

enumeration! {
    /// What a course camera is for. Source: HaroohiePals headers.
    pub struct CourseCameraKind: u16 {
        INTRO_TOP = 3, "The upper screen before the race.";
        INTRO_BOTTOM = 4, "The lower screen before the race.";
        BATTLE_INTRO = 7, "Before a battle.";
        MISSION_FINISH = 8, "After a mission.";
    }
}

view! {
    /// A map object as the course's map places it.
    /// Source: HaroohiePals headers.
    pub struct Obji, ObjiMut = "nkm_obji_entry_t" [0x3C] {
        /// Where it is, units.
        Tools position @ 0x0: VecFx32,
        /// How it is turned, degrees.
        Tools rotation @ 0xC: VecFx32,
        /// How large it is.
        Tools scale @ 0x18: VecFx32,
        /// Which object it is.
        Tools object_id @ 0x24: MapObjectKind,
        /// The route that it follows; -1 for none.
        Tools path_id @ 0x26: i16,
        /// What the object makes of them.
        Tools settings @ 0x28: [i16; 7],
        /// The clip areas that it is in, and whether it waits for the start.
        Headers flags @ 0x36: i16,
        /// 1 if time trials have it too, 0 if not.
        Tools is_in_time_trials("showsInTT") @ 0x38: u16,
    }
}

view! {
    /// A route: points one after the other.
    /// Source: HaroohiePals headers.
    pub struct Path, PathMut = "nkm_path_entry_t" [0x4] {
        /// Its number.
        Tools id @ 0x0: u8,
        /// 1 if its end leads to its start, 0 if not.
        Tools loops("loop") @ 0x1: u8,
        /// How many points it has.
        Tools point_count @ 0x2: u16,
    }
}

view! {
    /// A point of a route.
    /// Source: HaroohiePals headers.
    pub struct Poit, PoitMut = "nkm_poit_entry_t" [0x14] {
        /// Where it is, units.
        Tools position @ 0x0: VecFx32,
        /// Its number in the route, from 0.
        Tools point_index @ 0xC: u8,
        Unnamed unknown1 @ 0xD: u8,
        /// How long an object stays there, frames.
        Tools duration @ 0xE: i16,
        Unnamed unknown2("_0") @ 0x10: [i16; 2],
    }
}

view! {
    /// The course's settings.
    /// Source: HaroohiePals headers.
    pub struct Stag, StagMut = "nkm_stag_data_t" [0x28] {
        /// The course's number among the maps, not the one that the game calls it by: Figure-8 Circuit is 37
        /// here and 20 there.
        Headers course_id @ 0x0: u16,
        /// How many laps to drive; in a battle, its minutes.
        Tools laps("nrLaps") @ 0x2: u16,
        /// On which side the first driver starts.
        Headers pole_position @ 0x4: u8,
        /// 1 if there is fog, 0 if not.
        Headers fog_enabled @ 0x5: u8,
        /// How its table is made.
        Headers fog_table_mode("fogTableGenMode") @ 0x6: u8,
        /// How it thickens.
        Headers fog_slope @ 0x7: u8,
        Unnamed unknown2 @ 0x8: [u8; 8],
        /// How thick it is.
        Headers fog_density @ 0x10: Fx32,
        /// Its colour, 15 bits.
        Headers fog_colour("fogColor") @ 0x14: u32,
        /// The four lights, 15 bits each.
        Headers light_colours("kclColors") @ 0x18: [u16; 4],
        /// How far map objects are drawn, units.
        Headers object_far_clip("mobjFarClip") @ 0x20: Fx32,
        /// How far the course is drawn, units.
        Headers frustum_far @ 0x24: Fx32,
    }
}

view! {
    /// A start point.
    /// Source: HaroohiePals headers.
    pub struct Ktps, KtpsMut = "nkm_ktps_entry_t" [0x1C] {
        /// Where the drivers start, units.
        Tools position @ 0x0: VecFx32,
        /// Where they face, degrees.
        Tools rotation @ 0xC: VecFx32,
        /// Fills the entry up.
        Headers padding @ 0x18: u16,
        /// Its number; -1 outside battles and missions.
        Headers index @ 0x1A: i16,
    }
}

view! {
    /// A respawn point.
    /// Source: HaroohiePals headers.
    pub struct Ktpj, KtpjMut = "nkm_ktpj_entry_t" [0x20] {
        /// Where the driver comes back, units.
        Tools position @ 0x0: VecFx32,
        /// Where the driver faces, degrees.
        Tools rotation @ 0xC: VecFx32,
        /// The enemy point that the computer goes on from.
        Tools enemy_point("enemyPointId") @ 0x18: u16,
        /// The item point that items go on from.
        Tools item_point("itemPointId") @ 0x1A: u16,
        /// Its number.
        Tools id @ 0x1C: i16,
    }
}

view! {
    /// A second start point.
    /// Source: HaroohiePals headers.
    pub struct Ktp2, Ktp2Mut = "nkm_ktp2_entry_t" [0x1C] {
        /// Where it is, units.
        Tools position @ 0x0: VecFx32,
        /// Where it faces, degrees.
        Tools rotation @ 0xC: VecFx32,
        /// Fills the entry up.
        Headers padding @ 0x18: u16,
        /// Its number.
        Headers id @ 0x1A: u16,
    }
}

view! {
    /// A cannon point: where a cannon shoots to.
    /// Source: HaroohiePals headers.
    pub struct Ktpc, KtpcMut = "nkm_ktpc_entry_t" [0x1C] {
        /// Where it is, units.
        Tools position @ 0x0: VecFx32,
        /// Where it faces, degrees.
        Tools rotation @ 0xC: VecFx32,
        /// The mission enemy point that the computer goes on from; -1 for none.
        Headers next_mission_enemy_point("nextMepo") @ 0x18: i16,
        /// Its number.
        Tools id @ 0x1A: u16,
    }
}

view! {
    /// A mission point: where a mission puts things.
    /// Source: HaroohiePals headers.
    pub struct Ktpm, KtpmMut = "nkm_ktpm_entry_t" [0x1C] {
        /// Where it is, units.
        Tools position @ 0x0: VecFx32,
        /// Where it faces, degrees.
        Tools rotation @ 0xC: VecFx32,
        /// Fills the entry up.
        Headers padding @ 0x18: u16,
        /// Its number.
        Tools id @ 0x1A: i16,
    }
}

view! {
    /// A checkpoint: a line across the course, seen from above.
    /// Source: HaroohiePals headers.
    pub struct Cpoi, CpoiMut = "nkm_cpoi_entry_t" [0x24] {
        /// The first end, units.
        Tools x1 @ 0x0: Fx32,
        /// The first end, units.
        Tools z1 @ 0x4: Fx32,
        /// The second end, units.
        Tools x2 @ 0x8: Fx32,
        /// The second end, units.
        Tools z2 @ 0xC: Fx32,
        /// The sine of the line's angle.
        Headers sin @ 0x10: Fx32,
        /// The cosine of the line's angle.
        Headers cos @ 0x14: Fx32,
        /// The distance to the next checkpoint, units.
        Headers distance @ 0x18: Fx32,
        /// The path that begins after it; -1 within a path.
        Headers next_section("gotoSection") @ 0x1C: i16,
        /// The path that it begins; -1 within a path.
        Headers start_section @ 0x1E: i16,
        /// Its number among the key checkpoints, which must be passed in order, 0 the finish; -1
        /// for others.
        Tools key_id @ 0x20: i16,
        /// The respawn point of those who fall off after it.
        Headers respawn_id @ 0x22: u8,
        /// What holds behind it.
        Headers flags @ 0x23: CheckpointFlags,
    }
}

view! {
    /// A checkpoint path: checkpoints one after the other.
    /// Source: HaroohiePals headers.
    pub struct Cpat, CpatMut = "nkm_cpat_entry_t" [0xC] {
        /// Its first checkpoint.
        Tools start @ 0x0: u16,
        /// How many checkpoints it has.
        Tools length @ 0x2: u16,
        /// The paths after it; 255 for none.
        Tools next @ 0x4: [u8; 3],
        /// The paths before it; 255 for none.
        Tools previous @ 0x7: [u8; 3],
        /// Its place in the lap; paths side by side share one.
        Tools section_order @ 0xA: u8,
    }
}

view! {
    /// An item point: where a red shell flies.
    /// Source: HaroohiePals headers.
    pub struct Ipoi, IpoiMut = "nkm_ipoi_entry_t" [0x14] {
        /// Where it is, units.
        Tools position @ 0x0: VecFx32,
        /// How wide the way is there, units.
        Headers radius @ 0xC: Fx32,
        /// Which of the paths behind it are chosen from again.
        Headers recalculation("recalcIdx") @ 0x10: u8,
    }
}

view! {
    /// An item point as maps before version 34 have it.
    /// Source: HaroohiePals headers.
    pub struct IpoiBeta, IpoiBetaMut = "nkm_ipoi_entry_beta_t" [0x10] {
        /// Where it is, units.
        Tools position @ 0x0: VecFx32,
        /// How wide the way is there, units.
        Headers radius @ 0xC: Fx32,
    }
}

view! {
    /// An item path: item points one after the other.
    /// Source: HaroohiePals headers.
    pub struct Ipat, IpatMut = "nkm_ipat_entry_t" [0xC] {
        /// Its first point.
        Tools start @ 0x0: u16,
        /// How many points it has.
        Tools length @ 0x2: u16,
        /// The paths after it; 255 for none.
        Tools next @ 0x4: [u8; 3],
        /// The paths before it; 255 for none.
        Tools previous @ 0x7: [u8; 3],
        /// Its place in the lap; paths side by side share one.
        Tools section_order @ 0xA: i16,
    }
}

view! {
    /// An enemy point: where the computer drives.
    /// Source: HaroohiePals headers.
    pub struct Epoi, EpoiMut = "nkm_epoi_entry_t" [0x18] {
        /// Where it is, units.
        Tools position @ 0x0: VecFx32,
        /// How far beside it the computer may drive, units.
        Tools radius @ 0xC: Fx32,
    }
    structs {
        /// What the computer does there.
        Tools settings @ 0x10: [EpoiSettings, EpoiSettingsMut],
    }
}

view! {
    /// What the computer does at an enemy point.
    /// Source: HaroohiePals headers.
    pub struct EpoiSettings, EpoiSettingsMut = "nkm_epoi_entry_settings_t" [0x8] {
        /// Whether it drifts there, and how.
        Tools drifting @ 0x0: u16,
        Unnamed unknown1 @ 0x2: u16,
        Unnamed unknown2 @ 0x4: u32,
    }
}

view! {
    /// An enemy path: enemy points one after the other.
    /// Source: HaroohiePals headers.
    pub struct Epat, EpatMut = "nkm_epat_entry_t" [0xC] {
        /// Its first point.
        Tools start @ 0x0: u16,
        /// How many points it has.
        Tools length @ 0x2: u16,
        /// The paths after it; 255 for none.
        Tools next @ 0x4: [u8; 3],
        /// The paths before it; 255 for none.
        Tools previous @ 0x7: [u8; 3],
        /// Its place in the lap; paths side by side share one.
        Tools section_order @ 0xA: i16,
    }
}

view! {
    /// A mission enemy point: where the computer drives in battles and missions.
    /// Source: HaroohiePals headers.
    pub struct Mepo, MepoMut = "nkm_mepo_entry_t" [0x18] {
        /// Where it is, units.
        Tools position @ 0x0: VecFx32,
        /// How far beside it the computer may drive, units.
        Tools radius @ 0xC: Fx32,
    }
    structs {
        /// What the computer does there.
        Tools settings @ 0x10: [MepoSettings, MepoSettingsMut],
    }
}

view! {
    /// What the computer does at a mission enemy point.
    /// Source: HaroohiePals headers.
    pub struct MepoSettings, MepoSettingsMut = "nkm_mepo_entry_settings_t" [0x8] {
        /// Whether it drifts there, and how.
        Tools drifting @ 0x0: u32,
        Unnamed unknown1 @ 0x4: u32,
    }
}

view! {
    /// A mission enemy path: mission enemy points one after the other.
    /// Source: HaroohiePals headers.
    pub struct Mepa, MepaMut = "nkm_mepa_entry_t" [0x14] {
        /// Its first point.
        Tools start @ 0x0: u16,
        /// How many points it has.
        Tools length @ 0x2: u16,
        /// The paths after it; 255 for none.
        Tools next @ 0x4: [u8; 8],
        /// The paths before it; 255 for none.
        Tools previous @ 0xC: [u8; 8],
    }
}

view! {
    /// An area of the course.
    /// Source: HaroohiePals headers.
    pub struct Area, AreaMut = "nkm_area_entry_t" [0x48] {
        /// The middle of its lower side, units.
        Tools position @ 0x0: VecFx32,
        /// Its extent along its axes, hundreds of units.
        Tools length @ 0xC: VecFx32,
        /// Its x axis: unit length.
        Tools x_vector @ 0x18: VecFx32,
        /// Its y axis: unit length.
        Tools y_vector @ 0x24: VecFx32,
        /// Its z axis: unit length.
        Tools z_vector @ 0x30: VecFx32,
        /// Of a [`AreaKind::MISSION_END`], 0 to win and 1 to lose; of a
        /// [`AreaKind::MISSION_RIVAL_PASS`], the object.
        Headers parameter_0("param0") @ 0x3C: i16,
        /// Of a [`AreaKind::MISSION_RIVAL_PASS`], how often it may pass.
        Headers parameter_1("param1") @ 0x3E: i16,
        /// The enemy point of those who respawn in it.
        Headers enemy_point("enemyPointId") @ 0x40: i16,
        /// Its form.
        Headers shape @ 0x42: AreaShape,
        /// The course camera of those in it.
        Tools camera_id @ 0x43: u8,
        /// What it is for.
        Tools kind("type") @ 0x44: AreaKind,
        Unnamed field_45 @ 0x45: u8,
        Unnamed field_46 @ 0x46: u8,
        Unnamed field_47 @ 0x47: u8,
    }
}

view! {
    /// A course camera.
    /// Source: HaroohiePals headers.
    pub struct Came, CameMut = "nkm_came_entry_t" [0x4C] {
        /// Where it is, units.
        Tools position @ 0x0: VecFx32,
        /// How it is turned, degrees.
        Tools rotation @ 0xC: VecFx32,
        /// What it looks at in the beginning, units.
        Tools target_1 @ 0x18: VecFx32,
        /// What it looks at in the end, units.
        Tools target_2 @ 0x24: VecFx32,
        /// Half the vertical field of view in the beginning, degrees.
        Tools fov_begin @ 0x30: u16,
        /// Its sine.
        Tools fov_begin_sin @ 0x32: Fx16,
        /// Its cosine.
        Tools fov_begin_cos @ 0x34: Fx16,
        /// Half the vertical field of view in the end, degrees.
        Tools fov_end @ 0x36: u16,
        /// Its sine.
        Tools fov_end_sin @ 0x38: Fx16,
        /// Its cosine.
        Tools fov_end_cos @ 0x3A: Fx16,
        /// How fast the one becomes the other.
        Tools fov_speed @ 0x3C: i16,
        /// What it is for.
        Tools kind("type") @ 0x3E: CourseCameraKind,
        /// The route that it follows; -1 for none.
        Tools path_id @ 0x40: i16,
        /// How fast it follows that.
        Tools route_speed @ 0x42: i16,
        /// How fast it turns to [`Self::target_2`].
        Tools target_speed @ 0x44: u16,
        /// How long it is used, frames.
        Tools duration @ 0x46: u16,
        /// The course camera after it; -1 for none.
        Tools next @ 0x48: i16,
        /// Whether it is the first before the race: 1 on the upper screen, 2 on the lower one, 0
        /// not.
        Tools intro_first @ 0x4A: u8,
        Unnamed unknown @ 0x4B: u8,
    }
}
