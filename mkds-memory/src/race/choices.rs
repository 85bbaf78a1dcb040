//! What the menus let choose: courses, characters, karts and modes.

use ram_views::enumeration;

enumeration! {
    /// A course, by the name of its file. Source: HaroohiePals headers; names as
    /// [`mkds_formats::names`] has them.
    pub struct CourseId: u32 {
        INVALID = 0, "None.";
        OLD_YOSHI_GC = 1, "GCN Yoshi Circuit.";
        OLD_MARIO_GC = 2, "GCN Mario Circuit, which was left out.";
        LUIGI_COURSE = 3, "A course that was left out.";
        DOKAN_COURSE = 4, "A course of pipes that was left out.";
        TEST1_COURSE = 5, "A test.";
        DONKEY_COURSE = 6, "A course that was left out.";
        WARIO_COURSE = 7, "A course that was left out.";
        NOKONOKO_COURSE = 8, "A beach that was left out.";
        OLD_BABY_GC = 9, "GCN Baby Park.";
        OLD_MARIO_SFC = 10, "SNES Mario Circuit 1.";
        OLD_MOMO_64 = 11, "N64 Moo Moo Farm.";
        OLD_KOOPA_AGB = 12, "GBA Bowser Castle 2.";
        OLD_PEACH_AGB = 13, "GBA Peach Circuit.";
        OLD_LUIGI_GC = 14, "GCN Luigi Circuit.";
        OLD_NOKO_SFC = 15, "SNES Koopa Beach 2.";
        OLD_FRAPPE_64 = 16, "N64 Frappe Snowland.";
        CLOCK_COURSE = 17, "Tick-Tock Clock.";
        MANSION_COURSE = 18, "Luigi's Mansion.";
        AIRSHIP_COURSE = 19, "Airship Fortress.";
        CROSS_COURSE = 20, "Figure-8 Circuit.";
        TEST_CIRCLE = 21, "A test.";
        BANK_COURSE = 22, "Yoshi Falls.";
        OLD_HYUDORO_64 = 23, "N64 Banshee Boardwalk.";
        RIDGE_COURSE = 24, "Shroom Ridge.";
        MARIO_COURSE = 25, "Mario Circuit.";
        GARDEN_COURSE = 26, "Peach Gardens.";
        DESERT_COURSE = 27, "Desert Hills.";
        TOWN_COURSE = 28, "Delfino Square.";
        RAINBOW_COURSE = 29, "Rainbow Road.";
        SNOW_COURSE = 30, "DK Pass.";
        BEACH_COURSE = 31, "Cheep Cheep Beach.";
        KOOPA_COURSE = 32, "Bowser Castle.";
        PINBALL_COURSE = 33, "Waluigi Pinball.";
        STADIUM_COURSE = 34, "Wario Stadium.";
        OLD_DONUT_SFC = 35, "SNES Donut Plains 1.";
        OLD_CHOCO_64 = 36, "N64 Choco Mountain.";
        OLD_LUIGI_AGB = 37, "GBA Luigi Circuit.";
        OLD_KINOKO_GC = 38, "GCN Mushroom Bridge.";
        OLD_CHOCO_SFC = 39, "SNES Choco Island 2.";
        OLD_SKY_AGB = 40, "GBA Sky Garden.";
        MINI_BLOCK_COURSE = 41, "A battle.";
        MINI_BLOCK_64 = 42, "N64 Block Fort, a battle.";
        MINI_DOKAN_GC = 43, "GCN Pipe Plaza, a battle.";
        MINI_STAGE1 = 44, "A battle.";
        MINI_STAGE2 = 45, "A battle.";
        MINI_STAGE3 = 46, "A battle.";
        MINI_STAGE4 = 47, "A battle.";
        MR_STAGE1 = 48, "A mission.";
        MR_STAGE2 = 49, "A mission.";
        MR_STAGE3 = 50, "A mission.";
        MR_STAGE4 = 51, "A mission.";
        AWARD = 52, "The award ceremony.";
        STAFFROLL = 53, "The credits.";
        STAFFROLLTRUE = 54, "The credits after everything is won.";
    }
}

enumeration! {
    /// A cup. Source: HaroohiePals headers.
    pub struct Cup: u32 {
        MUSHROOM = 0, "The Mushroom Cup.";
        FLOWER = 1, "The Flower Cup.";
        STAR = 2, "The Star Cup.";
        SPECIAL = 3, "The Special Cup.";
        SHELL = 4, "The Shell Cup.";
        BANANA = 5, "The Banana Cup.";
        LEAF = 6, "The Leaf Cup.";
        LIGHTNING = 7, "The Lightning Cup.";
    }
}

enumeration! {
    /// What is raced for. Source: HaroohiePals headers.
    pub struct RaceMode: u32 {
        GRAND_PRIX = 0, "A grand prix.";
        TIME_TRIAL = 1, "A time trial.";
        BATTLE = 2, "A battle.";
        VERSUS = 3, "A race against others.";
        MISSION = 4, "A mission.";
        NETWORK = 5, "A race over the internet.";
    }
}

