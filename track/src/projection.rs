//! From the course to the screen, as a camera sees it.

use crate::vectors::{Vec2, Vec3};

/// What is nearer to the camera's plane than this is cut off lines, units: it would lie so far
/// beside the screen that nothing could draw it.
const NEAREST_OF_LINES: f32 = 1.0 / 64.0;

/// Which depths are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ZClip {
    /// What the game draws, from the near plane to the far plane.
    #[default]
    Native,
    /// From the near plane on, however far.
    NativeNear,
    /// From the camera to the far plane.
    NativeFar,
    /// Everything before the camera.
    NonNative,
    /// Points behind the camera too, which appear turned about the screen's middle. Of
    /// lines that part cannot be drawn: they are cut as by [`ZClip::NonNative`].
    Off,
}

impl ZClip {
    /// The least depth that is seen, and the greatest, units.
    fn range(self, near: f32, far: f32) -> [f32; 2] {
        match self {
            Self::Native => [near, far],
            Self::NativeNear => [near, f32::INFINITY],
            Self::NativeFar => [0.0, far],
            Self::NonNative => [0.0, f32::INFINITY],
            Self::Off => [f32::NEG_INFINITY, f32::INFINITY],
        }
    }
}

/// A camera: where it looks, how wide, and the screen that it draws on.
///
/// Pixels are counted from the top left of the screen, and may lie beside it unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projection {
    /// From the world to the eye, rows of a 4 x 3 matrix for row vectors: the images of the axes, and
    /// the translation in units. The camera looks along -z, y is up.
    pub view: [[f32; 3]; 4],
    /// Half-widths and half-heights of the screen a unit aside, at depth 1.
    pub scale: [f32; 2],
    /// The depth of the near plane, units.
    pub near: f32,
    /// The depth of the far plane, units.
    pub far: f32,
    /// Pixels a row of the screen, and its rows.
    pub screen: [f32; 2],
}

impl Projection {
    /// `point` (units) as the camera sees it: how far to the right, up, and ahead, units. The last
    /// is its depth.
    #[must_use]
    pub fn in_view(&self, point: [f32; 3]) -> [f32; 3] {
        let [x, y, z, translation] = self.view;
        let [right, up, back] = [0, 1, 2].map(|axis| {
            point[0] * x[axis] + point[1] * y[axis] + point[2] * z[axis] + translation[axis]
        });
        [right, up, -back]
    }

    /// The pixel at which `point` (units) appears; `None` if `clip` does not let it be seen, or it
    /// lies in the camera's plane.
    #[must_use]
    pub fn point(&self, point: [f32; 3], clip: ZClip) -> Option<[f32; 2]> {
        let seen = self.in_view(point);
        let [low, high] = clip.range(self.near, self.far);
        let pixel = self.pixel(seen);
        let drawn = seen[2] >= low && seen[2] <= high && pixel.iter().all(|part| part.is_finite());
        drawn.then_some(pixel)
    }

    /// The pixels between which the part of a line (units) appears that `clip` lets be seen;
    /// `None` if that is nothing.
    #[must_use]
    pub fn line(&self, from: [f32; 3], to: [f32; 3], clip: ZClip) -> Option<[[f32; 2]; 2]> {
        self.cut(from, to, &self.depth_planes(clip))
    }

    /// As [`Projection::line`], of the part that lies on the screen.
    #[must_use]
    pub fn line_on_screen(
        &self,
        from: [f32; 3],
        to: [f32; 3],
        clip: ZClip,
    ) -> Option<[[f32; 2]; 2]> {
        let [near, far] = self.depth_planes(clip);
        let [x, y] = self.scale;
        let planes = [
            near,
            far,
            [x, 0.0, 1.0, 0.0],
            [-x, 0.0, 1.0, 0.0],
            [0.0, y, 1.0, 0.0],
            [0.0, -y, 1.0, 0.0],
        ];
        let ends = self.cut(from, to, &planes)?;
        // Rounding leaves the ends a hair beside the screen's edge.
        let on_screen = |end: Vec2| [0, 1].map(|axis| end[axis].max(0.0).min(self.screen[axis]));
        Some(ends.map(on_screen))
    }

    /// Planes as factors of right, up and ahead and a number added to them: what is not negative
    /// is seen.
    fn depth_planes(&self, clip: ZClip) -> [[f32; 4]; 2] {
        let [low, high] = clip.range(self.near, self.far);
        [
            [0.0, 0.0, 1.0, -low.max(NEAREST_OF_LINES)],
            [0.0, 0.0, -1.0, high],
        ]
    }

    /// The pixels of the ends of the part of a line that no plane cuts off.
    fn cut(&self, from: Vec3, to: Vec3, planes: &[[f32; 4]]) -> Option<[Vec2; 2]> {
        let (from, to) = (self.in_view(from), self.in_view(to));
        let (mut enter, mut leave) = (0.0f32, 1.0f32);
        for [x, y, z, added] in planes {
            let side = |[right, up, ahead]: Vec3| x * right + y * up + z * ahead + added;
            let (start, end) = (side(from), side(to));
            if start < 0.0 && end < 0.0 {
                return None;
            }
            let crossing = start / (start - end);
            if start < 0.0 {
                enter = enter.max(crossing);
            } else if end < 0.0 {
                leave = leave.min(crossing);
            }
        }
        if enter > leave {
            return None;
        }
        let at = |share: f32| [0, 1, 2].map(|axis| from[axis] + (to[axis] - from[axis]) * share);
        let ends = [enter, leave].map(|share| self.pixel(at(share)));
        let drawn = ends.iter().flatten().all(|part| part.is_finite());
        drawn.then_some(ends)
    }

    fn pixel(&self, [right, up, ahead]: Vec3) -> Vec2 {
        [
            (1.0 + right * self.scale[0] / ahead) * 0.5 * self.screen[0],
            (1.0 - up * self.scale[1] / ahead) * 0.5 * self.screen[1],
        ]
    }
}
