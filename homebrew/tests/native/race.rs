//! A whole game: menus, laps, ghosts and saves.

use crate::support::{COMBO, Straight, TO_GO, driver, wait};
use homebrew::COURSES;
use homebrew::native::{self, Game};
use mkds_formats::ghost::{Combo, Ghost};
use mkds_formats::kcl::CollisionType::Road;
use mkds_formats::names::COURSE_SLOTS;
use mkds_formats::nkm::Nkm;
use mkds_formats::sav::Save;
use mkds_memory::race::DriverStatus;
use mkds_memory::{Ram, RamMut};
use nds_formats::fx::{Angle, Fx32, VecFx32};
use nds_formats::pad::Pad;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn status(game: &Game) -> DriverStatus<'_> {
    let race = Ram::new(game.ram())
        .expect("the US layout")
        .race()
        .expect("sound pointers");
    race.expect("a race").driver_status(0).expect("a player")
}

/// The player's driver_t.
pub(crate) fn driver_bytes(game: &Game) -> &[u8] {
    &game.ram()[0x20_0000..][..0x5A8]
}

pub(crate) fn frame_counter(game: &Game) -> u32 {
    let race = Ram::new(game.ram())
        .expect("the US layout")
        .race()
        .expect("sound pointers");
    race.expect("a race").state().frame_counter()
}

pub(crate) fn start(combo: Combo, battery: Option<&[u8]>) -> Game {
    let mut game = Game::new(battery).expect("the bundled courses fit");
    game.start_race(combo).expect("a bundled course");
    game
}

/// The middles of a bundled course's checkpoints, in order.
pub(crate) fn middles(slot: u8) -> Vec<[f64; 2]> {
    let course = COURSES
        .iter()
        .find(|course| course.slot == slot)
        .expect("a bundled course");
    let nkm = Nkm::parse(course.nkm).expect("our own file");
    let middle = |a: Fx32, b: Fx32| f64::from(a.0.midpoint(b.0)) / 4096.0;
    nkm.checkpoints
        .iter()
        .map(|line| [middle(line.x1, line.x2), middle(line.z1, line.z2)])
        .collect()
}

/// Carries the player along straight lines from point to point, 20 units a frame, at rest.
fn carry(game: &mut Game, path: impl IntoIterator<Item = [f64; 2]>) {
    for [x, z] in path {
        loop {
            let [at_x, _, at_z] = driver(game).position().to_f32().map(f64::from);
            let distance = (x - at_x).hypot(z - at_z);
            if distance < 1.0 {
                break;
            }
            let part = (20.0 / distance).min(1.0);
            let (to_x, to_z) = (at_x + (x - at_x) * part, at_z + (z - at_z) * part);
            let mut ram = RamMut::new(game.ram_mut()).expect("the US layout");
            let position = VecFx32 {
                x: Fx32::from_f64(to_x),
                y: Fx32(0),
                z: Fx32::from_f64(to_z),
            };
            ram.driver_mut(0).expect("a race").set_position(position);
            game.tick(Pad::empty());
        }
    }
}

/// Points along the oval from the middle of checkpoint `from` to that of `to`, both counted on
/// round the lap; backwards if `to` comes first.
fn way(from: i32, to: i32) -> Vec<[f64; 2]> {
    let middles = middles(0);
    let at = |index: i32| middles[index.rem_euclid(middles.len() as i32) as usize];
    if from <= to {
        (from..=to).map(at).collect()
    } else {
        (to..=from).rev().map(at).collect()
    }
}

fn oval() -> (Game, i32) {
    let mut game = start(COMBO, None);
    wait(&mut game, Pad::empty(), TO_GO);
    (game, middles(0).len() as i32)
}

