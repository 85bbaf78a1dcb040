use std::num::NonZeroU32;

use env_core::columns::{Column, DType};
use serde::{Deserialize, Serialize};

use super::columns::OBSERVATION;
use super::pictures::{self, PICTURE};
use super::{Console, PictureFormat};
use crate::difference::Difference;
use crate::{Error, Result, files};

/// The most numbers an observation may have: far above any use, and a limit for allocations
/// whose size a manifest gives.
const MAX_WIDTH: usize = 1 << 20;

/// What a row is: the columns of its observation, in the order of the flat vector, its picture if it has one, and the frames
/// that it lasts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    #[serde(default, skip_serializing_if = "Console::is_unnamed")]
    console: Console,
    frames_per_step: NonZeroU32,
    fields: Vec<Column>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pictures: Option<PictureFormat>,
}

impl Schema {
    /// A schema of `fields`, a row a frame, on the DS.
    ///
    /// # Errors
    /// [`Error::Argument`] when there are none, a name is empty or double, a field has no
    /// numbers, is not `float32`, or there are too many numbers.
    pub fn new(fields: Vec<Column>) -> Result<Self> {
        let schema = Self::unchecked(Console::default(), NonZeroU32::MIN, fields, None);
        schema.check().map_err(Error::argument)?;
        Ok(schema)
    }

    /// A schema of a picture alone, without numbers of an observation, a row a frame, on the DS.
    ///
    /// # Errors
    /// [`Error::Argument`] for pictures without pixels or too large.
    pub fn of_pictures(pictures: PictureFormat) -> Result<Self> {
        Self::unchecked(Console::default(), NonZeroU32::MIN, Vec::new(), None)
            .with_pictures(pictures)
    }

    pub(super) fn unchecked(
        console: Console,
        frames_per_step: NonZeroU32,
        fields: Vec<Column>,
        pictures: Option<PictureFormat>,
    ) -> Self {
        Self {
            console,
            frames_per_step,
            fields,
            pictures,
        }
    }

    /// The same with a picture in every row.
    ///
    /// # Errors
    /// [`Error::Argument`] for pictures without pixels or too large, or when a field has the pictures' name.
    pub fn with_pictures(self, pictures: PictureFormat) -> Result<Self> {
        let schema = Self {
            pictures: Some(pictures),
            ..self
        };
        schema.check().map_err(Error::argument)?;
        Ok(schema)
    }

    /// The same without pictures: what a reader of the numbers alone compares.
    #[must_use]
    pub fn without_pictures(self) -> Self {
        Self {
            pictures: None,
            ..self
        }
    }

    /// The same with so many frames a row.
    #[must_use]
    pub fn with_frames_per_step(self, frames_per_step: NonZeroU32) -> Self {
        Self {
            frames_per_step,
            ..self
        }
    }

    /// The same on another console.
    #[must_use]
    pub fn on(self, console: Console) -> Self {
        Self { console, ..self }
    }

    /// Size and encoding of the rows' pictures; `None` for rows without pictures.
    pub fn pictures(&self) -> Option<PictureFormat> {
        self.pictures
    }

    /// The console.
    pub fn console(&self) -> Console {
        self.console
    }

    /// The frames from one row to the next, in which the row's action is held.
    pub fn frames_per_step(&self) -> NonZeroU32 {
        self.frames_per_step
    }

    /// Returns the first error.
    pub(crate) fn check(&self) -> Result<(), Difference> {
        let wrong = |place: &str, expected: &str, found: String| {
            Err(Difference {
                place: format!("observation field {place}"),
                expected: expected.to_owned(),
                found,
            })
        };
        if let Some(pictures) = &self.pictures {
            pictures.check()?;
        }
        if self.fields.is_empty() && self.pictures.is_none() {
            return wrong("list", "at least one field", "none".to_owned());
        }
        let mut total: usize = 0;
        for (index, field) in self.fields.iter().enumerate() {
            if field.name.is_empty() {
                return wrong(&index.to_string(), "a name", "an empty one".to_owned());
            }
            if self.fields[..index]
                .iter()
                .any(|earlier| earlier.name == field.name)
            {
                return wrong(&field.name, "a name used once", "it twice".to_owned());
            }
            let is_picture = format!("{OBSERVATION}.{}", field.name) == PICTURE;
            if is_picture && self.pictures.is_some() {
                let expected = "another name than the picture's";
                return wrong(&field.name, expected, "it".to_owned());
            }
            if field.dtype != DType::F32 {
                let found = field.dtype.numpy().to_owned();
                return wrong(&field.name, "dtype float32", found);
            }
            let width = field
                .shape
                .iter()
                .try_fold(1usize, |product, side| product.checked_mul(*side));
            total = match width.and_then(|width| width.checked_add(total)) {
                Some(sum) if sum > total && sum <= MAX_WIDTH => sum,
                _ => {
                    let expected = format!("1 to {MAX_WIDTH} numbers in all");
                    return wrong(&field.name, &expected, format!("shape {:?}", field.shape));
                }
            };
        }
        Ok(())
    }

    /// The fields, in order.
    pub fn fields(&self) -> &[Column] {
        &self.fields
    }

    /// How many numbers an observation has.
    pub fn width(&self) -> usize {
        self.fields.iter().map(Column::width).sum()
    }

    /// SHA-256 of the schema: equal exactly when the console, the step length, the pictures' format and the names, units, shapes, types, bounds and order
    /// of the fields are.
    pub fn hash(&self) -> String {
        let mut text = format!("{} frames per step\n", self.frames_per_step);
        if !self.console.is_unnamed() {
            text += &format!("{}\n", self.console.name());
        }
        if let Some(pictures) = &self.pictures {
            text += &format!("pictures of {pictures}\n");
        }
        for field in &self.fields {
            text += &format!("{field}\n");
        }
        files::sha256(text.as_bytes())
    }

    /// The first difference to another schema.
    pub(crate) fn difference(&self, other: &Self) -> Option<Difference> {
        if self.console != other.console {
            return Some(Difference {
                place: "console".to_owned(),
                expected: self.console.name().to_owned(),
                found: other.console.name().to_owned(),
            });
        }
        if self.frames_per_step != other.frames_per_step {
            return Some(Difference {
                place: "frames_per_step".to_owned(),
                expected: self.frames_per_step.to_string(),
                found: other.frames_per_step.to_string(),
            });
        }
        if self.pictures != other.pictures {
            return Some(Difference {
                place: "pictures".to_owned(),
                expected: pictures::describe(self.pictures),
                found: pictures::describe(other.pictures),
            });
        }
        (0..self.fields.len().max(other.fields.len()))
            .map(|index| Difference {
                place: "observation".to_owned(),
                expected: describe(self.fields.get(index)),
                found: describe(other.fields.get(index)),
            })
            .find(|difference| difference.expected != difference.found)
    }
}

/// A column in one line, without its documentation.
pub(super) fn describe(column: Option<&Column>) -> String {
    column.map_or_else(|| "nothing".to_owned(), Column::to_string)
}
