//! Fields by name, at run time: `driver[0].boost_timer`, `map.cpoi[3].key_id`.
//!
//! A [`Path`] begins with a symbol's and goes on with fields and indices; pointers on its way are
//! followed. It is resolved when it is parsed, so that reading it is a few loads.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::layout::{BitField, FieldInfo, Integer, Layout, Target, Type};
use crate::memory::Memory;
use crate::pointer::{Pointer, Writable};
use crate::symbol::{Count, Holds, Image, ImageMut, Program, Symbol};
use crate::value::FieldValue;

/// The path to a field of the program `P`.
pub struct Path<P> {
    text: String,
    root: &'static Symbol,
    steps: Vec<Step>,
    pub(crate) end: End,
    field: Option<&'static FieldInfo>,
    program: PhantomData<P>,
}

impl<P> Clone for Path<P> {
    fn clone(&self) -> Self {
        Self {
            text: self.text.clone(),
            steps: self.steps.clone(),
            ..*self
        }
    }
}

impl<P> fmt::Debug for Path<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Path").field(&self.text).finish()
    }
}

/// The order in which an image for `P` keeps numbers.
type Order<P> = <<P as Program>::Memory as Memory>::Order;

/// A step from one address to the next.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// So many bytes on.
    Forward(usize),
    /// To the `index`th of what the pointer here points to.
    Follow {
        target: Target,
        index: usize,
        count: Option<Counter>,
    },
}

/// What tells how many things a pointer points to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Counter {
    Fixed(usize),
    Symbol(&'static Symbol),
    /// An integer so many bytes behind the pointer.
    Beside(isize, Integer),
}

/// What a path leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    Value(Type),
    Bits(Integer, BitField),
    /// Several things behind a pointer, of which an index takes one.
    Many(Target, Counter),
}

impl<P: Program> Path<P> {
    /// The path that `text` writes down.
    ///
    /// # Errors
    ///
    /// [`PathError`] if it leads nowhere.
    pub fn parse(text: &str) -> std::result::Result<Self, PathError> {
        let error = |at: usize, expected: String| PathError {
            path: text.to_owned(),
            at,
            expected,
        };
        let name_end = text.find(['.', '[']).unwrap_or(text.len());
        let root = P::symbols()
            .iter()
            .find(|symbol| symbol.path == &text[..name_end])
            .ok_or_else(|| error(0, one_of(P::symbols().iter().map(|symbol| symbol.path))))?;
        let mut path = Self::to(root);
        let mut at = name_end;
        while at < text.len() {
            let rest = &text[at..];
            let length = if let Some(name) = rest.strip_prefix('.') {
                let name = &name[..name.find(['.', '[']).unwrap_or(name.len())];
                path.enter(name)
                    .map_err(|expected| error(at + 1, expected))?;
                1 + name.len()
            } else {
                let digits = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
                let number = digits.and_then(|(digits, _)| Some((digits, digits.parse().ok()?)));
                let (digits, index) =
                    number.ok_or_else(|| error(at, "`.field` or `[index]`".to_owned()))?;
                path.pick(index).map_err(|expected| error(at, expected))?;
                2 + digits.len()
            };
            at += length;
        }
        text.clone_into(&mut path.text);
        Ok(path)
    }

    /// The path to a symbol.
    #[must_use]
    pub fn to(root: &'static Symbol) -> Self {
        let mut path = Self {
            text: root.path.to_owned(),
            root,
            steps: Vec::new(),
            end: End::Value(root.target.ty),
            field: None,
            program: PhantomData,
        };
        match (root.holds, root.count) {
            (Holds::Pointer, Count::Fixed(1)) => path.steps.push(Step::Follow {
                target: root.target,
                index: 0,
                count: None,
            }),
            (Holds::Pointer, Count::Fixed(count)) => {
                path.end = End::Many(root.target, Counter::Fixed(count));
            }
            (Holds::Pointer, Count::Symbol(symbol)) => {
                path.end = End::Many(root.target, Counter::Symbol(symbol));
            }
            (Holds::Value, Count::Fixed(1) | Count::Symbol(_)) => {}
            (Holds::Value, Count::Fixed(count)) => {
                path.end = End::Value(Type::Array(element(root), count));
            }
        }
        path
    }