#[test]
fn three_laps_finish_a_race() {
    let (mut game, lines) = oval();
    assert!(
        status(&game).lap_progress().0 < 0,
        "it starts before the line"
    );
    for lap in 0..3 {
        assert_eq!(status(&game).lap(), lap);
        carry(&mut game, way(0, lines - 1));
        assert_eq!(status(&game).lap(), lap, "the line is not reached yet");
        assert!(status(&game).race_progress().to_f32() > (lap as f32 + 0.9) / 3.0);
        carry(&mut game, way(lines, lines + 1));
    }
    let end = status(&game);
    assert_eq!(end.lap(), 3);
    assert_eq!(end.state(), 1);
    assert_eq!(end.race_progress().to_f32(), 1.0);
    let laps: u32 = end
        .lap_times()
        .iter()
        .map(|time| time.total_milliseconds())
        .sum();
    assert_eq!(laps, end.total_time().total_milliseconds());
    assert_eq!(laps, end.total_milliseconds());
}

#[test]
fn progress_grows_along_a_lap_and_never_jumps() {
    let (mut game, lines) = oval();
    let mut last = status(&game).race_progress().0;
    for step in 0..2 * lines {
        carry(&mut game, way(step, step));
        let now = status(&game).race_progress().0;
        assert!(
            now > last && now - last < 4096 / 3 / lines * 4,
            "line {step}: {last} to {now}"
        );
        last = now;
    }
}

#[test]
fn going_to_and_fro_over_the_line_counts_no_lap() {
    let (mut game, _) = oval();
    for _ in 0..5 {
        carry(&mut game, way(-2, 2));
        carry(&mut game, way(2, -2));
    }
    assert_eq!(status(&game).lap(), 0);
    assert!(status(&game).race_progress().0 <= 0);
}

#[test]
fn a_lap_the_wrong_way_round_counts_nothing() {
    let (mut game, lines) = oval();
    carry(&mut game, way(0, -2 * lines));
    carry(&mut game, way(0, 2));
    assert_eq!(status(&game).lap(), 0);
    carry(&mut game, way(2, lines + 1));
    assert_eq!(status(&game).lap(), 1, "a true lap still counts");
}

#[test]
fn a_lap_without_a_key_point_does_not_count() {
    let (mut game, lines) = oval();
    carry(&mut game, way(0, lines / 5));
    // Across the infield, past a key point, which only a tool or a bug can do.
    carry(&mut game, way(lines * 4 / 5, lines + 1));
    assert_eq!(status(&game).lap(), 0);
}

/// Presses the waits of the published converter from power-on to the race.
fn through_the_menus(game: &mut Game, combo: Combo) {
    const ORDER: [u8; 12] = [0, 7, 4, 6, 2, 1, 5, 3, 9, 8, 10, 11];
    let press = |game: &mut Game, pad: Pad, frames: u32| {
        game.tick(pad);
        wait(game, Pad::empty(), frames);
    };
    let slot = COURSE_SLOTS
        .iter()
        .position(|course| course.id == combo.course)
        .expect("a course");
    wait(game, Pad::empty(), 360);
    press(game, Pad::A, 110);
    press(game, Pad::DOWN, 7);
    press(game, Pad::A, 45);
    press(game, Pad::A, 45);
    let cell = ORDER
        .iter()
        .position(|&character| character == combo.character)
        .expect("a character");
    for _ in 0..cell / 4 {
        press(game, Pad::DOWN, 7);
    }
    for _ in 0..cell % 4 {
        press(game, Pad::RIGHT, 7);
    }
    press(game, Pad::A, 30);
    let own = 3 * i32::from(combo.character);
    let moves = i32::from(combo.kart) - own;
    for _ in 0..moves.abs() {
        press(game, if moves > 0 { Pad::RIGHT } else { Pad::LEFT }, 7);
    }
    press(game, Pad::A, 160);
    for _ in 0..slot / 4 % 4 {
        press(game, Pad::RIGHT, 7);
    }
    press(game, Pad::A, 55);
    for _ in 0..slot % 4 {
        press(game, Pad::DOWN, 7);
    }
    press(game, Pad::A, 15);
    game.tick(Pad::A);
    for _ in 0..100 {
        if Ram::new(game.ram())
            .expect("the US layout")
            .race()
            .expect("sound pointers")
            .is_some()
        {
            return;
        }
        game.tick(Pad::empty());
    }
    panic!("no race behind the menus");
}

