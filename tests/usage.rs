//! Invalid command lines give exit code 2, the expectation and the usage, and do nothing.

use crate::program::{Race, fails, files, misuses, text};

#[test]
fn a_refused_command_line_has_exit_code_2_and_says_why() {
    let cases: &[(&[&str], &str)] = &[
        (&["no-such-command"], "unrecognized subcommand"),
        (&["process"], "<SAV>"),
        (&["doctor", "--game", "chess"], "mkds"),
        (
            &["replay", "a.dsm", "--gif", "b", "--from", "2", "--to", "1"],
            "found 2 and 1",
        ),
    ];
    for (arguments, words) in cases {
        misuses(*arguments, &[words]);
    }
}

#[test]
fn options_without_effect_on_the_given_files_fail() {
    let movie = Race::get().movie();
    let folder = tempfile::tempdir().expect("a folder");
    let (out, dump) = (folder.path().join("out"), folder.path().join("ram.bin"));
    fails(
        ["record", text(&movie), "--process", "-o", text(&out)],
        &["--process", "expected a save file"],
    );
    crate::program::json(["inspect", "dump", text(&movie), "-o", text(&dump)]);
    let show = ["inspect", "show", text(&dump), "course_id"];
    fails(
        show.iter().chain(&["--state", text(&movie)]),
        &["--state", "found a RAM dump", "ram.bin"],
    );
    assert_eq!(files(folder.path()), [dump]);
}
