//! Arbitrary names of files: control characters are escaped, and names that are not UTF-8 work, also in JSON.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use serde_json::Value;

use crate::program::{Race, files, json, kartscope, run, stderr, stdout, text};

/// Characters that control a terminal: a colour, a new line, a title, the writing direction.
const OBEYED: &str = "a\u{1b}[31m\nb\u{7}\u{9b}2J\u{202e}";

#[test]
fn a_terminal_gets_no_commands_from_names() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let named = |end: &str| folder.path().join(format!("{OBEYED}{end}"));
    fs::copy(race.movie(), named(".dsm")).expect("copied");
    fs::write(named(".txt"), "no movie").expect("written");
    let (movie, other, missing) = (named(".dsm"), named(".txt"), named(".sav"));
    let commands: [&[&str]; 6] = [
        &["replay", text(&movie), "--verbose"],
        &["replay", text(&movie), text(&other)],
        &["ghosts", "list", text(&missing)],
        &["ghosts", "list", text(&other)],
        &["inspect", "dump", text(&movie), "-o", text(&missing)],
        &["eval", text(&missing), text(&movie)],
    ];
    for command in commands {
        let output = run(command);
        let said = stdout(&output) + &stderr(&output);
        assert!(
            said.contains("a\\u{1b}[31m\\nb\\u{7}\\u{9b}2J\\u{202e}"),
            "{said}"
        );
        let obeyed = |c: &char| c.is_control() && *c != '\n' || *c == '\u{202e}';
        assert_eq!(said.chars().find(obeyed), None, "{said}");
    }
    let played = json(["replay", text(&movie)]);
    assert_eq!(played[0]["movie"], text(&movie));
}

/// A path in JSON; an object, since it is not valid UTF-8.
fn path_of(json: &Value) -> PathBuf {
    assert!(
        json["text"].as_str().expect("text").contains('\u{FFFD}'),
        "{json}"
    );
    let bytes = json["bytes"].as_array().expect("bytes").iter();
    let bytes = bytes.map(|byte| {
        byte.as_u64()
            .and_then(|byte| byte.try_into().ok())
            .expect("a byte")
    });
    OsString::from_vec(bytes.collect()).into()
}

#[test]
fn paths_that_are_no_utf8_work_everywhere() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let no_text = |name: &[u8]| folder.path().join(OsStr::from_bytes(name));
    let (save, movie) = (no_text(b"s\xFF.sav"), no_text(b"m\xFF.dsm"));
    fs::copy(race.save(), &save).expect("copied");
    fs::copy(race.movie(), &movie).expect("copied");
    let result = |arguments: &[&OsStr]| {
        let output = kartscope()
            .args(arguments)
            .arg("--json")
            .output()
            .expect("started");
        assert!(output.status.success(), "{}", stderr(&output));
        serde_json::from_slice::<Value>(&output.stdout).expect("JSON")
    };
    let word = OsStr::new;

    result(&[word("ghosts"), word("list"), save.as_os_str()]);
    let ghosts = no_text(b"g\xFF");
    let extract = [
        word("ghosts"),
        word("extract"),
        save.as_os_str(),
        word("-o"),
        ghosts.as_os_str(),
    ];
    let extracted = result(&extract);
    assert_eq!(files(&ghosts), [path_of(&extracted[0]["file"])]);
    let movies = no_text(b"movies\xFF");
    let process = [
        word("process"),
        save.as_os_str(),
        word("-o"),
        movies.as_os_str(),
    ];
    assert_eq!(files(&movies_of(&result(&process))), files(&movies));
    let played = result(&[word("replay"), movie.as_os_str()]);
    assert_eq!(path_of(&played[0]["movie"]), movie);
    let dataset = no_text(b"d\xFF");
    let recorded = result(&[
        word("record"),
        movie.as_os_str(),
        word("-o"),
        dataset.as_os_str(),
    ]);
    assert_eq!(path_of(&recorded["dataset"]), dataset);
    let model = no_text(b"model\xFF");
    let mut train = vec![
        word("train"),
        dataset.as_os_str(),
        word("-o"),
        model.as_os_str(),
    ];
    train.extend(["-e", "1", "--split-ratio", "1", "--device", "cpu"].map(word));
    assert_eq!(path_of(&result(&train)["folder"]), model);
    let mut eval = vec![word("eval"), model.as_os_str(), movie.as_os_str()];
    eval.extend(["--episodes", "1", "--device", "cpu"].map(word));
    let judged = result(&eval);
    assert_eq!(path_of(&judged["model"]), model);
    assert_eq!(path_of(&judged["movies"][0]["movie"]), movie);

    let mut at = movie.clone().into_os_string();
    at.push("@race+3");
    let dump = no_text(b"r\xFF.bin");
    let dumped = result(&[
        word("inspect"),
        word("dump"),
        &at,
        word("-o"),
        dump.as_os_str(),
    ]);
    assert_eq!(path_of(&dumped["output"]), dump);
    let mut step = dump.into_os_string();
    step.push(":any");
    let mut search = [
        word("inspect"),
        word("search"),
        word("-t"),
        word("u8"),
        word("--at"),
        &step,
    ]
    .to_vec();
    search.extend(["--limit", "1"].map(word));
    result(&search);
    result(&[word("inspect"), word("course"), movie.as_os_str()]);
}

/// The folder of the movies that `process` made.
fn movies_of(made: &Value) -> PathBuf {
    let movie = path_of(&made[0]["movie"]);
    movie.parent().expect("a folder").to_owned()
}
