//! The sensor rays, coloured by how far they get.

use crate::scene::{Overlay, RayReading, Scene};
use crate::world_line::{Pen, point_on_screen, push_line};
use drawing::{Color, DrawList, Shape};

/// The colours of the shortest rays, and of those that hit nothing.
const NEAR: Color = Color::rgb(1.0, 0.25, 0.2);
const FAR: Color = Color::rgb(0.25, 1.0, 0.45);
/// Steps from one colour to the other: rays of one are drawn in one go. Distances that matter to a kart are a small part
/// of a ray's reach: the square root spreads them.
const SHADES: f32 = 6.0;
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
        let mut rays: Vec<(u8, &RayReading)> = scene
            .rays
            .iter()
            .map(|ray| ((ray.fraction.sqrt() * SHADES).round() as u8, ray))
            .collect();
        rays.sort_by_key(|(shade, _)| *shade);
        let color = |shade: u8| NEAR.mix(FAR, f32::from(shade) / SHADES);
        for (shade, ray) in &rays {
            let pen = Pen::new(LINE_WIDTH, color(*shade));
            push_line(list, &scene.projection, [ray.from, ray.to], pen);
        }
        for (shade, ray) in &rays {
            if ray.fraction < 1.0
                && let Some(center) = point_on_screen(&scene.projection, ray.to)
            {
                list.push(Shape::Disc {
                    center,
                    radius: TIP_RADIUS,
                    color: color(*shade),
                });
            }
        }
    }
}