#[test]
fn the_menus_lead_to_the_race_that_was_chosen() {
    for combo in [
        COMBO,
        Combo {
            character: 6,
            kart: 20,
            course: 22,
        },
        Combo {
            character: 11,
            kart: 31,
            course: 18,
        },
    ] {
        let mut by_menus = Game::new(None).expect("the bundled courses fit");
        through_the_menus(&mut by_menus, combo);
        assert_eq!(frame_counter(&by_menus), 1);
        let race = Ram::new(by_menus.ram())
            .expect("the US layout")
            .race()
            .expect("sound pointers")
            .expect("a race");
        let config = race.config();
        let player = config.driver(0).expect("eight drivers");
        let chosen = (player.character().0, player.kart().0, config.course().0);
        assert_eq!(
            chosen,
            (
                combo.character.into(),
                combo.kart.into(),
                combo.course.into()
            )
        );

        let mut at_once = start(combo, None);
        for game in [&mut by_menus, &mut at_once] {
            wait(game, Pad::empty(), TO_GO);
            wait(game, Pad::A | Pad::LEFT, 100);
        }
        assert_eq!(driver_bytes(&by_menus), driver_bytes(&at_once));
    }
}

#[test]
fn there_is_no_race_in_the_menus_and_pause_leads_back_to_them() {
    let no_race = |game: &Game| {
        Ram::new(game.ram())
            .expect("the US layout")
            .race()
            .expect("sound pointers")
            .is_none()
    };
    let mut game = Game::new(None).expect("the bundled courses fit");
    assert!(no_race(&game));
    game.start_race(COMBO).expect("a bundled course");
    wait(&mut game, Pad::empty(), 50);
    game.tick(Pad::START);
    let paused = frame_counter(&game);
    wait(&mut game, Pad::empty(), 30);
    assert_eq!(frame_counter(&game), paused);
    game.tick(Pad::A);
    wait(&mut game, Pad::empty(), 30);
    assert_eq!(frame_counter(&game), paused + 30);
    game.tick(Pad::START);
    wait(&mut game, Pad::empty(), 30);
    game.tick(Pad::B);
    assert!(no_race(&game));
}

#[test]
fn what_the_menus_do_not_offer_is_refused() {
    let mut game = Game::new(None).expect("the bundled courses fit");
    for combo in [
        Combo {
            character: 12,
            ..COMBO
        },
        Combo { kart: 36, ..COMBO },
        Combo {
            course: 255,
            ..COMBO
        },
    ] {
        assert_eq!(game.start_race(combo), Err(native::Error::Combo { combo }));
    }
    let locked = Combo {
        course: 29,
        ..COMBO
    };
    assert_eq!(
        game.start_race(locked),
        Err(native::Error::Course { course: 29 })
    );
}

/// Drives the oval by hand to the finish: along the middles of the checkpoints, hopping now and then.
pub(crate) fn drive_the_oval(game: &mut Game, on_frame: &mut dyn FnMut(&Game)) -> Vec<Pad> {
    let middles = middles(0);
    let mut pads = Vec::new();
    for frame in 0..10_000_u32 {
        if status(game).state() == 1 {
            return pads;
        }
        let ahead = middles[(usize::from(status(game).checkpoint()) + 2) % middles.len()];
        let player = driver(game);
        let [x, _, z] = player.position().to_f32().map(f64::from);
        let angle = (ahead[0] - x).atan2(ahead[1] - z) / std::f64::consts::TAU * 65536.0;
        let error = (angle as i64 as u16).wrapping_sub(player.yaw().0) as i16;
        let steer = match error {
            500.. => Pad::LEFT,
            ..=-500 => Pad::RIGHT,
            _ => Pad::empty(),
        };
        let hop = if frame % 500 == 0 {
            Pad::R
        } else {
            Pad::empty()
        };
        let pad = if frame < 160 {
            Pad::empty()
        } else {
            Pad::A | steer | hop
        };
        pads.push(pad);
        game.tick(pad);
        on_frame(game);
    }
    panic!("no finish in 10,000 frames");
}

