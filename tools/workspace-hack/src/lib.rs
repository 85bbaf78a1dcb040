//! Makes the Python package's build share the third-party crates that the workspace's tests have built.
//!
//! Cargo turns on those features of a crate that the packages of one command ask for. maturin builds one package, so
//! that a crate of which another package asks more would be compiled a second time, and with it each crate above it.
//! This crate has no code: it asks for the features that differ. Its name is the one that
//! [cargo-hakari](https://docs.rs/cargo-hakari) has made customary. The test `features` names the crates that still
//! differ.
