//! The overlays over a race, with its history, its rewards and the runs to compare with.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use drawing::DrawList;
use env_kart::facts::Facts;
use env_kart::reward::Rewarder;
use env_mkds::config::RaceEnvConfig;
use env_mkds::game::{Session, course_of};
use env_mkds::{facts, observation};
use mkds_formats::names;
use mkds_memory::course::Course;
use mkds_memory::{Race, Ram};
use nds_formats::pad::{Frame, Pad};
use overlays::{GhostRun, History, Overlay, OverlayKind, Scene};
use track::RayFan;
use window::game::{Display, DisplayOptions, OverlayInfo};

/// Other runs of a race on a course.
#[derive(Default)]
struct Rivals {
    ghosts: Vec<GhostRun>,
    reference_line: Vec<[f32; 3]>,
}

/// Draws overlays over a race, whose shown and skipped frames it follows.
pub struct RaceDisplay {
    overlays: Vec<(&'static str, Box<dyn Overlay + Send + Sync>)>,
    fan: RayFan,
    /// By the course's id.
    rivals: BTreeMap<u32, Rivals>,
    course: Option<Course>,
    history: History,
    rewarder: Rewarder,
    before: Option<Facts>,
    rewards: Vec<(&'static str, f32)>,
    components: Vec<f64>,
}

/// The overlays that can be options, in the order of the list.
#[must_use]
pub(crate) fn overlays() -> Vec<OverlayInfo> {
    let kinds = OverlayKind::ALL.into_iter();
    kinds
        .map(|kind| OverlayInfo {
            name: kind.name(),
            label: kind.label(),
            default_on: kind.default_on(),
        })
        .collect()
}

impl RaceDisplay {
    /// A display without history. It draws the sensor rays of the default observation and the rewards of the preset
    /// `TimeTrial-v1`, which has the most components.
    ///
    /// # Errors
    /// None today: the defaults are valid.
    pub fn new() -> Result<Self> {
        let rewards = RaceEnvConfig::time_trial_v1().reward;
        let mut no_line = |path: &std::path::Path| {
            let source = std::io::ErrorKind::NotFound.into();
            let path = path.to_owned();
            Err(env_mkds::Error::Kart(env_kart::Error::Read {
                path,
                source,
            }))
        };
        let kinds = OverlayKind::ALL.into_iter();
        Ok(Self {
            overlays: kinds.map(|kind| (kind.name(), kind.make())).collect(),
            fan: observation::Rays::default().fan()?,
            rivals: BTreeMap::new(),
            course: None,
            history: History::default(),
            rewarder: Rewarder::new(rewards, &mut no_line)?,
            before: None,
            rewards: Vec::new(),
            components: Vec::new(),
        })
    }

    /// Adds another run, to compare races on its course with. The best lap of the first one is the reference line.
    ///
    /// # Errors
    /// The run is of another course than the session's race, if that has begun.
    pub fn race_against(&mut self, session: &Session, ghost: GhostRun, course: u32) -> Result<()> {
        if let Some(own) = course_of(session) {
            ensure!(
                own == course,
                "{}: expected a ghost of {}, found one of {}",
                ghost.name(),
                course_name(own),
                course_name(course)
            );
        }
        let rivals = self.rivals.entry(course).or_default();
        if rivals.ghosts.is_empty() {
            rivals.reference_line = ghost.best_lap();
        }
        rivals.ghosts.push(ghost);
        Ok(())
    }

    fn course(&self) -> Option<&Course> {
        self.course.as_ref()
    }

    /// Other runs of the present race's course.
    fn rivals(&self) -> Option<&Rivals> {
        self.rivals.get(&self.course()?.id()?)
    }

    fn follow(&mut self, race: &Race<'_>) {
        let is_of_race = |course: &Course| course.id() == Some(race.config().course().0);
        if !self.course.as_ref().is_some_and(is_of_race) {
            self.course = Course::read(race).ok();
            self.history.clear();
            self.forget_the_frame_before();
        }
    }

    fn forget_the_frame_before(&mut self) {
        self.before = None;
        self.rewarder.reset();
    }

    fn judge(&mut self, race: &Race<'_>, pad: Pad) {
        let Some(course) = &self.course else {
            return;
        };
        let Ok(moment) = facts::moment(race, course, pad) else {
            return;
        };
        let before = self.before.replace(moment.now).unwrap_or(moment.now);
        self.rewarder.reward(&moment, &before);
        self.rewarder.take_components(&mut self.components);
        self.rewards.clear();
        let worth = self.components.iter().map(|worth| *worth as f32);
        self.rewards.extend(self.rewarder.names().zip(worth));
    }
}

/// The race in RAM. A game that has just been switched on, or loads a race, has none.
fn race_in(ram: Option<machine::Ram<'_>>) -> Option<Race<'_>> {
    Ram::new(ram?.bytes).ok()?.race().ok().flatten()
}

impl Display<Frame> for RaceDisplay {
    fn frame_shown(&mut self, ram: Option<machine::Ram<'_>>, input: &Frame) {
        let Some(race) = race_in(ram) else {
            self.course = None;
            self.before = None;
            self.rewards.clear();
            return;
        };
        self.follow(&race);
        // A race that is only half loaded is complete in a later frame.
        let _ = self.history.see(&race);
        self.judge(&race, input.pad);
    }

    /// A skipped frame is added to the history only. Its reward is not computed: rewards start again as after
    /// [`jumped`](Self::jumped).
    fn frame_skipped(&mut self, ram: Option<machine::Ram<'_>>) {
        if let Some(race) = race_in(ram) {
            self.follow(&race);
            let _ = self.history.see(&race);
        }
    }

    fn jumped(&mut self) {
        self.forget_the_frame_before();
    }

    fn draw(
        &self,
        ram: Option<machine::Ram<'_>>,
        input: &Frame,
        options: DisplayOptions<'_>,
        list: &mut DrawList,
    ) {
        let (Some(race), Some(course)) = (race_in(ram), self.course()) else {
            return;
        };
        let Ok(scene) = Scene::of(&race, course, &self.fan, input.pad) else {
            return;
        };
        let rivals = self.rivals();
        let scene = scene
            .with_history(&self.history)
            .with_ghosts(rivals.map_or(&[], |rivals| &rivals.ghosts))
            .with_reference_line(rivals.map_or(&[], |rivals| &rivals.reference_line))
            .with_rewards(&self.rewards)
            .with_fields(options.fields);
        let on = self.overlays.iter();
        let on = on.filter(|(name, _)| options.overlays.contains(name));
        overlays::draw_all(on.map(|(_, overlay)| &**overlay), &scene, list);
    }
}

/// A course's name.
fn course_name(id: u32) -> String {
    let course = u8::try_from(id).ok().and_then(names::Course::by_id);
    match course {
        Some(course) => format!("{} ({})", course.abbreviation.to_lowercase(), course.name),
        None => format!("course {id}"),
    }
}

#[cfg(test)]
mod tests {
    use homebrew::native::Game;
    use mkds_formats::ghost::Combo;

    use super::*;

    /// RAM of the bundled game.
    fn ram(bytes: &[u8]) -> Option<machine::Ram<'_>> {
        Some(machine::Ram {
            base: mkds_memory::RAM_BASE,
            bytes,
        })
    }

    #[test]
    fn a_race_is_followed_rewarded_and_forgotten_with_its_end() {
        let mut game = Game::new(None).expect("the bundled game");
        let mut display = RaceDisplay::new().expect("the defaults");
        let no_game = vec![0; mkds_memory::RAM_SIZE];
        let pressed = Frame::pad(Pad::A);
        display.frame_shown(ram(&no_game), &Frame::default());
        assert!(display.course().is_none());
        let combo = Combo {
            character: 0,
            kart: 0,
            course: 20,
        };
        game.start_race(combo).expect("a race");
        for _ in 0..500 {
            game.tick(Pad::A);
            display.frame_shown(ram(game.ram()), &pressed);
        }
        assert_eq!(display.course().and_then(Course::id), Some(20));
        assert!(display.history.samples().len() > 400);
        let speed = display.rewards.iter().find(|(name, _)| *name == "speed");
        assert!(
            speed.is_some_and(|(_, worth)| *worth > 0.0),
            "{:?}",
            display.rewards
        );
        let (way, worth) = (display.history.samples().len(), display.rewards.clone());
        game.tick(Pad::A);
        display.frame_skipped(ram(game.ram()));
        assert_eq!(display.history.samples().len(), way + 1);
        assert_eq!(display.rewards, worth, "only what is shown is judged");
        display.frame_shown(ram(&no_game), &Frame::default());
        assert!(display.course().is_none() && display.rewards.is_empty());
        let mut list = DrawList::default();
        let options = DisplayOptions {
            overlays: &["minimap"],
            fields: &[],
        };
        display.draw(ram(&no_game), &pressed, options, &mut list);
        assert_eq!(list, DrawList::default(), "no race, nothing to draw");
        display.frame_shown(ram(game.ram()), &pressed);
        display.draw(ram(game.ram()), &pressed, options, &mut list);
        assert_ne!(list, DrawList::default());
    }
}
