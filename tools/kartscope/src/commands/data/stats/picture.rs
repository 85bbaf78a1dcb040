//! The statistics of a dataset as a picture: for each course the stick and the buttons, in all and over time.

use drawing::chart::{Align, Area, bars, text};
use drawing::{Color, DrawList, Drawing};
use learn::statistics::{Actions, BINS, CourseStatistics, Statistics};

const WIDTH: u32 = 1160;
/// The height of a course's part.
const COURSE: u32 = 270;
const MARGIN: f32 = 20.0;
/// The height of a chart.
const CHART: f32 = 180.0;
/// Fewer buttons have lines no higher than these many.
const LEAST_BUTTONS: usize = 6;
const TITLE: f32 = 15.0;
const LABEL: f32 = 11.0;

const BACKGROUND: Color = Color::rgb8(24, 24, 28);
const GROUND: Color = Color::rgb8(40, 40, 47);
const INK: Color = Color::rgb8(222, 222, 226);
const FAINT: Color = Color::rgb8(150, 150, 158);
const BAR: Color = Color::rgb8(98, 160, 234);
/// Of the bin in which the stick is straight.
const STRAIGHT: Color = Color::rgb8(255, 163, 72);

/// Draws a dataset's statistics.
pub(super) fn draw(statistics: &Statistics) -> Drawing {
    let mut list = DrawList::default();
    for (row, (name, course)) in statistics.courses.iter().enumerate() {
        let top = MARGIN + row as f32 * COURSE as f32;
        draw_course(&mut list, top, super::course_name(name), course);
    }
    let courses = statistics.courses.len() as u32;
    if courses == 0 {
        let at = [MARGIN, MARGIN + TITLE / 2.0];
        list.push(text(at, Align::Left, TITLE, INK, "no rows"));
    }
    Drawing {
        list,
        width: WIDTH,
        height: COURSE * courses.max(1) + 2 * MARGIN as u32,
        background: BACKGROUND,
    }
}

fn draw_course(list: &mut DrawList, top: f32, name: &str, course: &CourseStatistics) {
    let actions = &course.actions;
    let title = format!(
        "{name}: {} movies, {} rows, {:.0} % straight",
        course.movies,
        actions.rows,
        100.0 * actions.straight
    );
    list.push(text([MARGIN, top + 10.0], Align::Left, TITLE, INK, title));
    let area = |left, width| Area {
        left,
        top: top + 48.0,
        width,
        height: CHART,
    };
    draw_stick(list, area(50.0, 330.0), actions);
    draw_stick_over_time(list, area(430.0, 260.0), &course.over_time);
    draw_buttons(list, area(770.0, 70.0), course);
    draw_buttons_over_time(list, area(850.0, 290.0), course);
}

/// A chart's ground, and its title above.
fn begin(list: &mut DrawList, area: Area, title: &str) {
    list.push(area.filled(GROUND));
    let [left, top] = area.point(0.0, 0.0);
    list.push(text([left, top - 10.0], Align::Left, LABEL, FAINT, title));
}

fn label(list: &mut DrawList, at: [f32; 2], align: Align, words: &str) {
    list.push(text(at, align, LABEL, FAINT, words));
}

/// The share of rows in each bin of the stick; the fullest bin is as high as the chart.
fn draw_stick(list: &mut DrawList, area: Area, actions: &Actions) {
    begin(list, area, "stick, share of rows");
    let most = actions.most().max(1) as f32;
    let heights = actions.stick.iter().enumerate().map(|(bin, rows)| {
        let color = if bin == BINS / 2 { STRAIGHT } else { BAR };
        (*rows as f32 / most, color)
    });
    bars(list, area, heights);
    let share = 100.0 * f64::from(most) / actions.rows.max(1) as f64;
    let [left, top] = area.point(0.0, 0.0);
    label(
        list,
        [left - 6.0, top + 6.0],
        Align::Right,
        &format!("{share:.0}%"),
    );
    let below = area.top + area.height + 10.0;
    for (right, align, words) in [
        (0.0, Align::Left, "left"),
        (0.5, Align::Center, "0"),
        (1.0, Align::Right, "right"),
    ] {
        label(list, [area.point(right, 0.0)[0], below], align, words);
    }
}

