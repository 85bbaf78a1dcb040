//! Races against a ghost.

use crate::race::{drive_the_oval, driver_bytes, frame_counter, middles, start};
use crate::support::{COMBO, TO_GO, wait};
use homebrew::native::{Error, Game, Opponent};
use mkds_formats::ghost::{Combo, Ghost};
use mkds_formats::sav::Save;
use mkds_memory::race::DriverStatus;
use mkds_memory::{Race, Ram};
use nds_formats::pad::Pad;

const DRIVER_SIZE: usize = 0x5A8;

/// A race on the oval that left a ghost: the save memory, the ghost, and where its kart was after
/// every frame from frame counter 2 on.
struct Recorded {
    battery: Vec<u8>,
    ghost: Ghost,
    positions: Vec<[i32; 3]>,
}

impl Recorded {
    /// Driven by a light kart, with a pause in which a button goes down.
    fn new() -> Self {
        let combo = Combo {
            character: 4,
            kart: 14,
            course: 20,
        };
        let mut game = start(combo, None);
        let mut positions = Vec::new();
        let pads = [(Pad::empty(), 270), (Pad::A, 30), (Pad::A, 200)];
        for (pad, frames) in pads {
            for _ in 0..frames {
                game.tick(pad);
                positions.push(position(&game, 0));
            }
        }
        // The race stands still while Start, then R, is pressed; R still counts as new after it.
        game.tick(Pad::A | Pad::START);
        positions.push(position(&game, 0));
        wait(&mut game, Pad::empty(), 20);
        wait(&mut game, Pad::R, 5);
        game.tick(Pad::R | Pad::A);
        wait_and_note(&mut game, Pad::A | Pad::R, 10, &mut positions);
        drive_the_oval(&mut game, &mut |game| positions.push(position(game, 0)));
        let battery = game.battery().to_vec();
        let save = Save::parse(&battery).expect("a save of the right size");
        Self {
            ghost: save.ghost(0).expect("a sound checksum").expect("a ghost"),
            battery,
            positions,
        }
    }

    /// A race against it by another driver in another kart.
    fn race(&self) -> Game {
        let mut game = Game::new(Some(&self.battery)).expect("the bundled card");
        game.start_race_against(COMBO, Opponent::Ghost)
            .expect("a course with a ghost");
        game
    }
}

fn wait_and_note(game: &mut Game, pad: Pad, frames: u32, positions: &mut Vec<[i32; 3]>) {
    for _ in 0..frames {
        game.tick(pad);
        positions.push(position(game, 0));
    }
}

fn race(game: &Game) -> Race<'_> {
    let race = Ram::new(game.ram()).expect("the US layout").race();
    race.expect("sound pointers").expect("a race")
}

fn status(game: &Game, id: usize) -> DriverStatus<'_> {
    race(game).driver_status(id).expect("a racer")
}

fn position(game: &Game, id: usize) -> [i32; 3] {
    let at = race(game).driver(id).expect("a racer").position();
    [at.x.0, at.y.0, at.z.0]
}

fn half(game: &Game, at: usize) -> u16 {
    u16::from_le_bytes([game.ram()[at], game.ram()[at + 1]])
}

/// Place of a racer in its status, with the racer's number above it.
fn place(game: &Game, id: usize) -> u16 {
    half(game, 0x20_3000 + 0x14 + 0x8C * id + 0x3C)
}

#[test]
fn a_ghost_drives_the_race_it_was_recorded_in() {
    let recorded = Recorded::new();
    let mut game = recorded.race();
    assert_eq!(frame_counter(&game), 1);
    for (frame, expected) in recorded.positions.iter().enumerate() {
        // The player drives off alone; racers do not block each other.
        let pad = if frame % 90 < 30 {
            Pad::A | Pad::LEFT
        } else {
            Pad::A
        };
        game.tick(pad);
        assert_eq!(position(&game, 1), *expected, "frame {frame}");
    }
    let ghost = status(&game, 1);
    assert_eq!(ghost.state(), 1, "finished");
    assert_eq!(ghost.race_progress().to_f32(), 1.0);
    assert_eq!(ghost.lap(), 3);
    assert_eq!(ghost.total_milliseconds(), recorded.ghost.time.0);
    assert_eq!(
        ghost.total_time().total_milliseconds(),
        recorded.ghost.time.0
    );
    for (lap, expected) in recorded.ghost.laps.iter().enumerate() {
        assert_eq!(ghost.lap_times()[lap].total_milliseconds(), expected.0);
    }
    assert_eq!(
        status(&game, 0).state(),
        0,
        "the player is still on its way"
    );
    assert_eq!(game.battery(), recorded.battery, "and the ghost is kept");
}

