//! Weights in ONNX files: the initialisers of a model's graph.
//!
//! A file is one message of Protocol Buffers, as onnx.proto3 describes it. This reader knows their encoding, and of the messages the
//! few fields that lead to named tensors of 32-bit numbers. It skips all others. The numbers may be in a second file.
//!
//! torch's exporters merge normalisations with the convolutions before them. Both name what they make of it in another way:
//! one keeps the weight's name, the other one tells the module's place in the name of the node. Here the tensors of a convolution
//! are named as torch would name them, `MODULE.weight` and `MODULE.bias`.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read as _, Seek, SeekFrom};
use std::path::Path;

use super::weights::{SavedTensor, SavedTensors};
use crate::difference::Difference;

/// Numbers of fields: of the model, its graph, a node, a tensor, and an entry of two texts.
const GRAPH: u64 = 7;
const NODE: u64 = 1;
const INITIALIZER: u64 = 5;
const NODE_INPUT: u64 = 1;
const NODE_NAME: u64 = 3;
const NODE_OPERATION: u64 = 4;
const DIMS: u64 = 1;
const DATA_TYPE: u64 = 2;
const FLOAT_DATA: u64 = 4;
const NAME: u64 = 8;
const RAW_DATA: u64 = 9;
const EXTERNAL_DATA: u64 = 13;
const DATA_LOCATION: u64 = 14;
const ENTRY_KEY: u64 = 1;
const ENTRY_VALUE: u64 = 2;

/// `TensorProto.DataType.FLOAT` and `TensorProto.DataLocation.EXTERNAL`.
const FLOAT: u64 = 1;
const EXTERNAL: u64 = 1;

type Read<T> = Result<T, Difference>;

fn differs<T>(place: String, expected: &str, found: impl Into<String>) -> Read<T> {
    Err(Difference {
        place,
        expected: expected.to_owned(),
        found: found.into(),
    })
}

/// The tensors of a file in this folder, by name.
pub(super) fn read(file: &[u8], folder: &Path) -> Read<SavedTensors> {
    let (mut tensors, mut names) = (Vec::new(), HashMap::new());
    let mut model = Message { bytes: file, at: 0 };
    while let Some((number, value)) = model.next()? {
        let (GRAPH, Value::Part(mut graph)) = (number, value) else {
            continue;
        };
        while let Some((number, value)) = graph.next()? {
            match (number, value) {
                (INITIALIZER, Value::Part(tensor)) => {
                    tensors.push(Initializer::read(tensor)?.saved(folder)?);
                }
                (NODE, Value::Part(node)) => names.extend(Node::read(node)?.names_of_inputs()),
                _ => {}
            }
        }
    }
    for (name, _) in &mut tensors {
        if let Some(torchs) = names.remove(name) {
            *name = torchs;
        }
    }
    Ok(tensors)
}

/// An operation of the graph.
#[derive(Default)]
struct Node {
    name: String,
    operation: String,
    inputs: Vec<String>,
}

impl Node {
    fn read(mut message: Message<'_>) -> Read<Self> {
        let mut node = Self::default();
        while let Some((number, value)) = message.next()? {
            match (number, value) {
                (NODE_INPUT, Value::Part(name)) => node.inputs.push(name.text()),
                (NODE_NAME, Value::Part(name)) => node.name = name.text(),
                (NODE_OPERATION, Value::Part(name)) => node.operation = name.text(),
                _ => {}
            }
        }
        Ok(node)
    }

    /// Of a convolution the names of its weight and bias, with torch's for each; nothing where the module is not known.
    fn names_of_inputs(&self) -> Vec<(String, String)> {
        let weight = self.inputs.get(1).filter(|_| self.operation == "Conv");
        let module = weight.and_then(|name| match name.strip_suffix(".weight") {
            Some(module) => Some(module.to_owned()),
            None => module_at(&self.name),
        });
        let Some(module) = module else {
            return Vec::new();
        };
        let tensors = self.inputs.iter().skip(1);
        tensors
            .zip(["weight", "bias"])
            .map(|(name, part)| (name.clone(), format!("{module}.{part}")))
            .collect()
    }
}