#[test]
fn a_best_time_is_stored_as_a_ghost_that_drives_the_same_race() {
    let mut game = start(
        Combo {
            character: 2,
            kart: 8,
            course: 20,
        },
        None,
    );
    wait(&mut game, Pad::empty(), 120);
    let pads = drive_the_oval(&mut game, &mut |_| ());
    let save = Save::parse(game.battery()).expect("a save of the right size");
    let ghost = save.ghost(0).expect("a sound checksum").expect("a ghost");
    assert_eq!(
        ghost.combo,
        Combo {
            character: 2,
            kart: 8,
            course: 20
        }
    );
    assert_eq!(ghost.time.0, status(&game).total_milliseconds());
    assert_eq!(
        ghost.laps.iter().map(|lap| lap.0).sum::<u32>(),
        ghost.time.0
    );
    assert_eq!(ghost.laps.len(), 3);
    assert_eq!(ghost.frames().collect::<Vec<_>>(), pads);

    let mut again = start(ghost.combo, None);
    wait(&mut again, Pad::empty(), 120);
    ghost.frames().for_each(|pad| again.tick(pad));
    assert_eq!(driver_bytes(&again), driver_bytes(&game));
    assert_eq!(status(&again).total_milliseconds(), ghost.time.0);
}

#[test]
fn only_a_better_time_replaces_a_ghost() {
    let mut game = start(COMBO, None);
    wait(&mut game, Pad::empty(), 120);
    drive_the_oval(&mut game, &mut |_| ());
    let first = game.battery().to_vec();

    let mut slower = start(COMBO, Some(&first));
    wait(&mut slower, Pad::empty(), 240);
    drive_the_oval(&mut slower, &mut |_| ());
    assert_eq!(slower.battery(), first);
}

#[test]
fn a_damaged_ghost_counts_as_none() {
    let mut game = start(COMBO, None);
    wait(&mut game, Pad::empty(), 120);
    drive_the_oval(&mut game, &mut |_| ());
    let mut damaged = game.battery().to_vec();
    damaged[0xAF00 + 0x40] ^= 1;
    assert!(Save::parse(&damaged).expect("a save").ghost(0).is_err());

    let mut slower = start(COMBO, Some(&damaged));
    wait(&mut slower, Pad::empty(), 240);
    drive_the_oval(&mut slower, &mut |_| ());
    assert!(
        Save::parse(slower.battery())
            .expect("a save")
            .ghost(0)
            .is_ok_and(|ghost: Option<Ghost>| ghost.is_some())
    );

    // Short, empty and random batteries are accepted too.
    let mut random = vec![0; 512 << 10];
    ChaCha8Rng::seed_from_u64(1).fill_bytes(&mut random);
    for battery in [&[][..], &[0; 100][..], &random[..]] {
        wait(&mut start(COMBO, Some(battery)), Pad::A, 600);
    }
}

/// Random buttons, each held for a few frames.
fn random_pad(rng: &mut ChaCha8Rng) -> Pad {
    let pedals = [
        Pad::A,
        Pad::A,
        Pad::A,
        Pad::A,
        Pad::empty(),
        Pad::B,
        Pad::A | Pad::B,
    ];
    let steer = [Pad::empty(), Pad::LEFT, Pad::RIGHT, Pad::LEFT | Pad::RIGHT];
    let hop = [Pad::empty(), Pad::empty(), Pad::R];
    let choose = |pads: &[Pad], rng: &mut ChaCha8Rng| *pads.choose(rng).expect("not empty");
    choose(&pedals, rng) | choose(&steer, rng) | choose(&hop, rng)
}

