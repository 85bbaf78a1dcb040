//! A small plot of a number over the last seconds.

use gtk::cairo;

use super::history::{History, SHOWN};

/// Pixels between a plot's edge and its curve, so that the extremes are not cut.
const MARGIN: f64 = 3.0;

/// Frames without a sample after which the curve is interrupted; fewer are skipped in fast motion.
const LONGEST_GAP: u64 = 60;

/// A point of the plot: right and down.
type Point = (f64, f64);

/// The curve in an area of that size: a line for each uninterrupted series of samples. The present is
/// at the right edge.
pub(crate) fn lines(history: &History, width: f64, height: f64) -> Vec<Vec<Point>> {
    let (Some(now), Some((least, greatest))) = (history.now(), history.range()) else {
        return Vec::new();
    };
    let spread = greatest - least;
    let right = |frame: u64| width * (1.0 - (now - frame) as f64 / (SHOWN - 1) as f64);
    let down = |number: f64| match spread > 0.0 {
        true => MARGIN + (height - 2.0 * MARGIN) * (greatest - number) / spread,
        false => height / 2.0,
    };
    let mut lines: Vec<Vec<Point>> = Vec::new();
    let mut last = None;
    for sample in history.shown() {
        let Some(number) = sample.number else {
            last = None;
            continue;
        };
        let point = (right(sample.frame), down(number));
        let is_on = last.is_some_and(|last| sample.frame - last <= LONGEST_GAP);
        match lines.last_mut().filter(|_| is_on) {
            Some(line) => line.push(point),
            None => lines.push(vec![point]),
        }
        last = Some(sample.frame);
    }
    lines
}

/// Draws the curve in the colour that `context` has.
pub(crate) fn draw(
    history: &History,
    context: &cairo::Context,
    width: f64,
    height: f64,
) -> Result<(), cairo::Error> {
    context.set_line_width(1.5);
    context.set_line_join(cairo::LineJoin::Round);
    context.set_line_cap(cairo::LineCap::Round);
    let mut now = None;
    for line in lines(history, width - MARGIN, height) {
        for (x, y) in &line {
            context.line_to(*x, *y);
        }
        now = line.last().copied();
        context.stroke()?;
    }
    let is_now = history
        .shown()
        .last()
        .is_some_and(|last| last.number.is_some());
    if let Some((x, y)) = now.filter(|_| is_now) {
        context.arc(x, y, 2.5, 0.0, std::f64::consts::TAU);
        context.fill()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{History, LONGEST_GAP, MARGIN, SHOWN, lines};

    #[test]
    fn extremes_touch_the_margins_and_now_is_at_the_right() {
        let mut history = History::default();
        for (frame, number) in [(0, 5.0), (1, -5.0), (2, 0.0)] {
            history.push(frame, Some(number));
        }
        let lines = lines(&history, 599.0, 40.0);
        let y: Vec<f64> = lines[0].iter().map(|(_, y)| *y).collect();
        assert_eq!(y, [MARGIN, 40.0 - MARGIN, 20.0]);
        let x: Vec<f64> = lines[0].iter().map(|(x, _)| x.round()).collect();
        assert_eq!(x, [597.0, 598.0, 599.0]);
    }

    #[test]
    fn a_number_that_stays_is_a_line_in_the_middle() {
        let mut history = History::default();
        for frame in 0..SHOWN {
            history.push(frame, Some(7.0));
        }
        let lines = lines(&history, 100.0, 40.0);
        assert_eq!((lines[0][0], lines[0].len()), ((0.0, 20.0), SHOWN as usize));
    }

    #[test]
    fn where_there_was_nothing_the_line_is_interrupted() {
        let mut history = History::default();
        history.push(0, Some(1.0));
        history.push(4, Some(2.0));
        history.push(5, None);
        history.push(6, Some(1.0));
        history.push(7 + LONGEST_GAP, Some(2.0));
        let lengths = lines(&history, 100.0, 40.0)
            .iter()
            .map(Vec::len)
            .collect::<Vec<_>>();
        assert_eq!(lengths, [2, 1, 1]);
        assert!(lines(&History::default(), 100.0, 40.0).is_empty());
    }
}
