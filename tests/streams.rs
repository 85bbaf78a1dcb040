//! Standard output and error that cannot be written: closed, full, or a pipe without a reader.

use std::fs;
use std::path::Path;
use std::process::Output;

use test_display::isolated;

use crate::program::{Race, files, kartscope, stderr, stdout, text};

/// Redirections of both streams in a shell, and whether standard output is a full device; the reader of the pipes, `true`,
/// ends at once.
const BROKEN: [(&str, bool); 6] = [
    (">/dev/full 2>/dev/full", true),
    ("2>&1 >/dev/full | true", true),
    (">&- 2>&-", false),
    ("2>/dev/full | true", false),
    ("2>&- | true", false),
    ("2>&1 | true", false),
];

/// Runs the program in a shell with these redirections. The exit code is the program's, not that of a pipe's
/// reader; it is passed in a file, since both streams may be unusable.
fn redirected(arguments: &[&str], redirection: &str) -> (Output, Option<i32>) {
    let folder = tempfile::tempdir().expect("a folder");
    let code = folder.path().join("code");
    let program = kartscope();
    let script = format!("{{ \"$@\"; echo $? > '{}'; }} {redirection}", text(&code));
    let mut shell = isolated("bash");
    shell
        .args(["-c", &script, "bash"])
        .arg(program.get_program());
    for (name, value) in program.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    let output = shell.args(arguments).output().expect("a shell");
    let code = fs::read_to_string(code).expect("an exit code");
    (output, code.trim().parse().ok())
}

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let name = |file: &Path| text(file.strip_prefix(folder).expect("in it")).to_owned();
    let read = |file: std::path::PathBuf| (name(&file), fs::read(&file).expect("read"));
    files(folder).into_iter().map(read).collect()
}

#[test]
fn work_whose_product_is_a_file_is_done_with_broken_streams() {
    let race = Race::get();
    let record = |redirection: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let dataset = folder.path().join("dataset");
        let movie = race.movie();
        let arguments = ["record", text(&movie), "-o", text(&dataset), "--verbose"];
        let (output, code) = redirected(&arguments, redirection);
        assert!(!stderr(&output).contains("panicked"), "{redirection}");
        (code, contents(&dataset))
    };
    let (code, whole) = record("");
    assert_eq!(code, Some(0));
    for (redirection, is_full) in BROKEN {
        let (code, dataset) = record(redirection);
        // A reader that has ended needs no summary; but on a full device the summary is lost.
        assert_eq!(code, Some(is_full.into()), "{redirection}");
        assert!(dataset == whole, "{redirection}");
    }
}

#[test]
fn output_without_a_reader_ends_the_program_quietly_and_a_full_device_is_an_error() {
    for arguments in [
        &["inspect", "symbols"][..],
        &["inspect", "symbols", "--json"],
        &["completions", "bash"],
        &["inspect", "--help"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = kartscope()
            .args(arguments)
            .stdout(writer)
            .output()
            .expect("kartscope starts");
        let ended = (stderr(&output), output.status.code());
        assert_eq!(ended, (String::new(), Some(141)), "{arguments:?}");

        let (output, code) = redirected(arguments, ">/dev/full");
        let said = stderr(&output);
        assert_eq!(code, Some(1), "{arguments:?}: {said}");
        assert!(said.contains("standard output"), "{arguments:?}: {said}");

        let (output, code) = redirected(arguments, ">&-");
        assert_eq!(
            (stderr(&output), code),
            (String::new(), Some(0)),
            "{arguments:?}"
        );
    }
}

#[test]
fn an_error_that_cannot_be_printed_still_sets_the_exit_code() {
    for (redirection, _) in BROKEN {
        for (arguments, expected) in [
            (&["replay", "no-such.dsm"][..], 1),
            (&["no-such-command"][..], 2),
        ] {
            let (output, code) = redirected(arguments, redirection);
            assert_eq!(code, Some(expected), "{arguments:?} {redirection}");
            assert!(!stdout(&output).contains("panicked"), "{redirection}");
        }
    }
}
