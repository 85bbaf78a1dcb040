//! The scripted driver in races of the bundled game, and the facts of the frames that it drives.

mod bundled;

use bundled::{in_race, time_trial};
use env_kart::control::Button as _;
use env_kart::facts::{Facts, Floor};
use env_mk64::control::Button;
use env_mk64::emulated::race;
use env_mk64::facts;
use env_mk64::scripted::{Pursuit, Style};
use mk64_memory::course::Course;
use mk64_memory::game::RaceState;
use mupen64plus::Picture;
use n64_formats::pad::Frame;

/// More frames than a race of three laps takes, countdown included.
const RACE: usize = 9000;

/// What the scripted driver's race showed, frame by frame; `None` where the emulator is not installed.
fn driven(course: u8) -> Option<Vec<Facts>> {
    driven_in(course, Style::default())
}

fn driven_in(course: u8, style: Style) -> Option<Vec<Facts>> {
    let mut emulator = in_race(&time_trial(course))?;
    let read = Course::read(&race(&emulator).expect("a race")).expect("a course");
    let mut driver = Pursuit::new(&read, style);
    let mut seen: Vec<Facts> = Vec::new();
    while seen.last().is_none_or(|facts| !facts.is_finished()) && seen.len() < RACE {
        let action = driver.act(&race(&emulator).expect("a race"));
        let pad = Button::driving(action.expect("a decision"));
        let input = Frame::first(pad);
        emulator.step(&input, Picture::Skip).expect("a frame");
        let race = race(&emulator).expect("a race");
        let facts = facts::read(&race, pad).expect("facts");
        assert_eq!(facts.since_start < 0, race.state() == RaceState::STAGING);
        seen.push(facts);
    }
    let race = race(&emulator).expect("a race");
    let last = seen.last()?;
    assert_eq!(
        last.total_ms,
        race.hud().expect("a display").total_time() * 10
    );
    Some(seen)
}

#[test]
fn it_finishes_every_bundled_course_and_progress_has_no_jumps() {
    for course in homebrew_n64::COURSES {
        let Some(seen) = driven(course.id) else {
            return;
        };
        let name = course.name;
        let last = seen.last().expect("frames");
        assert!(last.is_finished() && last.lap == 3, "{name}: {last:?}");
        assert!(!seen.iter().any(|facts| facts.respawning), "{name}: a fall");
        let laps: Vec<i32> = seen.iter().map(|facts| facts.lap).collect();
        assert!(laps.is_sorted() && laps[0] == -1, "{name}: {laps:?}");
        for pair in seen.windows(2) {
            let [before, now] = pair else { continue };
            let gain = now.race_progress - before.race_progress;
            assert!(gain.abs() < 0.01, "{name}: {before:?}, {now:?}");
            let moved: f32 = [0, 2]
                .into_iter()
                .map(|axis| (now.pose.position[axis] - before.pose.position[axis]).powi(2))
                .sum();
            // Two ticks at once in every second frame.
            assert!(moved.sqrt() < 2.0 * 9.5, "{name}: {before:?}, {now:?}");
            assert!(now.lap_progress >= -0.1 && now.lap_progress <= 1.0);
            let side = now.pose.left;
            if now.is_drifting() && now.wall_contact == before.wall_contact {
                // The body is turned to the side that it drifts to.
                let aside: f32 = (0..3).map(|axis| now.facing[axis] * side[axis]).sum();
                assert_eq!(aside.signum(), now.drift_direction, "{name}: {now:?}");
            }
        }
        if name == "Ridgeback Leap" {
            // Its jump takes the boost before it, which the line leads over.
            let boosted = |lap| {
                let mut of_lap = seen.iter().filter(|facts| facts.lap == lap);
                of_lap.any(|facts| facts.floor == Floor::Boost)
            };
            assert!((0..3).all(boosted));
        }
        let touches = seen.iter().filter(|facts| facts.wall_contact).count();
        assert!(touches < 30, "{name}: {touches} frames at walls");
    }
}

#[test]
fn a_start_pressed_in_time_is_boosted_and_the_kart_settles_at_its_top_speed() {
    let Some(seen) = driven(homebrew_n64::COURSES[0].id) else {
        return;
    };
    let go = seen.iter().position(|facts| facts.since_start >= 0);
    let go = go.expect("a start");
    assert!(seen[go + 2].boost > 0 && seen[go + 2].boosting);
    let fastest = seen
        .iter()
        .filter(|facts| !facts.boosting && facts.speed_over_limit < 1.0)
        .map(Facts::speed_fraction)
        .fold(0.0, f32::max);
    assert!((0.95..1.02).contains(&fastest), "{fastest}");
}

#[test]
fn drifts_are_charged_and_pay() {
    for course in [9, 6] {
        let Some(drifting) = driven(course) else {
            return;
        };
        let calm = Style {
            drift_from: f32::INFINITY,
            ..Style::default()
        };
        let calm = driven_in(course, calm).expect("a race");
        let begun = drifting
            .windows(2)
            .filter(|pair| pair[1].mini_turbo > pair[0].mini_turbo);
        assert!(begun.count() >= 3);
        assert!(calm.iter().all(|facts| !facts.is_drifting()));
        let time = |race: &[Facts]| race.last().expect("frames").total_ms;
        assert!(time(&drifting) + 500 < time(&calm));
    }
}
