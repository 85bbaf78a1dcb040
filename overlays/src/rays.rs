//! The sensor rays, coloured by how far they get.

use mkds_memory::camera::ZClip;

use crate::draw_list::{Color, DrawList, Shape};
use crate::scene::{Overlay, Scene};

/// Nothing ahead for a hand's breadth, and nothing ahead at all.
const NEAR: Color = Color::rgb(1.0, 0.25, 0.2);
const FAR: Color = Color::rgb(0.25, 1.0, 0.45);
/// Distances that matter to a kart are a small part of a ray's reach: the square root spreads them.
const LINE_WIDTH: f32 = 0.8;
const TIP_RADIUS: f32 = 1.6;

/// Draws each ray to the road's edge as a line from the kart, red when short, green when long, with a dot where it
/// ends on something.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rays;

impl Overlay for Rays {
    fn name(&self) -> &'static str {
        "rays"
    }

    fn draw(&self, scene: &Scene<'_>, list: &mut DrawList) {
        for ray in &scene.rays {
            let color = NEAR.mix(FAR, ray.fraction.sqrt()).with_alpha(0.85);
            let clip = ZClip::NativeNear;
            if let Some([from, to]) = scene.projection.line_on_screen(ray.from, ray.to, clip) {
                list.push(Shape::Line {
                    from,
                    to,
                    width: LINE_WIDTH,
                    color,
                });
            }
            if ray.fraction < 1.0
                && let Some(center) = scene.projection.point(ray.to, clip)
            {
                list.push(Shape::Disc {
                    center,
                    radius: TIP_RADIUS,
                    color,
                });
            }
        }
    }
}
