//! The file of an index.
//!
//! All numbers are little-endian. In order:
//!
//! | bytes | content |
//! |---|---|
//! | 16 | `kartscope index\n` |
//! | 4 | the version, 1 |
//! | 4 | the length of the header |
//! | 8 | XXH3-64 of all that follows, up to the vectors |
//! | the length | the header: JSON with the description, the number of rows, and each text column's texts |
//! | 4 a dimension | the mean of the vectors, `f32` |
//! | 24 a row | step, length and margin of its quantised vector, `f64` |
//! | 8 or 4 a row and field | the value of an integer field, `i64`; the place of a text among the column's texts, `u32` |
//! | 8 a row | XXH3-64 of its vector's bytes |
//! | 1 a row and dimension | the quantised vectors, `i8` |
//! | 4 a row and dimension | the vectors, `f32`, of length 1 if the metric is cosine |
//!
//! All but the vectors is read when an index is opened. Vectors are read one by one when a search needs them: that takes a
//! microsecond from the system's cache, shares the cache between processes as a mapping would, and needs no unsafe code. A file that
//! shrinks gives an error, where a mapping would end the process.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use outputs::Output;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::codes::Codes;
use crate::description::Description;
use crate::payload::{Column, Kind};
use crate::quantised::Scale;
use crate::{Error, Result};

pub(crate) const MAGIC: &[u8; 16] = b"kartscope index\n";
const VERSION: u32 = 1;
/// The bytes before the header.
const PREAMBLE: usize = 32;
/// The most bytes that a header may have: texts are shared by many vectors, so that there are few.
const MOST_HEADER: u32 = 64 << 20;

/// All of an index but its vectors and what is quantised of them.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) description: Description,
    pub(crate) mean: Vec<f32>,
    pub(crate) scales: Vec<Scale>,
    pub(crate) columns: Vec<Column>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    description: Description,
    rows: u32,
    /// For each field the texts of its column; none for integers.
    texts: Vec<Vec<String>>,
}

/// Writes an index with these vectors and their quantised form, each one behind the other, and commits it.
pub(crate) fn write(
    mut output: Output,
    contents: &Contents,
    codes: &[i8],
    vectors: &[f32],
) -> Result<()> {
    let path = output.path().to_path_buf();
    let dimension = contents.description.embedding.dimension;
    let header = header_of(contents).map_err(Error::io("write", &path))?;
    let header_length = u32::try_from(header.len()).unwrap_or(u32::MAX);
    if header_length > MOST_HEADER {
        let expected = format!("texts of at most {MOST_HEADER} bytes");
        return Err(Error::argument("payload", expected, header.len()));
    }
    let mut head = header;
    for value in &contents.mean {
        head.extend(value.to_le_bytes());
    }
    for scale in &contents.scales {
        for value in [scale.step, scale.length, scale.margin] {
            head.extend(value.to_le_bytes());
        }
    }
    for column in &contents.columns {
        match column {
            Column::Integers(values) => head.extend(values.iter().flat_map(|v| v.to_le_bytes())),
            Column::Texts { codes, .. } => head.extend(codes.iter().flat_map(|v| v.to_le_bytes())),
        }
    }
    for vector in vectors.chunks_exact(dimension) {
        head.extend(xxh3_64(&bytes_of(vector)).to_le_bytes());
    }
    let codes: &[u8] = bytemuck::cast_slice(codes);
    let mut hash = Xxh3::new();
    hash.update(&head);
    hash.update(codes);

    let mut put = |bytes: &[u8]| output.write_all(bytes).map_err(Error::io("write", &path));
    put(MAGIC)?;
    put(&VERSION.to_le_bytes())?;
    put(&header_length.to_le_bytes())?;
    put(&hash.digest().to_le_bytes())?;
    put(&head)?;
    put(codes)?;
    for vector in vectors.chunks_exact(dimension) {
        put(&bytes_of(vector))?;
    }
    Ok(output.commit()?)
}

fn header_of(contents: &Contents) -> io::Result<Vec<u8>> {
    let texts = contents.columns.iter().map(|column| match column {
        Column::Integers(_) => Vec::new(),
        Column::Texts { texts, .. } => texts.clone(),
    });
    let header = Header {
        description: contents.description.clone(),
        // The builder counts them in 32 bits.
        rows: contents.scales.len() as u32,
        texts: texts.collect(),
    };
    Ok(serde_json::to_vec(&header)?)
}

