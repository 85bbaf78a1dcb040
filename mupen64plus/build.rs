//! Builds the shim into a shared object, the coroutines into the crate, and the bindings of both.
//!
//! Nothing of Mupen64Plus is needed: what is used of its interface is declared in `shim/abi.h`.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// The shim's files, below `shim/`.
const SHIM: [&str; 4] = ["files.c", "paint.c", "plugins.c", "replace.c"];

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=shim");
    let system = env::var("CARGO_CFG_TARGET_OS")?;
    ensure!(
        system == "linux",
        "the shim is for Linux's loader and timers: cannot build it for {system}"
    );
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("shim");
    write_bindings(&folder, &out)?;
    compiler(&folder)
        .file(folder.join("coroutine.c"))
        .try_compile("coroutine")?;
    build_shim(&folder, &out.join("shim.so"))
}

/// Types and numbers once, then the functions of each library.
fn write_bindings(folder: &Path, out: &Path) -> Result<()> {
    let write = |builder: bindgen::Builder, name: &str| -> Result<()> {
        builder
            .prepend_enum_name(false)
            .generate()
            .context("cannot bind shim/*.h (libclang is needed: Debian's libclang-dev)")?
            .write_to_file(out.join(name))
            .with_context(|| format!("cannot write {name}"))
    };
    let header = |name: &str| -> Result<bindgen::Builder> {
        let path = folder.join(name);
        let path = path.to_str().context("the folder's name is not UTF-8")?;
        Ok(bindgen::Builder::default().header(path))
    };
    let types = header("shim.h")?
        .allowlist_type("abi_.*|shim.*")
        .allowlist_var("ABI_.*|SHIM_.*");
    write(types.derive_default(true), "types.rs")?;
    let library = |name: &str, functions: &str| -> Result<bindgen::Builder> {
        Ok(header("shim.h")?
            .allowlist_function(functions)
            .blocklist_type("abi_.*|shim.*")
            .raw_line("use super::types::*;")
            .dynamic_library_name(name)
            .dynamic_link_require_all(true))
    };
    let core = library("CoreApi", "(Core|Config|Debug).*")?;
    write(core, "core.rs")?;
    write(library("Shim", "shim_.*")?, "shim.rs")?;
    let coroutines = header("coroutine.h")?
        .allowlist_function("coroutine_.*|fegetenv|fesetenv")
        .allowlist_var("COROUTINE_.*");
    write(coroutines, "coroutine.rs")
}

fn build_shim(folder: &Path, image: &Path) -> Result<()> {
    let mut compiler = compiler(folder);
    let objects = compiler
        .files(SHIM.map(|file| folder.join(file)))
        .try_compile_intermediates()?;
    let status = compiler
        .try_get_compiler()?
        .to_command()
        .arg("-shared")
        .arg("-o")
        .arg(image)
        .args(objects)
        .args([
            "-Wl,-Bsymbolic",
            "-Wl,-z,defs",
            "-Wl,--strip-all",
            "-pthread",
        ])
        .status()
        .context("cannot run the linker")?;
    ensure!(status.success(), "linking the shim failed ({status})");
    Ok(())
}

/// The same in every profile.
fn compiler(folder: &Path) -> cc::Build {
    let mut build = cc::Build::new();
    build
        .std("gnu11")
        .warnings(true)
        .extra_warnings(true)
        .opt_level(2)
        .debug(false)
        .pic(true)
        .flag("-fvisibility=hidden")
        .include(folder);
    build
}
