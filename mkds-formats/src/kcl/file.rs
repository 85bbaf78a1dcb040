//! A course's collision file.

use nds_formats::fx::{VecFx16, VecFx32};

use super::geometry::triangle;
use super::octree::{Octree, PrismNumbers};
use super::records::{Area, HEADER_SIZE, PRISM_OFFSET_BIAS, Prism, malformed};
use crate::Result;
use crate::record::{Record, put_all, take_all};

/// A course's collision data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kcl {
    pub(super) area: Area,
    pub(super) positions: Vec<VecFx32>,
    pub(super) normals: Vec<VecFx16>,
    /// Bytes between the last normal and the first prism: fewer than a normal has.
    pub(super) gap: Vec<u8>,
    pub(super) prisms: Vec<Prism>,
    pub(super) octree: Vec<u8>,
}

impl Kcl {
    /// Reads a file, checking every index and every node of the octree.
    ///
    /// # Errors
    /// [`Error::Malformed`](crate::Error::Malformed) naming the section and the offset in the file.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let Some((mut header, _)) = bytes.split_at_checked(HEADER_SIZE) else {
            return Err(malformed(
                "header",
                0,
                format!("{HEADER_SIZE} bytes"),
                format!("{} bytes", bytes.len()),
            ));
        };
        let offsets = <[u32; 4]>::take(&mut header);
        let area = Area::take(&mut header);
        let [positions, normals, prisms, octree] = sections(bytes, offsets)?;
        if prisms.bytes.len() % Prism::SIZE != 0 {
            return Err(malformed(
                "prisms",
                prisms.offset,
                format!("a multiple of {} bytes up to the octree", Prism::SIZE),
                format!("{} bytes", prisms.bytes.len()),
            ));
        }
        if positions.bytes.len() % VecFx32::SIZE != 0 {
            return Err(malformed(
                "positions",
                positions.offset,
                format!("a multiple of {} bytes up to the normals", VecFx32::SIZE),
                format!("{} bytes", positions.bytes.len()),
            ));
        }
        let gap_start = normals.bytes.len() - normals.bytes.len() % VecFx16::SIZE;
        let kcl = Self {
            area,
            positions: take_all(positions.bytes),
            normals: take_all(normals.bytes),
            gap: normals.bytes[gap_start..].to_vec(),
            prisms: take_all(prisms.bytes),
            octree: octree.bytes.to_vec(),
        };
        kcl.check_prisms(prisms.offset)?;
        kcl.walker(octree.offset).checked()?;
        Ok(kcl)
    }

    /// Writes the file; a parsed file comes back byte for byte.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut sections = Vec::new();
        let mut offsets = [0_u32; 4];
        let end = |sections: &Vec<u8>| (HEADER_SIZE + sections.len()) as u32;
        offsets[0] = end(&sections);
        put_all(&self.positions, &mut sections);
        offsets[1] = end(&sections);
        put_all(&self.normals, &mut sections);
        sections.extend_from_slice(&self.gap);
        offsets[2] = end(&sections) - PRISM_OFFSET_BIAS;
        put_all(&self.prisms, &mut sections);
        offsets[3] = end(&sections);
        sections.extend_from_slice(&self.octree);

        let mut bytes = Vec::with_capacity(HEADER_SIZE + sections.len());
        offsets.put(&mut bytes);
        self.area.put(&mut bytes);
        bytes.extend_from_slice(&sections);
        bytes
    }

    /// The box of the octree and the sizes that prisms were placed for.
    pub fn area(&self) -> &Area {
        &self.area
    }

    /// The prisms; index 1 of the octree is the first.
    pub fn prisms(&self) -> &[Prism] {
        &self.prisms
    }

    /// The corners that prisms refer to.
    pub fn positions(&self) -> &[VecFx32] {
        &self.positions
    }

    /// The normals that prisms refer to, of length 1.
    pub fn normals(&self) -> &[VecFx16] {
        &self.normals
    }

    /// The octree as stored: root table, child tables, leaf lists.
    pub fn octree(&self) -> &[u8] {
        &self.octree
    }

    /// The prism with that 1-based index.
    pub fn prism(&self, index: u16) -> Option<&Prism> {
        self.prisms.get(usize::from(index).checked_sub(1)?)
    }

    /// The 1-based indices of the prisms in the leaf that holds `point`: everything that a sphere
    /// of [`Area::sphere_radius`] around it can touch. Empty outside the box.
    pub fn leaf(&self, point: VecFx32) -> PrismNumbers<'_> {
        let numbers = self.walker(0).prisms_at(point);
        numbers.expect("an octree that was built, or checked as it was read")
    }

    /// What walks the octree, which starts at that offset.
    fn walker(&self, start: usize) -> Octree<'_> {
        Octree::new(self.area, self.prisms.len(), start, &self.octree)
    }

    /// The vertices of the prism with that 1-based index, as a reader gets them back from height
    /// and normals, in units. `None` if there is no such prism or its sides are parallel.
    pub fn triangle(&self, index: u16) -> Option<[[f64; 3]; 3]> {
        let prism = self.prism(index)?;
        let normal = |index: u16| self.normals[usize::from(index)].to_f64();
        triangle(
            self.positions[usize::from(prism.position)].to_f64(),
            normal(prism.face_normal),
            prism.edge_normals.map(normal),
            prism.height.to_f64(),
        )
    }

    fn check_prisms(&self, section_offset: usize) -> Result<()> {
        for (i, prism) in self.prisms.iter().enumerate() {
            let offset = section_offset + i * Prism::SIZE;
            if usize::from(prism.position) >= self.positions.len() {
                return Err(malformed(
                    "prisms",
                    offset,
                    format!("a position index below {}", self.positions.len()),
                    prism.position.to_string(),
                ));
            }
            let [e1, e2, e3] = prism.edge_normals;
            for normal in [prism.face_normal, e1, e2, e3] {
                if usize::from(normal) >= self.normals.len() {
                    return Err(malformed(
                        "prisms",
                        offset,
                        format!("normal indices below {}", self.normals.len()),
                        normal.to_string(),
                    ));
                }
            }
        }
        Ok(())
    }
}

/// A part of the file and where it starts.
struct Section<'a> {
    offset: usize,
    bytes: &'a [u8],
}

/// Cuts the file at the header's offsets, which must ascend and leave no gap after the header.
fn sections(bytes: &[u8], mut offsets: [u32; 4]) -> Result<[Section<'_>; 4]> {
    const NAMES: [&str; 4] = ["positions", "normals", "prisms", "octree"];
    offsets[2] = offsets[2].saturating_add(PRISM_OFFSET_BIAS);
    let mut lowest = HEADER_SIZE;
    for (i, (name, offset)) in NAMES.into_iter().zip(offsets).enumerate() {
        let offset = offset as usize;
        // Nothing is known to stand between the header and the positions.
        let highest = if i == 0 { lowest } else { bytes.len() };
        if !(lowest..=highest).contains(&offset) {
            return Err(malformed(
                "header",
                4 * i,
                format!("the {name} at {lowest:#X}..={highest:#X}"),
                format!("{offset:#X}"),
            ));
        }
        lowest = offset;
    }
    let [positions, normals, prisms, octree] = offsets.map(|offset| offset as usize);
    let section = |start: usize, end: usize| Section {
        offset: start,
        bytes: &bytes[start..end],
    };
    Ok([
        section(positions, normals),
        section(normals, prisms),
        section(prisms, octree),
        section(octree, bytes.len()),
    ])
}