fn bytes_of(vector: &[f32]) -> Vec<u8> {
    vector
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

/// The vectors of an open index, in their file.
#[derive(Debug)]
pub(crate) struct Vectors {
    file: File,
    path: PathBuf,
    /// Where they begin.
    offset: u64,
    dimension: usize,
    /// XXH3-64 of each.
    hashes: Vec<u64>,
}

impl Vectors {
    /// Reads the vector of a row, which exists.
    pub(crate) fn read(&self, row: u32, bytes: &mut Vec<u8>, vector: &mut Vec<f32>) -> Result<()> {
        let length = self.dimension * 4;
        bytes.resize(length, 0);
        let offset = self.offset + u64::from(row) * length as u64;
        self.file
            .read_exact_at(bytes, offset)
            .map_err(Error::io("read", &self.path))?;
        if xxh3_64(bytes) != self.hashes[row as usize] {
            let place = format!("vector {row}");
            let (expected, found) = ("the bytes that were written", "others");
            return Err(Error::mismatch(self.path.display(), place, expected, found));
        }
        let (numbers, _) = bytes.as_chunks();
        vector.clear();
        vector.extend(numbers.iter().map(|number| f32::from_le_bytes(*number)));
        Ok(())
    }
}

/// Opens and checks an index; the number is the hash of its contents.
pub(crate) fn open(path: &Path) -> Result<(Contents, Codes, Vectors, u64)> {
    let mut file = File::open(path).map_err(Error::io("read", path))?;
    let metadata = file.metadata().map_err(Error::io("read", path))?;
    if !metadata.is_file() {
        return Err(Error::mismatch(
            path.display(),
            "kind",
            "a regular file",
            "another",
        ));
    }
    let mut reader = Reader {
        file: &mut file,
        path,
        hash: Xxh3::new(),
    };
    let (header_length, hash) = reader.preamble()?;
    let left = metadata.len().saturating_sub(PREAMBLE as u64);
    if u64::from(header_length) > left {
        let expected = format!("{header_length} bytes of header");
        return Err(reader.mismatch("length", expected, left));
    }
    let header = reader.header(header_length as usize)?;
    let layout = Layout::of(&header);
    let length = layout.length(header_length);
    if length != Some(metadata.len()) {
        let expected = length.map_or("a file that can exist".to_owned(), |l| format!("{l} bytes"));
        return Err(reader.mismatch("length", expected, format!("{} bytes", metadata.len())));
    }
    // Every section is part of the file, so that what is allocated is no larger than the file.
    let Header {
        description,
        rows,
        texts,
    } = header;
    let dimension = description.embedding.dimension;
    let rows = rows as usize;
    let mean = reader.numbers(dimension, f32::from_le_bytes)?;
    let scales = reader.numbers(3 * rows, f64::from_le_bytes)?;
    let mut columns = Vec::new();
    for (field, texts) in description.fields.iter().zip(texts) {
        columns.push(match field.kind {
            Kind::Integer => Column::Integers(reader.numbers(rows, i64::from_le_bytes)?),
            Kind::Text => {
                let codes = reader.numbers(rows, u32::from_le_bytes)?;
                Column::Texts { texts, codes }
            }
        });
    }
    let hashes = reader.numbers(rows, u64::from_le_bytes)?;
    let mut codes = Codes::zeroed(rows * dimension).map_err(Error::io("read", path))?;
    reader.fill(codes.bytes_mut())?;
    let found = reader.hash.digest();
    if found != hash {
        let expected = format!("XXH3-64 {hash:016x}");
        return Err(reader.mismatch("contents", expected, format!("{found:016x}")));
    }
    let contents = Contents {
        description,
        mean,
        scales: scales
            .as_chunks()
            .0
            .iter()
            .map(|[step, length, margin]| Scale {
                step: *step,
                length: *length,
                margin: *margin,
            })
            .collect(),
        columns,
    };
    contents.check(path)?;
    let vectors = Vectors {
        offset: metadata.len() - (rows * dimension * 4) as u64,
        file,
        path: path.to_path_buf(),
        dimension,
        hashes,
    };
    Ok((contents, codes, vectors, hash))
}

/// The sizes of the parts behind the header.
struct Layout {
    dimension: u64,
    rows: u64,
    /// The bytes of a row's payload.
    payload: u64,
}

impl Layout {
    fn of(header: &Header) -> Self {
        let widths = header
            .description
            .fields
            .iter()
            .map(|field| match field.kind {
                Kind::Integer => 8,
                Kind::Text => 4,
            });
        Self {
            dimension: header.description.embedding.dimension as u64,
            rows: u64::from(header.rows),
            payload: widths.sum(),
        }
    }

    /// The file's length, if it can be expressed.
    fn length(&self, header_length: u32) -> Option<u64> {
        let row = (24 + self.payload + 8).checked_add(self.dimension.checked_mul(5)?)?;
        let rows = self.rows.checked_mul(row)?;
        let before = PREAMBLE as u64 + u64::from(header_length) + 4 * self.dimension;
        before.checked_add(rows)
    }
}

/// A file that is read section by section and hashed.
struct Reader<'a> {
    file: &'a mut File,
    path: &'a Path,
    hash: Xxh3,
}

