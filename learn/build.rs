//! Lets this package's test binaries find libtorch without `LD_LIBRARY_PATH`, and hands its
//! folder to dependents' build scripts as `DEP_LEARN_LIBTORCH_LIB`: link arguments do not
//! travel along dependency edges, so every package with a binary repeats the rpath.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let Some(libtorch) = std::env::var_os("DEP_TCH_LIBTORCH_LIB") else {
        return;
    };
    let libtorch = libtorch.to_string_lossy();
    println!("cargo::rustc-link-arg=-Wl,-rpath,{libtorch}");
    println!("cargo::metadata=libtorch_lib={libtorch}");
}
