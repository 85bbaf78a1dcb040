//! What happens in a race: laps, checkpoints, boosts, drifts, items, walls, falls, the finish.
//!
//! [`RaceEvents`] looks at the RAM of every frame and tells what changed since the last one. When a
//! race ends, another begins or a save state of another moment is loaded, it starts anew and tells
//! nothing of what lies between.

use std::fmt;

use nds_formats::fx::Fx32;
use ram_views::changes::{Pair, Watcher, describe};
use serde::{Serialize, Serializer};

use crate::collision::CollisionType;
use crate::driver::{Driver, MotionFlags};
use crate::items::SlotItem;
use crate::loaded_race::Race;
use crate::race::{MAX_DRIVERS, RaceTime};
use crate::ram::Ram;

/// More frames between two looks than this are no game that goes on, but a save state loaded.
const LONGEST_STEP: u32 = 60;

/// The most that happens in a frame: the countdown's end, and 24 things to each driver. There is
/// room for it, so that telling it allocates nothing.
const MOST_EVENTS: usize = 1 + 24 * MAX_DRIVERS;

/// A kart counts as in the air after so many frames without ground; below, it rolls over an edge.
/// Source: a published write-up of the race logic.
const AIRBORNE_FRAMES: u32 = 5;

/// Something that happened in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The race's frame counter.
    pub frame: u32,
    /// Whom it happened to; `None` if to the race.
    pub driver: Option<usize>,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What can happen. Serialised, it is a map whose `event` is the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// A race is ready: its frames are counted.
    RaceReady {
        /// The course's id.
        course: u32,
    },
    /// The race is another course's than the last one's.
    CourseChange {
        /// The last course's id.
        from: u32,
        /// The course's id.
        to: u32,
    },
    /// The race is no longer there.
    RaceGone,
    /// The countdown is over: the clock runs.
    CountdownOver,
    /// A checkpoint was entered.
    Checkpoint {
        /// Its number.
        checkpoint: u16,
        /// Its number among the key checkpoints, if it is one that was not the last.
        key: Option<i16>,
    },
    /// A lap was driven.
    Lap {
        /// Its number, from 1.
        lap: usize,
        /// Its time, milliseconds.
        milliseconds: u32,
    },
    /// The race was driven.
    Finish {
        /// Its time, milliseconds.
        milliseconds: u32,
        /// The place, from 1.
        place: usize,
    },
    /// A boost began, or began again.
    BoostStart {
        /// Where it came from.
        boost: Boost,
        /// How many frames it lasts.
        frames: i16,
    },
    /// A drift began.
    DriftStart {
        /// Where it turns to.
        direction: Direction,
    },
    /// A drift was charged.
    DriftCharge {
        /// How far: 2 or 4, where 4 gives a mini-turbo.
        charge: i32,
    },
    /// A drift ended.
    DriftEnd,
    /// A wall was touched.
    WallHit,
    /// The kart left the road for slower ground.
    OffRoad {
        /// The ground.
        ground: Ground,
    },
    /// The kart came back to the road.
    OnRoad,
    /// The kart took off.
    Airborne,
    /// The kart landed.
    Landed {
        /// Frames that it was in the air.
        frames: u32,
    },
    /// The kart was put back after a fall.
    Respawn,
    /// An item came into the slot.
    ItemReceived {
        /// The item.
        #[serde(serialize_with = "by_name")]
        item: SlotItem,
    },
    /// An item left the slot: it was used, is held behind the kart, or was lost.
    ItemSpent {
        /// The item.
        #[serde(serialize_with = "by_name")]
        item: SlotItem,
    },
    /// An item took effect.
    Item {
        /// The item.
        item: Item,
    },
}

/// In words, with its numbers: `lap: lap 1, milliseconds 20559`.
impl fmt::Display for EventKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(self, formatter)
    }
}

/// The name of an item, or its number if it has none.
fn by_name<S: Serializer>(item: &SlotItem, serializer: S) -> Result<S::Ok, S::Error> {
    match item.name() {
        Some(name) => serializer.serialize_str(&name.to_lowercase()),
        None => serializer.serialize_i32(item.0),
    }
}

/// Where a boost comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Boost {
    /// A drift.
    MiniTurbo,
    /// The start, the ground, a mushroom.
    Other,
}

/// To which side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Left.
    Left,
    /// Right.
    Right,
}

