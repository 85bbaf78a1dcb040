//! Builds the DeSmuME core and the shim into one shared object, and the shim's bindings.
//!
//! The core's sources are those inside the published package `desmume-sys` 0.1.3 (DeSmuME 0.9.12).
//! Nothing of them is kept in this repository.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

/// The package whose sources are compiled, and the place of the core in it.
const SOURCE_PACKAGE: &str = "desmume-sys";
const SOURCE_VERSION: &str = "0.1.3";
const SOURCE_FOLDER: &str = "desmume/desmume/src";

/// The core's files, below [`SOURCE_FOLDER`]. Folders ending in `/` stand for all their C++ files.
const CORE: &[&str] = &[
    "Database.cpp",
    "FIFO.cpp",
    "GPU.cpp",
    "addons/slot1_none.cpp",
    "addons/slot1_r4.cpp",
    "addons/slot1_retail_auto.cpp",
    "addons/slot1_retail_mcrom.cpp",
    "addons/slot1_retail_mcrom_debug.cpp",
    "addons/slot1_retail_nand.cpp",
    "addons/slot1comp_mc.cpp",
    "addons/slot1comp_protocol.cpp",
    "addons/slot1comp_rom.cpp",
    "addons/slot2_auto.cpp",
    "addons/slot2_expMemory.cpp",
    "addons/slot2_gbagame.cpp",
    "addons/slot2_guitarGrip.cpp",
    "addons/slot2_mpcf.cpp",
    "addons/slot2_none.cpp",
    "addons/slot2_paddle.cpp",
    "addons/slot2_passme.cpp",
    "addons/slot2_piano.cpp",
    "addons/slot2_rumblepak.cpp",
    "arm_instructions.cpp",
    "armcpu.cpp",
    "bios.cpp",
    "cheatSystem.cpp",
    "common.cpp",
    "cp15.cpp",
    "debug.cpp",
    "driver.cpp",
    "emufile.cpp",
    "encrypt.cpp",
    "filter/deposterize.cpp",
    "filter/xbrz.cpp",
    "firmware.cpp",
    "frontend/modules/Disassembler.cpp",
    "libretro-common/compat/compat_strl.c",
    "libretro-common/encodings/encoding_utf.c",
    "libretro-common/features/features_cpu.c",
    "libretro-common/file/file_path.c",
    "libretro-common/file/retro_dirent.c",
    "libretro-common/file/retro_stat.c",
    "libretro-common/rthreads/rsemaphore.c",
    "libretro-common/rthreads/rthreads.c",
    "matrix.cpp",
    "metaspu/metaspu.cpp",
    "movie.cpp",
    "path.cpp",
    "rasterize.cpp",
    "readwrite.cpp",
    "render3D.cpp",
    "slot1.cpp",
    "slot2.cpp",
    "texcache.cpp",
    "thumb_instructions.cpp",
    "utils/advanscene.cpp",
    "utils/colorspacehandler/colorspacehandler.cpp",
    "utils/datetime.cpp",
    "utils/decrypt/crc.cpp",
    "utils/decrypt/header.cpp",
    "utils/dlditool.cpp",
    "utils/emufat.cpp",
    "utils/fsnitro.cpp",
    "utils/guid.cpp",
    "utils/libfat/",
    "utils/task.cpp",
    "utils/tinyxml/",
    "utils/vfat.cpp",
    "utils/xstring.cpp",
    "version.cpp",
];

/// The JIT's assembler, for x86-64 only.
const JIT: &[&str] = &["utils/AsmJit/core/", "utils/AsmJit/x86/"];

/// Our own files, below `shim/`. The wrappers include files of the core, which are not in [`CORE`].
const SHIM: &[&str] = &[
    "allocation.cpp",
    "core.cpp",
    "microphone.cpp",
    "rom.cpp",
    "wrappers/MMU.cpp",
    "wrappers/NDSSystem.cpp",
    "wrappers/SPU.cpp",
    "wrappers/decrypt.cpp",
    "wrappers/gfx3d.cpp",
    "wrappers/mc.cpp",
    "wrappers/rtc.cpp",
    "wrappers/saves.cpp",
    "wrappers/wifi.cpp",
];
const JIT_SHIM: &[&str] = &["wrappers/arm_jit.cpp"];

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=shim");

    let target = Target::from_cargo()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let shim = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("shim");
    let source = source_folder()?;

    write_bindings(&shim, &out.join("bindings.rs"))?;
    let image = out.join("core.so");
    provide_image(&target, &source, &shim, &image)?;

    println!("cargo::rustc-env=CORE_SOURCE={SOURCE_PACKAGE} {SOURCE_VERSION}");
    println!("cargo::rustc-env=CORE_SHA256={}", sha256(&image)?);
    Ok(())
}