/// torch's name of the module of a node such as `/layer1/layer1.0/conv1/Conv`: `layer1.0.conv1`; `None` of one that has no such
/// name. An item of a sequence is named with the sequence's own name before it.
fn module_at(node: &str) -> Option<String> {
    let mut path: Vec<&str> = Vec::new();
    let (modules, _) = node.strip_prefix('/')?.rsplit_once('/')?;
    for module in modules.split('/').filter(|name| !name.is_empty()) {
        let sequence = module.rsplit_once('.').map(|(sequence, _)| sequence);
        if sequence.is_some() && path.last().copied() == sequence {
            path.pop();
        }
        path.push(module);
    }
    Some(path.join("."))
}

/// A tensor of the graph.
#[derive(Default)]
struct Initializer<'a> {
    name: String,
    dims: Vec<u64>,
    data_type: u64,
    numbers: Vec<f32>,
    raw: Option<&'a [u8]>,
    location: u64,
    /// Where the numbers are in another file.
    external: HashMap<String, String>,
}

impl<'a> Initializer<'a> {
    fn read(mut message: Message<'a>) -> Read<Self> {
        let mut tensor = Self::default();
        while let Some((number, value)) = message.next()? {
            match (number, value) {
                (NAME, Value::Part(text)) => tensor.name = text.text(),
                (DIMS, Value::Number(side)) => tensor.dims.push(side),
                (DIMS, Value::Part(mut sides)) => {
                    while !sides.bytes.is_empty() {
                        tensor.dims.push(sides.number()?);
                    }
                }
                (DATA_TYPE, Value::Number(number)) => tensor.data_type = number,
                (DATA_LOCATION, Value::Number(number)) => tensor.location = number,
                (FLOAT_DATA, Value::Float(number)) => tensor.numbers.push(number),
                (FLOAT_DATA, Value::Part(part)) => tensor.numbers.extend(floats(part.bytes)),
                (RAW_DATA, Value::Part(part)) => tensor.raw = Some(part.bytes),
                (EXTERNAL_DATA, Value::Part(entry)) => tensor.external.extend(entry_of(entry)?),
                _ => {}
            }
        }
        Ok(tensor)
    }

    fn place(&self) -> String {
        format!("tensor {}", self.name)
    }

    /// The tensor by its name, its numbers read from a file in `folder` if they are in one.
    fn saved(mut self, folder: &Path) -> Read<(String, SavedTensor)> {
        let side = |side: &u64| usize::try_from(*side).ok();
        let shape: Option<Vec<usize>> = self.dims.iter().map(side).collect();
        let bytes = shape.as_ref().and_then(|shape| {
            let mut sides = shape.iter();
            sides.try_fold(4_usize, |bytes, side| bytes.checked_mul(*side))
        });
        let (Some(shape), Some(bytes)) = (shape, bytes) else {
            let found = format!("{:?}", self.dims);
            return differs(self.place(), "a shape that memory can hold", found);
        };
        if self.data_type != FLOAT {
            let numbers = None;
            return Ok((self.name, SavedTensor { shape, numbers }));
        }
        match (self.location, self.raw) {
            (EXTERNAL, _) => {
                let bytes = self.external_bytes(folder, bytes)?;
                self.numbers.extend(floats(&bytes));
            }
            (_, Some(raw)) => self.numbers.extend(floats(raw)),
            (_, None) => {}
        }
        if 4 * self.numbers.len() != bytes {
            let expected = format!("numbers of the shape {:?}", self.dims);
            return differs(self.place(), &expected, self.numbers.len().to_string());
        }
        let numbers = Some(self.numbers);
        Ok((self.name, SavedTensor { shape, numbers }))
    }

