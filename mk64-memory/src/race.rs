//! A race: its players, their progress, and the course that they drive on.

use ram_views::pointer::{Pointer, To};
use ram_views::symbol::Symbol;
use ram_views::view::{Table, View};
use ram_views::{Error, Result};

use crate::camera::Camera;
use crate::collision::{CollisionTriangle, CourseBounds, GRID_SIDE, GridCell};
use crate::contact::NO_TRIANGLE;
use crate::course_path::{PathPoint, SectionType};
use crate::game::{GameState, RaceState};
use crate::hud::Hud;
use crate::ids::CourseId;
use crate::player::{MAX_PLAYERS, Player};
use crate::ram::Ram;
use crate::symbols;

/// More points than any course's path has.
pub const MAX_PATH_POINTS: usize = 4096;

/// The most paths that a course has.
pub const MAX_PATHS: usize = 4;

/// Which points of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Those in its middle.
    Centre,
    /// Those at its left.
    Left,
    /// Those at its right.
    Right,
}

/// How far a player has come.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Progress {
    /// Its lap, from 0; −1 before it first crosses the line.
    pub lap: i32,
    /// Its rank, from 0.
    pub rank: i32,
    /// The nearest point of its path.
    pub nearest_point: u16,
    /// The share of the lap that it has driven.
    pub lap_completion: f32,
    /// How many laps it has driven.
    pub course_completion: f32,
    /// When it last crossed the line, seconds; 0 if it has not.
    pub line_time: f32,
    /// Whether it drives the wrong way.
    pub wrong_way: bool,
    /// Its path.
    pub path: u16,
}

/// A race that is there.
#[derive(Debug, Clone, Copy)]
pub struct Race<'a> {
    ram: Ram<'a>,
    players: Table<'a, Player<'a>>,
    state: RaceState,
}

impl<'a> Ram<'a> {
    /// The race, from its countdown until it is left; `None` at all other times.
    ///
    /// A race is there when the game shows one, that is between its countdown and its last menu, and its first player
    /// exists.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn race(&self) -> Result<Option<Race<'a>>> {
        let (state, players) = (self.race_state()?, self.players()?);
        let is_driven = (RaceState::STAGING.0..=RaceState::FINISHED.0).contains(&state.0);
        let has_player = players.get(0).is_some_and(|player| player.exists());
        let is_there = self.game_state()? == GameState::RACE && is_driven && has_player;
        let ram = *self;
        Ok(is_there.then_some(Race {
            ram,
            players,
            state,
        }))
    }
}