/// What of the target decides how the core is built.
struct Target {
    jit: bool,
    pointer_bits: String,
}

impl Target {
    fn from_cargo() -> Result<Self> {
        let system = env::var("CARGO_CFG_TARGET_OS")?;
        ensure!(
            system == "linux" || system == "android" || system == "freebsd",
            "the core's image is an ELF shared object: cannot build it for {system}"
        );
        Ok(Self {
            jit: env::var("CARGO_CFG_TARGET_ARCH")? == "x86_64",
            pointer_bits: env::var("CARGO_CFG_TARGET_POINTER_WIDTH")?,
        })
    }
}

/// The folder of the core's sources, which cargo has fetched, vendored or now fetches.
fn source_folder() -> Result<PathBuf> {
    // Offline first: the package is then used as it lies there, and nothing else is asked for.
    let metadata = cargo_metadata(&["--offline"]).or_else(|offline| {
        cargo_metadata(&[]).with_context(|| format!("and before that, offline: {offline:#}"))
    })?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists no packages")?;
    let manifest = packages
        .iter()
        .find(|package| package["name"] == SOURCE_PACKAGE && package["version"] == SOURCE_VERSION)
        .and_then(|package| package["manifest_path"].as_str())
        .with_context(|| {
            format!("cargo metadata does not know the package {SOURCE_PACKAGE} {SOURCE_VERSION}")
        })?;
    let folder = Path::new(manifest).with_file_name(SOURCE_FOLDER);
    ensure!(
        folder.is_dir(),
        "the package {SOURCE_PACKAGE} {SOURCE_VERSION} has no folder {}",
        folder.display()
    );
    Ok(folder)
}

