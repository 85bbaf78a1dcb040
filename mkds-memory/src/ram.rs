//! The game in an image of main RAM.

use std::fmt;
use std::ops::{Deref, DerefMut};

use ram_views::pointer::Pointer;
use ram_views::symbol::{Count, Image, ImageMut, Program as _};
use ram_views::view::Table;

use crate::colliders::{CollisionEntry, MAX_COLLISION_ENTRIES};
use crate::error::Result;
use crate::input::{Controller, Recording};
use crate::items::{ItemConfig, ItemDefinition};
use crate::race::{MultiConfig, RaceConfig, Scene};
use crate::region::Region;
use crate::symbols;

/// An image of the console's main RAM that holds the game.
#[derive(Clone, Copy)]
pub struct Ram<'a>(Image<'a, Region>);

impl<'a> Deref for Ram<'a> {
    type Target = Image<'a, Region>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl fmt::Debug for Ram<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ram")
            .field("region", &self.region())
            .finish_non_exhaustive()
    }
}

impl<'a> Ram<'a> {
    /// The game in `bytes`, the console's whole main RAM.
    ///
    /// # Errors
    ///
    /// Unless there are [`RAM_SIZE`](crate::RAM_SIZE) bytes; [`Error::UnknownRegion`](crate::Error::UnknownRegion) if
    /// the program in it is no known build.
    pub fn new(bytes: &'a [u8]) -> Result<Self> {
        Ok(Self(Region::image(bytes)?))
    }

    /// The build of the game.
    #[must_use]
    pub const fn region(&self) -> Region {
        self.0.program()
    }

    /// What the menus have chosen so far; `None` before they have been there.
    ///
    /// # Errors
    ///
    /// The configuration lies outside main RAM.
    pub fn race_config(&self) -> Result<Option<RaceConfig<'a>>> {
        Ok(self.root(&symbols::RACE_CONFIG)?)
    }

    /// What the menus have chosen so far, for this race and the next; `None` before they have been
    /// there.
    ///
    /// # Errors
    ///
    /// It lies outside main RAM.
    pub fn multi_config(&self) -> Result<Option<MultiConfig<'a>>> {
        Ok(self.root(&symbols::RACE_CONFIG)?)
    }

    /// The id of the course loaded last.
    ///
    /// # Errors
    ///
    /// This build of the game keeps it elsewhere.
    pub fn course_id(&self) -> Result<u32> {
        Ok(self.symbol_word(&symbols::COURSE_ID)?)
    }

    /// What the running scene is doing, 2 being a race; `None` while no scene runs.
    ///
    /// # Errors
    ///
    /// The scene lies outside main RAM.
    pub fn scene_state(&self) -> Result<Option<u32>> {
        let scene: Option<Scene<'_>> = self.root(&symbols::SCENE)?;
        Ok(scene.map(|scene| scene.state()))
    }

    /// The controllers: those of eight drivers, the one that steers the menus, and the console's own.
    ///
    /// # Errors
    ///
    /// This build of the game keeps them elsewhere.
    pub fn controllers(&self) -> Result<Table<'a, Controller<'a>>> {
        let symbol = &symbols::CONTROLLER_SLOTS;
        let Count::Fixed(count) = symbol.count else {
            return Ok(Table::new(&[]));
        };
        let address = self.address(symbol)?;
        Ok(self.table(symbol.name, address, Pointer(address), count)?)
    }

    /// The `index`th of [`Ram::controllers`]: that of the driver with this
    /// [`input_id`](crate::Driver::input_id).
    ///
    /// # Errors
    ///
    /// [`NoSuchElement`](ram_views::Error::NoSuchElement) from 10 on; as [`Ram::controllers`].
    pub fn controller(&self, index: usize) -> Result<Controller<'a>> {
        let controllers = self.controllers()?;
        let missing = ram_views::Error::NoSuchElement {
            symbol: symbols::CONTROLLER_SLOTS.name,
            index,
            count: controllers.len(),
        };
        Ok(controllers.get(index).ok_or(missing)?)
    }

    /// What the player presses, being recorded; `None` if nothing was.
    ///
    /// # Errors
    ///
    /// The recording lies outside main RAM.
    pub fn player_recording(&self) -> Result<Option<Recording<'a>>> {
        Ok(self.root(&symbols::PLAYER_RECORDING)?)
    }

    /// What the ghost presses, being played; `None` if there is none.
    ///
    /// # Errors
    ///
    /// The recording lies outside main RAM.
    pub fn ghost_recording(&self) -> Result<Option<Recording<'a>>> {
        Ok(self.root(&symbols::GHOST_RECORDING)?)
    }

    /// The kinds of items, by [`ItemKind`](crate::items::ItemKind); none outside races.
    ///
    /// # Errors
    ///
    /// They lie outside main RAM.
    pub fn item_types(&self) -> Result<Table<'a, ItemDefinition<'a>>> {
        Ok(self.fixed(&symbols::ITEM_TYPES)?)
    }

    /// What item boxes may give, by [`SlotItem`](crate::items::SlotItem); none outside races.
    ///
    /// # Errors
    ///
    /// They lie outside main RAM.
    pub fn item_configs(&self) -> Result<Table<'a, ItemConfig<'a>>> {
        Ok(self.fixed(&symbols::ITEM_CONFIGS)?)
    }

    /// What may be hit beside the course; none outside races.
    ///
    /// # Errors
    ///
    /// There are more than [`MAX_COLLISION_ENTRIES`], or they lie outside main RAM.
    pub fn collision_entries(&self) -> Result<Table<'a, CollisionEntry<'a>>> {
        let counted = &symbols::COLLISION_ENTRY_COUNT;
        let symbol = &symbols::COLLISION_ENTRIES;
        let (found, pointer) = (self.symbol_half(counted)?, self.symbol_word(symbol)?);
        if pointer == 0 {
            return Ok(Table::new(&[]));
        }
        if usize::from(found) > MAX_COLLISION_ENTRIES {
            let absurd = ram_views::Error::AbsurdCount {
                symbol: counted.name,
                address: self.address(counted)?,
                found: found.into(),
                limit: MAX_COLLISION_ENTRIES as u32,
            };
            return Err(absurd.into());
        }
        let address = self.address(symbol)?;
        Ok(self.table(symbol.name, address, Pointer(pointer), found.into())?)
    }
}

/// An image of main RAM that holds the game and can be written to.
pub struct RamMut<'a>(ImageMut<'a, Region>);

impl<'a> Deref for RamMut<'a> {
    type Target = ImageMut<'a, Region>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for RamMut<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl fmt::Debug for RamMut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ram().fmt(f)
    }
}

impl<'a> RamMut<'a> {
    /// The game in `bytes`; see [`Ram::new`].
    ///
    /// # Errors
    ///
    /// As [`Ram::new`].
    pub fn new(bytes: &'a mut [u8]) -> Result<Self> {
        Ok(Self(Region::image_mut(bytes)?))
    }

    /// The same image, for reading.
    #[must_use]
    pub fn ram(&self) -> Ram<'_> {
        Ram(self.0.image())
    }
}
