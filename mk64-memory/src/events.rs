//! What happens in a race: laps, checkpoints, boosts, drifts, items, walls, falls, the finish.
//!
//! [`RaceEvents`] looks at the RAM of every frame and tells what changed since the last one. When a race ends, another
//! begins or a save state of another moment is loaded, it starts anew and tells nothing of what lies between.

use std::fmt;

use ram_views::Result;
use ram_views::changes::{Pair, Watcher, describe};
use serde::{Serialize, Serializer};

use crate::course::checkpoint_of;
use crate::game::RaceState;
use crate::hud::LAPS;
use crate::ids::{CourseId, ItemKind, SurfaceType};
use crate::player::{Effects, MAX_PLAYERS, Player};
use crate::race::{Progress, Race};
use crate::ram::Ram;

/// More ticks between two looks than this are no game that goes on, but a save state loaded.
const LONGEST_STEP: i32 = 60;

/// The most that happens in a frame: the countdown's end, and 24 things to each player. There is room for it, so that
/// telling it allocates nothing.
const MOST_EVENTS: usize = 1 + 24 * MAX_PLAYERS;

/// Centiseconds in a second.
const CENTISECONDS: f32 = 100.0;

/// Something that happened in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The race's ticks.
    pub tick: i32,
    /// Whom it happened to; `None` if to the race.
    pub player: Option<usize>,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What can happen. Serialised, it is a map whose `event` is the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// A race is there.
    RaceReady {
        /// The course.
        #[serde(serialize_with = "course_number")]
        course: CourseId,
    },
    /// The race is no longer there.
    RaceGone,
    /// The countdown is over: the clock runs.
    CountdownOver,
    /// Another checkpoint of the path is the last one that was passed; see [`checkpoint_of`].
    Checkpoint {
        /// Its number.
        checkpoint: usize,
    },
    /// A lap was driven.
    Lap {
        /// Its number, from 1.
        lap: usize,
        /// Its time, centiseconds.
        centiseconds: u32,
    },
    /// The race was driven.
    Finish {
        /// Its time, centiseconds.
        centiseconds: u32,
        /// The place, from 1.
        place: usize,
    },
    /// The player turned to the wrong way.
    WrongWay,
    /// The player turned to the right way again.
    RightWay,
    /// A boost began, or began again.
    BoostStart {
        /// Where it comes from.
        boost: Boost,
        /// How many ticks it lasts.
        ticks: i16,
    },
    /// A drift began.
    DriftStart {
        /// Where it turns to: where the stick is.
        direction: Direction,
    },
    /// A drift was charged.
    DriftCharge {
        /// How far: from 2 on it gives a mini-turbo.
        charge: i16,
    },
    /// A drift ended.
    DriftEnd,
    /// A wall was hit.
    WallHit,
    /// The kart came onto ground that slows it down.
    OffRoad {
        /// What its middle is on.
        #[serde(serialize_with = "surface_name")]
        surface: SurfaceType,
    },
    /// The kart came back to ground that does not.
    OnRoad,
    /// The kart took off.
    Airborne,
    /// The kart landed.
    Landed {
        /// Ticks that it was in the air.
        ticks: i16,
    },
    /// The kart fell off the course.
    Fall,
    /// The kart was put back after a fall.
    Rescue,
    /// An item came into the hand.
    ItemReceived {
        /// The item.
        #[serde(serialize_with = "item_name")]
        item: ItemKind,
    },
    /// An item, or one of several, was used or lost.
    ItemSpent {
        /// The item.
        #[serde(serialize_with = "item_name")]
        item: ItemKind,
    },
    /// Something took effect.
    Effect {
        /// What.
        effect: Effect,
    },
}

impl fmt::Display for EventKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(self, formatter)
    }
}

fn course_number<S: Serializer>(
    course: &CourseId,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_i16(course.0)
}

/// The name of a surface, or its number if it has none.
fn surface_name<S: Serializer>(
    surface: &SurfaceType,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    match surface.name() {
        Some(name) => serializer.serialize_str(&name.to_lowercase()),
        None => serializer.serialize_u16(surface.0),
    }
}

/// The name of an item, or its number if it has none.
fn item_name<S: Serializer>(
    item: &ItemKind,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    match item.name() {
        Some(name) => serializer.serialize_str(&name.to_lowercase()),
        None => serializer.serialize_i16(item.0),
    }
}

/// Where a boost comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Boost {
    /// A drift.
    MiniTurbo,
    /// The ground.
    Pad,
    /// A mushroom, or a good start.
    Mushroom,
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

/// What takes effect on a kart, boosts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// A hop.
    Hop,
    /// A star.
    Star,
    /// Lightning.
    Lightning,
    /// A boo.
    Boo,
    /// It spins out.
    SpinOut,
    /// An item or an obstacle hits it.
    Hit,
}

/// The bits of each effect.
const EFFECTS: [(Effect, Effects); 6] = [
    (Effect::Hop, Effects::HOP),
    (Effect::Star, Effects::STAR),
    (Effect::Lightning, Effects::LIGHTNING),
    (Effect::Boo, Effects::BOO),
    (Effect::SpinOut, Effects::SPIN_OUTS),
    (Effect::Hit, Effects::HITS),
];

