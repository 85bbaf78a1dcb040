//! Weights in the two forms in which torch saves a dictionary of tensors.
//!
//! Since version 1.6 a file is a ZIP archive without compression: `data.pkl` is a pickle of the tensors by name, and `data/KEY` are
//! the storages' bytes. Before, as torchvision still offers some, it was five pickles, one behind the other: a magic number, a
//! version, facts of the system, the tensors by name, and the keys of storages; then the storages' bytes.
//!
//! A pickle is a program for a stack machine that may call any Python function. This reader knows the instructions and the two
//! functions that a file of tensors needs, and calls nothing.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;
use zip::result::ZipError;

use super::weights::{SavedTensor, SavedTensors};
use crate::difference::Difference;

/// The bytes with which an archive begins.
pub(super) const ARCHIVE: &[u8] = b"PK\x03\x04";
/// The bytes with which an older file begins: a pickle of torch's magic number.
pub(super) const OLDER: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";

type Read<T> = Result<T, Difference>;

fn differs<T>(at: usize, expected: impl Into<String>, found: impl Into<String>) -> Read<T> {
    Err(Difference {
        place: format!("byte {at}"),
        expected: expected.into(),
        found: found.into(),
    })
}

/// The bytes of storages, by their keys.
type Storages<'a> = HashMap<String, Cow<'a, [u8]>>;

/// The tensors of a file, by name.
pub(super) fn read(file: &[u8]) -> Read<SavedTensors> {
    match file.starts_with(ARCHIVE) {
        true => read_archive(file),
        false => read_older(file),
    }
}

fn read_archive(file: &[u8]) -> Read<SavedTensors> {
    let archive = ZipArchive::new(Cursor::new(file));
    let mut archive = archive.map_err(not_an_entry("archive"))?;
    // A name that is no text is none of torch's.
    let folder = archive
        .file_names()
        .flatten()
        .find_map(|name| Some(name.strip_suffix("/data.pkl")?.to_owned()));
    let Some(folder) = folder else {
        return Err(Difference {
            place: "archive".to_owned(),
            expected: "an entry data.pkl".to_owned(),
            found: "none".to_owned(),
        });
    };
    let mut entry = |name: &str| {
        let path = format!("{folder}/{name}");
        let mut bytes = Vec::new();
        let mut entry = archive.by_name(&path).map_err(not_an_entry(&path))?;
        // An entry that is not compressed is no longer than the file.
        entry
            .by_ref()
            .take(file.len() as u64)
            .read_to_end(&mut bytes)
            .map_err(|error| not_an_entry(&path)(error.into()))?;
        Ok(bytes)
    };
    let program = entry("data.pkl")?;
    let within = |difference: Difference| Difference {
        place: format!("data.pkl, {}", difference.place),
        ..difference
    };
    let mut reader = Reader {
        file: &program,
        at: 0,
    };
    let tensors = Pickle::run(&mut reader).map_err(within)?;
    let mut storages = Storages::new();
    for key in tensors.described().map(|(key, _)| key) {
        if !storages.contains_key(key) {
            storages.insert(key.to_owned(), entry(&format!("data/{key}"))?.into());
        }
    }
    tensors.tensors(0, &storages).map_err(within)
}

/// Why an entry of an archive can't be read.
fn not_an_entry(place: &str) -> impl FnOnce(ZipError) -> Difference {
    let place = place.to_owned();
    |error| Difference {
        place,
        expected: "a part of an archive as torch writes it, sound and not compressed".to_owned(),
        found: error.to_string(),
    }
}

fn read_older(file: &[u8]) -> Read<SavedTensors> {
    let mut reader = Reader { file, at: 0 };
    let start = reader.take(OLDER.len())?;
    if start != OLDER {
        return differs(0, "torch's magic number", "other bytes");
    }
    let version = Pickle::run(&mut reader)?;
    if !matches!(version.top(), Node::Integer(1001)) {
        return differs(OLDER.len(), "version 1001", format!("{:?}", version.top()));
    }
    Pickle::run(&mut reader)?;
    let at = reader.at;
    let tensors = Pickle::run(&mut reader)?;
    let keys = Pickle::run(&mut reader)?;
    let storages = tensors.storages(&keys, &mut reader)?;
    if reader.at != file.len() {
        return differs(reader.at, "the end of the file", "more bytes");
    }
    tensors.tensors(at, &storages)
}

