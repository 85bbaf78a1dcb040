//! What a projection shows, against the matrices of OpenGL.

use proptest::prelude::*;
use track::{Projection, ZClip};

const CLIPS: [ZClip; 5] = [
    ZClip::Native,
    ZClip::NativeNear,
    ZClip::NativeFar,
    ZClip::NonNative,
    ZClip::Off,
];

/// A camera, planes at 4 and 1000.
#[derive(Debug, Clone, Copy)]
struct Camera {
    position: [f64; 3],
    yaw: f64,
    pitch: f64,
    /// Up and down.
    half_angle: f64,
    screen: [f32; 2],
}

impl Camera {
    /// Its axes to the right, up and back.
    fn axes(&self) -> [[f64; 3]; 3] {
        let (yaw, pitch) = (self.yaw, self.pitch);
        let back = [
            yaw.sin() * pitch.cos(),
            pitch.sin(),
            yaw.cos() * pitch.cos(),
        ];
        let right = [yaw.cos(), 0.0, -yaw.sin()];
        let up = [
            back[1] * right[2] - back[2] * right[1],
            back[2] * right[0] - back[0] * right[2],
            back[0] * right[1] - back[1] * right[0],
        ];
        [right, up, back]
    }

    fn aspect_ratio(&self) -> f64 {
        f64::from(self.screen[0] / self.screen[1])
    }

    fn translation(&self) -> [f64; 3] {
        self.axes()
            .map(|axis| -(0..3).map(|i| self.position[i] * axis[i]).sum::<f64>())
    }

    fn projection(&self) -> Projection {
        let axes = self.axes();
        let [x, y, z] = [0, 1, 2].map(|i| axes.map(|axis| axis[i] as f32));
        let cotangent = 1.0 / self.half_angle.tan();
        Projection {
            view: [x, y, z, self.translation().map(|part| part as f32)],
            scale: [(cotangent / self.aspect_ratio()) as f32, cotangent as f32],
            near: 4.0,
            far: 1000.0,
            screen: self.screen,
        }
    }

    /// Clip coordinates by OpenGL's matrices: view, then perspective.
    fn clip_coordinates(&self, point: [f32; 3]) -> [f64; 4] {
        let ([right, up, back], translation) = (self.axes(), self.translation());
        let row = |[x, y, z]: [f64; 3], moved| [x, y, z, moved];
        let view = [
            row(right, translation[0]),
            row(up, translation[1]),
            row(back, translation[2]),
            [0.0, 0.0, 0.0, 1.0],
        ];
        let (near, far) = (4.0, 1000.0);
        let mut perspective = [[0.0; 4]; 4];
        perspective[0][0] = 1.0 / (self.half_angle.tan() * self.aspect_ratio());
        perspective[1][1] = 1.0 / self.half_angle.tan();
        perspective[2][2] = -(far + near) / (far - near);
        perspective[2][3] = -2.0 * far * near / (far - near);
        perspective[3][2] = -1.0;
        let times = |matrix: [[f64; 4]; 4], vector: [f64; 4]| {
            matrix.map(|row| (0..4).map(|i| row[i] * vector[i]).sum::<f64>())
        };
        let [x, y, z] = point.map(f64::from);
        times(perspective, times(view, [x, y, z, 1.0]))
    }

    fn pixel_of(&self, [x, y, _, w]: [f64; 4]) -> [f64; 2] {
        let [width, height] = self.screen.map(f64::from);
        [(x / w + 1.0) / 2.0 * width, (1.0 - y / w) / 2.0 * height]
    }
}

/// At the origin, looking along -z with y up, 90 degrees high, on a screen of 256 x 192.
fn ahead() -> Projection {
    let camera = Camera {
        position: [0.0; 3],
        yaw: 0.0,
        pitch: 0.0,
        half_angle: std::f64::consts::FRAC_PI_4,
        screen: [256.0, 192.0],
    };
    camera.projection()
}

