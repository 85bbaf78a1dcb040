//! From power-on through the menus into a race.
//!
//! What RAM says decides every step: the menu that is shown, where its cursor is, and whether the game has seen the button
//! that is held. A button is held until the game has seen it, and released until it has seen that; then RAM is looked at
//! again. So nothing depends on how long a game takes to fade or to load.

use std::ops::ControlFlow;

use env_kart::Error::Cancelled;
use mk64_formats::names::{COURSES_PER_CUP, Course};
use mk64_memory::controller::ALL_PADS;
use mk64_memory::game::{
    CharacterMenu, CourseMenu, EngineClass, GameMode, GameState, MainMenu, Menu, RaceState,
};
use mk64_memory::ids::CourseId;
use mk64_memory::{Ram, symbols};
use mupen64plus::{Emulator, Picture};
use n64_formats::pad::{Buttons, Frame, Pad};

use crate::combo::{Combo, Mode};
use crate::{Error, Result};

/// The grid of the characters, by their numbers, row by row.
const CHARACTER_GRID: [u8; 8] = [0, 1, 6, 3, 2, 4, 5, 7];
const GRID_COLUMNS: usize = 4;

/// Frames in the menus after which they count as stuck. From power-on to a race a game takes some twenty seconds.
const LIMIT: u64 = 3600;

/// Steps a game that was just switched on into the race `combo`, up to the first frame that shows it. Returns how many
/// frames were stepped.
///
/// `on_frame` sees the emulator after every frame fed to the game, in order, and the frame, and may stop the drive with [`ControlFlow::Break`].
///
/// # Errors
/// [`Error::NotInMenus`] for a combo that the menus do not offer, [`Error::NoRace`] when they lead to none,
/// [`Error::WrongRace`] when they lead to another, [`Cancelled`] on a break, and the emulator's.
pub fn enter_race(
    emulator: &mut Emulator,
    combo: &Combo,
    on_frame: &mut dyn FnMut(&Emulator, &Frame) -> ControlFlow<()>,
) -> Result<u64> {
    let target = Target::of(combo)?;
    let mut held = Buttons::empty();
    for frames in 0..LIMIT {
        let ram = Ram::new(emulator.ram())?;
        if let Some(race) = ram.race()? {
            let found = Combo::of(&race)?;
            return match found {
                Some(found) if found == *combo && race.state() == RaceState::STAGING => Ok(frames),
                found => Err(Error::WrongRace {
                    expected: *combo,
                    found: found.map_or("a race of another mode".to_owned(), |it| it.to_string()),
                }),
            };
        }
        held = match (sees_a_button(&ram)?, held.is_empty()) {
            (true, _) => Buttons::empty(),
            (false, false) => held,
            (false, true) => target.next_press(&Place::read(&ram)?),
        };
        let frame = Frame::first(Pad {
            buttons: held,
            stick: [0, 0],
        });
        emulator.step(&frame, Picture::Skip)?;
        if on_frame(emulator, &frame).is_break() {
            return Err(Cancelled { frames: frames + 1 }.into());
        }
    }
    Err(Error::NoRace {
        wanted: *combo,
        frames: LIMIT,
        found: Place::read(&Ram::new(emulator.ram())?)?.describe(),
    })
}

/// Checks that the menus offer a race.
///
/// # Errors
/// [`Error::NotInMenus`].
pub fn check(combo: &Combo) -> Result<()> {
    Target::of(combo).map(drop)
}

/// Whether a button was held when the game last read the pads.
fn sees_a_button(ram: &Ram<'_>) -> Result<bool> {
    let pads = ram.controllers()?.get(ALL_PADS);
    Ok(pads.is_some_and(|pads| !pads.buttons().is_empty()))
}

/// What is to be chosen in each menu.
struct Target {
    mode: GameMode,
    class: Option<EngineClass>,
    /// The cell of the characters' grid, from 0, and the character in it.
    cell: usize,
    character: u8,
    cup: usize,
    course_in_cup: usize,
    course: CourseId,
}

impl Target {
    fn of(combo: &Combo) -> Result<Self> {
        let unknown = |what, found, expected| Error::NotInMenus {
            what,
            found,
            expected,
        };
        let character = combo.character;
        let cell = CHARACTER_GRID.iter().position(|&id| id == character);
        let cell = cell.ok_or_else(|| unknown("character", character, "0 to 7"))?;
        let course = Course::by_id(combo.course)
            .ok_or_else(|| unknown("course", combo.course, "one of the 16 race courses"))?;
        let course_in_cup = usize::from(course.slot) % COURSES_PER_CUP;
        let class = match combo.mode {
            Mode::TimeTrial => None,
            Mode::GrandPrix(_) if course_in_cup > 0 => {
                let expected = "a cup's first course, with which a Grand Prix begins";
                return Err(unknown("course", combo.course, expected));
            }
            Mode::GrandPrix(class) => Some(class.number()),
        };
        Ok(Self {
            mode: combo.mode.number(),
            class,
            cell,
            character,
            cup: course.cup(),
            course_in_cup,
            course: CourseId(course.id.into()),
        })
    }

    /// The button that leads on from a place; none where the game goes on by itself.
    fn next_press(&self, place: &Place) -> Buttons {
        if place.demo {
            return Buttons::START;
        }
        if place.state == GameState::RACE || place.state == GameState::INIT {
            return Buttons::empty();
        }
        match place.menu {
            Menu::LOGO | Menu::TITLE => Buttons::START,
            Menu::MAIN => self.in_main_menu(place),
            Menu::CHARACTER => self.among_characters(place),
            Menu::COURSE => self.among_courses(place),
            Menu::OPTIONS | Menu::DATA | Menu::COURSE_DATA | Menu::CONTROLLER_PAK => Buttons::B,
            _ => Buttons::empty(),
        }
    }

