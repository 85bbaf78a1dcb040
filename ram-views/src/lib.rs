//! Typed views of a console's RAM, for any byte order and any span of addresses.
//!
//! A [`Memory`] says where RAM lies and how an image of it keeps numbers. The [`view!`] macro declares
//! a structure in such a memory once: from that come getters and setters at constant offsets, and a
//! [`layout::Layout`] that is known at run time. A [`symbol::Program`] adds the fixed addresses at which
//! a program keeps its structures; then [`path::Path`] finds fields by name,
//! [`differences`](mod@differences) compares two images and [`search`] finds numbers whose place is not
//! known.
//!
//! ```
//! use ram_views::view::View;
//! use ram_views::{LittleEndian, Memory, Ram, view};
//!
//! /// The memory of a console with 64 KiB.
//! pub struct Small;
//!
//! impl Memory for Small {
//!     const BASE: u32 = 0x8000_0000;
//!     const SIZE: usize = 0x1_0000;
//!     type Order = LittleEndian;
//! }
//!
//! view! {
//!     Small;
//!     /// A kart.
//!     pub struct Kart, KartMut = "kart_t" [0x8] {
//!         /// The lap, from 0.
//!         Headers lap @ 0x0: u16,
//!         /// Distance per frame.
//!         Headers speed @ 0x4: i32,
//!     }
//! }
//!
//! let mut image = vec![0; Small::SIZE];
//! let mut kart = KartMut::from_prefix(&mut image[0x100..]).ok_or("no room")?;
//! kart.set_speed(-5);
//! let ram = Ram::<Small>::new(&image)?;
//! assert_eq!(ram.at::<Kart<'_>>(0x8000_0100)?.speed(), -5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The layers, each of which names only those before it: [`layout`] and errors; [`Memory`]; field
//! types, pointers and views; [`Ram`]; symbols; values; [`path`]; [`display`], [`differences`] and
//! [`search`].

#![forbid(unsafe_code)]

pub mod changes;
#[doc(hidden)]
pub mod declaration;
pub mod differences;
pub mod display;
mod error;
pub mod field;
pub mod layout;
mod memory;
pub mod path;
pub mod places;
pub mod pointer;
mod ram;
pub mod search;
pub mod symbol;
mod value;
pub mod view;

#[doc(hidden)]
pub use bitflags;
pub use error::{Error, Result};
pub use memory::{ByteOrder, LittleEndian, Memory, WordSwapped};
#[doc(hidden)]
pub use pastey;
pub use ram::{Ram, RamMut};
pub use value::FieldValue;
