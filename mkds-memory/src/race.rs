//! A race: who drives it, how far they are, and the structures that hold it.

use bitflags::bitflags;
use nds_formats::fx::{Fx32, VecFx16};

use crate::camera::Camera;
use crate::collision::Collision;
use crate::driver::{Driver, DriverMut};
use crate::error::{Error, Result};
use crate::items::DriverItems;
use crate::map::{Map, MapData};
use crate::ram::{Ram, RamMut};
use crate::results::{RankPoints, RankTimes, SkillRankPoints, SkillRankPointsMut};
use crate::symbol::Symbol;
use crate::symbols;
use crate::view::{Pointer, Table, To, View, bit_fields, flags_value, view};

pub(crate) mod choices;
mod config;
pub(crate) mod time;
pub use choices::*;
pub use config::*;
pub use time::RaceTime;

/// The most drivers that a race has.
pub const MAX_DRIVERS: usize = 8;

/// The scene state of a race.
const RACE_SCENE: u32 = 2;

/// A race that is loaded: its structures were found inside main RAM.
#[derive(Debug, Clone, Copy)]
pub struct Race<'a> {
    ram: Ram<'a>,
    drivers: Table<'a, Driver<'a>>,
    status: RaceStatus<'a>,
    state: RaceState<'a>,
    config: RaceConfig<'a>,
}

impl<'a> Race<'a> {
    /// The race in `ram`, from its first frame until the game leaves it; `None` at all other times.
    ///
    /// A race is there when the running scene is a race, all its structures are, and its frames are counted. These
    /// hold at every moment within a frame. The distance between [`RaceState::frame_counter`] and
    /// [`RaceState::frame_counter_2`], which a published tool asks for, does not.
    pub(crate) fn find(ram: Ram<'a>) -> Result<Option<Self>> {
        if ram.scene_state()? != Some(RACE_SCENE) {
            return Ok(None);
        }
        let Some(drivers) = drivers(&ram)? else {
            return Ok(None);
        };
        let (Some(status), Some(state), Some(config)) = (
            ram.root(&symbols::RACE_STATUS)?,
            ram.root::<RaceState<'a>>(&symbols::RACE_STATE)?,
            ram.root(&symbols::RACE_CONFIG)?,
        ) else {
            return Ok(None);
        };
        if state.frame_counter() == 0 {
            return Ok(None);
        }
        Ok(Some(Self {
            ram,
            drivers,
            status,
            state,
            config,
        }))
    }

