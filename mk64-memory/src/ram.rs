//! The game in an image of RAM.

use std::fmt;
use std::ops::{Deref, DerefMut};

use ram_views::field::FieldType;
use ram_views::pointer::{Pointee, Pointer, To};
use ram_views::symbol::{Count, Image, ImageMut, Program as _, Symbol};
use ram_views::view::{Table, View};
use ram_views::{Error, Result};

use crate::actor::Actor;
use crate::camera::{Camera, MAX_SCREENS};
use crate::controller::Controller;
use crate::game::{GameMode, GameState, Menu, RaceState};
use crate::ghost::{GHOST_WORDS, GhostInput};
use crate::hud::Hud;
use crate::ids::CourseId;
use crate::player::{MAX_PLAYERS, Player, PlayerMut};
use crate::rdram::Rdram;
use crate::save::SaveData;
use crate::symbols::{self, Build};

/// An image of the console's RAM that holds the game. Nothing in RAM tells the builds apart: the game is taken for the
/// US one.
#[derive(Clone, Copy)]
pub struct Ram<'a>(Image<'a, Build>);

impl<'a> Deref for Ram<'a> {
    type Target = Image<'a, Build>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl fmt::Debug for Ram<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ram").finish_non_exhaustive()
    }
}

impl<'a> Ram<'a> {
    /// The game in `bytes`, the console's whole RAM as Mupen64Plus keeps it; with or without the expansion pak, which
    /// the game does not use.
    ///
    /// # Errors
    ///
    /// [`Error::ImageSize`] unless there are 4 or 8 MiB.
    pub fn new(bytes: &'a [u8]) -> Result<Self> {
        Ok(Self(Build::image(bytes)?))
    }

    /// The `index`th value at a symbol.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchElement`] if there are no more than `index`.
    pub fn element<T: FieldType<Rdram>>(&self, symbol: &Symbol, index: usize) -> Result<T> {
        let count = match symbol.count {
            Count::Fixed(count) => count,
            Count::Symbol(_) => 1,
        };
        let address = self.address(symbol)?.checked_add((index * T::SIZE) as u32);
        let value = address.filter(|_| index < count);
        value
            .and_then(|address| self.value(address))
            .ok_or(Error::NoSuchElement {
                symbol: symbol.name,
                index,
                count,
            })
    }

    /// The structures at a symbol.
    fn structures<V: View<'a, Memory = Rdram>>(&self, symbol: &Symbol) -> Result<Table<'a, V>> {
        let address = self.address(symbol)?;
        let count = symbol.size() / V::SIZE;
        self.table(symbol.name, address, Pointer(address), count)
    }

    /// What the game shows.
    ///
    /// # Errors
    ///
    /// None: the US game's addresses are known.
    pub fn game_state(&self) -> Result<GameState> {
        self.element(&symbols::GAME_STATE, 0)
    }

    /// How far the race is, if there is one.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn race_state(&self) -> Result<RaceState> {
        self.element(&symbols::RACE_STATE, 0)
    }

    /// The mode of play.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn mode(&self) -> Result<GameMode> {
        self.element(&symbols::MODE, 0)
    }

    /// The menu on the screen.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn menu(&self) -> Result<Menu> {
        self.element(&symbols::MENU, 0)
    }

    /// The course that was chosen last.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn course_id(&self) -> Result<CourseId> {
        self.element(&symbols::COURSE_ID, 0)
    }

    /// The controllers: see [`crate::controller`].
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn controllers(&self) -> Result<Table<'a, Controller<'a>>> {
        self.structures(&symbols::CONTROLLER)
    }

    /// All players, of which some may not be in the race.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn players(&self) -> Result<Table<'a, Player<'a>>> {
        self.structures(&symbols::PLAYER)
    }

    /// The cameras, by screen.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn cameras(&self) -> Result<Table<'a, Camera<'a>>> {
        self.structures(&symbols::CAMERA)
    }

    /// The cameras' vertical fields of view, degrees, by screen.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn fields_of_view(&self) -> Result<[f32; MAX_SCREENS]> {
        self.element(&symbols::CAMERA_FOV, 0)
    }

    /// The displays, by screen.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn huds(&self) -> Result<Table<'a, Hud<'a>>> {
        self.structures(&symbols::HUD)
    }

    /// The actors, of which some may not be there.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn actors(&self) -> Result<Table<'a, Actor<'a>>> {
        self.structures(&symbols::ACTOR)
    }

    /// What the cartridge keeps.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn save_data(&self) -> Result<SaveData<'a>> {
        self.in_place(&symbols::SAVE_DATA)
    }

    /// What the player's ghost presses, up to the last word that is not 0; none if there is no ghost.
    ///
    /// # Errors
    ///
    /// It leaves RAM.
    pub fn player_ghost(&self) -> Result<impl ExactSizeIterator<Item = GhostInput> + use<'a>> {
        let ghost: To<GhostInput> = self.element(&symbols::PLAYER_GHOST, 0)?;
        let words = self.pointed(ghost, GHOST_WORDS)?.enumerate();
        let last = words.filter(|(_, word)| word.0 != 0).last();
        self.pointed(ghost, last.map_or(0, |(index, _)| index + 1))
    }

    /// The `count` values behind a pointer; none if it is null.
    pub(crate) fn pointed<T: Pointee<Rdram>>(
        &self,
        pointer: To<T>,
        count: usize,
    ) -> Result<impl ExactSizeIterator<Item = T::At<'a>> + use<'a, T>> {
        pointer.follow_many(self, count)
    }
}

/// An image of the console's RAM that holds the game and can be written to.
pub struct RamMut<'a>(ImageMut<'a, Build>);

impl<'a> Deref for RamMut<'a> {
    type Target = ImageMut<'a, Build>;

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
        Ok(Self(Build::image_mut(bytes)?))
    }

    /// The same image, for reading.
    #[must_use]
    pub fn ram(&self) -> Ram<'_> {
        Ram(self.0.image())
    }

    /// The `index`th player, which may not be in the race, for writing.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchElement`] from [`MAX_PLAYERS`] on.
    pub fn player_mut(&mut self, index: usize) -> Result<PlayerMut<'_>> {
        let symbol = &symbols::PLAYER;
        let missing = Error::NoSuchElement {
            symbol: symbol.name,
            index,
            count: MAX_PLAYERS,
        };
        if index >= MAX_PLAYERS {
            return Err(missing);
        }
        let address = self.ram().address(symbol)? + (index * Player::SIZE) as u32;
        let offset = self.ram().offset(address);
        let bytes = offset.and_then(|offset| self.bytes().get_mut(offset..));
        bytes.and_then(PlayerMut::from_prefix).ok_or(missing)
    }
}
