//! The DeSmuME core as a loadable image, and the C interface of its shim.
//!
//! [`IMAGE`] is a shared object. The core keeps its state in globals, so one opened copy is one
//! emulated console: for several, open several copies, each with local symbols, and take a
//! [`Core`] (a table of functions) from each. The safe crate `desmume` does this.
//!
//! The interface is documented in `shim/core.h`, from which the bindings are made.

#[allow(
    missing_docs,
    non_camel_case_types,
    unreachable_pub,
    unsafe_op_in_unsafe_fn,
    clippy::all,
    clippy::multiple_unsafe_ops_per_block,
    clippy::semicolon_if_nothing_returned,
    clippy::undocumented_unsafe_blocks,
    reason = "written by bindgen"
)]
mod bindings {
    include!(concat!(env!("OUT_DIR"), "/bindings.rs"));
}

pub use bindings::*;

/// The shared object: the core and the shim, about 4 MB, for the target this crate is compiled for.
pub static IMAGE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/core.so"));

/// SHA-256 of [`IMAGE`], in hexadecimal.
pub const IMAGE_SHA256: &str = env!("CORE_SHA256");

/// The published package whose sources were compiled, with its version.
pub const SOURCE: &str = env!("CORE_SOURCE");

/// Whether this image has the JIT; otherwise it has the interpreter alone.
pub const HAS_JIT: bool = cfg!(target_arch = "x86_64");

/// Main RAM of the console, in bytes.
pub const MAIN_RAM_SIZE: usize = 4 * 1024 * 1024;

/// Stereo samples a second of the console's sound.
pub const SAMPLE_RATE: u32 = 44_100;
