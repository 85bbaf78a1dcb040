//! Which prisms lie near a point: the lookup of [`mkds_formats::kcl`], on bytes that nobody has
//! checked.

use std::collections::HashSet;

use mkds_formats::kcl::Area;
use nds_formats::fx::VecFx32;

use crate::{Error, Result};

const SYMBOL: &str = "collision_header.octree";
const NODE_SIZE: usize = 4;
const LEAF: u32 = 1 << 31;
const CHILDREN: usize = 8;
/// Coordinates are `i32` in 1/4096 units: 2^20 units hold them all.
const MOST_WIDTH_SHIFT: u32 = 20;

/// The octree over a course's prisms.
///
/// Source: HaroohiePals headers, MKDS Info.
#[derive(Debug, Clone, Copy)]
pub struct Octree<'a> {
    area: Area,
    prisms: usize,
    /// Where `bytes` lie in the console's RAM; 0 in a file.
    address: u32,
    bytes: &'a [u8],
}

impl<'a> Octree<'a> {
    /// An octree over `prisms` prisms in `bytes`, which may go on behind it.
    pub(crate) const fn new(area: Area, prisms: usize, address: u32, bytes: &'a [u8]) -> Self {
        Self {
            area,
            prisms,
            address,
            bytes,
        }
    }

    /// The box that it divides, and the sizes that its leaves were made for.
    #[must_use]
    pub const fn area(&self) -> &Area {
        &self.area
    }

    /// The prisms of the leaf that holds `point`, as the game finds them: all that a sphere of
    /// [`Area::sphere_radius`] around it can touch, and more. None outside the octree's box.
    ///
    /// # Errors
    ///
    /// A node or list on the way leaves main RAM, or is none that the game could follow.
    pub fn prisms_at(&self, point: VecFx32) -> Result<PrismNumbers<'a>> {
        let Some([x, y, z]) = self.block_of(point) else {
            return Ok(PrismNumbers::default());
        };
        let Area {
            x_blocks_shift,
            xy_blocks_shift,
            ..
        } = self.area;
        let mut shift = self.area.block_width_shift;
        if shift.max(x_blocks_shift).max(xy_blocks_shift) >= u32::BITS {
            return Err(self.malformed(0, "shifts below 32 in the collision header", shift));
        }
        let mut table = 0;
        let root = u64::from(z >> shift) << xy_blocks_shift
            | u64::from(y >> shift) << x_blocks_shift
            | u64::from(x >> shift);
        let mut index = usize::try_from(root).unwrap_or(usize::MAX);
        loop {
            let place = index.saturating_mul(NODE_SIZE).saturating_add(table);
            let node = self.node(place)?;
            table = self.target(table, node);
            if node & LEAF != 0 {
                return self.list(table + 2);
            }
            shift = shift
                .checked_sub(1)
                .ok_or_else(|| self.too_deep(place, node))?;
            let bit = |of: u32| (of >> shift & 1) as usize;
            index = bit(z) << 2 | bit(y) << 1 | bit(x);
        }
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

    fn node(&self, place: usize) -> Result<u32> {
        let bytes = place
            .checked_add(NODE_SIZE)
            .and_then(|end| self.bytes.get(place..end)?.first_chunk());
        bytes.copied().map(u32::from_le_bytes).ok_or_else(|| {
            let offset = u32::try_from(place).unwrap_or(u32::MAX);
            self.malformed(0, "a node inside main RAM", offset)
        })
    }

    /// Where a node's children or list begin: offsets count from the node's own table.
    fn target(&self, table: usize, node: u32) -> usize {
        // A table lies inside the bytes, which are at most main RAM.
        table + (node & !LEAF) as usize
    }