    /// The image that the race was found in.
    #[must_use]
    pub const fn ram(&self) -> &Ram<'a> {
        &self.ram
    }

    /// How many drivers race, 1 to [`MAX_DRIVERS`].
    #[must_use]
    pub fn driver_count(&self) -> usize {
        self.drivers.len()
    }

    /// The `index`th driver.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchElement`] from [`Race::driver_count`] on.
    #[inline]
    pub fn driver(&self, index: usize) -> Result<Driver<'a>> {
        self.drivers.get(index).ok_or(Error::NoSuchElement {
            symbol: symbols::DRIVERS.name,
            index,
            count: self.drivers.len(),
        })
    }

    /// All drivers, in order.
    pub fn drivers(&self) -> impl ExactSizeIterator<Item = Driver<'a>> + use<'a> {
        self.drivers.iter()
    }

    /// How the race stands.
    #[must_use]
    pub const fn status(&self) -> RaceStatus<'a> {
        self.status
    }

    /// How the `index`th driver stands in the race.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchElement`] from [`Race::driver_count`] on.
    #[inline]
    pub fn driver_status(&self, index: usize) -> Result<DriverStatus<'a>> {
        let count = self.drivers.len();
        (index < count)
            .then(|| self.status.driver(index))
            .flatten()
            .ok_or(Error::NoSuchElement {
                symbol: symbols::RACE_STATUS.name,
                index,
                count,
            })
    }

    /// The race's clock of frames.
    #[must_use]
    pub const fn state(&self) -> RaceState<'a> {
        self.state
    }

    /// What was chosen in the menus.
    #[must_use]
    pub const fn config(&self) -> RaceConfig<'a> {
        self.config
    }

    /// The upper screen's camera.
    ///
    /// # Errors
    ///
    /// There is none yet, or it lies outside main RAM.
    pub fn camera(&self) -> Result<Camera<'a>> {
        self.required(&symbols::CAMERA)
    }

    /// The course's map: checkpoints, start and settings.
    ///
    /// # Errors
    ///
    /// There is none yet, or it lies outside main RAM.
    pub fn map(&self) -> Result<Map<'a>> {
        let data: MapData<'a> = self.required(&symbols::MAP_DATA)?;
        let address = self.ram.symbol_word(&symbols::MAP_DATA)?;
        Ok(Map::new(self.ram, address, data))
    }

    /// The course's collision.
    ///
    /// # Errors
    ///
    /// It is not loaded yet, or its pointers are not one course's.
    pub fn collision(&self) -> Result<Collision<'a>> {
        Collision::read(&self.ram)
    }

    fn required<V: View<'a>>(&self, symbol: &Symbol) -> Result<V> {
        let address = self.ram.region().address(symbol)?;
        self.ram.root(symbol)?.ok_or(Error::NoRace {
            symbol: symbol.name,
            address,
        })
    }

    /// The `index`th driver's items; `None` before the game has made them.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchElement`] from [`Race::driver_count`] on; they lie outside main RAM.
    pub fn items(&self, index: usize) -> Result<Option<DriverItems<'a>>> {
        let (ram, symbol) = (self.ram(), &symbols::DRIVER_ITEMS);
        let pointer = ram.symbol_word(symbol)?;
        let count = self.driver_count();
        if index >= count {
            return Err(Error::NoSuchElement {
                symbol: symbol.name,
                index,
                count,
            });
        }
        if pointer == 0 {
            return Ok(None);
        }
        let address = ram.region().address(symbol)?;
        let all: Table<'a, DriverItems<'a>> =
            ram.table(symbol.name, address, Pointer(pointer), count)?;
        Ok(all.get(index))
    }
}

impl<'a> Ram<'a> {
    /// The race, from its first frame until the game leaves it; `None` at all other times.
    ///
    /// # Errors
    ///
    /// A structure that the race needs lies outside main RAM, or there are absurdly many drivers.
    pub fn race(&self) -> Result<Option<Race<'a>>> {
        Race::find(*self)
    }

    /// What the menus have chosen so far; `None` before they have been there.
    ///
    /// # Errors
    ///
    /// The configuration lies outside main RAM.
    pub fn race_config(&self) -> Result<Option<RaceConfig<'a>>> {
        self.root(&symbols::RACE_CONFIG)
    }

    /// What the menus have chosen so far, for this race and the next; `None` before they have been
    /// there.
    ///
    /// # Errors
    ///
    /// It lies outside main RAM.
    pub fn multi_config(&self) -> Result<Option<MultiConfig<'a>>> {
        self.root(&symbols::RACE_CONFIG)
    }

    /// The id of the course loaded last.
    ///
    /// # Errors
    ///
    /// This build of the game keeps it elsewhere.
    pub fn course_id(&self) -> Result<u32> {
        self.symbol_word(&symbols::COURSE_ID)
    }

    /// What the running scene is doing, 2 being a race; `None` while no scene runs.
    ///
    /// # Errors
    ///
    /// The scene lies outside main RAM.
    pub fn scene_state(&self) -> Result<Option<u32>> {
        let scene: Option<Scene<'_>> = self.root(&symbols::SCENE)?;
        Ok(scene.map(|scene| scene.state()))
    }
}

