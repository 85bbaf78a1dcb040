//! Command lines that are refused: values that no option takes, and combinations that contradict or do nothing.

use super::*;

/// Checks that a command line is refused with `reason` and a hint to the help, and without the messages of Rust's parsers.
#[track_caller]
fn refuses(arguments: &[&str], reason: &str) {
    let line = std::iter::once("kartscope").chain(arguments.iter().copied());
    let Err(error) = Cli::read_from(line) else {
        panic!("{arguments:?}: accepted");
    };
    let message = error.to_string();
    assert!(error.use_stderr(), "{arguments:?}: {message}");
    for expected in [reason, "--help"] {
        assert!(
            message.contains(expected),
            "{arguments:?}: expected {expected:?} in: {message}"
        );
    }
    for unexpected in [
        "invalid digit",
        "non-zero type",
        "ParseIntError",
        "Utf8Error",
    ] {
        assert!(!message.contains(unexpected), "{arguments:?}: {message}");
    }
}

#[test]
fn values_that_no_option_takes_are_refused() {
    let cases: &[(&[&str], &str)] = &[
        (&["no-such-command"], "unrecognized subcommand"),
        (&["doctor", "--game", "chess"], "mkds"),
        (&["ghosts"], "Usage"),
        (&["process"], "<SAV>"),
        (&["process", "a.sav", "-c", "f9c"], "expected one of f8c"),
        (
            &["process", "a.sav", "--num-proc", "0"],
            "whole number from 1",
        ),
        (
            &["ghosts", "extract", "a.sav", "-c", ""],
            "expected one of f8c",
        ),
        (
            &[
                "ghosts",
                "inject",
                "a",
                "-o",
                "b",
                "--nickname",
                "elevenchars",
            ],
            "at most 10 characters",
        ),
        (&["drive", "-c", "f9c"], "expected one of f8c"),
        (&["drive", "--character", "12"], "from 0 to 11"),
        (&["drive", "--kart", "x"], "from 0 to 35"),
        (&["drive", "--seed", "1.5"], "whole number"),
        (&["drive", "--seed=-1"], "whole number"),
        (&["record", "a.dsm", "--num-proc", "many"], "whole number"),
        (
            &["replay", "a.dsm", "--png", "b", "--scale", "0"],
            "from 1 to 8",
        ),
        (
            &["replay", "a.dsm", "--png", "b", "--overlays", "beams"],
            "checkpoints",
        ),
        (
            &["replay", "a.dsm", "--png", "b", "--overlays", ","],
            "--plain",
        ),
        (
            &["replay", "a.dsm", "--png", "b", "--frame", "soon"],
            "race+N",
        ),
        (&["train", "a", "--epochs", "0"], "at least 1"),
        (&["train", "bc", "a", "--epochs", "0"], "at least 1"),
        (&["train", "bc"], "<DATASET>"),
        (&["train", "a", "--epochs", "many"], "whole number"),
        (&["train", "a", "--lr", "NaN"], "above 0"),
        (&["train", "a", "--lr", "0"], "above 0"),
        (&["train", "a", "--split-ratio", "2"], "at most 1"),
        (&["train", "a", "--split-ratio", "0"], "above 0"),
        (&["train", "a", "--batch-size", "0"], "1 to"),
        (&["train", "a", "--seq-len", "0"], "1 to"),
        (&["train", "a", "--threads", "0"], "whole number from 1"),
        (&["train", "a", "--device", "foo"], "expected cpu"),
        (
            &["train", "a", "--model-name", "foo"],
            "possible values: mlp, lstm",
        ),
        (&["train", "a", "-c", "f9c"], "expected one of f8c"),
        (
            &["eval", "a", "b.dsm", "--episodes", "0"],
            "whole number from 1",
        ),
        (
            &["eval", "a", "b.dsm", "--require-finish", "2"],
            "from 0 to 1",
        ),
        (
            &["eval", "a", "b.dsm", "--require-finish", "nan"],
            "from 0 to 1",
        ),
        (
            &["eval", "a", "b.dsm", "--device", "cuda:x"],
            "expected cpu",
        ),
        (&["inspect", "fields", "nothing"], "race_status"),
        (&["inspect", "show", "a.dsm@soon"], "race+N"),
        (&["inspect", "watch", "a.dsm", "driver"], "expected a field"),
        (
            &["inspect", "watch", "a.dsm", "course_id", "--every", "0"],
            "whole number from 1",
        ),
        (&["inspect", "course", "nowhere"], "one of the courses"),
        (
            &["inspect", "diff", "a", "b", "--limit", "x"],
            "whole number",
        ),
        (
            &["inspect", "search", "a.dsm", "-t", "u8", "--at", "3"],
            "WHEN:CONDITION",
        ),
        (
            &["inspect", "search", "a.dsm", "-t", "u8", "--at", "3:more"],
            "increased",
        ),
        (&["debug", "play", "-c", "f9c"], "expected one of f8c"),
        (&["debug", "agent", "a", "--device", "foo"], "expected cpu"),
        (&["completions", "cmd.exe"], "bash"),
    ];
    for (arguments, reason) in cases {
        refuses(arguments, reason);
    }
}

