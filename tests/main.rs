//! End-to-end tests of the `kartscope` program, on the bundled game, with good and bad input.
//!
//! The tests run the built program and check what a user sees: standard output, standard error, the exit code and the
//! resulting files.
#![allow(clippy::print_stdout, reason = "tests say when they skip")]
#![allow(unreachable_pub, reason = "tests have no interface to other crates")]

mod bad_input;
mod data;
mod desktop;
mod drag;
mod eyes;
mod field;
mod forged_states;
mod ghosts;
mod half_files;
mod inspect;
mod interrupt;
mod mk64;
mod mk64_ghosts;
mod mk64_inspect;
mod mk64_verify;
mod names;
mod outputs;
mod pictures;
mod pipeline;
mod program;
mod real_saves;
mod screen_reader;
mod states;
mod streams;
mod two_writers;
mod usage;
mod verify;
mod video;
mod window;
mod window_data;
mod window_files;
mod window_mk64;
mod window_session;
