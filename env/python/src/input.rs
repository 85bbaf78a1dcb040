//! The class `Input`: the held buttons and the touched point.

use std::sync::Arc;

use desmume::Screens;
use nds_formats::pad::{Pad, Touch};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::console::Shared;

/// The buttons and the touched point that `Emulator.cycle` holds down; `Emulator.input`.
///
/// Buttons are numbers of a mask: A 1, B 2, Select 4, Start 8, Right 16, Left 32, Up 64, Down 128, R 256, L 512,
/// X 1024, Y 2048; see `kartscope.Keys`.
#[pyclass(frozen, module = "kartscope")]
pub(crate) struct Input {
    shared: Arc<Shared>,
}

impl Input {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }
}

#[pymethods]
impl Input {
    /// Holds these buttons and no others. Returns the mask.
    fn keypad_update(&self, py: Python<'_>, keys: u32) -> PyResult<u32> {
        let pad = pad_of(keys)?;
        self.shared.with(py, |console| console.pad = pad)?;
        Ok(keys)
    }

    /// The mask of the held buttons; while a movie is played, those of its last frame.
    fn keypad_get(&self, py: Python<'_>) -> PyResult<u16> {
        self.shared
            .with(py, |console| console.played.unwrap_or(console.pad).bits())
    }

    /// Holds these buttons too.
    fn keypad_add_key(&self, py: Python<'_>, key: u32) -> PyResult<()> {
        let pad = pad_of(key)?;
        self.shared.with(py, |console| console.pad.insert(pad))
    }

    /// Releases these buttons.
    fn keypad_rm_key(&self, py: Python<'_>, key: u32) -> PyResult<()> {
        let pad = pad_of(key)?;
        self.shared.with(py, |console| console.pad.remove(pad))
    }

    /// Touches a point of the lower screen: x 0 to 255, y 0 to 191.
    fn touch_set_pos(&self, py: Python<'_>, x: u32, y: u32) -> PyResult<()> {
        let touch = touch_of((x, y))?;
        self.shared.with(py, |console| console.touch = Some(touch))
    }

    /// Lifts the stylus.
    fn touch_release(&self, py: Python<'_>) -> PyResult<()> {
        self.shared.with(py, |console| console.touch = None)
    }
}

/// The buttons of a mask.
pub(crate) fn pad_of(keys: u32) -> PyResult<Pad> {
    let bits = u16::try_from(keys).ok();
    bits.and_then(Pad::from_bits).ok_or_else(|| {
        let most = Pad::all().bits();
        PyValueError::new_err(format!("keys: expected 0 to {most}, found {keys}"))
    })
}

/// A point of the lower screen.
pub(crate) fn touch_of((x, y): (u32, u32)) -> PyResult<Touch> {
    match (u8::try_from(x), u8::try_from(y)) {
        (Ok(x), Ok(y)) if usize::from(y) < Screens::HEIGHT => Ok(Touch { x, y }),
        _ => Err(PyValueError::new_err(format!(
            "touch: expected x 0 to 255 and y 0 to 191, found ({x}, {y})"
        ))),
    }
}