/// Ground that slows down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// Weak off-road.
    Weak,
    /// Off-road.
    Medium,
    /// Heavy off-road.
    Heavy,
}

impl Ground {
    /// The ground of a collision type; `None` for what does not slow down.
    fn of(kind: CollisionType) -> Option<Self> {
        match kind {
            CollisionType::WeakOffRoad => Some(Self::Weak),
            CollisionType::OffRoad => Some(Self::Medium),
            CollisionType::HeavyOffRoad => Some(Self::Heavy),
            _ => None,
        }
    }
}

/// An item, by the effect that it has on a driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Item {
    /// A mushroom.
    Mushroom,
    /// A star.
    Star,
    /// Lightning.
    Lightning,
    /// A boo.
    Boo,
    /// A blooper's ink.
    Blooper,
    /// A bullet.
    Bullet,
}

/// Tells what happens in the races of a game.
#[derive(Debug, Clone)]
pub struct RaceEvents {
    race: Watcher<RaceMoment>,
    course: Option<u32>,
    longest_step: u32,
    events: Vec<Event>,
}

impl Default for RaceEvents {
    fn default() -> Self {
        Self::new()
    }
}

impl RaceEvents {
    /// Nothing has been seen yet. Up to 60 frames between two looks are taken for one race that goes
    /// on, more for a save state.
    #[must_use]
    pub fn new() -> Self {
        Self {
            race: Watcher::default(),
            course: None,
            longest_step: LONGEST_STEP,
            events: Vec::with_capacity(MOST_EVENTS),
        }
    }

    /// The same, for who looks every `frames` frames: then more between two looks are a save state.
    #[must_use]
    pub fn every(self, frames: u32) -> Self {
        Self {
            longest_step: frames,
            ..self
        }
    }

    /// What happened since the last look at `ram`, races first, then driver after driver. Look
    /// once a frame; frames that are passed over add up.
    ///
    /// # Errors
    ///
    /// The race's structures are torn, as while they are loaded; the next look starts anew.
    pub fn update(&mut self, ram: &Ram<'_>) -> crate::Result<&[Event]> {
        self.events.clear();
        let moment = match RaceMoment::of(ram) {
            Ok(moment) => moment,
            Err(error) => {
                self.reset();
                return Err(error);
            }
        };
        let last = self.race.last().copied();
        let before =
            |moment: &RaceMoment| last.filter(|last| last.leads_to(moment, self.longest_step));
        let moment = moment.map(|moment| moment.after(before(&moment)));
        match (last, moment) {
            (Some(old), Some(current)) if old.leads_to(&current, self.longest_step) => {
                compare(&Pair { old, current }, &mut self.events);
            }
            // A save state of the same course was loaded.
            (Some(old), Some(current)) if old.course == current.course => {}
            (_, Some(current)) => self.tell_race(&current),
            (Some(old), None) => self.tell(old.frame, EventKind::RaceGone),
            (None, None) => {}
        }
        self.race.update(moment);
        self.course = moment.map(|moment| moment.course).or(self.course);
        Ok(&self.events)
    }

    /// Forgets what was seen, as after loading a save state of a moment shortly before or after,
    /// which nothing in RAM can tell from frames gone by.
    pub fn reset(&mut self) {
        self.race.reset();
    }

    /// Tells that a race is there.
    fn tell_race(&mut self, race: &RaceMoment) {
        let course = race.course;
        if let Some(from) = self.course.filter(|from| *from != course) {
            self.tell(race.frame, EventKind::CourseChange { from, to: course });
        }
        self.tell(race.frame, EventKind::RaceReady { course });
    }

    fn tell(&mut self, frame: u32, kind: EventKind) {
        self.events.push(Event {
            frame,
            driver: None,
            kind,
        });
    }
}

/// A race in one frame, as far as events need it.
#[derive(Debug, Clone, Copy)]
struct RaceMoment {
    course: u32,
    frame: u32,
    clock_runs: bool,
    driver_count: usize,
    drivers: [DriverMoment; MAX_DRIVERS],
}

impl RaceMoment {
    fn of(ram: &Ram<'_>) -> crate::Result<Option<Self>> {
        let Some(race) = ram.race()? else {
            return Ok(None);
        };
        let mut drivers = [DriverMoment::default(); MAX_DRIVERS];
        for (index, moment) in drivers.iter_mut().enumerate().take(race.driver_count()) {
            *moment = DriverMoment::of(&race, index)?;
        }
        Ok(Some(Self {
            course: ram.course_id()?,
            frame: race.state().frame_counter(),
            clock_runs: race.status().clock().running() != 0,
            driver_count: race.driver_count(),
            drivers,
        }))
    }