    /// Every path that a symbol begins.
    pub fn roots() -> impl Iterator<Item = Self> {
        P::symbols().iter().map(Self::to)
    }

    /// The path to a field of what this one leads to, or of what that points to.
    fn enter(&mut self, name: &str) -> std::result::Result<(), String> {
        self.follow_single();
        match self.end {
            End::Value(Type::Struct(layout)) => {
                let field = layout()
                    .field(name)
                    .ok_or_else(|| one_of(layout().fields.iter().map(|field| field.name)))?;
                self.forward(field.offset);
                self.end = match (
                    field.ty,
                    field.count.and_then(|count| layout().field(count)),
                ) {
                    (Type::Pointer(Some(target)), Some(count)) => match count.ty {
                        Type::Integer(integer) => {
                            let distance = count.offset.wrapping_sub(field.offset).cast_signed();
                            End::Many(*target, Counter::Beside(distance, integer))
                        }
                        _ => End::Value(field.ty),
                    },
                    _ => End::Value(field.ty),
                };
                self.field = Some(field);
                Ok(())
            }
            End::Value(Type::Bits(integer, fields)) => {
                let field = fields
                    .iter()
                    .find(|field| field.name == name)
                    .ok_or_else(|| one_of(fields.iter().map(|field| field.name)))?;
                self.end = End::Bits(integer, *field);
                Ok(())
            }
            End::Many(..) | End::Value(Type::Array(..)) => Err("`[index]`".to_owned()),
            End::Value(_) | End::Bits(..) => Err(format!("the end: {} has no fields", self.kind())),
        }
    }

    /// The path to the `index`th of what this one leads to.
    fn pick(&mut self, index: usize) -> std::result::Result<(), String> {
        match self.end {
            End::Value(Type::Array(element, count)) => {
                if index >= count {
                    return Err(format!("an index below {count}"));
                }
                self.forward(index * element.size());
                self.end = End::Value(*element);
                Ok(())
            }
            End::Value(Type::Pointer(Some(target))) => {
                self.follow(*target, index, None);
                Ok(())
            }
            End::Many(target, count) => {
                self.follow(target, index, Some(count));
                Ok(())
            }
            End::Value(Type::Struct(_) | Type::Bits(..)) => Err("`.field`".to_owned()),
            End::Value(_) | End::Bits(..) => {
                Err(format!("the end: {} has no elements", self.kind()))
            }
        }
    }

    fn forward(&mut self, bytes: usize) {
        if let Some(Step::Forward(offset)) = self.steps.last_mut() {
            *offset += bytes;
        } else {
            self.steps.push(Step::Forward(bytes));
        }
    }

    fn follow(&mut self, target: Target, index: usize, count: Option<Counter>) {
        self.steps.push(Step::Follow {
            target,
            index,
            count,
        });
        self.end = End::Value(target.ty);
    }

    /// Goes to what a pointer to a single thing points to.
    pub(crate) fn follow_single(&mut self) {
        if let End::Value(Type::Pointer(Some(target))) = self.end {
            self.follow(*target, 0, None);
        }
    }

    /// The type of what it leads to, in words: `fx32`, `driver_t`, `nkm_cpoi_entry_t[cpoi_count]`.
    #[must_use]
    pub fn kind(&self) -> String {
        match self.end {
            End::Value(ty) => ty.to_string(),
            End::Bits(_, field) => format!("{} bits", field.width),
            End::Many(target, Counter::Fixed(count)) => format!("{}[{count}]", target.ty),
            End::Many(target, Counter::Symbol(symbol)) => format!("{}[{}]", target.ty, symbol.name),
            End::Many(target, Counter::Beside(..)) => {
                let count = self.field.and_then(|field| field.count).unwrap_or_default();
                format!("{}[{count}]", target.ty)
            }
        }
    }

    /// The type of what it leads to; `None` for part of an integer's bits, and for several things
    /// behind a pointer.
    #[must_use]
    pub fn ty(&self) -> Option<Type> {
        match self.end {
            End::Value(ty) => Some(ty),
            End::Bits(..) | End::Many(..) => None,
        }
    }

