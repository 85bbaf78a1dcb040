//! Corners that several triangles share.

use std::collections::HashMap;

use crate::vectors::{Vec3, length, sub};

/// Corners nearer than this to each other are one, units: games keep triangles in fixed point, so
/// that the corners that two of them share come out apart, by a unit for edges of thousands.
const SAME: f32 = 1.0;

/// How wide the cells are that corners are looked for in, units: few hold more than one corner, and
/// few corners lie near another cell.
const CELL: f32 = 8.0;

/// Corners, each once: those less than a unit apart are the same.
#[derive(Debug, Clone, Default)]
pub struct Corners {
    corners: Vec<Vec3>,
    by_cell: HashMap<[i32; 3], Vec<u32>>,
}

impl Corners {
    /// The number of `corner` (units), that of one before it if they are the same.
    pub fn number(&mut self, corner: Vec3) -> u32 {
        if let Some(number) = self.nearest(corner) {
            return number;
        }
        let number = self.corners.len() as u32;
        self.corners.push(corner);
        self.by_cell.entry(cell(corner)).or_default().push(number);
        number
    }

    /// Where the corner with that number lies, units.
    ///
    /// # Panics
    ///
    /// [`Corners::number`] has not returned it.
    #[must_use]
    pub fn position(&self, number: u32) -> Vec3 {
        self.corners[number as usize]
    }

    /// The number of the corner that `corner` is, if there is one.
    fn nearest(&self, corner: Vec3) -> Option<u32> {
        let [low, high] = [-SAME, SAME].map(|reach| cell(corner.map(|part| part + reach)));
        let mut best: Option<(f32, u32)> = None;
        for x in low[0]..=high[0] {
            for y in low[1]..=high[1] {
                for z in low[2]..=high[2] {
                    let numbers = self.by_cell.get(&[x, y, z]);
                    for &number in numbers.into_iter().flatten() {
                        let gap = length(sub(self.corners[number as usize], corner));
                        if gap < best.map_or(SAME, |(gap, _)| gap) {
                            best = Some((gap, number));
                        }
                    }
                }
            }
        }
        best.map(|(_, number)| number)
    }
}

fn cell(corner: Vec3) -> [i32; 3] {
    corner.map(|part| (part / CELL).floor() as i32)
}