struct Reader<'a> {
    file: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Read<&'a [u8]> {
        let left = &self.file[self.at..];
        let Some(bytes) = left.get(..count) else {
            return differs(
                self.at,
                format!("{count} bytes"),
                format!("{} bytes", left.len()),
            );
        };
        self.at += count;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn byte(&mut self) -> Read<u8> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    fn length(&mut self) -> Read<usize> {
        Ok(u32::from_le_bytes(self.array()?) as usize)
    }

    /// A text up to a line's end.
    fn line(&mut self) -> Read<String> {
        let left = &self.file[self.at..];
        let Some(length) = left.iter().position(|byte| *byte == b'\n') else {
            return differs(self.at, "a line", "the end of the file");
        };
        let line = String::from_utf8_lossy(self.take(length)?).into_owned();
        self.at += 1;
        Ok(line)
    }
}

/// A value. Values refer to others by their places among all, so that shared ones are stored once.
#[derive(Clone, Debug)]
enum Node {
    None,
    Integer(i64),
    Text(String),
    /// A tuple or a list.
    Sequence(Vec<usize>),
    Dictionary(Vec<(usize, usize)>),
    /// A function or a class, by its module and name. It is never called.
    Global(String),
    /// A storage, by the place of the tuple that describes it.
    Storage(usize),
    /// A tensor, by the place of the arguments that it is made of.
    Tensor(usize),
}

/// What a pickle made.
struct Pickle {
    nodes: Vec<Node>,
    top: usize,
}

/// A pickle's program that runs.
#[derive(Default)]
struct Machine {
    nodes: Vec<Node>,
    stack: Vec<usize>,
    /// The heights of the stack where marks were set.
    marks: Vec<usize>,
    memo: HashMap<u32, usize>,
}

impl Machine {
    fn push(&mut self, node: Node) {
        self.stack.push(self.nodes.len());
        self.nodes.push(node);
    }

    fn pop(&mut self, at: usize) -> Read<usize> {
        // Values below a mark belong to an outer instruction.
        let bottom = self.marks.last().copied().unwrap_or(0);
        match self.stack.pop() {
            Some(place) if self.stack.len() >= bottom => Ok(place),
            _ => differs(at, "a value on the stack", "none"),
        }
    }

    fn pop_to_mark(&mut self, at: usize) -> Read<Vec<usize>> {
        match self.marks.pop() {
            Some(height) if height <= self.stack.len() => Ok(self.stack.split_off(height)),
            _ => differs(at, "a mark on the stack", "none"),
        }
    }

    fn push_tuple(&mut self, at: usize, count: usize) -> Read<()> {
        let mut items: Vec<usize> = (0..count).map(|_| self.pop(at)).collect::<Read<_>>()?;
        items.reverse();
        self.push(Node::Sequence(items));
        Ok(())
    }

    fn remember(&mut self, at: usize, key: u32) -> Read<()> {
        let Some(place) = self.stack.last() else {
            return differs(at, "a value on the stack", "none");
        };
        self.memo.insert(key, *place);
        Ok(())
    }

    fn recall(&mut self, at: usize, key: u32) -> Read<()> {
        let Some(place) = self.memo.get(&key) else {
            return differs(at, "a value that was remembered", "none");
        };
        self.stack.push(*place);
        Ok(())
    }

    /// The container on the stack, to which an instruction adds.
    fn container(&mut self, at: usize) -> Read<&mut Node> {
        let place = self.pop(at)?;
        self.stack.push(place);
        Ok(&mut self.nodes[place])
    }

    fn append(&mut self, at: usize, items: &[usize]) -> Read<()> {
        match self.container(at)? {
            Node::Sequence(sequence) => sequence.extend(items),
            other => return differs(at, "a list", format!("{other:?}")),
        }
        Ok(())
    }

    fn set(&mut self, at: usize, items: &[usize]) -> Read<()> {
        let (pairs, rest) = items.as_chunks();
        match self.container(at)? {
            Node::Dictionary(dictionary) if rest.is_empty() => {
                dictionary.extend(pairs.iter().map(|[key, value]| (*key, *value)));
            }
            other => return differs(at, "a dictionary, keys and values", format!("{other:?}")),
        }
        Ok(())
    }

    /// What a call of the two known functions would return.
    fn reduce(&mut self, at: usize) -> Read<()> {
        let arguments = self.pop(at)?;
        let function = self.pop(at)?;
        let result = match &self.nodes[function] {
            Node::Global(name) if name == "collections.OrderedDict" => Node::Dictionary(Vec::new()),
            Node::Global(name) if name == "torch._utils._rebuild_tensor_v2" => {
                Node::Tensor(arguments)
            }
            other => return differs(at, "a tensor or a dictionary", format!("{other:?}")),
        };
        self.push(result);
        Ok(())
    }