fn cargo_metadata(options: &[&str]) -> Result<serde_json::Value> {
    let output = Command::new(env::var("CARGO")?)
        .args(["metadata", "--format-version=1", "--locked"])
        .args(options)
        .output()
        .context("cannot run cargo metadata")?;
    if !output.status.success() {
        bail!(
            "cargo metadata does not find the core's sources (package {SOURCE_PACKAGE} \
             {SOURCE_VERSION}; `cargo fetch` gets it): {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    serde_json::from_slice(&output.stdout).context("cannot read cargo metadata's output")
}

fn write_bindings(shim: &Path, to: &Path) -> Result<()> {
    let bindings = bindgen::Builder::default()
        .header(path_text(&shim.join("core.h"))?)
        .allowlist_function("core_.*")
        .allowlist_type("core_.*")
        .dynamic_library_name("Core")
        .dynamic_link_require_all(true)
        .prepend_enum_name(false)
        .derive_default(true)
        .generate()
        .context("cannot bind shim/core.h (libclang is needed: Debian's libclang-dev)")?;
    bindings
        .write_to_file(to)
        .with_context(|| format!("cannot write {}", to.display()))
}

/// Puts the image into OUT_DIR: a copy of one that was built of the same things before, else a new one.
///
/// Cargo gives every profile and every choice of features a folder of its own, while the core is the same in all of
/// them and takes minutes: so images are kept beside the profiles, by what they are built of.
fn provide_image(target: &Target, source: &Path, shim: &Path, image: &Path) -> Result<()> {
    let built_of = fingerprint(target, source, shim)?;
    // OUT_DIR is TARGET/PROFILE/build/PACKAGE/out.
    let kept = image
        .ancestors()
        .nth(5)
        .context("OUT_DIR is not below a target folder")?;
    let kept = kept.join("desmume-core").join(format!("{built_of}.so"));
    if !kept.exists() {
        build_image(target, source, shim, image)?;
        let folder = kept.parent().context("a file is in a folder")?;
        fs::create_dir_all(folder)?;
        // Several builds may come here at once: each renames a whole file of its own.
        let passing = folder.join(format!("{built_of}.{}", std::process::id()));
        fs::copy(image, &passing)?;
        fs::rename(&passing, &kept)?;
        return Ok(());
    }
    fs::copy(&kept, image).with_context(|| format!("cannot copy {}", kept.display()))?;
    Ok(())
}

/// A hash over all that decides what the image becomes: sources, shim, this file, target and compiler.
fn fingerprint(target: &Target, source: &Path, shim: &Path) -> Result<String> {
    let compiler = compiler(target, source, shim)
        .cpp(true)
        .try_get_compiler()?;
    let version = compiler
        .to_command()
        .arg("--version")
        .output()
        .context("cannot run the compiler")?;
    let mut hash = Sha256::new();
    for part in [
        SOURCE_VERSION,
        &env::var("TARGET")?,
        include_str!("build.rs"),
    ] {
        hash.update(part);
    }
    hash.update(version.stdout);
    let (source, folder) = (path_text(source)?, path_text(shim)?);
    for flag in compiler.to_command().get_args() {
        // Where the checkout and cargo's packages lie does not change the image.
        let flag = flag.to_string_lossy();
        hash.update(flag.replace(source, "source").replace(folder, "shim"));
    }
    for file in all_files(shim)? {
        hash.update(fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?);
    }
    Ok(hex(hash))
}

/// Every file of a folder and the folders in it, in the same order on every machine.
fn all_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let into = if path.is_dir() {
                &mut folders
            } else {
                &mut files
            };
            into.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn hex(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn build_image(target: &Target, source: &Path, shim: &Path, image: &Path) -> Result<()> {
    let mut core = files_below(source, CORE)?;
    let mut wrappers = files_below(shim, SHIM)?;
    if target.jit {
        core.extend(files_below(source, JIT)?);
        wrappers.extend(files_below(shim, JIT_SHIM)?);
    }
    let (cpp, c): (Vec<PathBuf>, Vec<PathBuf>) = core
        .into_iter()
        .partition(|file| file.extension().is_some_and(|end| end == "cpp"));

    let mut objects = compiler(target, source, shim)
        .files(c)
        .try_compile_intermediates()?;
    let mut cpp_compiler = compiler(target, source, shim);
    cpp_compiler
        .cpp(true)
        .std("gnu++14")
        .flag_if_supported("-fno-gnu-unique")
        .flag("-fvisibility-inlines-hidden");
    objects.extend(
        cpp_compiler
            .clone()
            .files(cpp)
            .try_compile_intermediates()?,
    );
    // What runs most is in the files that the wrappers include. Neighbours that were written one by one are not read at
    // once: such a load waits until they have reached the cache.
    objects.extend(
        cpp_compiler
            .clone()
            .opt_level(3)
            .flag_if_supported("-fno-tree-slp-vectorize")
            .files(wrappers)
            .try_compile_intermediates()?,
    );

    let mut exports = OsString::from("-Wl,--version-script=");
    exports.push(shim.join("exports.map"));
    let status = cpp_compiler
        .try_get_compiler()?
        .to_command()
        .arg("-shared")
        .arg("-o")
        .arg(image)
        .args(objects)
        .arg(exports)
        .args([
            "-Wl,-Bsymbolic",
            "-Wl,--gc-sections",
            "-Wl,-z,defs",
            "-Wl,--strip-all",
        ])
        .args(["-static-libstdc++", "-static-libgcc", "-lz", "-lm"])
        .status()
        .context("cannot run the linker")?;
    ensure!(
        status.success(),
        "linking the core failed ({status}; zlib is needed: zlib1g-dev)"
    );
    Ok(())
}

/// The options that C and C++ share. The same in every profile: an unoptimised core is of no use.
fn compiler(target: &Target, source: &Path, shim: &Path) -> cc::Build {
    let mut build = cc::Build::new();
    build
        .cargo_metadata(false)
        .warnings(false)
        .flag("-w")
        .opt_level(2)
        .debug(false)
        .pic(true)
        .flag("-fvisibility=hidden")
        .flag("-ffunction-sections")
        .flag("-fdata-sections")
        .flag("-include")
        .flag(shim.join("silence.h"))
        .flag("-include")
        .flag(shim.join("blocks.h"))
        // The image names its files alike wherever they lie.
        .flag(file_prefix(source, "source"))
        .flag(file_prefix(shim, "shim"))
        .include(shim.join("stubs"))
        .include(shim)
        .include(source)
        .include(source.join("libretro-common/include"))
        .include(source.join("frontend"))
        .define("HAVE_LIBZ", None);
    if target.pointer_bits == "64" {
        build.define("HOST_64", None);
    } else {
        build.define("HOST_32", None);
    }
    if target.jit {
        build.define("HAVE_JIT", None);
    }
    build
}

/// The option that makes the image name the files of `folder` as if they lay in `name`.
fn file_prefix(folder: &Path, name: &str) -> OsString {
    let mut option = OsString::from("-ffile-prefix-map=");
    option.push(folder);
    option.push("=");
    option.push(name);
    option
}

/// The files that `names` stand for; the order is the same on every machine.
fn files_below(folder: &Path, names: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for name in names {
        let path = folder.join(name);
        if !name.ends_with('/') {
            files.push(path);
            continue;
        }
        let mut inside = fs::read_dir(&path)
            .with_context(|| format!("cannot read {}", path.display()))?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<Vec<_>>>()?;
        inside.retain(|file| file.extension().is_some_and(|end| end == "cpp"));
        inside.sort();
        files.extend(inside);
    }
    Ok(files)
}

fn path_text(path: &Path) -> Result<&str> {
    path.to_str()
        .with_context(|| format!("{} is not UTF-8", path.display()))
}

fn sha256(file: &Path) -> Result<String> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(hex(Sha256::new_with_prefix(bytes)))
}