impl Reader<'_> {
    fn mismatch(
        &self,
        place: &str,
        expected: impl std::fmt::Display,
        found: impl std::fmt::Display,
    ) -> Error {
        Error::mismatch(self.path.display(), place, expected, found)
    }

    /// The next bytes, which the file has.
    fn bytes(&mut self, length: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads the next bytes, which the file has, into `bytes`.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        self.file
            .read_exact(bytes)
            .map_err(Error::io("read", self.path))?;
        self.hash.update(bytes);
        Ok(())
    }

    /// The next numbers of `N` bytes each, which the file has.
    fn numbers<T, const N: usize>(
        &mut self,
        count: usize,
        number: fn([u8; N]) -> T,
    ) -> Result<Vec<T>> {
        let bytes = self.bytes(count * N)?;
        let (numbers, _) = bytes.as_chunks();
        Ok(numbers.iter().map(|bytes| number(*bytes)).collect())
    }

    /// The header's length and the hash of what follows.
    fn preamble(&mut self) -> Result<(u32, u64)> {
        let mut bytes = Vec::new();
        self.file
            .take(PREAMBLE as u64)
            .read_to_end(&mut bytes)
            .map_err(Error::io("read", self.path))?;
        let split = bytes
            .split_first_chunk()
            .filter(|(magic, _)| *magic == MAGIC);
        let Some((version, rest)) = split.and_then(|(_, rest)| rest.split_first_chunk()) else {
            return Err(self.mismatch("kind", "an index of kartscope's", "another file"));
        };
        let version = u32::from_le_bytes(*version);
        if version != VERSION {
            return Err(self.mismatch("version", VERSION, version));
        }
        let lengths = rest.split_first_chunk().and_then(|(length, rest)| {
            let (hash, _) = rest.split_first_chunk()?;
            Some((u32::from_le_bytes(*length), u64::from_le_bytes(*hash)))
        });
        let Some((length, hash)) = lengths else {
            let expected = format!("at least {PREAMBLE} bytes");
            return Err(self.mismatch("length", expected, bytes.len()));
        };
        if length > MOST_HEADER {
            let expected = format!("at most {MOST_HEADER} bytes");
            return Err(self.mismatch("header", expected, length));
        }
        Ok((length, hash))
    }

    fn header(&mut self, length: usize) -> Result<Header> {
        let text = self.bytes(length)?;
        let header: Header = serde_json::from_slice(&text)
            .map_err(|error| self.mismatch("header", "JSON of an index's header", error))?;
        header.description.check().map_err(|error| match error {
            Error::Argument {
                what,
                expected,
                found,
            } => self.mismatch(&what, expected, found),
            other => other,
        })?;
        let fields = header.description.fields.len();
        if header.texts.len() != fields {
            let expected = format!("texts of {fields} fields");
            return Err(self.mismatch("header", expected, header.texts.len()));
        }
        Ok(header)
    }
}

impl Contents {
    /// Fails unless a search can work with the contents, as that of every file does that this crate wrote.
    fn check(&self, path: &Path) -> Result<()> {
        let mismatch = |place: &str, expected: &str, found: String| {
            Err(Error::mismatch(path.display(), place, expected, found))
        };
        if let Some(value) = self.mean.iter().find(|value| !value.is_finite()) {
            return mismatch("mean", "finite numbers", value.to_string());
        }
        for (row, scale) in self.scales.iter().enumerate() {
            let numbers = [scale.step, scale.length, scale.margin];
            if !numbers
                .iter()
                .all(|value| value.is_finite() && *value >= 0.0)
            {
                let place = format!("scale of vector {row}");
                return mismatch(&place, "finite numbers, none below 0", format!("{scale:?}"));
            }
        }
        for (field, column) in self.description.fields.iter().zip(&self.columns) {
            let Column::Texts { texts, codes } = column else {
                continue;
            };
            if let Some(code) = codes.iter().find(|code| **code as usize >= texts.len()) {
                let expected = format!("one of {} texts", texts.len());
                return mismatch(&field.name, &expected, format!("text {code}"));
            }
        }
        Ok(())
    }
}
