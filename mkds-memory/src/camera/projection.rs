//! From the course to the screen, as the game's camera sees it.

use crate::camera::Camera;
use crate::geometry::{Vec2, Vec3};

/// Pixels a row of one DS screen, and its rows.
pub const SCREEN_SIZE: [f32; 2] = [256.0, 192.0];

/// The camera holds its translation in units divided by this (source: py-desmume-mkds).
const TRANSLATION_SCALE: f32 = 16.0;

/// What is nearer to the camera's plane than this is cut off lines, units: it would lie so far
/// beside the screen that nothing could draw it.
const NEAREST_OF_LINES: f32 = 1.0 / 64.0;

/// Which depths are seen. The names are those of py-desmume-mkds' z-clip modes, which compares
/// another number than the depth with the near plane and so cuts off three times as much there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ZClip {
    /// `native`: what the game draws, from the near plane to the far plane.
    #[default]
    Native,
    /// `native_near`: from the near plane on, however far.
    NativeNear,
    /// `native_far`: from the camera to the far plane.
    NativeFar,
    /// `non-native`: everything before the camera.
    NonNative,
    /// `none`: points behind the camera too, which appear turned about the screen's middle. Of
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

/// The game's camera: where it looks, and how wide.
///
/// Pixels are counted from the top left of its screen, 256 x 192, and may lie beside it unless
/// said otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projection {
    /// Rows of the 4 x 3 view matrix for row vectors: the images of the axes, and the translation
    /// in units.
    view: [Vec3; 4],
    /// Half-widths and half-heights of the screen a unit aside, at depth 1.
    scale: Vec2,
    near: f32,
    far: f32,
}

impl Projection {
    /// A camera as it stands in RAM.
    #[must_use]
    pub fn of(camera: &Camera<'_>) -> Self {
        let matrix = camera.view_matrix();
        let [x, y, z] = matrix.rows.map(|row| row.to_f32());
        let translation = matrix.translation.to_f32();
        let cotangent = camera.fov_cos().to_f32() / camera.fov_sin().to_f32();
        Self {
            view: [x, y, z, translation.map(|part| part * TRANSLATION_SCALE)],
            scale: [cotangent / camera.aspect_ratio().to_f32(), cotangent],
            near: camera.frustum_near().to_f32(),
            far: camera.frustum_far().to_f32(),
        }
    }

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
        Some(ends.map(|end| [0, 1].map(|axis| end[axis].clamp(0.0, SCREEN_SIZE[axis]))))
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
            (1.0 + right * self.scale[0] / ahead) * 0.5 * SCREEN_SIZE[0],
            (1.0 - up * self.scale[1] / ahead) * 0.5 * SCREEN_SIZE[1],
        ]
    }
}
