//! Lets the program find libtorch without `LD_LIBRARY_PATH`.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Link arguments do not travel along dependency edges: `learn` hands over the folder instead.
    if let Ok(folder) = std::env::var("DEP_LEARN_LIBTORCH_LIB") {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{folder}");
    }
}