    fn in_main_menu(&self, place: &Place) -> Buttons {
        let class = self.class.unwrap_or(place.class);
        match place.main_menu {
            MainMenu::PLAYERS if place.players > 1 => Buttons::LEFT,
            MainMenu::PLAYERS => Buttons::A,
            // A Grand Prix is listed above time trials.
            MainMenu::MODE if place.mode.0 > self.mode.0 => Buttons::UP,
            MainMenu::MODE if place.mode.0 < self.mode.0 => Buttons::DOWN,
            MainMenu::MODE => Buttons::A,
            _ if place.mode != self.mode => Buttons::B,
            MainMenu::SUBMODE if place.class.0 > class.0 => Buttons::UP,
            MainMenu::SUBMODE if place.class.0 < class.0 => Buttons::DOWN,
            MainMenu::SUBMODE => Buttons::A,
            MainMenu::OK if place.class != class => Buttons::B,
            MainMenu::OK => Buttons::A,
            _ => Buttons::empty(),
        }
    }

    fn among_characters(&self, place: &Place) -> Buttons {
        match (place.character_menu, place.cell) {
            (CharacterMenu::PICK, Some(cell)) => {
                let [row, column] = [cell / GRID_COLUMNS, cell % GRID_COLUMNS];
                let [to_row, to_column] = [self.cell / GRID_COLUMNS, self.cell % GRID_COLUMNS];
                towards(row, to_row, [Buttons::UP, Buttons::DOWN])
                    .or_else(|| towards(column, to_column, [Buttons::LEFT, Buttons::RIGHT]))
                    .unwrap_or(Buttons::A)
            }
            (CharacterMenu::OK, _) if place.character == self.character => Buttons::A,
            (CharacterMenu::OK, _) => Buttons::B,
            _ => Buttons::empty(),
        }
    }

    fn among_courses(&self, place: &Place) -> Buttons {
        match place.course_menu {
            CourseMenu::CUP => {
                towards(place.cup, self.cup, [Buttons::LEFT, Buttons::RIGHT]).unwrap_or(Buttons::A)
            }
            _ if place.cup != self.cup => Buttons::B,
            CourseMenu::COURSE => towards(
                place.course_in_cup,
                self.course_in_cup,
                [Buttons::UP, Buttons::DOWN],
            )
            .unwrap_or(Buttons::A),
            CourseMenu::OK if place.course == self.course => Buttons::A,
            CourseMenu::OK => Buttons::B,
            _ => Buttons::empty(),
        }
    }
}

/// The button that moves a cursor from one number to another; `None` where it is there.
fn towards(from: usize, to: usize, [less, more]: [Buttons; 2]) -> Option<Buttons> {
    match from.cmp(&to) {
        std::cmp::Ordering::Less => Some(more),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(less),
    }
}

/// Where the game is, as RAM says.
struct Place {
    state: GameState,
    demo: bool,
    menu: Menu,
    main_menu: MainMenu,
    character_menu: CharacterMenu,
    course_menu: CourseMenu,
    players: i32,
    mode: GameMode,
    class: EngineClass,
    /// The cell of the characters' grid that the cursor is at, from 0; `None` before it is shown.
    cell: Option<usize>,
    character: u8,
    cup: usize,
    course_in_cup: usize,
    course: CourseId,
}

impl Place {
    fn read(ram: &Ram<'_>) -> Result<Self> {
        let byte = |symbol| ram.element::<i8>(symbol, 0);
        Ok(Self {
            state: ram.game_state()?,
            demo: ram.element::<u16>(&symbols::DEMO_MODE, 0)? != 0,
            menu: ram.menu()?,
            main_menu: ram.element(&symbols::MAIN_MENU, 0)?,
            character_menu: ram.element(&symbols::CHARACTER_MENU, 0)?,
            course_menu: ram.element(&symbols::COURSE_MENU, 0)?,
            players: ram.element(&symbols::PLAYER_COUNT, 0)?,
            mode: ram.mode()?,
            class: ram.element(&symbols::ENGINE_CLASS, 0)?,
            cell: usize::try_from(i32::from(byte(&symbols::CHARACTER_CELL)?) - 1).ok(),
            character: byte(&symbols::CHARACTERS_CHOSEN)?.cast_unsigned(),
            cup: usize::from(byte(&symbols::CUP)?.cast_unsigned()),
            course_in_cup: usize::from(byte(&symbols::COURSE_IN_CUP)?.cast_unsigned()),
            course: ram.course_id()?,
        })
    }

    /// For the error when no race begins.
    fn describe(&self) -> String {
        if self.state == GameState::RACE {
            return "a race that does not begin".to_owned();
        }
        let part = match self.menu {
            Menu::MAIN => format!("{:?}", self.main_menu),
            Menu::CHARACTER => format!("{:?}", self.character_menu),
            Menu::COURSE => format!(
                "{:?}, cup {}, course {} of it; does this game have the course?",
                self.course_menu,
                self.cup + 1,
                self.course_in_cup + 1
            ),
            _ => return format!("menu {:?}", self.menu),
        };
        format!("menu {:?}, {part}", self.menu)
    }
}
