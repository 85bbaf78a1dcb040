//! What the game links the map's sections to when it loads a course.

use nds_formats::fx::{Fx32, VecFx32};
use ram_views::pointer::{Pointee, To};
use ram_views::{Ram, Result};

use super::sections::{Area, EpoiSettings, MepoSettings, Path, Poit};
use crate::main_ram::{MainRam, view};

view! {
    /// A route with its points.
    /// Source: HaroohiePals headers.
    pub struct Route, RouteMut = "mdat_path_t" [0x8] {
        /// The route.
        Headers path @ 0x0: To<Path<'static>>,
        /// Its points, as many as the route says.
        Headers points("poit") @ 0x4: To<Poit<'static>>,
    }
}

view! {
    /// An enemy point with those before and after it.
    /// Source: HaroohiePals headers.
    pub struct EnemyPoint, EnemyPointMut = "mdat_enemypoint_t" [0x28] {
        /// The points after it, [`Self::next_count`] of them.
        Headers next @ 0x0: [To<EnemyPoint<'static>>; 3],
        /// The points before it, [`Self::previous_count`] of them.
        Headers previous @ 0xC: [To<EnemyPoint<'static>>; 3],
        /// Where it is, units.
        Headers position @ 0x18: To<VecFx32>,
        /// How far beside it the computer may drive, units.
        Headers radius @ 0x1C: Fx32,
        /// What the computer does there.
        Headers settings @ 0x20: To<EpoiSettings<'static>>,
        /// How many points come after it, at most 3.
        Headers next_count @ 0x24: u16,
        /// How many points come before it, at most 3.
        Headers previous_count @ 0x26: u16,
    }
}

view! {
    /// An item point with those before and after it.
    /// Source: HaroohiePals headers.
    pub struct ItemPoint, ItemPointMut = "mdat_itempoint_t" [0x28] {
        /// The points after it, [`Self::next_count`] of them.
        Tools next @ 0x0: [To<ItemPoint<'static>>; 3],
        /// The points before it, [`Self::previous_count`] of them.
        Tools previous @ 0xC: [To<ItemPoint<'static>>; 3],
        /// Where it is, units.
        Tools position @ 0x18: To<VecFx32>,
        /// How wide the way is there, units.
        Tools radius @ 0x1C: Fx32,
        /// Which of the points after it are chosen from again.
        Headers recalculation("recalcIdx") @ 0x20: u8,
        /// The direction to the first point after it, in 1/64.
        Headers direction_x("dirX") @ 0x21: i8,
        /// The direction to the first point after it, in 1/64.
        Headers direction_y("dirY") @ 0x22: i8,
        /// The direction to the first point after it, in 1/64.
        Headers direction_z("dirZ") @ 0x23: i8,
        /// How many points come after it, at most 3.
        Tools next_count @ 0x24: u16,
        /// How many points come before it, at most 3.
        Tools previous_count @ 0x26: u16,
    }
}

view! {
    /// A mission enemy point with those after it.
    /// Source: HaroohiePals headers.
    pub struct MissionEnemyPoint, MissionEnemyPointMut = "mdat_mgenemypoint_t" [0x30] {
        /// The points after it, [`Self::next_count`] of them.
        Headers next @ 0x0: [To<MissionEnemyPoint<'static>>; 8],
        /// Where it is, units.
        Headers position @ 0x20: To<VecFx32>,
        /// How far beside it the computer may drive, units.
        Headers radius @ 0x24: Fx32,
        /// What the computer does there.
        Headers settings @ 0x28: To<MepoSettings<'static>>,
        /// How many points come after it, at most 8.
        Headers next_count @ 0x2C: u16,
        /// Which of them are on another path, a bit each.
        Headers next_is_new_path("nextIsNewPathMask") @ 0x2E: u8,
    }
}

view! {
    /// The enemy points, linked.
    /// Source: HaroohiePals headers.
    pub struct EnemyPoints, EnemyPointsMut = "mdat_enemypath_data_t" [0xC] {
        /// All of them, as many as the section has.
        Headers points @ 0x0: To<EnemyPoint<'static>>,
        /// The first of a lap.
        Headers first("firstPoint") @ 0x4: To<EnemyPoint<'static>>,
        /// The last of a lap.
        Headers last("lastPoint") @ 0x8: To<EnemyPoint<'static>>,
    }
}

view! {
    /// The item points, linked.
    /// Source: HaroohiePals headers.
    pub struct ItemPoints, ItemPointsMut = "mdat_itempath_data_t" [0xC] {
        /// All of them, as many as the section has.
        Headers points @ 0x0: To<ItemPoint<'static>>,
        /// The first of a lap.
        Headers first("firstPoint") @ 0x4: To<ItemPoint<'static>>,
        /// The last of a lap.
        Headers last("lastPoint") @ 0x8: To<ItemPoint<'static>>,
    }
}

view! {
    /// The mission enemy points, linked.
    /// Source: HaroohiePals headers.
    pub struct MissionEnemyPoints, MissionEnemyPointsMut = "mdat_mgenemypath_data_t" [0xC] {
        /// All of them, as many as the section has.
        Headers points @ 0x0: To<MissionEnemyPoint<'static>>,
        /// The first of a lap.
        Headers first("firstPoint") @ 0x4: To<MissionEnemyPoint<'static>>,
        /// The last of a lap.
        Headers last("lastPoint") @ 0x8: To<MissionEnemyPoint<'static>>,
    }
}

view! {
    /// A clip area in a list of them.
    /// Source: HaroohiePals headers.
    pub struct ClipArea, ClipAreaMut = "mdat_clip_area_list_entry_t" [0x8] {
        /// The area.
        Headers area("entry") @ 0x0: To<Area<'static>>,
        /// The next entry; null behind the last.
        Headers next @ 0x4: To<ClipArea<'static>>,
    }
}

impl Route<'_> {
    /// Its points, in order.
    ///
    /// # Errors
    ///
    /// They leave main RAM.
    pub fn points_in<'a>(
        &self,
        ram: &Ram<'a, MainRam>,
    ) -> Result<impl ExactSizeIterator<Item = Poit<'a>> + use<'a>> {
        let count = self
            .path()
            .follow(ram)?
            .map_or(0, |path| path.point_count());
        self.points().follow_many(ram, usize::from(count))
    }
}

impl EnemyPoint<'_> {
    /// The points after it.
    ///
    /// # Errors
    ///
    /// One lies outside main RAM.
    pub fn next_in<'a>(&self, ram: &Ram<'a, MainRam>) -> Result<Vec<EnemyPoint<'a>>> {
        linked(ram, self.next(), self.next_count())
    }

    /// The points before it.
    ///
    /// # Errors
    ///
    /// One lies outside main RAM.
    pub fn previous_in<'a>(&self, ram: &Ram<'a, MainRam>) -> Result<Vec<EnemyPoint<'a>>> {
        linked(ram, self.previous(), self.previous_count())
    }
}

