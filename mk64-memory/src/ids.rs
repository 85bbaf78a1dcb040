//! Numbers that the game gives to courses, characters, surfaces and items.

use ram_views::enumeration;

enumeration! {
    /// A course. Source: LAYOUT of the published headers.
    pub struct CourseId: i16 {
        MARIO_RACEWAY = 0x0, "Mario Raceway.";
        CHOCO_MOUNTAIN = 0x1, "Choco Mountain.";
        BOWSERS_CASTLE = 0x2, "Bowser's Castle.";
        BANSHEE_BOARDWALK = 0x3, "Banshee Boardwalk.";
        YOSHI_VALLEY = 0x4, "Yoshi Valley.";
        FRAPPE_SNOWLAND = 0x5, "Frappe Snowland.";
        KOOPA_TROOPA_BEACH = 0x6, "Koopa Troopa Beach.";
        ROYAL_RACEWAY = 0x7, "Royal Raceway.";
        LUIGI_RACEWAY = 0x8, "Luigi Raceway.";
        MOO_MOO_FARM = 0x9, "Moo Moo Farm.";
        TOADS_TURNPIKE = 0xA, "Toad's Turnpike.";
        KALIMARI_DESERT = 0xB, "Kalimari Desert.";
        SHERBET_LAND = 0xC, "Sherbet Land.";
        RAINBOW_ROAD = 0xD, "Rainbow Road.";
        WARIO_STADIUM = 0xE, "Wario Stadium.";
        BLOCK_FORT = 0xF, "Block Fort, for battles.";
        SKYSCRAPER = 0x10, "Skyscraper, for battles.";
        DOUBLE_DECK = 0x11, "Double Deck, for battles.";
        DK_JUNGLE = 0x12, "D.K.'s Jungle Parkway.";
        BIG_DONUT = 0x13, "Big Donut, for battles.";
        AWARD_CEREMONY = 0x14, "The award ceremony.";
    }
}

enumeration! {
    /// A character.
    pub struct Character: u16 {
        MARIO = 0, "Mario.";
        LUIGI = 1, "Luigi.";
        YOSHI = 2, "Yoshi.";
        TOAD = 3, "Toad.";
        DONKEY_KONG = 4, "D.K.";
        WARIO = 5, "Wario.";
        PEACH = 6, "Peach.";
        BOWSER = 7, "Bowser.";
    }
}

enumeration! {
    /// What the ground is made of.
    pub struct SurfaceType: u16 {
        AIR = 0x0, "Nothing: the wheel is in the air.";
        ASPHALT = 0x1, "Asphalt.";
        DIRT = 0x2, "Dirt.";
        SAND = 0x3, "Sand.";
        STONE = 0x4, "Stone.";
        SNOW = 0x5, "Snow.";
        BRIDGE = 0x6, "A bridge.";
        GRASS = 0x8, "Grass.";
        ICE = 0x9, "Ice.";
        WET_SAND = 0xA, "Wet sand.";
        SNOW_OFF_ROAD = 0xB, "Snow beside the road.";
        CLIFF = 0xC, "A cliff.";
        DIRT_OFF_ROAD = 0xD, "Dirt beside the road.";
        RAIL = 0xE, "Rails.";
        CAVE = 0xF, "A cave's ground.";
        ROPE_BRIDGE = 0x10, "Wood of a rope bridge.";
        WOOD = 0x11, "Wood.";
        BOOST_WOOD = 0xFC, "A boost of wood.";
        OUT_OF_BOUNDS = 0xFD, "Where karts are fetched from.";
        BOOST = 0xFE, "A boost.";
        RAMP = 0xFF, "A ramp.";
    }
}

impl SurfaceType {
    /// Whether it speeds karts up or throws them: made to be driven on, wherever the path leads.
    #[must_use]
    pub fn is_boost(self) -> bool {
        matches!(self, Self::BOOST | Self::BOOST_WOOD | Self::RAMP)
    }
}

enumeration! {
    /// An item that a player holds.
    pub struct ItemKind: i16 {
        NONE = 0, "None.";
        BANANA = 1, "A banana.";
        BANANA_BUNCH = 2, "Five bananas.";
        GREEN_SHELL = 3, "A green shell.";
        TRIPLE_GREEN_SHELL = 4, "Three green shells.";
        RED_SHELL = 5, "A red shell.";
        TRIPLE_RED_SHELL = 6, "Three red shells.";
        BLUE_SPINY_SHELL = 7, "A blue shell.";
        THUNDERBOLT = 8, "Lightning.";
        FAKE_ITEM_BOX = 9, "A false item box.";
        STAR = 10, "A star.";
        BOO = 11, "A boo.";
        MUSHROOM = 12, "A mushroom.";
        DOUBLE_MUSHROOM = 13, "Two mushrooms.";
        TRIPLE_MUSHROOM = 14, "Three mushrooms.";
        SUPER_MUSHROOM = 15, "Mushrooms for a while.";
    }
}

impl ItemKind {
    /// What is left of it after one use.
    #[must_use]
    pub fn rest(self) -> Self {
        match self {
            Self::TRIPLE_MUSHROOM => Self::DOUBLE_MUSHROOM,
            Self::DOUBLE_MUSHROOM => Self::MUSHROOM,
            _ => Self::NONE,
        }
    }
}
