//! A tree of boxes, for finding what lies along a ray or at a point in logarithmic time.
//!
//! Shapes lie in packs of [`WIDTH`], nodes have as many children: both are made for looking at all
//! of them at once, lane by lane.

/// Shapes a pack, and children a node.
pub(crate) const WIDTH: usize = 4;

/// One number of each shape of a pack, or of each child of a node.
pub(crate) type Lanes = [f32; WIDTH];

/// The lowest and the highest corner of a box.
pub(crate) type Bounds<const D: usize> = [[f32; D]; 2];

/// Marks a child as a pack.
const PACK: u32 = 1 << 31;

/// A path leaves all children but one of each of its nodes for later, and each level has a quarter
/// of the packs of the one above: shapes are numbered in 32 bits, packs so in 30.
const MOST_PENDING: usize = 48;

/// How much larger boxes are than what is in them, units: what rounding may hide.
const MARGIN: f32 = 0.01;

/// Boxes around boxes around packs of shapes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Tree<const D: usize> {
    /// The root first.
    nodes: Vec<Node<D>>,
    /// The shapes in the order of their packs.
    order: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Node<const D: usize> {
    low: [Lanes; D],
    high: [Lanes; D],
    children: [u32; WIDTH],
}

/// Shapes that are next to each other, the first of which begins pack `first`.
struct Group<'a> {
    shapes: &'a mut [u32],
    first: usize,
}

impl<const D: usize> Tree<D> {
    /// A tree over shapes inside `bounds`.
    pub(crate) fn new(bounds: &[Bounds<D>]) -> Self {
        let mut order: Vec<u32> = (0..bounds.len() as u32).collect();
        let mut tree = Self::default();
        if !order.is_empty() {
            let shapes = &mut order;
            tree.push_node(Group { shapes, first: 0 }, bounds);
        }
        Self { order, ..tree }
    }

    /// Adds a node of a group and all below it, and returns its number.
    fn push_node(&mut self, group: Group<'_>, bounds: &[Bounds<D>]) -> u32 {
        let number = self.nodes.len();
        // A lane without a child is a box that lies infinitely far away.
        self.nodes.push(Node {
            low: [[f32::INFINITY; WIDTH]; D],
            high: [[f32::INFINITY; WIDTH]; D],
            children: [0; WIDTH],
        });
        let halves = group.split(bounds).into_iter().flatten();
        let quarters = halves.flat_map(|half| half.split(bounds)).flatten();
        for (lane, group) in quarters.enumerate() {
            let [low, high] = around(group.shapes.iter().map(|shape| bounds[*shape as usize]));
            let child = if group.shapes.len() <= WIDTH {
                PACK | group.first as u32
            } else {
                self.push_node(group, bounds)
            };
            let node = &mut self.nodes[number];
            node.children[lane] = child;
            for axis in 0..D {
                node.low[axis][lane] = low[axis] - MARGIN;
                node.high[axis][lane] = high[axis] + MARGIN;
            }
        }
        number as u32
    }

    /// How many packs there are.
    pub(crate) fn packs(&self) -> usize {
        self.order.len().div_ceil(WIDTH)
    }

    /// The shapes of a pack, at most [`WIDTH`].
    #[inline]
    pub(crate) fn pack(&self, pack: usize) -> &[u32] {
        let end = self.order.len().min((pack + 1) * WIDTH);
        &self.order[pack * WIDTH..end]
    }

    /// Looks for the nearest hit along a ray of `reach` times `direction`.
    ///
    /// `nearest` gets one pack after the other and how far the best hit so far is, and returns a
    /// nearer one of its own: how far it is, and its lane. What comes back is how far the best one
    /// is, and its shape.
    #[inline]
    pub(crate) fn nearest(
        &self,
        origin: [f32; D],
        direction: [f32; D],
        reach: f32,
        mut nearest: impl FnMut(usize, f32) -> Option<(f32, usize)>,
    ) -> Option<(f32, u32)> {
        let mut numbers = origin.iter().chain(&direction);
        if self.nodes.is_empty() || !numbers.all(|part| part.is_finite()) {
            return None;
        }
        // Large enough for directions along an axis, small enough to stay a number.
        let inverse = direction.map(|part| (1.0 / part).clamp(-1e30, 1e30));
        let mut limit = reach;
        let mut best = None;
        let mut pending = [(0.0f32, 0u32); MOST_PENDING];
        let mut count = 1;
        while count > 0 {
            count -= 1;
            let (enter, child) = pending[count];
            if enter > limit {
                continue;
            }
            if child & PACK != 0 {
                let pack = (child & !PACK) as usize;
                if let Some((distance, lane)) = nearest(pack, limit) {
                    limit = distance;
                    best = Some((distance, pack * WIDTH + lane));
                }
                continue;
            }
            let node = &self.nodes[child as usize];
            let enters = node.enter(origin, inverse, limit);
            let bottom = count;
            for (enter, child) in enters.into_iter().zip(node.children) {
                if enter == f32::INFINITY {
                    continue;
                }
                // The nearest last: it is looked at first.
                let mut place = count;
                while place > bottom && pending[place - 1].0 < enter {
                    pending[place] = pending[place - 1];
                    place -= 1;
                }
                pending[place] = (enter, child);
                count += 1;
            }
        }
        best.map(|(distance, index)| (distance, self.order[index]))
    }

