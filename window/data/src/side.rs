//! The actions beside the picture: the stick and the buttons of the row that is shown, over the histograms of all rows.

use drawing::chart::{Align, Area, bars, text};
use drawing::{Color, DrawList, Shape};
use learn::dataset::Held;
use learn::statistics::{Actions, BINS, bin};

use crate::catalogue::Catalogue;

/// The side's width, pixels.
pub(crate) const WIDTH: i32 = 280;
/// The height of all but the buttons.
const UPPER: f32 = 236.0;
/// The height of a button's line.
const LINE: f32 = 15.0;
const MARGIN: f32 = 14.0;
const LABEL: f32 = 11.0;
const STICK_RADIUS: f32 = 42.0;
const TIP_RADIUS: f32 = 10.0;
/// The stick's number at full deflection.
const FULL: f32 = 80.0;

pub(crate) const GROUND: Color = Color::rgb8(24, 24, 28);
const PLATE: Color = Color::rgb8(44, 44, 51);
const INK: Color = Color::rgb8(222, 222, 226);
const FAINT: Color = Color::rgb8(140, 140, 148);
const BAR: Color = Color::rgb8(98, 160, 234);
/// What is held, and the bin of the present row.
const HELD: Color = Color::rgb8(255, 209, 51);

/// The side's height for a dataset's buttons, pixels.
pub(crate) fn height(catalogue: &Catalogue) -> i32 {
    let lines = catalogue.console.buttons().len() as f32;
    (UPPER + LINE * lines + MARGIN) as i32
}

/// Draws the actions, what is held in the row that is shown over those of all rows.
pub(crate) fn draw(list: &mut DrawList, catalogue: &Catalogue, held: Held) {
    let width = WIDTH as f32;
    let stick = catalogue.console.stick(held);
    draw_stick(list, [width / 2.0, MARGIN + STICK_RADIUS + 4.0], stick);
    let histogram = Area {
        left: MARGIN,
        top: 140.0,
        width: width - 2.0 * MARGIN,
        height: 70.0,
    };
    draw_histogram(list, histogram, &catalogue.actions, bin(stick[0]));
    let names = catalogue.console.held_buttons(held);
    for (line, name) in catalogue.console.buttons().into_iter().enumerate() {
        let area = Area {
            left: MARGIN,
            top: UPPER + LINE * line as f32,
            width: width - 2.0 * MARGIN,
            height: LINE,
        };
        let rows = catalogue.actions.buttons.get(name).copied();
        let share = rows.unwrap_or_default() as f32 / catalogue.actions.rows.max(1) as f32;
        draw_button(list, area.inset(1.5), (name, share), names.contains(&name));
    }
}

fn draw_stick(list: &mut DrawList, [x, y]: [f32; 2], stick: [i32; 2]) {
    let [right, up] = stick.map(|number| number as f32 / FULL);
    // A stick that is pushed into a corner stays inside its circle.
    let reach = (STICK_RADIUS - TIP_RADIUS) / right.hypot(up).max(1.0);
    let tip = [x + right * reach, y - up * reach];
    let is_held = stick != [0, 0];
    let discs = [
        ([x, y], STICK_RADIUS, PLATE),
        (tip, TIP_RADIUS, if is_held { HELD } else { FAINT }),
    ];
    for (center, radius, color) in discs {
        list.push(Shape::Disc {
            center,
            radius,
            color,
        });
    }
    let below = [x, y + STICK_RADIUS + 14.0];
    let words = format!("{:+} {:+}", stick[0], stick[1]);
    list.push(text(below, Align::Center, LABEL, INK, words));
}

/// The share of all rows in each bin of the stick; the fullest is as high as the area.
fn draw_histogram(list: &mut DrawList, area: Area, actions: &Actions, present: usize) {
    list.push(area.filled(PLATE));
    let most = actions.most().max(1) as f32;
    let heights = actions.stick.iter().enumerate().map(|(bin, rows)| {
        let color = if bin == present { HELD } else { BAR };
        (*rows as f32 / most, color)
    });
    bars(list, area, heights);
    let below = area.point(0.0, 1.0)[1] + 10.0;
    let share = 100.0 * actions.stick[present] as f32 / actions.rows.max(1) as f32;
    let present = area.cell([present, 0], [BINS, 1]).point(0.5, 0.0)[0];
    let words = format!("{share:.0}%");
    list.push(text([present, below], Align::Center, LABEL, HELD, words));
}

fn draw_button(list: &mut DrawList, area: Area, (name, share): (&str, f32), is_held: bool) {
    let line = Area {
        left: area.left + 70.0,
        width: area.width - 70.0,
        ..area
    };
    let bar = Area {
        width: line.width * share,
        ..line
    };
    let (ink, color) = match is_held {
        true => (HELD, HELD),
        false => (FAINT, BAR.with_alpha(0.6)),
    };
    list.push(line.filled(PLATE));
    list.push(bar.filled(color));
    let middle = line.point(0.0, 0.5);
    list.push(text(
        [middle[0] - 8.0, middle[1]],
        Align::Right,
        LABEL,
        ink,
        name,
    ));
}