#[test]
fn the_player_races_a_ghost_as_it_races_alone() {
    let recorded = Recorded::new();
    let mut with = recorded.race();
    let mut alone = start(COMBO, Some(&recorded.battery));
    for frame in 0..3000 {
        let pad = match frame % 200 {
            0..290 if frame < 290 => Pad::empty(),
            0..40 => Pad::A | Pad::R | Pad::LEFT,
            40..60 => Pad::A | Pad::RIGHT,
            _ => Pad::A,
        };
        with.tick(pad);
        alone.tick(pad);
        let mut here = driver_bytes(&with).to_vec();
        // All but the place.
        here[0x3D8..0x3DC].copy_from_slice(&driver_bytes(&alone)[0x3D8..0x3DC]);
        assert!(here == driver_bytes(&alone), "frame {frame}");
    }
    assert_eq!(
        status(&with, 0).total_milliseconds(),
        status(&alone, 0).total_milliseconds()
    );
}

#[test]
fn places_follow_the_progress() {
    let recorded = Recorded::new();
    let mut game = recorded.race();
    assert_eq!(
        [place(&game, 0), place(&game, 1)],
        [0, 1 | 1 << 4],
        "level at the start"
    );
    wait(&mut game, Pad::empty(), TO_GO + 200);
    assert_eq!(
        [place(&game, 0), place(&game, 1)],
        [1, 1 << 4],
        "left standing"
    );
    assert_eq!(
        game.ram()[0x20_3474..0x20_347C],
        [1, 0, 255, 255, 255, 255, 255, 255]
    );
    assert_eq!(race(&game).driver(0).expect("the player").place(), 1);
    assert_eq!(race(&game).driver(1).expect("the ghost").place(), 0);
    let [x, z] = middles(0)[20];
    crate::support::place(&mut game, [x, 0.0, z]);
    wait(&mut game, Pad::empty(), 1);
    assert_eq!(status(&game, 0).checkpoint(), 20);
    assert_eq!(
        [place(&game, 0), place(&game, 1)],
        [0, 1 | 1 << 4],
        "carried ahead"
    );
}

