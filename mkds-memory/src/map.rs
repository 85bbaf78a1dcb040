//! The course's map in RAM: the sections of its NKM file, and what the game links them to.

use nds_formats::fx::Fx32;
use ram_views::layout::offset_of;
use ram_views::pointer::{Pointer, To};
use ram_views::view::{Table, View};
use ram_views::{Error, Ram, Result};

use crate::main_ram::{MainRam, view};

pub(crate) mod links;
pub(crate) mod sections;
pub use links::*;
pub use sections::*;

/// The course's map.
#[derive(Debug, Clone, Copy)]
pub struct Map<'a> {
    ram: Ram<'a, MainRam>,
    address: u32,
    data: MapData<'a>,
}

impl<'a> Map<'a> {
    pub(crate) const fn new(ram: Ram<'a, MainRam>, address: u32, data: MapData<'a>) -> Self {
        Self { ram, address, data }
    }

    /// The structure that points to everything else.
    #[must_use]
    pub const fn data(&self) -> MapData<'a> {
        self.data
    }

    /// The course's settings; `None` if it has none.
    ///
    /// # Errors
    ///
    /// They leave main RAM.
    pub fn settings(&self) -> Result<Option<Stag<'a>>> {
        const OFFSET: usize = offset_of(MapData::FIELDS, "stag");
        let pointer = self.data.stag().pointer();
        let count = u16::from(!pointer.is_null());
        Ok(self.table("map_data.stag", OFFSET, pointer, count)?.get(0))
    }

    /// The clip areas of a group of objects, 0 to 7; none for others.
    ///
    /// # Errors
    ///
    /// Their list leaves main RAM, or does not end.
    pub fn clip_areas(&self, group: usize) -> Result<Vec<Area<'a>>> {
        let Some(mut link) = self.data.clip_area_lists().get(group).copied() else {
            return Ok(Vec::new());
        };
        let mut areas = Vec::new();
        while let Some(entry) = link.follow(&self.ram)? {
            let limit = self.data.area_count();
            if areas.len() >= usize::from(limit) {
                return Err(Error::AbsurdCount {
                    symbol: "map_data.clip_area_lists",
                    address: link.pointer().0,
                    found: u32::from(limit) + 1,
                    limit: u32::from(limit),
                });
            }
            areas.extend(entry.area().follow(&self.ram)?);
            link = entry.next();
        }
        Ok(areas)
    }

    fn table<V: View<'a, Memory = MainRam>>(
        &self,
        symbol: &'static str,
        offset: usize,
        pointer: Pointer,
        count: u16,
    ) -> Result<Table<'a, V>> {
        let address = self.address.wrapping_add(offset as u32);
        self.ram.table(symbol, address, pointer, usize::from(count))
    }
}

