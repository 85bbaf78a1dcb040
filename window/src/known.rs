//! What is worked out of a game's frames beside what RAM says: where it was driven, and what that was worth.

use env_kart::{facts::Facts, reward::Rewarder};
use env_mkds::config::RaceEnvConfig;
use env_mkds::facts;
use mkds_memory::course::Course;
use mkds_memory::{Race, Ram};
use nds_formats::pad::Pad;
use overlays::History;

/// A game's race, as far as it was seen.
#[derive(Debug)]
pub struct Known {
    course: Option<Course>,
    history: History,
    rewarder: Option<Rewarder>,
    before: Option<Facts>,
    rewards: Vec<(&'static str, f32)>,
    components: Vec<f64>,
}

impl Default for Known {
    fn default() -> Self {
        // The richest of the presets: the window is to show what drives a learner, whichever it has.
        let rewards = RaceEnvConfig::time_trial_v1().reward;
        let mut no_line = |path: &std::path::Path| {
            Err(env_mkds::Error::Read {
                path: path.to_owned(),
                source: std::io::ErrorKind::NotFound.into(),
            })
        };
        Self {
            course: None,
            history: History::default(),
            rewarder: Rewarder::new(rewards, &mut no_line).ok(),
            before: None,
            rewards: Vec::new(),
            components: Vec::new(),
        }
    }
}

impl Known {
    /// The race's course; `None` without a race, and while it is being loaded.
    #[must_use]
    pub fn course(&self) -> Option<&Course> {
        self.course.as_ref()
    }

    /// The way that the player drove.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// What the last frame was worth, by component, in the preset `TimeTrial-v1`.
    #[must_use]
    pub fn rewards(&self) -> &[(&'static str, f32)] {
        &self.rewards
    }

    /// Takes in a frame, in which `pad` was pressed. Each frame that is played is shown, in order; after going elsewhere
    /// it goes on from there.
    pub fn see(&mut self, ram: &[u8], pad: Pad) {
        // A game that has just been switched on, or loads a race, tells nothing.
        let race = Ram::new(ram).ok().and_then(|ram| ram.race().ok().flatten());
        let Some(race) = race else {
            self.course = None;
            self.before = None;
            self.rewards.clear();
            return;
        };
        self.follow(&race);
        // What is torn is seen whole in the next frame.
        let _ = self.history.see(&race);
        self.judge(&race, pad);
    }

    /// Takes in a frame that is not shown: of it only the way is known that was driven. What the next one is worth is told
    /// from [`have_moved`](Self::have_moved) on.
    pub fn pass(&mut self, ram: &[u8]) {
        let race = Ram::new(ram).ok().and_then(|ram| ram.race().ok().flatten());
        if let Some(race) = race {
            self.follow(&race);
            let _ = self.history.see(&race);
        }
    }

    /// The session has gone elsewhere: the next frame does not follow on the last.
    pub fn have_moved(&mut self) {
        self.before = None;
        if let Some(rewarder) = &mut self.rewarder {
            rewarder.reset();
        }
    }

    fn follow(&mut self, race: &Race<'_>) {
        let is_of_race = |course: &Course| course.id() == Some(race.config().course().0);
        if !self.course.as_ref().is_some_and(is_of_race) {
            self.course = Course::read(race).ok();
            self.history.clear();
            self.have_moved();
        }
    }

    fn judge(&mut self, race: &Race<'_>, pad: Pad) {
        let (Some(course), Some(rewarder)) = (&self.course, &mut self.rewarder) else {
            return;
        };
        let Ok(moment) = facts::moment(race, course, pad) else {
            return;
        };
        let before = self.before.replace(moment.now).unwrap_or(moment.now);
        rewarder.reward(&moment, &before);
        rewarder.take_components(&mut self.components);
        self.rewards.clear();
        let worth = self.components.iter().map(|worth| *worth as f32);
        self.rewards.extend(rewarder.names().zip(worth));
    }
}

#[cfg(test)]
mod tests {
    use homebrew::native::Game;
    use mkds_formats::ghost::Combo;

    use super::*;

    #[test]
    fn a_race_is_followed_rewarded_and_forgotten_with_its_end() {
        let mut game = Game::new(None).expect("the bundled game");
        let mut known = Known::default();
        known.see(&vec![0; mkds_memory::RAM_SIZE], Pad::empty());
        assert!(known.course().is_none());
        let combo = Combo {
            character: 0,
            kart: 0,
            course: 20,
        };
        game.start_race(combo).expect("a race");
        for _ in 0..500 {
            game.tick(Pad::A);
            known.see(game.ram(), Pad::A);
        }
        assert_eq!(known.course().and_then(Course::id), Some(20));
        assert!(known.history().samples().len() > 400);
        let speed = known.rewards().iter().find(|(name, _)| *name == "speed");
        assert!(
            speed.is_some_and(|(_, worth)| *worth > 0.0),
            "{:?}",
            known.rewards()
        );
        let (way, worth) = (known.history().samples().len(), known.rewards().to_vec());
        game.tick(Pad::A);
        known.pass(game.ram());
        assert_eq!(known.history().samples().len(), way + 1);
        assert_eq!(known.rewards(), worth, "only what is shown is judged");
        known.see(&vec![0; mkds_memory::RAM_SIZE], Pad::empty());
        assert!(known.course().is_none() && known.rewards().is_empty());
    }
}
