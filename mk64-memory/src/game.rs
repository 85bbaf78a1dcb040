//! What the game is doing: its states, modes and menus.

use ram_views::enumeration;

enumeration! {
    /// What the game shows. 0 to 3 are menus.
    pub struct GameState: i32 {
        START_MENU = 0, "Logo, title and options.";
        MAIN_MENU = 1, "The main menu.";
        PLAYER_SELECT = 2, "The choice of the characters.";
        COURSE_SELECT = 3, "The choice of the course.";
        RACE = 4, "A race.";
        ENDING = 5, "The award ceremony.";
        INIT = 7, "The game begins.";
        CREDITS = 9, "The credits.";
    }
}

enumeration! {
    /// How far a race is.
    pub struct RaceState: i32 {
        INIT = 0, "There is none.";
        SETUP = 1, "The course is shown, the players are placed.";
        STAGING = 2, "The countdown.";
        RACING = 3, "The race.";
        RANKS = 4, "The player has finished; the ranks are shown.";
        FINISHED = 5, "The menu of what to do next.";
        QUIT = 6, "The player leaves.";
        EXIT = 7, "The race is left.";
    }
}

enumeration! {
    /// The mode of play.
    pub struct GameMode: i32 {
        GRAND_PRIX = 0, "Grand Prix.";
        TIME_TRIAL = 1, "Time trial.";
        VERSUS = 2, "Players against each other.";
        BATTLE = 3, "Battle.";
    }
}

enumeration! {
    /// The engines.
    pub struct EngineClass: i32 {
        CC_50 = 0, "50 cc.";
        CC_100 = 1, "100 cc.";
        CC_150 = 2, "150 cc.";
        EXTRA = 3, "150 cc on mirrored courses.";
    }
}

enumeration! {
    /// The menu on the screen.
    pub struct Menu: i32 {
        OPTIONS = 5, "The options.";
        DATA = 6, "The records.";
        COURSE_DATA = 7, "A course's records.";
        LOGO = 8, "The logo.";
        CONTROLLER_PAK = 9, "The controller pak.";
        TITLE = 10, "The title.";
        MAIN = 11, "Players, mode, class.";
        CHARACTER = 12, "The characters.";
        COURSE = 13, "The cups and courses.";
    }
}

enumeration! {
    /// Where the main menu is.
    pub struct MainMenu: i8 {
        PLAYERS = 3, "The number of players: left and right.";
        MODE = 4, "The mode: up and down.";
        SUBMODE = 5, "The class, or to begin a time trial or see its records.";
        OK = 6, "To confirm.";
    }
}

enumeration! {
    /// Where the menu of the characters is.
    pub struct CharacterMenu: i8 {
        PICK = 1, "A character is chosen.";
        OK = 2, "To confirm.";
    }
}

enumeration! {
    /// Where the menu of the courses is.
    pub struct CourseMenu: i8 {
        CUP = 1, "The cup: left and right.";
        COURSE = 2, "The course: up and down. A Grand Prix skips it.";
        OK = 3, "To confirm.";
    }
}
