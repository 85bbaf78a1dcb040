//! What the camera sees, against the projection matrices of OpenGL.

use std::error::Error;

use homebrew::COURSES;
use homebrew::native::Game;
use mkds_formats::ghost::Combo;
use mkds_memory::Ram;
use mkds_memory::camera::{Camera, CameraMut, Projection, SCREEN_SIZE, ZClip};
use mkds_memory::view::{Matrix43, View};
use nds_formats::fx::{Fx16, Fx32, VecFx32};
use nds_formats::pad::Pad;
use proptest::prelude::*;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

const CLIPS: [ZClip; 5] = [
    ZClip::Native,
    ZClip::NativeNear,
    ZClip::NativeFar,
    ZClip::NonNative,
    ZClip::Off,
];

/// A camera's structure at `position`, turned by `yaw` and `pitch`, `half_angle` up and down, planes
/// at 4 and 1000.
fn camera_bytes(position: [f64; 3], yaw: f64, pitch: f64, half_angle: f64) -> Vec<u8> {
    let mut bytes = vec![0; Camera::SIZE];
    let mut camera = CameraMut::from_prefix(&mut bytes).expect("a whole structure");
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
    let along = |axis: [f64; 3]| -(0..3).map(|i| position[i] * axis[i]).sum::<f64>() / 16.0;
    camera.set_view_matrix(Matrix43 {
        rows: [0, 1, 2].map(|i| VecFx32::from_f64([right[i], up[i], back[i]])),
        translation: VecFx32::from_f64([along(right), along(up), along(back)]),
    });
    camera.set_fov_sin(Fx16::from_f64(half_angle.sin()));
    camera.set_fov_cos(Fx16::from_f64(half_angle.cos()));
    camera.set_aspect_ratio(Fx32::from_f64(4.0 / 3.0));
    camera.set_frustum_near(Fx32::from_f64(4.0));
    camera.set_frustum_far(Fx32::from_f64(1000.0));
    bytes
}

fn camera(bytes: &[u8]) -> Camera<'_> {
    Camera::from_prefix(bytes).expect("a whole structure")
}

/// At the origin, looking along -z with y up, 90 degrees high.
fn ahead() -> Projection {
    Projection::of(&camera(&camera_bytes(
        [0.0; 3],
        0.0,
        0.0,
        std::f64::consts::FRAC_PI_4,
    )))
}

/// Clip coordinates by OpenGL's matrices: view, then perspective.
fn clip_coordinates(camera: &Camera<'_>, point: [f32; 3]) -> [f64; 4] {
    let matrix = camera.view_matrix();
    let columns = matrix.rows.map(|column| column.to_f64());
    let translation = matrix.translation.to_f64().map(|part| part * 16.0);
    let row = |axis: usize| {
        let [x, y, z] = columns.map(|column| column[axis]);
        [x, y, z, translation[axis]]
    };
    let view = [row(0), row(1), row(2), [0.0, 0.0, 0.0, 1.0]];
    let (sin, cos) = (camera.fov_sin().to_f64(), camera.fov_cos().to_f64());
    let (near, far) = (
        camera.frustum_near().to_f64(),
        camera.frustum_far().to_f64(),
    );
    let mut perspective = [[0.0; 4]; 4];
    perspective[0][0] = cos / (sin * camera.aspect_ratio().to_f64());
    perspective[1][1] = cos / sin;
    perspective[2][2] = -(far + near) / (far - near);
    perspective[2][3] = -2.0 * far * near / (far - near);
    perspective[3][2] = -1.0;
    let times = |matrix: [[f64; 4]; 4], vector: [f64; 4]| {
        matrix.map(|row| (0..4).map(|i| row[i] * vector[i]).sum::<f64>())
    };
    let [x, y, z] = point.map(f64::from);
    times(perspective, times(view, [x, y, z, 1.0]))
}