impl ItemPoint<'_> {
    /// The points after it.
    ///
    /// # Errors
    ///
    /// One lies outside main RAM.
    pub fn next_in<'a>(&self, ram: &Ram<'a, MainRam>) -> Result<Vec<ItemPoint<'a>>> {
        linked(ram, self.next(), self.next_count())
    }

    /// The points before it.
    ///
    /// # Errors
    ///
    /// One lies outside main RAM.
    pub fn previous_in<'a>(&self, ram: &Ram<'a, MainRam>) -> Result<Vec<ItemPoint<'a>>> {
        linked(ram, self.previous(), self.previous_count())
    }
}

impl MissionEnemyPoint<'_> {
    /// The points after it.
    ///
    /// # Errors
    ///
    /// One lies outside main RAM.
    pub fn next_in<'a>(&self, ram: &Ram<'a, MainRam>) -> Result<Vec<MissionEnemyPoint<'a>>> {
        linked(ram, self.next(), self.next_count())
    }
}

/// What the first `count` pointers point to.
fn linked<'a, T: Pointee<MainRam>, const N: usize>(
    ram: &Ram<'a, MainRam>,
    pointers: [To<T>; N],
    count: u16,
) -> Result<Vec<T::At<'a>>> {
    let pointers = pointers.iter().take(count.into());
    pointers
        .filter_map(|pointer| pointer.follow(ram).transpose())
        .collect()
}