#[test]
fn random_driving_stays_on_every_course() {
    for course in COURSES {
        let combo = Combo {
            course: course.id,
            ..COMBO
        };
        let mut game = start(combo, None);
        let mut rng = ChaCha8Rng::seed_from_u64(course.slot.into());
        let nkm = Nkm::parse(course.nkm).expect("our own file");
        let far = |select: fn(&mkds_formats::nkm::Checkpoint) -> [Fx32; 2]| {
            let along = || nkm.checkpoints.iter().flat_map(select).map(|x| x.to_f32());
            (
                along().fold(f32::MAX, f32::min) - 300.0,
                along().fold(f32::MIN, f32::max) + 300.0,
            )
        };
        let (x_range, z_range) = (
            far(|line| [line.x1, line.x2]),
            far(|line| [line.z1, line.z2]),
        );
        let mut pad = Pad::empty();
        for frame in 0..100_000 {
            if frame % 7 == 0 {
                pad = random_pad(&mut rng);
            }
            if status(&game).state() == 1 {
                // Else the result screen would lead on to other courses.
                game.start_race(combo).expect("a bundled course");
            }
            game.tick(pad);
            let [x, y, z] = driver(&game).position().to_f32();
            let inside = (x_range.0..x_range.1).contains(&x)
                && (z_range.0..z_range.1).contains(&z)
                && (-400.0..200.0).contains(&y);
            assert!(inside, "{}: frame {frame}: at {x}, {y}, {z}", course.name);
        }
    }
}

#[test]
fn garbage_in_ram_harms_nothing_but_this_race() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    for _ in 0..30 {
        let mut game = Straight::of(&[(10, Road)]).load(None);
        wait(&mut game, Pad::empty(), TO_GO);
        // The symbols, the heap's structs and the head of the collision file.
        for range in [
            0x17_5000..0x17_C000,
            0x20_0000..0x21_1000,
            0x22_0000..0x22_1000,
        ] {
            for _ in 0..200 {
                let at = rng.random_range(range.clone());
                game.ram_mut()[at] = rng.random();
            }
        }
        for _ in 0..600 {
            let pad = random_pad(&mut rng);
            game.tick(pad);
        }
    }
}

#[test]
fn a_teleported_kart_drives_on_as_a_kart_that_was_there() {
    let mut game = start(COMBO, None);
    wait(&mut game, Pad::empty(), TO_GO);
    let [x, z] = middles(0)[3];
    let mut ram = RamMut::new(game.ram_mut()).expect("the US layout");
    let mut player = ram.driver_mut(0).expect("a race");
    player.set_position(VecFx32 {
        x: Fx32::from_f64(x),
        y: Fx32(0),
        z: Fx32::from_f64(z),
    });
    player.set_yaw(Angle(0));
    player.set_forward_speed(Fx32(16000));
    game.tick(Pad::A);
    assert!(driver(&game).forward_speed().0 > 16000);
    assert_eq!(status(&game).checkpoint(), 3);
}

#[test]
fn the_table_of_courses_agrees_with_their_files() {
    for course in COURSES {
        let nkm = Nkm::parse(course.nkm).expect("our own file");
        mkds_formats::kcl::Kcl::parse(course.kcl).expect("our own file");
        // The map has another number of the course, as in Mario Kart DS.
        assert_ne!(nkm.stage.course_id, u16::from(course.id), "{}", course.name);
        assert_eq!(
            COURSE_SLOTS[usize::from(course.slot)].id,
            course.id,
            "{}",
            course.name
        );
        assert_eq!(native::menu_name(course.slot), course.name);
    }
}
