//! How surfaces are drawn.

use drawing::Color;
use mk64_memory::ids::SurfaceType;
use overlays::Material;
use track::Surface;

/// How a surface of a [`Course`](mk64_memory::course::Course) is drawn; `None` if its number has no known meaning.
///
/// Whether ground is road depends on the course, so that it has a colour of its own and not one of [`Material`]'s.
#[must_use]
pub fn material(surface: Surface) -> Option<Material> {
    if surface.stops {
        return Some(Material::WALL);
    }
    let ground = |name, [red, green, blue]: [u8; 3]| Material {
        color: Color::rgb8(red, green, blue),
        name,
    };
    Some(match SurfaceType(surface.kind) {
        SurfaceType::ASPHALT => ground("asphalt", [0x72, 0x7E, 0x90]),
        SurfaceType::DIRT => ground("dirt", [0xA8, 0x7B, 0x4F]),
        SurfaceType::SAND => ground("sand", [0xD9, 0xC0, 0x7C]),
        SurfaceType::STONE => ground("stone", [0x8A, 0x84, 0x7D]),
        SurfaceType::SNOW => ground("snow", [0xD5, 0xE3, 0xF0]),
        SurfaceType::BRIDGE => ground("bridge", [0x9C, 0x86, 0x6C]),
        SurfaceType::GRASS => ground("grass", [0x4F, 0x8A, 0x45]),
        SurfaceType::ICE => ground("ice", [0x8F, 0xB8, 0xDE]),
        SurfaceType::WET_SAND => ground("wet sand", [0xA8, 0x97, 0x68]),
        SurfaceType::SNOW_OFF_ROAD => ground("off-road snow", [0xA9, 0xBB, 0xCC]),
        SurfaceType::CLIFF => ground("cliff", [0x6E, 0x58, 0x4A]),
        SurfaceType::DIRT_OFF_ROAD => ground("off-road dirt", [0x7E, 0x5C, 0x3C]),
        SurfaceType::RAIL => ground("rails", [0x5E, 0x62, 0x6B]),
        SurfaceType::CAVE => ground("cave", [0x5B, 0x56, 0x70]),
        SurfaceType::ROPE_BRIDGE => ground("rope bridge", [0xB0, 0x90, 0x5E]),
        SurfaceType::WOOD => ground("wood", [0x9E, 0x77, 0x4A]),
        SurfaceType::BOOST | SurfaceType::BOOST_WOOD => Material::BOOST,
        SurfaceType::RAMP => Material::JUMP_PAD,
        SurfaceType::OUT_OF_BOUNDS => Material::OUT_OF_BOUNDS,
        SurfaceType::AIR => Material::OTHER,
        _ => return None,
    })
}
