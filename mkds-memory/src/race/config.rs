//! What was chosen in the menus.

use bitflags::bitflags;
use ram_views::field::Narrow;
use ram_views::pointer::To;
use ram_views::{enumeration, flags_value};

use crate::main_ram::view;
use crate::objects::kinds::MapObjectKind;
use crate::race::choices::{
    BattleMode, Character, CourseId, CourseMode, Cup, Difficulty, DisplayMode, DriverKind,
    EngineClass, GhostKind, Kart, RaceMode, Rules,
};
use crate::race::time::RaceTime;

enumeration! {
    /// What a mission asks for. Source: HaroohiePals headers.
    pub struct MissionTask: u8 {
        GATES = 0, "Drive through all gates.";
        COINS = 1, "Collect coins.";
        LAPS = 2, "Drive laps.";
        DESTROY = 3, "Destroy objects.";
        MINI_TURBOS = 4, "Make mini-turbos.";
        NONE = 5, "Nothing.";
        FINISH_FIRST = 6, "Reach the finish before the opponent.";
        BOSS = 7, "Fight a boss.";
    }
}

bitflags! {
    /// What a mission forbids or changes. Bits without a name keep their value.
    /// Source: HaroohiePals headers.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct MissionFlags: u16 {
        /// Driving forwards is of no use.
        const NO_FORWARD = 0x1;
        /// It is lost by being hit.
        const DAMAGE_FORBIDDEN = 0x2;
        /// It is lost by hitting a wall.
        const WALL_HIT_FORBIDDEN = 0x4;
        /// It is lost by falling off.
        const RESPAWN_FORBIDDEN = 0x8;
        /// The course is mirrored.
        const MIRROR = 0x10;
        /// The course is driven backwards.
        const BACKWARDS = 0x20;
        const _ = !0;
    }
}

flags_value!(MissionFlags: u16);

view! {
    /// Who drives, and what.
    /// Source: HaroohiePals headers, MKDS Info.
    pub struct DriverConfig, DriverConfigMut = "race_config_driver_t" [0x30] {
        /// The character.
        Tools character @ 0x0: Character,
        /// The kart.
        Tools kart @ 0x4: Kart,
        /// Player, computer or ghost.
        Headers kind("type") @ 0x8: DriverKind,
        /// The team; -1 for none.
        Headers team @ 0xC: i32,
        Unnamed field_10 @ 0x10: u32,
        /// The driver's number in the race.
        Headers driver_index @ 0x14: u32,
        /// Which ghost it is, if it is one.
        Headers ghost_kind("ghostType") @ 0x18: GhostKind,
        Unnamed field_1c @ 0x1C: u16,
        Unnamed field_1e @ 0x1E: i8,
        Unnamed field_1f @ 0x1F: u8,
        /// The name, UTF-16, which ends with a zero.
        Headers nickname @ 0x20: To<u16>,
        /// The emblem's picture.
        Headers emblem("emblemTex") @ 0x24: To<u8>,
        Unnamed field_28 @ 0x28: u32,
        /// 1 if the emblem is drawn by the player, 0 if not.
        Headers use_custom_emblem @ 0x2C: u8,
        Unnamed field_2d @ 0x2D: u8,
        Unnamed field_2e @ 0x2E: u8,
        Unnamed field_2f @ 0x2F: u8,
    }
}

view! {
    /// A mission.
    /// Source: HaroohiePals headers.
    pub struct MissionConfig, MissionConfigMut = "mission_config_t" [0x2C] {
        /// The time it may take.
        Headers time_limit @ 0x0: u16,
        /// The time that ranks it.
        Headers rank_time @ 0x2: u16,
        /// What may be added to that.
        Headers time_tolerance @ 0x4: i16,
        /// Its number.
        Headers id @ 0x6: u8,
        /// What it asks for.
        Headers task @ 0x7: MissionTask,
        /// The course.
        Headers course @ 0x8: Narrow<u8, CourseId>,
        /// The engines' class.
        Headers cc_mode @ 0x9: Narrow<u8, EngineClass>,
        /// The character.
        Headers character @ 0xA: Narrow<u8, Character>,
        /// The kart.
        Headers kart @ 0xB: Narrow<u8, Kart>,
        /// Its text in the menu.
        Headers menu_id @ 0xC: u8,
        Unnamed field_d @ 0xD: u8,
        /// Which parameters the camera has.
        Headers camera_parameters("camParamsIdx") @ 0xE: u8,
        /// How many of what it asks for it takes.
        Headers target_value @ 0xF: u8,
        /// Frames from the last of them to the win.
        Headers win_delay @ 0x10: u16,
        /// The map objects that it asks for.
        Headers object_ids @ 0x14: [MapObjectKind; 4],
        /// What it forbids or changes.
        Headers flags @ 0x1C: MissionFlags,
        /// The opponent's character.
        Headers enemy_character @ 0x1E: Narrow<u8, Character>,
        /// The opponent's kart.
        Headers enemy_kart @ 0x1F: Narrow<u8, Kart>,
        /// Its name, ASCII, zeros behind it.
        Headers name @ 0x20: [u8; 12],
    }
}

