//! Where the game keeps its structures, and how the regions differ.
//!
//! Addresses are the US game's (AMCE). The European and Japanese games keep the same structures
//! a constant distance away; a word of the program tells that distance.
//! Source: HaroohiePals headers, MKDS Info, py-desmume-mkds.

use crate::{Error, RAM_BASE, RAM_SIZE, Result};

/// The word that tells the regions apart: it holds an address of the game's own data.
pub const REGION_WORD: u32 = 0x0200_0B54;

/// What the US game's [`REGION_WORD`] holds.
pub const US_REGION_WORD: u32 = 0x0216_F320;

/// A structure, or a pointer to one, at a fixed address of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Symbol {
    /// The decompilation's name.
    pub name: &'static str,
    /// Its address in the US game.
    pub address: u32,
    /// Bytes at that address that belong to it.
    pub size: u32,
}

macro_rules! symbols {
    ($($(#[$doc:meta])* $constant:ident = $name:literal, $address:literal, $size:literal;)*) => {
        $($(#[$doc])* pub const $constant: Symbol =
            Symbol { name: $name, address: $address, size: $size };)*

        /// Every symbol, by address.
        pub const ALL: &[Symbol] = &[$($constant),*];
    };
}

symbols! {
    /// Pointer to `race_status_t`.
    RACE_STATUS = "race_status", 0x0217_55FC, 4;
    /// Pointer to `mdat_mapdata_t`.
    MAP_DATA = "map_data", 0x0217_5600, 4;
    /// Pointer to the raw input; its buttons are a u16 at +2.
    INPUT_OBJECT = "input", 0x0217_5604, 4;
    /// Pointer to the controller slots, 92 bytes each.
    CONTROLLER_SLOTS = "controller_slots", 0x0217_5608, 4;
    /// Pointer to the player's `input_rec_recording_t`.
    PLAYER_RECORDING = "player_recording", 0x0217_5630, 4;
    /// Pointer to the ghost's `input_rec_recording_t`.
    GHOST_RECORDING = "ghost_recording", 0x0217_568C, 4;
    /// Pointer to `race_config_t`.
    RACE_CONFIG = "race_config", 0x0217_59A0, 4;
    /// Pointer to the scene, its state a u32 at +0x10C.
    SCENE_STATE = "scene_state", 0x0217_59AC, 4;
    /// Pointer to `race_state_t`.
    RACE_STATE = "race_state", 0x0217_AA34, 4;
    /// Pointer to `camera_t`.
    CAMERA = "camera", 0x0217_AA4C, 4;
    /// How many drivers race.
    DRIVER_COUNT = "driver_count", 0x0217_ACF4, 4;
    /// Pointer to the drivers, `driver_t` each.
    DRIVERS = "drivers", 0x0217_ACF8, 4;
    /// `kcol_header_t`, in place.
    COLLISION_HEADER = "collision_header", 0x0217_B5F4, 0x3C;
    /// The course's id.
    COURSE_ID = "course_id", 0x023C_DCD8, 4;
}

/// The build of the game, by how far its structures lie from the US game's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region {
    delta: i32,
}

impl Region {
    /// The US game (AMCE).
    pub const US: Self = Self { delta: 0 };

    /// The region whose [`REGION_WORD`] holds `word`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRegion`] if a symbol would lie outside main RAM or off its alignment.
    pub fn from_word(word: u32) -> Result<Self> {
        let unknown = Error::UnknownRegion { found: word };
        let delta = i64::from(word) - i64::from(US_REGION_WORD);
        let ram = i64::from(RAM_BASE)..=i64::from(RAM_BASE) + RAM_SIZE as i64;
        let inside = |symbol: &Symbol| {
            let moved = i64::from(symbol.address) + delta;
            ram.contains(&moved) && ram.contains(&(moved + i64::from(symbol.size)))
        };
        if delta % 4 != 0 || !ALL.iter().all(inside) {
            return Err(unknown);
        }
        i32::try_from(delta)
            .map(|delta| Self { delta })
            .map_err(|_| unknown)
    }

    /// Bytes from the US game's structures to this region's.
    #[must_use]
    pub const fn delta(self) -> i32 {
        self.delta
    }

    /// Where `symbol` lies in this region.
    #[must_use]
    pub const fn address(self, symbol: &Symbol) -> u32 {
        symbol.address.wrapping_add_signed(self.delta)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_in_order_and_apart_inside_main_ram() {
        for pair in ALL.windows(2) {
            assert!(
                pair[0].address + pair[0].size <= pair[1].address,
                "{pair:?}"
            );
        }
        let last = ALL.last().map(|symbol| symbol.address + symbol.size);
        assert!(ALL[0].address >= RAM_BASE && last <= Some(RAM_BASE + RAM_SIZE as u32));
    }

    #[test]
    fn a_region_moves_every_symbol_or_is_refused() {
        assert_eq!(Region::from_word(US_REGION_WORD), Ok(Region::US));
        let moved = Region::from_word(US_REGION_WORD + 0x40).expect("a near region");
        assert_eq!(moved.address(&DRIVERS), DRIVERS.address + 0x40);
        for word in [
            0,
            u32::MAX,
            0xDEAD_BEEC,
            US_REGION_WORD + 1,
            US_REGION_WORD + 0x4_0000,
        ] {
            assert_eq!(
                Region::from_word(word),
                Err(Error::UnknownRegion { found: word })
            );
        }
    }
}