    /// The numbers from `start` up to 0, each of which must be a prism's.
    fn list(&self, start: usize) -> Result<PrismNumbers<'a>> {
        let bytes = self.bytes.get(start..).unwrap_or_default();
        for (index, number) in (PrismNumbers { bytes }).enumerate() {
            if number == 0 {
                return Ok(PrismNumbers {
                    bytes: &bytes[..2 * index],
                });
            }
            self.check_number(number)?;
        }
        let offset = u32::try_from(start).unwrap_or(u32::MAX);
        Err(self.malformed(0, "a list that ends inside main RAM", offset))
    }

    fn check_number(&self, number: u16) -> Result<()> {
        let index = usize::from(number);
        if index > self.prisms {
            return Err(Error::NoSuchElement {
                symbol: "collision_header.octree: a prism",
                index,
                count: self.prisms + 1,
            });
        }
        Ok(())
    }

    /// Its bytes up to the last that a lookup can reach.
    ///
    /// # Errors
    ///
    /// A lookup somewhere would fail.
    pub fn checked(&self) -> Result<&'a [u8]> {
        let mut walk = Walk {
            octree: self,
            tables: HashSet::new(),
            pending: Vec::new(),
            listed: vec![false; self.bytes.len() / 2],
            end: 0,
        };
        walk.follow(0, self.roots()?, self.area.block_width_shift)?;
        while let Some((table, shift)) = walk.pending.pop() {
            walk.follow(table, CHILDREN, shift)?;
        }
        Ok(&self.bytes[..walk.end])
    }

    /// How many nodes its root table has.
    fn roots(&self) -> Result<usize> {
        let mut shifts = [0; 3];
        for (shift, mask) in shifts.iter_mut().zip(self.area.width_masks) {
            let width = (!mask).wrapping_add(1);
            let least = self.area.block_width_shift;
            if !width.is_power_of_two() || !(least..=MOST_WIDTH_SHIFT).contains(&width.ilog2()) {
                return Err(self.malformed(0, "width masks in the collision header", mask));
            }
            *shift = width.ilog2() - least;
        }
        let expected = [shifts[0], shifts[0] + shifts[1]];
        let found = [self.area.x_blocks_shift, self.area.xy_blocks_shift];
        if found != expected {
            return Err(self.malformed(0, "block shifts that agree with the masks", found[1]));
        }
        // Three shifts of at most 20.
        Ok(usize::try_from(1_u64 << shifts.iter().sum::<u32>()).unwrap_or(usize::MAX))
    }

    fn too_deep(&self, place: usize, node: u32) -> Error {
        self.malformed(place, "a leaf, since blocks of one unit are whole", node)
    }

    fn malformed(&self, place: usize, expected: &'static str, found: u32) -> Error {
        Error::Malformed {
            symbol: SYMBOL,
            address: self
                .address
                .saturating_add(u32::try_from(place).unwrap_or(u32::MAX)),
            expected,
            found,
        }
    }
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
            let node = octree.node(place)?;
            let target = octree.target(table, node);
            if node & LEAF != 0 {
                self.list(place, target + 2)?;
                continue;
            }
            let shift = shift
                .checked_sub(1)
                .ok_or_else(|| octree.too_deep(place, node))?;
            if self.tables.insert((target, shift)) {
                if self.tables.len() > octree.bytes.len() / (CHILDREN * NODE_SIZE) {
                    return Err(octree.malformed(place, "tables that do not overlap", node));
                }
                self.pending.push((target, shift));
            }
        }
        self.end = self.end.max(table + nodes * NODE_SIZE);
        Ok(())
    }

    /// Looks at the list at `start`, as far as it is no part of one that was looked at before.
    fn list(&mut self, place: usize, start: usize) -> Result<()> {
        let octree = self.octree;
        if !start.is_multiple_of(2) {
            let start = u32::try_from(start).unwrap_or(u32::MAX);
            return Err(octree.malformed(place, "a list at an even offset", start));
        }
        let bytes = octree.bytes.get(start..).unwrap_or_default();
        for (index, number) in (PrismNumbers { bytes }).enumerate() {
            let listed = &mut self.listed[start / 2 + index];
            if std::mem::replace(listed, true) {
                return Ok(());
            }
            if number == 0 {
                self.end = self.end.max(start + 2 * index + 2);
                return Ok(());
            }
            octree.check_number(number)?;
        }
        let start = u32::try_from(start).unwrap_or(u32::MAX);
        Err(octree.malformed(place, "a list that ends inside main RAM", start))
    }
}

/// The numbers of prisms, from 1.
#[derive(Debug, Clone, Default)]
pub struct PrismNumbers<'a> {
    bytes: &'a [u8],
}

impl Iterator for PrismNumbers<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        let (number, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(u16::from_le_bytes(*number))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.bytes.len() / 2;
        (count, Some(count))
    }
}

impl ExactSizeIterator for PrismNumbers<'_> {}