impl<'a> Race<'a> {
    /// The image that the race was found in.
    #[must_use]
    pub const fn ram(&self) -> &Ram<'a> {
        &self.ram
    }

    /// How far the race is.
    #[must_use]
    pub const fn state(&self) -> RaceState {
        self.state
    }

    /// The player with this number; `None` if it is not in the race.
    #[must_use]
    pub fn player(&self, index: usize) -> Option<Player<'a>> {
        self.players.get(index).filter(Player::exists)
    }

    /// The players in the race, ghosts included, each with its number.
    pub fn players(&self) -> impl Iterator<Item = (usize, Player<'a>)> + use<'a> {
        self.players
            .iter()
            .enumerate()
            .filter(|(_, player)| player.exists())
    }

    /// How far the `index`th player has come.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchElement`] from [`MAX_PLAYERS`] on.
    pub fn progress(&self, index: usize) -> Result<Progress> {
        if index >= MAX_PLAYERS {
            return Err(Error::NoSuchElement {
                symbol: symbols::PLAYER.name,
                index,
                count: MAX_PLAYERS,
            });
        }
        let ram = &self.ram;
        Ok(Progress {
            lap: ram.element(&symbols::LAP, index)?,
            rank: ram.element(&symbols::RANK, index)?,
            nearest_point: ram.element(&symbols::NEAREST_POINT, index)?,
            lap_completion: ram.element(&symbols::LAP_COMPLETION, index)?,
            course_completion: ram.element(&symbols::COURSE_COMPLETION, index)?,
            line_time: ram.element(&symbols::LINE_TIME, index)?,
            wrong_way: ram.element::<u16>(&symbols::WRONG_WAY, index)? != 0,
            path: ram.element(&symbols::PATH_BY_PLAYER, index)?,
        })
    }

    /// Seconds since the countdown ended, while no one stops the clock.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn timer(&self) -> Result<f32> {
        self.ram.element(&symbols::COURSE_TIMER, 0)
    }

    /// Ticks of the race, countdown included: 60 a second.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn ticks(&self) -> Result<i32> {
        self.ram.element(&symbols::RACE_TICKS, 0)
    }

    /// Whether the race is paused.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn is_paused(&self) -> Result<bool> {
        Ok(self.ram.element::<u16>(&symbols::PAUSED, 0)? != 0)
    }

    /// The course that is in RAM.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn course_id(&self) -> Result<CourseId> {
        self.ram.element(&symbols::LOADED_COURSE_ID, 0)
    }

    /// The first player's camera.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn camera(&self) -> Result<Camera<'a>> {
        self.ram.in_place(&symbols::CAMERA)
    }

    /// The first player's display.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn hud(&self) -> Result<Hud<'a>> {
        self.ram.in_place(&symbols::HUD)
    }

    /// How many points the `path`th path has; 0 if there is none.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchElement`] from 4 on; [`Error::AbsurdCount`] over [`MAX_PATH_POINTS`].
    pub fn path_point_count(&self, path: usize) -> Result<usize> {
        let symbol = &symbols::PATH_POINT_COUNT;
        self.count(symbol, path, MAX_PATH_POINTS)
    }

    /// The points of the `path`th path.
    ///
    /// # Errors
    ///
    /// As [`Race::path_point_count`]; they lie outside RAM.
    pub fn path(&self, path: usize, side: Side) -> Result<Table<'a, PathPoint<'a>>> {
        let symbol = match side {
            Side::Centre => &symbols::PATH_CENTRE,
            Side::Left => &symbols::PATH_LEFT,
            Side::Right => &symbols::PATH_RIGHT,
        };
        let count = self.path_point_count(path)?;
        let pointer: Pointer = self.ram.element(symbol, path)?;
        let address = self.ram.address(symbol)? + 4 * path as u32;
        self.ram.table(symbol.name, address, pointer, count)
    }

    /// What the `path`th path does at each of its points; none if the game has not told.
    ///
    /// # Errors
    ///
    /// As [`Race::path`].
    pub fn section_types(
        &self,
        path: usize,
    ) -> Result<impl ExactSizeIterator<Item = SectionType> + use<'a>> {
        let types: To<SectionType> = self.ram.element(&symbols::PATH_SECTION_TYPES, path)?;
        self.ram.pointed(types, self.path_point_count(path)?)
    }

    /// The yaw that drivers should have at each point of the `path`th path, 65536 a turn; none if the game has not
    /// told.
    ///
    /// # Errors
    ///
    /// As [`Race::path`].
    pub fn expected_rotations(
        &self,
        path: usize,
    ) -> Result<impl ExactSizeIterator<Item = i16> + use<'a>> {
        let yaws: To<i16> = self.ram.element(&symbols::PATH_EXPECTED_ROTATION, path)?;
        self.ram.pointed(yaws, self.path_point_count(path)?)
    }

    /// The triangles of the course.
    ///
    /// # Errors
    ///
    /// [`Error::AbsurdCount`] from [`NO_TRIANGLE`] on; they lie outside RAM.
    pub fn triangles(&self) -> Result<Table<'a, CollisionTriangle<'a>>> {
        let (symbol, counted) = (
            &symbols::COLLISION_TRIANGLE,
            &symbols::COLLISION_TRIANGLE_COUNT,
        );
        let count = self.count(counted, 0, NO_TRIANGLE.into())?;
        let address = self.ram.address(symbol)?;
        let pointer = Pointer(self.ram.symbol_word(symbol)?);
        self.ram.table(symbol.name, address, pointer, count)
    }

    /// The corners of a triangle of the course, units.
    ///
    /// # Errors
    ///
    /// A corner lies outside RAM, or its pointer is null.
    pub fn corners(&self, triangle: &CollisionTriangle<'a>) -> Result<[[i16; 3]; 3]> {
        let mut corners = [[0; 3]; 3];
        for (corner, vertex) in corners.iter_mut().zip(triangle.vertices()) {
            *corner = vertex
                .follow(&self.ram)?
                .ok_or(Error::NullPointer {
                    symbol: "collision_triangle.vertices",
                    address: self.ram.address(&symbols::COLLISION_TRIANGLE)?,
                })?
                .position();
        }
        Ok(corners)
    }

    /// The box around the course.
    ///
    /// # Errors
    ///
    /// As [`Ram::game_state`].
    pub fn bounds(&self) -> Result<CourseBounds<'a>> {
        self.ram.in_place(&symbols::COURSE_BOUNDS)
    }

    /// The numbers of the triangles in a cell of the collision's grid, which divides [`Race::bounds`].
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchElement`] unless both are below [`GRID_SIDE`]; the numbers lie outside RAM.
    pub fn cell(
        &self,
        column: usize,
        row: usize,
    ) -> Result<impl ExactSizeIterator<Item = u16> + use<'a>> {
        let grid = &symbols::COLLISION_GRID;
        if column >= GRID_SIDE || row >= GRID_SIDE {
            return Err(Error::NoSuchElement {
                symbol: grid.name,
                index: column.max(row),
                count: GRID_SIDE,
            });
        }
        let cell = self.ram.address(grid)? + ((row * GRID_SIDE + column) * GridCell::SIZE) as u32;
        let cell: GridCell<'_> = self.ram.at(cell)?;
        let indices: Pointer = self.ram.element(&symbols::COLLISION_INDICES, 0)?;
        let first = match indices.is_null() {
            true => 0,
            false => indices.0.wrapping_add(2 * u32::from(cell.first())),
        };
        self.ram.pointed(To::<u16>::new(first), cell.count().into())
    }

    /// The count at a symbol, refused over `limit`.
    fn count(&self, symbol: &Symbol, index: usize, limit: usize) -> Result<usize> {
        let found: u16 = self.ram.element(symbol, index)?;
        if usize::from(found) > limit {
            return Err(Error::AbsurdCount {
                symbol: symbol.name,
                address: self.ram.address(symbol)? + 2 * index as u32,
                found: found.into(),
                limit: limit as u32,
            });
        }
        Ok(found.into())
    }
}
