//! A race that is loaded: its structures, found by their symbols.

use ram_views::pointer::Pointer;
use ram_views::symbol::Symbol;
use ram_views::view::{Table, View};

use crate::camera::Camera;
use crate::collision::Collision;
use crate::driver::{Driver, DriverMut};
use crate::error::{Error, Result};
use crate::items::DriverItems;
use crate::main_ram::MainRam;
use crate::map::{Map, MapData};
use crate::race::{DriverStatus, MAX_DRIVERS, RaceConfig, RaceState, RaceStatus};
use crate::ram::{Ram, RamMut};
use crate::symbols;

/// The scene state of a race.
const RACE_SCENE: u32 = 2;

/// A race that is loaded: its structures were found inside main RAM.
#[derive(Debug, Clone, Copy)]
pub struct Race<'a> {
    ram: Ram<'a>,
    drivers: Table<'a, Driver<'a>>,
    status: RaceStatus<'a>,
    state: RaceState<'a>,
    config: RaceConfig<'a>,
}

impl<'a> Race<'a> {
    /// The race in `ram`, from its first frame until the game leaves it; `None` at all other times.
    ///
    /// A race is there when the running scene is a race, all its structures are, and its frames are counted. These
    /// hold at every moment within a frame. The distance between [`RaceState::frame_counter`] and
    /// [`RaceState::frame_counter_2`], which a published tool asks for, does not.
    pub(crate) fn find(ram: Ram<'a>) -> Result<Option<Self>> {
        if ram.scene_state()? != Some(RACE_SCENE) {
            return Ok(None);
        }
        let Some(drivers) = drivers(&ram)? else {
            return Ok(None);
        };
        let (Some(status), Some(state), Some(config)) = (
            ram.root(&symbols::RACE_STATUS)?,
            ram.root::<RaceState<'a>>(&symbols::RACE_STATE)?,
            ram.root(&symbols::RACE_CONFIG)?,
        ) else {
            return Ok(None);
        };
        if state.frame_counter() == 0 {
            return Ok(None);
        }
        Ok(Some(Self {
            ram,
            drivers,
            status,
            state,
            config,
        }))
    }

    /// The image that the race was found in.
    #[must_use]
    pub const fn ram(&self) -> &Ram<'a> {
        &self.ram
    }

    /// How many drivers race, 1 to [`MAX_DRIVERS`].
    #[must_use]
    pub fn driver_count(&self) -> usize {
        self.drivers.len()
    }

    /// The `index`th driver.
    ///
    /// # Errors
    ///
    /// [`ram_views::Error::NoSuchElement`] from [`Race::driver_count`] on.
    #[inline]
    pub fn driver(&self, index: usize) -> Result<Driver<'a>> {
        let count = self.drivers.len();
        self.drivers
            .get(index)
            .ok_or_else(|| no_such_element(&symbols::DRIVERS, index, count))
    }

    /// All drivers, in order.
    pub fn drivers(&self) -> impl ExactSizeIterator<Item = Driver<'a>> + use<'a> {
        self.drivers.iter()
    }

    /// How the race stands.
    #[must_use]
    pub const fn status(&self) -> RaceStatus<'a> {
        self.status
    }

    /// How the `index`th driver stands in the race.
    ///
    /// # Errors
    ///
    /// [`ram_views::Error::NoSuchElement`] from [`Race::driver_count`] on.
    #[inline]
    pub fn driver_status(&self, index: usize) -> Result<DriverStatus<'a>> {
        let count = self.drivers.len();
        (index < count)
            .then(|| self.status.driver(index))
            .flatten()
            .ok_or_else(|| no_such_element(&symbols::RACE_STATUS, index, count))
    }

    /// The race's clock of frames.
    #[must_use]
    pub const fn state(&self) -> RaceState<'a> {
        self.state
    }

    /// What was chosen in the menus.
    #[must_use]
    pub const fn config(&self) -> RaceConfig<'a> {
        self.config
    }

    /// The upper screen's camera.
    ///
    /// # Errors
    ///
    /// There is none yet, or it lies outside main RAM.
    pub fn camera(&self) -> Result<Camera<'a>> {
        self.required(&symbols::CAMERA)
    }

    /// The course's map: checkpoints, start and settings.
    ///
    /// # Errors
    ///
    /// There is none yet, or it lies outside main RAM.
    pub fn map(&self) -> Result<Map<'a>> {
        let data: MapData<'a> = self.required(&symbols::MAP_DATA)?;
        let address = self.ram.symbol_word(&symbols::MAP_DATA)?;
        Ok(Map::new(**self.ram, address, data))
    }

    /// The course's collision.
    ///
    /// # Errors
    ///
    /// It is not loaded yet, or its pointers are not one course's.
    pub fn collision(&self) -> Result<Collision<'a>> {
        let symbol = &symbols::COLLISION_HEADER;
        let header = self.ram.in_place(symbol)?;
        Ok(Collision::read(
            &self.ram,
            self.ram.address(symbol)?,
            header,
        )?)
    }

    fn required<V: View<'a, Memory = MainRam>>(&self, symbol: &Symbol) -> Result<V> {
        let address = self.ram.address(symbol)?;
        self.ram.root(symbol)?.ok_or(Error::NoRace {
            symbol: symbol.name,
            address,
        })
    }

    /// The `index`th driver's items; `None` before the game has made them.
    ///
    /// # Errors
    ///
    /// [`ram_views::Error::NoSuchElement`] from [`Race::driver_count`] on; they lie outside main RAM.
    pub fn items(&self, index: usize) -> Result<Option<DriverItems<'a>>> {
        let (ram, symbol) = (self.ram(), &symbols::DRIVER_ITEMS);
        let pointer = ram.symbol_word(symbol)?;
        let count = self.driver_count();
        if index >= count {
            return Err(no_such_element(symbol, index, count));
        }
        if pointer == 0 {
            return Ok(None);
        }
        let address = ram.address(symbol)?;
        let all: Table<'a, DriverItems<'a>> =
            ram.table(symbol.name, address, Pointer(pointer), count)?;
        Ok(all.get(index))
    }
}

