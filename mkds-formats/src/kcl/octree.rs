//! The octree of a `.kcl`: looking up and checking. See [`super`] for the form.

use std::collections::HashSet;

use nds_formats::fx::VecFx32;

use super::records::{Area, malformed};
use crate::{Error, Result};

pub(super) const NODE_SIZE: usize = 4;
pub(super) const LEAF: u32 = 1 << 31;
const CHILDREN: usize = 8;
/// The widest box: coordinates are `i32` in 1/4096 units, so 2^20 units hold them all.
const MAX_WIDTH_SHIFT: u32 = 20;

/// The octree over a course's prisms, in bytes that need not be one: every step is checked.
///
/// Source: HaroohiePals headers, MKDS Info.
#[derive(Debug, Clone, Copy)]
pub struct Octree<'a> {
    area: Area,
    prisms: usize,
    start: usize,
    bytes: &'a [u8],
}

impl<'a> Octree<'a> {
    /// An octree over `prisms` prisms in `bytes`, which may go on behind it. Errors give places from `start`: where the
    /// bytes lie in their file or in RAM.
    pub const fn new(area: Area, prisms: usize, start: usize, bytes: &'a [u8]) -> Self {
        Self {
            area,
            prisms,
            start,
            bytes,
        }
    }

    /// The box that it divides, and the sizes that its leaves were made for.
    pub const fn area(&self) -> &Area {
        &self.area
    }

    /// The prisms of the leaf that holds `point`, as the game finds them: all that a sphere of
    /// [`Area::sphere_radius`] around it can touch, and more. None outside the octree's box.
    ///
    /// # Errors
    /// [`Error::Malformed`] naming the first node or list on the way that the game could not follow.
    #[inline]
    pub fn prisms_at(&self, point: VecFx32) -> Result<PrismNumbers<'a>> {
        let Some([x, y, z]) = self.block_of(point) else {
            return Ok(PrismNumbers::default());
        };
        let Area {
            block_width_shift: mut shift,
            x_blocks_shift,
            xy_blocks_shift,
            ..
        } = self.area;
        let largest = shift.max(x_blocks_shift).max(xy_blocks_shift);
        if largest >= u32::BITS {
            return Err(malformed(
                "header",
                0x2C,
                "shifts below 32".into(),
                largest.to_string(),
            ));
        }
        let root = u64::from(z >> shift) << xy_blocks_shift
            | u64::from(y >> shift) << x_blocks_shift
            | u64::from(x >> shift);
        let mut index = usize::try_from(root).unwrap_or(usize::MAX);
        let mut table = 0;
        loop {
            let place = index.saturating_mul(NODE_SIZE).saturating_add(table);
            match self.node(table, place, shift)? {
                Node::Leaf(start) => return self.list(place, start, |_| false),
                Node::Children(children) => table = children,
            }
            shift -= 1;
            let bit = |of: u32| (of >> shift & 1) as usize;
            index = bit(z) << 2 | bit(y) << 1 | bit(x);
        }
    }

    /// Its bytes up to the last that a lookup can reach.
    ///
    /// # Errors
    /// [`Error::Malformed`] if a lookup somewhere would fail.
    pub fn checked(&self) -> Result<&'a [u8]> {
        let mut walk = Walk {
            octree: self,
            tables: HashSet::new(),
            pending: Vec::new(),
            listed: vec![false; self.bytes.len() / 2],
            end: 0,
        };
        walk.follow(0, self.root_nodes()?, self.area.block_width_shift)?;
        while let Some((table, shift)) = walk.pending.pop() {
            walk.follow(table, CHILDREN, shift)?;
        }
        Ok(&self.bytes[..walk.end])
    }

    /// A point in whole units from the box's lowest corner; `None` outside the box.
    fn block_of(&self, point: VecFx32) -> Option<[u32; 3]> {
        let Area {
            area_min,
            width_masks,
            ..
        } = self.area;
        let axis = |point: i32, minimum: i32, mask: u32| {
            let inside = (point.wrapping_sub(minimum) >> 12).cast_unsigned();
            (inside & mask == 0).then_some(inside)
        };
        Some([
            axis(point.x.0, area_min.x.0, width_masks[0])?,
            axis(point.y.0, area_min.y.0, width_masks[1])?,
            axis(point.z.0, area_min.z.0, width_masks[2])?,
        ])
    }

    /// The number of nodes in the root table.
    fn root_nodes(&self) -> Result<usize> {
        let mut shifts = [0; 3];
        for (i, mask) in self.area.width_masks.into_iter().enumerate() {
            let width = (!mask).wrapping_add(1);
            let shift = width.trailing_zeros();
            let (min, max) = (self.area.block_width_shift, MAX_WIDTH_SHIFT);
            if !width.is_power_of_two() || !(min..=max).contains(&shift) {
                return Err(malformed(
                    "header",
                    0x20 + 4 * i,
                    format!("the mask of a width of 2^{min} to 2^{max} units"),
                    format!("{mask:#010X}"),
                ));
            }
            shifts[i] = shift - min;
        }
        let expected = (shifts[0], shifts[0] + shifts[1]);
        let found = (self.area.x_blocks_shift, self.area.xy_blocks_shift);
        if found != expected {
            return Err(malformed(
                "header",
                0x30,
                format!("block shifts {expected:?} after the masks"),
                format!("{found:?}"),
            ));
        }
        Ok(1 << shifts.iter().sum::<u32>().min(usize::BITS - 1))
    }

    /// What the node at `place` leads to. Its `table` begins inside the bytes, and its blocks are 2^`shift` units wide.
    #[inline]
    fn node(&self, table: usize, place: usize, shift: u32) -> Result<Node> {
        let bytes = self.bytes.get(place..).and_then(|rest| rest.first_chunk());
        let Some(node) = bytes.copied().map(u32::from_le_bytes) else {
            return Err(self.no_node(place));
        };
        let target = table + (node & !LEAF) as usize;
        if node & LEAF != 0 {
            Ok(Node::Leaf(target + 2))
        } else if shift == 0 {
            let expected = "a leaf: blocks of one unit are not divided";
            Err(self.no_children(place, expected, target))
        } else {
            Ok(Node::Children(target))
        }
    }

    /// The list at `start`, which the node at `place` leads to: up to its 0, or to where a part `is_known` that lies
    /// at that offset.
    #[inline]
    fn list(
        &self,
        place: usize,
        start: usize,
        mut is_known: impl FnMut(usize) -> bool,
    ) -> Result<PrismNumbers<'a>> {
        let bytes = match self.bytes.get(start..) {
            Some(bytes) if start.is_multiple_of(2) => bytes,
            _ => &[],
        };
        for (index, number) in (PrismNumbers { bytes }).enumerate() {
            if number == 0 || is_known(start + 2 * index) {
                return Ok(PrismNumbers {
                    bytes: &bytes[..2 * index],
                });
            }
            if usize::from(number) > self.prisms {
                return Err(self.no_list(place, start, Some(number)));
            }
        }
        Err(self.no_list(place, start, None))
    }

    #[cold]
    fn no_node(&self, place: usize) -> Error {
        self.broken(place, "a node".into(), "the end".into())
    }

    #[cold]
    fn no_children(&self, place: usize, expected: &str, children: usize) -> Error {
        let found = format!("children at offset {children:#X}");
        self.broken(place, expected.into(), found)
    }

    /// The list at `start` does not end, or has a number `beyond` the prisms'.
    #[cold]
    fn no_list(&self, place: usize, start: usize, beyond: Option<u16>) -> Error {
        let expected = format!(
            "a list of indices up to {}, ended by 0, at offset {start:#X}",
            self.prisms
        );
        let found = beyond.map_or_else(|| "none".into(), |number| format!("the index {number}"));
        self.broken(place, expected, found)
    }

    fn broken(&self, place: usize, expected: String, found: String) -> Error {
        malformed("octree", self.start.saturating_add(place), expected, found)
    }
}

