//! How surfaces are drawn.

use mkds_formats::kcl::CollisionType;
use mkds_memory::collision::collision_type_of;
use overlays::Material;
use track::Surface;

/// How a surface of a [`Course`](mkds_memory::course::Course) is drawn; `None` if its number has no known meaning.
#[must_use]
pub fn material(surface: Surface) -> Option<Material> {
    Some(match collision_type_of(surface)? {
        CollisionType::Road => Material::ROAD,
        CollisionType::SlipperyRoad | CollisionType::SlipperyRoad2 => Material::SLIPPERY_ROAD,
        CollisionType::WeakOffRoad => Material::WEAK_OFF_ROAD,
        CollisionType::OffRoad => Material::OFF_ROAD,
        CollisionType::HeavyOffRoad => Material::HEAVY_OFF_ROAD,
        CollisionType::BoostPanel | CollisionType::BoostPadMinimumSpeed => Material::BOOST,
        CollisionType::JumpPad => Material::JUMP_PAD,
        CollisionType::FallsWater => Material::WATER,
        CollisionType::OutOfBounds => Material::OUT_OF_BOUNDS,
        wall if wall.is_wall() => Material::WALL,
        _ => Material::OTHER,
    })
}
