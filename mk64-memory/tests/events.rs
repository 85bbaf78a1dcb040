//! Events from two frames of a race that the test writes.

use mk64_memory::events::{Boost, Direction, Effect, EventKind, RaceEvents};
use mk64_memory::ids::{CourseId, ItemKind, SurfaceType};
use mk64_memory::path::{FieldValue, Path};
use mk64_memory::player::{Effects, PlayerType, Rescue};
use mk64_memory::{PlayerMut, RAM_SIZE, Ram, RamMut};

/// A race of two players, and what was told of it.
struct Scene {
    image: Vec<u8>,
    events: RaceEvents,
}

impl Scene {
    /// A race that was looked at once.
    fn new() -> Self {
        let mut scene = Self {
            image: vec![0; RAM_SIZE],
            events: RaceEvents::new(),
        };
        scene.set("game_state", 4);
        scene.set("race_state", 3);
        scene.set("race_ticks", 1000);
        scene.set("loaded_course_id", 8);
        for index in 0..2 {
            scene.player(index, |player| player.set_kind(PlayerType::EXISTS));
        }
        let course = CourseId::LUIGI_RACEWAY;
        assert_eq!(scene.look(), [(None, EventKind::RaceReady { course })]);
        scene
    }

    fn set(&mut self, field: &str, value: i64) {
        self.write(field, &FieldValue::Integer(value));
    }

    fn write(&mut self, field: &str, value: &FieldValue) {
        let mut ram = RamMut::new(&mut self.image).expect("an image");
        let path = Path::parse(field).expect("a field");
        path.write(&mut ram, value).expect("a value that fits");
    }

