//! From the course to the screen, as the game's camera sees it.

use mkds_memory::camera::Camera;

use crate::draw_list::Point;

/// Pixels a row of a DS screen.
pub(crate) const SCREEN_WIDTH: f32 = 256.0;
/// Rows of a DS screen.
pub(crate) const SCREEN_HEIGHT: f32 = 192.0;
/// The camera holds its translation and planes in units divided by this (source: py-desmume-mkds).
const SCALE: f32 = 16.0;

/// The game's camera: a view matrix and a perspective.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projection {
    /// Rows of the 4 x 3 view matrix for row vectors: three axes and the translation, in units.
    view: [[f32; 3]; 4],
    /// Screen half-widths a unit at distance 1, and half-heights.
    scale: [f32; 2],
    /// Distance of the near plane, units.
    near: f32,
}

impl Projection {
    /// The camera of a race, as it stands in RAM.
    #[must_use]
    pub fn of(camera: &Camera<'_>) -> Self {
        let matrix = camera.view_matrix();
        let [right, up, back] = matrix.rows.map(|row| row.to_f32());
        let translation = matrix.translation.to_f32().map(|part| part * SCALE);
        let cotangent = camera.fov_cos().to_f32() / camera.fov_sin().to_f32();
        let aspect = camera.aspect_ratio().to_f32();
        Self {
            view: [right, up, back, translation],
            scale: [cotangent / aspect, cotangent],
            near: (camera.frustum_near().to_f32() * SCALE).max(1.0),
        }
    }

    /// A point of the course in the camera's frame: right, up, and backwards.
    fn in_view(&self, point: [f32; 3]) -> [f32; 3] {
        let [right, up, back, translation] = self.view;
        std::array::from_fn(|axis| {
            point[0] * right[axis] + point[1] * up[axis] + point[2] * back[axis] + translation[axis]
        })
    }

    fn view_to_screen(&self, [x, y, z]: [f32; 3]) -> Point {
        let depth = -z;
        [
            (x * self.scale[0] / depth + 1.0) / 2.0 * SCREEN_WIDTH,
            (1.0 - y * self.scale[1] / depth) / 2.0 * SCREEN_HEIGHT,
        ]
    }

    /// Where a point of the course appears, or `None` when it lies behind the near plane. The result may lie
    /// outside the screen.
    #[must_use]
    pub fn point(&self, point: [f32; 3]) -> Option<Point> {
        let view = self.in_view(point);
        (-view[2] >= self.near).then(|| self.view_to_screen(view))
    }

    /// Where the part of a line in front of the near plane appears, or `None` when nothing of it is.
    #[must_use]
    pub fn line(&self, from: [f32; 3], to: [f32; 3]) -> Option<(Point, Point)> {
        let (from, to) = (self.in_view(from), self.in_view(to));
        let (from_depth, to_depth) = (-from[2] - self.near, -to[2] - self.near);
        if from_depth < 0.0 && to_depth < 0.0 {
            return None;
        }
        let cut = |inside: [f32; 3], outside: [f32; 3], t: f32| -> [f32; 3] {
            std::array::from_fn(|axis| inside[axis] + (outside[axis] - inside[axis]) * t)
        };
        let (from, to) = if from_depth < 0.0 {
            (cut(to, from, to_depth / (to_depth - from_depth)), to)
        } else if to_depth < 0.0 {
            (from, cut(from, to, from_depth / (from_depth - to_depth)))
        } else {
            (from, to)
        };
        Some((self.view_to_screen(from), self.view_to_screen(to)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At the origin, looking along -z, 90 degrees high and wide, near plane at 1.
    const AHEAD: Projection = Projection {
        view: [
            [1.0, 0.0, 0.0],
            [0.0, 1.0, 0.0],
            [0.0, 0.0, 1.0],
            [0.0, 0.0, 0.0],
        ],
        scale: [1.0, 1.0],
        near: 1.0,
    };

    #[test]
    fn the_axis_meets_the_middle_of_the_screen_and_the_frustum_its_corners() {
        assert_eq!(AHEAD.point([0.0, 0.0, -10.0]), Some([128.0, 96.0]));
        assert_eq!(AHEAD.point([-10.0, 10.0, -10.0]), Some([0.0, 0.0]));
        assert_eq!(AHEAD.point([10.0, -10.0, -10.0]), Some([256.0, 192.0]));
    }

    #[test]
    fn what_is_behind_the_camera_has_no_place_on_the_screen() {
        assert_eq!(AHEAD.point([0.0, 0.0, 5.0]), None);
        assert_eq!(AHEAD.line([0.0, 0.0, 5.0], [3.0, 0.0, 0.5]), None);
    }

    #[test]
    fn a_line_through_the_near_plane_is_cut_there_from_either_end() {
        let inside = [0.0, 0.0, -9.0];
        let behind = [8.0, 0.0, 7.0];
        // Half way along, at x = 4, the line crosses z = -1.
        let cut = AHEAD.point([4.0, 0.0, -1.0]).expect("on the near plane");
        let start = AHEAD.point(inside).expect("in front");
        assert_eq!(AHEAD.line(inside, behind), Some((start, cut)));
        assert_eq!(AHEAD.line(behind, inside), Some((cut, start)));
    }
}
