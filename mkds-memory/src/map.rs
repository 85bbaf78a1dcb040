//! The course's map in RAM: the sections of its NKM file, and what the game links them to.

use mkds_formats::fx::{Fx32, VecFx32};

use crate::Result;
use crate::ram::Ram;
use crate::view::{Pointer, Table, To, View, view};

/// The course's map.
#[derive(Debug, Clone, Copy)]
pub struct Map<'a> {
    ram: Ram<'a>,
    address: u32,
    data: MapData<'a>,
}

impl<'a> Map<'a> {
    pub(crate) const fn new(ram: Ram<'a>, address: u32, data: MapData<'a>) -> Self {
        Self { ram, address, data }
    }

    /// The structure that points to everything else.
    #[must_use]
    pub const fn data(&self) -> MapData<'a> {
        self.data
    }

    /// The checkpoints.
    ///
    /// # Errors
    ///
    /// They leave main RAM.
    pub fn checkpoints(&self) -> Result<Table<'a, Cpoi<'a>>> {
        self.section(
            "map_data.cpoi",
            0x44,
            self.data.cpoi().pointer(),
            self.data.cpoi_count(),
        )
    }

    /// The checkpoint paths.
    ///
    /// # Errors
    ///
    /// They leave main RAM.
    pub fn checkpoint_paths(&self) -> Result<Table<'a, Cpat<'a>>> {
        self.section(
            "map_data.cpat",
            0x4C,
            self.data.cpat(),
            self.data.cpat_count(),
        )
    }

    /// The start points.
    ///
    /// # Errors
    ///
    /// They leave main RAM.
    pub fn start_points(&self) -> Result<Table<'a, Ktps<'a>>> {
        self.section(
            "map_data.ktps",
            0x1C,
            self.data.ktps(),
            self.data.ktps_count(),
        )
    }

    /// The course's settings; `None` if it has none.
    ///
    /// # Errors
    ///
    /// They leave main RAM.
    pub fn settings(&self) -> Result<Option<Stag<'a>>> {
        let count = u16::from(!self.data.stag().is_null());
        Ok(self
            .section("map_data.stag", 0x18, self.data.stag(), count)?
            .get(0))
    }

    fn section<V: View<'a>>(
        &self,
        symbol: &'static str,
        offset: u32,
        pointer: Pointer,
        count: u16,
    ) -> Result<Table<'a, V>> {
        self.ram.table(
            symbol,
            self.address.wrapping_add(offset),
            pointer,
            usize::from(count),
        )
    }
}

