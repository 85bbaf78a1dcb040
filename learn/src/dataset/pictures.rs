//! Pictures in a dataset: how they are encoded, and those of a movie's rows.

use std::fmt::{Display, Formatter};
use std::io::Cursor;
use std::str::FromStr;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ImageFormat, ImageReader, RgbImage};
use serde::{Deserialize, Serialize};

use crate::difference::Difference;

/// The name of the pictures' column. `observation.` as for all that is seen before the step.
pub const PICTURE: &str = "observation.picture";

/// The longest side of a picture: far above any use, and a limit for allocations whose size a file gives.
const LONGEST_SIDE: u32 = 4096;

/// How a picture is encoded. As text, in files and on the command line: `png`, `jpeg` or `jpeg:QUALITY`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Encoding {
    /// Lossless.
    #[default]
    Png,
    /// Lossy, several times smaller.
    Jpeg {
        /// 1 to 100, the best.
        quality: u8,
    },
}

impl Encoding {
    /// The quality of a JPEG when none is given.
    const QUALITY: u8 = 90;

    const fn format(self) -> ImageFormat {
        match self {
            Self::Png => ImageFormat::Png,
            Self::Jpeg { .. } => ImageFormat::Jpeg,
        }
    }

    /// The ending of such a picture's file name, without the dot.
    pub(super) const fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg { .. } => "jpg",
        }
    }
}

impl Display for Encoding {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Png => f.write_str("png"),
            Self::Jpeg { quality } => write!(f, "jpeg:{quality}"),
        }
    }
}

impl From<Encoding> for String {
    fn from(encoding: Encoding) -> Self {
        encoding.to_string()
    }
}

impl TryFrom<String> for Encoding {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for Encoding {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let quality = match text.split_once(':') {
            None if text == "png" => return Ok(Self::Png),
            None if text == "jpeg" => Some(Self::QUALITY),
            Some(("jpeg", quality)) => quality.parse().ok(),
            _ => None,
        };
        match quality.filter(|quality| (1..=100).contains(quality)) {
            Some(quality) => Ok(Self::Jpeg { quality }),
            None => Err(format!(
                "expected png, jpeg or jpeg:QUALITY with a quality from 1 to 100, found {text:?}"
            )),
        }
    }
}

/// What every picture of a dataset is: size and encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureFormat {
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// The encoding.
    pub encoding: Encoding,
}

impl PictureFormat {
    /// Checks the size.
    pub(super) fn check(&self) -> Result<(), Difference> {
        let sides = 1..=LONGEST_SIDE;
        match sides.contains(&self.width) && sides.contains(&self.height) {
            true => Ok(()),
            false => Err(Difference {
                place: "pictures".to_owned(),
                expected: format!("sides of 1 to {LONGEST_SIDE} pixels"),
                found: size((self.width, self.height)),
            }),
        }
    }

    /// Encodes a picture.
    ///
    /// # Errors
    /// It is of another size, said in words.
    pub fn encode(&self, picture: &RgbImage) -> Result<Vec<u8>, String> {
        self.require_size(picture.dimensions())?;
        let mut bytes = Vec::new();
        let written = match self.encoding {
            // Trying all filters in each line takes longer than the frames between two pictures.
            Encoding::Png => picture.write_with_encoder(PngEncoder::new_with_quality(
                &mut bytes,
                CompressionType::Fast,
                FilterType::Up,
            )),
            Encoding::Jpeg { quality } => {
                picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality))
            }
        };
        written.map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    /// Decodes a picture of this size and encoding. Transparency and depths other than 8 bits are converted.
    ///
    /// # Errors
    /// It is damaged, of another size or encoding, said in words.
    pub fn decode(&self, bytes: &[u8]) -> Result<RgbImage, String> {
        self.require(bytes)?;
        let picture = self.reader(bytes).decode();
        Ok(picture.map_err(|error| error.to_string())?.into_rgb8())
    }

    /// Checks size and encoding by the picture's header; its pixels are not read.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn require(&self, bytes: &[u8]) -> Result<(), String> {
        let found = self.reader(bytes).into_dimensions();
        self.require_size(found.map_err(|error| error.to_string())?)
    }

    fn reader<'a>(&self, bytes: &'a [u8]) -> ImageReader<Cursor<&'a [u8]>> {
        ImageReader::with_format(Cursor::new(bytes), self.encoding.format())
    }

    fn require_size(&self, found: (u32, u32)) -> Result<(), String> {
        let expected = (self.width, self.height);
        match found == expected {
            true => Ok(()),
            false => Err(format!(
                "expected {}, found {}",
                size(expected),
                size(found)
            )),
        }
    }
}

