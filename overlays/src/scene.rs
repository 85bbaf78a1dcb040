//! One frame of a race, as overlays see it.

use drawing::{DrawList, Point, Screen};
use env_kart::facts::Facts;
use machine::Hardware;
use track::{Projection, Ray, RayFan, Trace, Track};

use crate::buttons::Control;
use crate::course::Course;
use crate::ghost_run::GhostRun;
use crate::history::{History, Sample};
use crate::karts::Kart;
use crate::objects::Object;

/// A sensor ray, up to where it hits.
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
/// A game makes it of what it reads from RAM: [`Scene::new`], then [`Scene::with_controls`],
/// [`Scene::with_objects`] and [`Scene::with_karts`]. The other methods add the caller's data. An overlay whose data is
/// missing draws nothing.
#[derive(Debug)]
pub struct Scene<'a> {
    /// What is fixed about the machine. The race is on the first screen of its picture.
    pub hardware: Hardware,
    /// The game's camera, which draws on the first screen.
    pub projection: Projection,
    /// The course.
    pub course: Course<'a>,
    /// What is known of the player's kart.
    pub facts: Facts,
    /// Height of the floor on which the player's kart stands, units.
    pub floor: f32,
    /// The controller; see [`Scene::with_controls`].
    pub controls: Vec<Control>,
    /// Objects on the course; see [`Scene::with_objects`].
    pub objects: Vec<Object>,
    /// The other karts; see [`Scene::with_karts`].
    pub karts: Vec<Kart>,
    /// The rays to the edge of the road; see [`Scene::with_rays`].
    pub rays: Vec<RayReading>,
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
    /// The frame with these facts, on `course`, as the game's camera shows it on the first screen of the machine.
    #[must_use]
    pub fn new(
        hardware: Hardware,
        projection: Projection,
        course: Course<'a>,
        facts: Facts,
    ) -> Self {
        let position = facts.pose.position;
        let floor = course.track.floor_below(position);
        Self {
            hardware,
            projection,
            course,
            facts,
            floor: floor.map_or(position[1], |floor| floor.y),
            controls: Vec::new(),
            objects: Vec::new(),
            karts: Vec::new(),
            rays: Vec::new(),
            history: None,
            ghosts: &[],
            reference_line: &[],
            rewards: &[],
            fields: &[],
        }
    }

    /// Adds the controller with what is held on it, for [`Buttons`](crate::Buttons).
    #[must_use]
    pub fn with_controls(mut self, controls: Vec<Control>) -> Self {
        self.controls = controls;
        self
    }

    /// Adds the objects on the course, for [`Objects`](crate::Objects).
    #[must_use]
    pub fn with_objects(mut self, objects: Vec<Object>) -> Self {
        self.objects = objects;
        self
    }

    /// Adds the other karts in the race, for [`Karts`](crate::Karts) and [`Minimap`](crate::Minimap).
    #[must_use]
    pub fn with_karts(mut self, karts: Vec<Kart>) -> Self {
        self.karts = karts;
        self
    }

    /// Adds the distances to the edge of the road along the rays of `fan`, for [`Rays`](crate::Rays).
    #[must_use]
    pub fn with_rays(mut self, fan: &RayFan) -> Self {
        let (track, reach) = (self.course.track, fan.reach());
        let reading = |ray| reading(track, &ray, reach);
        self.rays = fan.rays(&self.facts.pose).map(reading).collect();
        self
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

    /// The position of the player's kart, units.
    #[must_use]
    pub const fn position(&self) -> [f32; 3] {
        self.facts.pose.position
    }

    /// The checkpoint that the player passed last, an index into [`Track::checkpoints`].
    #[must_use]
    pub const fn checkpoint(&self) -> usize {
        self.facts.checkpoint as usize
    }

    /// The player's frame as a sample of a history.
    #[must_use]
    pub const fn now(&self) -> Sample {
        Sample::of(&self.facts)
    }

    /// The screen that shows the race.
    #[must_use]
    pub const fn screen(&self) -> Screen {
        Screen::of(&self.hardware.picture, 0)
    }

    /// The screen below that; `None` on a machine with one screen.
    pub(crate) fn second_screen(&self) -> Option<Screen> {
        let picture = &self.hardware.picture;
        (picture.count > 1).then(|| Screen::of(picture, 1))
    }

    /// The rows at the upper edge of the screen of the race in which games write laps and times.
    pub(crate) fn display_height(&self) -> f32 {
        /// 28 of the 192 rows of Mario Kart DS, 35 of the 240 rows of Mario Kart 64.
        const SHARE: f32 = 28.0 / 192.0;
        SHARE * self.screen().height as f32
    }

    /// The rows at the lower edge of the screen of the race in which games write ranks and speeds.
    pub(crate) fn lower_display_height(&self) -> f32 {
        /// 27 of the 192 rows of Mario Kart DS, 34 of the 240 rows of Mario Kart 64.
        const SHARE: f32 = 27.0 / 192.0;
        SHARE * self.screen().height as f32
    }

    /// A point so far right and down of the lower left corner of the screen of the race, pixels.
    pub(crate) fn beside_lower_left(&self, [x, y]: Point) -> Point {
        let [[left, _], [_, bottom]] = self.screen().corners();
        [left + x, bottom + y]
    }

    /// A point so far right and down of the lower right corner of the screen of the race, pixels.
    pub(crate) fn beside_lower_right(&self, [x, y]: Point) -> Point {
        let [_, [right, bottom]] = self.screen().corners();
        [right + x, bottom + y]
    }

    /// The kart's top speed on the road, units a frame; `None` if that is not known.
    pub(crate) fn top_speed(&self) -> Option<f32> {
        (self.facts.top_speed > 0.0).then_some(self.facts.top_speed)
    }

    /// The floor on which something near `height` stands over a point of the ground (x and z), units: that height where
    /// there is none.
    pub(crate) fn floor_near(&self, [x, z]: [f32; 2], height: f32) -> f32 {
        /// How far above the height the floor may be, units: a course has no bridges that near above each other.
        const ABOVE: f32 = 60.0;
        let floor = self.course.track.floor_below([x, height + ABOVE, z]);
        floor.map_or(height, |floor| floor.y)
    }
}

fn reading(track: &Track, ray: &Ray, reach: f32) -> RayReading {
    let hit = track.boundary().trace(ray, reach);
    let distance = hit.map_or(reach, |hit| hit.distance);
    RayReading {
        from: ray.origin,
        to: [0, 1, 2].map(|axis| ray.origin[axis] + ray.direction[axis] * distance),
        fraction: distance / reach,
    }
}

/// Something that can be drawn over the game.
pub trait Overlay {
    /// Its name in options and menus.
    fn name(&self) -> &'static str;

    /// Adds its shapes for a scene to `list`. The screen of the race is chosen before; an overlay on another screen
    /// chooses that one for its shapes, and the screen of the race after them.
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
        list.choose_screen(scene.screen());
        overlay.draw(scene, list);
    }
}
