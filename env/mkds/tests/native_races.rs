//! The scripted driver and the observation on the natively built game.

use env_mkds::{
    action::PadAction,
    control::KEYMASK,
    facts::{self, GO_FRAME},
    observation::{
        Buttons, Normal, Observation, Observer, Position, PreviousAction, Term, TimeTrialV1,
        Velocity,
    },
    scripted::{Pursuit, Style},
};
use homebrew::{
    COURSES, CourseInfo,
    native::{Game, Opponent},
};
use mkds_formats::ghost::Combo;
use mkds_memory::{Race, Ram, RamMut, course::Course};
use nds_formats::pad::Pad;

/// Twice what the slowest driver on the longest course needs.
const FRAME_LIMIT: u32 = 12_000;

fn start(course: &CourseInfo, character: u8, kart: u8) -> Game {
    let mut game = Game::new(None).expect("the bundled game starts");
    game.start_race(Combo {
        character,
        kart,
        course: course.id,
    })
    .expect("the course is there");
    while Ram::new(game.ram()).unwrap().race().unwrap().is_none() {
        game.tick(Pad::empty());
    }
    game
}

fn race(game: &Game) -> Race<'_> {
    Ram::new(game.ram())
        .unwrap()
        .race()
        .unwrap()
        .expect("a race")
}

/// Drives until the finish; the total time in milliseconds, `None` without one.
fn drive(game: &mut Game, driver: &mut Pursuit) -> Option<u32> {
    for _ in 0..FRAME_LIMIT {
        let race = race(game);
        let status = race.driver_status(0).unwrap();
        if status.race_progress().to_f32() >= 1.0 {
            return Some(status.total_milliseconds());
        }
        let pad = driver.act(&race).unwrap().to_pad();
        game.tick(pad);
    }
    None
}

fn driver(game: &Game, style: Style) -> Pursuit {
    Pursuit::new(&Course::read(&race(game)).unwrap(), style)
}

#[test]
fn every_style_finishes_every_course_at_racing_speed() {
    for course in COURSES {
        for seed in 0..20 {
            let mut game = start(course, (seed % 12) as u8, (seed * 7 % 36) as u8);
            let mut driver = driver(&game, Style::seeded(seed));
            let line = Course::read(&race(&game))
                .unwrap()
                .track()
                .centreline()
                .length();
            let total_ms = drive(&mut game, &mut driver);
            let total_ms =
                total_ms.unwrap_or_else(|| panic!("{}: seed {seed} is lost", course.name));
            // Three laps; the top speed is 5.2 units a frame, 59.8 frames a second.
            let speed = 3.0 * line / (total_ms as f32 * 0.0598);
            assert!(
                speed > 4.4,
                "{}: seed {seed} took {total_ms} ms",
                course.name
            );
        }
    }
}

#[test]
fn calm_styles_finish_every_course_on_the_road_and_without_a_drift() {
    for course in COURSES {
        for seed in 0..8 {
            let mut game = start(course, 0, 0);
            let mut driver = driver(&game, Style::calm(seed));
            let (mut frames, mut off_road, mut finished) = (0, 0, false);
            while !finished && frames < FRAME_LIMIT {
                let race = race(&game);
                let action = driver.act(&race).unwrap();
                assert!(!action.drift, "{}: seed {seed} drifts", course.name);
                finished = race.driver_status(0).unwrap().race_progress().to_f32() >= 1.0;
                off_road += u32::from(race.driver(0).unwrap().terrain_multiplier().to_f32() < 1.0);
                frames += 1;
                game.tick(action.to_pad());
            }
            assert!(finished, "{}: seed {seed} is lost", course.name);
            assert!(
                off_road * 20 < frames,
                "{}: seed {seed} is off the road in {off_road} of {frames} frames",
                course.name
            );
        }
    }
}

#[test]
fn every_style_takes_the_start_boost() {
    for seed in 0..20 {
        let mut game = start(&COURSES[0], 0, 0);
        let mut driver = driver(&game, Style::seeded(seed));
        while race(&game).state().frame_counter() <= GO_FRAME {
            let pad = driver.act(&race(&game)).unwrap().to_pad();
            game.tick(pad);
        }
        let boost = race(&game).driver(0).unwrap().boost_timer();
        assert!(boost > 0, "seed {seed} starts without a boost");
    }
}

