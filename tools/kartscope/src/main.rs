//! kartscope
fn main() {}