impl<'a> Ram<'a> {
    /// The race, from its first frame until the game leaves it; `None` at all other times.
    ///
    /// # Errors
    ///
    /// A structure that the race needs lies outside main RAM, or there are absurdly many drivers.
    pub fn race(&self) -> Result<Option<Race<'a>>> {
        Race::find(*self)
    }
}

impl RamMut<'_> {
    /// The `index`th driver of the race, for writing.
    ///
    /// # Errors
    ///
    /// As [`Ram::race`] and [`Race::driver`]; [`Error::NoRace`] while there is none.
    pub fn driver_mut(&mut self, index: usize) -> Result<DriverMut<'_>> {
        let symbol = &symbols::DRIVERS;
        let address = self.ram().address(symbol)?;
        let no_race = || Error::NoRace {
            symbol: symbol.name,
            address,
        };
        self.ram().race()?.ok_or_else(no_race)?.driver(index)?;
        // The driver's bytes were just found there, for reading.
        let drivers = self.ram().symbol_word(symbol)?;
        let driver = drivers + (index * Driver::SIZE) as u32;
        let offset = self.ram().offset(driver).ok_or_else(no_race)?;
        DriverMut::from_prefix(&mut self.bytes()[offset..]).ok_or_else(no_race)
    }
}

/// The drivers, if there are any.
///
/// Outside races the game leaves nothing of use at their pointer, so that one that is no address
/// of main RAM means "no race" like a null one does. (Source: FACTS of the published tools.)
fn drivers<'a>(ram: &Ram<'a>) -> Result<Option<Table<'a, Driver<'a>>>> {
    let symbol = &symbols::DRIVERS;
    let pointer = Pointer(ram.symbol_word(symbol)?);
    let count = ram.symbol_word(&symbols::DRIVER_COUNT)?;
    if !pointer.is_in::<MainRam>() || count == 0 {
        return Ok(None);
    }
    if count as usize > MAX_DRIVERS {
        let absurd = ram_views::Error::AbsurdCount {
            symbol: symbols::DRIVER_COUNT.name,
            address: ram.address(&symbols::DRIVER_COUNT)?,
            found: count,
            limit: MAX_DRIVERS as u32,
        };
        return Err(absurd.into());
    }
    let drivers = ram.table(symbol.name, ram.address(symbol)?, pointer, count as usize)?;
    Ok(Some(drivers))
}

fn no_such_element(symbol: &Symbol, index: usize, count: usize) -> Error {
    let error = ram_views::Error::NoSuchElement {
        symbol: symbol.name,
        index,
        count,
    };
    error.into()
}
