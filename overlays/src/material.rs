//! What surfaces look like: one colour a kind, wherever a course is drawn.

use drawing::Color;
use mkds_formats::kcl::CollisionType;

/// A colour and what it means.
pub(crate) type Entry = (Color, &'static str);

/// What stops karts.
pub(crate) const WALL: Color = Color::rgb8(0xFF, 0xB4, 0xA2);

/// How a surface is drawn, and what it is called.
pub(crate) fn material_of(material: CollisionType) -> Entry {
    match material {
        CollisionType::Road => (Color::rgb8(0x72, 0x7E, 0x90), "road"),
        CollisionType::SlipperyRoad | CollisionType::SlipperyRoad2 => {
            (Color::rgb8(0x8F, 0xB8, 0xDE), "slippery road")
        }
        CollisionType::WeakOffRoad => (Color::rgb8(0x8F, 0x9E, 0x4F), "weak off-road"),
        CollisionType::OffRoad => (Color::rgb8(0xB2, 0x8F, 0x5B), "off-road"),
        CollisionType::HeavyOffRoad => (Color::rgb8(0x3F, 0x6B, 0x3A), "heavy off-road"),
        CollisionType::BoostPanel | CollisionType::BoostPadMinimumSpeed => {
            (Color::rgb8(0xFF, 0x9F, 0x1C), "boost")
        }
        CollisionType::JumpPad => (Color::rgb8(0x2E, 0xC4, 0xB6), "jump pad"),
        CollisionType::FallsWater => (Color::rgb8(0x3B, 0x6F, 0xC4), "water"),
        CollisionType::OutOfBounds => (Color::rgb8(0x1D, 0x26, 0x33), "out of bounds"),
        wall if wall.is_wall() => (WALL, "wall"),
        _ => (Color::rgb8(0x8A, 0x7C, 0xA8), "other ground"),
    }
}