#[test]
fn ram_tells_of_both_racers() {
    let recorded = Recorded::new();
    let mut game = recorded.race();
    wait(&mut game, Pad::empty(), 199);
    assert_eq!(frame_counter(&game), 200);
    let ram = game.ram();
    let word = |at: usize| u32::from_le_bytes(*ram[at..].first_chunk().expect("in RAM"));
    assert_eq!(word(0x17_ACF4), 2, "drivers");

    let config = word(0x17_59A0) as usize - 0x0200_0000;
    assert_eq!(word(config + 0x24), 0, "against a personal ghost");
    let configured = |id: usize| {
        let at = config + 0x68 + 0x30 * id;
        [word(at), word(at + 4), word(at + 8), word(at + 0x14)]
    };
    assert_eq!(configured(0), [0, 0, 0, 0]);
    assert_eq!(configured(1), [4, 14, 2, 1], "a ghost, driver 1");
    assert_eq!(configured(2)[2], 4, "nobody");
    assert_eq!(ram[config + 0x3D0], 2);
    assert_eq!(ram[config + 0x3E6], 1, "a ghost is available");
    let time = |at: usize| {
        let milliseconds = u32::from(u16::from_le_bytes([ram[at], ram[at + 1]]));
        u32::from(ram[at + 2]) * 60_000 + u32::from(ram[at + 3]) * 1000 + milliseconds
    };
    assert_eq!(time(config + 0x3E2), recorded.ghost.time.0);
    assert_eq!(time(config + 0x3E8), recorded.ghost.time.0);
    assert_eq!(time(config + 0x3EC), recorded.ghost.laps[0].0);

    // Controllers: the player's records, the ghost's plays what its recording holds.
    let unit = |id: usize| 0x17_5608 + 0x5C * id;
    let recording = word(0x17_568C) as usize - 0x0200_0000;
    assert_eq!(word(unit(1) + 0x28), word(0x17_568C));
    let runs: Vec<u8> = recorded
        .ghost
        .runs
        .iter()
        .flat_map(|run| [run.buttons.bits(), run.frames])
        .collect();
    assert_eq!(word(recording) as usize, runs.len());
    assert_eq!(ram[recording + 4..][..runs.len()], runs);
    assert_eq!(
        [word(unit(0) + 0x30), word(unit(1) + 0x30)],
        [1, 2],
        "recording, playing"
    );
    assert_eq!(
        [word(unit(0) + 0x3C), word(unit(1) + 0x3C)],
        [2, 1],
        "recorder, replayer"
    );
    // Frames 121 to 199 are recorded: 79.
    assert_eq!(
        (half(&game, unit(0) + 0x2C), half(&game, unit(0) + 0x2E)),
        (0, 79)
    );
    assert_eq!(
        (half(&game, unit(1) + 0x2C), half(&game, unit(1) + 0x2E)),
        (0, 79)
    );
    assert_eq!(half(&game, unit(1) + 2), 0, "nothing held yet");
    wait(&mut game, Pad::empty(), 90);
    assert_eq!(half(&game, unit(1) + 2), Pad::A.bits(), "A before GO");

    // Both can be met.
    let ram = game.ram();
    let word = |at: usize| u32::from_le_bytes(*ram[at..].first_chunk().expect("in RAM"));
    assert_eq!(word(0x17_B590), 2);
    let entries = word(0x17_B598) as usize - 0x0200_0000;
    for id in 0..2 {
        let driver = 0x0220_0000 + (DRIVER_SIZE * id) as u32;
        let entry = entries + 0x1C * id;
        assert_eq!(word(entry + 0x0C), driver + 0x80, "position");
        assert_eq!(word(entry + 0x18), driver, "object");
        assert_eq!(half(&game, entry + 0x14), 0x8000, "a racer");
        let role = word(0x20_0000 + DRIVER_SIZE * id + 0x7C);
        assert_eq!(role, [1, 4][id], "a player, a ghost");
        assert_eq!(half(&game, 0x20_0000 + DRIVER_SIZE * id + 0x2C8), id as u16);
        assert_eq!(
            word(0x20_0000 + DRIVER_SIZE * id + 0x304) / 0x5A8,
            driver / 0x5A8
        );
    }
}

#[test]
fn missing_and_damaged_ghosts_are_not_raced() {
    let recorded = Recorded::new();
    let no_ghost = |battery: Option<&[u8]>, course: u8| {
        let mut game = Game::new(battery).expect("the bundled card");
        let combo = Combo { course, ..COMBO };
        game.start_race_against(combo, Opponent::Ghost) == Err(Error::Ghost { course })
    };
    assert!(!no_ghost(Some(&recorded.battery), 20));
    assert!(no_ghost(None, 20), "an empty slot");
    assert!(
        no_ghost(Some(&recorded.battery), 22),
        "another course's slot"
    );
    assert!(
        no_ghost(Some(&recorded.battery), 29),
        "a course that is not bundled"
    );

    let mut damaged = recorded.battery.clone();
    damaged[0xAF00 + 0x40] ^= 1;
    assert!(no_ghost(Some(&damaged), 20), "a wrong checksum");

    for (combo, what) in [
        (
            Combo {
                course: 22,
                ..recorded.ghost.combo
            },
            "recorded elsewhere",
        ),
        (
            Combo {
                character: 12,
                ..recorded.ghost.combo
            },
            "no such character",
        ),
        (
            Combo {
                kart: 36,
                ..recorded.ghost.combo
            },
            "no such kart",
        ),
    ] {
        let mut ghost = recorded.ghost.clone();
        ghost.combo = combo;
        let mut save = Save::parse(&recorded.battery).expect("a save");
        save.set_ghost(0, &ghost)
            .expect("a ghost that a slot holds");
        assert!(no_ghost(Some(save.battery()), 20), "{what}");
    }
}

