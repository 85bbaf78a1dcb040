//! Weights in ONNX files: the initialisers of a model's graph.
//!
//! A file is one message of Protocol Buffers, as onnx.proto3 describes it. This reader knows their encoding, and of the messages the
//! few fields that lead to named tensors of 32-bit numbers. It skips all others.

use super::weights::{SavedTensor, SavedTensors};
use crate::difference::Difference;

/// Numbers of fields: of the model, its graph, and a tensor.
const GRAPH: u64 = 7;
const INITIALIZER: u64 = 5;
const DIMS: u64 = 1;
const DATA_TYPE: u64 = 2;
const FLOAT_DATA: u64 = 4;
const NAME: u64 = 8;
const RAW_DATA: u64 = 9;
const DATA_LOCATION: u64 = 14;

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

/// The tensors of a file, by name.
pub(super) fn read(file: &[u8]) -> Read<SavedTensors> {
    let mut tensors = Vec::new();
    let mut model = Message { bytes: file, at: 0 };
    while let Some((number, value)) = model.next()? {
        let (GRAPH, Value::Part(mut graph)) = (number, value) else {
            continue;
        };
        while let Some((number, value)) = graph.next()? {
            if let (INITIALIZER, Value::Part(tensor)) = (number, value) {
                tensors.push(read_tensor(tensor)?);
            }
        }
    }
    Ok(tensors)
}

fn read_tensor(mut message: Message<'_>) -> Read<(String, SavedTensor)> {
    let (mut name, mut dims, mut data_type, mut location) = (String::new(), Vec::new(), 0, 0);
    let (mut numbers, mut raw) = (Vec::new(), None);
    while let Some((number, value)) = message.next()? {
        match (number, value) {
            (NAME, Value::Part(text)) => name = String::from_utf8_lossy(text.bytes).into_owned(),
            (DIMS, Value::Number(side)) => dims.push(side),
            (DIMS, Value::Part(mut sides)) => {
                while !sides.bytes.is_empty() {
                    dims.push(sides.number()?);
                }
            }
            (DATA_TYPE, Value::Number(number)) => data_type = number,
            (DATA_LOCATION, Value::Number(number)) => location = number,
            (FLOAT_DATA, Value::Float(number)) => numbers.push(number),
            (FLOAT_DATA, Value::Part(part)) => numbers.extend(floats(part.bytes)),
            (RAW_DATA, Value::Part(part)) => raw = Some(part.bytes),
            _ => {}
        }
    }
    let place = || format!("tensor {name}");
    if location == EXTERNAL {
        return differs(place(), "numbers in the file", "numbers in another file");
    }
    let side = |side: &u64| usize::try_from(*side).ok();
    let shape: Option<Vec<usize>> = dims.iter().map(side).collect();
    let Some(shape) = shape else {
        return differs(place(), "a shape that memory can hold", format!("{dims:?}"));
    };
    if data_type != FLOAT {
        let numbers = None;
        return Ok((name, SavedTensor { shape, numbers }));
    }
    numbers.extend(raw.into_iter().flat_map(floats));
    let mut sides = shape.iter();
    let count = sides.try_fold(1_usize, |count, side| count.checked_mul(*side));
    if count != Some(numbers.len()) {
        let expected = format!("numbers of the shape {dims:?}");
        return differs(place(), &expected, numbers.len().to_string());
    }
    let numbers = Some(numbers);
    Ok((name, SavedTensor { shape, numbers }))
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
