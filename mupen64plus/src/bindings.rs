//! The interfaces of the core, of the shim and of coroutines, as bound by `build.rs`.

pub(crate) use bound::{core_functions::CoreApi, coroutines::*, shim_functions::Shim, types::*};

/// The shim, a shared object: each core gets a copy.
pub(crate) static SHIM_IMAGE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/shim.so"));

#[allow(
    dead_code,
    non_camel_case_types,
    non_snake_case,
    unreachable_pub,
    unsafe_op_in_unsafe_fn,
    clippy::all,
    clippy::multiple_unsafe_ops_per_block,
    clippy::semicolon_if_nothing_returned,
    clippy::undocumented_unsafe_blocks,
    clippy::wildcard_imports,
    reason = "written by bindgen"
)]
mod bound {
    pub(super) mod types {
        include!(concat!(env!("OUT_DIR"), "/types.rs"));
    }

    pub(super) mod core_functions {
        include!(concat!(env!("OUT_DIR"), "/core.rs"));
    }

    pub(super) mod shim_functions {
        include!(concat!(env!("OUT_DIR"), "/shim.rs"));
    }

    pub(super) mod coroutines {
        include!(concat!(env!("OUT_DIR"), "/coroutine.rs"));
    }
}
