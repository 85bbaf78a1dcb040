//! What happens in a race, told from changes of hand-made RAM.

mod image;

use image::{DRIVERS, Image, Ring, STATE, STATUS};
use mkds_memory::Ram;
use mkds_memory::events::{Boost, Direction, Event, EventKind, Ground, Item, RaceEvents};
use mkds_memory::items::SlotItem;
use mkds_memory::symbols;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The second of two drivers, and how it stands.
const DRIVER: u32 = DRIVERS + 0x5A8;
const DRIVER_STATUS: u32 = STATUS + 0x14 + 0x8C;

/// A race, frame by frame, and those who watch it.
struct Watched {
    image: Image,
    frame: u32,
    events: RaceEvents,
}

impl Watched {
    /// A race in its 100th frame, seen once.
    fn new() -> Result<Self> {
        let mut watched = Self {
            image: Image::race(&Ring::default(), 2, 0),
            frame: 99,
            events: RaceEvents::new(),
        };
        assert_eq!(watched.next()?, [EventKind::RaceReady { course: 20 }]);
        Ok(watched)
    }

    fn go_to(&mut self, frame: u32) -> Result<Vec<Event>> {
        self.frame = frame;
        self.image.word(STATE + 4, frame);
        self.image.word(STATE + 8, frame - 1);
        Ok(self.events.update(&Ram::new(&self.image.bytes)?)?.to_vec())
    }

    /// What happens in the next frame, all of it to the second driver or to the race.
    fn next(&mut self) -> Result<Vec<EventKind>> {
        let events = self.go_to(self.frame + 1)?;
        for event in &events {
            assert_eq!(event.frame, self.frame);
            assert!(matches!(event.driver, None | Some(1)), "{event:?}");
        }
        Ok(events.into_iter().map(|event| event.kind).collect())
    }
}

#[test]
fn a_quiet_frame_tells_nothing() -> Result {
    let mut race = Watched::new()?;
    for _ in 0..3 {
        assert_eq!(race.next()?, []);
    }
    Ok(())
}

#[test]
fn laps_checkpoints_and_the_finish_are_told_once() -> Result {
    let mut race = Watched::new()?;
    race.image.word(STATUS + 4, 1);
    assert_eq!(race.next()?, [EventKind::CountdownOver]);
    race.image.half(DRIVER_STATUS + 0x32, 4);
    assert_eq!(
        race.next()?,
        [EventKind::Checkpoint {
            checkpoint: 4,
            key: None
        }]
    );
    race.image.half(DRIVER_STATUS + 0x32, 5);
    race.image.half(DRIVER_STATUS + 0x36, 2);
    assert_eq!(
        race.next()?,
        [EventKind::Checkpoint {
            checkpoint: 5,
            key: Some(2)
        }]
    );
    race.image.put(DRIVER_STATUS + 0xC, &[0xF4, 0x01, 1, 2]);
    assert_eq!(
        race.next()?,
        [EventKind::Lap {
            lap: 1,
            milliseconds: 62_500
        }]
    );
    race.image.put(DRIVER_STATUS + 0x10, &[0x01, 0x00, 0, 3]);
    race.image.put(DRIVER_STATUS + 0x20, &[0xF5, 0x01, 1, 5]);
    race.image.fx32(DRIVER_STATUS + 0x44, 1.0);
    race.image.half(DRIVER_STATUS + 0x3C, 0x11);
    assert_eq!(
        race.next()?,
        [
            EventKind::Lap {
                lap: 2,
                milliseconds: 3_001
            },
            EventKind::Finish {
                milliseconds: 65_501,
                place: 2
            },
        ]
    );
    assert_eq!(race.next()?, []);
    Ok(())
}

