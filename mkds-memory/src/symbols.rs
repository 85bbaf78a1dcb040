//! Where the game keeps its structures, and how the regions differ.
//!
//! Addresses are the US game's (AMCE). The European and Japanese games keep the same structures
//! a constant distance away; a word of the program tells that distance. The Korean game (AMCK)
//! keeps some elsewhere: reading those is [`ram_views::Error::UnknownSymbol`].
//!
//! The symbols are data: `symbols.toml` beside this crate's manifest, which other tools can read
//! too. Source: HaroohiePals headers, MKDS Info, py-desmume-mkds.

use ram_views::layout::Source;
use ram_views::pointer::Pointee;
pub use ram_views::symbol::{Confidence, Count, Holds, Program, Symbol};
use ram_views::symbol::{Image, ImageMut};

use crate::error::{Error, Result};
use crate::main_ram::{MainRam, RAM_BASE, RAM_SIZE};
pub use crate::main_ram::{REGION_WORD, US_REGION_WORD};
use crate::region::Region;

/// Where the console keeps the game code of the ROM's header.
const GAME_CODE: u32 = 0x023F_FE0C;

include!(concat!(env!("OUT_DIR"), "/symbols.rs"));

impl Region {
    /// The region whose [`REGION_WORD`] holds `word` and whose header names the game `code`.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownRegion`] if a symbol would lie outside main RAM or off its alignment.
    pub fn new(word: u32, code: [u8; 4]) -> Result<Self> {
        if word == US_REGION_WORD {
            // Its symbols lie where they are declared.
            return Ok(Self::at(0, code));
        }
        let unknown = Error::UnknownRegion { found: word };
        let delta = i64::from(word) - i64::from(US_REGION_WORD);
        let ram = i64::from(RAM_BASE)..=i64::from(RAM_BASE) + RAM_SIZE as i64;
        let inside = |symbol: &Symbol| {
            let moved = i64::from(symbol.address) + delta;
            ram.contains(&moved) && ram.contains(&(moved + symbol.size() as i64))
        };
        if delta % 4 != 0 || !ALL.iter().all(inside) {
            return Err(unknown);
        }
        i32::try_from(delta)
            .map(|delta| Self::at(delta, code))
            .map_err(|_| unknown)
    }

    /// The region of the game in an image of main RAM.
    fn of(ram: &ram_views::Ram<'_, MainRam>) -> Result<Self> {
        let word = |address| ram.value::<u32>(address).unwrap_or_default();
        Self::new(word(REGION_WORD), word(GAME_CODE).to_le_bytes())
    }
}

impl Program for Region {
    type Memory = MainRam;
    type Error = Error;

    fn image(bytes: &[u8]) -> Result<Image<'_, Self>> {
        let ram = ram_views::Ram::new(bytes)?;
        Ok(Image::new(ram, Self::of(&ram)?))
    }

    fn image_mut(bytes: &mut [u8]) -> Result<ImageMut<'_, Self>> {
        let region = Self::image(bytes)?.program();
        Ok(ImageMut::new(ram_views::RamMut::new(bytes)?, region))
    }

    fn symbols() -> &'static [Symbol] {
        ALL
    }

    fn address(self, symbol: &Symbol) -> ram_views::Result<u32> {
        let unknown = symbol
            .unknown_in
            .iter()
            .find(|code| code.as_bytes() == self.game_code());
        match unknown {
            Some(code) => Err(ram_views::Error::UnknownSymbol {
                symbol: symbol.name,
                code,
            }),
            None => Ok(symbol.address.wrapping_add_signed(self.delta())),
        }
    }

    fn publishers(source: Source) -> &'static str {
        match source {
            Source::Tools => "published tools, HaroohiePals headers",
            Source::Published => "a published tool or write-up",
            _ => "HaroohiePals headers",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ram_views::layout::Type;

    #[test]
    fn symbols_are_in_order_and_apart_inside_main_ram() {
        let end = |symbol: &Symbol| symbol.address as usize + symbol.size();
        let whole: Vec<&Symbol> = ALL
            .iter()
            .filter(|symbol| symbol.inside.is_none())
            .collect();
        for pair in whole.windows(2) {
            assert!(end(pair[0]) <= pair[1].address as usize, "{pair:?}");
        }
        for part in ALL.iter().filter(|symbol| symbol.inside.is_some()) {
            let outer = ALL.iter().find(|symbol| Some(symbol.name) == part.inside);
            let outer = outer.expect("a symbol is inside one that is");
            assert!(
                part.address >= outer.address && end(part) <= end(outer),
                "{part:?}"
            );
        }
        for symbol in ALL {
            assert!(symbol.address >= RAM_BASE && end(symbol) <= RAM_BASE as usize + RAM_SIZE);
            assert!(
                (symbol.address as usize).is_multiple_of(symbol.target.align),
                "{symbol:?}"
            );
        }
    }

    #[test]
    fn symbols_have_names_of_their_own_and_say_what_they_are() {
        for (index, symbol) in ALL.iter().enumerate() {
            let others = &ALL[index + 1..];
            assert!(
                others
                    .iter()
                    .all(|other| other.name != symbol.name && other.path != symbol.path)
            );
            assert!(
                symbol.description.ends_with('.') && !symbol.source.is_empty(),
                "{symbol:?}"
            );
            let ty = match symbol.target.ty {
                Type::Struct(layout) => layout().published.to_owned(),
                ty => ty.to_string(),
            };
            assert_eq!(symbol.ty, ty, "{}", symbol.name);
        }
    }

    #[test]
    fn a_region_moves_every_symbol_or_is_refused() {
        assert_eq!(Region::new(US_REGION_WORD, *b"AMCE"), Ok(Region::US));
        let moved = Region::new(US_REGION_WORD + 0x40, *b"AMCP").expect("a near region");
        for symbol in ALL {
            assert_eq!(moved.address(symbol), Ok(symbol.address + 0x40));
        }
        for word in [
            0,
            u32::MAX,
            0xDEAD_BEEC,
            US_REGION_WORD + 1,
            US_REGION_WORD + 0x4_0000,
        ] {
            assert_eq!(
                Region::new(word, *b"AMCE"),
                Err(Error::UnknownRegion { found: word })
            );
        }
    }

    #[test]
    fn what_the_korean_game_keeps_elsewhere_is_named() {
        let korea = Region::new(US_REGION_WORD + 0x40, *b"AMCK").expect("a near region");
        assert_eq!(korea.address(&DRIVERS), Ok(DRIVERS.address + 0x40));
        let error = korea.address(&RACE_STATUS).expect_err("it lies elsewhere");
        assert_eq!(
            error.to_string(),
            "race_status: its address in the game AMCK is unknown"
        );
    }
}
