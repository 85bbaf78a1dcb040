//! What a surface does: the attribute of a prism.

use crate::record::Record;

macro_rules! collision_types {
    ($($(#[doc = $doc:literal])* $name:ident = $number:literal,)*) => {
        /// What a surface does to a kart: bits 8..12 of an [`Attribute`].
        ///
        /// Source: HaroohiePals headers.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum CollisionType {
            $($(#[doc = $doc])* $name = $number,)*
        }

        impl CollisionType {
            /// Every type, in the order of its number.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

collision_types! {
    /// Road.
    Road = 0,
    /// Slippery road.
    SlipperyRoad = 1,
    /// Off-road that slows a little.
    WeakOffRoad = 2,
    /// Off-road.
    OffRoad = 3,
    /// Sets off a sound; nothing solid.
    SoundTrigger = 4,
    /// Off-road that slows a lot.
    HeavyOffRoad = 5,
    /// Another slippery road.
    SlipperyRoad2 = 6,
    /// Boosts.
    BoostPanel = 7,
    /// Wall.
    Wall = 8,
    /// Wall that is not drawn.
    InvisibleWall = 9,
    /// Out of the course.
    OutOfBounds = 10,
    /// Falling through it ends in a respawn.
    FallBoundary = 11,
    /// Throws the kart up.
    JumpPad = 12,
    /// Road that is none to drivers.
    RoadNoDrivers = 13,
    /// Wall that is none to drivers.
    WallNoDrivers = 14,
    /// Begins a cannon shot.
    Cannon = 15,
    /// Wall along an edge.
    EdgeWall = 16,
    /// Water that pushes.
    FallsWater = 17,
    /// Boosts, and keeps up a least speed.
    BoostPadMinimumSpeed = 18,
    /// Road of a loop, which holds the kart.
    LoopRoad = 19,
    /// Road of a special kind.
    SpecialRoad = 20,
    /// A third wall.
    Wall3 = 21,
    /// Makes the computer choose its route again; nothing solid.
    RecalculateRoute = 22,
}

impl CollisionType {
    /// One bit per type that holds a kart up.
    const FLOORS: u32 = 0x1E_34EF;
    /// One bit per type that a kart bounces off.
    const WALLS: u32 = 0x21_4300;

    /// Whether a kart can stand on it.
    pub const fn is_floor(self) -> bool {
        Self::FLOORS >> self as u8 & 1 == 1
    }

    /// Whether a kart bounces off it.
    pub const fn is_wall(self) -> bool {
        Self::WALLS >> self as u8 & 1 == 1
    }

    /// Whether it is made to be driven on at full speed: road of any kind, panels and pads.
    pub const fn is_road(self) -> bool {
        matches!(
            self,
            Self::Road
                | Self::SlipperyRoad
                | Self::SlipperyRoad2
                | Self::BoostPanel
                | Self::JumpPad
                | Self::BoostPadMinimumSpeed
                | Self::LoopRoad
                | Self::SpecialRoad
        )
    }

    /// Whether it slows a kart down without stopping it.
    pub const fn is_off_road(self) -> bool {
        matches!(self, Self::WeakOffRoad | Self::OffRoad | Self::HeavyOffRoad)
    }
}

/// A prism's attribute word.
///
/// Bits: 0 shadow, 1-3 light, 4 ignored by drivers, 5-7 variant, 8-12 type, 13 ignored by items,
/// 14 wall, 15 floor. Source: HaroohiePals headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Attribute(pub u16);

impl Attribute {
    /// The attribute of a plain surface of that type, with its wall or floor bit.
    pub const fn of(collision: CollisionType) -> Self {
        let wall = (collision.is_wall() as u16) << 14;
        let floor = (collision.is_floor() as u16) << 15;
        Self((collision as u16) << 8 | wall | floor)
    }

    /// The type's number, 0..=31, whether it has a name or not.
    pub const fn type_number(self) -> u8 {
        (self.0 >> 8 & 0x1F) as u8
    }

    /// The type; `None` for the numbers from 23 on, which have no known meaning.
    pub fn collision_type(self) -> Option<CollisionType> {
        CollisionType::ALL
            .get(usize::from(self.type_number()))
            .copied()
    }

    /// The look or sound within the type, 0..=7.
    pub const fn variant(self) -> u8 {
        (self.0 >> 5 & 7) as u8
    }

    /// Which of the course's lights falls on karts here, 0..=7.
    pub const fn light(self) -> u8 {
        (self.0 >> 1 & 7) as u8
    }

    /// Whether karts are drawn in shadow here.
    pub const fn is_shadow(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether karts pass through.
    pub const fn ignored_by_drivers(self) -> bool {
        self.0 >> 4 & 1 != 0
    }

    /// Whether items pass through.
    pub const fn ignored_by_items(self) -> bool {
        self.0 >> 13 & 1 != 0
    }

    /// Whether drivers can stand on it.
    pub fn carries_drivers(self) -> bool {
        !self.ignored_by_drivers() && self.collision_type().is_some_and(CollisionType::is_floor)
    }

    /// Whether drivers bounce off it.
    pub fn stops_drivers(self) -> bool {
        !self.ignored_by_drivers() && self.collision_type().is_some_and(CollisionType::is_wall)
    }

    /// Whether the wall bit is set.
    pub const fn is_wall(self) -> bool {
        self.0 >> 14 & 1 != 0
    }

    /// Whether the floor bit is set.
    pub const fn is_floor(self) -> bool {
        self.0 >> 15 & 1 != 0
    }
}

impl Record for Attribute {
    const SIZE: usize = 2;

    fn take(bytes: &mut &[u8]) -> Self {
        Self(u16::take(bytes))
    }

    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
}