    /// The field that it leads to, or to an element or a part of which; `None` for a symbol.
    #[must_use]
    pub const fn field(&self) -> Option<&'static FieldInfo> {
        self.field
    }

    /// The symbol that it begins with.
    #[must_use]
    pub const fn root(&self) -> &'static Symbol {
        self.root
    }

    /// It, written down.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it leads to, in words.
    #[must_use]
    pub fn doc(&self) -> &'static str {
        match (self.end, self.field) {
            (End::Bits(_, field), _) => field.doc,
            (_, Some(field)) => field.doc,
            (_, None) => self.root.description,
        }
    }

    /// The structure whose fields can follow: what it leads to, or points to.
    #[must_use]
    pub fn layout(&self) -> Option<&'static Layout> {
        match self.end {
            End::Value(Type::Struct(layout)) => Some(layout()),
            End::Value(Type::Pointer(Some(target))) => match target.ty {
                Type::Struct(layout) => Some(layout()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether other paths go on from it, to parts of what it leads to or points to.
    #[must_use]
    pub fn leads_on(&self) -> bool {
        match self.end {
            End::Value(Type::Struct(_) | Type::Bits(..) | Type::Array(..)) | End::Many(..) => true,
            End::Value(_) => self.layout().is_some(),
            End::Bits(..) => false,
        }
    }

    /// The paths one step on: to its fields, its bits or its elements; none where a path ends. The
    /// number of elements may depend on `ram`; it is 0 where a pointer on the way is null. What a single
    /// pointer leads to is not among them, for that may lead back.
    ///
    /// # Errors
    ///
    /// As [`Path::read`].
    pub fn children(&self, ram: &Image<'_, P>) -> Result<Vec<Self>> {
        Ok(match self.end {
            End::Value(Type::Struct(layout)) => self.parts(layout().fields.iter().map(|f| f.name)),
            End::Value(Type::Bits(_, fields)) => self.parts(fields.iter().map(|f| f.name)),
            End::Value(Type::Array(..)) | End::Many(..) => (0..self.count(ram)?)
                .filter_map(|index| self.element_at(index))
                .collect(),
            End::Value(_) | End::Bits(..) => Vec::new(),
        })
    }

    /// The paths to the fields of the structure that a single pointer points to; none for anything
    /// else. Whether the structure is there, `ram` knows: see [`Path::address`].
    #[must_use]
    pub fn pointed_at(&self) -> Vec<Self> {
        match (self.end, self.layout()) {
            (End::Value(Type::Pointer(_)), Some(layout)) => {
                self.parts(layout.fields.iter().map(|field| field.name))
            }
            _ => Vec::new(),
        }
    }

    /// How many pointers it follows.
    pub(crate) fn pointers(&self) -> usize {
        let follows = |step: &&Step| matches!(step, Step::Follow { .. });
        self.steps.iter().filter(follows).count()
    }

    /// The path to a field of what this one leads to.
    pub(crate) fn field_called(&self, name: &str) -> Option<Self> {
        let mut path = self.clone();
        path.enter(name).ok()?;
        path.text = format!("{self}.{name}");
        Some(path)
    }

    /// The path to an element of what this one leads to.
    pub(crate) fn element_at(&self, index: usize) -> Option<Self> {
        let mut path = self.clone();
        path.pick(index).ok()?;
        path.text = format!("{self}[{index}]");
        Some(path)
    }

    fn parts(&self, names: impl Iterator<Item = &'static str>) -> Vec<Self> {
        names.filter_map(|name| self.field_called(name)).collect()
    }

    /// How many elements it has: those of an array, or those that the program counts behind a pointer;
    /// 0 if a pointer on the way is null, or there is no element.
    ///
    /// # Errors
    ///
    /// As [`Path::read`].
    pub fn count(&self, ram: &Image<'_, P>) -> Result<usize> {
        match self.end {
            End::Value(Type::Array(_, count)) => Ok(count),
            End::Many(target, counter) => {
                let Some(address) = self.address(ram)? else {
                    return Ok(0);
                };
                if self.pointer_at(ram, address)?.is_null() {
                    return Ok(0);
                }
                self.counted(ram, address, target, counter)
            }
            End::Value(_) | End::Bits(..) => Ok(0),
        }
    }

    /// Where it leads, a console address; `None` if a pointer on the way is null.
    ///
    /// # Errors
    ///
    /// A pointer on the way is wrong, or its index is not below the count.
    pub fn address(&self, ram: &Image<'_, P>) -> Result<Option<u32>> {
        let mut address = ram.address(self.root)?;
        for step in &self.steps {
            match *step {
                Step::Forward(bytes) => address = address.wrapping_add(bytes as u32),
                Step::Follow {
                    target,
                    index,
                    count,
                } => {
                    let pointer = self.pointer_at(ram, address)?;
                    if pointer.is_null() {
                        return Ok(None);
                    }
                    if let Some(counter) = count {
                        let count = self.counted(ram, address, target, counter)?;
                        if index >= count {
                            return Err(Error::NoSuchElement {
                                symbol: self.root.name,
                                index,
                                count,
                            });
                        }
                    }
                    let name = self.root.name;
                    let before = target.size.saturating_mul(index);
                    let all = before.saturating_add(target.size);
                    ram.aligned(name, address, pointer, target.align)?;
                    ram.range(name, address, pointer, all)?;
                    address = pointer.0 + before as u32;
                }
            }
        }
        Ok(Some(address))
    }

    pub(crate) fn pointer_at(&self, ram: &Image<'_, P>, address: u32) -> Result<Pointer> {
        self.integer_at(ram, address, Integer::U32)
            .map(|address| Pointer(address as u32))
    }

    fn integer_at(&self, ram: &Image<'_, P>, address: u32, integer: Integer) -> Result<i64> {
        let offset = self.offset(ram, address, integer.size)?;
        Ok(integer.read::<Order<P>>(ram.bytes(), offset))
    }

    /// The offset of `size` bytes at an address that the path leads to.
    fn offset(&self, ram: &Image<'_, P>, address: u32, size: usize) -> Result<usize> {
        let range = ram.range(self.root.name, address, Pointer(address), size)?;
        Ok(range.start)
    }

    /// How many things the pointer at `address` points to: no more than there is RAM for.
    fn counted(
        &self,
        ram: &Image<'_, P>,
        address: u32,
        target: Target,
        counter: Counter,
    ) -> Result<usize> {
        let (at, integer) = match counter {
            Counter::Fixed(count) => return Ok(count),
            Counter::Symbol(symbol) => match symbol.target.ty {
                Type::Integer(integer) => (ram.address(symbol)?, integer),
                _ => return Ok(0),
            },
            Counter::Beside(distance, integer) => (address.wrapping_add(distance as u32), integer),
        };
        let count = self.integer_at(ram, at, integer)?;
        let limit = (P::Memory::SIZE / target.size) as u32;
        usize::try_from(count)
            .ok()
            .filter(|count| *count <= limit as usize)
            .ok_or(Error::AbsurdCount {
                symbol: self.root.name,
                address: at,
                found: count as u32,
                limit,
            })
    }

    /// What is there; `None` if a pointer on the way is null.
    /// Pointers that it leads to are read as addresses.
    ///
    /// # Errors
    ///
    /// As [`Path::address`], or what is there leaves main RAM.
    pub fn read(&self, ram: &Image<'_, P>) -> Result<Option<FieldValue>> {
        let Some(address) = self.address(ram)? else {
            return Ok(None);
        };
        Ok(Some(match self.end {
            End::Value(ty) => {
                let offset = self.offset(ram, address, ty.size())?;
                FieldValue::read::<Order<P>>(&ty, ram.bytes(), offset)
            }
            End::Bits(integer, field) => {
                FieldValue::Integer(field.read(self.integer_at(ram, address, integer)?))
            }
            End::Many(target, _) => {
                let pointer = self.pointer_at(ram, address)?;
                if pointer.is_null() {
                    return Ok(None);
                }
                let count = self.count(ram)?;
                ram.aligned(self.root.name, address, pointer, target.align)?;
                let all = ram.range(self.root.name, address, pointer, target.size * count)?;
                let offsets = all.step_by(target.size);
                FieldValue::List(
                    offsets
                        .map(|offset| FieldValue::read::<Order<P>>(&target.ty, ram.bytes(), offset))
                        .collect(),
                )
            }
        }))
    }

    /// The structure that it leads to, or points to, with setters.
    ///
    /// # Errors
    ///
    /// As [`Path::write`]; [`WriteError::Mismatch`] if it leads to something else than a `V`.
    pub fn view_mut<'a, V: Writable<P::Memory>>(
        &self,
        ram: &'a mut ImageMut<'_, P>,
    ) -> std::result::Result<V::Mut<'a>, WriteError> {
        let mut path = self.clone();
        path.follow_single();
        let expected = V::TARGET.ty.to_string();
        if path.kind() != expected {
            return Err(WriteError::Mismatch {
                path: self.text.clone(),
                expected,
                found: path.kind(),
            });
        }
        let nothing = || WriteError::Nothing {
            path: self.text.clone(),
        };
        let address = path.address(&ram.image())?.ok_or_else(nothing)?;
        let offset = self.offset(&ram.image(), address, V::TARGET.size)?;
        V::at_mut(ram.bytes(), offset).ok_or_else(nothing)
    }

    /// Writes `value` there.
    ///
    /// # Errors
    ///
    /// [`WriteError::Memory`] as [`Path::read`]; [`WriteError::Nothing`] if nothing is there;
    /// [`WriteError::Mismatch`] if `value` is not what the field holds. Then nothing was written.
    pub fn write(
        &self,
        ram: &mut ImageMut<'_, P>,
        value: &FieldValue,
    ) -> std::result::Result<(), WriteError> {
        let nothing = || WriteError::Nothing {
            path: self.text.clone(),
        };
        let address = self.address(&ram.image())?.ok_or_else(nothing)?;
        self.check(value)?;
        let (ty, whole) = match (self.end, value) {
            (End::Value(ty), value) => (ty, value.clone()),
            (End::Bits(integer, field), FieldValue::Integer(part)) => {
                let old = self.integer_at(&ram.image(), address, integer)?;
                let new = field.replaced(old, *part).unwrap_or(old);
                (Type::Integer(integer), FieldValue::Integer(new))
            }
            (End::Bits(..) | End::Many(..), _) => return Err(self.mismatch(value, self.kind())),
        };
        let offset = self.offset(&ram.image(), address, ty.size())?;
        whole
            .write::<Order<P>>(&ty, ram.bytes(), offset)
            .map_err(|expected| self.mismatch(value, expected))
    }

    /// Whether the field can hold `value`, whatever is in RAM now.
    ///
    /// # Errors
    ///
    /// [`WriteError::Mismatch`] as [`Path::write`].
    pub fn check(&self, value: &FieldValue) -> std::result::Result<(), WriteError> {
        let mismatch = |expected| self.mismatch(value, expected);
        match (self.end, value) {
            (End::Value(ty), value) => value.check(&ty).map_err(mismatch),
            (End::Bits(_, field), FieldValue::Integer(part)) => match field.replaced(0, *part) {
                Some(_) => Ok(()),
                None => Err(mismatch(format!("0 to {}", field.mask()))),
            },
            (End::Bits(..) | End::Many(..), _) => Err(mismatch(self.kind())),
        }
    }

    fn mismatch(&self, value: &FieldValue, expected: String) -> WriteError {
        WriteError::Mismatch {
            path: self.text.clone(),
            expected,
            found: value.to_string(),
        }
    }
}

