//! A uniform grid over the ground, for finding what lies along a ray or over a point.

use crate::geometry::{Vec2, cross2, dot2, sub2};

/// Cells a shape gets on average: fewer make rays test more shapes, more make them step more.
const CELLS_PER_SHAPE: f32 = 4.0;

/// The most cells and the most references that a shape may cost on average, so that no course,
/// however broken, costs more than its size.
const COST_PER_SHAPE: usize = 16;

/// The most cells that are looked at for a shape on average, for the same reason.
const VISITS_PER_SHAPE: usize = 128;

/// Shapes by the cells of the ground that they lie over.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Grid {
    minimum: Vec2,
    maximum: Vec2,
    cell: f32,
    columns: usize,
    rows: usize,
    /// Where each cell's shapes begin in `shapes`; one more than there are cells.
    starts: Vec<u32>,
    shapes: Vec<u32>,
}

impl Grid {
    /// A grid of `count` shapes, convex and of `N` corners each.
    pub(crate) fn new<const N: usize>(count: usize, shape: impl Fn(usize) -> [Vec2; N]) -> Self {
        if count == 0 {
            return Self::default();
        }
        let (minimum, maximum) = (0..count).fold(EMPTY_BOUNDS, |bounds, index| {
            let own = bounds_of(&shape(index));
            (
                [0, 1].map(|a| bounds.0[a].min(own.0[a])),
                [0, 1].map(|a| bounds.1[a].max(own.1[a])),
            )
        });
        let size = sub2(maximum, minimum);
        let mut cell = (size[0] * size[1] / (CELLS_PER_SHAPE * count as f32)).sqrt();
        cell = cell
            .max(size[0].max(size[1]) / (CELLS_PER_SHAPE * count as f32))
            .max(1.0);
        loop {
            let mut grid = Self {
                minimum,
                maximum,
                cell,
                columns: (size[0] / cell) as usize + 1,
                rows: (size[1] / cell) as usize + 1,
                starts: Vec::new(),
                shapes: Vec::new(),
            };
            if grid.fill(count, &shape) {
                return grid;
            }
            cell *= 2.0;
        }
    }

    /// Puts the shapes into their cells; false if that costs too much.
    fn fill<const N: usize>(&mut self, count: usize, shape: &impl Fn(usize) -> [Vec2; N]) -> bool {
        // One cell always suffices: it holds each shape once.
        let limit = count * COST_PER_SHAPE;
        let cells = self.columns * self.rows;
        if cells > limit.max(1) {
            return false;
        }
        let (mut references, mut visits) = (Vec::new(), 0);
        for index in 0..count {
            let corners = shape(index);
            let (low, high) = bounds_of(&corners);
            let (first, last) = (self.cell_of(low), self.cell_of(high));
            let covered = (last[0] - first[0] + 1) * (last[1] - first[1] + 1);
            visits += covered;
            if cells > 1 && visits > count * VISITS_PER_SHAPE {
                return false;
            }
            for row in first[1]..=last[1] {
                for column in first[0]..=last[0] {
                    if self.overlaps(&corners, column, row) {
                        references.push((row * self.columns + column, index as u32));
                    }
                }
            }
            if cells > 1 && references.len() > limit {
                return false;
            }
        }
        self.starts = vec![0; cells + 1];
        for (cell, _) in &references {
            self.starts[cell + 1] += 1;
        }
        for cell in 0..cells {
            self.starts[cell + 1] += self.starts[cell];
        }
        let mut next = self.starts.clone();
        self.shapes = vec![0; references.len()];
        for (cell, index) in references {
            self.shapes[next[cell] as usize] = index;
            next[cell] += 1;
        }
        true
    }

    fn cell_of(&self, point: Vec2) -> [usize; 2] {
        let of = |axis: usize, count: usize| {
            // Negative numbers become 0.
            (((point[axis] - self.minimum[axis]) / self.cell) as usize).min(count - 1)
        };
        [of(0, self.columns), of(1, self.rows)]
    }

    /// Whether a cell, grown by what rounding may hide, meets the shape: no edge of the shape
    /// has all of it on one side and all of the cell on the other.
    fn overlaps<const N: usize>(&self, corners: &[Vec2; N], column: usize, row: usize) -> bool {
        let half = self.cell * 0.5;
        let centre = [
            self.minimum[0] + (column as f32 + 0.5) * self.cell,
            self.minimum[1] + (row as f32 + 0.5) * self.cell,
        ];
        let reach = half * 1.001 + 0.01;
        (0..N).all(|i| {
            let edge = sub2(corners[(i + 1) % N], corners[i]);
            let extent = reach * (edge[0].abs() + edge[1].abs());
            let side = cross2(edge, sub2(centre, corners[i]));
            let (low, high) = corners
                .iter()
                .fold((0.0f32, 0.0f32), |(low, high), corner| {
                    let side = cross2(edge, sub2(*corner, corners[i]));
                    (low.min(side), high.max(side))
                });
            side + extent >= low && side - extent <= high
        })
    }

