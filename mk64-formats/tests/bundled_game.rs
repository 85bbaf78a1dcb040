//! What the bundled game saves on the emulator is read here, and what is written here the game loads; a movie of what the
//! game asked the controller replays the run.

use mk64_formats::eeprom::{CourseRecords, Record, Save};
use mk64_formats::ghost::{Ghost, Ghosts, MAX_RUNS, Run};
use mk64_formats::names::Course;
use mk64_formats::time::RaceTime;
use mupen64plus::{Buttons, Emulator, Frame, Options, Pad, Picture, Playback, RAM_BASE, Storage};
use n64_formats::m64::{Controller, Movie, Sample, Start};
use n64_formats::pak::{NoteId, Pak, SIZE};

/// Where Mario Kart 64 (US) keeps what the test reads and writes.
const RACE_STATE: u32 = 0x800D_C510;
const PLAYER_LAP: u32 = 0x800F_6990 + 0x8;
const PLAYER_CHARACTER: u32 = 0x800F_6990 + 0x254;
const HUD_TOTAL_TIME: u32 = 0x8018_CA70 + 0x8;
const HUD_LAP_DURATIONS: u32 = 0x8018_CA70 + 0x20;
const GHOST_TIME: u32 = 0x8016_2DFC;
const GHOST_INPUTS: u32 = 0x8016_2DBC;
/// Bytes of a ghost's header, in front of its packed inputs.
const HEADER_SIZE: usize = 0x80;
/// The race states in which the player drives, and in which the result is shown with what to do next.
const RACING: u32 = 3;
const FINISHED: u32 = 5;

/// Frames from power-on until the title screen takes inputs.
const TITLE: u32 = 320;
/// Frames that a button is held in a menu, and frames until the menu has answered.
const HELD: u32 = 4;
const ANSWERED: u32 = 40;
/// More frames than anything takes that is waited for.
const PATIENCE: u32 = 1200;

struct Game(Emulator);

impl Game {
    fn play(&mut self, frames: u32, buttons: Buttons) {
        let pad = Pad {
            buttons,
            stick: [0, 0],
        };
        for _ in 0..frames {
            self.0
                .step(&Frame::first(pad), Picture::Skip)
                .expect("a frame");
        }
    }

    fn press(&mut self, buttons: Buttons) {
        self.play(HELD, buttons);
        self.play(ANSWERED, Buttons::empty());
    }

    /// Holds a button until a word is as expected.
    fn play_until(&mut self, address: u32, expected: u32, buttons: Buttons) {
        for _ in 0..PATIENCE {
            if self.word(address) == expected {
                return;
            }
            self.play(1, buttons);
        }
        panic!("{address:#x} is {}, not {expected}", self.word(address));
    }

    fn word(&self, address: u32) -> u32 {
        let at = (address - RAM_BASE) as usize;
        let bytes = self.0.ram()[at..at + 4].try_into().expect("four bytes");
        u32::from_ne_bytes(bytes)
    }

    fn set_word(&mut self, address: u32, word: u32) {
        let at = (address - RAM_BASE) as usize;
        self.0.ram_mut()[at..at + 4].copy_from_slice(&word.to_ne_bytes());
    }

    /// Chooses a time trial on the first course and waits for the start.
    fn enter_time_trial(&mut self) {
        self.play(TITLE, Buttons::empty());
        self.press(Buttons::START);
        // Players, mode, class, its confirmation, character, its confirmation, cup, course, its confirmation.
        for _ in 0..9 {
            self.press(Buttons::A);
        }
        self.play_until(RACE_STATE, RACING, Buttons::empty());
    }

    fn pak(&self) -> Pak {
        Pak::parse(&self.0.storage(Storage::Paks)[..SIZE]).expect("a pak that the game wrote to")
    }

    fn save(&self) -> Save {
        Save::parse(self.0.storage(Storage::Eeprom)).expect("2,048 bytes")
    }
}

#[allow(clippy::print_stdout, reason = "tests say when they skip")]
fn switched_on(saved: &[(Storage, &[u8])]) -> Option<Game> {
    match Emulator::open_with(homebrew_n64::ROM, &Options::default(), saved) {
        Err(error @ mupen64plus::Error::Library { .. }) => {
            println!("skipped: {error}");
            None
        }
        emulator => Some(Game(emulator.expect("an emulator"))),
    }
}