impl RamMut<'_> {
    /// The `index`th driver of the race, for writing.
    ///
    /// # Errors
    ///
    /// As [`Ram::race`] and [`Race::driver`]; [`Error::NoRace`] while there is none.
    pub fn driver_mut(&mut self, index: usize) -> Result<DriverMut<'_>> {
        let symbol = &symbols::DRIVERS;
        let address = self.ram().region().address(symbol)?;
        let no_race = || Error::NoRace {
            symbol: symbol.name,
            address,
        };
        self.ram().race()?.ok_or_else(no_race)?.driver(index)?;
        // The driver's bytes were just found there, for reading.
        let drivers = self.ram().symbol_word(symbol)?;
        let driver = drivers + (index * Driver::SIZE) as u32;
        let bytes = self.bytes_at_mut(symbol.name, driver, Driver::SIZE)?;
        DriverMut::from_prefix(bytes).ok_or_else(no_race)
    }
}

/// The drivers, if there are any.
///
/// Outside races the game leaves nothing of use at their pointer, so that one that is no address
/// of main RAM means "no race" like a null one does. (Source: FACTS of the published tools.)
fn drivers<'a>(ram: &Ram<'a>) -> Result<Option<Table<'a, Driver<'a>>>> {
    let symbol = &symbols::DRIVERS;
    let pointer = Pointer(ram.symbol_word(symbol)?);
    let count = ram.symbol_word(&symbols::DRIVER_COUNT)?;
    if !pointer.is_main_ram() || count == 0 {
        return Ok(None);
    }
    if count as usize > MAX_DRIVERS {
        return Err(Error::AbsurdCount {
            symbol: symbols::DRIVER_COUNT.name,
            address: ram.region().address(&symbols::DRIVER_COUNT)?,
            found: count,
            limit: MAX_DRIVERS as u32,
        });
    }
    ram.table(
        symbol.name,
        ram.region().address(symbol)?,
        pointer,
        count as usize,
    )
    .map(Some)
}

bitflags! {
    /// How a driver races. Bits without a name keep their value. Source: HaroohiePals headers.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct DriverStatusFlags: u16 {
        /// It is the player.
        const PLAYER = 0x1;
        /// It drives the wrong way.
        const WRONG_DIRECTION = 0x4;
        /// It is about to win the mission.
        const MISSION_WON = 0x10;
        /// It is about to lose the mission.
        const MISSION_LOST = 0x20;
        /// It celebrates the finish.
        const FINISH = 0x40;
        const _ = !0;
    }
}

flags_value!(DriverStatusFlags: u16);

bit_fields! {
    /// Who a driver is, and in which place.
    pub struct PlaceAndDriver: u16 {
        place: 0, 4, "The place in the race, from 0.";
        driver_id: 4, 4, "The driver's number in the race.";
        unknown("field3CBit89"): 8, 2, "Unknown.";
    }
}

view! {
    /// The running scene.
    /// Source: MKDS Info.
    pub struct Scene, SceneMut = "scene_t" [0x110] {
        /// What it is doing, 2 being a race.
        Tools state @ 0x10C: u32,
    }
}

view! {
    /// The race's clock of frames.
    /// Source: HaroohiePals headers, MKDS Info.
    pub struct RaceState, RaceStateMut = "race_state_t" [0x48] {
        /// What the race is doing: 0 before the start, 1 from it on.
        Headers state @ 0x0: i16,
        /// Frames since the race began; 1 on the first.
        Tools frame_counter @ 0x4: u32,
        /// [`Self::frame_counter`] or one less. The game counts the two up at different moments of a frame, so at the
        /// end of an emulated frame their distance depends on the CPU mode: 1 with the interpreter, 0 or 1 with the JIT.
        Tools frame_counter_2 @ 0x8: i32,
        /// [`Self::frame_counter`] modulo 8.
        Headers frame_counter_modulo8 @ 0xC: i32,
        /// 1 in odd frames, 0 in even ones.
        Headers is_odd_frame @ 0x10: i32,
        /// [`Self::frame_counter`] modulo the number of drivers.
        Headers frame_counter_modulo_driver_count @ 0x14: i32,
        /// Where the toon shading table begins.
        Headers toon_table_offset @ 0x18: u32,
        /// Frames until that table changes.
        Headers toon_table_update_counter @ 0x1C: u32,
        /// 1 while a fog darkens the course, 0 while not.
        Headers darkening_fog_state @ 0x20: u32,
        /// The same before the frame.
        Headers previous_darkening_fog_state("prevDarkeningFogState") @ 0x24: u32,
        /// 1 while the camera follows an animation, 0 while not.
        Headers is_camera_animated("isCamAnimMode") @ 0x28: i32,
        /// 1 if that animation fills one screen, 0 if both.
        Headers is_camera_animation_single_screen("isCamAnimSingleScreen") @ 0x2C: i32,
        Unnamed field_30 @ 0x30: u32,
        Unnamed field_34 @ 0x34: u32,
        /// 1 while the awards or the credits run, 0 while not.
        Headers is_award_staff_roll @ 0x38: i32,
        Unnamed field_3c @ 0x3C: u32,
        /// The first light's direction: unit length.
        Headers light_0_direction("light0Dir") @ 0x40: VecFx16,
    }
}