    /// So many bytes of the file that the tensor names.
    fn external_bytes(&self, folder: &Path, count: usize) -> Read<Vec<u8>> {
        let location = self.external.get("location").map_or("", String::as_str);
        // A model must not make its reader open other files than those beside it.
        if Path::new(location).file_name() != Some(location.as_ref()) {
            let expected = "numbers in a file beside the model";
            return differs(self.place(), expected, format!("ones in {location:?}"));
        }
        let offset = match self.external.get("offset").map(|offset| offset.parse()) {
            None => 0,
            Some(Ok(offset)) => offset,
            Some(Err(_)) => {
                let found = self.external["offset"].clone();
                return differs(self.place(), "an offset in bytes", found);
            }
        };
        let mut bytes = Vec::new();
        let read = File::open(folder.join(location)).and_then(|mut file| {
            file.seek(SeekFrom::Start(offset))?;
            file.take(count as u64).read_to_end(&mut bytes)
        });
        let found = match read {
            Ok(read) if read == count => return Ok(bytes),
            Ok(read) => format!("{read}"),
            Err(error) => error.to_string(),
        };
        let expected = format!("{count} bytes in {location} from byte {offset} on");
        differs(self.place(), &expected, found)
    }
}

/// The key and the value of an entry.
fn entry_of(mut message: Message<'_>) -> Read<Option<(String, String)>> {
    let (mut key, mut value) = (None, None);
    while let Some((number, part)) = message.next()? {
        match (number, part) {
            (ENTRY_KEY, Value::Part(text)) => key = Some(text.text()),
            (ENTRY_VALUE, Value::Part(text)) => value = Some(text.text()),
            _ => {}
        }
    }
    Ok(key.zip(value))
}

/// Little-endian numbers of 32 bits.
fn floats(bytes: &[u8]) -> impl Iterator<Item = f32> {
    let (numbers, _) = bytes.as_chunks();
    numbers.iter().map(|bytes| f32::from_le_bytes(*bytes))
}

/// The rest of a message.
struct Message<'a> {
    bytes: &'a [u8],
    /// Its place in the file.
    at: usize,
}

/// A field's value.
enum Value<'a> {
    Number(u64),
    Float(f32),
    /// A text, bytes, a message, or several numbers.
    Part(Message<'a>),
    /// Of 64 bits, which no field has that is read.
    Other,
}

impl<'a> Message<'a> {
    fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes).into_owned()
    }

    /// The next field's number and value; `None` at the end.
    fn next(&mut self) -> Read<Option<(u64, Value<'a>)>> {
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let at = self.at;
        let key = self.number()?;
        let value = match key & 7 {
            0 => Value::Number(self.number()?),
            1 => {
                self.take(8)?;
                Value::Other
            }
            2 => {
                let length = self.number()?;
                let at = self.at;
                let bytes = self.take(length)?;
                Value::Part(Message { bytes, at })
            }
            5 => Value::Float(floats(self.take(4)?).next().expect("four bytes")),
            kind => {
                let found = format!("one of type {kind}");
                return differs(format!("byte {at}"), "an ONNX model's field", found);
            }
        };
        Ok(Some((key >> 3, value)))
    }

    /// A number of seven bits a byte, the lowest first.
    fn number(&mut self) -> Read<u64> {
        let at = self.at;
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        differs(format!("byte {at}"), "a number of 64 bits", "a longer one")
    }

    fn take(&mut self, count: u64) -> Read<&'a [u8]> {
        let split = usize::try_from(count).ok();
        let split = split.and_then(|count| self.bytes.split_at_checked(count));
        let Some((taken, rest)) = split else {
            let place = format!("byte {}", self.at);
            return differs(
                place,
                &format!("{count} bytes"),
                self.bytes.len().to_string(),
            );
        };
        self.bytes = rest;
        self.at += taken.len();
        Ok(taken)
    }
}
