//! The class `Pictures`: the pictures of a movie's rows.

use std::fmt::Display;
use std::path::PathBuf;

use learn::dataset::{Encoded, PICTURE, PictureFormat, RgbImage};
use numpy::{PyReadonlyArray3, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyRange};

use super::facts::picture_format_of;
use super::place;
use crate::errors::DatasetError;
use crate::races::shaped;

/// Colours of a pixel.
const CHANNELS: usize = 3;

/// The pictures of a movie's rows, encoded. A sequence that decodes a picture when it is asked for: a uint8 array of shape
/// (height, width, 3), red, green and blue.
#[pyclass(frozen, sequence, module = "kartscope.datasets")]
pub(crate) struct Pictures {
    format: PictureFormat,
    encoded: Encoded,
    /// The file that they were read from.
    file: Option<PathBuf>,
}

#[pymethods]
impl Pictures {
    /// Pictures of a `kartscope.datasets.PictureFormat`. Each of `pictures` is either encoded already, bytes that are kept as they
    /// are, or a uint8 array of shape (height, width, 3), which is encoded.
    ///
    /// Raises
    /// ------
    /// DatasetError
    ///     A picture is of another size or encoding, or its header is damaged.
    #[new]
    fn new(format: Bound<'_, PyAny>, pictures: Bound<'_, PyAny>) -> PyResult<Self> {
        let format = picture_format_of(&format)?;
        let mut encoded = Encoded::default();
        for picture in pictures.try_iter()? {
            let picture = picture?;
            let differs = |found: &dyn Display| refusal(&format, encoded.len(), found);
            let bytes = if let Ok(bytes) = picture.cast::<PyBytes>() {
                let bytes = bytes.as_bytes();
                format.require(bytes).map_err(|found| differs(&found))?;
                bytes.to_vec()
            } else {
                let image = image_of(&picture).ok_or_else(|| differs(&described(&picture)))?;
                format.encode(&image).map_err(|found| differs(&found))?
            };
            encoded.push(&bytes);
        }
        Ok(Self {
            format,
            encoded,
            file: None,
        })
    }

    fn __len__(&self) -> usize {
        self.encoded.len()
    }

    /// Decodes the picture of a row.
    ///
    /// Raises
    /// ------
    /// DatasetError
    ///     It is damaged.
    fn __getitem__<'py>(&self, py: Python<'py>, row: isize) -> PyResult<Bound<'py, PyAny>> {
        let row = place("row", row, self.encoded.len())?;
        let decoded = py.detach(|| self.format.decode(self.encoded.get(row)));
        let image = decoded.map_err(|found| {
            let error = refusal(&self.format, row, &found);
            match &self.file {
                Some(file) => crate::errors::in_file(py, file, &error),
                None => error,
            }
        })?;
        let [_, height, width, channels] = self.sides();
        shaped(py, image.into_raw(), &[height, width, channels])
    }

    /// The decoded pictures, one after the other.
    fn __iter__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let rows = PyRange::new(this.py(), 0, this.len()?.try_into()?)?;
        let map = this.py().import("builtins")?.getattr("map")?;
        map.call1((this.getattr("__getitem__")?, rows))
    }

    /// The encoded picture of a row.
    fn encoded<'py>(&self, py: Python<'py>, row: isize) -> PyResult<Bound<'py, PyBytes>> {
        let row = place("row", row, self.encoded.len())?;
        Ok(PyBytes::new(py, self.encoded.get(row)))
    }

    /// The shape of all pictures together: (rows, height, width, 3).
    #[getter]
    fn shape(&self) -> (usize, usize, usize, usize) {
        self.sides().into()
    }

    /// The encoding: "png", or "jpeg:90" with the quality.
    #[getter]
    fn encoding(&self) -> String {
        self.format.encoding.to_string()
    }

    fn __repr__(&self) -> String {
        let count = self.encoded.len();
        format!("<kartscope.datasets.Pictures: {count} of {}>", self.format)
    }
}

impl Pictures {
    pub(super) const fn read(format: PictureFormat, encoded: Encoded, file: PathBuf) -> Self {
        Self {
            format,
            encoded,
            file: Some(file),
        }
    }

    pub(super) fn to_encoded(&self) -> Encoded {
        self.encoded.clone()
    }

    fn sides(&self) -> [usize; 4] {
        let [height, width] = [self.format.height, self.format.width].map(|side| side as usize);
        [self.encoded.len(), height, width, CHANNELS]
    }
}

/// The picture of a uint8 array of shape (height, width, 3); `None` for anything else.
fn image_of(picture: &Bound<'_, PyAny>) -> Option<RgbImage> {
    let array: PyReadonlyArray3<'_, u8> = picture.extract().ok()?;
    let &[height, width, CHANNELS] = array.shape() else {
        return None;
    };
    let pixels = array.as_array().iter().copied().collect();
    RgbImage::from_raw(width.try_into().ok()?, height.try_into().ok()?, pixels)
}

/// What was passed in a picture's place, in words.
fn described(picture: &Bound<'_, PyAny>) -> String {
    let parts = || -> PyResult<String> {
        let (dtype, shape) = (picture.getattr("dtype")?, picture.getattr("shape")?);
        Ok(format!("an array of {dtype} of shape {shape}"))
    };
    // Without a shape it is no array.
    parts().unwrap_or_else(|_| picture.get_type().to_string())
}

fn refusal(format: &PictureFormat, row: usize, found: &dyn Display) -> PyErr {
    DatasetError::new_err(format!(
        "{PICTURE}, row {row}: expected {format}, found {found}"
    ))
}