    /// The same, with what is known only from the frame before: the ground that those in the air
    /// drove on.
    fn after(mut self, last: Option<Self>) -> Self {
        let Some(last) = last else {
            return self;
        };
        for (driver, last) in self.drivers.iter_mut().zip(&last.drivers) {
            if driver.in_the_air {
                driver.ground = last.ground;
            }
        }
        self
    }

    /// Whether `later` can be the same race, at most `longest_step` frames on.
    fn leads_to(&self, later: &Self, longest_step: u32) -> bool {
        self.course == later.course
            && self.driver_count == later.driver_count
            && (self.frame..=self.frame.saturating_add(longest_step)).contains(&later.frame)
    }
}

/// A driver in one frame, as far as events need it.
#[derive(Debug, Clone, Copy, Default)]
struct DriverMoment {
    checkpoint: u16,
    key_point: i16,
    lap_times: [RaceTime; 5],
    total_time: RaceTime,
    place: usize,
    finished: bool,
    boost_timer: i16,
    mini_turbo_timer: i16,
    drift_direction: i32,
    drift_charge: i32,
    touches_wall: bool,
    /// The ground that it drives on or drove on before it took off.
    ground: Option<Ground>,
    in_the_air: bool,
    airborne_frames: u32,
    respawn_timer: u16,
    /// The slot's item, and how many of it there are; `None` before the game has made items.
    slot: Option<(SlotItem, i32)>,
    /// In the order of [`ITEMS`].
    item_timers: [i16; ITEMS.len()],
}

impl DriverMoment {
    fn of(race: &Race<'_>, index: usize) -> crate::Result<Self> {
        let (driver, status) = (race.driver(index)?, race.driver_status(index)?);
        Ok(Self {
            checkpoint: status.checkpoint(),
            key_point: status.key_point(),
            lap_times: status.lap_times(),
            total_time: status.total_time(),
            place: status.place(),
            finished: status.race_progress().0 >= Fx32::ONE.0,
            boost_timer: driver.boost_timer(),
            mini_turbo_timer: driver.mini_turbo_timer(),
            drift_direction: driver.drift_direction(),
            drift_charge: driver.drift_charge(),
            touches_wall: driver.motion_flags().contains(MotionFlags::TOUCHING_WALL),
            ground: ground(&driver),
            in_the_air: driver.floor_kind() < 0,
            airborne_frames: driver.airborne_frames(),
            respawn_timer: driver.respawn_timer(),
            slot: slot(race, index),
            item_timers: item_timers(&driver),
        })
    }
}

/// The ground below a driver, if it slows down.
fn ground(driver: &Driver<'_>) -> Option<Ground> {
    let number = usize::try_from(driver.floor_collision_type().0).ok()?;
    CollisionType::ALL.get(number).copied().and_then(Ground::of)
}

/// What is in a driver's slot. Where the game has not made items, their pointer may lead anywhere:
/// that is no reason to tell nothing of the race.
fn slot(race: &Race<'_>, index: usize) -> Option<(SlotItem, i32)> {
    let items = race.items(index).ok().flatten()?;
    Some((items.slot().item(), items.slot().item_count()))
}

/// The items whose timers tell that they took effect, in the timers' order.
const ITEMS: [Item; 6] = [
    Item::Mushroom,
    Item::Star,
    Item::Lightning,
    Item::Boo,
    Item::Blooper,
    Item::Bullet,
];

/// The timers of [`ITEMS`].
fn item_timers(driver: &Driver<'_>) -> [i16; ITEMS.len()] {
    let timers = driver.timers();
    [
        timers.mushroom_boost(),
        timers.star(),
        timers.lightning_shrink(),
        timers.boo(),
        timers.blooper_ink(),
        timers.bullet_frames(),
    ]
}

