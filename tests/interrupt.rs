//! Ctrl-C: finished work is kept, no file is half-written, and the same command resumes.

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use test_display::isolated;

use crate::program::{Race, files, json, kartscope, stderr, text};

/// Waits until `ready`, up to a generous limit, after which the test counts as hung.
pub fn wait_until(what: &str, mut ready: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !ready() {
        assert!(
            begin.elapsed() < Duration::from_secs(300),
            "waited too long for {what}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends the signal of Ctrl-C.
pub fn interrupt(child: &Child) {
    send("INT", child);
}

/// Sends a signal, with the shell's builtin `kill`: a minimal system has no such program.
pub fn send(signal: &str, child: &Child) {
    let command = format!("kill -{signal} {}", child.id());
    let status = isolated("bash").args(["-c", &command]).status();
    assert!(status.expect("bash").success());
}

/// The race's movie followed by its last frame a million times, which takes longer to play than a test waits, so that a
/// program is always interrupted at work.
pub fn endless_movie(folder: &Path) -> PathBuf {
    let movie = fs::read_to_string(Race::get().movie()).expect("a movie");
    let last = movie.trim_end().lines().last().expect("a frame");
    let endless = movie.trim_end().to_owned() + &format!("\n{last}").repeat(1_000_000) + "\n";
    let path = folder.join("endless.dsm");
    fs::write(&path, endless).expect("written");
    path
}

fn has(folder: &Path, extension: &str) -> bool {
    folder.exists()
        && files(folder)
            .iter()
            .any(|file| text(file).ends_with(extension))
}

#[test]
fn an_interrupted_recording_keeps_its_movies_and_goes_on() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let (movies, dataset) = (folder.path().join("movies"), folder.path().join("dataset"));
    fs::create_dir(&movies).expect("a folder");
    fs::copy(race.movie(), movies.join("a.dsm")).expect("copied");
    let endless = endless_movie(&movies);
    let child = kartscope()
        .args([
            "record",
            text(&movies),
            "-o",
            text(&dataset),
            "--num-proc",
            "1",
        ])
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    wait_until("the first movie", || {
        has(&dataset, ".parquet") && dataset.join("manifest.json").exists()
    });
    interrupt(&child);
    let output = child.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("interrupted"),
        "{}",
        stderr(&output)
    );

    // A comment changes the movie's hash.
    let movie = fs::read_to_string(race.movie()).expect("a movie");
    let other = movie.replacen('\n', "\ncomment another\n", 1);
    fs::write(endless, other).expect("written");
    let recorded = json(["record", text(&movies), "-o", text(&dataset)]);
    assert_eq!(
        (&recorded["kept"], &recorded["movies"]),
        (&1.into(), &2.into())
    );
    assert_eq!(files(&dataset).len(), 3, "a file a movie and the manifest");
}

#[test]
fn an_interrupted_training_goes_on_to_the_same_model() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let dataset = race.dataset();
    let train = |model: &Path, epochs: u32| {
        let mut command = kartscope();
        command
            .args(["train", text(&dataset), "-o", text(model)])
            .args(["-e", &epochs.to_string(), "--split-ratio", "1"])
            .args(["--device", "cpu", "--threads", "1", "--json"])
            .stderr(Stdio::piped());
        command
    };
    let (cut, whole) = (folder.path().join("cut"), folder.path().join("whole"));
    // More epochs than it can do while this test waits.
    let child = train(&cut, 1_000_000).stdout(Stdio::piped()).spawn();
    let child = child.expect("started");
    wait_until("the first epoch", || cut.join("model.json").exists());
    interrupt(&child);
    let output = child.wait_with_output().expect("ended");
    let interrupted = output.status.code() == Some(1) && stderr(&output).contains("interrupted");
    assert!(interrupted, "{}", stderr(&output));
    let summary: Value = serde_json::from_slice(&output.stdout).expect("a summary");
    let done = summary["epochs"].as_u64().expect("a count") as u32;
    for model in [&cut, &whole] {
        let output = train(model, done + 1).output().expect("started");
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let weights = |model: &Path| {
        let is_weights = |file: &std::path::PathBuf| {
            let name = file
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            name.starts_with("model-") && name.ends_with(".safetensors")
        };
        let file = files(model).into_iter().find(is_weights);
        fs::read(file.expect("weights")).expect("read")
    };
    assert!(
        weights(&cut) == weights(&whole),
        "resumed and uninterrupted training differ"
    );
}

#[test]
fn an_interrupted_watch_leaves_a_whole_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let (movie, output) = (endless_movie(folder.path()), folder.path().join("out"));
    fs::create_dir(&output).expect("a folder");
    let table = output.join("race.csv");
    let child = kartscope()
        .args(["inspect", "watch", text(&movie), "driver[0].position"])
        .args(["-o", text(&table)])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("started");
    let is_being_written = || {
        let sizes = files(&output)
            .into_iter()
            .map(|file| fs::metadata(file).map(|data| data.len()));
        sizes.flatten().any(|size| size > 0)
    };
    wait_until("the first lines", is_being_written);
    interrupt(&child);
    let output = child.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let lines = fs::read_to_string(&table).expect("the table");
    let count = lines.lines().count() - 1;
    assert!(
        lines.ends_with('\n') && (1..1_000_000).contains(&count),
        "{count}"
    );
    for (frame, line) in lines.lines().skip(1).enumerate() {
        assert!(line.starts_with(&format!("{frame},")), "{line}");
        assert_eq!(line.matches(',').count(), 4, "{line}");
    }
    let said = stderr(&output);
    assert!(
        said.contains(&format!("holds the {count} lines so far")),
        "{said}"
    );
}

