//! The octree of a `.kcl`: checking and looking up. See [`super`] for the form.

use std::collections::HashSet;

use super::{Area, malformed};
use crate::Result;
use nds_formats::fx::VecFx32;

pub(super) const NODE_SIZE: usize = 4;
pub(super) const LEAF: u32 = 1 << 31;
const CHILDREN: usize = 8;
/// The widest box: coordinates are `i32` in 1/4096 units, so 2^20 units hold them all.
const MAX_WIDTH_SHIFT: u32 = 20;

/// The number of nodes in the root table.
fn root_nodes(area: &Area) -> Result<usize> {
    let mut shifts = [0; 3];
    for (i, mask) in area.width_masks.into_iter().enumerate() {
        let width = (!mask).wrapping_add(1);
        let shift = width.trailing_zeros();
        let (min, max) = (area.block_width_shift, MAX_WIDTH_SHIFT);
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
    let found = (area.x_blocks_shift, area.xy_blocks_shift);
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

fn node_at(octree: &[u8], offset: usize) -> Option<u32> {
    let bytes = octree.get(offset..offset.checked_add(NODE_SIZE)?)?;
    Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

fn index_at(octree: &[u8], offset: usize) -> Option<u16> {
    let bytes = octree.get(offset..offset.checked_add(2)?)?;
    Some(u16::from_le_bytes([bytes[0], bytes[1]]))
}

/// For each even offset, whether a list of prism indices that starts there ends, with all its
/// indices in range. One pass, however often leaves share lists.
fn sound_lists(octree: &[u8], prisms: usize) -> Vec<bool> {
    let mut sound = vec![false; octree.len() / 2];
    let mut tail_is_sound = false;
    for (i, sound) in sound.iter_mut().enumerate().rev() {
        let index = usize::from(u16::from_le_bytes([octree[2 * i], octree[2 * i + 1]]));
        tail_is_sound = index == 0 || (index <= prisms && tail_is_sound);
        *sound = tail_is_sound;
    }
    sound
}

/// Checks every node that a lookup can reach. `file_offset` is where the octree starts.
pub(super) fn check(area: &Area, octree: &[u8], prisms: usize, file_offset: usize) -> Result<()> {
    let fits = |offset: usize, nodes: usize| {
        nodes
            .checked_mul(NODE_SIZE)
            .and_then(|size| size.checked_add(offset))
            .is_some_and(|end| end <= octree.len())
    };
    let root = root_nodes(area)?;
    if !fits(0, root) {
        return Err(malformed(
            "octree",
            file_offset,
            format!("a root table of {root} nodes"),
            format!("{} bytes", octree.len()),
        ));
    }
    let sound = sound_lists(octree, prisms);
    let mut seen = HashSet::new();
    let mut tables = vec![(0_usize, root, area.block_width_shift)];
    while let Some((table, nodes, shift)) = tables.pop() {
        for i in 0..nodes {
            let offset = table + i * NODE_SIZE;
            let place = file_offset + offset;
            let Some(node) = node_at(octree, offset) else {
                continue;
            };
            let Some(target) = table.checked_add((node & !LEAF) as usize) else {
                return Err(malformed(
                    "octree",
                    place,
                    "a node".into(),
                    format!("{node:#010X}"),
                ));
            };
            if node & LEAF != 0 {
                let list = target.saturating_add(2);
                if list % 2 != 0 || !sound.get(list / 2).is_some_and(|&sound| sound) {
                    return Err(malformed(
                        "octree",
                        place,
                        format!(
                            "a list of indices up to {prisms}, ended by 0, at offset {list:#X}"
                        ),
                        "none".into(),
                    ));
                }
                continue;
            }
            if shift == 0 {
                return Err(malformed(
                    "octree",
                    place,
                    "a leaf: blocks of one unit are not divided".into(),
                    format!("children at offset {target:#X}"),
                ));
            }
            if target == table || !fits(target, CHILDREN) {
                return Err(malformed(
                    "octree",
                    place,
                    format!(
                        "children after their parent, below offset {:#X}",
                        octree.len()
                    ),
                    format!("children at offset {target:#X}"),
                ));
            }
            if seen.insert((target, shift)) {
                tables.push((target, CHILDREN, shift - 1));
            }
        }
    }
    Ok(())
}

/// The prism indices in the leaf that holds `point`.
pub(super) fn leaf<'a>(
    area: &Area,
    octree: &'a [u8],
    point: VecFx32,
) -> impl Iterator<Item = u16> + use<'a> {
    let list = list_offset(area, octree, point);
    list.into_iter().flat_map(move |start| {
        (start..)
            .step_by(2)
            .map_while(|offset| index_at(octree, offset))
            .take_while(|&index| index != 0)
    })
}

fn list_offset(area: &Area, octree: &[u8], point: VecFx32) -> Option<usize> {
    let [mask_x, mask_y, mask_z] = area.width_masks;
    let axis = |point: i32, min: i32, mask: u32| {
        let inside = (point.wrapping_sub(min) >> 12) as u32;
        (inside & mask == 0).then_some(inside)
    };
    let x = axis(point.x.0, area.area_min.x.0, mask_x)?;
    let y = axis(point.y.0, area.area_min.y.0, mask_y)?;
    let z = axis(point.z.0, area.area_min.z.0, mask_z)?;

    let mut shift = area.block_width_shift;
    let mut table = 0;
    let mut index =
        (z >> shift) << area.xy_blocks_shift | (y >> shift) << area.x_blocks_shift | x >> shift;
    loop {
        let node = node_at(octree, table + index as usize * NODE_SIZE)?;
        table += (node & !LEAF) as usize;
        if node & LEAF != 0 {
            return Some(table + 2);
        }
        shift = shift.checked_sub(1)?;
        index = (z >> shift & 1) << 2 | (y >> shift & 1) << 1 | x >> shift & 1;
    }
}
