//! Another run's kart beside the player's.

use drawing::{Color, DrawList, Shape};
use track::Pose;

use crate::ghost_run::GhostRun;
use crate::history::Sample;
use crate::panel::{Labels, TextLine};
use crate::polygon::polygon_on_screen;
use crate::scene::{Overlay, Scene};
use crate::world_line::{CLIP, Pen, push_line};

/// Of one ghost after the other.
pub(crate) const GHOST_COLORS: [Color; 4] = [
    Color::rgb8(0x67, 0xE8, 0xF9),
    Color::rgb8(0xF0, 0xAB, 0xFC),
    Color::rgb8(0xFD, 0xBA, 0x74),
    Color::rgb8(0xBE, 0xF2, 0x64),
];
const AHEAD: Color = Color::rgb8(0x4A, 0xDE, 0x80);
const BEHIND: Color = Color::rgb8(0xFF, 0x6B, 0x6B);
/// Half a kart's length and width, and its height; units.
const HALF_LENGTH: f32 = 13.0;
const HALF_WIDTH: f32 = 9.0;
const HEIGHT: f32 = 16.0;
/// A ghost that is not this much farther from the camera than the player's kart is an outline only, units.
const TOO_NEAR: f32 = 18.0;
const FILL_ALPHA: f32 = 0.22;
const EDGE_WIDTH: f32 = 0.9;
const LABEL_SIZE: f32 = 7.0;
/// Where the times stand, pixels: between what the game writes in the corners.
const DELTA_CENTER: [f32; 2] = [120.0, 10.0];
const DELTA_SIZE: f32 = 9.0;
const DELTA_ROW: f32 = 13.0;
/// Ghosts whose times are shown.
const MOST_DELTAS: usize = 3;

/// Draws where the ghosts ([`Scene::with_ghosts`]) are at this frame of the race, as boxes with their names; and how far
/// the player is behind (+, red) or ahead (-, green) of each, in seconds at equal progress.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ghost;

impl Overlay for Ghost {
    fn name(&self) -> &'static str {
        "ghost"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        let mut labels = Labels::default();
        for (ghost, color) in scene.ghosts.iter().zip(GHOST_COLORS.into_iter().cycle()) {
            if let Some(sample) = ghost.at_frame(scene.now().frame) {
                // Nearer to the camera than the player's kart, or about there, it would hide that.
                let depth = |point| scene.projection.in_view(point)[2];
                let hides = depth(sample.position) < depth(scene.position()) + TOO_NEAR;
                draw_box(scene, &kart_box(&sample), color, hides, list);
                let [x, y, z] = sample.position;
                let above = [x, y + HEIGHT + 8.0, z];
                if let Some(center) = scene.projection.point(above, CLIP) {
                    labels.push(center, ghost.name().to_owned(), color);
                }
            }
        }
        labels.draw(LABEL_SIZE, scene.screen().corners(), list);
        for (row, ghost) in scene.ghosts.iter().take(MOST_DELTAS).enumerate() {
            draw_delta(scene, ghost, row, list);
        }
    }
}

/// The corners of a kart's box, units: left and right at the back, then at the front, below; and the same above.
fn kart_box(sample: &Sample) -> [[f32; 3]; 8] {
    let pose = Pose::new(sample.position, sample.forward, [0.0, 1.0, 0.0]);
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

fn draw_delta(scene: &Scene<'_>, ghost: &GhostRun, row: usize, list: &mut DrawList) {
    let Some(frames) = ghost.delta(scene.now().frame, scene.now().progress) else {
        return;
    };
    let delta = frames * scene.hardware.frame_rate.frame_seconds() as f32;
    let line = TextLine {
        text: &format!("{delta:+.2} s"),
        size: DELTA_SIZE,
        color: if delta > 0.0 { BEHIND } else { AHEAD },
    };
    let [x, y] = DELTA_CENTER;
    let center = [x, y + row as f32 * DELTA_ROW];
    line.back(center, list);
    line.centred(center, list);
}