/// Whether clip coordinates are seen: OpenGL's rule is -w <= z <= w, and w is the depth.
fn is_seen([_, _, z, w]: [f64; 4], clip: ZClip) -> bool {
    let (near, far) = (z >= -w, z <= w);
    match clip {
        ZClip::Native => near && far,
        ZClip::NativeNear => near,
        ZClip::NativeFar => w > 0.0 && far,
        ZClip::NonNative => w > 0.0,
        ZClip::Off => w != 0.0,
    }
}

fn cameras() -> impl Strategy<Value = Camera> {
    let position = [-2000.0..2000.0, -200.0..200.0, -2000.0..2000.0];
    let screen = prop::sample::select(vec![[256.0, 192.0], [320.0, 240.0], [640.0, 360.0]]);
    (position, -3.1..3.1, -1.4..1.4, 0.2..1.2, screen).prop_map(
        |(position, yaw, pitch, half_angle, screen)| Camera {
            position,
            yaw,
            pitch,
            half_angle,
            screen,
        },
    )
}

fn point() -> impl Strategy<Value = [f32; 3]> {
    [-2500.0f32..2500.0, -300.0f32..300.0, -2500.0f32..2500.0]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn points_appear_where_opengl_puts_them(camera in cameras(), point in point()) {
        let truth = camera.clip_coordinates(point);
        let depth = truth[3];
        // Rounding decides on the planes themselves, and moves what is almost in the camera's own.
        let clear = [-1.0, 0.0, 1.0, 4.0, 1000.0].iter().all(|plane| (depth - plane).abs() > 0.1);
        prop_assume!(clear && depth.abs() > 2.0);
        let projection = camera.projection();
        for clip in CLIPS {
            let found = projection.point(point, clip);
            prop_assert_eq!(found.is_some(), is_seen(truth, clip), "{:?} at depth {}", clip, depth);
            if let Some(found) = found {
                let true_pixel = camera.pixel_of(truth);
                for axis in 0..2 {
                    let off = (f64::from(found[axis]) - true_pixel[axis]).abs();
                    prop_assert!(off < 0.05 + true_pixel[axis].abs() * 1e-3, "{found:?} {true_pixel:?}");
                }
            }
        }
    }

    /// Points of a line that are seen lie on the line that is drawn, between its ends.
    #[test]
    fn lines_are_what_their_points_are(
        camera in cameras(),
        from in point(),
        to in point(),
        whole in any::<bool>(),
    ) {
        let projection = camera.projection();
        for clip in CLIPS {
            let drawn = if whole {
                projection.line(from, to, clip)
            } else {
                projection.line_on_screen(from, to, clip)
            };
            // Lines cannot show what is behind the camera.
            let of_points = if clip == ZClip::Off { ZClip::NonNative } else { clip };
            let on_screen = |pixel: [f32; 2], margin: f32| {
                (0..2).all(|axis| pixel[axis] >= -margin && pixel[axis] <= camera.screen[axis] + margin)
            };
            if let (false, Some(ends)) = (whole, drawn) {
                prop_assert!(ends.iter().all(|end| on_screen(*end, 0.0)), "{ends:?}");
            }
            for step in 0..=200 {
                let share = step as f32 / 200.0;
                let point = [0, 1, 2].map(|axis| from[axis] + (to[axis] - from[axis]) * share);
                let depth = projection.in_view(point)[2];
                if [0.0, 4.0, 1000.0].iter().any(|plane| (depth - plane).abs() < 0.1) {
                    continue;
                }
                let pixel = projection.point(point, of_points);
                // Pixels far beside the screen are too coarse to compare.
                let Some(pixel) = pixel.filter(|pixel| on_screen(*pixel, if whole { 2000.0 } else { -0.1 }))
                else {
                    continue;
                };
                let [a, b] = drawn.ok_or_else(|| TestCaseError::fail(format!("{pixel:?} is not drawn")))?;
                let along = [b[0] - a[0], b[1] - a[1]];
                let gap = [pixel[0] - a[0], pixel[1] - a[1]];
                let length = along[0].hypot(along[1]).max(1e-6);
                let aside = (along[0] * gap[1] - along[1] * gap[0]).abs() / length;
                let share = (along[0] * gap[0] + along[1] * gap[1]) / length;
                let scale = a.iter().chain(&b).fold(1.0f32, |most, part| most.max(part.abs()));
                let slack = 0.2 + scale * 2e-3;
                prop_assert!(length < 1.0 || aside < slack, "{pixel:?} beside {a:?} {b:?}");
                prop_assert!(share > -slack && share < length + slack, "{pixel:?} beyond {a:?} {b:?}");
            }
        }
    }
}

