//! What each overlay draws of one frame, shape by shape.
//!
//! After a change that is meant, `INSTA_UPDATE=always cargo test -p overlays-mkds --test snapshots` writes the snapshots anew:
//! look at what changed, and at a picture.

mod drive;

use desmume::Emulator;
use drawing::{Color, DrawList, Point, Screen, Shape};
use drive::Drive;
use insta::{Settings, assert_snapshot};
use machine::Machine as _;
use overlays::{OverlayKind, draw_all};

/// Clover Cut: boost panels, grass beside the road, and objects.
const COURSE: u8 = 31;
/// In the second lap, before objects.
const FRAMES: usize = 2340;

#[test]
fn overlays_draw_what_they_drew() {
    let (drive, extras) = Drive::with_extras(COURSE, FRAMES);
    let scene = drive.scene(&extras);
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        // A race of this game has no other karts, and no paths in RAM: the tests of `overlays-mk64` draw those.
        let without = [OverlayKind::Karts, OverlayKind::Paths];
        let kinds = OverlayKind::ALL.into_iter();
        for kind in kinds.filter(|kind| !without.contains(kind)) {
            let mut list = DrawList::default();
            draw_all([kind.make()], &scene, &mut list);
            assert_snapshot!(kind.name(), described(&list));
        }
    });
}

/// A line a shape, in whole pixels: the last bits of a computer's numbers are no matter.
fn described(list: &DrawList) -> String {
    let mut lines = Vec::new();
    let bottom_screen = Screen::of(&Emulator::HARDWARE.picture, 1);
    for (screen, shapes) in list.by_screen() {
        lines.push(match screen {
            Some(screen) if screen == bottom_screen => "bottom screen:".to_owned(),
            _ => "top screen:".to_owned(),
        });
        lines.extend(shapes.iter().map(described_shape));
    }
    lines.join("\n")
}

fn described_shape(shape: &Shape) -> String {
    match shape {
        Shape::Line {
            from,
            to,
            width,
            color,
        } => format!("line {width:.1} {} {}", hex(*color), points(&[*from, *to])),
        Shape::Polyline {
            points: through,
            width,
            color,
        } => {
            // How many points a curve needs hangs on the last bits: its ends and its length do not.
            let ends = [through[0], through[through.len() - 1]];
            let length: f32 = through.windows(2).map(|ends| gap(ends[0], ends[1])).sum();
            format!(
                "polyline {width:.1} {} {} over {length:.0}",
                hex(*color),
                points(&ends)
            )
        }
        Shape::Polygon {
            points: corners,
            color,
        } if corners.len() > 8 => {
            let across = |axis: usize| {
                let sides = corners.iter().map(|corner| corner[axis]);
                let low = sides.clone().fold(f32::MAX, f32::min);
                format!("{low:.0}..{:.0}", sides.fold(f32::MIN, f32::max))
            };
            format!("area {} {} {}", hex(*color), across(0), across(1))
        }
        Shape::Polygon {
            points: corners,
            color,
        } => format!("polygon {} {}", hex(*color), points(corners)),
        Shape::Disc {
            center,
            radius,
            color,
        } => format!("disc {radius:.1} {} {}", hex(*color), points(&[*center])),
        Shape::Text {
            center,
            size,
            color,
            text,
        } => format!(
            "text {size:.1} {} {} {text:?}",
            hex(*color),
            points(&[*center])
        ),
    }
}

fn gap(a: Point, b: Point) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

fn points(points: &[Point]) -> String {
    let points: Vec<String> = points
        .iter()
        .map(|[x, y]| format!("{x:.0},{y:.0}"))
        .collect();
    points.join(" ")
}

fn hex(color: Color) -> String {
    let parts = [color.red, color.green, color.blue, color.alpha];
    let parts = parts.map(|part| format!("{:02x}", (part * 255.0).round() as u8));
    format!("#{}", parts.concat())
}