/// From the course's confirmation screen on, which shows whether there is a ghost.
fn confirm(battery: Option<&[u8]>, pads: &[Pad]) -> Game {
    let mut game = Game::new(battery).expect("the bundled card");
    let presses = [
        (Pad::empty(), 360),
        (Pad::A, 110),
        (Pad::DOWN, 7),
        (Pad::A, 45),
        (Pad::A, 45),
    ];
    let presses =
        presses
            .into_iter()
            .chain([(Pad::A, 30), (Pad::A, 160), (Pad::A, 55), (Pad::A, 15)]);
    for (pad, frames) in presses.chain(pads.iter().map(|&pad| (pad, 15))) {
        game.tick(pad);
        wait(&mut game, Pad::empty(), frames);
    }
    wait(&mut game, Pad::empty(), 60);
    game
}

#[test]
fn the_confirmation_offers_the_ghost_after_a_race_alone() {
    let recorded = Recorded::new();
    let drivers = |battery: Option<&[u8]>, pads: &[Pad]| confirm(battery, pads).ram()[0x17_ACF4];
    let battery = Some(&recorded.battery[..]);
    assert_eq!(drivers(battery, &[Pad::A]), 1, "alone unless chosen");
    assert_eq!(drivers(battery, &[Pad::DOWN, Pad::A]), 2);
    assert_eq!(drivers(battery, &[Pad::DOWN, Pad::DOWN, Pad::A]), 1);
    assert_eq!(
        drivers(battery, &[Pad::DOWN, Pad::B, Pad::A, Pad::A]),
        1,
        "chosen anew each time"
    );
    assert_eq!(
        drivers(None, &[Pad::DOWN, Pad::A]),
        1,
        "no ghost, no choice"
    );
    let mut by_menus = confirm(battery, &[Pad::DOWN, Pad::A]);
    let mut at_once = recorded.race();
    while frame_counter(&at_once) < frame_counter(&by_menus) {
        at_once.tick(Pad::empty());
    }
    wait(&mut by_menus, Pad::A, TO_GO);
    wait(&mut at_once, Pad::A, TO_GO);
    let both = 0x20_0000..0x20_0000 + 2 * DRIVER_SIZE;
    assert!(by_menus.ram()[both.clone()] == at_once.ram()[both]);
}

#[test]
fn a_beaten_ghost_is_replaced_and_raced_next() {
    // A ghost that stood for ten seconds before it drove off.
    let mut game = start(COMBO, None);
    wait(&mut game, Pad::empty(), TO_GO + 600);
    drive_the_oval(&mut game, &mut |_| ());
    let slow = status(&game, 0).total_milliseconds();
    let mut game = Game::new(Some(game.battery())).expect("the bundled card");
    game.start_race_against(COMBO, Opponent::Ghost)
        .expect("a ghost");
    wait(&mut game, Pad::empty(), 120);
    drive_the_oval(&mut game, &mut |_| ());
    let fast = status(&game, 0).total_milliseconds();
    assert!(fast + 9000 < slow);
    assert_eq!(
        (place(&game, 0), status(&game, 1).state()),
        (0, 0),
        "the ghost is still on its way"
    );
    wait(&mut game, Pad::empty(), 150);
    // Again, against the race just driven.
    game.tick(Pad::A);
    wait(&mut game, Pad::empty(), 60);
    assert_eq!(game.ram()[0x17_ACF4], 2);
    let save = Save::parse(game.battery()).expect("a save");
    assert_eq!(save.ghost(0).expect("sound").expect("a ghost").time.0, fast);
    let length = u32::from_le_bytes(*game.ram()[0x20_5000..].first_chunk().expect("in RAM"));
    assert_eq!(
        length as usize / 2,
        save.ghost(0).expect("sound").expect("a ghost").runs.len()
    );
}