view! {
    /// What points to the course's map.
    /// Source: HaroohiePals headers.
    pub struct MapData, MapDataMut = "mdat_mapdata_t" [0x110] {
        /// The objects (`nkm_obji_entry_t`).
        Headers obji @ 0x0: Pointer,
        /// How many objects there are.
        Headers obji_count @ 0x4: u16,
        /// The routes (`nkm_path_entry_t`).
        Headers path @ 0x8: Pointer,
        /// How many routes there are.
        Headers path_count @ 0xC: u16,
        /// The route points (`nkm_poit_entry_t`).
        Headers poit @ 0x10: Pointer,
        /// How many route points there are.
        Headers poit_count @ 0x14: u16,
        /// The course settings (`nkm_stag_data_t`).
        Tools stag @ 0x18: Pointer,
        /// The start points (`nkm_ktps_entry_t`).
        Tools ktps @ 0x1C: Pointer,
        /// How many start points there are.
        Tools ktps_count @ 0x20: u16,
        /// The respawn points (`nkm_ktpj_entry_t`).
        Headers ktpj @ 0x24: Pointer,
        /// How many respawn points there are.
        Headers ktpj_count @ 0x28: u16,
        /// The second start points (`nkm_ktp2_entry_t`).
        Headers ktp2 @ 0x2C: Pointer,
        /// How many second start points there are.
        Headers ktp2_count @ 0x30: u16,
        /// The cannon points (`nkm_ktpc_entry_t`).
        Headers ktpc @ 0x34: Pointer,
        /// How many cannon points there are.
        Headers ktpc_count @ 0x38: u16,
        /// The mission points (`nkm_ktpm_entry_t`).
        Headers ktpm @ 0x3C: Pointer,
        /// How many mission points there are.
        Headers ktpm_count @ 0x40: u16,
        /// The checkpoints.
        Tools cpoi @ 0x44 counted_by cpoi_count: To<Cpoi<'static>>,
        /// How many checkpoints there are.
        Tools cpoi_count @ 0x48: u16,
        /// The checkpoint paths (`nkm_cpat_entry_t`).
        Tools cpat @ 0x4C: Pointer,
        /// How many checkpoint paths there are.
        Tools cpat_count @ 0x50: u16,
        /// The item points (`nkm_ipoi_entry_t`).
        Headers ipoi @ 0x54: Pointer,
        /// How many item points there are.
        Headers ipoi_count @ 0x58: u16,
        /// The item paths (`nkm_ipat_entry_t`).
        Headers ipat @ 0x5C: Pointer,
        /// How many item paths there are.
        Headers ipat_count @ 0x60: u16,
        /// The enemy points (`nkm_epoi_entry_t`).
        Headers epoi @ 0x64: Pointer,
        /// How many enemy points there are.
        Headers epoi_count @ 0x68: u16,
        /// The enemy paths (`nkm_epat_entry_t`).
        Headers epat @ 0x6C: Pointer,
        /// How many enemy paths there are.
        Headers epat_count @ 0x70: u16,
        /// The areas (`nkm_area_entry_t`).
        Headers area @ 0x74: Pointer,
        /// How many areas there are.
        Headers area_count @ 0x78: u16,
        /// The course cameras (`nkm_came_entry_t`).
        Headers came @ 0x7C: Pointer,
        /// How many course cameras there are.
        Headers came_count @ 0x80: u16,
        /// The mission enemy points (`nkm_mepo_entry_t`).
        Headers mepo @ 0x84: Pointer,
        /// How many mission enemy points there are.
        Headers mepo_count @ 0x88: u16,
        /// The mission enemy paths (`nkm_mepa_entry_t`).
        Headers mepa @ 0x8C: Pointer,
        /// How many mission enemy paths there are.
        Headers mepa_count @ 0x90: u16,
        /// The routes with their points.
        Headers paths @ 0x94: Pointer,
        /// How many key checkpoints there are.
        Headers key_checkpoint_count("cpoiKeyCount") @ 0x98: u16,
        /// The last checkpoint of the last path.
        Headers last_checkpoint("cpatLastCpoiIndex") @ 0x9A: u16,
        /// The checkpoint paths' highest order.
        Headers max_section_order("cpatMaxSectionOrder") @ 0x9C: u16,
        Unnamed unknown49 @ 0x9E: u8,
        Unnamed unknown50 @ 0x9F: u8,
        /// The upper screen's first camera before the race.
        Headers intro_camera_top("cameIntroFirstTopCam") @ 0xC4: Pointer,
        /// The lower screen's first camera before the race.
        Headers intro_camera_bottom("cameIntroFirstBottomCam") @ 0xC8: Pointer,
        /// A camera of kind 6.
        Headers camera_kind_6("cameType6") @ 0xCC: Pointer,
        /// The camera before a battle.
        Headers battle_intro_camera("cameBattleIntroCam") @ 0xD0: Pointer,
        /// The camera after a mission.
        Headers mission_finish_camera("cameMissionFinishCam") @ 0xD4: Pointer,
        /// What is drawn from where.
        Headers clip_area_lists @ 0xD8: [Pointer; 8],
        /// Respawn points by id.
        Headers ktpj_index_table @ 0xF8: Pointer,
        /// Cannon points by id.
        Headers ktpc_index_table @ 0xFC: Pointer,
        /// The respawn point in a battle.
        Headers battle_respawn("curMgRespawnId") @ 0x100: u16,
        /// How many areas respawn enemies.
        Headers enemy_respawn_route_area_count @ 0x102: u16,
        /// The course's length, units.
        Headers track_length @ 0x104: Fx32,
        /// That by 15000.
        Headers track_length_by_15000("trackLengthDiv15000") @ 0x108: u32,
        /// The map file's version.
        Headers nkm_version @ 0x10C: u16,
        Unnamed unknown141 @ 0x10E: u8,
        /// How many areas end a mission.
        Headers mission_end_area_count @ 0x10F: u8,
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
        /// Its number among the key checkpoints, which must be passed in order, 0 the finish; -1 for others.
        Tools key_id @ 0x20: i16,
        /// The respawn point of those who fall off after it.
        Headers respawn_id @ 0x22: u8,
        /// Flags.
        Headers flags @ 0x23: u8,
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
    /// A start point.
    /// Source: HaroohiePals headers.
    pub struct Ktps, KtpsMut = "nkm_ktps_entry_t" [0x1C] {
        /// Where the drivers start, units.
        Tools position @ 0x0: VecFx32,
        /// Where they face, degrees about each axis.
        Tools rotation @ 0xC: VecFx32,
        /// Nothing.
        Headers padding @ 0x18: u16,
        /// Its number.
        Headers index @ 0x1A: i16,
    }
}

view! {
    /// The course's settings.
    /// Source: HaroohiePals headers.
    pub struct Stag, StagMut = "nkm_stag_data_t" [0x28] {
        /// The course's id.
        Headers course_id @ 0x0: u16,
        /// How many laps to drive.
        Tools laps("nrLaps") @ 0x2: u16,
        /// On which side the first driver starts.
        Headers pole_position @ 0x4: u8,
        /// Whether there is fog.
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
