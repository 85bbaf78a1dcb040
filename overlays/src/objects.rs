//! Objects and items on the course.

use drawing::{Color, DrawList, Shape};

use crate::distance::distance;
use crate::panel::Labels;
use crate::polygon::polygon_on_screen;
use crate::scene::{Overlay, Scene};
use crate::world_line::{CLIP, Pen, push_line};

const ITEM: Color = Color::rgb8(0xFF, 0x7A, 0x59);
const ITEM_BOX: Color = Color::rgb8(0xFF, 0xD1, 0x4A);
/// As the map of a course has them.
const OTHER: Color = Color::rgb8(0x5E, 0xEA, 0xD4);
/// Opacity of objects that are not live.
const PLACED_ALPHA: f32 = 0.6;
const FILL_ALPHA: f32 = 0.3;
const EDGE_WIDTH: f32 = 0.9;
/// Size of a marker, from its middle to its tips, units.
const MARKER: f32 = 9.0;
const MARKER_HEIGHT: f32 = 14.0;
const LABEL_SIZE: f32 = 7.0;
/// How far away markers have names, as a share of the reach.
const NAMED: f32 = 0.6;
/// The number of markers that have names: the nearest ones.
const MOST_NAMES: usize = 10;

/// The group of kinds that an object belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectGroup {
    /// An item that was thrown or laid down.
    Item,
    /// A box that gives an item.
    ItemBox,
    /// Anything else.
    Other,
}

/// An object on the course.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Where it is, units.
    pub position: [f32; 3],
    /// The name of its kind, in lower case.
    pub name: String,
    /// The group of its kind.
    pub group: ObjectGroup,
    /// Whether it is live in RAM; otherwise only the course's map has it.
    pub is_live: bool,
}

impl Object {
    fn color(&self) -> Color {
        let color = match self.group {
            ObjectGroup::Item => ITEM,
            ObjectGroup::ItemBox => ITEM_BOX,
            ObjectGroup::Other => OTHER,
        };
        match self.is_live {
            true => color,
            false => color.with_alpha(PLACED_ALPHA),
        }
    }
}

/// Draws the objects ([`Scene::with_objects`]) near the player's kart as markers with the names of their kinds: items red,
/// item boxes yellow, other objects green. Objects that are not live are paler.
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

impl Overlay for Objects {
    fn name(&self) -> &'static str {
        "objects"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let distance = |object: &Object| distance(object.position, scene.position());
        let mut objects: Vec<(f32, &Object)> = scene
            .objects
            .iter()
            .map(|object| (distance(object), object))
            .filter(|(distance, _)| *distance <= self.reach)
            .collect();
        objects.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        for (_, object) in &objects {
            draw_marker(scene, object, list);
        }
        let mut labels = Labels::default();
        let nearest = objects.into_iter().rev();
        let named = nearest.filter(|(distance, _)| *distance <= self.reach * NAMED);
        for (_, object) in named.take(MOST_NAMES) {
            let [x, y, z] = object.position;
            let above = [x, y + MARKER_HEIGHT + 2.0 * MARKER, z];
            if let Some(center) = scene.projection.point(above, CLIP) {
                labels.push(center, object.name.clone(), object.color().with_alpha(1.0));
            }
        }
        labels.draw(LABEL_SIZE, scene.screen().corners(), list);
    }
}

/// A diamond that floats above the place, and a line down to it.
fn draw_marker(scene: &Scene<'_>, object: &Object, list: &mut DrawList) {
    let ([x, y, z], color) = (object.position, object.color());
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
                    color: color.with_alpha(color.alpha * FILL_ALPHA),
                });
            }
        }
    }
    let pen = Pen::new(EDGE_WIDTH, color);
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
    push_line(list, &scene.projection, [object.position, tips[0]], pen);
}