/// A size in words.
fn size((width, height): (u32, u32)) -> String {
    format!("{width} x {height} pixels")
}

/// A dataset's pictures in words.
pub(super) fn describe(format: Option<PictureFormat>) -> String {
    format.map_or_else(|| "none".to_owned(), |format| format.to_string())
}

/// Size and encoding in one line: equal for two formats that are the same.
impl Display for PictureFormat {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let size = size((self.width, self.height));
        write!(f, "{size}, {}", self.encoding)
    }
}

/// The encoded pictures of a movie's rows, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoded {
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Encoded {
    /// Appends the picture of the next row.
    pub fn push(&mut self, picture: &[u8]) {
        self.bytes.extend_from_slice(picture);
        self.ends.push(self.bytes.len());
    }

    /// How many pictures there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The picture of a row.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn get(&self, row: usize) -> &[u8] {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[row]]
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        (0..self.len()).map(|row| self.get(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(encoding: Encoding) -> PictureFormat {
        PictureFormat {
            width: 9,
            height: 5,
            encoding,
        }
    }

    /// A picture of smooth colours.
    fn gradient() -> RgbImage {
        RgbImage::from_fn(9, 5, |x, y| image::Rgb([20 * x as u8, 40 * y as u8, 90]))
    }

    #[test]
    fn a_png_is_lossless_and_a_jpeg_is_close() {
        let png = format(Encoding::Png);
        let bytes = png.encode(&gradient()).expect("encoded");
        assert_eq!(png.decode(&bytes), Ok(gradient()));
        let jpeg = format(Encoding::Jpeg { quality: 100 });
        let bytes = jpeg.encode(&gradient()).expect("encoded");
        let decoded = jpeg.decode(&bytes).expect("decoded");
        let pairs = decoded.iter().zip(gradient().into_raw());
        let furthest = pairs
            .map(|(found, expected)| found.abs_diff(expected))
            .max();
        assert!(
            furthest.is_some_and(|furthest| furthest < 40),
            "{furthest:?}"
        );
    }

    #[test]
    fn another_size_another_encoding_and_damage_are_refused() {
        let png = format(Encoding::Png);
        let bytes = png.encode(&gradient()).expect("encoded");
        let wider = PictureFormat { width: 10, ..png };
        let expected = "expected 10 x 5 pixels, found 9 x 5 pixels";
        assert_eq!(wider.decode(&bytes), Err(expected.to_owned()));
        assert_eq!(wider.encode(&gradient()), Err(expected.to_owned()));
        let jpeg = format(Encoding::Jpeg { quality: 90 });
        jpeg.require(&bytes).expect_err("a PNG");
        for length in 0..bytes.len() - 12 {
            png.decode(&bytes[..length]).expect_err("cut short");
        }
    }

    #[test]
    fn any_byte_may_be_damaged() {
        for encoding in [Encoding::Png, Encoding::Jpeg { quality: 90 }] {
            let format = format(encoding);
            let bytes = format.encode(&gradient()).expect("encoded");
            for place in 0..bytes.len() {
                let mut damaged = bytes.clone();
                damaged[place] ^= 0xFF;
                if let Ok(picture) = format.decode(&damaged) {
                    assert_eq!(picture.dimensions(), (9, 5), "byte {place}");
                }
            }
        }
    }

    #[test]
    fn an_encoding_is_written_as_it_is_read() {
        for encoding in [
            Encoding::Png,
            Encoding::Jpeg { quality: 1 },
            Encoding::Jpeg { quality: 100 },
        ] {
            assert_eq!(encoding.to_string().parse(), Ok(encoding));
        }
        assert_eq!("jpeg".parse(), Ok(Encoding::Jpeg { quality: 90 }));
        for text in ["", "PNG", "png:3", "jpeg:", "jpeg:0", "jpeg:101", "webp"] {
            text.parse::<Encoding>().expect_err(text);
        }
    }
}