/// Tells what happens in the races of a game.
#[derive(Debug, Clone)]
pub struct RaceEvents {
    race: Watcher<RaceMoment>,
    longest_step: i32,
    events: Vec<Event>,
}

impl Default for RaceEvents {
    fn default() -> Self {
        Self::new()
    }
}

impl RaceEvents {
    /// Nothing has been seen yet. Up to 60 ticks between two looks are taken for one race that goes on, more for a save
    /// state.
    #[must_use]
    pub fn new() -> Self {
        Self {
            race: Watcher::default(),
            longest_step: LONGEST_STEP,
            events: Vec::with_capacity(MOST_EVENTS),
        }
    }

    /// The same, for who looks every `ticks` ticks: then more between two looks are a save state.
    #[must_use]
    pub fn every(self, ticks: i32) -> Self {
        Self {
            longest_step: ticks,
            ..self
        }
    }

    /// What happened since the last look at `ram`, to the race first, then to player after player. Look once a frame;
    /// frames that are passed over add up.
    ///
    /// # Errors
    ///
    /// As [`Ram::race`]; the next look starts anew.
    pub fn update(&mut self, ram: &Ram<'_>) -> Result<&[Event]> {
        self.events.clear();
        let moment = match RaceMoment::of(ram) {
            Ok(moment) => moment,
            Err(error) => {
                self.reset();
                return Err(error);
            }
        };
        match (self.race.last().copied(), moment) {
            (Some(old), Some(current)) if old.leads_to(&current, self.longest_step) => {
                compare(&Pair { old, current }, &mut self.events);
            }
            // A save state of the same course was loaded, or the race begins again.
            (Some(old), Some(current)) if old.course == current.course => {}
            (_, Some(current)) => self.tell(
                current.tick,
                EventKind::RaceReady {
                    course: current.course,
                },
            ),
            (Some(old), None) => self.tell(old.tick, EventKind::RaceGone),
            (None, None) => {}
        }
        self.race.update(moment);
        Ok(&self.events)
    }

    /// Forgets what was seen, as after loading a save state of a moment shortly before or after, which nothing in RAM
    /// can tell from frames gone by.
    pub fn reset(&mut self) {
        self.race.reset();
    }

    fn tell(&mut self, tick: i32, kind: EventKind) {
        self.events.push(Event {
            tick,
            player: None,
            kind,
        });
    }
}

/// A race in one frame, as far as events need it.
#[derive(Debug, Clone, Copy)]
struct RaceMoment {
    course: CourseId,
    tick: i32,
    state: RaceState,
    /// `None` for those that are not in the race.
    players: [Option<PlayerMoment>; MAX_PLAYERS],
}

impl RaceMoment {
    fn of(ram: &Ram<'_>) -> Result<Option<Self>> {
        let Some(race) = ram.race()? else {
            return Ok(None);
        };
        let mut players = [None; MAX_PLAYERS];
        for (index, player) in race.players() {
            players[index] = Some(PlayerMoment::of(&race, index, &player)?);
        }
        Ok(Some(Self {
            course: race.course_id()?,
            tick: race.ticks()?,
            state: race.state(),
            players,
        }))
    }

    /// Whether `later` can be the same race, at most `longest_step` ticks on.
    fn leads_to(&self, later: &Self, longest_step: i32) -> bool {
        let step = self.tick..=self.tick.saturating_add(longest_step);
        self.course == later.course && step.contains(&later.tick)
    }
}

/// A player in one frame, as far as events need it.
#[derive(Debug, Clone, Copy)]
struct PlayerMoment {
    progress: Progress,
    lap: i16,
    effects: Effects,
    stick: i32,
    boost_timer: i16,
    mini_turbo_ticks: i16,
    drift_state: i16,
    touches_wall: bool,
    is_slowed: bool,
    surface: SurfaceType,
    air_ticks: i16,
    is_fetched: bool,
    item: ItemKind,
}

impl PlayerMoment {
    fn of(race: &Race<'_>, index: usize, player: &Player<'_>) -> Result<Self> {
        Ok(Self {
            progress: race.progress(index)?,
            lap: player.lap(),
            effects: player.effects(),
            stick: player.stick(),
            boost_timer: player.boost_timer(),
            mini_turbo_ticks: player.mini_turbo_ticks(),
            drift_state: player.drift_state(),
            touches_wall: player.wall_hit() != 0,
            is_slowed: player.slowdown() > 0.0,
            surface: player.surface(),
            air_ticks: player.air_ticks(),
            is_fetched: player.rescue().is_under_way(),
            item: player.item(),
        })
    }

    /// When it last crossed the line, as the game counts it.
    fn line_centiseconds(&self) -> u32 {
        (self.progress.line_time * CENTISECONDS) as u32
    }
}

