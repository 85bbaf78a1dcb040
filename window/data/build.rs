//! Lets the test binaries find libtorch without `LD_LIBRARY_PATH` where `learn` is built with it:
//! Cargo builds a workspace with the features of all its packages.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if let Ok(folder) = std::env::var("DEP_LEARN_LIBTORCH_LIB") {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
