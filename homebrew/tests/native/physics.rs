//! The kart's physics on small courses, compared with the published figures.

use crate::support::{Straight, TO_GO, driver, place, wait};
use homebrew::native::Game;
use mkds_formats::kcl::CollisionType::{BoostPanel, JumpPad, OffRoad, Road};
use mkds_memory::driver::{ControlFlags, MotionFlags};
use nds_formats::pad::Pad;

const TOP_SPEED: i32 = 21396;

/// The game's product of two `fx32`.
fn fx_mul(a: i32, b: i32) -> i32 {
    ((i64::from(a) * i64::from(b)) >> 12) as i32
}

fn road() -> Straight {
    Straight::of(&[(60, Road)])
}

fn speed(game: &Game) -> i32 {
    driver(game).forward_speed().0
}

/// Holds A from rest until the kart no longer gains speed.
fn at_top_speed(course: &Straight) -> Game {
    let mut game = course.race();
    wait(&mut game, Pad::A, 200);
    assert_eq!(speed(&game), TOP_SPEED);
    game
}

#[test]
fn speed_follows_the_published_curve() {
    let mut game = road().race();
    let mut ticks = 0;
    while speed(&game) < TOP_SPEED {
        let (before, ratio) = (speed(&game), driver(&game).max_speed_fraction().0);
        game.tick(Pad::A);
        ticks += 1;
        let gained = speed(&game) - before;
        if ratio < 1900 {
            assert_eq!(gained, 225, "tick {ticks}, ratio {ratio}");
        } else if ratio > 2900 && speed(&game) < TOP_SPEED {
            assert_eq!(gained, 94, "tick {ticks}, ratio {ratio}");
        } else {
            assert!((0..=225).contains(&gained), "tick {ticks}: gained {gained}");
        }
    }
    // 225 a tick to half of the limit, 94 from 70 % on, in between some of both.
    assert!((130..165).contains(&ticks), "{ticks} ticks to top speed");
    wait(&mut game, Pad::A, 50);
    assert_eq!(speed(&game), TOP_SPEED);
    // Contact keeps a small fall speed: sqrt(21396² + 4182²).
    assert!((driver(&game).speed().0 - 21801).abs() <= 4);
}

#[test]
fn a_kart_without_pedals_coasts_to_rest() {
    let mut game = at_top_speed(&road());
    let mut ticks = 0;
    while speed(&game) > 0 {
        let before = speed(&game);
        game.tick(Pad::empty());
        ticks += 1;
        let expected = fx_mul(before, 4030);
        assert_eq!(speed(&game), if expected <= 410 { 0 } else { expected });
    }
    assert!((230..260).contains(&ticks), "{ticks} ticks to rest");
    let rested = driver(&game).position();
    wait(&mut game, Pad::empty(), 60);
    assert_eq!(driver(&game).position(), rested);
    assert!(driver(&game).motion_flags().contains(MotionFlags::AT_REST));
}

#[test]
fn the_brake_stops_then_reverses_up_to_its_cap() {
    let mut game = at_top_speed(&road());
    wait(&mut game, Pad::B, 50);
    assert_eq!(speed(&game), TOP_SPEED - 50 * 410);
    wait(&mut game, Pad::B, 60);
    assert_eq!(speed(&game), -12288);
    assert!(
        driver(&game)
            .motion_flags()
            .contains(MotionFlags::REVERSING)
    );
}

#[test]
fn off_road_slows_a_kart_and_the_road_frees_it() {
    let mut game = at_top_speed(&Straight::of(&[(12, Road), (12, OffRoad), (40, Road)]));
    while driver(&game).floor_kind() != 3 {
        game.tick(Pad::A);
    }
    wait(&mut game, Pad::A, 60);
    let slow = fx_mul(TOP_SPEED, 2253);
    assert!(
        (speed(&game) - slow).abs() <= 8,
        "{} off road",
        speed(&game)
    );
    while driver(&game).floor_kind() != 0 {
        game.tick(Pad::A);
    }
    wait(&mut game, Pad::A, 150);
    assert_eq!(speed(&game), TOP_SPEED);
}

#[test]
fn a_wall_stops_a_kart_and_throws_it_back() {
    let mut course = Straight::of(&[(20, Road)]);
    course.wall = true;
    let wall = 200.0 * 19.0;
    let mut game = at_top_speed(&course);
    let mut furthest = f32::MIN;
    while !driver(&game)
        .motion_flags()
        .contains(MotionFlags::TOUCHING_WALL)
    {
        game.tick(Pad::A);
        furthest = furthest.max(driver(&game).position().to_f32()[2]);
    }
    game.tick(Pad::A);
    assert!(
        speed(&game) < TOP_SPEED / 20,
        "{} after the wall",
        speed(&game)
    );
    wait(&mut game, Pad::empty(), 6);
    let after = driver(&game).position().to_f32()[2];
    assert!(after < furthest - 5.0, "at {after} after {furthest}");
    // Its sphere never got into the wall: the radius is 11 units.
    assert!(
        furthest <= wall as f32 - 10.9,
        "{furthest} before a wall at {wall}"
    );
}

#[test]
fn steering_turns_left_as_yaw_grows_and_costs_speed() {
    let mut game = at_top_speed(&road());
    wait(&mut game, Pad::A | Pad::LEFT, 30);
    let turned = driver(&game);
    assert!(
        (5000..9000).contains(&turned.yaw().0),
        "yaw {}",
        turned.yaw().0
    );
    assert!(turned.position().x.0 > 0, "left of +z is +x");
    // 492/4096 of the displacement at full lean.
    let flat = f64::from(turned.displacement().x.0).hypot(f64::from(turned.displacement().z.0));
    assert!((flat / f64::from(TOP_SPEED) - 0.88).abs() < 0.01, "{flat}");
    let left = driver(&game).yaw().0;
    wait(&mut game, Pad::A | Pad::RIGHT, 60);
    assert!((driver(&game).yaw().0.wrapping_sub(left) as i16) < -5000);
}