/// For each part of the movies a column: the share of its rows in each bin of the stick, the left at the top.
fn draw_stick_over_time(list: &mut DrawList, area: Area, parts: &[Actions]) {
    begin(list, area, "stick over time");
    for (column, part) in parts.iter().enumerate() {
        for (row, rows) in part.stick.iter().enumerate().filter(|(_, rows)| **rows > 0) {
            let share = *rows as f32 / part.rows as f32;
            let color = if row == BINS / 2 { STRAIGHT } else { BAR };
            let cell = area.cell([column, row], [parts.len(), BINS]);
            list.push(cell.filled(shade(color, share)));
        }
    }
    let left = area.left - 6.0;
    label(list, [left, area.top + 6.0], Align::Right, "left");
    label(
        list,
        [left, area.point(0.0, 1.0)[1] - 6.0],
        Align::Right,
        "right",
    );
    time_axis(list, area);
}

/// The share of rows in which each button is held, from left to right.
fn draw_buttons(list: &mut DrawList, area: Area, course: &CourseStatistics) {
    begin(list, area, "buttons");
    let actions = &course.actions;
    for (row, (name, rows)) in actions.buttons.iter().enumerate() {
        let bar = button_row(area, row, actions);
        let share = *rows as f32 / actions.rows as f32;
        let filled = Area {
            width: bar.width * share,
            ..bar
        };
        list.push(filled.filled(BAR));
        let middle = bar.point(0.0, 0.5);
        label(list, [middle[0] - 6.0, middle[1]], Align::Right, name);
    }
}

/// For each part of the movies a column: the share of its rows in which each button is held.
fn draw_buttons_over_time(list: &mut DrawList, area: Area, course: &CourseStatistics) {
    begin(list, area, "buttons over time");
    let parts = &course.over_time;
    for (row, name) in course.actions.buttons.keys().enumerate() {
        let bar = button_row(area, row, &course.actions);
        for (column, part) in parts.iter().enumerate() {
            if let Some(rows) = part.buttons.get(name) {
                let share = *rows as f32 / part.rows as f32;
                let cell = bar.cell([column, 0], [parts.len(), 1]);
                list.push(cell.filled(shade(BAR, share)));
            }
        }
    }
    time_axis(list, area);
}

fn button_row(area: Area, row: usize, actions: &Actions) -> Area {
    let rows = actions.buttons.len().max(LEAST_BUTTONS);
    area.cell([0, row], [1, rows]).inset(1.0)
}

fn time_axis(list: &mut DrawList, area: Area) {
    let below = area.top + area.height + 10.0;
    label(list, [area.left, below], Align::Left, "start of the movies");
    let right = area.point(1.0, 0.0)[0];
    label(list, [right, below], Align::Right, "end");
}

/// A share of rows as a colour. Few rows can still be seen.
fn shade(color: Color, share: f32) -> Color {
    GROUND.mix(color, 0.15 + 0.85 * share)
}

#[cfg(test)]
mod tests {
    use drawing::Shape;
    use learn::dataset::{Console, Held};

    use super::*;

    /// A course on which the stick is as far to the right as it goes in two of five rows, and straight in one.
    fn statistics() -> Statistics {
        let mut course = CourseStatistics::default();
        for right in [80, 80, 0, -40, -40] {
            let held = Held {
                buttons: 0x80,
                stick: [right, 0],
            };
            course.actions.add(Console::N64, held);
            let mut part = Actions::default();
            part.add(Console::N64, held);
            course.over_time.push(part);
        }
        let courses = [("mmf".to_owned(), course)].into();
        Statistics {
            courses,
            ..Statistics::default()
        }
    }

    fn corners(drawing: &Drawing) -> impl Iterator<Item = ([[f32; 2]; 2], Color)> {
        drawing
            .list
            .shapes()
            .iter()
            .filter_map(|shape| match shape {
                Shape::Polygon { points, color } => Some(([points[0], points[2]], *color)),
                _ => None,
            })
    }

    #[test]
    fn bars_are_as_high_as_their_share_of_the_fullest() {
        let drawing = draw(&statistics());
        // The histogram is the leftmost chart.
        let heights = |wanted: Color| {
            let bars = corners(&drawing)
                .filter(|([upper, _], color)| upper[0] < 400.0 && *color == wanted);
            let heights = bars.map(|([upper, lower], _)| (lower[1] - upper[1]) / CHART);
            heights.filter(|height| *height > 0.0).collect::<Vec<f32>>()
        };
        assert_eq!(heights(BAR), [1.0, 1.0]);
        assert_eq!(heights(STRAIGHT), [0.5]);
    }

    #[test]
    fn all_charts_are_within_the_picture() {
        let drawing = draw(&statistics());
        let size = [drawing.width, drawing.height].map(|side| side as f32);
        for (corners, _) in corners(&drawing) {
            for [x, y] in corners {
                assert!((0.0..=size[0]).contains(&x) && (0.0..=size[1]).contains(&y));
            }
        }
        let empty = draw(&Statistics::default());
        assert_eq!(empty.list.shapes().len(), 1, "words in place of charts");
    }
}