fn pixel_of([x, y, _, w]: [f64; 4]) -> [f64; 2] {
    [(x / w + 1.0) / 2.0 * 256.0, (1.0 - y / w) / 2.0 * 192.0]
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

fn cameras() -> impl Strategy<Value = Vec<u8>> {
    let position = [-2000.0..2000.0, -200.0..200.0, -2000.0..2000.0];
    (position, -3.1..3.1, -1.4..1.4, 0.2..1.2).prop_map(|(position, yaw, pitch, half_angle)| {
        camera_bytes(position, yaw, pitch, half_angle)
    })
}

fn point() -> impl Strategy<Value = [f32; 3]> {
    [-2500.0f32..2500.0, -300.0f32..300.0, -2500.0f32..2500.0]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn points_appear_where_opengl_puts_them(bytes in cameras(), point in point()) {
        let camera = camera(&bytes);
        let truth = clip_coordinates(&camera, point);
        let depth = truth[3];
        // Rounding decides on the planes themselves, and moves what is almost in the camera's own.
        let clear = [-1.0, 0.0, 1.0, 4.0, 1000.0].iter().all(|plane| (depth - plane).abs() > 0.1);
        prop_assume!(clear && depth.abs() > 2.0);
        let projection = Projection::of(&camera);
        for clip in CLIPS {
            let found = projection.point(point, clip);
            prop_assert_eq!(found.is_some(), is_seen(truth, clip), "{:?} at depth {}", clip, depth);
            if let Some(found) = found {
                let true_pixel = pixel_of(truth);
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
        bytes in cameras(),
        from in point(),
        to in point(),
        whole in any::<bool>(),
    ) {
        let camera = camera(&bytes);
        let projection = Projection::of(&camera);
        for clip in CLIPS {
            let drawn = if whole {
                projection.line(from, to, clip)
            } else {
                projection.line_on_screen(from, to, clip)
            };
            // Lines cannot show what is behind the camera.
            let of_points = if clip == ZClip::Off { ZClip::NonNative } else { clip };
            let on_screen = |pixel: [f32; 2], margin: f32| {
                (0..2).all(|axis| pixel[axis] >= -margin && pixel[axis] <= SCREEN_SIZE[axis] + margin)
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

#[test]
fn a_camera_that_was_never_set_up_sees_nothing() {
    let bytes = vec![0; Camera::SIZE];
    let projection = Projection::of(&camera(&bytes));
    for clip in CLIPS {
        assert_eq!(projection.point([1.0, 2.0, 3.0], clip), None);
        assert_eq!(
            projection.line([1.0, 2.0, 3.0], [4.0, 5.0, 6.0], clip),
            None
        );
        assert_eq!(
            projection.line_on_screen([1.0, 2.0, 3.0], [4.0, 5.0, 6.0], clip),
            None
        );
    }
}

#[test]
fn the_kart_appears_in_the_middle_of_the_screen() -> Result {
    for info in COURSES {
        let mut game = Game::new(None)?;
        game.start_race(Combo {
            character: 3,
            kart: 10,
            course: info.id,
        })?;
        for frame in 0..600 {
            let pad = if frame > 400 && frame % 60 < 15 {
                Pad::A | Pad::LEFT
            } else {
                Pad::A
            };
            game.tick(pad);
            let race = Ram::new(game.ram())?.race()?.ok_or("no race")?;
            let projection = Projection::of(&race.camera()?);
            let kart = race.driver(0)?.position().to_f32();
            let [x, y] = projection.point(kart, ZClip::Native).ok_or("not seen")?;
            assert!(
                (x - 128.0).abs() < 16.0 && (80.0..160.0).contains(&y),
                "{}, {frame}: {x} {y}",
                info.name
            );
            // Above it is above it on the screen, and the target of the camera is its middle.
            let raised = projection.point([kart[0], kart[1] + 10.0, kart[2]], ZClip::Native);
            assert!(raised.ok_or("not seen")?[1] < y - 5.0);
            let target = race.camera()?.target().to_f32();
            let [x, y] = projection.point(target, ZClip::Native).ok_or("not seen")?;
            assert!(
                (x - 128.0).abs() < 1.0 && (y - 96.0).abs() < 1.0,
                "{}: {x} {y}",
                info.name
            );
        }
    }
    Ok(())
}
