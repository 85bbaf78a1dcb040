//! The edge of the road around the kart.

use drawing::{Color, DrawList};
use track::Segment;

use crate::course::{Course, Material};
use crate::scene::{Overlay, Scene};
use crate::world_line::{Pen, push_line};

/// The colour of an edge beyond which there is no ground.
const FALL: Color = Color::rgb8(0xFF, 0x3B, 0x5C);
const WIDTH: f32 = 1.4;
/// Colours of ground are made for areas: as lines on that ground they need to be lighter.
const LIGHTER: f32 = 0.35;
/// How far above the road it is drawn, units, so that it lies on walls' feet and not in them.
const LIFT: f32 = 0.5;

/// Draws the edge of the road near the player's kart, where the sensor rays end: in the colour of what lies beyond, red
/// where there is nothing.
#[derive(Debug, Clone, Copy)]
pub struct Boundary {
    /// How far from the kart it is drawn, units, seen from above. A piece is drawn whole or not at all.
    pub reach: f32,
}

impl Default for Boundary {
    fn default() -> Self {
        Self { reach: 800.0 }
    }
}

impl Overlay for Boundary {
    fn name(&self) -> &'static str {
        "boundary"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let mut pieces: Vec<(Option<u16>, &Segment)> =
            near(&scene.course, scene.position(), self.reach)
                .map(|segment| (segment.beyond.map(|beyond| beyond.kind), segment))
                .collect();
        // One colour after the other is drawn in a few goes.
        pieces.sort_by_key(|(beyond, _)| *beyond);
        let mut draw = |pen: &dyn Fn(Pen) -> Pen| {
            for (_, segment) in &pieces {
                let ends = [segment.start, segment.end].map(|[x, y, z]| [x, y + LIFT, z]);
                let pen = pen(Pen::new(WIDTH, color_of(&scene.course, segment)));
                push_line(list, &scene.projection, ends, pen);
            }
        };
        draw(&Pen::casing);
        draw(&|pen| pen);
    }
}

fn color_of(course: &Course<'_>, segment: &Segment) -> Color {
    match segment.beyond.and_then(course.material) {
        None => FALL,
        Some(Material::WALL) => Material::WALL.color,
        Some(ground) => ground.color.mix(Color::WHITE, LIGHTER),
    }
}

/// The pieces within `reach` of a point, seen from above.
fn near<'a>(course: &Course<'a>, point: [f32; 3], reach: f32) -> impl Iterator<Item = &'a Segment> {
    let segments = course.track.boundary().segments().iter();
    segments.filter(move |segment| {
        let beside = |axis: usize| {
            let (a, b) = (segment.start[axis], segment.end[axis]);
            (a.min(b) - point[axis])
                .max(point[axis] - a.max(b))
                .max(0.0)
        };
        let (x, z) = (beside(0), beside(2));
        x * x + z * z <= reach * reach
    })
}
