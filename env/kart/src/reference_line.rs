//! A recorded line to drive along, and a kart's progress along it.

use crate::{Error, Result};

/// How far apart a line's points are, units.
const SPACING: f32 = 20.0;
/// How many points ahead of the last one reached are searched: points further on may belong to another stretch of road nearby.
const LOOK_AHEAD: usize = 40;

/// The line of a run, as evenly spaced points.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferenceLine {
    points: Vec<[f32; 3]>,
}

impl ReferenceLine {
    /// The line through the places of a run, in order, units. It is resampled to points 20 units apart.
    ///
    /// # Errors
    /// [`Error::Setting`] if the places are not finite, or all the same.
    pub fn new(places: impl IntoIterator<Item = [f32; 3]>) -> Result<Self> {
        let (mut points, mut walked): (Vec<[f32; 3]>, f32) = (Vec::new(), 0.0);
        let mut last: Option<[f32; 3]> = None;
        for place in places {
            if !place.iter().all(|part| part.is_finite()) {
                return Err(not_a_line(format!("{place:?}")));
            }
            let Some(from) = last.replace(place) else {
                points.push(place);
                continue;
            };
            let length = distance(from, place);
            // `walked` units have passed since the last point.
            let mut share = SPACING - walked;
            while share <= length {
                let part = share / length;
                points.push(std::array::from_fn(|axis| {
                    from[axis] + (place[axis] - from[axis]) * part
                }));
                share += SPACING;
            }
            walked = length - (share - SPACING);
        }
        if points.len() < 2 {
            return Err(not_a_line(format!("places within {SPACING} units")));
        }
        Ok(Self { points })
    }

    /// The line of a CSV file: a head line, then `x,y,z` in units, one place a line.
    ///
    /// # Errors
    /// [`Error::Setting`] with the first malformed line, and as [`ReferenceLine::new`].
    pub fn parse_csv(text: &str) -> Result<Self> {
        let place = |(index, line): (usize, &str)| {
            let mut parts = line.split(',').map(|part| part.trim().parse::<f32>().ok());
            match (parts.next(), parts.next(), parts.next(), parts.next()) {
                (Some(Some(x)), Some(Some(y)), Some(Some(z)), None) => Ok([x, y, z]),
                _ => {
                    let found = format!("line {}: {line:?}", index + 1);
                    Err(Error::setting("reference line", "x,y,z", found))
                }
            }
        };
        let lines = text.lines().enumerate().skip(1);
        let places: Vec<_> = lines
            .filter(|(_, line)| !line.trim().is_empty())
            .map(place)
            .collect::<Result<_>>()?;
        Self::new(places)
    }

    /// Its points, units.
    pub fn points(&self) -> &[[f32; 3]] {
        &self.points
    }
}

fn not_a_line(found: String) -> Error {
    Error::setting("reference line", "places along a way", found)
}

fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).powi(2))
        .sum::<f32>()
        .sqrt()
}

/// Tracks a kart's progress along a line.
#[derive(Clone, Debug)]
pub struct Follower {
    line: ReferenceLine,
    width: f32,
    at: usize,
}

impl Follower {
    /// A follower at the start of `line`. A kart further than `width` units from the line makes no progress.
    pub const fn new(line: ReferenceLine, width: f32) -> Self {
        Self { line, width, at: 0 }
    }

    /// Back at the start.
    pub const fn reset(&mut self) {
        self.at = 0;
    }

    /// The share of the line gained by reaching `place`; 0 off the line and backwards.
    pub fn advance(&mut self, place: [f32; 3]) -> f32 {
        let ahead = &self.line.points[self.at..];
        let near = ahead.iter().take(LOOK_AHEAD).enumerate();
        let nearest = near
            .map(|(index, point)| (index, distance(*point, place)))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        let step = match nearest {
            Some((step, gap)) if gap <= self.width => step,
            _ => 0,
        };
        self.at += step;
        step as f32 / (self.line.points.len() - 1) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn straight(places: usize) -> ReferenceLine {
        let end = 1000.0;
        ReferenceLine::new((0..=places).map(|i| [end * i as f32 / places as f32, 0.0, 5.0]))
            .expect("a line")
    }

    #[test]
    fn points_are_evenly_apart_however_many_places_there_are() {
        for places in [1, 7, 50, 3000] {
            let line = straight(places);
            assert_eq!(line.points().len(), 51, "{places}");
            for (index, point) in line.points().iter().enumerate() {
                assert!(
                    (point[0] - 20.0 * index as f32).abs() < 0.1,
                    "{places}: {point:?}"
                );
            }
        }
    }

    #[test]
    fn the_whole_line_is_worth_one_and_nothing_is_counted_twice() {
        let mut follower = Follower::new(straight(100), 50.0);
        let ways = (0..=1000).chain((0..1000).rev()).chain(0..=1000);
        let sum: f32 = ways.map(|x| follower.advance([x as f32, 0.0, 0.0])).sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        follower.reset();
        assert_eq!(follower.advance([400.0, 0.0, 100.0]), 0.0, "off the line");
    }

    #[test]
    fn an_invalid_line_is_refused() {
        assert!(ReferenceLine::new([[0.0; 3]; 9]).is_err());
        assert!(ReferenceLine::new([[0.0; 3], [f32::NAN; 3]]).is_err());
        let text = ReferenceLine::parse_csv("x,y,z\n0,0,0\n1,2\n")
            .unwrap_err()
            .to_string();
        assert!(text.contains("line 3"), "{text}");
        assert!(ReferenceLine::parse_csv("x,y,z\n0,0,0\n100,0,0\n").is_ok());
    }
}
