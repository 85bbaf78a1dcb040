//! Environments that are stepped together, whichever game they are of.

use std::time::Duration;

use env_core::columns::{Column, Columnar};
use env_core::vector::{VectorEnv, VectorError, VectorStep};
use env_core::{Env, RenderFrame};
use env_kart::control::{ActionSpace, RaceAction};
use env_kart::race_env::{Info, RaceEnv, ResetOptions};
use machine::Machine;
use mkds_memory::path::FieldValue;
use pyo3::prelude::*;

use crate::errors::OrException;
use crate::games::{self, Game};

/// A [`VectorEnv`] of races of some game.
pub(crate) trait Batch: Send {
    fn len(&self) -> usize;
    fn columns(&self) -> Vec<Column>;
    fn action_space(&self) -> &ActionSpace;
    /// The terms of [`Info::rewards`].
    fn reward_names(&self) -> Vec<&'static str>;
    fn deadline(&self) -> Option<Duration>;
    fn set_deadline(&mut self, deadline: Option<Duration>) -> Result<(), VectorError>;
    fn reset(
        &mut self,
        seeds: &[Option<u64>],
        options: &ResetOptions,
        mask: Option<&[bool]>,
    ) -> Result<(), VectorError>;
    fn step(&mut self, actions: &[RaceAction]) -> Result<(), VectorError>;
    fn send(&mut self, indices: &[usize], actions: &[RaceAction]) -> Result<(), VectorError>;
    fn receive(&mut self, count: usize) -> Vec<usize>;
    fn last(&self) -> &VectorStep<Info>;
    /// Width and height of a picture.
    fn picture_size(&self) -> (u32, u32);
    /// The picture of an environment, with overlays; `None` where nothing is drawn.
    fn render(&mut self, index: usize, overlays: &[String]) -> PyResult<Option<RenderFrame>>;
    fn set_render(&mut self, render: bool);
    /// The value of a field of an environment's game; `None` if a pointer is null, or the environment failed.
    fn read(&self, index: usize, path: &str) -> PyResult<Option<FieldValue>>;
    /// The hash of an environment's RAM; `None` if it failed.
    fn ram_hash(&self, index: usize) -> Option<u64>;
    /// The state of an environment's console; `None` if it failed.
    fn save_state(&mut self, index: usize) -> PyResult<Option<Vec<u8>>>;
}

impl<G: Game> Batch for VectorEnv<RaceEnv<G>>
where
    Self: Send,
    RaceEnv<G>: Send,
    <G::Machine as Machine>::Error: crate::errors::IntoException,
{
    fn len(&self) -> usize {
        self.len()
    }

    fn columns(&self) -> Vec<Column> {
        self.observation_space().columns()
    }

    fn action_space(&self) -> &ActionSpace {
        self.action_space()
    }

    fn reward_names(&self) -> Vec<&'static str> {
        let names = self.env(0).map(|env| env.reward_names().collect());
        names.unwrap_or_default()
    }

    fn deadline(&self) -> Option<Duration> {
        self.deadline()
    }

    fn set_deadline(&mut self, deadline: Option<Duration>) -> Result<(), VectorError> {
        self.set_deadline(deadline)
    }

    fn reset(
        &mut self,
        seeds: &[Option<u64>],
        options: &ResetOptions,
        mask: Option<&[bool]>,
    ) -> Result<(), VectorError> {
        self.reset(seeds, options, mask).map(drop)
    }

    fn step(&mut self, actions: &[RaceAction]) -> Result<(), VectorError> {
        self.step(actions).map(drop)
    }

    fn send(&mut self, indices: &[usize], actions: &[RaceAction]) -> Result<(), VectorError> {
        self.send(indices, actions)
    }

    fn receive(&mut self, count: usize) -> Vec<usize> {
        self.receive(count).0
    }

    fn last(&self) -> &VectorStep<Info> {
        self.last()
    }

    fn picture_size(&self) -> (u32, u32) {
        let screens = G::Machine::HARDWARE.picture;
        (screens.width, screens.height * screens.count)
    }

    fn render(&mut self, index: usize, overlays: &[String]) -> PyResult<Option<RenderFrame>> {
        let Some(env) = self.env_mut(index) else {
            return Ok(None);
        };
        let mut picture = env.render().or_exception()?;
        games::draw(env, overlays, picture.as_mut())?;
        Ok(picture)
    }

    fn set_render(&mut self, render: bool) {
        for index in 0..self.len() {
            if let Some(env) = self.env_mut(index) {
                env.set_render(render);
            }
        }
    }

    fn read(&self, index: usize, path: &str) -> PyResult<Option<FieldValue>> {
        match self.env(index) {
            Some(env) => G::read(env.machine(), path),
            None => Ok(None),
        }
    }

    fn ram_hash(&self, index: usize) -> Option<u64> {
        self.env(index).map(|env| env.machine().hash())
    }

    fn save_state(&mut self, index: usize) -> PyResult<Option<Vec<u8>>> {
        let Some(env) = self.env_mut(index) else {
            return Ok(None);
        };
        G::save_state(env.machine_mut()).map(Some)
    }
}