view! {
    /// How a driver stands in the race.
    /// Source: HaroohiePals headers, MKDS Info.
    pub struct DriverStatus, DriverStatusMut = "race_driver_status_t" [0x8C] {
        /// What the driver is doing in the race, 0 to 4; what each means is unknown.
        Headers state @ 0x0: u32,
        /// Frames since the lap began.
        Headers lap_frame_counter @ 0x4: u32,
        Unnamed field_8 @ 0x8: u32,
        /// The laps' times, 0 for those to come.
        Tools lap_times @ 0xC: [RaceTime; 5],
        /// The time of the race.
        Tools total_time @ 0x20: RaceTime,
        /// The lap, from 0.
        Tools lap("curLap") @ 0x24: i32,
        /// Frames in the first place.
        Headers first_place_time @ 0x28: u32,
        /// The time of the race, milliseconds.
        Headers total_milliseconds @ 0x2C: u32,
        /// How the driver races.
        Headers flags @ 0x30: DriverStatusFlags,
        /// The checkpoint that the driver is in.
        Tools checkpoint("curCpoi") @ 0x32: u16,
        /// The last key checkpoint passed in order.
        Tools last_correct_key_point @ 0x34: i16,
        /// The last key checkpoint passed.
        Tools key_point("curKeyPoint") @ 0x36: i16,
        /// The path of [`Self::checkpoint`].
        Headers checkpoint_path("curCpat") @ 0x38: u16,
        /// The highest lap reached.
        Headers highest_reached_lap @ 0x3A: u16,
        /// The place, and the driver's number.
        Headers place_and_driver("place") @ 0x3C: PlaceAndDriver,
        /// Points for skill.
        Headers skill_rank_points @ 0x3E: i16,
        /// How far through [`Self::checkpoint`] the driver is, 0 to 1.
        Tools checkpoint_progress("cpoiProgress") @ 0x40: Fx32,
        /// How much of the race is done, 1 at the finish.
        Tools race_progress @ 0x44: Fx32,
        /// How much of the lap is done, 0 to 1.
        Tools lap_progress @ 0x48: Fx32,
        /// The checkpoints passed, a bit each.
        Headers checkpoint_mask("cpoiMask") @ 0x4C: [u32; 16],
    }
}

impl DriverStatus<'_> {
    /// The place in the race, from 0.
    #[must_use]
    pub fn place(&self) -> usize {
        usize::from(self.place_and_driver().place())
    }

    /// The driver's number in the race.
    #[must_use]
    pub fn driver_id(&self) -> usize {
        usize::from(self.place_and_driver().driver_id())
    }
}

view! {
    /// The race's clock.
    /// Source: HaroohiePals headers.
    pub struct RaceClock, RaceClockMut = "race_status_time_t" [0xC] {
        /// Frames that the clock has run.
        Headers frames("frameCounter") @ 0x0: u32,
        /// 1 while the clock runs, 0 while not.
        Headers running("timeRunning") @ 0x4: i32,
        /// The clock's time.
        Headers lap_time @ 0x8: RaceTime,
    }
}