/// Gives [`Map`] a method for each section: what counts it, and the field that points to it.
macro_rules! sections {
    ($(
        $(#[doc = $doc:literal])*
        $method:ident: $view:ident = $count:ident, $field:ident $(. $inner:ident)?;
    )*) => {
        impl<'a> Map<'a> {$(
            $(#[doc = $doc])*
            ///
            /// # Errors
            ///
            /// They leave main RAM.
            pub fn $method(&self) -> Result<Table<'a, $view<'a>>> {
                const OFFSET: usize = offset_of(MapData::FIELDS, stringify!($field));
                self.table(
                    concat!("map_data.", stringify!($field) $(, ".", stringify!($inner))?),
                    OFFSET,
                    self.data.$field()$(.$inner())?.pointer(),
                    self.data.$count(),
                )
            }
        )*}
    };
}

sections! {
    /// The objects that the course places.
    objects: Obji = obji_count, obji;
    /// The routes that objects and cameras follow.
    routes: Path = path_count, path;
    /// The points of all routes.
    route_points: Poit = poit_count, poit;
    /// The start points.
    start_points: Ktps = ktps_count, ktps;
    /// The respawn points.
    respawn_points: Ktpj = ktpj_count, ktpj;
    /// The second start points.
    second_start_points: Ktp2 = ktp2_count, ktp2;
    /// The cannon points.
    cannon_points: Ktpc = ktpc_count, ktpc;
    /// The mission points.
    mission_points: Ktpm = ktpm_count, ktpm;
    /// The checkpoints.
    checkpoints: Cpoi = cpoi_count, cpoi;
    /// The checkpoint paths.
    checkpoint_paths: Cpat = cpat_count, cpat;
    /// The item points. Of a map before version 34, read [`Map::beta_item_points`] instead.
    item_points: Ipoi = ipoi_count, ipoi;
    /// The item points of a map before version 34.
    beta_item_points: IpoiBeta = ipoi_count, ipoi;
    /// The item paths.
    item_paths: Ipat = ipat_count, ipat;
    /// The enemy points.
    enemy_points: Epoi = epoi_count, epoi;
    /// The enemy paths.
    enemy_paths: Epat = epat_count, epat;
    /// The mission enemy points.
    mission_enemy_points: Mepo = mepo_count, mepo;
    /// The mission enemy paths.
    mission_enemy_paths: Mepa = mepa_count, mepa;
    /// The areas.
    areas: Area = area_count, area;
    /// The course cameras.
    cameras: Came = came_count, came;
    /// The routes with their points: see [`Route::points_in`].
    linked_routes: Route = path_count, paths;
    /// The enemy points, linked.
    linked_enemy_points: EnemyPoint = epoi_count, enemy_points.points;
    /// The item points, linked.
    linked_item_points: ItemPoint = ipoi_count, item_points.points;
    /// The mission enemy points, linked.
    linked_mission_enemy_points: MissionEnemyPoint = mepo_count, mission_enemy_points.points;
}

view! {
    /// What points to the course's map.
    /// Source: HaroohiePals headers.
    pub struct MapData, MapDataMut = "mdat_mapdata_t" [0x110] {
        /// The objects.
        Headers obji @ 0x0 counted_by obji_count: To<Obji<'static>>,
        /// How many objects there are.
        Headers obji_count @ 0x4: u16,
        /// The routes.
        Headers path @ 0x8 counted_by path_count: To<Path<'static>>,
        /// How many routes there are.
        Headers path_count @ 0xC: u16,
        /// The route points.
        Headers poit @ 0x10 counted_by poit_count: To<Poit<'static>>,
        /// How many route points there are.
        Headers poit_count @ 0x14: u16,
        /// The course settings.
        Tools stag @ 0x18: To<Stag<'static>>,
        /// The start points.
        Tools ktps @ 0x1C counted_by ktps_count: To<Ktps<'static>>,
        /// How many start points there are.
        Tools ktps_count @ 0x20: u16,
        /// The respawn points.
        Headers ktpj @ 0x24 counted_by ktpj_count: To<Ktpj<'static>>,
        /// How many respawn points there are.
        Headers ktpj_count @ 0x28: u16,
        /// The second start points.
        Headers ktp2 @ 0x2C counted_by ktp2_count: To<Ktp2<'static>>,
        /// How many second start points there are.
        Headers ktp2_count @ 0x30: u16,
        /// The cannon points.
        Headers ktpc @ 0x34 counted_by ktpc_count: To<Ktpc<'static>>,
        /// How many cannon points there are.
        Headers ktpc_count @ 0x38: u16,
        /// The mission points.
        Headers ktpm @ 0x3C counted_by ktpm_count: To<Ktpm<'static>>,
        /// How many mission points there are.
        Headers ktpm_count @ 0x40: u16,
        /// The checkpoints.
        Tools cpoi @ 0x44 counted_by cpoi_count: To<Cpoi<'static>>,
        /// How many checkpoints there are.
        Tools cpoi_count @ 0x48: u16,
        /// The checkpoint paths.
        Tools cpat @ 0x4C counted_by cpat_count: To<Cpat<'static>>,
        /// How many checkpoint paths there are.
        Tools cpat_count @ 0x50: u16,
        /// The item points; of a map before version 34, [`IpoiBeta`] each.
        Headers ipoi @ 0x54 counted_by ipoi_count: To<Ipoi<'static>>,
        /// How many item points there are.
        Headers ipoi_count @ 0x58: u16,
        /// The item paths.
        Headers ipat @ 0x5C counted_by ipat_count: To<Ipat<'static>>,
        /// How many item paths there are.
        Headers ipat_count @ 0x60: u16,
        /// The enemy points.
        Headers epoi @ 0x64 counted_by epoi_count: To<Epoi<'static>>,
        /// How many enemy points there are.
        Headers epoi_count @ 0x68: u16,
        /// The enemy paths.
        Headers epat @ 0x6C counted_by epat_count: To<Epat<'static>>,
        /// How many enemy paths there are.
        Headers epat_count @ 0x70: u16,
        /// The areas.
        Headers area @ 0x74 counted_by area_count: To<Area<'static>>,
        /// How many areas there are.
        Headers area_count @ 0x78: u16,
        /// The course cameras.
        Headers came @ 0x7C counted_by came_count: To<Came<'static>>,
        /// How many course cameras there are.
        Headers came_count @ 0x80: u16,
        /// The mission enemy points.
        Headers mepo @ 0x84 counted_by mepo_count: To<Mepo<'static>>,
        /// How many mission enemy points there are.
        Headers mepo_count @ 0x88: u16,
        /// The mission enemy paths.
        Headers mepa @ 0x8C counted_by mepa_count: To<Mepa<'static>>,
        /// How many mission enemy paths there are.
        Headers mepa_count @ 0x90: u16,
        /// The routes with their points.
        Headers paths @ 0x94 counted_by path_count: To<Route<'static>>,
        /// How many key checkpoints there are.
        Headers key_checkpoint_count("cpoiKeyCount") @ 0x98: u16,
        /// The last checkpoint of the last path.
        Headers last_checkpoint("cpatLastCpoiIndex") @ 0x9A: u16,
        /// The checkpoint paths' highest order.
        Headers max_section_order("cpatMaxSectionOrder") @ 0x9C: u16,
        Unnamed unknown49 @ 0x9E: u8,
        Unnamed unknown50 @ 0x9F: u8,
        /// The upper screen's first camera before the race.
        Headers intro_camera_top("cameIntroFirstTopCam") @ 0xC4: To<Came<'static>>,
        /// The lower screen's first camera before the race.
        Headers intro_camera_bottom("cameIntroFirstBottomCam") @ 0xC8: To<Came<'static>>,
        /// A camera of kind 6.
        Headers camera_kind_6("cameType6") @ 0xCC: To<Came<'static>>,
        /// The camera before a battle.
        Headers battle_intro_camera("cameBattleIntroCam") @ 0xD0: To<Came<'static>>,
        /// The camera after a mission.
        Headers mission_finish_camera("cameMissionFinishCam") @ 0xD4: To<Came<'static>>,
        /// The clip areas of each of eight groups of objects.
        Headers clip_area_lists @ 0xD8: [To<ClipArea<'static>>; 8],
        /// Respawn points by id.
        Headers ktpj_index_table @ 0xF8: To<u16>,
        /// Cannon points by id.
        Headers ktpc_index_table @ 0xFC: To<u16>,
        /// The respawn point in a battle.
        Headers battle_respawn("curMgRespawnId") @ 0x100: u16,
        /// How many areas put the computer back on its route.
        Headers enemy_respawn_route_area_count @ 0x102: u16,
        /// The course's length, units.
        Headers track_length @ 0x104: Fx32,
        /// That by 15000.
        Headers track_length_by_15000("trackLengthDiv15000") @ 0x108: u32,
        /// The map file's version: 37 in the final game.
        Headers nkm_version @ 0x10C: u16,
        Unnamed unknown141 @ 0x10E: u8,
        /// How many areas end a mission.
        Headers mission_end_area_count @ 0x10F: u8,
    }
    structs {
        /// The enemy points, linked.
        Headers enemy_points("enemyPathData") @ 0xA0: [EnemyPoints, EnemyPointsMut],
        /// The item points, linked.
        Headers item_points("itemPathData") @ 0xAC: [ItemPoints, ItemPointsMut],
        /// The mission enemy points, linked.
        Headers mission_enemy_points("mgEnemyPathData") @ 0xB8: [MissionEnemyPoints, MissionEnemyPointsMut],
    }
}