    /// The shapes that may lie over `point`.
    pub(crate) fn at(&self, point: Vec2) -> &[u32] {
        let inside =
            |axis: usize| point[axis] >= self.minimum[axis] && point[axis] <= self.maximum[axis];
        if self.starts.is_empty() || !inside(0) || !inside(1) {
            return &[];
        }
        let [column, row] = self.cell_of(point);
        self.cell_shapes(row * self.columns + column)
    }

    fn cell_shapes(&self, cell: usize) -> &[u32] {
        &self.shapes[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }

    /// Looks for the nearest hit along a ray of `reach` times `direction`.
    ///
    /// `nearest` gets the shapes of one cell after the other and the best hit so far, and returns
    /// the better of it and its own: `(distance, what)`. It may be asked about a shape twice.
    #[inline]
    pub(crate) fn nearest<H: Copy>(
        &self,
        origin: Vec2,
        direction: Vec2,
        reach: f32,
        mut nearest: impl FnMut(&[u32], f32) -> Option<(f32, H)>,
    ) -> Option<(f32, H)> {
        if self.starts.is_empty() {
            return None;
        }
        let (enter, leave) = self.clip(origin, direction, reach)?;
        let start = [
            origin[0] + direction[0] * enter,
            origin[1] + direction[1] * enter,
        ];
        let [mut column, mut row] = self.cell_of(start);
        let across = Steps::new(origin[0], direction[0], self.minimum[0], self.cell, column);
        let along = Steps::new(origin[1], direction[1], self.minimum[1], self.cell, row);
        let (mut next_column, mut next_row) = (across.first, along.first);
        let mut best: Option<(f32, H)> = None;
        loop {
            let limit = best.map_or(reach, |(distance, _)| distance);
            if let Some(hit) = nearest(self.cell_shapes(row * self.columns + column), limit) {
                best = Some(hit);
            }
            let next = next_column.min(next_row);
            // What lies in later cells is farther than what was found in this one.
            if best.is_some_and(|(distance, _)| distance <= next) || next >= leave {
                return best;
            }
            if next_column < next_row {
                next_column += across.delta;
                column = column.wrapping_add_signed(across.step);
                if column >= self.columns {
                    return best;
                }
            } else {
                next_row += along.delta;
                row = row.wrapping_add_signed(along.step);
                if row >= self.rows {
                    return best;
                }
            }
        }
    }

    /// Where a ray enters and leaves the grid.
    #[inline]
    fn clip(&self, origin: Vec2, direction: Vec2, reach: f32) -> Option<(f32, f32)> {
        let (mut enter, mut leave) = (0.0f32, reach);
        for axis in 0..2 {
            let (low, high) = (
                self.minimum[axis] - origin[axis],
                self.maximum[axis] - origin[axis],
            );
            if direction[axis] == 0.0 {
                if low > 0.0 || high < 0.0 {
                    return None;
                }
                continue;
            }
            let (a, b) = (low / direction[axis], high / direction[axis]);
            enter = enter.max(a.min(b));
            leave = leave.min(a.max(b));
        }
        // Not `enter > leave`: what is no number is no ray either.
        (enter <= leave).then_some((enter, leave))
    }
}

/// How a ray steps from cell to cell along one axis.
struct Steps {
    /// Where it first leaves its cell.
    first: f32,
    /// From one cell to the next.
    delta: f32,
    step: isize,
}

impl Steps {
    #[inline]
    fn new(origin: f32, direction: f32, minimum: f32, cell: f32, index: usize) -> Self {
        if direction == 0.0 {
            return Self {
                first: f32::INFINITY,
                delta: f32::INFINITY,
                step: 0,
            };
        }
        let edge = minimum + (index as f32 + f32::from(u8::from(direction > 0.0))) * cell;
        Self {
            first: (edge - origin) / direction,
            delta: cell / direction.abs(),
            step: if direction > 0.0 { 1 } else { -1 },
        }
    }
}

const EMPTY_BOUNDS: (Vec2, Vec2) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);

fn bounds_of(corners: &[Vec2]) -> (Vec2, Vec2) {
    corners.iter().fold(EMPTY_BOUNDS, |(low, high), corner| {
        (
            [0, 1].map(|a| low[a].min(corner[a])),
            [0, 1].map(|a| high[a].max(corner[a])),
        )
    })
}

/// Where a ray from `origin` along `direction` meets the segment from `start` along `edge`, in
/// lengths of either.
#[inline]
pub(crate) fn meet(origin: Vec2, direction: Vec2, start: Vec2, edge: Vec2) -> Option<(f32, f32)> {
    let denominator = cross2(direction, edge);
    if denominator == 0.0 {
        return None;
    }
    let gap = sub2(start, origin);
    let (ray, segment) = (
        cross2(gap, edge) / denominator,
        cross2(gap, direction) / denominator,
    );
    (ray >= 0.0 && (0.0..=1.0).contains(&segment)).then_some((ray, segment))
}

/// The share of the way along `edge` at which `point` is nearest to it, 0 to 1.
pub(crate) fn nearest_share(point: Vec2, start: Vec2, edge: Vec2) -> f32 {
    let square = dot2(edge, edge);
    if square == 0.0 {
        0.0
    } else {
        (dot2(sub2(point, start), edge) / square).clamp(0.0, 1.0)
    }
}
