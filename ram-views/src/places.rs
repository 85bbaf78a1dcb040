//! Names of addresses: the paths that lead there.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::ops::Range;

use crate::layout::{FieldInfo, Target, Type};
use crate::path::{End, Path};
use crate::pointer::Pointer;
use crate::symbol::{Image, Program};

/// The most pointers that the path to a structure follows. Longer paths only go around linked lists.
const MOST_POINTERS: usize = 4;

/// The most structures and tables that are looked into: a game has a few thousand.
const MOST_BLOCKS: usize = 1 << 16;

/// The addresses of everything that paths lead to in an image of RAM.
#[derive(Debug, Clone)]
pub struct Places<P> {
    blocks: Vec<Block<P>>,
}

/// What a path leads to: a value, a structure, or several behind a pointer.
#[derive(Debug, Clone)]
struct Block<P> {
    /// Console addresses.
    bytes: Range<u32>,
    path: Path<P>,
}

impl<P: Program> Block<P> {
    /// How many pointers lead to it.
    fn pointers(&self) -> usize {
        let is_table = matches!(self.path.end, End::Many(..));
        self.path.pointers() + usize::from(is_table)
    }
}

/// What lies at an address.
#[derive(Debug, Clone)]
pub struct Place<P> {
    /// The innermost thing there that has a path.
    pub path: Path<P>,
    /// Bytes from its start to the address.
    pub offset: u32,
}

impl<P> fmt::Display for Place<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)?;
        match self.offset {
            0 => Ok(()),
            offset => write!(f, "+{offset:#X}"),
        }
    }
}

impl<P: Program> Places<P> {
    /// Looks into every structure that paths lead to, once, also behind single pointers. What is
    /// behind wrong pointers is left out.
    #[must_use]
    pub fn new(ram: &Image<'_, P>) -> Self {
        let mut blocks = Vec::new();
        let mut seen = HashSet::new();
        // First come, first named: a path of few steps is the better name.
        let mut open: VecDeque<Path<P>> = Path::roots().collect();
        while let Some(mut path) = open.pop_front() {
            path.follow_single();
            let Some((bytes, target)) = path.bytes(ram) else {
                continue;
            };
            let is_new = seen.insert((bytes.clone(), target.ty.to_string()));
            if !is_new || blocks.len() == MOST_BLOCKS {
                continue;
            }
            if leads_on(&target.ty) && path.pointers() < MOST_POINTERS {
                push_pointers(&path, ram, &mut open);
            }
            blocks.push(Block { bytes, path });
        }
        Self { blocks }
    }

    /// What lies at an address; `None` if nothing known does. Of several names the one with the
    /// fewest pointers on its way is taken, then the one that says the most: of the smallest
    /// structure.
    #[must_use]
    pub fn at(&self, address: u32) -> Option<Place<P>> {
        let around = self
            .blocks
            .iter()
            .filter(|block| block.bytes.contains(&address));
        let block = around.min_by_key(|block| (block.pointers(), block.bytes.len()))?;
        Some(innermost(&block.path, address - block.bytes.start))
    }

    /// The known structures and tables, and where they lie: console addresses. Those that few
    /// steps lead to come first; some lie inside others.
    pub fn structures(&self) -> impl Iterator<Item = (&Path<P>, Range<u32>)> {
        let blocks = self.blocks.iter();
        blocks.map(|block| (&block.path, block.bytes.clone()))
    }
}

impl<P: Program> Path<P> {
    /// Where it lies, and the type of one of what lies there; `None` if nothing does.
    fn bytes(&self, ram: &Image<'_, P>) -> Option<(Range<u32>, Target)> {
        let address = self.address(ram).ok()??;
        let (start, count, target) = match self.end {
            End::Many(target, _) => {
                let start = self.pointer_at(ram, address).ok()?;
                (start.0, self.count(ram).ok()?, target)
            }
            End::Value(ty) => {
                let (size, align) = (ty.size(), 1);
                (address, 1, Target { ty, size, align })
            }
            End::Bits(..) => return None,
        };
        let size = target.size.checked_mul(count)?;
        ram.range(self.root().name, start, Pointer(start), size)
            .ok()?;
        (size > 0).then(|| (start..start + size as u32, target))
    }
}

/// Whether something of that type holds pointers to known things.
fn leads_on(ty: &Type) -> bool {
    match ty {
        Type::Pointer(target) => target.is_some(),
        Type::Array(element, _) => leads_on(element),
        Type::Struct(layout) => layout().fields.iter().any(|field| leads_on(&field.ty)),
        _ => false,
    }
}

/// Adds the paths to the pointers in what `path` leads to, while there is room.
fn push_pointers<P: Program>(path: &Path<P>, ram: &Image<'_, P>, open: &mut VecDeque<Path<P>>) {
    match path.end {
        End::Value(Type::Struct(layout)) => {
            let fields = layout().fields.iter();
            for field in fields.filter(|field| leads_on(&field.ty)) {
                push(path.field_called(field.name), ram, open);
            }
        }
        End::Value(Type::Array(..)) | End::Many(..) => {
            for index in 0..path.count(ram).unwrap_or_default() {
                if open.len() >= MOST_BLOCKS {
                    return;
                }
                push(path.element_at(index), ram, open);
            }
        }
        End::Value(_) | End::Bits(..) => {}
    }
}

fn push<P: Program>(part: Option<Path<P>>, ram: &Image<'_, P>, open: &mut VecDeque<Path<P>>) {
    match part {
        Some(path) if matches!(path.end, End::Value(Type::Pointer(_)) | End::Many(..)) => {
            open.push_back(path);
        }
        Some(path) => push_pointers(&path, ram, open),
        None => {}
    }
}

/// The innermost part of a block that lies `offset` bytes behind its start.
fn innermost<P: Program>(block: &Path<P>, offset: u32) -> Place<P> {
    let offset = offset as usize;
    let (mut path, mut offset) = match block.end {
        // What is behind the pointer; the fields below that are pointers are just that.
        End::Many(target, _) => match block.element_at(offset / target.size) {
            Some(element) => (element, offset % target.size),
            None => (block.clone(), offset),
        },
        _ => (block.clone(), offset),
    };
    while let Some((part, start)) = part_at(&path, offset) {
        path = part;
        offset -= start;
    }
    let offset = offset as u32;
    Place { path, offset }
}

/// The part of what `path` leads to that holds the byte at `offset`, and where it starts.
fn part_at<P: Program>(path: &Path<P>, offset: usize) -> Option<(Path<P>, usize)> {
    match path.end {
        End::Value(Type::Array(element, _)) => {
            let index = offset / element.size().max(1);
            Some((path.element_at(index)?, index * element.size()))
        }
        End::Value(Type::Struct(layout)) => {
            let holds =
                |field: &&FieldInfo| (field.offset..field.offset + field.size).contains(&offset);
            let fields = layout().fields.iter();
            let field = fields.filter(holds).min_by_key(|field| field.size)?;
            Some((path.field_called(field.name)?, field.offset))
        }
        _ => None,
    }
}
