//! The picture that the console's video interface reads from RAM.

use crate::PICTURE_SIZE;

/// Registers of the video interface, as words from its first one (Nintendo 64 Programming Manual, "Video Interface").
const STATUS: usize = 0;
const ORIGIN: usize = 1;
const WIDTH: usize = 2;
const H_START: usize = 9;
const X_SCALE: usize = 12;
const Y_SCALE: usize = 13;
/// How many there are.
pub(crate) const REGISTERS: usize = 14;

/// Scales are counted in so many parts.
const ONE: usize = 1024;

/// Draws what the video interface shows of `ram` (host-order words): RGBA, rows from the top, black where it shows nothing.
/// Interpolation is left out.
pub(crate) fn scan_out(registers: &[u32; REGISTERS], ram: &[u8]) -> Vec<u8> {
    let [width, height] = PICTURE_SIZE;
    let mut picture = [0, 0, 0, 0xFF].repeat(width * height);
    let register = |number: usize| registers[number] as usize;
    let pixel_bytes = match register(STATUS) & 3 {
        2 => 2,
        3 => 4,
        _ => return picture,
    };
    if register(H_START) == 0 {
        return picture;
    }
    let origin = register(ORIGIN) & 0xFF_FFFF;
    for (place, pixel) in picture.chunks_exact_mut(4).enumerate() {
        // The interface shows twice as many columns as the picture has.
        let x = (place % width) * 2 * (register(X_SCALE) & 0xFFF) / ONE;
        let y = (place / width) * (register(Y_SCALE) & 0xFFF) / ONE;
        let address = origin + (y * (register(WIDTH) & 0xFFF) + x) * pixel_bytes;
        if let Some(colour) = colour(ram, address, pixel_bytes) {
            pixel[..3].copy_from_slice(&colour);
        }
    }
    picture
}

/// The colour of a pixel of two bytes (5 bits a channel) or four.
fn colour(ram: &[u8], address: usize, bytes: usize) -> Option<[u8; 3]> {
    let word = ram.get(address & !3..)?.first_chunk::<4>()?;
    let word = u32::from_ne_bytes(*word);
    if bytes == 4 {
        let [red, green, blue, _] = word.to_be_bytes();
        return Some([red, green, blue]);
    }
    let half = if address & 2 == 0 { word >> 16 } else { word };
    let channel = |shift: u32| {
        let five = half >> shift & 31;
        (five << 3 | five >> 2) as u8
    };
    Some([channel(11), channel(6), channel(1)])
}