    /// Runs an instruction, whose code was at `at`; whether it is not the last one.
    fn step(&mut self, reader: &mut Reader<'_>, at: usize, code: u8) -> Read<bool> {
        match code {
            b'.' => return Ok(false),
            b'}' => self.push(Node::Dictionary(Vec::new())),
            b']' | b')' => self.push(Node::Sequence(Vec::new())),
            b'(' => self.marks.push(self.stack.len()),
            b'N' => self.push(Node::None),
            0x88 | 0x89 => self.push(Node::Integer(i64::from(code == 0x88))),
            b'J' => self.push(Node::Integer(i32::from_le_bytes(reader.array()?).into())),
            b'K' => self.push(Node::Integer(reader.byte()?.into())),
            b'M' => self.push(Node::Integer(u16::from_le_bytes(reader.array()?).into())),
            b'X' => {
                let length = reader.length()?;
                let text = String::from_utf8_lossy(reader.take(length)?).into_owned();
                self.push(Node::Text(text));
            }
            b'c' => {
                let name = format!("{}.{}", reader.line()?, reader.line()?);
                self.push(Node::Global(name));
            }
            b't' => {
                let items = self.pop_to_mark(at)?;
                self.push(Node::Sequence(items));
            }
            0x85..=0x87 => self.push_tuple(at, usize::from(code - 0x84))?,
            b'q' => {
                let key = reader.byte()?;
                self.remember(at, key.into())?;
            }
            b'r' => {
                let key = u32::from_le_bytes(reader.array()?);
                self.remember(at, key)?;
            }
            b'h' => {
                let key = reader.byte()?;
                self.recall(at, key.into())?;
            }
            b'j' => {
                let key = u32::from_le_bytes(reader.array()?);
                self.recall(at, key)?;
            }
            b'Q' => {
                let description = self.pop(at)?;
                self.push(Node::Storage(description));
            }
            b'R' => self.reduce(at)?,
            // The state of a dictionary of tensors is the versions of its modules.
            b'b' => drop(self.pop(at)?),
            b'a' => {
                let item = self.pop(at)?;
                self.append(at, &[item])?;
            }
            b'e' => {
                let items = self.pop_to_mark(at)?;
                self.append(at, &items)?;
            }
            b's' => {
                let (value, key) = (self.pop(at)?, self.pop(at)?);
                self.set(at, &[key, value])?;
            }
            b'u' => {
                let items = self.pop_to_mark(at)?;
                self.set(at, &items)?;
            }
            _ => {
                return differs(
                    at,
                    "an instruction of a file of tensors",
                    format!("{code:#04x}"),
                );
            }
        }
        Ok(true)
    }
}

impl Pickle {
    fn run(reader: &mut Reader<'_>) -> Read<Self> {
        let begin = reader.at;
        if reader.array()? != [0x80, 2] {
            return differs(begin, "a pickle of protocol 2", "other bytes");
        }
        let mut machine = Machine::default();
        loop {
            let at = reader.at;
            let code = reader.byte()?;
            if !machine.step(reader, at, code)? {
                let top = machine.pop(at)?;
                let nodes = machine.nodes;
                return Ok(Self { nodes, top });
            }
        }
    }

    fn top(&self) -> &Node {
        &self.nodes[self.top]
    }

    fn sequence(&self, place: usize) -> Option<Vec<&Node>> {
        match &self.nodes[place] {
            Node::Sequence(items) => Some(items.iter().map(|item| &self.nodes[*item]).collect()),
            _ => None,
        }
    }

    fn numbers(&self, node: &Node) -> Option<Vec<usize>> {
        let Node::Sequence(items) = node else {
            return None;
        };
        let number = |place: &usize| match self.nodes[*place] {
            Node::Integer(value) => usize::try_from(value).ok(),
            _ => None,
        };
        items.iter().map(number).collect()
    }

    /// The key of a storage and the type of its numbers.
    fn storage(&self, description: usize) -> Option<(&str, Type)> {
        match self.sequence(description)?.as_slice() {
            [Node::Text(kind), Node::Global(name), Node::Text(key), ..] if kind == "storage" => {
                Some((key, Type::of(name)?))
            }
            _ => None,
        }
    }

