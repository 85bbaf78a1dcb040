//! One frame of a race, as overlays see it.

use drawing::{DrawList, Screen};
use mkds_memory::course::Course;
use mkds_memory::{Race, Result};
use nds_formats::pad::Pad;
use track::{Pose, Projection, RayFan, Trace};

use crate::ghost_run::GhostRun;
use crate::history::{History, Sample};

/// The console's top screen.
pub const TOP_SCREEN: Screen = Screen {
    width: 256,
    top: 0,
    height: 192,
};
/// The console's bottom screen.
pub const BOTTOM_SCREEN: Screen = Screen {
    top: TOP_SCREEN.height,
    ..TOP_SCREEN
};

/// A sensor ray and how far it got.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RayReading {
    /// Where it begins, units.
    pub from: [f32; 3],
    /// Where it ends, units.
    pub to: [f32; 3],
    /// Its length as a part of its reach, 0.0..=1.0; 1.0 when nothing was hit.
    pub fraction: f32,
}

/// One frame of a race: what is to be drawn, and through which camera.
///
/// [`Scene::of`] reads RAM and the course. The other methods add the caller's data; an overlay whose data is missing
/// draws nothing.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The race in RAM.
    pub race: Race<'a>,
    /// The game's camera.
    pub projection: Projection,
    /// The course.
    pub course: &'a Course,
    /// Where the player's kart is and which way it faces, along the floor below it.
    pub pose: Pose,
    /// Where the player's kart is, units.
    pub position: [f32; 3],
    /// Height of the floor on which the player's kart stands, units.
    pub floor: f32,
    /// The checkpoint that the player passed last, an index into [`Track::checkpoints`](track::Track::checkpoints).
    pub checkpoint: usize,
    /// The player's frame as a sample of a history.
    pub now: Sample,
    /// The rays to the edge of the road.
    pub rays: Vec<RayReading>,
    /// The buttons that are held.
    pub pad: Pad,
    /// The path driven so far; see [`Scene::with_history`].
    pub history: Option<&'a History>,
    /// Other runs; see [`Scene::with_ghosts`].
    pub ghosts: &'a [GhostRun],
    /// A line to drive along; see [`Scene::with_reference_line`].
    pub reference_line: &'a [[f32; 3]],
    /// Rewards; see [`Scene::with_rewards`].
    pub rewards: &'a [(&'a str, f32)],
    /// Fields of RAM; see [`Scene::with_fields`].
    pub fields: &'a [(String, String)],
}

impl<'a> Scene<'a> {
    /// The frame that a race shows, with the rays of `fan` and the buttons `pad`.
    ///
    /// # Errors
    /// When a pointer to the player, the player's status or the camera leaves RAM.
    pub fn of(race: &Race<'a>, course: &'a Course, fan: &RayFan, pad: Pad) -> Result<Self> {
        let driver = race.driver(0)?;
        let pose = driver.pose();
        let reading = |ray: track::Ray| {
            let distance = course
                .track()
                .boundary()
                .trace(&ray, fan.reach())
                .map_or(fan.reach(), |hit| hit.distance);
            let to = std::array::from_fn(|axis| ray.origin[axis] + ray.direction[axis] * distance);
            RayReading {
                from: ray.origin,
                to,
                fraction: distance / fan.reach(),
            }
        };
        Ok(Self {
            race: *race,
            projection: race.camera()?.projection(),
            course,
            pose,
            position: pose.position,
            floor: course
                .track()
                .floor_below(pose.position)
                .map_or(pose.position[1], |floor| floor.y),
            checkpoint: race.driver_status(0)?.checkpoint().into(),
            now: Sample::of(race, 0)?,
            rays: fan.rays(&pose).map(reading).collect(),
            pad,
            history: None,
            ghosts: &[],
            reference_line: &[],
            rewards: &[],
            fields: &[],
        })
    }

    /// Adds the path driven so far, for [`Trajectory`](crate::Trajectory) and [`Minimap`](crate::Minimap).
    #[must_use]
    pub const fn with_history(mut self, history: &'a History) -> Self {
        self.history = Some(history);
        self
    }

    /// Adds other runs of this race, the most interesting first, for [`Ghost`](crate::Ghost) and
    /// [`Minimap`](crate::Minimap).
    #[must_use]
    pub const fn with_ghosts(mut self, ghosts: &'a [GhostRun]) -> Self {
        self.ghosts = ghosts;
        self
    }

    /// Adds a line to drive along, points in units, for [`ReferenceLine`](crate::ReferenceLine).
    #[must_use]
    pub const fn with_reference_line(mut self, points: &'a [[f32; 3]]) -> Self {
        self.reference_line = points;
        self
    }

    /// Adds the frame's reward, each component with its name, for [`Rewards`](crate::Rewards).
    #[must_use]
    pub const fn with_rewards(mut self, components: &'a [(&'a str, f32)]) -> Self {
        self.rewards = components;
        self
    }

    /// Adds fields of RAM, each with its path and its value as text, for [`Fields`](crate::Fields).
    #[must_use]
    pub const fn with_fields(mut self, fields: &'a [(String, String)]) -> Self {
        self.fields = fields;
        self
    }

    /// The kart's top speed on the road, units a frame; `None` if RAM does not hold it.
    pub(crate) fn top_speed(&self) -> Option<f32> {
        let kart = self.race.driver(0).ok()?.kart_parameters();
        let top_speed = kart.follow(self.race.ram()).ok()??.max_speed().to_f32();
        (top_speed > 0.0).then_some(top_speed)
    }

    /// The floor on which something near `height` stands over a point of the ground (x and z), units: that height where
    /// there is none.
    pub(crate) fn floor_near(&self, [x, z]: [f32; 2], height: f32) -> f32 {
        /// How far above the height the floor may be, units: a course has no bridges that near above each other.
        const ABOVE: f32 = 60.0;
        self.course
            .track()
            .floor_below([x, height + ABOVE, z])
            .map_or(height, |floor| floor.y)
    }
}

/// Something that can be drawn over the game.
pub trait Overlay {
    /// Its name in options and menus.
    fn name(&self) -> &'static str;

    /// Adds its shapes for a scene to `list`. Those that are on the bottom screen choose that for them and the top screen
    /// after them.
    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList);
}

impl<O: Overlay + ?Sized> Overlay for &O {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        (**self).draw(scene, list);
    }
}

impl<O: Overlay + ?Sized> Overlay for Box<O> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        (**self).draw(scene, list);
    }
}

/// Draws overlays in order, the first at the bottom: each is a layer with its name, cut off at the edges of its screen.
pub fn draw_all(
    overlays: impl IntoIterator<Item: Overlay>,
    scene: &Scene<'_>,
    list: &mut DrawList,
) {
    for overlay in overlays {
        list.begin_layer(overlay.name());
        list.choose_screen(TOP_SCREEN);
        overlay.draw(scene, list);
    }
}
