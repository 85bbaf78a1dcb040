//! `X.npy` and `y.npy`: the pictures and the inputs of a recording as arrays of NumPy.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use super::allowed;
use crate::{Error, Result};

/// The file of the pictures.
pub(super) const PICTURES: &str = "X.npy";
/// The file of the inputs.
const INPUTS: &str = "y.npy";

/// The longest header that is read: NumPy's own fit in one of 128 bytes.
const LONGEST_HEADER: usize = 1 << 16;

/// Pictures and inputs whose headers have been checked.
#[derive(Debug)]
pub(super) struct Arrays {
    pictures: PathBuf,
    inputs: PathBuf,
    rows: usize,
    /// Width and height.
    size: [u32; 2],
}

impl Arrays {
    /// Opens both arrays of a folder and checks their shapes and lengths.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let (pictures, inputs) = (folder.join(PICTURES), folder.join(INPUTS));
        let (_, shape) = open(&pictures, "|u1", 1)?;
        let refuse = |expected: &str| {
            let found = format!("{shape:?}");
            Error::mismatch(&pictures, "shape", expected, found)
        };
        let &[rows, height, width, 3] = shape.as_slice() else {
            return Err(refuse("[rows, height, width, 3]"));
        };
        let side = |side: usize| u32::try_from(side).ok().filter(|side| *side > 0);
        let (Some(width), Some(height)) = (side(width), side(height)) else {
            return Err(refuse("pictures with pixels"));
        };
        let (_, found) = open(&inputs, "<f8", 8)?;
        if found != [rows, 5] {
            let expected = format!("{:?}, as {PICTURES} has", [rows, 5]);
            return Err(Error::mismatch(
                &inputs,
                "shape",
                expected,
                format!("{found:?}"),
            ));
        }
        Ok(Self {
            pictures,
            inputs,
            rows,
            size: [width, height],
        })
    }

    /// Width and height of the pictures.
    pub(super) fn size(&self) -> [u32; 2] {
        self.size
    }

    /// Calls `row` with the number, the pixels and the inputs of each row.
    pub(super) fn read(
        &self,
        mut row: impl FnMut(usize, Vec<u8>, [f64; 5]) -> Result<()>,
    ) -> Result<()> {
        let (mut pictures, _) = open(&self.pictures, "|u1", 1)?;
        let (mut inputs, _) = open(&self.inputs, "<f8", 8)?;
        let [width, height] = self.size.map(|side| side as usize);
        let mut brightest = 0;
        for index in 0..self.rows {
            let mut pixels = vec![0; width * height * 3];
            let read = pictures.read_exact(&mut pixels);
            read.map_err(Error::io("read", &self.pictures))?;
            brightest = pixels.iter().copied().fold(brightest, u8::max);
            let mut values = [0.0; 5];
            for (column, value) in values.iter_mut().enumerate() {
                let mut bytes = [0; 8];
                let read = inputs.read_exact(&mut bytes);
                read.map_err(Error::io("read", &self.inputs))?;
                *value = f64::from_le_bytes(bytes);
                let allowed = allowed(column);
                if !allowed.contains(value) {
                    let place = format!("row {index}, column {column}");
                    let expected =
                        format!("a number from {} to {}", allowed.start(), allowed.end());
                    return Err(Error::mismatch(&self.inputs, place, expected, *value));
                }
            }
            row(index, pixels, values)?;
        }
        if brightest <= 1 {
            // TensorKart's prepare has stored brightness from 0 to 1 as whole numbers.
            let expected = "brightness up to 255";
            let found = format!("at most {brightest}: the pictures were lost when it was written");
            return Err(Error::mismatch(&self.pictures, "pixels", expected, found));
        }
        Ok(())
    }
}

/// Opens an array of this type, whose numbers have `bytes` bytes, behind its header; returns its shape too.
fn open(path: &Path, dtype: &str, bytes: usize) -> Result<(BufReader<File>, Vec<usize>)> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let length = file.metadata().map_err(Error::io("read", path))?.len();
    let mut file = BufReader::new(file);
    let (header, start) = header(&mut file)
        .map_err(|(expected, found)| Error::mismatch(path, "header", expected, found))?;
    for (key, expected) in [
        ("descr", format!("'{dtype}'")),
        ("fortran_order", "False".to_owned()),
    ] {
        let found = value(&header, key).unwrap_or_default();
        if found != expected {
            return Err(Error::mismatch(path, key, expected, found));
        }
    }
    let text = value(&header, "shape").unwrap_or_default();
    let sides = text
        .split(',')
        .map(str::trim)
        .filter(|side| !side.is_empty());
    let shape: Option<Vec<usize>> = sides.map(|side| side.parse().ok()).collect();
    let numbers = |shape: &Vec<usize>| {
        let mut sides = shape.iter();
        sides.try_fold(bytes, |product, side| product.checked_mul(*side))
    };
    let (shape, data) = shape
        .and_then(|shape| numbers(&shape).map(|data| (shape, data)))
        .ok_or_else(|| Error::mismatch(path, "shape", "sides of an array", text))?;
    let expected = (data as u64).saturating_add(start);
    match length == expected {
        true => Ok((file, shape)),
        false => {
            let expected = format!("{expected} bytes");
            Err(Error::mismatch(path, "length", expected, length))
        }
    }
}

/// The header's text and where the numbers begin.
fn header(file: &mut impl Read) -> Result<(String, u64), (&'static str, String)> {
    let expected = "an array of NumPy, format 1 to 3";
    let cut = |error: std::io::Error| (expected, error.to_string());
    let mut head = [0; 8];
    file.read_exact(&mut head).map_err(cut)?;
    let wide = match head {
        [0x93, b'N', b'U', b'M', b'P', b'Y', 1, _] => false,
        [0x93, b'N', b'U', b'M', b'P', b'Y', 2 | 3, _] => true,
        _ => return Err((expected, format!("{head:?}"))),
    };
    let mut length = [0; 4];
    let length_bytes = if wide { 4 } else { 2 };
    file.read_exact(&mut length[..length_bytes]).map_err(cut)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST_HEADER {
        return Err((expected, format!("a header of {length} bytes")));
    }
    let mut text = vec![0; length];
    file.read_exact(&mut text).map_err(cut)?;
    let text = String::from_utf8(text).map_err(|error| (expected, error.to_string()))?;
    Ok((text, (head.len() + length_bytes + length) as u64))
}

/// The value of a key in the header, a dictionary of Python; of a shape what is within its parentheses.
fn value<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = header.split_once(&format!("'{key}':"))?;
    let rest = rest.trim_start();
    match rest.strip_prefix('(') {
        Some(shape) => Some(shape.split_once(')')?.0),
        None => Some(rest.split_once([',', '}'])?.0.trim_end()),
    }
}
