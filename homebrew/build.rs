//! Compiles the game's logic natively, with the feature `native`.

fn main() {
    println!("cargo::rerun-if-changed=logic");
    println!("cargo::rerun-if-changed=native.c");
    #[cfg(feature = "native")]
    compile_logic();
}

#[cfg(feature = "native")]
fn compile_logic() {
    const SOURCES: &[&str] = &[
        "camera",
        "collision",
        "course",
        "driver",
        "game",
        "ghost",
        "lz10",
        "names",
        "narc",
        "nitrofs",
        "params",
        "points",
        "race",
    ];
    cc::Build::new()
        .std("c11")
        .include("logic")
        .define("KARTSCOPE_NATIVE", None)
        // As for the ROM: signed sums wrap, with the same results.
        .flag("-fwrapv")
        .flag("-ffreestanding")
        // A root is an instruction, and reports no error.
        .flag("-fno-math-errno")
        // The RAM's address is read in every function: no call for it, in a shared library either.
        .flag("-ftls-model=initial-exec")
        .extra_warnings(true)
        .warnings_into_errors(true)
        .opt_level(2)
        .files(SOURCES.iter().map(|name| format!("logic/{name}.c")))
        .file("native.c")
        .compile("kartscope_logic");
}