#[test]
fn the_game_and_the_library_read_each_others_saves() {
    let course = Course::by_id(homebrew_n64::COURSES[0].id).expect("a course of the original");
    let record = Record {
        time: RaceTime(590_000),
        character: 4,
    };
    let mut save = Save::blank();
    let records = CourseRecords {
        three_laps: [
            record,
            Record::NONE,
            Record::NONE,
            Record::NONE,
            Record::NONE,
        ],
        one_lap: record,
    };
    save.set_records(course.slot.into(), &records)
        .expect("a course");
    let other = NoteId::new(*b"NABE", *b"01", "OTHER", "").expect("letters");
    let mut pak = Pak::formatted([1; 16]);
    pak.add(other, &[0x5A; 512]).expect("room");

    let saved = [
        (Storage::Eeprom, save.to_bytes()),
        (Storage::Paks, pak.bytes().to_vec()),
    ];
    let saved: Vec<_> = saved
        .iter()
        .map(|(kind, bytes)| (*kind, bytes.as_slice()))
        .collect();
    let Some(mut game) = switched_on(&saved) else {
        return;
    };
    game.enter_time_trial();
    // Two laps in no time: the line that is crossed next is the last.
    let lap = game.word(PLAYER_LAP);
    game.set_word(PLAYER_LAP, 2 << 16 | lap & 0xFFFF);
    for lap in 0..2 {
        game.set_word(HUD_LAP_DURATIONS + 4 * lap, 500_000);
    }
    game.play_until(RACE_STATE, FINISHED, Buttons::A);
    let time = RaceTime(game.word(HUD_TOTAL_TIME));
    let character = (game.word(PLAYER_CHARACTER) >> 16) as u8;
    assert!(time > RaceTime(0) && time < record.time, "{time}");

    // The game entered the time before the one that was there.
    let entered = Record { time, character };
    let expected = CourseRecords {
        three_laps: [entered, record, Record::NONE, Record::NONE, Record::NONE],
        one_lap: entered,
    };
    assert_eq!(game.save().records(course.slot.into()), Ok(expected));

    // The last choice is to save the ghost.
    for _ in 0..3 {
        game.press(Buttons::DOWN);
    }
    game.press(Buttons::A);
    let pak = game.pak();
    assert_eq!(pak.contents(0), Ok(vec![0x5A; 512]));
    assert_eq!(pak.faults(), []);
    let ghosts = Ghosts::read_from(&pak)
        .expect("a sound note")
        .expect("a note");
    let ghost = ghosts.ghost(0).expect("right checksums").expect("a ghost");
    assert_eq!((ghost.time(), ghost.character()), (time, character));
    assert_eq!(ghost.course(), course.slot);
    let held = ghost.pads().filter(|pad| pad.buttons == Buttons::A).count();
    // Thirty drawn frames a second, in which A was held from the start to the line.
    let driven = time.0 as usize * 30 / 100;
    assert!(held.abs_diff(driven) < 5, "{held} frames of {driven}");

    // The plain length is that of the runs, and of seven more words.
    let plain_length = &ghost.to_file()[HEADER_SIZE + 4..][..4];
    let words = u32::try_from(ghost.runs().len()).expect("few") + 7;
    assert_eq!(plain_length, (4 * words).to_be_bytes());

    // The ghost is moved to a pak of our own, and one with all the runs that there can be.
    let longest = vec![ghost.runs()[0]; MAX_RUNS];
    let longest = Ghost::new(course.slot, character, time, &longest).expect("a ghost");
    for moved in [ghost, longest] {
        let mut ours = Pak::formatted([2; 16]);
        let mut ghosts = Ghosts::blank();
        // The game looks for the course in both slots.
        ghosts.set_ghost(1, &moved).expect("a slot");
        ghosts.write_to(&mut ours).expect("room");
        let mut game = switched_on(&[(Storage::Paks, ours.bytes())]).expect("as before");
        game.enter_time_trial();
        assert_eq!(game.word(GHOST_TIME), time.0);
        let inputs = game.word(GHOST_INPUTS);
        for (at, run) in (0..).step_by(4).zip(moved.runs()) {
            assert_eq!(Run::from_word(game.word(inputs + at)), *run, "word {at}");
        }
    }
}

/// Ways through the menus into a race, and some driving: what is held for how many frames.
fn run() -> impl Iterator<Item = Frame> {
    let held = |buttons, stick, frames| {
        let pad = Pad { buttons, stick };
        std::iter::repeat_n(Frame::first(pad), frames as usize)
    };
    let menus = (0..9).flat_map(move |_| {
        let pressed = held(Buttons::A, [0, 0], HELD);
        pressed.chain(held(Buttons::empty(), [0, 0], ANSWERED))
    });
    held(Buttons::empty(), [0, 0], TITLE)
        .chain(held(Buttons::START, [0, 0], HELD))
        .chain(held(Buttons::empty(), [0, 0], ANSWERED))
        .chain(menus)
        .chain(held(Buttons::empty(), [0, 0], 600))
        .chain(held(Buttons::A, [0, 0], 120))
        .chain(held(Buttons::A | Buttons::R, [-60, 5], 45))
        .chain(held(Buttons::A | Buttons::B, [70, -128], 31))
}

#[test]
fn a_movie_has_a_sample_a_poll_and_replays_the_run() {
    let Some(Game(mut emulator)) = switched_on(&[]) else {
        return;
    };
    let mut movie = Movie::new(Start::PowerOn);
    let none = Controller::NONE;
    let with_pak = Controller {
        pak: true,
        ..Controller::PRESENT
    };
    movie.header.set_controllers([with_pak, none, none, none]);
    movie.header.set_rom(emulator.rom().header());
    for frame in run() {
        emulator.step(&frame, Picture::Skip).expect("a frame");
        let got = emulator.polls().iter().map(|poll| Sample::from(poll.pad));
        movie.samples.extend(got);
    }
    movie.header.set_interrupts(run().count() as u32);
    // In races the game asks every other frame.
    assert!(movie.samples.len() < run().count());

    let movie = Movie::parse(&movie.to_bytes()).expect("ours");
    assert!(movie.header.is_of(emulator.rom().header()));
    let Game(mut replayed) = switched_on(&[]).expect("as before");
    let mut playback = Playback::new(&movie.samples).expect("inputs");
    let mut frames = run();
    for _ in 0..movie.header.interrupts() {
        let stepped = replayed.step_polled(&mut playback, Picture::Skip);
        stepped.expect("a frame");
        let frame = frames.next().filter(|_| !replayed.polls().is_empty());
        assert_eq!(
            replayed.held().expect("one frame"),
            frame.unwrap_or_default()
        );
    }
    assert!(playback.is_over());
    assert_eq!(replayed.ram_hash(), emulator.ram_hash());
}
