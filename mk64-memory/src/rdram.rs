//! The console's RAM: where it lies, and how an emulator keeps it.

use ram_views::{Memory, WordSwapped};

/// The console's address of RAM, as the game's pointers have it (unmapped and cached).
pub const RAM_BASE: u32 = 0x8000_0000;

/// The size in bytes of the RAM that the game uses.
pub const RAM_SIZE: usize = 0x40_0000;

/// The size in bytes of a console's RAM with the expansion pak, which the game does not use.
const EXPANDED_SIZE: usize = 2 * RAM_SIZE;

/// The N64's RAM, as Mupen64Plus keeps it on a little-endian host: in words of the host.
#[derive(Debug)]
pub struct Rdram;

impl Memory for Rdram {
    const BASE: u32 = RAM_BASE;
    const SIZE: usize = RAM_SIZE;
    const DUMP_SIZES: &'static [usize] = &[RAM_SIZE, EXPANDED_SIZE];
    type Order = WordSwapped;
}

/// Declares a structure in RAM, as [`ram_views::view!`] does.
macro_rules! view {
    ($($declaration:tt)*) => {
        ram_views::view! { $crate::rdram::Rdram; $($declaration)* }
    };
}
pub(crate) use view;

/// How many bytes of an image of RAM, `length` bytes long, the game uses: of a console with the expansion pak, the
/// first half.
pub(crate) const fn used(length: usize) -> usize {
    match length {
        EXPANDED_SIZE => RAM_SIZE,
        other => other,
    }
}