/// Tells what happened between two frames of one race.
fn compare(race: &Pair<RaceMoment>, events: &mut Vec<Event>) {
    let frame = race.current.frame;
    let mut tell = |driver, kind| {
        events.push(Event {
            frame,
            driver,
            kind,
        });
    };
    if race.map(|race| race.clock_runs).changed_to(&true) {
        tell(None, EventKind::CountdownOver);
    }
    for index in 0..race.current.driver_count {
        let driver = race.map(|race| race.drivers[index]);
        let mut tell = |kind| tell(Some(index), kind);
        compare_progress(&driver, &mut tell);
        compare_driving(&driver, &mut tell);
        compare_items(&driver, &mut tell);
        compare_ground(&driver, &mut tell);
    }
}

/// Checkpoints, laps, the finish.
fn compare_progress(driver: &Pair<DriverMoment>, tell: &mut impl FnMut(EventKind)) {
    if driver.map(|driver| driver.checkpoint).changed() {
        let key = driver.map(|driver| driver.key_point);
        tell(EventKind::Checkpoint {
            checkpoint: driver.current.checkpoint,
            key: (key.changed() && key.current >= 0).then_some(key.current),
        });
    }
    for lap in 0..driver.current.lap_times.len() {
        let time = driver.map(|driver| driver.lap_times[lap].total_milliseconds());
        if time.changed_from(&0) {
            tell(EventKind::Lap {
                lap: lap + 1,
                milliseconds: time.current,
            });
        }
    }
    if driver.map(|driver| driver.finished).changed_to(&true) {
        tell(EventKind::Finish {
            milliseconds: driver.current.total_time.total_milliseconds(),
            place: driver.current.place + 1,
        });
    }
}

/// Boosts, drifts.
fn compare_driving(driver: &Pair<DriverMoment>, tell: &mut impl FnMut(EventKind)) {
    let started =
        |timer: Pair<i16>| (timer.increased() && timer.current > 0).then_some(timer.current);
    let mini_turbo = started(driver.map(|driver| driver.mini_turbo_timer));
    // The real game counts a mini-turbo down in both timers, the bundled one in its own alone.
    let other = started(driver.map(|driver| driver.boost_timer))
        .filter(|frames| mini_turbo != Some(*frames));
    for (boost, frames) in [(Boost::Other, other), (Boost::MiniTurbo, mini_turbo)] {
        if let Some(frames) = frames {
            tell(EventKind::BoostStart { boost, frames });
        }
    }
    let direction = driver.map(|driver| driver.drift_direction);
    if direction.changed() && direction.old != 0 {
        tell(EventKind::DriftEnd);
    }
    if direction.changed() && direction.current != 0 {
        let direction = match direction.current {
            1.. => Direction::Right,
            _ => Direction::Left,
        };
        tell(EventKind::DriftStart { direction });
    }
    let charge = driver.map(|driver| driver.drift_charge);
    if charge.increased() && charge.current > 1 {
        tell(EventKind::DriftCharge {
            charge: charge.current,
        });
    }
}

/// Items, in the slot and in effect.
fn compare_items(driver: &Pair<DriverMoment>, tell: &mut impl FnMut(EventKind)) {
    if let (Some((old, before)), Some((item, count))) = (driver.old.slot, driver.current.slot) {
        if old != SlotItem::NONE && (item != old || count < before) {
            tell(EventKind::ItemSpent { item: old });
        }
        if item != SlotItem::NONE && item != old {
            tell(EventKind::ItemReceived { item });
        }
    }
    for (index, item) in ITEMS.into_iter().enumerate() {
        let timer = driver.map(|driver| driver.item_timers[index]);
        if timer.old <= 0 && timer.current > 0 {
            tell(EventKind::Item { item });
        }
    }
}

/// Walls, off-road, jumps, falls.
fn compare_ground(driver: &Pair<DriverMoment>, tell: &mut impl FnMut(EventKind)) {
    if driver.map(|driver| driver.touches_wall).changed_to(&true) {
        tell(EventKind::WallHit);
    }
    let ground = driver.map(|driver| driver.ground);
    match ground.current {
        Some(ground_now) if ground.changed() => tell(EventKind::OffRoad { ground: ground_now }),
        None if ground.changed() => tell(EventKind::OnRoad),
        _ => {}
    }
    let airborne = driver.map(|driver| driver.airborne_frames > AIRBORNE_FRAMES);
    if airborne.changed_to(&true) {
        tell(EventKind::Airborne);
    }
    if airborne.changed_to(&false) {
        tell(EventKind::Landed {
            frames: driver.old.airborne_frames,
        });
    }
    if driver.map(|driver| driver.respawn_timer).changed_from(&0) {
        tell(EventKind::Respawn);
    }
}
