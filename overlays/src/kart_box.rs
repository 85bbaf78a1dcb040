//! Karts as boxes with names.

use drawing::{Color, DrawList, Shape};
use track::Pose;

use crate::panel::Labels;
use crate::polygon::polygon_on_screen;
use crate::scene::Scene;
use crate::world_line::{CLIP, Pen, push_line};

/// Half a kart's length and width, and its height; units.
const HALF_LENGTH: f32 = 13.0;
const HALF_WIDTH: f32 = 9.0;
const HEIGHT: f32 = 16.0;
/// A ghost that is not this much farther from the camera than the player's kart is an outline only, units.
const TOO_NEAR: f32 = 18.0;
const FILL_ALPHA: f32 = 0.22;
const EDGE_WIDTH: f32 = 0.9;
/// Size of the names, pixels.
pub(crate) const LABEL_SIZE: f32 = 7.0;

/// Draws a kart at a position (units) that faces a direction (unit length) as a box, and adds its name to `labels`.
pub(crate) fn draw_kart(
    scene: &Scene<'_>,
    [position, forward]: [[f32; 3]; 2],
    (name, color): (&str, Color),
    labels: &mut Labels,
    list: &mut DrawList,
) {
    // Nearer to the camera than the player's kart, or about there, it would hide that.
    let depth = |point| scene.projection.in_view(point)[2];
    let hides = depth(position) < depth(scene.position()) + TOO_NEAR;
    draw_box(scene, &kart_box(position, forward), color, hides, list);
    let [x, y, z] = position;
    if let Some(center) = scene.projection.point([x, y + HEIGHT + 8.0, z], CLIP) {
        labels.push(center, name.to_owned(), color);
    }
}

/// The corners of a kart's box, units: left and right at the back, then at the front, below; and the same above.
fn kart_box(position: [f32; 3], forward: [f32; 3]) -> [[f32; 3]; 8] {
    let pose = Pose::new(position, forward, [0.0, 1.0, 0.0]);
    let corner = |along: f32, aside: f32, up: f32| {
        [0, 1, 2].map(|axis| {
            pose.position[axis]
                + pose.forward[axis] * along
                + pose.left[axis] * aside
                + pose.up[axis] * up
        })
    };
    let level = |up: f32| {
        [
            corner(-HALF_LENGTH, HALF_WIDTH, up),
            corner(-HALF_LENGTH, -HALF_WIDTH, up),
            corner(HALF_LENGTH, -HALF_WIDTH, up),
            corner(HALF_LENGTH, HALF_WIDTH, up),
        ]
    };
    let ([a, b, c, d], [e, f, g, h]) = (level(0.0), level(HEIGHT));
    [a, b, c, d, e, f, g, h]
}

fn draw_box(
    scene: &Scene<'_>,
    corners: &[[f32; 3]; 8],
    color: Color,
    outline_only: bool,
    list: &mut DrawList,
) {
    /// The back, the front, the sides and the top.
    const FACES: [[usize; 4]; 5] = [
        [0, 1, 5, 4],
        [2, 3, 7, 6],
        [0, 3, 7, 4],
        [1, 2, 6, 5],
        [4, 5, 6, 7],
    ];
    for face in FACES.iter().filter(|_| !outline_only) {
        let points = polygon_on_screen(&face.map(|corner| corners[corner]), &scene.projection, 0.0);
        if let Some(points) = points {
            list.push(Shape::Polygon {
                points,
                color: color.with_alpha(FILL_ALPHA),
            });
        }
    }
    let pen = Pen::new(EDGE_WIDTH, color);
    for side in 0..4 {
        let next = (side + 1) % 4;
        let edges = [[side, next], [side + 4, next + 4], [side, side + 4]];
        for edge in edges {
            let ends = edge.map(|corner| corners[corner]);
            push_line(list, &scene.projection, ends, pen);
        }
    }
}
