//! Cargo turns on the features of build dependencies only for a package with a build script.

fn main() {}
