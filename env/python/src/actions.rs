//! What is held on a console's pad as the driver's action, and a DS's back.

use env_kart::action::DrivingAction;
use env_mkds::action::PadAction;
use learn::dataset::{self, Held};
use numpy::{
    PyArray1, PyReadonlyArray1, PyReadonlyArray2, PyReadonlyArrayDyn, PyUntypedArrayMethods,
};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::dataset::{array_of, console_of};
use crate::errors::DatasetError;

/// The `action.*` columns that follow from what is held on a console's pad: its buttons' bits, of shape (rows,), and the stick to
/// the right and up, of shape (rows, 2).
///
/// Raises
/// ------
/// DatasetError
///     There is no such console, or the stick has another shape.
#[pyfunction]
pub(crate) fn action_columns<'py>(
    py: Python<'py>,
    console: &str,
    buttons: PyReadonlyArray1<'py, u16>,
    stick: PyReadonlyArray2<'py, i8>,
) -> PyResult<Bound<'py, PyDict>> {
    let console = console_of(console)?;
    let (buttons, stick) = (buttons.as_array(), stick.as_array());
    if stick.shape() != [buttons.len(), 2] {
        let expected = (buttons.len(), 2);
        let found = stick.shape();
        return Err(DatasetError::new_err(format!(
            "stick: shape: expected {expected:?}, found {found:?}"
        )));
    }
    let held = buttons.iter().zip(stick.outer_iter());
    let actions = held.map(|(bits, stick)| {
        console.action(Held {
            buttons: *bits,
            stick: [stick[0], stick[1]],
        })
    });
    let columns = PyDict::new(py);
    for (column, numbers) in dataset::action_columns(actions) {
        columns.set_item(column.name, array_of(py, numbers, &[buttons.len()])?)?;
    }
    Ok(columns)
}

/// The keypad words of actions as classes, (rows, 5).
///
/// Raises
/// ------
/// DatasetError
///     Another shape, or a class that its component does not have.
#[pyfunction]
pub(crate) fn buttons_of<'py>(
    py: Python<'py>,
    actions: PyReadonlyArrayDyn<'py, f64>,
) -> PyResult<Bound<'py, PyArray1<u16>>> {
    const WIDTH: usize = DrivingAction::COMPONENTS.len();
    let &[_, WIDTH] = actions.shape() else {
        return Err(DatasetError::new_err(format!(
            "actions: shape: expected (rows, {WIDTH}), found {:?}",
            actions.shape()
        )));
    };
    let actions = actions.as_array();
    let mut words = Vec::with_capacity(actions.shape()[0]);
    for (row, action) in actions.outer_iter().enumerate() {
        let mut components = [0; WIDTH];
        for (index, found) in action.iter().enumerate() {
            let count = DrivingAction::COMPONENTS[index];
            let class = (0..count).find(|class| *class as f64 == *found);
            components[index] = class.ok_or_else(|| {
                let name = DrivingAction::COMPONENT_NAMES[index];
                DatasetError::new_err(format!(
                    "actions: row {row}: expected {name} below {count}, found {found}"
                ))
            })?;
        }
        let action = DrivingAction::from_components(components).unwrap_or_default();
        words.push(action.to_pad().bits());
    }
    Ok(PyArray1::from_vec(py, words))
}

/// The components of an action, in order, and how many classes each has.
pub(crate) fn action_components(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let components = PyDict::new(py);
    for (name, count) in DrivingAction::COMPONENT_NAMES
        .iter()
        .zip(DrivingAction::COMPONENTS)
    {
        components.set_item(name, count)?;
    }
    Ok(components)
}