#[test]
fn drifts_boosts_and_items_are_told() -> Result {
    let mut race = Watched::new()?;
    race.image.word(DRIVER + 0x2C4, 1);
    race.image.word(DRIVER + 0x2FC, 1);
    let direction = Direction::Right;
    assert_eq!(race.next()?, [EventKind::DriftStart { direction }]);
    race.image.word(DRIVER + 0x2FC, 4);
    assert_eq!(race.next()?, [EventKind::DriftCharge { charge: 4 }]);
    race.image.word(DRIVER + 0x2C4, 0);
    race.image.word(DRIVER + 0x2FC, 0);
    race.image.half(DRIVER + 0x23C, 34);
    let boost = Boost::MiniTurbo;
    assert_eq!(
        race.next()?,
        [
            EventKind::BoostStart { boost, frames: 34 },
            EventKind::DriftEnd
        ]
    );
    race.image.half(DRIVER + 0x23C, 33);
    race.image.half(DRIVER + 0x238, 90);
    race.image.half(DRIVER + 0x538, 90);
    assert_eq!(
        race.next()?,
        [
            EventKind::BoostStart {
                boost: Boost::Other,
                frames: 90
            },
            EventKind::Item {
                item: Item::Mushroom
            },
        ]
    );
    Ok(())
}

#[test]
fn a_mini_turbo_that_both_timers_count_is_told_once() -> Result {
    let mut race = Watched::new()?;
    let (boost_timer, mini_turbo_timer) = (DRIVER + 0x238, DRIVER + 0x23C);
    race.image.half(boost_timer, 67);
    race.image.half(mini_turbo_timer, 67);
    let mini_turbo = EventKind::BoostStart {
        boost: Boost::MiniTurbo,
        frames: 67,
    };
    assert_eq!(race.next()?, [mini_turbo]);
    // A boost panel in the middle of it is a boost of its own.
    race.image.half(boost_timer, 90);
    race.image.half(mini_turbo_timer, 66);
    let panel = EventKind::BoostStart {
        boost: Boost::Other,
        frames: 90,
    };
    assert_eq!(race.next()?, [panel]);
    Ok(())
}

#[test]
fn items_come_into_the_slot_and_leave_it_one_by_one() -> Result {
    const ITEMS: u32 = 0x0230_0000;
    const SLOT: u32 = ITEMS + 0x210 + 0x30;
    let mut race = Watched::new()?;
    race.image.word(SLOT, 19);
    race.image.word(ITEMS + 0x30, 19);
    race.image.symbol(&symbols::DRIVER_ITEMS, ITEMS);
    assert_eq!(race.next()?, [], "the game made them");
    race.image.word(SLOT, 5);
    race.image.word(SLOT + 8, 3);
    let item = SlotItem::TRIPLE_MUSHROOMS;
    assert_eq!(race.next()?, [EventKind::ItemReceived { item }]);
    race.image.word(SLOT + 8, 2);
    race.image.half(DRIVER + 0x538, 90);
    let mushroom = Item::Mushroom;
    assert_eq!(
        race.next()?,
        [
            EventKind::ItemSpent { item },
            EventKind::Item { item: mushroom }
        ]
    );
    race.image.word(SLOT, 2);
    let banana = SlotItem::BANANA;
    assert_eq!(
        race.next()?,
        [
            EventKind::ItemSpent { item },
            EventKind::ItemReceived { item: banana }
        ]
    );
    race.image.word(SLOT, 19);
    assert_eq!(race.next()?, [EventKind::ItemSpent { item: banana }]);
    // Where there are no items, all else is told.
    race.image.symbol(&symbols::DRIVER_ITEMS, 0xDEAD_BEEF);
    race.image.word(DRIVER + 0x44, 0x80);
    assert_eq!(race.next()?, [EventKind::WallHit]);
    Ok(())
}

#[test]
fn ground_walls_jumps_and_falls_are_told() -> Result {
    let mut race = Watched::new()?;
    race.image.word(DRIVER + 0x3E0, 5);
    let ground = Ground::Heavy;
    assert_eq!(race.next()?, [EventKind::OffRoad { ground }]);
    // In the air there is no ground, whatever its field holds: that is no way back to the road.
    race.image.word(DRIVER + 0x3DC, u32::MAX);
    race.image.word(DRIVER + 0x3E0, 0);
    for frames in 1..=5 {
        race.image.word(DRIVER + 0x380, frames);
        assert_eq!(race.next()?, []);
    }
    race.image.word(DRIVER + 0x380, 6);
    assert_eq!(race.next()?, [EventKind::Airborne]);
    race.image.word(DRIVER + 0x380, 0);
    race.image.word(DRIVER + 0x3DC, 0);
    race.image.word(DRIVER + 0x44, 0x80);
    assert_eq!(
        race.next()?,
        [
            EventKind::WallHit,
            EventKind::OnRoad,
            EventKind::Landed { frames: 6 }
        ]
    );
    race.image.half(DRIVER + 0x3AC, 1);
    assert_eq!(race.next()?, [EventKind::Respawn]);
    Ok(())
}

