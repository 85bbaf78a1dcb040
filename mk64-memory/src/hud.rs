//! The displays of lap and time.

use crate::rdram::view;

/// The laps of a race.
pub const LAPS: usize = 3;

view! {
    /// A player's display. Times are in centiseconds.
    pub struct Hud, HudMut = "hud_player" [0x84] {
        /// The time of the race.
        Headers total_time("someTimer") @ 0x8: u32,
        /// The time when the line was last crossed.
        Headers last_line_time("someTimer1") @ 0x10: u32,
        /// The time at the end of each lap.
        Headers lap_completion_times @ 0x14: [u32; 3],
        /// How long each lap took.
        Headers lap_durations @ 0x20: [u32; 3],
        /// 1 once the race is driven.
        Headers race_complete("raceCompleteBool") @ 0x70: i8,
        /// The lap, from 0.
        Headers lap("lapCount") @ 0x71: i8,
    }
}