#[test]
fn the_axis_meets_the_middle_of_the_screen_and_the_frustum_its_corners() {
    let close = |found: Option<[f32; 2]>, expected: [f32; 2]| {
        let [x, y] = found.expect("in front");
        assert!(
            (x - expected[0]).abs() < 0.1 && (y - expected[1]).abs() < 0.1,
            "{x} {y}"
        );
    };
    let native = ZClip::Native;
    close(ahead().point([0.0, 0.0, -10.0], native), [128.0, 96.0]);
    close(ahead().point([-40.0, 30.0, -30.0], native), [0.0, 0.0]);
    close(ahead().point([40.0, -30.0, -30.0], native), [256.0, 192.0]);
    assert_eq!(ahead().in_view([1.0, 2.0, -30.0]), [1.0, 2.0, 30.0]);
}

#[test]
fn each_clip_has_its_own_depths() {
    let seen = |z: f32| CLIPS.map(|clip| ahead().point([0.0, 1.0, z], clip).is_some());
    assert_eq!(
        seen(-2000.0),
        [false, true, false, true, true],
        "behind the far plane"
    );
    assert_eq!(seen(-100.0), [true; 5]);
    assert_eq!(
        seen(-2.0),
        [false, false, true, true, true],
        "before the near plane"
    );
    assert_eq!(seen(0.0), [false; 5], "in the camera's plane");
    assert_eq!(
        seen(5.0),
        [false, false, false, false, true],
        "behind the camera"
    );
}

#[test]
fn a_line_through_the_near_plane_is_cut_there_from_either_end() {
    let (inside, behind) = ([0.0, 0.0, -9.0], [10.0, 0.0, 1.0]);
    // Half way along, at x = 5, the line crosses the near plane at depth 4.
    let cut = (1.0 + 0.75 * 5.0 / 4.0) * 128.0;
    let [from, to] = ahead().line(inside, behind, ZClip::Native).expect("half");
    assert_eq!(Some(from), ahead().point(inside, ZClip::Native));
    assert!((to[0] - cut).abs() < 0.1, "{to:?} {cut}");
    let turned = ahead().line(behind, inside, ZClip::Native);
    assert_eq!(turned, Some([to, from]));
    // Without the near plane it leaves the screen at its right edge.
    let [from, to] = ahead()
        .line_on_screen(inside, behind, ZClip::NonNative)
        .expect("a part");
    assert!(
        (from[0] - 128.0).abs() < 0.1 && to[0] == 256.0,
        "{from:?} {to:?}"
    );
    assert!((to[1] - 96.0).abs() < 0.1, "{to:?}");
    assert_eq!(
        ahead().line([0.0, 0.0, 5.0], [3.0, 0.0, -3.0], ZClip::Native),
        None
    );
    let beside = ([900.0, 0.0, -10.0], [900.0, 0.0, -20.0]);
    assert!(ahead().line(beside.0, beside.1, ZClip::Native).is_some());
    assert_eq!(
        ahead().line_on_screen(beside.0, beside.1, ZClip::Native),
        None
    );
}
