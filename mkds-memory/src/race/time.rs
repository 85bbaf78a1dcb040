//! Times.

use ram_views::layout::{Layout, Type};
use ram_views::{parts, wrapped_value};

use crate::main_ram::MainRam;

/// A time as the race keeps it (`race_time_t`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RaceTime {
    /// 0 to 999.
    pub milliseconds: u16,
    /// Whole minutes.
    pub minutes: u8,
    /// 0 to 59.
    pub seconds: u8,
}

impl RaceTime {
    /// The whole time in milliseconds.
    #[must_use]
    pub fn total_milliseconds(self) -> u32 {
        (u32::from(self.minutes) * 60 + u32::from(self.seconds)) * 1000
            + u32::from(self.milliseconds)
    }
}

wrapped_value!(
    MainRam;
    RaceTime: [u16; 2],
    Type::Struct(|| &RACE_TIME),
    |[milliseconds, rest]| {
        let [minutes, seconds] = rest.to_le_bytes();
        RaceTime { milliseconds, minutes, seconds }
    },
    |time| [time.milliseconds, u16::from_le_bytes([time.minutes, time.seconds])]
);

static RACE_TIME: Layout = parts!(MainRam; "RaceTime" = "race_time_t", "A time." {
    "milliseconds" @ 0: u16, "0 to 999.";
    "minutes" @ 2: u8, "Whole minutes.";
    "seconds" @ 3: u8, "0 to 59.";
});