/// Tells what happened between two frames of one race.
fn compare(race: &Pair<RaceMoment>, events: &mut Vec<Event>) {
    let tick = race.current.tick;
    let mut tell = |player, kind| events.push(Event { tick, player, kind });
    if race
        .map(|race| race.state)
        .changed_from_to(&RaceState::STAGING, &RaceState::RACING)
    {
        tell(None, EventKind::CountdownOver);
    }
    let players = race.old.players.into_iter().zip(race.current.players);
    for (index, (old, current)) in players.enumerate() {
        if let (Some(old), Some(current)) = (old, current) {
            let player = Pair { old, current };
            let mut tell = |kind| tell(Some(index), kind);
            compare_progress(&player, &mut tell);
            compare_driving(&player, &mut tell);
            compare_items(&player, &mut tell);
            compare_ground(&player, &mut tell);
        }
    }
}

/// Checkpoints, laps, the finish, the wrong way.
fn compare_progress(player: &Pair<PlayerMoment>, tell: &mut impl FnMut(EventKind)) {
    let checkpoint = player.map(|player| checkpoint_of(player.progress.nearest_point.into()));
    if checkpoint.changed() {
        tell(EventKind::Checkpoint {
            checkpoint: checkpoint.current,
        });
    }
    let lap = player.map(|player| player.lap);
    let line = player.map(PlayerMoment::line_centiseconds);
    if lap.increased()
        && let Some(number) = usize::try_from(lap.current).ok().filter(|lap| *lap > 0)
    {
        // The first lap begins with the clock, before the line.
        let start = if number == 1 { 0 } else { line.old };
        tell(EventKind::Lap {
            lap: number,
            centiseconds: line.current.saturating_sub(start),
        });
    }
    let finished = lap.map(|lap| usize::try_from(*lap).is_ok_and(|lap| lap >= LAPS));
    if finished.changed_to(&true) {
        tell(EventKind::Finish {
            centiseconds: line.current,
            place: usize::try_from(player.current.progress.rank).map_or(0, |rank| rank + 1),
        });
    }
    let wrong_way = player.map(|player| player.progress.wrong_way);
    if wrong_way.changed() {
        tell(match wrong_way.current {
            true => EventKind::WrongWay,
            false => EventKind::RightWay,
        });
    }
}

/// Boosts, drifts.
fn compare_driving(player: &Pair<PlayerMoment>, tell: &mut impl FnMut(EventKind)) {
    let timer = player.map(|player| player.boost_timer);
    if timer.increased() && timer.current > 0 {
        let boost = match player.current.effects.contains(Effects::MUSHROOM) {
            true => Boost::Mushroom,
            false => Boost::Pad,
        };
        let ticks = timer.current;
        tell(EventKind::BoostStart { boost, ticks });
    }
    let mini_turbo = player.map(|player| player.mini_turbo_ticks);
    if mini_turbo.increased() && mini_turbo.current > 0 {
        tell(EventKind::BoostStart {
            boost: Boost::MiniTurbo,
            ticks: mini_turbo.current,
        });
    }
    let drifts = player.map(|player| player.effects.contains(Effects::DRIFT));
    if drifts.changed_to(&true) {
        let direction = match player.current.stick < 0 {
            true => Direction::Left,
            false => Direction::Right,
        };
        tell(EventKind::DriftStart { direction });
    }
    let charge = player.map(|player| player.drift_state);
    if charge.increased() && charge.current > 0 {
        let charge = charge.current;
        tell(EventKind::DriftCharge { charge });
    }
    if drifts.changed_to(&false) {
        tell(EventKind::DriftEnd);
    }
}

/// Items, in the hand and in effect.
fn compare_items(player: &Pair<PlayerMoment>, tell: &mut impl FnMut(EventKind)) {
    let item = player.map(|player| player.item);
    if item.changed() && item.old != ItemKind::NONE {
        tell(EventKind::ItemSpent { item: item.old });
    }
    let is_rest = item.old != ItemKind::NONE && item.old.rest() == item.current;
    if item.changed() && item.current != ItemKind::NONE && !is_rest {
        tell(EventKind::ItemReceived { item: item.current });
    }
    for (effect, bits) in EFFECTS {
        if player
            .map(|player| player.effects.intersects(bits))
            .changed_to(&true)
        {
            tell(EventKind::Effect { effect });
        }
    }
}

/// Walls, off-road, jumps, falls.
fn compare_ground(player: &Pair<PlayerMoment>, tell: &mut impl FnMut(EventKind)) {
    if player.map(|player| player.touches_wall).changed_to(&true) {
        tell(EventKind::WallHit);
    }
    let is_slowed = player.map(|player| player.is_slowed);
    if is_slowed.changed() {
        tell(match is_slowed.current {
            true => EventKind::OffRoad {
                surface: player.current.surface,
            },
            false => EventKind::OnRoad,
        });
    }
    let is_airborne = player.map(|player| player.effects.contains(Effects::AIRBORNE));
    if is_airborne.changed_to(&true) {
        tell(EventKind::Airborne);
    }
    if is_airborne.changed_to(&false) {
        tell(EventKind::Landed {
            ticks: player.old.air_ticks,
        });
    }
    let is_fetched = player.map(|player| player.is_fetched);
    if is_fetched.changed() {
        tell(match is_fetched.current {
            true => EventKind::Fall,
            false => EventKind::Rescue,
        });
    }
}
