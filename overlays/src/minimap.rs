//! A small map of the course, with the drivers.

use std::sync::{Arc, Mutex, PoisonError};

use drawing::{Color, DrawList, Point, Screen, Shape};
use track::{Ray, Trace};

use crate::course::Course;
use crate::ghost::GHOST_COLORS;
use crate::history::{Sample, is_continuous};
use crate::panel::{BACKING, push_box};
use crate::scene::{Overlay, Scene};
use crate::simplify::simplified;

const ROAD: Color = Color::rgb8(0x72, 0x7E, 0x90);
const EDGE: Color = Color::rgb8(0xF4, 0xF6, 0xF9);
const CHECKPOINT: Color = Color::rgb8(0x86, 0xA6, 0xCD);
const KEY_CHECKPOINT: Color = Color::rgb8(0xFF, 0x6A, 0xD5);
const NEXT_CHECKPOINT: Color = Color::rgb8(0xFF, 0xE0, 0x4D);
const THIS_LAP: Color = Color::rgb8(0xFF, 0xE0, 0x4D);
const PAST_LAPS: Color = Color::rgb8(0x70, 0xC0, 0x97);
const KART: Color = Color::rgb8(0xFF, 0x3B, 0x30);

/// About how far apart points of the road's edges are, units.
const SPACING: f32 = 24.0;
const MOST_POINTS: f32 = 1000.0;
/// How far beside the middle of the road its edge is looked for, units; and how far it is taken to be where there is
/// none.
const MOST_HALF_WIDTH: f32 = 600.0;
const USUAL_HALF_WIDTH: f32 = 60.0;
/// How far the floor may rise from one point to the next, units.
const MOST_RISE: f32 = 60.0;

/// Frames from one point of a path to the next.
const STRIDE: usize = 4;

/// Where a [`Minimap`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MapPlace {
    /// At the right edge of the screen of the race, 64 x 64 pixels.
    #[default]
    Corner,
    /// Over the screen below that, 8 pixels from its edges; nothing on a machine with one screen.
    Bottom,
}

impl MapPlace {
    /// The screen that it is on; `None` on a machine without that screen.
    fn screen(self, scene: &Scene<'_>) -> Option<Screen> {
        match self {
            Self::Corner => Some(scene.screen()),
            Self::Bottom => scene.second_screen(),
        }
    }

    /// Its top left corner and the one opposite on that screen, pixels.
    fn corners(self, scene: &Scene<'_>, screen: Screen) -> [Point; 2] {
        let [[left, top], [right, bottom]] = screen.corners();
        match self {
            Self::Corner => {
                let top = top + scene.display_height();
                [[right - 68.0, top], [right - 4.0, top + 64.0]]
            }
            Self::Bottom => [[left + 8.0, top + 8.0], [right - 8.0, bottom - 8.0]],
        }
    }

    /// On the bottom screen nothing of the game's shows through: it has a map and text of its own there.
    const fn backing(self) -> Color {
        match self {
            Self::Corner => BACKING,
            Self::Bottom => BACKING.with_alpha(1.0),
        }
    }

    /// How much larger than in the corner things are drawn.
    const fn size(self) -> f32 {
        match self {
            Self::Corner => 1.0,
            Self::Bottom => 2.0,
        }
    }
}

/// Draws the main road from above, x to the right and z down as on a map of the game: the checkpoints (the next one
/// yellow, key checkpoints pink, on the bottom screen the others blue), the path driven ([`Scene::with_history`]), the
/// ghosts ([`Scene::with_ghosts`]), the other karts ([`Scene::with_karts`]), and the player's kart as an arrow. Nothing
/// on a course without a centreline.
#[derive(Debug, Default)]
pub struct Minimap {
    /// Where it is.
    pub place: MapPlace,
    /// The road of the course drawn last.
    road: Mutex<Option<Arc<Road>>>,
}

impl Minimap {
    /// A map in the given place.
    #[must_use]
    pub fn at(place: MapPlace) -> Self {
        Self {
            place,
            road: Mutex::default(),
        }
    }