    /// The packs whose boxes hold `point`.
    pub(crate) fn at(&self, point: [f32; D]) -> At<'_, D> {
        At {
            tree: self,
            point,
            pending: [0; MOST_PENDING],
            count: usize::from(!self.nodes.is_empty()),
        }
    }
}

impl<'a> Group<'a> {
    /// Two halves of whole packs, apart along the axis that leaves them the smaller boxes; the group
    /// itself if it is one pack.
    fn split<const D: usize>(self, bounds: &[Bounds<D>]) -> [Option<Self>; 2] {
        let packs = self.shapes.len().div_ceil(WIDTH);
        if packs < 2 {
            return [Some(self), None];
        }
        let middle = packs / 2 * WIDTH;
        let halve = |shapes: &mut [u32], axis: usize| {
            let centre = |shape: u32| {
                let [low, high] = bounds[shape as usize];
                low[axis] + high[axis]
            };
            shapes.select_nth_unstable_by(middle, |a, b| centre(*a).total_cmp(&centre(*b)));
        };
        let extent = |shapes: &[u32]| {
            let [low, high] = around(shapes.iter().map(|shape| bounds[*shape as usize]));
            (0..D).map(|axis| high[axis] - low[axis]).sum::<f32>()
        };
        let mut best = (f32::INFINITY, 0);
        for axis in 0..D {
            halve(self.shapes, axis);
            let (left, right) = self.shapes.split_at(middle);
            let both = extent(left) + extent(right);
            if both < best.0 {
                best = (both, axis);
            }
        }
        halve(self.shapes, best.1);
        let (left, right) = self.shapes.split_at_mut(middle);
        let group = |shapes: &'a mut [u32], first| Some(Group { shapes, first });
        [
            group(left, self.first),
            group(right, self.first + packs / 2),
        ]
    }
}

impl<const D: usize> Node<D> {
    /// Where a ray enters each child's box within `limit`; infinitely far away where it does not.
    #[inline]
    fn enter(&self, origin: [f32; D], inverse: [f32; D], limit: f32) -> Lanes {
        let (mut enter, mut leave) = ([0.0f32; WIDTH], [limit; WIDTH]);
        for axis in 0..D {
            for lane in 0..WIDTH {
                let low = (self.low[axis][lane] - origin[axis]) * inverse[axis];
                let high = (self.high[axis][lane] - origin[axis]) * inverse[axis];
                enter[lane] = greater(lesser(low, high), enter[lane]);
                leave[lane] = lesser(greater(low, high), leave[lane]);
            }
        }
        let mut out = [f32::INFINITY; WIDTH];
        for lane in 0..WIDTH {
            if enter[lane] <= leave[lane] {
                out[lane] = enter[lane];
            }
        }
        out
    }

    /// Which children's boxes hold a point.
    #[inline]
    fn holds(&self, point: [f32; D]) -> [bool; WIDTH] {
        let mut holds = [true; WIDTH];
        for ((low, high), part) in self.low.iter().zip(&self.high).zip(point) {
            for (lane, holds) in holds.iter_mut().enumerate() {
                *holds &= (low[lane] <= part) & (part <= high[lane]);
            }
        }
        holds
    }
}

/// The lesser of two numbers, the second if one is no number: unlike `f32::min` one instruction.
#[inline(always)]
fn lesser(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// The greater of two numbers; see [`lesser`].
#[inline(always)]
fn greater(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// The nearest of a pack's hits, which are infinitely far away where there are none: how far it is,
/// and its lane.
#[inline(always)]
pub(crate) fn nearest_lane(distances: Lanes) -> Option<(f32, usize)> {
    let [a, b, c, d] = distances;
    let (first, second) = (lesser(a, b), lesser(c, d));
    let nearest = lesser(first, second);
    if nearest == f32::INFINITY {
        return None;
    }
    let lane = if first <= second {
        usize::from(b < a)
    } else {
        2 + usize::from(d < c)
    };
    Some((nearest, lane))
}

/// The box around boxes.
fn around<const D: usize>(all: impl Iterator<Item = Bounds<D>>) -> Bounds<D> {
    let empty = [[f32::INFINITY; D], [f32::NEG_INFINITY; D]];
    all.fold(empty, |[low, high], [lower, higher]| {
        [
            std::array::from_fn(|axis| low[axis].min(lower[axis])),
            std::array::from_fn(|axis| high[axis].max(higher[axis])),
        ]
    })
}

/// The box around points.
pub(crate) fn bounds_of<const D: usize>(points: &[[f32; D]]) -> Bounds<D> {
    around(points.iter().map(|point| [*point; 2]))
}

/// What [`Tree::at`] finds.
pub(crate) struct At<'a, const D: usize> {
    tree: &'a Tree<D>,
    point: [f32; D],
    pending: [u32; MOST_PENDING],
    count: usize,
}

impl<const D: usize> Iterator for At<'_, D> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        loop {
            self.count = self.count.checked_sub(1)?;
            let child = self.pending[self.count];
            if child & PACK != 0 {
                return Some((child & !PACK) as usize);
            }
            let node = &self.tree.nodes[child as usize];
            for (child, holds) in node.children.into_iter().zip(node.holds(self.point)) {
                if holds {
                    self.pending[self.count] = child;
                    self.count += 1;
                }
            }
        }
    }
}