/// A command that can't end: its output is a full pipe without a reader.
struct Blocked {
    child: Child,
    _reader: std::io::PipeReader,
}

impl Blocked {
    fn start(folder: &Path) -> Self {
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        // The capacity of a pipe: the next write blocks.
        writer.write_all(&[b' '; 1 << 16]).expect("written");
        let movie = endless_movie(folder);
        let child = kartscope()
            .args(["inspect", "watch", text(&movie), "driver[0].position"])
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        wait_for_thread(&child, "signals");
        Self {
            child,
            _reader: reader,
        }
    }

    fn end(self) -> Output {
        self.child.wait_with_output().expect("ended")
    }
}

/// Waits until a program has a thread of this name.
fn wait_for_thread(child: &Child, name: &str) {
    let threads = format!("/proc/{}/task", child.id());
    wait_until(name, || {
        fs::read_dir(&threads).expect("threads").any(|thread| {
            let found = fs::read_to_string(thread.expect("a thread").path().join("comm"));
            found.is_ok_and(|found| found.trim_end() == name)
        })
    });
}

#[test]
fn a_second_interruption_ends_the_program_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let blocked = Blocked::start(folder.path());
    send("TERM", &blocked.child);
    // The thread that limits the time after a signal: the program has received the first signal.
    wait_for_thread(&blocked.child, "grace");
    send("INT", &blocked.child);
    let output = blocked.end();
    assert_eq!(output.status.signal(), Some(2), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
}

#[test]
fn one_signal_ends_a_program_whose_work_hangs() {
    let folder = tempfile::tempdir().expect("a folder");
    let blocked = Blocked::start(folder.path());
    send("TERM", &blocked.child);
    let output = blocked.end();
    assert_eq!(output.status.signal(), Some(15), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("ended at once"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn an_interruption_before_any_result_reports_nothing_as_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let movie = endless_movie(folder.path());
    let dataset = folder.path().join("dataset");
    for arguments in [
        vec!["replay", text(&movie)],
        vec!["record", text(&movie), "-o", text(&dataset)],
    ] {
        let child = kartscope()
            .args(&arguments)
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        wait_for_thread(&child, "signals");
        interrupt(&child);
        let output = child.wait_with_output().expect("ended");
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains("interrupted") && !said.contains("kept"),
            "{said}"
        );
    }
}