#[test]
fn a_state_of_another_moment_starts_anew_without_a_word() -> Result {
    let mut race = Watched::new()?;
    race.image.half(DRIVER_STATUS + 0x32, 9);
    assert_eq!(race.go_to(50)?, [], "back in time");
    race.image.half(DRIVER_STATUS + 0x32, 2);
    assert_eq!(race.go_to(2000)?, [], "far ahead");
    race.image.half(DRIVER_STATUS + 0x32, 3);
    let events = race.go_to(2004)?;
    let kind = EventKind::Checkpoint {
        checkpoint: 3,
        key: None,
    };
    assert_eq!(
        events,
        [Event {
            frame: 2004,
            driver: Some(1),
            kind
        }],
        "frames passed over"
    );
    race.image.half(DRIVER_STATUS + 0x32, 4);
    race.events.reset();
    let kind = EventKind::RaceReady { course: 20 };
    assert_eq!(
        race.go_to(2005)?,
        [Event {
            frame: 2005,
            driver: None,
            kind
        }]
    );
    Ok(())
}

#[test]
fn who_looks_at_every_frame_knows_a_save_state_of_the_next_moment() -> Result {
    let mut race = Watched::new()?;
    race.events = RaceEvents::new().every(1);
    race.next()?;
    race.image.half(DRIVER_STATUS + 0x32, 9);
    assert_eq!(race.go_to(race.frame + 2)?, [], "a frame too far");
    race.image.half(DRIVER_STATUS + 0x32, 2);
    let events = race.next()?;
    assert!(
        matches!(events[..], [EventKind::Checkpoint { checkpoint: 2, .. }]),
        "{events:?}"
    );
    Ok(())
}

#[test]
fn races_begin_and_end_and_courses_change() -> Result {
    let mut race = Watched::new()?;
    race.image.symbol(&symbols::DRIVERS, 0);
    assert_eq!(
        race.go_to(101)?.first().map(|event| event.kind),
        Some(EventKind::RaceGone)
    );
    assert_eq!(race.go_to(102)?, []);
    race.image.symbol(&symbols::DRIVERS, DRIVERS);
    race.image.symbol(&symbols::COURSE_ID, 31);
    let kinds: Vec<_> = race.go_to(1)?.into_iter().map(|event| event.kind).collect();
    assert_eq!(
        kinds,
        [
            EventKind::CourseChange { from: 20, to: 31 },
            EventKind::RaceReady { course: 31 }
        ]
    );
    Ok(())
}

#[test]
fn torn_memory_is_an_error_and_the_next_frame_starts_anew() -> Result {
    let mut race = Watched::new()?;
    race.image.symbol(&symbols::DRIVER_COUNT, 9);
    assert!(race.go_to(101).is_err());
    race.image.symbol(&symbols::DRIVER_COUNT, 2);
    race.image.half(DRIVER_STATUS + 0x32, 9);
    assert_eq!(race.next()?, [EventKind::RaceReady { course: 20 }]);
    Ok(())
}

#[test]
fn an_event_is_one_flat_json_object() -> Result {
    let event = Event {
        frame: 7,
        driver: Some(0),
        kind: EventKind::OffRoad {
            ground: Ground::Weak,
        },
    };
    assert_eq!(
        serde_json::to_string(&event)?,
        r#"{"frame":7,"driver":0,"event":"off_road","ground":"weak"}"#
    );
    let received = |item| serde_json::to_string(&EventKind::ItemReceived { item });
    assert_eq!(
        received(SlotItem::TRIPLE_RED_SHELLS)?,
        r#"{"event":"item_received","item":"triple_red_shells"}"#
    );
    assert_eq!(
        received(SlotItem(18))?,
        r#"{"event":"item_received","item":18}"#
    );
    Ok(())
}
