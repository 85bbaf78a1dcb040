//! What races were worth: results, points and ranks.

use ram_views::field::Narrow;

use crate::main_ram::view;
use crate::race::choices::CourseId;
use crate::race::time::RaceTime;

view! {
    /// The results of a cup, or of a series of races.
    /// Source: HaroohiePals headers.
    pub struct RaceResults, RaceResultsMut = "race_results_t" [0x168] {
        /// The points for skill of all races.
        Headers total_skill_rank_points @ 0x140: u32,
        Unnamed field_164 @ 0x164: u32,
    }
    structs {
        /// The results of the driver `column` after the race `row` of the cup.
        Headers driver("driverResults") @ 0x0: [[DriverResult, DriverResultMut; 8]; 4],
        /// The results of the team `column` after the race `row` of the cup.
        Headers team("teamResults") @ 0x144: [[TeamResult, TeamResultMut; 2]; 4],
    }
}

view! {
    /// A driver's result in a race.
    /// Source: HaroohiePals headers.
    pub struct DriverResult, DriverResultMut = "race_driver_result_t" [0xA] {
        /// The points so far.
        Headers total_rank_points @ 0x0: u16,
        /// The place by them, from 0.
        Headers overall_place("globalPlace") @ 0x2: u8,
        /// The place in the race, from 0.
        Headers place @ 0x3: u8,
        /// The points of the race.
        Headers rank_points @ 0x4: u8,
        /// The races won so far.
        Headers win_count @ 0x5: u8,
        /// The time of the race.
        Headers race_time @ 0x6: RaceTime,
    }
}

view! {
    /// A team's result in a race.
    /// Source: HaroohiePals headers.
    pub struct TeamResult, TeamResultMut = "race_team_result_t" [0x4] {
        /// The points so far.
        Headers total_rank_points @ 0x0: u16,
        /// The races won so far.
        Headers win_count @ 0x2: u8,
        /// Flags; none is known.
        Headers flags @ 0x3: u8,
    }
}

view! {
    /// What the player's skill is worth: the rank of a cup is made of it.
    /// Source: HaroohiePals headers.
    pub struct SkillRankPoints, SkillRankPointsMut = "race_skill_rankpoints_t" [0x24] {
        /// Points for being faster than the time that ranks.
        Headers rank_time_points("rankTimeDeltaPoints") @ 0x0: i32,
        /// Points for the share of the race spent in the first place.
        Headers first_place_points("firstPlacePercentagePoints") @ 0x4: i32,
        /// Points for a boost at the start.
        Headers start_boost_points @ 0x8: i32,
        /// Points for mini-turbos.
        Headers power_slide_points @ 0xC: i32,
        /// Points for hitting others with items.
        Headers item_hit_points @ 0x10: i32,
        /// Points, negative, for the time off the road.
        Headers off_road_points("offRoadTimePoints") @ 0x14: i32,
        /// Points, negative, for hitting walls.
        Headers wall_hit_points @ 0x18: i32,
        /// Points, negative, for being hit.
        Headers damage_points @ 0x1C: i32,
        /// Points, negative, for respawns.
        Headers respawn_points @ 0x20: i32,
    }
}

view! {
    /// The table of points by place: a file.
    /// Source: HaroohiePals headers.
    pub struct RankPoints, RankPointsMut = "rankpoint_t" [0x10] {
        /// What the file is.
        Headers signature @ 0x0: u32,
        /// The file's size in bytes.
        Headers file_size @ 0x4: u32,
    }
    structs {
        /// The points by place. The file may have more of them behind this.
        Headers row("entries") @ 0x8: [RankPointRow, RankPointRowMut; 1],
    }
}

view! {
    /// Points by place.
    /// Source: HaroohiePals headers.
    pub struct RankPointRow, RankPointRowMut = "rankpoint_entry_t" [0x8] {
        /// The points of each place, from the first.
        Headers points @ 0x0: [u8; 8],
    }
}

view! {
    /// The table that ranks the player's skill: a file.
    /// Source: HaroohiePals headers.
    pub struct RankTimes, RankTimesMut = "ranktime_gp_t" [0x24] {
        /// What the file is.
        Headers signature @ 0x0: u32,
        /// The file's size in bytes.
        Headers file_size @ 0x4: u32,
        /// How many courses it has times of.
        Headers course_count @ 0x8: u16,
        /// What time is worth: see [`SkillRankPoints::rank_time_points`].
        Headers rank_time_factor("rankTimeDeltaFactor") @ 0xA: u16,
        /// See [`SkillRankPoints::first_place_points`].
        Headers first_place_factor("firstPlacePercentageFactor") @ 0xC: u16,
        /// See [`SkillRankPoints::start_boost_points`].
        Headers start_boost_factor @ 0xE: u16,
        /// See [`SkillRankPoints::power_slide_points`].
        Headers power_slide_factor @ 0x10: u16,
        /// See [`SkillRankPoints::item_hit_points`].
        Headers item_hit_factor @ 0x12: u16,
        /// See [`SkillRankPoints::off_road_points`].
        Headers off_road_factor("offRoadTimeFactor") @ 0x14: u16,
        /// See [`SkillRankPoints::wall_hit_points`].
        Headers wall_hit_factor @ 0x16: u16,
        /// See [`SkillRankPoints::damage_points`].
        Headers damage_factor @ 0x18: u16,
        /// See [`SkillRankPoints::respawn_points`].
        Headers respawn_factor @ 0x1A: u16,
    }
    structs {
        /// The times of the first course; those of the others follow it.
        Headers course("courseRankTimes") @ 0x1C: [CourseRankTimes, CourseRankTimesMut; 1],
    }
}

view! {
    /// The times that rank on a course.
    /// Source: HaroohiePals headers.
    pub struct CourseRankTimes, CourseRankTimesMut = "ranktime_gp_entry_t" [0x8] {
        /// The course.
        Headers course_id @ 0x0: Narrow<u8, CourseId>,
        /// The time at 50 cc.
        Headers rank_time_50cc @ 0x2: u16,
        /// The time at 100 cc.
        Headers rank_time_100cc @ 0x4: u16,
        /// The time at 150 cc.
        Headers rank_time_150cc @ 0x6: u16,
    }
}
