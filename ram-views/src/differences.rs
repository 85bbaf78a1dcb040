//! The differences between two images of a program's RAM: of its fields, and of the bytes outside of
//! known structures.

use std::collections::HashSet;
use std::ops::Range;

use crate::layout::Type;
use crate::memory::{ByteOrder, Memory};
use crate::path::Path;
use crate::places::Places;
use crate::symbol::{Image, Program};
use crate::value::FieldValue;

/// The most equal bytes between two differences that count as one range.
const GAP: u32 = 16;

/// A field that differs.
#[derive(Debug, Clone)]
pub struct FieldChange<P> {
    /// The path to it.
    pub path: Path<P>,
    /// Its type.
    pub ty: Type,
    /// Its value in the first image; `None` if it isn't there.
    pub old: Option<FieldValue>,
    /// Its value in the second image; `None` if it isn't there.
    pub new: Option<FieldValue>,
}

/// A range in which bytes outside of known structures differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByteChange {
    /// From the first byte that differs to the last: addresses.
    pub addresses: Range<u32>,
    /// How many of its bytes differ.
    pub count: usize,
}

/// Two images of RAM, and the structures in them.
#[derive(Debug)]
pub struct Comparison<'a, P: Program> {
    images: [Image<'a, P>; 2],
    places: [Places<P>; 2],
}

impl<'a, P: Program> Comparison<'a, P> {
    /// Looks up the structures of both images.
    #[must_use]
    pub fn new(old: Image<'a, P>, new: Image<'a, P>) -> Self {
        Self {
            images: [old, new],
            places: [&old, &new].map(Places::new),
        }
    }

    /// The fields that differ, each once under its shortest path. `proceed` is called before every
    /// structure and array.
    ///
    /// # Errors
    ///
    /// Those of `proceed`.
    pub fn fields<E>(
        &self,
        proceed: impl FnMut() -> Result<(), E>,
    ) -> Result<Vec<FieldChange<P>>, E> {
        let mut fields = Fields {
            images: &self.images,
            compared: HashSet::new(),
            changes: Vec::new(),
            proceed,
        };
        for (places, image) in self.places.iter().zip(&self.images) {
            let mut seen = HashSet::new();
            for (path, _) in places.structures() {
                fields.compare(path, image, &mut seen)?;
            }
        }
        Ok(fields.changes)
    }

    /// The bytes outside of known structures that differ.
    #[must_use]
    pub fn elsewhere(&self) -> Vec<ByteChange> {
        let mut is_known = vec![false; P::Memory::SIZE];
        for (_, bytes) in self.places.iter().flat_map(Places::structures) {
            let start = (bytes.start - P::Memory::BASE) as usize;
            is_known[start..start + bytes.len()].fill(true);
        }
        let byte = |image: &Image<'_, P>, offset| -> [u8; 1] {
            <P::Memory as Memory>::Order::load(image.bytes(), offset)
        };
        let [old, new] = &self.images;
        let mut changes: Vec<ByteChange> = Vec::new();
        for (offset, is_known) in is_known.iter().enumerate() {
            if *is_known || byte(old, offset) == byte(new, offset) {
                continue;
            }
            let address = P::Memory::BASE + offset as u32;
            match changes.last_mut() {
                Some(change) if address - change.addresses.end < GAP => {
                    change.addresses.end = address + 1;
                    change.count += 1;
                }
                _ => changes.push(ByteChange {
                    addresses: address..address + 1,
                    count: 1,
                }),
            }
        }
        changes
    }
}

/// The comparison of fields under way.
struct Fields<'a, P: Program, F> {
    images: &'a [Image<'a, P>; 2],
    /// The paths that were compared.
    compared: HashSet<String>,
    changes: Vec<FieldChange<P>>,
    proceed: F,
}

impl<P: Program, E, F: FnMut() -> Result<(), E>> Fields<'_, P, F> {
    /// Compares the fields below `path` that exist in `image`, one of the two. Skips fields in `seen`,
    /// which are the same memory under another name.
    fn compare(
        &mut self,
        path: &Path<P>,
        image: &Image<'_, P>,
        seen: &mut HashSet<(u32, String)>,
    ) -> Result<(), E> {
        (self.proceed)()?;
        let children = path.children(image).unwrap_or_default();
        if !children.is_empty() && !matches!(path.ty(), Some(Type::Bits(..))) {
            return children
                .iter()
                .try_for_each(|child| self.compare(child, image, seen));
        }
        let (Some(ty), Ok(Some(address))) = (path.ty(), path.address(image)) else {
            return Ok(());
        };
        let is_new = self.compared.insert(path.to_string());
        if !seen.insert((address, ty.to_string())) || !is_new {
            return Ok(());
        }
        let [old, new] = self
            .images
            .each_ref()
            .map(|image| path.read(image).ok().flatten());
        if old != new {
            let path = path.clone();
            self.changes.push(FieldChange { path, ty, old, new });
        }
        Ok(())
    }
}