/// The positions of a racer, after every frame until all have finished.
fn positions(game: &mut Game, id: usize, mut pad: impl FnMut(&Race<'_>) -> Pad) -> Vec<[i32; 3]> {
    let mut positions = Vec::new();
    for _ in 0..FRAME_LIMIT {
        let pad = pad(&race(game));
        game.tick(pad);
        let race = race(game);
        let at = race.driver(id).unwrap().position();
        positions.push([at.x.0, at.y.0, at.z.0]);
        if race.driver_status(id).unwrap().race_progress().to_f32() >= 1.0 {
            return positions;
        }
    }
    panic!("racer {id} is lost");
}

#[test]
fn on_every_course_a_ghost_drives_the_race_it_was_recorded_in() {
    for course in COURSES {
        let mut game = start(course, 9, 28);
        let mut driver = driver(&game, Style::seeded(11));
        let driven = positions(&mut game, 0, |race| driver.act(race).unwrap().to_pad());
        let (total_ms, laps) = {
            let race = race(&game);
            let status = race.driver_status(0).unwrap();
            (status.total_milliseconds(), status.lap_times())
        };

        let mut again = Game::new(Some(game.battery())).expect("the bundled game starts");
        let other = Combo {
            character: 2,
            kart: 7,
            course: course.id,
        };
        again
            .start_race_against(other, Opponent::Ghost)
            .expect("a course with a ghost");
        let raced = positions(&mut again, 1, |_| Pad::A);
        assert!(raced == driven, "{}", course.name);
        let race = race(&again);
        let ghost = race.driver_status(1).unwrap();
        assert_eq!(ghost.total_milliseconds(), total_ms, "{}", course.name);
        assert_eq!(ghost.lap_times(), laps, "{}", course.name);
    }
}

#[test]
fn styles_differ_and_repeat() {
    let course = &COURSES[0];
    let time = |seed| {
        let mut game = start(course, 0, 0);
        let mut driver = driver(&game, Style::seeded(seed));
        drive(&mut game, &mut driver)
    };
    assert_eq!(time(3), time(3));
    assert_ne!(time(3), time(4));
}

#[test]
fn the_driver_recovers_from_facing_the_wrong_way_beside_the_road() {
    for course in COURSES {
        let mut game = start(course, 0, 0);
        let mut driver = driver(&game, Style::default());
        for _ in 0..600 {
            let pad = driver.act(&race(&game)).unwrap().to_pad();
            game.tick(pad);
        }
        {
            let mut ram = RamMut::new(game.ram_mut()).unwrap();
            let mut kart = ram.driver_mut(0).unwrap();
            let (position, direction, yaw) = (
                kart.view().position(),
                kart.view().direction().to_f32(),
                kart.view().yaw(),
            );
            let aside = [
                (direction[2] * 120.0 * 4096.0) as i32,
                (-direction[0] * 120.0 * 4096.0) as i32,
            ];
            let mut moved = position;
            moved.x.0 += aside[0];
            moved.z.0 += aside[1];
            kart.set_position(moved);
            kart.set_yaw(nds_formats::fx::Angle(yaw.0.wrapping_add(0x8000)));
        }
        assert!(drive(&mut game, &mut driver).is_some(), "{}", course.name);
    }
}

/// All terms, except those that repeat others under other names.
fn all_terms() -> Observer {
    let mut terms = Term::driving();
    terms.extend([
        Term::Position(Position {}),
        Term::Velocity(Velocity {}),
        Term::Normal(Normal {}),
        Term::PreviousAction(PreviousAction {}),
        Term::Buttons(Buttons {}),
    ]);
    Observer::new(&terms, KEYMASK).expect("terms of different names")
}

/// Calls `see` with the observations of a few thousand frames of random buttons on every course.
fn see_any_driving(observer: &Observer, mut see: impl FnMut(&str, &Observation)) {
    for course in COURSES {
        let mut game = start(course, 5, 20);
        let name = course.name;
        let course = Course::read(&race(&game)).unwrap();
        let mut seen = Observation::default();
        let mut pressed = 1u32;
        for frame in 0..3000u32 {
            // A linear congruential generator: any mix of buttons will do.
            if frame % 20 == 0 {
                pressed = pressed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            }
            let pad = Pad::from_bits_truncate((pressed >> 16) as u16 & 0x0FF3) | Pad::A;
            game.tick(pad);
            let moment = facts::moment(&race(&game), &course, pad).unwrap();
            observer.observe(&moment, &mut seen);
            see(name, &seen);
        }
    }
}

/// Calls `see` with the observations of a race of the scripted driver, which drifts, boosts and jumps.
fn see_the_scripted_driver(observer: &Observer, mut see: impl FnMut(&Observation)) {
    for course in COURSES {
        let mut game = start(course, 0, 0);
        let course = Course::read(&race(&game)).unwrap();
        let mut driver = driver(&game, Style::default());
        let mut seen = Observation::default();
        for _ in 0..2000 {
            let pad = driver.act(&race(&game)).unwrap().to_pad();
            game.tick(pad);
            let moment = facts::moment(&race(&game), &course, pad).unwrap();
            observer.observe(&moment, &mut seen);
            see(&seen);
        }
    }
}

#[test]
fn observations_stay_in_bounds_whatever_is_pressed() {
    for observer in [all_terms(), published()] {
        let (low, high) = observer.bounds();
        see_any_driving(&observer, |course, seen| {
            assert_eq!(seen.floats.len(), low.len());
            for (index, value) in seen.floats.iter().enumerate() {
                let inside = low[index] <= *value && *value <= high[index];
                assert!(inside, "{course}: value {index} is {value}");
            }
        });
    }
}

fn published() -> Observer {
    Observer::new(&[Term::TimeTrialV1(TimeTrialV1 {})], KEYMASK).expect("its names differ")
}

#[test]
fn the_published_dictionary_tells_something_in_every_field_and_fits_its_boxes() {
    let observer = published();
    let (low, high) = observer.bounds();
    let mut ranges = vec![(f32::MAX, f32::MIN); observer.width()];
    let mut at_bounds = vec![0; observer.width()];
    let mut count = 0;
    let mut note = |seen: &Observation| {
        count += 1;
        for (index, value) in seen.floats.iter().enumerate() {
            ranges[index] = (ranges[index].0.min(*value), ranges[index].1.max(*value));
            let inner = low[index] + 1e-3 < *value && *value < high[index] - 1e-3;
            at_bounds[index] += usize::from(!inner);
        }
    };
    see_any_driving(&observer, |_, seen| note(seen));
    see_the_scripted_driver(&observer, note);
    for field in observer.fields() {
        let range = observer.range(&field.name).expect("a field");
        for index in range {
            let (least, most) = ranges[index];
            // The bundled game has no effects, turns karts about their height alone, and its only
            // jump is taken straight on.
            if !["speed_effect", "speed_midair", "angle_pitch"].contains(&field.name.as_str()) {
                assert!(least < most, "{} is always {least}", field.name);
            }
            // A value that is always clamped carries no information: lengths and factors must rarely be at their bounds.
            if field.name.starts_with("pos") || field.name.starts_with("vel") {
                assert!(at_bounds[index] < count / 50, "{} is cut off", field.name);
            }
        }
    }
}

#[test]
fn the_observation_sees_the_start() {
    let game = start(&COURSES[0], 0, 0);
    let observer = all_terms();
    let course = Course::read(&race(&game)).unwrap();
    let mut seen = Observation::default();
    let moment = facts::moment(&race(&game), &course, Pad::A | Pad::LEFT).unwrap();
    observer.observe(&moment, &mut seen);
    let field = |name| &seen.floats[observer.range(name).expect("a field")];
    assert_eq!(field("countdown"), [300.0]);
    assert_eq!(field("floor_road"), [1.0]);
    assert_eq!(field("speed"), [0.0]);
    assert_eq!(field("previous_action"), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    assert_eq!(seen.words, [(Pad::A | Pad::LEFT).bits()]);
    assert_eq!(field("position"), moment.now.pose.position);
    // The grid faces along the road: edges at both sides, more room ahead than aside.
    let edges = field("edge_distance");
    assert!(
        edges[0] < 300.0 && edges[edges.len() - 1] < 300.0,
        "{edges:?}"
    );
    assert!(edges[edges.len() / 2] > 300.0, "{edges:?}");
    assert!(field("centreline_heading")[0].abs() < 0.2);
    assert!(field("centreline_offset")[0].abs() < 150.0);
    assert!(
        field("checkpoint_angle")[0].abs() < 0.6,
        "{:?}",
        field("checkpoint_angle")
    );
}

#[test]
fn left_front_and_right_distances_are_of_these_directions() {
    let game = start(&COURSES[0], 0, 0);
    let observer = published();
    let course = Course::read(&race(&game)).unwrap();
    let moment = facts::moment(&race(&game), &course, Pad::empty()).unwrap();
    let mut seen = Observation::default();
    observer.observe(&moment, &mut seen);
    let field = |name| seen.floats[observer.range(name).expect("a field")][0] * 3000.0;
    let names = [
        "collision_dist_left",
        "collision_dist_front",
        "collision_dist_right",
    ];
    let [left, front, right] = names.map(field);
    assert!(front > 2.0 * left.max(right), "{left} {front} {right}");
    // The nearer edge is on the side of the offset from the centreline.
    let offset = moment.on_centreline().expect("a line").offset;
    assert!((right - left) * offset > 0.0, "{left} {right} {offset}");
}

#[test]
fn fields_have_unique_names_and_ordered_bounds() {
    for observer in [all_terms(), published()] {
        for field in observer.fields() {
            assert!(
                field.low < field.high && field.low.is_some() && field.width() > 0,
                "{}",
                field.name
            );
        }
        assert_eq!(observer.range("no such field"), None);
    }
}