enumeration! {
    /// What the screens show. Source: HaroohiePals headers.
    pub struct DisplayMode: u32 {
        RACE = 0, "The race.";
        TITLE = 1, "The race behind the title.";
        REPLAY = 2, "The race once more.";
        COURSE_INTRO = 3, "The course before the race.";
        BATTLE_INTRO = 4, "The course before a battle.";
        AWARD = 5, "The award ceremony.";
        CREDITS = 6, "The credits.";
    }
}

enumeration! {
    /// The engines' class. Source: HaroohiePals headers.
    pub struct EngineClass: u32 {
        CC_50 = 0, "50 cc.";
        CC_100 = 1, "100 cc.";
        CC_150 = 2, "150 cc.";
    }
}

enumeration! {
    /// How hard the computer drives. Source: HaroohiePals headers.
    pub struct Difficulty: u32 {
        NONE = 0, "The computer does not drive.";
        EASY = 1, "Easy.";
        NORMAL = 2, "Normal.";
        HARD = 3, "Hard.";
    }
}

enumeration! {
    /// What a battle is about. Source: HaroohiePals headers.
    pub struct BattleMode: u32 {
        BALLOONS = 0, "Balloons.";
        SHINES = 1, "Shines.";
    }
}

enumeration! {
    /// What ends a series of races. Source: HaroohiePals headers.
    pub struct Rules: u32 {
        FREE = 0, "The players.";
        WINS = 1, "A number of wins.";
        RACES = 2, "A number of races.";
    }
}

enumeration! {
    /// How courses are chosen. Source: HaroohiePals headers.
    pub struct CourseMode: u32 {
        CHOOSE = 0, "The players choose.";
        IN_ORDER = 1, "One after the other.";
        RANDOM = 2, "At random.";
    }
}

enumeration! {
    /// A character. Source: HaroohiePals headers.
    pub struct Character: u32 {
        MARIO = 0, "Mario.";
        DONKEY_KONG = 1, "Donkey Kong.";
        TOAD = 2, "Toad.";
        BOWSER = 3, "Bowser.";
        PEACH = 4, "Peach.";
        WARIO = 5, "Wario.";
        YOSHI = 6, "Yoshi.";
        LUIGI = 7, "Luigi.";
        DRY_BONES = 8, "Dry Bones.";
        DAISY = 9, "Daisy.";
        WALUIGI = 10, "Waluigi.";
        ROB = 11, "R.O.B.";
        SHY_GUY = 12, "Shy Guy.";
    }
}

enumeration! {
    /// A kart: three to a character, in the characters' order. Source: names as
    /// [`mkds_formats::names`] has them.
    pub struct Kart: u32 {
        STANDARD_MR = 0, "Standard MR.";
        SHOOTING_STAR = 1, "Shooting Star.";
        B_DASHER = 2, "B Dasher.";
        STANDARD_DK = 3, "Standard DK.";
        WILDLIFE = 4, "Wildlife.";
        RAMBI_RIDER = 5, "Rambi Rider.";
        STANDARD_TD = 6, "Standard TD.";
        MUSHMELLOW = 7, "Mushmellow.";
        FOUR_WHEEL_CRADLE = 8, "4-Wheel Cradle.";
        STANDARD_BW = 9, "Standard BW.";
        HURRICANE = 10, "Hurricane.";
        TYRANT = 11, "Tyrant.";
        STANDARD_PC = 12, "Standard PC.";
        LIGHT_TRIPPER = 13, "Light Tripper.";
        ROYALE = 14, "Royale.";
        STANDARD_WR = 15, "Standard WR.";
        BRUTE = 16, "Brute.";
        DRAGONFLY = 17, "Dragonfly.";
        STANDARD_YS = 18, "Standard YS.";
        EGG_1 = 19, "Egg 1.";
        CUCUMBER = 20, "Cucumber.";
        STANDARD_LG = 21, "Standard LG.";
        POLTERGUST_4000 = 22, "Poltergust 4000.";
        STREAMLINER = 23, "Streamliner.";
        STANDARD_DB = 24, "Standard DB.";
        DRY_BOMBER = 25, "Dry Bomber.";
        BANISHER = 26, "Banisher.";
        STANDARD_DS = 27, "Standard DS.";
        LIGHT_DANCER = 28, "Light Dancer.";
        POWER_FLOWER = 29, "Power Flower.";
        STANDARD_WL = 30, "Standard WL.";
        GOLD_MANTIS = 31, "Gold Mantis.";
        ZIPPER = 32, "Zipper.";
        STANDARD_RB = 33, "Standard RB.";
        ROB_BLS = 34, "ROB-BLS.";
        ROB_LGS = 35, "ROB-LGS.";
        STANDARD_SG = 36, "Standard SG.";
    }
}

enumeration! {
    /// Who drives. Source: HaroohiePals headers.
    pub struct DriverKind: u32 {
        PLAYER = 0, "A player.";
        COMPUTER = 1, "The computer.";
        GHOST = 2, "A ghost.";
        NONE = 4, "No driver.";
    }
}

enumeration! {
    /// Where a ghost comes from. Source: HaroohiePals headers.
    pub struct GhostKind: u32 {
        PERSONAL = 0, "A run of this console.";
        DOWNLOADED = 1, "A run of another console.";
        STAFF = 2, "A run of the makers.";
        NONE = 3, "It is none.";
    }
}
