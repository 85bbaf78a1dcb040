//! Fields as command lines name them, before it is known of which game they are.

use std::str::FromStr;

use anyhow::Result;
use clap::ValueEnum;
use ram_views::FieldValue;
use ram_views::layout::Type;
use ram_views::path::{Path, PathError};
use ram_views::symbol::Program;

use super::game::InspectedGame;
use crate::games::{GameKind, of_game};

/// The path to a field of one of the games.
#[derive(Debug, Clone)]
pub struct FieldName(String);

impl FieldName {
    /// The path in a game.
    ///
    /// # Errors
    /// When it leads nowhere there.
    pub fn of<G: InspectedGame>(&self) -> Result<Path<G::Program>, Misread> {
        Ok(Path::parse(&self.0)?)
    }
}

impl FromStr for FieldName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = Self(text.to_owned());
        in_any_game(|kind| of_game!(kind, G => name.of::<G>().map(drop)))?;
        Ok(name)
    }
}

/// A field of one of the games, and the value to write into it.
#[derive(Debug, Clone)]
pub struct Assignment {
    field: FieldName,
    value: String,
}

impl Assignment {
    /// The path in a game, and the value.
    ///
    /// # Errors
    /// When the path leads nowhere there, or the text is no value for it.
    pub fn of<G: InspectedGame>(&self) -> Result<(Path<G::Program>, FieldValue), Misread> {
        let path = self.field.of::<G>()?;
        let Self { value, .. } = self;
        let field_value = named(&path, value).or_else(|| FieldValue::parse(value));
        let field_value = field_value.ok_or_else(|| {
            let expected = match path.ty() {
                Some(Type::Enumeration(..)) => "a number or one of its names",
                _ => "a number",
            };
            Misread::after(&path, &format!("expected {expected}, found {value:?}"))
        })?;
        Ok((path, field_value))
    }
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (field, value) = text
            .split_once('=')
            .ok_or_else(|| format!("expected PATH=VALUE, found {text:?}"))?;
        let assignment = Self {
            field: field.parse()?,
            value: value.to_owned(),
        };
        in_any_game(|kind| of_game!(kind, G => assignment.of::<G>().map(drop)))?;
        Ok(assignment)
    }
}

/// The value of an enumeration's `name`.
fn named<P: Program>(path: &Path<P>, name: &str) -> Option<FieldValue> {
    let Some(Type::Enumeration(_, names)) = path.ty() else {
        return None;
    };
    let named = names
        .iter()
        .find(|(candidate, _)| candidate.eq_ignore_ascii_case(name));
    named.map(|(_, value)| FieldValue::Integer(*value))
}

/// A text that is wrong for a game.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Misread {
    /// The bytes of it that make sense there.
    reached: usize,
    message: String,
}

impl Misread {
    /// What is wrong with a path that leads somewhere.
    pub fn after<P: Program>(path: &Path<P>, message: &str) -> Self {
        Self {
            reached: path.text().len(),
            message: format!("{path}: {message}"),
        }
    }
}

impl From<PathError> for Misread {
    fn from(error: PathError) -> Self {
        Self {
            reached: error.reached(),
            message: error.to_string(),
        }
    }
}

/// Refuses a text that is wrong for every game.
///
/// # Errors
/// What is wrong for the game in which most of the text makes sense.
pub fn in_any_game(read: impl Fn(&'static GameKind) -> Result<(), Misread>) -> Result<(), String> {
    let mut misread: Option<Misread> = None;
    for kind in <&GameKind>::value_variants() {
        match read(kind) {
            Ok(()) => return Ok(()),
            Err(other)
                if misread
                    .as_ref()
                    .is_some_and(|first| first.reached >= other.reached) => {}
            Err(other) => misread = Some(other),
        }
    }
    misread.map_or(Ok(()), |misread| Err(misread.message))
}
