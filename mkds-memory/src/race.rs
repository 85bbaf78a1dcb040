//! The structures of a race: its drivers, their progress, its clock and its configuration.

use bitflags::bitflags;
use nds_formats::fx::{Fx32, VecFx16};
use ram_views::pointer::To;
use ram_views::{bit_fields, flags_value};

use crate::main_ram::view;
use crate::results::{RankPoints, RankTimes, SkillRankPoints, SkillRankPointsMut};

pub(crate) mod choices;
mod config;
pub(crate) mod time;
pub use choices::*;
pub use config::*;
pub use time::RaceTime;

/// The most drivers that a race has.
pub const MAX_DRIVERS: usize = 8;

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