    fn road(&self, course: &Course<'_>, corners: [Point; 2]) -> Arc<Road> {
        let mut kept = self.road.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(road) if road.course == Fingerprint::of(course) && road.corners == corners => {
                Arc::clone(road)
            }
            _ => Arc::clone(kept.insert(Arc::new(Road::of(course, self.place, corners)))),
        }
    }
}

impl Overlay for Minimap {
    fn name(&self) -> &'static str {
        match self.place {
            MapPlace::Corner => "minimap",
            MapPlace::Bottom => "bottom-map",
        }
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let Some(screen) = self.place.screen(scene) else {
            return;
        };
        let road = self.road(&scene.course, self.place.corners(scene, screen));
        let Some(map) = Map::new(&road) else {
            return;
        };
        list.choose_screen(screen);
        let [low, high] = road.corners;
        push_box(list, low, high, self.place.backing());
        for (color, points) in &road.areas {
            list.push(Shape::Polygon {
                points: points.clone(),
                color: *color,
            });
        }
        map.draw_checkpoints(scene, list);
        if let Some(history) = scene.history {
            let mut laps = history.laps().rev();
            let this = laps.next().map(|(_, lap)| lap);
            // The lap before this one: more would cover the road.
            if let Some((_, past)) = laps.next() {
                map.draw_path(past, PAST_LAPS, 0.7, list);
            }
            map.draw_path(this.unwrap_or_default(), THIS_LAP, 0.9, list);
        }
        for (ghost, color) in scene.ghosts.iter().zip(GHOST_COLORS.into_iter().cycle()) {
            if let Some(sample) = ghost.at_frame(scene.now().frame) {
                map.draw_dot(sample.position, color, list);
            }
        }
        for kart in &scene.karts {
            map.draw_dot(kart.position, kart.color(), list);
        }
        map.draw_kart(scene, list);
        list.choose_screen(scene.screen());
    }
}

/// What differs between courses.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Fingerprint {
    id: Option<u32>,
    triangles: usize,
    edges: usize,
    length: f32,
    first: Option<[f32; 2]>,
}

impl Fingerprint {
    fn of(course: &Course<'_>) -> Self {
        let line = course.track.centreline();
        Self {
            id: course.id,
            triangles: course.track.triangles().len(),
            edges: course.track.boundary().segments().len(),
            length: line.length(),
            first: line.points().first().copied(),
        }
    }
}

/// The main road, x and z in units.
#[derive(Debug)]
struct Road {
    course: Fingerprint,
    /// Points of its edges, each on the left with the one on the right.
    edges: Vec<[[f32; 2]; 2]>,
    /// Where checkpoints cross it, by number; `None` off the main line.
    checkpoints: Vec<Option<[[f32; 2]; 2]>>,
    is_closed: bool,
    /// The lowest and the highest corner of the box around it.
    bounds: [[f32; 2]; 2],
    place: MapPlace,
    /// The corners of the map, pixels.
    corners: [Point; 2],
    /// The areas that are the same in every frame, pixels.
    areas: Vec<(Color, Vec<Point>)>,
}