/// Drifts to the left until the charge is `charge`, R still held.
fn drift(game: &mut Game, charge: i32) {
    let (into, away) = (Pad::A | Pad::R | Pad::LEFT, Pad::A | Pad::R | Pad::RIGHT);
    wait(game, into, 30);
    assert_eq!(driver(game).drift_direction(), -1);
    assert_eq!(driver(game).drift_charge(), 1);
    for expected in [2, 4] {
        if driver(game).drift_charge() == charge {
            return;
        }
        wait(game, away, 12);
        wait(game, into, 12);
        assert_eq!(driver(game).drift_charge(), expected);
    }
}

#[test]
fn a_charged_drift_fires_a_mini_turbo_of_34_ticks() {
    let mut game = at_top_speed(&road());
    drift(&mut game, 4);
    let mut ticks = 0;
    game.tick(Pad::A);
    while driver(&game)
        .control_flags()
        .contains(ControlFlags::MINI_TURBO)
    {
        assert!(driver(&game).control_flags().contains(ControlFlags::BOOST));
        ticks += 1;
        game.tick(Pad::A);
    }
    assert_eq!(ticks, 34);
    assert!(speed(&game) > TOP_SPEED, "{}", speed(&game));
    assert_eq!(driver(&game).drift_charge(), 0);
}

#[test]
fn a_half_charged_drift_fires_nothing() {
    let mut game = at_top_speed(&road());
    drift(&mut game, 2);
    game.tick(Pad::A);
    assert_eq!(driver(&game).mini_turbo_timer(), 0);
    assert_eq!(driver(&game).drift_direction(), 0);
}

#[test]
fn a_hop_without_a_direction_starts_no_drift() {
    let mut game = at_top_speed(&road());
    wait(&mut game, Pad::A | Pad::R, 10);
    assert!(
        driver(&game)
            .motion_flags()
            .contains(MotionFlags::HOP_IN_PROGRESS)
    );
    assert!(driver(&game).position().to_f32()[1] > 8.0);
    wait(&mut game, Pad::A | Pad::R, 30);
    assert_eq!(driver(&game).drift_direction(), 0);
    assert!(
        driver(&game)
            .motion_flags()
            .contains(MotionFlags::ON_GROUND)
    );
}

#[test]
fn a_boost_panel_lifts_the_limit_for_a_second() {
    let mut game = at_top_speed(&Straight::of(&[(12, Road), (1, BoostPanel), (47, Road)]));
    while driver(&game).boost_timer() == 0 {
        game.tick(Pad::A);
    }
    wait(&mut game, Pad::A, 20);
    let boosted = fx_mul(TOP_SPEED, 5325);
    assert_eq!(speed(&game), boosted);
    wait(&mut game, Pad::A, 120);
    assert_eq!(speed(&game), TOP_SPEED);
}

#[test]
fn a_jump_pad_throws_a_kart_over_a_hole() {
    let mut course = Straight::of(&[(12, Road), (1, JumpPad), (40, Road)]);
    course.rows[13] = None;
    let mut game = at_top_speed(&course);
    let mut airborne = 0;
    for _ in 0..400 {
        game.tick(Pad::A);
        airborne = airborne.max(driver(&game).airborne_frames());
    }
    assert!((25..60).contains(&airborne), "{airborne} ticks in the air");
    let end = driver(&game);
    assert!(end.motion_flags().contains(MotionFlags::ON_GROUND));
    assert!(
        end.position().to_f32()[2] > 200.0 * 13.0,
        "it lies behind the hole"
    );
    assert_eq!(end.pre_respawn_timer(), 0);
}

#[test]
fn a_kart_that_falls_is_put_back() {
    let mut course = road();
    for row in 8..60 {
        course.rows[row] = None;
    }
    let mut game = course.race();
    let mut frames = 0;
    while driver(&game).pre_respawn_timer() == 0 {
        game.tick(Pad::A);
        frames += 1;
        assert!(frames < 600, "never fell");
    }
    wait(&mut game, Pad::A, 46);
    let [x, y, z] = driver(&game).position().to_f32();
    assert!(
        (x - 50.0).abs() < 1.0 && y.abs() < 3.0 && (z - 20.0).abs() < 2.0,
        "put back at {x}, {y}, {z}"
    );
    assert!(speed(&game) == 0);
    wait(&mut game, Pad::A, 100);
    assert!(speed(&game) > 5000, "and drives on");
}

#[test]
fn a_kart_goes_on_from_where_a_tool_puts_it() {
    let mut game = at_top_speed(&road());
    place(&mut game, [300.0, 0.0, 1000.0]);
    wait(&mut game, Pad::A, 10);
    let [x, _, z] = driver(&game).position().to_f32();
    assert!((x - 300.0).abs() < 2.0, "{x}");
    assert!((z - 1052.0).abs() < 2.0, "{z}");
}

#[test]
fn a_start_pressed_just_before_go_is_boosted() {
    for (held, boosted) in [(1, false), (20, true), (120, false)] {
        let mut game = road().load(None);
        wait(&mut game, Pad::empty(), TO_GO - held);
        wait(&mut game, Pad::A, held + 10);
        assert_eq!(
            driver(&game).boost_timer() > 0,
            boosted,
            "A held for {held} frames"
        );
    }
}