/// What a node leads to: offsets from the octree's start.
enum Node {
    Leaf(usize),
    Children(usize),
}

/// A walk over a whole octree.
struct Walk<'a> {
    octree: &'a Octree<'a>,
    /// The tables found, with the width of their blocks.
    tables: HashSet<(usize, u32)>,
    /// Those of them whose nodes were not looked at yet.
    pending: Vec<(usize, u32)>,
    /// For every halfword, whether it is known to be a part of a list.
    listed: Vec<bool>,
    /// Where the last thing found ends.
    end: usize,
}

impl Walk<'_> {
    /// Looks at the nodes of a table whose blocks are 2^`shift` units wide.
    fn follow(&mut self, table: usize, nodes: usize, shift: u32) -> Result<()> {
        let octree = self.octree;
        for index in 0..nodes {
            let place = table + index * NODE_SIZE;
            match octree.node(table, place, shift)? {
                Node::Leaf(start) => {
                    let listed = &mut self.listed;
                    let numbers = octree.list(place, start, |at| {
                        std::mem::replace(&mut listed[at / 2], true)
                    })?;
                    self.end = self.end.max(start + 2 * numbers.len() + 2);
                }
                Node::Children(children) => {
                    let end = octree.bytes.len();
                    if children == table || children + CHILDREN * NODE_SIZE > end {
                        let expected =
                            format!("children after their parent, below offset {end:#X}");
                        return Err(octree.no_children(place, &expected, children));
                    }
                    self.remember(place, children, shift - 1)?;
                }
            }
        }
        self.end = self.end.max(table + nodes * NODE_SIZE);
        Ok(())
    }

    /// Keeps a table for later unless it was found before.
    fn remember(&mut self, place: usize, table: usize, shift: u32) -> Result<()> {
        if self.tables.insert((table, shift)) {
            let most = self.octree.bytes.len() / (CHILDREN * NODE_SIZE);
            if self.tables.len() > most {
                return Err(self.octree.broken(
                    place,
                    format!("at most {most} tables, which do not overlap"),
                    "more".into(),
                ));
            }
            self.pending.push((table, shift));
        }
        Ok(())
    }
}

/// The numbers of prisms, from 1.
#[derive(Debug, Clone, Default)]
pub struct PrismNumbers<'a> {
    bytes: &'a [u8],
}

impl Iterator for PrismNumbers<'_> {
    type Item = u16;

    #[inline]
    fn next(&mut self) -> Option<u16> {
        let (number, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(u16::from_le_bytes(*number))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.bytes.len() / 2;
        (count, Some(count))
    }
}

impl ExactSizeIterator for PrismNumbers<'_> {}
