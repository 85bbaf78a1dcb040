//! The menus of the bundled game, from power-on into races.

mod bundled;

use std::ops::ControlFlow;

use bundled::{in_race, switched_on, time_trial};
use env_mk64::Error;
use env_mk64::combo::{Class, Combo, Mode};
use env_mk64::emulated::race;
use env_mk64::menus::enter_race;
use mk64_memory::game::RaceState;
use mupen64plus::Picture;

#[test]
fn menus_lead_to_the_race_that_was_asked_for() {
    let [first, second_cup] = [8, 10];
    for combo in [
        time_trial(first),
        Combo {
            character: 7,
            ..time_trial(second_cup)
        },
        Combo {
            character: 6,
            course: first,
            mode: Mode::GrandPrix(Class::Cc150),
        },
        Combo {
            character: 4,
            course: first,
            mode: Mode::GrandPrix(Class::Cc50),
        },
    ] {
        let Some(mut emulator) = switched_on() else {
            return;
        };
        let mut inputs = Vec::new();
        let frames = enter_race(&mut emulator, &combo, &mut |_, frame| {
            inputs.push(*frame);
            ControlFlow::Continue(())
        });
        assert_eq!(frames.expect("a race"), inputs.len() as u64);
        let hash = emulator.ram_hash();
        let race = race(&emulator).expect("a race");
        assert_eq!(race.state(), RaceState::STAGING);
        assert_eq!(Combo::of(&race).expect("sound"), Some(combo));
        // The inputs are all that it depends on.
        emulator.reset().expect("a console");
        for input in &inputs {
            emulator.step(input, Picture::Skip).expect("a frame");
        }
        assert_eq!(emulator.ram_hash(), hash);
    }
}

#[test]
fn what_the_menus_do_not_offer_is_refused() {
    let Some(mut emulator) = switched_on() else {
        return;
    };
    let mut enter = |combo: Combo| {
        emulator.reset().expect("a console");
        let entered = enter_race(&mut emulator, &combo, &mut |_, _| ControlFlow::Continue(()));
        entered.expect_err("no race").to_string()
    };
    let block_fort = time_trial(15);
    assert_eq!(
        enter(block_fort),
        "no course 15 in the menus: expected one of the 16 race courses"
    );
    let ninth = Combo {
        character: 8,
        ..time_trial(8)
    };
    assert_eq!(enter(ninth), "no character 8 in the menus: expected 0 to 7");
    let second_of_its_cup = Combo {
        mode: Mode::GrandPrix(Class::Cc100),
        ..time_trial(9)
    };
    assert_eq!(
        enter(second_of_its_cup),
        "no course 9 in the menus: expected a cup's first course, with which a Grand Prix begins"
    );
    // The bundled game lacks the course in the second place of the second cup.
    let error = enter(time_trial(5));
    assert!(
        error.contains("Mario on Frappe Snowland") && error.contains("cup 2, course 2"),
        "{error}"
    );
}

#[test]
fn a_drive_through_the_menus_can_be_cancelled() {
    let Some(mut emulator) = switched_on() else {
        return;
    };
    let mut left = 100;
    let cancelled = enter_race(&mut emulator, &time_trial(8), &mut |_, _| {
        left -= 1;
        match left {
            0 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    });
    assert!(matches!(
        cancelled,
        Err(Error::Kart(env_kart::Error::Cancelled { frames: 100 }))
    ));
}

#[test]
fn a_game_in_another_race_is_refused() {
    let Some(mut emulator) = in_race(&time_trial(8)) else {
        return;
    };
    let other = time_trial(9);
    let error = enter_race(&mut emulator, &other, &mut |_, _| ControlFlow::Continue(()));
    assert_eq!(
        error.expect_err("another race").to_string(),
        "the menus led to another race: expected Mario on Moo Moo Farm, time trial, found Mario on Luigi Raceway, time trial"
    );
}