/// The type of a symbol that is an array itself.
fn element(symbol: &'static Symbol) -> &'static Type {
    &symbol.target.ty
}

/// What a name had to be.
fn one_of(names: impl Iterator<Item = &'static str>) -> String {
    let names: Vec<_> = names.collect();
    format!("one of {}", names.join(", "))
}

impl<P: Program> FromStr for Path<P> {
    type Err = PathError;

    fn from_str(text: &str) -> std::result::Result<Self, PathError> {
        Self::parse(text)
    }
}

impl<P> fmt::Display for Path<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A path that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field path \"{path}\", column {}: expected {expected}, found \"{}\"", at + 1, path.get(*at..).unwrap_or_default())]
pub struct PathError {
    path: String,
    at: usize,
    expected: String,
}

impl PathError {
    /// How many bytes of the text lead somewhere.
    #[must_use]
    pub const fn reached(&self) -> usize {
        self.at
    }
}

/// A field that cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The way to it is wrong in this RAM.
    #[error(transparent)]
    Memory(#[from] Error),
    /// A pointer on the way is null.
    #[error("{path}: nothing is there now, for a pointer on the way is null")]
    Nothing {
        /// The path.
        path: String,
    },
    /// It holds something else.
    #[error("{path}: expected {expected}, found {found}")]
    Mismatch {
        /// The path.
        path: String,
        /// What it holds.
        expected: String,
        /// What was to be written.
        found: String,
    },
}