#[test]
fn combinations_that_contradict_or_do_nothing_are_refused() {
    let cases: &[(&[&str], &str)] = &[
        (
            &[
                "replay", "a.dsm", "--gif", "b", "--from", "500", "--to", "100",
            ],
            "found 500 and 100",
        ),
        (
            &[
                "replay", "a.dsm", "--gif", "b", "--from", "race+2", "--to", "race",
            ],
            "found race+2 and race",
        ),
        (
            &["replay", "a.dsm", "b.dsm", "--png", "c"],
            "expected one movie, found 2",
        ),
        (&["replay", "a.dsm", "--frame", "3"], "--png"),
        (&["replay", "a.dsm", "--png", "b", "--from", "3"], "--gif"),
        (
            &["replay", "a.dsm", "--png", "b", "--gif-every", "3"],
            "--gif",
        ),
        (&["replay", "a.dsm", "--scale", "3"], "--video"),
        (&["replay", "a.dsm", "--overlays", "rays"], "--video"),
        (&["replay", "a.dsm", "--plain"], "--video"),
        (&["ghosts", "inject", "a", "-o", "b", "--replace"], "--into"),
        (&["verify", "--num-proc", "2"], "SAVE"),
        (&["inspect", "symbols", "--state", "a"], "--state"),
        (&["inspect", "fields", "driver", "--state", "a"], "--state"),
        (&["inspect", "course", "f8c", "--size", "300"], "--svg"),
        (
            &[
                "inspect",
                "watch",
                "a",
                "course_id",
                "--from",
                "3",
                "--to",
                "2",
            ],
            "found 3 and 2",
        ),
        (
            &[
                "inspect",
                "watch",
                "a",
                "course_id",
                "--json",
                "--format",
                "csv",
            ],
            "--output",
        ),
        (
            &["inspect", "search", "a", "-t", "u8", "--at", "soon:any"],
            "race+N",
        ),
        (
            &["inspect", "search", "a", "-t", "u8", "--at", "3:changed"],
            "first step",
        ),
        (
            &["inspect", "search", "a", "-t", "u8", "--at", "3:5..3"],
            "A up to B",
        ),
        (
            &["inspect", "search", "a", "-t", "u8", "--at", "3:=300"],
            "from 0 to 255",
        ),
        (&["debug", "play", "--kart", "3"], "--course-name"),
        (&["debug", "play", "a.dsm", "-c", "f8c"], "cannot be used"),
        (
            &["debug", "agent", "a", "b.dsm", "-c", "f8c"],
            "cannot be used",
        ),
        (
            &["debug", "agent", "a", "b.dsm", "--kart", "3"],
            "cannot be used",
        ),
    ];
    for (arguments, reason) in cases {
        refuses(arguments, reason);
    }
}
