//! What stands and flies about the course.

use drawing::{Color, DrawList, Shape};
use mkds_memory::camera::SCREEN_SIZE;
use mkds_memory::colliders::{Collider, CollisionEntryFlags};
use mkds_memory::map::Obji;
use mkds_memory::objects::{MapObject, MapObjectFlags, MapObjectKind};

use crate::distance::distance;
use crate::panel::Labels;
use crate::polygon::polygon_on_screen;
use crate::scene::{Overlay, Scene};
use crate::way::{CLIP, Pen, push_line};

const ITEM: Color = Color::rgb8(0xFF, 0x7A, 0x59);
const ITEM_BOX: Color = Color::rgb8(0xFF, 0xD1, 0x4A);
/// As the map of a course has them.
const OBJECT: Color = Color::rgb8(0x5E, 0xEA, 0xD4);
/// Of objects that only the map knows.
const PLACED_ALPHA: f32 = 0.6;
const FILL_ALPHA: f32 = 0.3;
const EDGE_WIDTH: f32 = 0.9;
/// Size of a marker, from its middle to its tips, units.
const MARKER: f32 = 9.0;
const MARKER_HEIGHT: f32 = 14.0;
const LABEL_SIZE: f32 = 7.0;
/// How far away markers have names, as a share of the reach.
const NAMED: f32 = 0.6;
/// Markers that have names, the nearest first.
const MOST_NAMES: usize = 10;

/// Draws map objects and items near the player's kart as markers with the names of their kinds: items red, item boxes
/// yellow, other objects green. Objects that the course's map places but nothing in RAM stands for are paler.
///
/// What is live is taken from what may be hit ([`Ram::collision_entries`](mkds_memory::Ram::collision_entries)).
#[derive(Debug, Clone, Copy)]
pub struct Objects {
    /// How far from the kart they are drawn, units.
    pub reach: f32,
}

impl Default for Objects {
    fn default() -> Self {
        Self { reach: 1000.0 }
    }
}

/// Something on the course.
struct Thing {
    position: [f32; 3],
    /// Lower case, in words.
    name: String,
    color: Color,
}

impl Overlay for Objects {
    fn name(&self) -> &'static str {
        "objects"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let distance = |thing: &Thing| distance(thing.position, scene.position);
        let mut things: Vec<(f32, Thing)> = things(scene)
            .into_iter()
            .map(|thing| (distance(&thing), thing))
            .filter(|(distance, _)| *distance <= self.reach)
            .collect();
        things.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        for (_, thing) in &things {
            draw_marker(scene, thing, list);
        }
        let mut labels = Labels::default();
        let nearest = things.into_iter().rev();
        let named = nearest.filter(|(distance, _)| *distance <= self.reach * NAMED);
        for (_, thing) in named.take(MOST_NAMES) {
            let [x, y, z] = thing.position;
            let above = [x, y + MARKER_HEIGHT + 2.0 * MARKER, z];
            if let Some(center) = scene.projection.point(above, CLIP) {
                labels.push(center, thing.name, thing.color.with_alpha(1.0));
            }
        }
        labels.draw(LABEL_SIZE, [[0.0, 0.0], SCREEN_SIZE], list);
    }
}

/// What is live, and what the map places besides. Lists that lie outside RAM are as good as empty.
fn things(scene: &Scene<'_>) -> Vec<Thing> {
    let ram = scene.race.ram();
    let mut things = Vec::new();
    let mut live = Vec::new();
    let entries = ram.collision_entries().into_iter();
    for entry in entries.flat_map(|entries| entries.iter()) {
        match entry.collider(ram) {
            Ok(Some(Collider::Item(item)))
                if !entry.flags().contains(CollisionEntryFlags::DISABLED) =>
            {
                things.push(Thing {
                    position: item.position().to_f32(),
                    name: in_words(item.kind().name(), item.kind().0),
                    color: ITEM,
                });
            }
            Ok(Some(Collider::MapObject(object))) => {
                live.extend(placed_at(scene, &object));
                things.extend(thing_of(&object));
            }
            Ok(Some(Collider::Dynamic(collider))) => {
                live.extend(placed_at(scene, &collider.object()));
                things.extend(thing_of(&collider.object()));
            }
            _ => {}
        }
    }
    let map = scene.race.map().and_then(|map| Ok(map.objects()?));
    for placed in map.into_iter().flat_map(|objects| objects.iter()) {
        let position = placed.position().to_f32();
        if !live.contains(&position) {
            let kind = placed.object_id();
            things.push(Thing {
                position,
                name: in_words(kind.name(), kind.0.into()),
                color: color_of(kind).with_alpha(PLACED_ALPHA),
            });
        }
    }
    things
}

fn thing_of(object: &MapObject<'_>) -> Option<Thing> {
    let kind = object.object_id();
    let there = !object.flags().contains(MapObjectFlags::HIDDEN);
    there.then(|| Thing {
        position: object.position().to_f32(),
        name: in_words(kind.name(), kind.0.into()),
        color: color_of(kind),
    })
}

/// Where the map places an object.
fn placed_at(scene: &Scene<'_>, object: &MapObject<'_>) -> Option<[f32; 3]> {
    let entry: Option<Obji<'_>> = object.entry().follow(scene.race.ram()).ok().flatten();
    entry.map(|entry| entry.position().to_f32())
}

fn color_of(kind: MapObjectKind) -> Color {
    match kind {
        MapObjectKind::ITEM_BOX | MapObjectKind::ITEM_BOX_111 | MapObjectKind::MOVING_ITEM_BOX => {
            ITEM_BOX
        }
        _ => OBJECT,
    }
}

/// A kind's name in lower case and without underscores; its number if it has none.
fn in_words(name: Option<&str>, number: u32) -> String {
    match name {
        Some(name) => name.to_lowercase().replace('_', " "),
        None => format!("kind {number}"),
    }
}

/// A diamond that floats above the place, and a line down to it.
fn draw_marker(scene: &Scene<'_>, thing: &Thing, list: &mut DrawList) {
    let [x, y, z] = thing.position;
    let at = |right: f32, up: f32, ahead: f32| [x + right, y + up, z + ahead];
    let middle = MARKER_HEIGHT;
    let ring = [
        at(MARKER, middle, 0.0),
        at(0.0, middle, MARKER),
        at(-MARKER, middle, 0.0),
        at(0.0, middle, -MARKER),
    ];
    let tips = [at(0.0, middle - MARKER, 0.0), at(0.0, middle + MARKER, 0.0)];
    for (side, next) in [(0, 1), (1, 2), (2, 3), (3, 0)] {
        for tip in tips {
            let face = [ring[side], ring[next], tip];
            let points = polygon_on_screen(&face, &scene.projection, 0.0);
            if let Some(points) = points {
                list.push(Shape::Polygon {
                    points,
                    color: thing.color.with_alpha(thing.color.alpha * FILL_ALPHA),
                });
            }
        }
    }
    let pen = Pen::new(EDGE_WIDTH, thing.color);
    for (side, next) in [(0, 1), (1, 2), (2, 3), (3, 0)] {
        let edges = [
            [ring[side], ring[next]],
            [ring[side], tips[0]],
            [ring[side], tips[1]],
        ];
        for edge in edges {
            push_line(list, &scene.projection, edge, pen);
        }
    }
    push_line(list, &scene.projection, [thing.position, tips[0]], pen);
}
