//! The game's fields by name: `driver[0].boost_timer`, `map.cpoi[3].key_id`.
//!
//! ```
//! use mkds_memory::path::{Path, FieldValue};
//! use mkds_memory::{RAM_SIZE, Ram, RamMut};
//!
//! let mut image = vec![0; RAM_SIZE];
//! image[0xB54..0xB58].copy_from_slice(&0x0216_F320u32.to_le_bytes()); // says: the US game
//! let timer = Path::parse("driver[0].boost_timer")?;
//! let ram = Ram::new(&image)?;
//! assert_eq!(timer.read(&ram)?, None); // no race, no driver
//!
//! let course = Path::parse("course_id")?;
//! let mut ram = RamMut::new(&mut image)?;
//! course.write(&mut ram, &FieldValue::Integer(20))?;
//! assert_eq!(course.read(&ram.ram())?, Some(FieldValue::Integer(20)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The structure that a path leads to can be written by its setters:
//!
//! ```
//! # use mkds_memory::{RAM_SIZE, RamMut};
//! use mkds_memory::path::{Path, WriteError};
//! use mkds_memory::race::DriverStatus;
//!
//! fn give_a_lap(ram: &mut RamMut<'_>) -> Result<(), Box<dyn std::error::Error>> {
//!     let status = Path::parse("race_status.driver[0]")?;
//!     let mut status = status.view_mut::<DriverStatus<'static>>(ram)?;
//!     status.set_lap(status.view().lap() + 1);
//!     Ok(())
//! }
//! # let mut image = vec![0; RAM_SIZE];
//! # image[0xB54..0xB58].copy_from_slice(&0x0216_F320u32.to_le_bytes());
//! # let error = give_a_lap(&mut RamMut::new(&mut image)?).expect_err("no race");
//! # assert!(matches!(error.downcast_ref(), Some(WriteError::Nothing { .. })));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Places`] goes the other way, from an address to a path:
//!
//! ```
//! use mkds_memory::path::Places;
//! use mkds_memory::{RAM_SIZE, Ram, symbols};
//!
//! let mut image = vec![0; RAM_SIZE];
//! image[0xB54..0xB58].copy_from_slice(&0x0216_F320u32.to_le_bytes()); // says: the US game
//! let ram = Ram::new(&image)?;
//! let places = Places::new(&ram);
//! let place = places.at(symbols::COURSE_ID.address).ok_or("nothing is there")?;
//! assert_eq!(place.to_string(), "course_id");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use ram_views::FieldValue;
pub use ram_views::path::{PathError, WriteError};

use crate::region::Region;

/// The path to one of the game's fields.
pub type Path = ram_views::path::Path<Region>;
/// One of the game's fields, and an offset in it.
pub type Place = ram_views::places::Place<Region>;
/// The addresses of the game's fields in an image.
pub type Places = ram_views::places::Places<Region>;