view! {
    /// What was chosen in the menus.
    /// Source: HaroohiePals headers, MKDS Info.
    pub struct RaceConfig, RaceConfigMut = "race_config_t" [0x1E8] {
        /// The course.
        Tools course @ 0x0: CourseId,
        /// The cup.
        Headers cup @ 0x4: Cup,
        /// What is raced for.
        Headers race_mode @ 0x8: RaceMode,
        /// What the screens show.
        Headers display_mode @ 0xC: DisplayMode,
        /// The engines' class.
        Headers cc_mode @ 0x10: EngineClass,
        /// How hard the computer drives.
        Headers cpu_mode @ 0x14: Difficulty,
        /// What a battle is about.
        Headers battle_mode("mgMode") @ 0x18: BattleMode,
        /// What ends a series of races.
        Headers rules @ 0x1C: Rules,
        /// How courses are chosen.
        Headers course_mode @ 0x20: CourseMode,
        /// The ghost to race.
        Headers time_trial_ghost("taGhost") @ 0x24: GhostKind,
        /// The mission's level.
        Headers mission_level("mrLevel") @ 0x54: i8,
        /// The mission's number in its level.
        Headers mission_index("mrIndex") @ 0x55: i8,
        Unnamed field_56 @ 0x56: u8,
        /// 1 if the course is mirrored, 0 if not.
        Headers is_mirror @ 0x57: i8,
        /// 1 if teams race, 0 if not.
        Headers teams @ 0x58: i8,
        Unnamed field_59 @ 0x59: u8,
        Unnamed field_5a @ 0x5A: u8,
        Unnamed field_5b @ 0x5B: u8,
        /// What the random numbers begin with.
        Headers rng_seed @ 0x5C: u32,
        /// The race's number in the cup.
        Headers race_number("raceNr") @ 0x60: u16,
        /// The player's driver.
        Headers player_driver("playerDriverId") @ 0x62: i8,
        /// The first driver of the computer.
        Headers computer_driver("cpuDriverId") @ 0x63: u8,
        /// Laps to drive, if not the course's own number.
        Headers lap_count_override @ 0x64: i8,
        Unnamed field_65 @ 0x65: u8,
    }
    structs {
        /// The mission.
        Headers mission("mrConfig") @ 0x28: [MissionConfig, MissionConfigMut],
        /// Who drives, and what.
        Tools driver("drivers") @ 0x68: [DriverConfig, DriverConfigMut; 8],
    }
}

view! {
    /// What was chosen in the menus, for this race and the next. What
    /// [`crate::symbols::RACE_CONFIG`] leads to is the start of one.
    /// Source: HaroohiePals headers.
    pub struct MultiConfig, MultiConfigMut = "race_multi_config_t" [0x400] {
        /// How many drivers race.
        Headers driver_count @ 0x3D0: u8,
        Unnamed field_3d1 @ 0x3D1: u8,
        /// How many drivers race for each team.
        Headers team_driver_counts("teamDriverCount") @ 0x3D2: [u8; 2],
        Unnamed field_3d4 @ 0x3D4: u8,
        Unnamed field_3d5 @ 0x3D5: [i8; 2],
        Unnamed field_3d7 @ 0x3D7: u8,
        /// How many races or wins end the series: see [`Rules`].
        Headers race_or_win_count("nrRacesNrWins") @ 0x3D8: u16,
        /// The courses to come, 33 at most.
        Headers course_queue @ 0x3DC: To<u8>,
        /// The next of them.
        Headers course_queue_index("courseQueueIdx") @ 0x3E0: u8,
        Unnamed field_3e1 @ 0x3E1: u8,
        /// The time of the player's own ghost.
        Headers personal_ghost_time @ 0x3E2: RaceTime,
        /// 1 if there is one, 0 if not.
        Headers has_personal_ghost("personalGhostAvailable") @ 0x3E6: u8,
        /// The time of the ghost to race.
        Headers ghost_time @ 0x3E8: RaceTime,
        /// Its laps' times.
        Headers ghost_lap_times @ 0x3EC: [RaceTime; 5],
    }
    structs {
        /// This race.
        Headers current @ 0x0: [RaceConfig, RaceConfigMut],
        /// The next race: the menus write it.
        Headers next @ 0x1E8: [RaceConfig, RaceConfigMut],
    }
}
