//! The game's fields by name: `player[0].speed`, `path_centre[0][3].position[1]`.
//!
//! ```
//! use mk64_memory::path::{FieldValue, Path};
//! use mk64_memory::{RAM_SIZE, Ram, RamMut};
//!
//! let mut image = vec![0; RAM_SIZE];
//! let item = Path::parse("player[0].item")?;
//! let mut ram = RamMut::new(&mut image)?;
//! item.write(&mut ram, &FieldValue::Integer(12))?;
//! assert_eq!(item.read(&ram.ram())?, Some(FieldValue::Integer(12)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use ram_views::FieldValue;
pub use ram_views::path::{PathError, WriteError};

use crate::symbols::Build;

/// The path to one of the game's fields.
pub type Path = ram_views::path::Path<Build>;
/// One of the game's fields, and an offset in it.
pub type Place = ram_views::places::Place<Build>;
/// The addresses of the game's fields in an image.
pub type Places = ram_views::places::Places<Build>;