    fn player(&mut self, index: usize, change: impl FnOnce(&mut PlayerMut<'_>)) {
        let mut ram = RamMut::new(&mut self.image).expect("an image");
        change(&mut ram.player_mut(index).expect("a player"));
    }

    fn look(&mut self) -> Vec<(Option<usize>, EventKind)> {
        let ram = Ram::new(&self.image).expect("an image");
        let events = self.events.update(&ram).expect("RAM");
        events
            .iter()
            .map(|event| (event.player, event.kind))
            .collect()
    }

    /// What a change to the second player is told as.
    fn told(&mut self, change: impl FnOnce(&mut PlayerMut<'_>)) -> Vec<EventKind> {
        self.player(1, change);
        let told = self.look();
        assert!(
            told.iter().all(|(player, _)| *player == Some(1)),
            "{told:?}"
        );
        assert!(self.look().is_empty(), "it is told once");
        told.into_iter().map(|(_, kind)| kind).collect()
    }
}

#[test]
fn effects_are_told_once_and_to_whom_they_happen() {
    for (bits, effect) in [
        (Effects::STAR, Effect::Star),
        (Effects::LIGHTNING, Effect::Lightning),
        (Effects::BOO, Effect::Boo),
        (Effects::HOP, Effect::Hop),
        (Effects::DRIVING_SPIN_OUT, Effect::SpinOut),
        (Effects::BANANA_SPIN_OUT, Effect::SpinOut),
        (Effects::GREEN_SHELL, Effect::Hit),
        (Effects::SQUASHED, Effect::Hit),
    ] {
        let mut scene = Scene::new();
        let told = scene.told(|player| player.set_effects(bits));
        assert_eq!(told, [EventKind::Effect { effect }]);
        let told = scene.told(|player| player.set_effects(Effects::empty()));
        assert!(told.is_empty(), "{told:?}");
    }
}

#[test]
fn items_are_received_and_spent_one_by_one() {
    let mut scene = Scene::new();
    let steps: [(ItemKind, &[EventKind]); 5] = [
        (
            ItemKind::TRIPLE_MUSHROOM,
            &[EventKind::ItemReceived {
                item: ItemKind::TRIPLE_MUSHROOM,
            }],
        ),
        (
            ItemKind::DOUBLE_MUSHROOM,
            &[EventKind::ItemSpent {
                item: ItemKind::TRIPLE_MUSHROOM,
            }],
        ),
        (
            ItemKind::STAR,
            &[
                EventKind::ItemSpent {
                    item: ItemKind::DOUBLE_MUSHROOM,
                },
                EventKind::ItemReceived {
                    item: ItemKind::STAR,
                },
            ],
        ),
        (
            ItemKind::NONE,
            &[EventKind::ItemSpent {
                item: ItemKind::STAR,
            }],
        ),
        (ItemKind::NONE, &[]),
    ];
    for (item, expected) in steps {
        assert_eq!(scene.told(|player| player.set_item(item)), expected);
    }
}

#[test]
fn driving_is_told_from_fields() {
    let mut scene = Scene::new();
    let told = scene.told(|player| {
        player.set_effects(Effects::DRIFT);
        player.set_stick(50 << 16);
    });
    let direction = Direction::Right;
    assert_eq!(told, [EventKind::DriftStart { direction }]);
    let told = scene.told(|player| {
        player.set_effects(Effects::BOOST_PAD | Effects::AIRBORNE);
        player.set_boost_timer(50);
        player.set_wall_hit(1);
        player.set_slowdown(0.25);
        player.set_surface(SurfaceType::GRASS);
    });
    let boost = EventKind::BoostStart {
        boost: Boost::Pad,
        ticks: 50,
    };
    let surface = SurfaceType::GRASS;
    assert_eq!(
        told,
        [
            boost,
            EventKind::DriftEnd,
            EventKind::WallHit,
            EventKind::OffRoad { surface },
            EventKind::Airborne
        ]
    );
    scene.player(1, |player| player.set_air_ticks(17));
    assert!(scene.look().is_empty());
    let told = scene.told(|player| {
        player.set_effects(Effects::empty());
        player.set_boost_timer(49);
        player.set_slowdown(0.0);
        player.set_rescue(Rescue::SCENE | Rescue::FRIGID);
    });
    assert_eq!(
        told,
        [
            EventKind::OnRoad,
            EventKind::Landed { ticks: 17 },
            EventKind::Fall
        ]
    );
    let told = scene.told(|player| player.set_rescue(Rescue::FRIGID));
    assert_eq!(told, [EventKind::Rescue]);
}

#[test]
fn laps_and_the_finish_are_told_with_their_times() {
    let mut scene = Scene::new();
    scene.set("rank[1]", 4);
    for (lap, seconds, centiseconds) in [
        (0, 1.5, None),
        (1, 41.25, Some(4125)),
        (2, 80.5, Some(3925)),
    ] {
        scene.write("line_time[1]", &FieldValue::Number(seconds));
        let told = scene.told(|player| player.set_lap(lap));
        let expected = centiseconds.map(|centiseconds| EventKind::Lap {
            lap: lap as usize,
            centiseconds,
        });
        assert_eq!(told, Vec::from_iter(expected));
    }
    scene.write("line_time[1]", &FieldValue::Number(121.0));
    let told = scene.told(|player| player.set_lap(3));
    let lap = EventKind::Lap {
        lap: 3,
        centiseconds: 4050,
    };
    let finish = EventKind::Finish {
        centiseconds: 12_100,
        place: 5,
    };
    assert_eq!(told, [lap, finish]);
}

#[test]
fn another_moment_tells_nothing_of_what_lies_between() {
    let mut scene = Scene::new();
    let hit = |player: &mut PlayerMut<'_>| player.set_wall_hit(1);
    // A save state of a moment before, and one of a moment long after.
    for ticks in [990, 1051] {
        scene.player(0, |player| player.set_wall_hit(0));
        scene.look();
        scene.set("race_ticks", ticks);
        scene.player(0, hit);
        assert!(scene.look().is_empty(), "{ticks}");
    }
    // Up to 60 ticks later, the same race goes on.
    scene.set("race_ticks", 1111);
    scene.set("nearest_point[0]", 20);
    let checkpoint = EventKind::Checkpoint { checkpoint: 2 };
    assert_eq!(scene.look(), [(Some(0), checkpoint)]);
    scene.set("wrong_way[0]", 1);
    assert_eq!(scene.look(), [(Some(0), EventKind::WrongWay)]);
    scene.set("loaded_course_id", 9);
    scene.set("nearest_point[0]", 90);
    let course = CourseId::MOO_MOO_FARM;
    assert_eq!(scene.look(), [(None, EventKind::RaceReady { course })]);
    scene.set("game_state", 0);
    assert_eq!(scene.look(), [(None, EventKind::RaceGone)]);
    assert!(scene.look().is_empty());
}
