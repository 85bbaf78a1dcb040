//! Where the game keeps its structures.
//!
//! Addresses are the US game's, of which there is one revision. The other builds move all of them; none is known here.
//!
//! The symbols are data: `symbols.toml` beside this crate's manifest, which other tools can read too.

use ram_views::layout::Source;
use ram_views::pointer::{Pointee, To};
pub use ram_views::symbol::{Confidence, Count, Holds, Symbol};
use ram_views::symbol::{Image, ImageMut, Program};

use crate::game::{
    CharacterMenu, CourseMenu, EngineClass, GameMode, GameState, MainMenu, Menu, RaceState,
};
use crate::ids::CourseId;
use crate::rdram::{Rdram, used};
use crate::{actor, camera, collision, controller, course_path, ghost, hud, player, save};

include!(concat!(env!("OUT_DIR"), "/symbols.rs"));

/// A build of the game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Build {
    /// The US game.
    Us,
}

impl Program for Build {
    type Memory = Rdram;
    type Error = ram_views::Error;

    fn image(bytes: &[u8]) -> ram_views::Result<Image<'_, Self>> {
        let ram = ram_views::Ram::new(&bytes[..used(bytes.len())])?;
        Ok(Image::new(ram, Self::Us))
    }

    fn image_mut(bytes: &mut [u8]) -> ram_views::Result<ImageMut<'_, Self>> {
        let used = used(bytes.len());
        let ram = ram_views::RamMut::new(&mut bytes[..used])?;
        Ok(ImageMut::new(ram, Self::Us))
    }

    fn symbols() -> &'static [Symbol] {
        ALL
    }

    fn address(self, symbol: &Symbol) -> ram_views::Result<u32> {
        Ok(symbol.address)
    }

    fn publishers(source: Source) -> &'static str {
        match source {
            Source::Tools => "published tools and headers",
            Source::Published => "a published tool or write-up",
            _ => "published headers",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rdram::{RAM_BASE, RAM_SIZE};
    use ram_views::layout::Type;

    #[test]
    fn symbols_are_in_order_and_apart_inside_ram() {
        let end = |symbol: &Symbol| symbol.address as usize + symbol.size();
        for pair in ALL.windows(2) {
            assert!(end(&pair[0]) <= pair[1].address as usize, "{pair:?}");
        }
        for symbol in ALL {
            assert!(symbol.address >= RAM_BASE && end(symbol) <= RAM_BASE as usize + RAM_SIZE);
            let align = match symbol.holds {
                Holds::Pointer => 4,
                Holds::Value => symbol.target.align,
            };
            assert!(
                (symbol.address as usize).is_multiple_of(align),
                "{symbol:?}"
            );
        }
    }

    #[test]
    fn symbols_have_names_of_their_own_and_say_what_they_are() {
        for (index, symbol) in ALL.iter().enumerate() {
            assert!(
                ALL[index + 1..]
                    .iter()
                    .all(|other| other.name != symbol.name)
            );
            assert!(symbol.description.ends_with('.') && !symbol.source.is_empty());
            let ty = match symbol.target.ty {
                Type::Struct(layout) => layout().published.to_owned(),
                ty => ty.to_string(),
            };
            assert_eq!(symbol.ty, ty, "{}", symbol.name);
        }
    }
}
