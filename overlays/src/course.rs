//! A course, as overlays and maps draw it.

use drawing::Color;
use track::{Surface, Track};

/// How a surface is drawn, and what it is called.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Material {
    /// The colour that it is filled with.
    pub color: Color,
    /// Its name, in lower case.
    pub name: &'static str,
}

/// A colour of [`Material`]s, each part 0..=255.
const fn material(name: &'static str, red: u8, green: u8, blue: u8) -> Material {
    Material {
        color: Color::rgb8(red, green, blue),
        name,
    }
}

impl Material {
    /// What stops karts.
    pub const WALL: Self = material("wall", 0xFF, 0xB4, 0xA2);
    /// Road.
    pub const ROAD: Self = material("road", 0x72, 0x7E, 0x90);
    /// Slippery road.
    pub const SLIPPERY_ROAD: Self = material("slippery road", 0x8F, 0xB8, 0xDE);
    /// Off-road that slows a little.
    pub const WEAK_OFF_ROAD: Self = material("weak off-road", 0x8F, 0x9E, 0x4F);
    /// Off-road.
    pub const OFF_ROAD: Self = material("off-road", 0xB2, 0x8F, 0x5B);
    /// Off-road that slows a lot.
    pub const HEAVY_OFF_ROAD: Self = material("heavy off-road", 0x3F, 0x6B, 0x3A);
    /// What speeds karts up.
    pub const BOOST: Self = material("boost", 0xFF, 0x9F, 0x1C);
    /// What throws karts into the air.
    pub const JUMP_PAD: Self = material("jump pad", 0x2E, 0xC4, 0xB6);
    /// Water into which karts fall.
    pub const WATER: Self = material("water", 0x3B, 0x6F, 0xC4);
    /// Ground from which karts are put back. It may reach to the horizon: maps do not show all of it.
    pub const OUT_OF_BOUNDS: Self = material("out of bounds", 0x1D, 0x26, 0x33);
    /// Any other ground.
    pub const OTHER: Self = material("other ground", 0x8A, 0x7C, 0xA8);
}

/// A course.
#[derive(Debug, Clone, Copy)]
pub struct Course<'a> {
    /// The game's number for it; `None` if that is not known.
    pub id: Option<u32>,
    /// Its geometry.
    pub track: &'a Track,
    /// The paths of the computer's drivers, points in units.
    pub paths: &'a [Vec<[f32; 3]>],
    /// How the game's surfaces are drawn; `None` for one that the game does not have.
    pub material: fn(Surface) -> Option<Material>,
}