view! {
    /// Random numbers: a state that becomes state * `multiplier` + `increment`, modulo 2^64, of
    /// which the high word is drawn. Numbers of 64 bits are in two words, the low one first.
    /// Source: HaroohiePals headers; the algorithm is that of the console's library.
    pub struct RandomNumbers, RandomNumbersMut = "MATHRandContext32" [0x18] {
        /// The state.
        Headers state("x") @ 0x0: [u32; 2],
        /// What it is multiplied by.
        Headers multiplier("mul") @ 0x8: [u32; 2],
        /// What is added to it.
        Headers increment("add") @ 0x10: [u32; 2],
    }
}

view! {
    /// How the race stands.
    /// Source: HaroohiePals headers, MKDS Info.
    pub struct RaceStatus, RaceStatusMut = "race_status_t" [0x528] {
        /// The time that ranks the cup.
        Headers rank_time_cup("rankTimeGp") @ 0xC: u16,
        /// How many drivers have finished.
        Headers finished_driver_count @ 0xE: u16,
        Unnamed field_10 @ 0x10: u16,
        /// The driver in each place, from the first.
        Headers drivers_by_place("placeDriverIds") @ 0x474: [i8; 8],
        /// What the random numbers began with.
        Headers rng_seed @ 0x494: u32,
        /// The table of [`Self::rank_time_cup`].
        Headers rank_time_cup_table("rankTimeGpRtt") @ 0x4C8: To<RankTimes<'static>>,
        /// 1 once the results were stored, 0 before.
        Headers results_stored @ 0x4CC: i32,
        /// 1 once the camera's animation is over, 0 before.
        Headers camera_animation_complete("camAnimComplete") @ 0x4D0: i32,
        /// How much of the lap is done at each key checkpoint, 0 to 1.
        Headers key_point_progress("cpoiKeyPointProgress") @ 0x4D4: To<Fx32>,
        /// The table of points.
        Headers rank_point_table("rankPointRpt") @ 0x4DC: To<RankPoints<'static>>,
        /// The mission's result: 0 won.
        Headers mission_result @ 0x4E0: u32,
        /// 1 by the number of the checkpoint paths' steps.
        Headers inverse_checkpoint_path_count("oneDivCpatSegmentCount") @ 0x4E4: Fx32,
        /// 1 by the number of laps.
        Headers inverse_lap_count("oneDivNrLaps") @ 0x4E8: Fx32,
        /// 1 if [`Self::time_limit`] holds, 0 if not.
        Headers use_time_limit @ 0x4EC: i32,
        /// 1 while the drivers obey no input, 0 while they do.
        Headers uncontrollable @ 0x4F0: i32,
        /// The time limit.
        Headers time_limit @ 0x4F4: u32,
        Unnamed field_4f8 @ 0x4F8: u8,
        Unnamed field_4f9 @ 0x4F9: u8,
        /// Frames until the mission is won.
        Headers mission_win_delay("mrWinDelayCounter") @ 0x4FA: u16,
        /// Frames until the mission is lost.
        Headers mission_lose_delay("mrLoseDelayCounter") @ 0x4FC: u16,
    }
    structs {
        /// The race's clock.
        Headers clock("time") @ 0x0: [RaceClock, RaceClockMut],
        /// Random numbers that decide how the race goes: all consoles of a network draw the same.
        Headers safe_random("safeRng") @ 0x47C: [RandomNumbers, RandomNumbersMut],
        /// Random numbers that decide nothing.
        Headers random("randomRng") @ 0x498: [RandomNumbers, RandomNumbersMut],
        /// Random numbers that are the same in every race.
        Headers stable_random("stableRng") @ 0x4B0: [RandomNumbers, RandomNumbersMut],
        /// What the player's skill is worth.
        Headers skill_rank_points @ 0x500: [SkillRankPoints, SkillRankPointsMut],
        /// How the driver stands in the race.
        Tools driver("driverStatus") @ 0x14: [DriverStatus, DriverStatusMut; 8],
    }
}
