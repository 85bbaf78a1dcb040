//! Races of the bundled game, driven along the centreline, and scenes of them with everything that overlays show.

#![allow(dead_code, reason = "each user needs another part of it")]

use homebrew::native::Game;
use mkds_formats::ghost::Combo;
use mkds_memory::Race;
use mkds_memory::course::Course;
use mkds_memory::driver::MotionFlags;
use nds_formats::pad::{Frame, Pad};
use overlays::{GhostRun, History, Races, Sample, Scene};
use overlays_mkds::MkdsRaces;
use track::RayFan;

/// Frames by which the ghost is ahead of how it was driven.
const HEAD_START: i64 = 40;

/// A race, its course and its history.
pub(crate) struct Drive {
    pub(crate) game: Game,
    pub(crate) course: Course,
    pub(crate) history: History,
    pub(crate) pad: Pad,
    fan: RayFan,
}

/// The data that a caller adds to a scene.
pub(crate) struct Extras {
    pub(crate) ghosts: Vec<GhostRun>,
    pub(crate) reference_line: Vec<[f32; 3]>,
    pub(crate) rewards: Vec<(&'static str, f32)>,
    pub(crate) fields: Vec<(String, String)>,
}

impl Drive {
    /// The first frame of a race on the course with the game's number `course`.
    pub(crate) fn on(course: u8) -> Self {
        let mut game = Game::new(None).expect("the bundled game");
        let combo = Combo {
            character: 0,
            kart: 0,
            course,
        };
        game.start_race(combo).expect("a race");
        let course = Course::read(&race(&game)).expect("a course");
        Self {
            game,
            course,
            history: History::default(),
            pad: Pad::empty(),
            fan: RayFan::new(24, std::f32::consts::PI, 3000.0),
        }
    }

    pub(crate) fn race(&self) -> Race<'_> {
        race(&self.game)
    }

    /// Drives for some frames, looking `ahead` units along the centreline.
    pub(crate) fn go(&mut self, frames: usize, ahead: f32) -> &mut Self {
        for _ in 0..frames {
            self.pad = self.pursue(ahead);
            self.game.tick(self.pad);
            self.see();
        }
        self
    }

    /// Adds the present frame to the history.
    pub(crate) fn see(&mut self) {
        let race = race(&self.game);
        let course = MkdsRaces::course_id(&race).expect("a course");
        let facts = MkdsRaces::facts(&race, &Frame::pad(self.pad)).expect("a player");
        self.history.see(course, &facts);
    }

    /// Full speed towards a point ahead on the centreline, drifting where that lies far aside.
    fn pursue(&self, ahead: f32) -> Pad {
        let race = self.race();
        let driver = race.driver(0).expect("a player");
        let status = race.driver_status(0).expect("a player");
        let pose = driver.pose();
        let [x, _, z] = pose.position;
        let line = self.course.track().centreline();
        let here = line.project([x, z], Some(status.checkpoint().into()));
        let target = here.and_then(|here| line.at(here.along + ahead));
        let angle = target.map_or(0.0, |(point, _)| pose.bearing(point).angle);
        let mut pad = Pad::A;
        if angle.abs() > 0.1 {
            pad |= if angle > 0.0 { Pad::LEFT } else { Pad::RIGHT };
        }
        let drifting = driver.motion_flags().contains(MotionFlags::DRIFTING);
        if angle.abs() > if drifting { 0.15 } else { 0.7 } {
            pad |= Pad::R;
        }
        pad
    }

    /// A race on `course` after `frames` frames, and a caller's data: a ghost that is ahead and cuts bends less, and the
    /// rest.
    pub(crate) fn with_extras(course: u8, frames: usize) -> (Self, Extras) {
        let mut other = Self::on(course);
        other.go(frames + 600, 100.0);
        let mut drive = Self::on(course);
        drive.go(frames, 140.0);
        let samples = other.history.samples().iter().skip(HEAD_START as usize);
        let sooner = samples.map(|sample| Sample {
            frame: sample.frame - HEAD_START,
            ..*sample
        });
        let extras = Extras {
            ghosts: vec![GhostRun::new("ghost", sooner)],
            reference_line: other
                .history
                .samples()
                .iter()
                .step_by(5)
                .map(|sample| sample.position)
                .collect(),
            rewards: vec![
                ("progress", 0.012),
                ("speed", 0.4),
                ("drift", 0.25),
                ("wall", -0.1),
            ],
            fields: fields(&drive.race()),
        };
        (drive, extras)
    }

    pub(crate) fn scene<'a>(&'a self, extras: &'a Extras) -> Scene<'a> {
        self.plain_scene()
            .with_history(&self.history)
            .with_ghosts(&extras.ghosts)
            .with_reference_line(&extras.reference_line)
            .with_rewards(&extras.rewards)
            .with_fields(&extras.fields)
    }

    pub(crate) fn plain_scene(&self) -> Scene<'_> {
        self.scene_on(&self.course)
    }

    /// The scene as it would be on another course.
    pub(crate) fn scene_on<'a>(&self, course: &'a Course) -> Scene<'a> {
        let scene = MkdsRaces::scene(&self.race(), course, &Frame::pad(self.pad));
        scene.expect("a scene").with_rays(&self.fan)
    }
}

fn race(game: &Game) -> Race<'_> {
    let race = MkdsRaces::race(game.ram());
    race.expect("pointers").expect("a race")
}

fn fields(race: &Race<'_>) -> Vec<(String, String)> {
    let (driver, status) = (
        race.driver(0).expect("one"),
        race.driver_status(0).expect("one"),
    );
    let [x, y, z] = driver.position().to_f32();
    [
        ("drivers[0].position", format!("{x:.1} {y:.1} {z:.1}")),
        (
            "drivers[0].speed",
            format!("{:.3}", driver.speed().to_f32()),
        ),
        (
            "drivers[0].motion_flags",
            format!("{:#x}", driver.motion_flags().bits()),
        ),
        (
            "race_status.driver[0].checkpoint",
            status.checkpoint().to_string(),
        ),
        (
            "race_status.driver[0].lap_progress",
            format!("{:.4}", status.lap_progress().to_f32()),
        ),
    ]
    .map(|(path, value)| (path.to_owned(), value))
    .into()
}
