//! The console's main RAM: where it lies, and the word in it that tells the builds of the game apart.

use ram_views::{LittleEndian, Memory};

/// The console's address of main RAM.
pub const RAM_BASE: u32 = 0x0200_0000;

/// Main RAM's size in bytes.
pub const RAM_SIZE: usize = 0x40_0000;

/// The DS's main RAM.
pub struct MainRam;

impl Memory for MainRam {
    const BASE: u32 = RAM_BASE;
    const SIZE: usize = RAM_SIZE;
    const DUMP_SIZES: &'static [usize] = &[RAM_SIZE, LARGE_DUMP_SIZE];
    type Order = LittleEndian;
}

/// An image of main RAM, which need not hold the game.
pub type MainRamImage<'a> = ram_views::Ram<'a, MainRam>;

/// Declares a structure in main RAM, as [`ram_views::view!`] does.
macro_rules! view {
    ($($declaration:tt)*) => {
        ram_views::view! { $crate::main_ram::MainRam; $($declaration)* }
    };
}
pub(crate) use view;

/// The size of the dumps of programs that write main RAM with room for a developer's console, bytes.
const LARGE_DUMP_SIZE: usize = 4 * RAM_SIZE;

/// The word that tells the regions apart: it holds an address of the game's own data.
pub const REGION_WORD: u32 = 0x0200_0B54;

/// What the US game's [`REGION_WORD`] holds.
pub const US_REGION_WORD: u32 = 0x0216_F320;
