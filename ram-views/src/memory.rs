//! Where a console's RAM lies, and how an image of it keeps numbers.

/// A console's RAM.
pub trait Memory: 'static {
    /// The console's address of its first byte.
    const BASE: u32;
    /// Its size in bytes: a multiple of the order's [`UNIT`](ByteOrder::UNIT). `BASE + SIZE` fits a `u32`.
    const SIZE: usize;
    /// The sizes in bytes of the dumps that programs write of it. It is the first [`SIZE`](Self::SIZE) bytes of each.
    const DUMP_SIZES: &'static [usize] = &[Self::SIZE];
    /// How an image of it keeps numbers.
    type Order: ByteOrder;

    /// The memory in a dump; `None` if it has none of the [`DUMP_SIZES`](Self::DUMP_SIZES).
    #[must_use]
    fn in_dump(dump: &[u8]) -> Option<&[u8]> {
        Self::DUMP_SIZES
            .contains(&dump.len())
            .then(|| &dump[..Self::SIZE])
    }
}

/// How an image of RAM keeps numbers. An offset is a console address less that of the image's first byte.
pub trait ByteOrder: 'static {
    /// Structures begin at multiples of so many bytes, and are multiples of it long: no byte of a
    /// structure then lies outside its part of the image.
    const UNIT: usize;

    /// The number of `K` bytes at `offset`, least significant byte first.
    ///
    /// # Panics
    ///
    /// It leaves `image`, or `image` does not begin and end at multiples of [`Self::UNIT`].
    fn load<const K: usize>(image: &[u8], offset: usize) -> [u8; K];

    /// Puts a number of `K` bytes, least significant byte first, at `offset`.
    ///
    /// # Panics
    ///
    /// As [`Self::load`].
    fn store<const K: usize>(image: &mut [u8], offset: usize, number: [u8; K]);
}

/// A little-endian console, byte after byte: the DS.
pub struct LittleEndian;

impl ByteOrder for LittleEndian {
    const UNIT: usize = 1;

    #[inline(always)]
    fn load<const K: usize>(image: &[u8], offset: usize) -> [u8; K] {
        let mut number = [0; K];
        number.copy_from_slice(&image[offset..offset + K]);
        number
    }

    #[inline(always)]
    fn store<const K: usize>(image: &mut [u8], offset: usize, number: [u8; K]) {
        image[offset..offset + K].copy_from_slice(&number);
    }
}

/// A big-endian console whose RAM an emulator keeps in 32-bit words of its own, little-endian host:
/// the bytes of each word are in reverse, so that the byte of the console's address `a` lies at `a ^ 3`
/// and the halfword at `a ^ 2`. Mupen64Plus keeps the N64's RDRAM so.
///
/// Structures in it begin at words and are whole words, which [`view!`](crate::view!) and pointers check:
///
/// ```compile_fail
/// use ram_views::{Memory, WordSwapped, view};
///
/// pub struct Rdram;
///
/// impl Memory for Rdram {
///     const BASE: u32 = 0x8000_0000;
///     const SIZE: usize = 0x40_0000;
///     type Order = WordSwapped;
/// }
///
/// view! {
///     Rdram;
///     /// Three halfwords: its size must be 8.
///     pub struct Rotation, RotationMut = "rotation_t" [0x6] {
///         /// The yaw.
///         Headers yaw @ 0x2: i16,
///     }
/// }
/// ```
pub struct WordSwapped;

/// The byte in an image of swapped words that has this offset on the console.
const fn swapped(offset: usize) -> usize {
    offset ^ 3
}

impl ByteOrder for WordSwapped {
    const UNIT: usize = 4;

    #[inline(always)]
    fn load<const K: usize>(image: &[u8], offset: usize) -> [u8; K] {
        let mut number = [0; K];
        for (significance, byte) in number.iter_mut().enumerate() {
            *byte = image[swapped(offset + K - 1 - significance)];
        }
        number
    }

    #[inline(always)]
    fn store<const K: usize>(image: &mut [u8], offset: usize, number: [u8; K]) {
        for (significance, byte) in number.into_iter().enumerate() {
            image[swapped(offset + K - 1 - significance)] = byte;
        }
    }
}