impl Road {
    fn of(course: &Course<'_>, place: MapPlace, corners: [Point; 2]) -> Self {
        let line = course.track.centreline();
        let steps = (line.length() / SPACING).clamp(0.0, MOST_POINTS) as usize;
        let mut height = course.track.start().map_or(0.0, |start| start.position[1]);
        let mut widths = [USUAL_HALF_WIDTH; 2];
        let mut edges: Vec<[[f32; 2]; 2]> = Vec::with_capacity(steps);
        for step in 0..steps {
            let along = line.length() * step as f32 / steps as f32;
            if let Some((point, direction)) = line.at(along) {
                let above = [point[0], height + MOST_RISE, point[1]];
                let floor = course.track.floor_below(above);
                height = floor.map_or(height, |floor| floor.y);
                // Where there is no road, over a gap or beside it, it is taken to be as wide as before.
                if floor.is_some_and(|floor| floor.surface.is_road) {
                    widths = half_widths(course, point, direction, height);
                }
                let [x, z] = direction;
                let asides = [([z, -x], widths[0]), ([-z, x], widths[1])];
                edges
                    .push(asides.map(|(aside, width)| {
                        [0, 1].map(|axis| point[axis] + aside[axis] * width)
                    }));
            }
        }
        let checkpoint = |index: usize| {
            let along = line.along_of_checkpoint(index)?;
            let step = (along / line.length() * steps as f32).round() as usize;
            edges.get(step % steps.max(1)).copied()
        };
        let mut bounds = [[f32::MAX; 2], [f32::MIN; 2]];
        for point in edges.iter().flatten() {
            for axis in 0..2 {
                bounds[0][axis] = bounds[0][axis].min(point[axis]);
                bounds[1][axis] = bounds[1][axis].max(point[axis]);
            }
        }
        let mut road = Self {
            course: Fingerprint::of(course),
            place,
            corners,
            areas: Vec::new(),
            checkpoints: (0..course.track.checkpoints().len())
                .map(checkpoint)
                .collect(),
            edges,
            is_closed: line.is_closed(),
            bounds,
        };
        road.areas = Map::new(&road).map_or_else(Vec::new, |map| map.road_areas());
        road
    }
}

/// How far the edges of the road are to the left and to the right of a point of its middle, units.
fn half_widths(course: &Course<'_>, point: [f32; 2], [x, z]: [f32; 2], height: f32) -> [f32; 2] {
    [[z, -x], [-z, x]].map(|aside| {
        let ray = Ray {
            origin: [point[0], height, point[1]],
            direction: [aside[0], 0.0, aside[1]],
        };
        let hit = course.track.boundary().trace(&ray, MOST_HALF_WIDTH);
        hit.map_or(USUAL_HALF_WIDTH, |hit| hit.distance)
    })
}

/// A road as it is drawn somewhere.
struct Map<'a> {
    road: &'a Road,
    place: MapPlace,
    /// Pixels a unit.
    scale: f32,
    /// Where the world's origin would be, pixels.
    origin: Point,
}

impl<'a> Map<'a> {
    /// `None` of a road without points.
    fn new(road: &'a Road) -> Option<Self> {
        let place = road.place;
        if road.edges.len() < 2 {
            return None;
        }
        let margin = 4.0 * place.size();
        let ([low, high], [from, to]) = (road.corners, road.bounds);
        let space = [0, 1].map(|axis| high[axis] - low[axis] - 2.0 * margin);
        let extent = [0, 1].map(|axis| (to[axis] - from[axis]).max(1.0));
        let scale = (space[0] / extent[0]).min(space[1] / extent[1]);
        let origin = [0, 1].map(|axis| {
            let spare = space[axis] - extent[axis] * scale;
            low[axis] + margin + spare * 0.5 - from[axis] * scale
        });
        Some(Self {
            road,
            place,
            scale,
            origin,
        })
    }

    fn point(&self, ground: [f32; 2]) -> Point {
        [0, 1].map(|axis| self.origin[axis] + ground[axis] * self.scale)
    }

    /// A place in the world, moved to the map's edge if it lies beyond.
    fn place_of(&self, [x, _, z]: [f32; 3]) -> Point {
        let ([low, high], margin) = (self.road.corners, 2.0 * self.place.size());
        let point = self.point([x, z]);
        [0, 1].map(|axis| point[axis].clamp(low[axis] + margin, high[axis] - margin))
    }

    /// The road on a wider one as its edge: two areas cost less than an area and an outline.
    fn road_areas(&self) -> Vec<(Color, Vec<Point>)> {
        let area = |wider: f32| {
            // Along one edge and back along the other: what the road crosses twice is filled too.
            let mut points = self.edge(0, wider);
            points.extend(self.edge(1, wider).into_iter().rev());
            points
        };
        vec![(EDGE, area(0.5 * self.place.size())), (ROAD, area(0.0))]
    }

