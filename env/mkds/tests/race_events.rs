//! The events of whole races of the bundled game, detected in its RAM.

use std::collections::BTreeSet;

use env_mkds::action::PadAction;
use env_mkds::scripted::{Pursuit, Style};
use homebrew::native::Game;
use homebrew::{COURSES, CourseInfo, rom_with_real_timing};
use mkds_formats::ghost::Combo;
use mkds_memory::Ram;
use mkds_memory::course::Course;
use mkds_memory::events::{Event, EventKind, RaceEvents};
use nds_formats::pad::Pad;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Twice what the driver on the longest course needs.
const FRAME_LIMIT: u32 = 12_000;

/// Everything that happens in a race that the scripted driver finishes, and the finished game.
fn race(course: &CourseInfo) -> Result<(Vec<Event>, Game)> {
    race_in(Game::new(None)?, course)
}

fn race_in(mut game: Game, course: &CourseInfo) -> Result<(Vec<Event>, Game)> {
    game.start_race(Combo {
        character: 0,
        kart: 0,
        course: course.id,
    })?;
    let mut events = RaceEvents::new();
    let mut seen = Vec::new();
    let mut driver = None;
    for _ in 0..FRAME_LIMIT {
        seen.extend_from_slice(events.update(&Ram::new(game.ram())?)?);
        if seen
            .iter()
            .any(|event| matches!(event.kind, EventKind::Finish { .. }))
        {
            return Ok((seen, game));
        }
        let pad = match Ram::new(game.ram())?.race()? {
            None => Pad::empty(),
            Some(race) => {
                if driver.is_none() {
                    let style = Style::seeded(1);
                    driver = Some(Pursuit::new(&Course::read(&race)?, style));
                }
                driver.as_mut().ok_or("no driver")?.act(&race)?.to_pad()
            }
        };
        game.tick(pad);
    }
    Err(format!("{}: no finish", course.name).into())
}

#[test]
fn a_race_has_its_events_from_the_countdown_to_the_finish() -> Result {
    for course in COURSES {
        let (events, game) = race(course)?;
        let kinds: Vec<EventKind> = events.iter().map(|event| event.kind).collect();
        let name = course.name;
        let ready = EventKind::RaceReady {
            course: course.id.into(),
        };
        assert_eq!(kinds.first(), Some(&ready), "{name}");
        let count =
            |wanted: fn(&EventKind) -> bool| kinds.iter().filter(|kind| wanted(kind)).count();
        assert_eq!(
            count(|kind| matches!(kind, EventKind::CountdownOver)),
            1,
            "{name}"
        );
        let laps: Vec<u32> = kinds
            .iter()
            .filter_map(|kind| match kind {
                EventKind::Lap { milliseconds, .. } => Some(*milliseconds),
                _ => None,
            })
            .collect();
        assert_eq!(laps.len(), 3, "{name}");
        let Some(EventKind::Finish {
            milliseconds,
            place: 1,
        }) = kinds.last()
        else {
            panic!("{name}: expected the finish last, found {:?}", kinds.last());
        };
        assert_eq!(laps.iter().sum::<u32>(), *milliseconds, "{name}");

        let race = Ram::new(game.ram())?.race()?.ok_or("no race")?;
        let keys: BTreeSet<i16> = race
            .map()?
            .checkpoints()?
            .iter()
            .map(|checkpoint| checkpoint.key_id())
            .filter(|key| *key >= 0)
            .collect();
        let passed: BTreeSet<i16> = kinds
            .iter()
            .filter_map(|kind| match kind {
                EventKind::Checkpoint { key, .. } => *key,
                _ => None,
            })
            .collect();
        assert_eq!(passed, keys, "{name}: every key checkpoint is passed");
    }
    Ok(())
}

#[test]
fn drifts_take_turns() -> Result {
    let (mut drifts, mut boosts) = (0, 0);
    for course in COURSES {
        let mut drifting = false;
        for event in race(course)?.0 {
            match event.kind {
                EventKind::DriftStart { .. } => {
                    assert!(!drifting, "{}: {event:?}", course.name);
                    drifting = true;
                    drifts += 1;
                }
                EventKind::DriftEnd => {
                    assert!(drifting, "{}: {event:?}", course.name);
                    drifting = false;
                }
                EventKind::DriftCharge { .. } => assert!(drifting, "{event:?}"),
                EventKind::BoostStart { .. } => boosts += 1,
                _ => {}
            }
        }
    }
    assert!(drifts > 0 && boosts > 0, "{drifts} drifts, {boosts} boosts");
    Ok(())
}

#[test]
fn the_same_happens_with_the_real_games_timing() -> Result {
    for course in COURSES {
        let game = Game::with_card(None, rom_with_real_timing().into())?;
        assert_eq!(race_in(game, course)?.0, race(course)?.0, "{}", course.name);
    }
    Ok(())
}
