//! `kartscope._native`: the Rust side of the Python package `kartscope`.
//!
//! Each module has one or two of the package's classes. The documentation for Python users is at the classes and
//! their methods, and in `python/kartscope/_native.pyi`.

#![expect(
    clippy::needless_pass_by_value,
    reason = "what Python passes arrives as values"
)]

use pyo3::prelude::*;

mod actions;
mod batch;
mod console;
mod course;
mod course_name;
mod dataset;
mod emulator;
mod errors;
mod folder;
mod fork;
mod games;
mod input;
mod memory;
mod movie;
mod movies;
mod race;
mod races;
mod save;
mod state;
mod window;

/// The Rust side of `kartscope`, which exports these classes.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<course::Course>()?;
    module.add_class::<dataset::Dataset>()?;
    module.add_class::<dataset::Manifest>()?;
    module.add_class::<dataset::NewDataset>()?;
    module.add_class::<dataset::Pictures>()?;
    module.add_class::<emulator::Emulator>()?;
    module.add_class::<save::Ghost>()?;
    module.add_class::<folder::NewFolder>()?;
    module.add_class::<input::Input>()?;
    module.add_class::<memory::Memory>()?;
    module.add_class::<movie::Movie>()?;
    module.add_class::<movies::Movies>()?;
    module.add_class::<memory::Node>()?;
    module.add_class::<races::Races>()?;
    module.add_class::<save::Save>()?;
    module.add_class::<state::State>()?;
    module.add_class::<window::Window>()?;
    module.add_function(wrap_pyfunction!(races::preset, module)?)?;
    module.add_function(wrap_pyfunction!(races::config_from_toml, module)?)?;
    module.add_function(wrap_pyfunction!(actions::action_columns, module)?)?;
    module.add_function(wrap_pyfunction!(actions::buttons_of, module)?)?;
    module.add_function(wrap_pyfunction!(dataset::columns_of, module)?)?;
    module.add(
        "ACTION_COMPONENTS",
        actions::action_components(module.py())?,
    )?;
    module.add("FRAME", movie::frame_type(module.py())?)?;
    module.add("PICTURE", learn::dataset::PICTURE)?;
    module.add("STICK_REACH", env_mk64::control::STICK_REACH)?;
    module.add("MATERIALS", course::material_names())?;
    module.add("ROM_SHA256", homebrew::ROM_SHA256)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
