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
    /// A kind of actor. Source: the published headers.
    pub struct ActorKind: i16 {
        TREE_MARIO_RACEWAY = 0x2, "A tree of Mario Raceway.";
        TREE_YOSHI_VALLEY = 0x3, "A tree of Yoshi Valley.";
        TREE_ROYAL_RACEWAY = 0x4, "A tree of Royal Raceway.";
        FALLING_ROCK = 0x5, "A falling rock.";
        BANANA = 0x6, "A banana.";
        GREEN_SHELL = 0x7, "A green shell.";
        RED_SHELL = 0x8, "A red shell.";
        YOSHI_EGG = 0x9, "The egg of Yoshi Valley.";
        PIRANHA_PLANT = 0xA, "A piranha plant.";
        ITEM_BOX = 0xC, "An item box.";
        FAKE_ITEM_BOX = 0xD, "A false item box.";
        BANANA_BUNCH = 0xE, "Bananas behind a kart.";
        TRAIN_ENGINE = 0xF, "A locomotive.";
        TRAIN_TENDER = 0x10, "A tender.";
        TRAIN_PASSENGER_CAR = 0x11, "A passenger car of a train.";
        COW = 0x12, "A cow.";
        TREE_MOO_MOO_FARM = 0x13, "A tree of Moo Moo Farm.";
        TRIPLE_GREEN_SHELL = 0x15, "Green shells around a kart.";
        TRIPLE_RED_SHELL = 0x16, "Red shells around a kart.";
        MARIO_SIGN = 0x17, "A sign of Mario Raceway.";
        PALM_TREE = 0x19, "A palm.";
        TREE_LUIGI_RACEWAY = 0x1A, "A tree of Luigi Raceway.";
        TREE_PEACH_CASTLE = 0x1C, "A tree of the castle at Royal Raceway.";
        TREE_FRAPPE_SNOWLAND = 0x1D, "A tree of Frappe Snowland.";
        CACTUS1 = 0x1E, "A cactus of Kalimari Desert.";
        CACTUS2 = 0x1F, "Another cactus of Kalimari Desert.";
        CACTUS3 = 0x20, "A third cactus of Kalimari Desert.";
        BUSH_BOWSERS_CASTLE = 0x21, "A bush of Bowser's Castle.";
        WARIO_SIGN = 0x23, "A sign of Wario Stadium.";
        BOX_TRUCK = 0x25, "A truck.";
        PADDLE_BOAT = 0x26, "A paddle boat.";
        RAILROAD_CROSSING = 0x27, "A railroad crossing.";
        SCHOOL_BUS = 0x28, "A school bus.";
        TANKER_TRUCK = 0x29, "A tank truck.";
        BLUE_SPINY_SHELL = 0x2A, "A blue shell.";
        HOT_AIR_BALLOON_ITEM_BOX = 0x2B, "The item box under a balloon.";
        CAR = 0x2C, "A car.";
        KIWANO_FRUIT = 0x2D, "A fruit of D.K.'s Jungle Parkway.";
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
