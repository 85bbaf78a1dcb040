//! What the camera in RAM sees.

use std::error::Error;

use homebrew::COURSES;
use homebrew::native::Game;
use mkds_formats::ghost::Combo;
use mkds_memory::Ram;
use mkds_memory::camera::{Camera, CameraMut};
use mkds_memory::numbers::Matrix43;
use mkds_memory::view::View;
use nds_formats::fx::{Fx16, Fx32, VecFx32};
use nds_formats::pad::Pad;
use proptest::prelude::*;
use track::ZClip;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// A camera at `position`, turned by `yaw` and `pitch`.
struct Place {
    position: [f64; 3],
    /// To the right, up and back.
    axes: [[f64; 3]; 3],
}

impl Place {
    fn new(position: [f64; 3], yaw: f64, pitch: f64) -> Self {
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
        Self {
            position,
            axes: [right, up, back],
        }
    }

    /// The camera's structure, `half_angle` up and down, planes at 4 and 1000.
    fn bytes(&self, half_angle: f64) -> Vec<u8> {
        let mut bytes = vec![0; Camera::SIZE];
        let mut camera = CameraMut::from_prefix(&mut bytes).expect("a whole structure");
        let along =
            |axis: [f64; 3]| -(0..3).map(|i| self.position[i] * axis[i]).sum::<f64>() / 16.0;
        camera.set_view_matrix(Matrix43 {
            rows: [0, 1, 2].map(|i| VecFx32::from_f64(self.axes.map(|axis| axis[i]))),
            translation: VecFx32::from_f64(self.axes.map(along)),
        });
        camera.set_fov_sin(Fx16::from_f64(half_angle.sin()));
        camera.set_fov_cos(Fx16::from_f64(half_angle.cos()));
        camera.set_aspect_ratio(Fx32::from_f64(4.0 / 3.0));
        camera.set_frustum_near(Fx32::from_f64(4.0));
        camera.set_frustum_far(Fx32::from_f64(1000.0));
        bytes
    }

    /// The point so far to the right, up and ahead of the camera.
    fn point(&self, [right, up, ahead]: [f64; 3]) -> [f32; 3] {
        let parts = [right, up, -ahead];
        [0, 1, 2].map(|i| {
            let aside: f64 = (0..3).map(|axis| parts[axis] * self.axes[axis][i]).sum();
            (self.position[i] + aside) as f32
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// The frustum's rays through the screen's middle and corners, at any depth.
    #[test]
    fn the_frustum_fills_the_screen(
        position in [-2000.0..2000.0, -200.0..200.0, -2000.0..2000.0],
        yaw in -3.1..3.1,
        pitch in -1.4..1.4,
        half_angle in 0.2..1.2,
        depth in 20.0..900.0,
    ) {
        let place = Place::new(position, yaw, pitch);
        let bytes = place.bytes(half_angle);
        let projection = Camera::from_prefix(&bytes).expect("a whole structure").projection();
        let height: f64 = depth * f64::tan(half_angle);
        let width = height * 4.0 / 3.0;
        for (aside, pixel) in [
            ([0.0, 0.0], [128.0, 96.0]),
            ([-width, height], [0.0, 0.0]),
            ([width, -height], [256.0, 192.0]),
        ] {
            let point = place.point([aside[0], aside[1], depth]);
            let found = projection.point(point, ZClip::Native);
            let [x, y] = found.ok_or_else(|| TestCaseError::fail("not seen"))?;
            // The matrix is kept in 1/4096, and its translation in sixteenths of a unit's.
            let slack = 0.5 + 150.0 / depth as f32;
            prop_assert!((x - pixel[0]).abs() < slack && (y - pixel[1]).abs() < slack, "{x} {y}, not {pixel:?}");
        }
        for (depth, seen) in [(3.0, false), (5.0, true), (990.0, true), (1010.0, false)] {
            let point = place.point([0.0, 0.0, depth]);
            prop_assert_eq!(projection.point(point, ZClip::Native).is_some(), seen, "at {}", depth);
        }
    }
}

#[test]
fn a_camera_that_was_never_set_up_sees_nothing() {
    let bytes = vec![0; Camera::SIZE];
    let camera = Camera::from_prefix(&bytes).expect("a whole structure");
    let projection = camera.projection();
    for clip in [ZClip::Native, ZClip::Off] {
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
            let projection = race.camera()?.projection();
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