    /// The key of every storage, and the type of its numbers.
    fn described(&self) -> impl Iterator<Item = (&str, Type)> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Storage(description) => self.storage(*description),
            _ => None,
        })
    }

    /// The bytes of the storages behind the pickles, in the order of their keys.
    fn storages<'a>(&self, keys: &Self, reader: &mut Reader<'a>) -> Read<Storages<'a>> {
        let types: HashMap<&str, Type> = self.described().collect();
        let Some(keys) = keys.sequence(keys.top) else {
            return differs(
                reader.at,
                "the keys of storages",
                format!("{:?}", keys.top()),
            );
        };
        let mut storages = HashMap::new();
        for key in keys {
            let at = reader.at;
            let of_type = match key {
                Node::Text(key) => types.get(key.as_str()).map(|of_type| (key, of_type)),
                _ => None,
            };
            let Some((key, of_type)) = of_type else {
                return differs(at, "a storage of a tensor", format!("{key:?}"));
            };
            let count = u64::from_le_bytes(reader.array()?);
            let length = usize::try_from(count)
                .ok()
                .and_then(|count| count.checked_mul(of_type.size()));
            let Some(length) = length else {
                return differs(at, "a number of elements", count.to_string());
            };
            storages.insert(key.clone(), reader.take(length)?.into());
        }
        Ok(storages)
    }

    /// The tensors of the dictionary that this pickle, which begins at `at`, is.
    fn tensors(&self, at: usize, storages: &Storages<'_>) -> Read<SavedTensors> {
        let Node::Dictionary(items) = self.top() else {
            return differs(at, "a dictionary of tensors", format!("{:?}", self.top()));
        };
        let tensors = items.iter().map(|(key, value)| {
            let (Node::Text(name), Node::Tensor(arguments)) =
                (&self.nodes[*key], &self.nodes[*value])
            else {
                let found = format!("{:?}: {:?}", self.nodes[*key], self.nodes[*value]);
                return differs(at, "a tensor by its name", found);
            };
            match self.tensor(*arguments, storages) {
                Some(tensor) => Ok((name.clone(), tensor)),
                None => Err(Difference {
                    place: name.clone(),
                    expected: "a tensor within its storage".to_owned(),
                    found: "another".to_owned(),
                }),
            }
        });
        tensors.collect()
    }

    fn tensor(&self, arguments: usize, storages: &Storages<'_>) -> Option<SavedTensor> {
        let arguments = self.sequence(arguments)?;
        let [
            Node::Storage(storage),
            Node::Integer(offset),
            size,
            stride,
            ..,
        ] = arguments.as_slice()
        else {
            return None;
        };
        let (key, of_type) = self.storage(*storage)?;
        let (shape, strides) = (self.numbers(size)?, self.numbers(stride)?);
        let bytes = storages.get(key)?;
        let begin = usize::try_from(*offset).ok()?.checked_mul(of_type.size())?;
        let bytes = bytes.get(begin..)?;
        let numbers = match of_type {
            Type::Float => Some(in_order(bytes.as_chunks().0, &shape, &strides)?),
            Type::Other { .. } => None,
        };
        Some(SavedTensor { shape, numbers })
    }
}

/// The numbers of a tensor in C order; none if they are not all in the storage. Converted weights may lie in another order.
fn in_order(storage: &[[u8; 4]], shape: &[usize], strides: &[usize]) -> Option<Vec<f32>> {
    if shape.len() != strides.len() {
        return None;
    }
    let count = shape
        .iter()
        .try_fold(1_usize, |count, size| count.checked_mul(*size))?;
    // A stride of 0 would repeat numbers without end.
    if count > storage.len() {
        return None;
    }
    let mut numbers = Vec::with_capacity(count);
    for place in 0..count {
        let (mut left, mut at) = (place, 0_usize);
        for (size, stride) in shape.iter().zip(strides).rev() {
            at = at.checked_add((left % size).checked_mul(*stride)?)?;
            left /= size;
        }
        numbers.push(f32::from_le_bytes(*storage.get(at)?));
    }
    Some(numbers)
}

/// The type of a storage's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Float,
    Other { size: usize },
}

impl Type {
    fn of(class: &str) -> Option<Self> {
        Some(match class {
            "torch.FloatStorage" => Self::Float,
            "torch.DoubleStorage" | "torch.LongStorage" => Self::Other { size: 8 },
            "torch.IntStorage" => Self::Other { size: 4 },
            "torch.HalfStorage" | "torch.ShortStorage" | "torch.BFloat16Storage" => {
                Self::Other { size: 2 }
            }
            "torch.ByteStorage" | "torch.CharStorage" | "torch.BoolStorage" => {
                Self::Other { size: 1 }
            }
            _ => return None,
        })
    }

    fn size(self) -> usize {
        match self {
            Self::Float => 4,
            Self::Other { size } => size,
        }
    }
}