    /// The left (0) or right (1) edge of the road, moved outwards by some pixels.
    fn edge(&self, side: usize, wider: f32) -> Vec<Point> {
        let points = self.road.edges.iter().map(|pair| {
            let ends = pair.map(|end| self.point(end));
            let (from, to) = (ends[1 - side], ends[side]);
            let across = [to[0] - from[0], to[1] - from[1]];
            let share = wider / across[0].hypot(across[1]).max(f32::MIN_POSITIVE);
            [to[0] + across[0] * share, to[1] + across[1] * share]
        });
        let mut points = simplified(points);
        if self.road.is_closed {
            points.push(points[0]);
        }
        points
    }

    fn draw_checkpoints(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let all = scene.course.track.checkpoints();
        let next = all
            .get(scene.checkpoint())
            .and_then(|here| here.next.first().copied());
        let pen = |index: usize| match all[index].key {
            _ if Some(index) == next => (2, 1.2, NEXT_CHECKPOINT),
            Some(_) => (1, 0.9, KEY_CHECKPOINT),
            None => (0, 0.5, CHECKPOINT),
        };
        // In the corner so many would hide the road.
        let drawn = |index: &usize| {
            self.place == MapPlace::Bottom || all[*index].key.is_some() || Some(*index) == next
        };
        let mut crossings: Vec<_> = (0..all.len())
            .filter(drawn)
            .filter_map(|index| Some((pen(index), self.road.checkpoints.get(index)?.as_ref()?)))
            .collect();
        crossings.sort_by_key(|((rank, _, _), _)| *rank);
        for ((_, width, color), ends) in crossings {
            let [from, to] = ends.map(|end| self.point(end));
            list.push(Shape::Line {
                from,
                to,
                width: width * self.place.size(),
                color,
            });
        }
    }

    fn draw_path(&self, lap: &[Sample], color: Color, width: f32, list: &mut DrawList) {
        let [low, high] = self.road.corners;
        let inside =
            |point: &Point| (0..2).all(|axis| (low[axis]..=high[axis]).contains(&point[axis]));
        for piece in lap.chunk_by(is_continuous) {
            // In a frame a kart moves by a small part of a pixel. Where it is in the end matters.
            let samples = piece.iter().step_by(STRIDE).chain(piece.last());
            let points = samples.map(|sample| {
                let [x, _, z] = sample.position;
                self.point([x, z])
            });
            let points = simplified(points.filter(inside));
            if points.len() >= 2 {
                list.push(Shape::Polyline {
                    points,
                    width: width * self.place.size(),
                    color,
                });
            }
        }
    }

    /// Another kart.
    fn draw_dot(&self, position: [f32; 3], color: Color, list: &mut DrawList) {
        let center = self.place_of(position);
        for (radius, color) in [(2.2, Color::BLACK.with_alpha(0.7)), (1.6, color)] {
            list.push(Shape::Disc {
                center,
                radius: radius * self.place.size(),
                color,
            });
        }
    }

    fn draw_kart(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let [x, y] = self.place_of(scene.position());
        let [ahead_x, _, ahead_z] = scene.facts.pose.forward;
        let length = ahead_x.hypot(ahead_z).max(f32::MIN_POSITIVE);
        let (ahead, aside) = (
            [ahead_x / length, ahead_z / length],
            [-ahead_z / length, ahead_x / length],
        );
        let arrow = |size: f32| {
            [[4.2, 0.0], [-2.8, 2.8], [-1.4, 0.0], [-2.8, -2.8]]
                .map(|[along, across]| {
                    let (along, across) = (along * size, across * size);
                    [
                        x + ahead[0] * along + aside[0] * across,
                        y + ahead[1] * along + aside[1] * across,
                    ]
                })
                .to_vec()
        };
        for (size, color) in [(1.35, Color::WHITE), (0.9, KART)] {
            list.push(Shape::Polygon {
                points: arrow(size * self.place.size()),
                color,
            });
        }
    }
}
