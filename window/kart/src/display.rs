//! The overlays over a race, with its history, its rewards and the runs to compare with.

use std::collections::BTreeMap;

use anyhow::Result;
use drawing::DrawList;
use env_kart::facts::Facts;
use env_kart::moment::Moment;
use env_kart::observation;
use env_kart::reward::{Rewarder, Rewards};
use machine::Ram;
use overlays::{GhostRun, History, Overlay, OverlayKind, Races};
use track::RayFan;
use window::game::{Display, DisplayOptions, OverlayInfo};

/// Other runs of a race on a course.
#[derive(Default)]
struct Rivals {
    ghosts: Vec<GhostRun>,
    reference_line: Vec<[f32; 3]>,
}

/// A kart game in the window: its races, and what is shown of them.
pub trait KartWindow: Races {
    /// The rewards that are drawn.
    fn rewards() -> Rewards;
}

/// Draws overlays over races, whose shown and skipped frames it follows.
pub struct RaceDisplay<G: KartWindow> {
    overlays: Vec<(&'static str, Box<dyn Overlay + Send + Sync>)>,
    fan: RayFan,
    /// By the course's id.
    rivals: BTreeMap<u32, Rivals>,
    /// The course of the present race, with its id.
    course: Option<(u32, G::Course)>,
    history: History,
    rewarder: Rewarder,
    before: Option<Facts>,
    rewards: Vec<(&'static str, f32)>,
    components: Vec<f64>,
}

/// The overlays of a game.
fn kinds<G: Races>() -> impl Iterator<Item = OverlayKind> {
    let kinds = OverlayKind::ALL.into_iter();
    kinds.filter(|kind| !G::UNUSED.contains(kind))
}

/// The overlays of a game, as the options of a window.
pub(crate) fn overlays<G: Races>() -> Vec<OverlayInfo> {
    let info = |kind: OverlayKind| OverlayInfo {
        name: kind.name(),
        label: kind.label(),
        default_on: kind.default_on(),
    };
    kinds::<G>().map(info).collect()
}

impl<G: KartWindow> RaceDisplay<G> {
    /// A display without history. It draws the sensor rays of the default observation and the game's
    /// [rewards](KartWindow::rewards).
    ///
    /// # Errors
    /// The game's rewards have an invalid setting, or one that is in a file.
    pub fn new() -> Result<Self> {
        let mut no_file = |path: &std::path::Path| {
            Err(env_kart::Error::setting(
                "rewards of the window",
                "none from a file",
                path.display().to_string(),
            ))
        };
        Ok(Self {
            overlays: kinds::<G>()
                .map(|kind| (kind.name(), kind.make()))
                .collect(),
            fan: observation::Rays::default().fan()?,
            rivals: BTreeMap::new(),
            course: None,
            history: History::default(),
            rewarder: Rewarder::new(G::rewards(), &mut no_file)?,
            before: None,
            rewards: Vec::new(),
            components: Vec::new(),
        })
    }

    /// Adds another run, to compare races on the course with the game's number `course` with. The best lap of the first
    /// one is the reference line.
    pub fn race_against(&mut self, ghost: GhostRun, course: u32) {
        let rivals = self.rivals.entry(course).or_default();
        if rivals.ghosts.is_empty() {
            rivals.reference_line = ghost.best_lap();
        }
        rivals.ghosts.push(ghost);
    }

    /// Other runs of the present race's course.
    fn rivals(&self) -> Option<&Rivals> {
        self.rivals.get(&self.course.as_ref()?.0)
    }

    /// Keeps the course of the present race. One that is only half loaded is read again in a later frame.
    fn follow(&mut self, race: &G::Race<'_>) {
        let Ok(id) = G::course_id(race) else {
            return;
        };
        if self.course.as_ref().is_none_or(|(known, _)| *known != id) {
            self.course = G::read_course(race).ok().map(|course| (id, course));
            self.history.clear();
            self.forget_the_frame_before();
        }
    }

    fn forget_the_frame_before(&mut self) {
        self.before = None;
        self.rewarder.reset();
    }

    /// Adds a frame to the history, and returns its facts. A race that is only half loaded has none.
    fn remember(&mut self, race: &G::Race<'_>, input: &G::Input) -> Option<Facts> {
        let facts = G::facts(race, input).ok()?;
        let (id, _) = self.course.as_ref()?;
        self.history.see(*id, &facts);
        Some(facts)
    }

    fn judge(&mut self, facts: Facts) {
        let Some((_, course)) = &self.course else {
            return;
        };
        let before = self.before.replace(facts).unwrap_or(facts);
        let moment = Moment::new(facts, G::course(course).track);
        self.rewarder.reward(&moment, &before);
        self.rewarder.take_components(&mut self.components);
        self.rewards.clear();
        let values = self.components.iter().map(|value| *value as f32);
        self.rewards.extend(self.rewarder.names().zip(values));
    }
}

/// The race in RAM. A game that has just been switched on, or loads a race, has none.
fn race_in<G: Races>(ram: Option<Ram<'_>>) -> Option<G::Race<'_>> {
    G::race(ram?.bytes).ok().flatten()
}

impl<G: KartWindow> Display<G::Input> for RaceDisplay<G> {
    fn frame_shown(&mut self, ram: Option<Ram<'_>>, input: &G::Input) {
        let Some(race) = race_in::<G>(ram) else {
            self.course = None;
            self.before = None;
            self.rewards.clear();
            return;
        };
        self.follow(&race);
        if let Some(facts) = self.remember(&race, input) {
            self.judge(facts);
        }
    }

    /// A skipped frame is added to the history only. Its reward is not computed: rewards start again as after
    /// [`jumped`](Self::jumped).
    fn frame_skipped(&mut self, ram: Option<Ram<'_>>) {
        if let Some(race) = race_in::<G>(ram) {
            self.follow(&race);
            // The history does not depend on the input.
            self.remember(&race, &G::Input::default());
        }
    }

    fn jumped(&mut self) {
        self.forget_the_frame_before();
    }

    fn draw(
        &self,
        ram: Option<Ram<'_>>,
        input: &G::Input,
        options: DisplayOptions<'_>,
        list: &mut DrawList,
    ) {
        let (Some(race), Some((_, course))) = (race_in::<G>(ram), &self.course) else {
            return;
        };
        let Ok(scene) = G::scene(&race, course, input) else {
            return;
        };
        let rivals = self.rivals();
        let scene = scene
            .with_rays(&self.fan)
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

#[cfg(test)]
mod tests {
    use homebrew::native::Game;
    use mkds_formats::ghost::Combo;
    use nds_formats::pad::{Frame, Pad};
    use overlays_mkds::MkdsRaces;

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
        let mut display = RaceDisplay::<MkdsRaces>::new().expect("the defaults");
        let no_game = vec![0; mkds_memory::RAM_SIZE];
        let pressed = Frame::pad(Pad::A);
        display.frame_shown(ram(&no_game), &Frame::default());
        assert!(display.course.is_none());
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
        assert_eq!(display.course.as_ref().map(|(id, _)| *id), Some(20));
        assert!(display.history.samples().len() > 400);
        let speed = display.rewards.iter().find(|(name, _)| *name == "speed");
        assert!(
            speed.is_some_and(|(_, worth)| *worth > 0.0),
            "{:?}",
            display.rewards
        );
        let (length, rewards) = (display.history.samples().len(), display.rewards.clone());
        game.tick(Pad::A);
        display.frame_skipped(ram(game.ram()));
        assert_eq!(display.history.samples().len(), length + 1);
        assert_eq!(display.rewards, rewards, "of shown frames only");
        display.frame_shown(ram(&no_game), &Frame::default());
        assert!(display.course.is_none() && display.rewards.is_empty());
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
