//! Videos and ranges of frames of `kartscope replay`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::interrupt::{endless_movie, interrupt, send, wait_until};
use crate::program::{Race, fails, files, json, kartscope, stderr, text};

/// A fake ffmpeg, which behaves as the file `behaviour` beside its output defines.
const FAKE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fake-ffmpeg");
/// Bytes of a picture at scale 1, as ffmpeg reads them.
const PICTURE: usize = 256 * 384 * 4;

fn folder(behaviour: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("behaviour"), behaviour).expect("written");
    folder
}

/// `kartscope replay` of the race with the fake, at scale 1.
fn replay(video: &Path, more: &[&str]) -> Command {
    replay_of(&Race::get().movie(), video, more)
}

fn replay_of(movie: &Path, video: &Path, more: &[&str]) -> Command {
    let mut command = kartscope();
    command
        .env("KARTSCOPE_FFMPEG", FAKE)
        .args(["replay", text(movie), "--scale", "1"])
        .args(["--video", text(video)])
        .args(more);
    command
}

fn output(command: &mut Command) -> Output {
    command.output().expect("kartscope starts")
}

/// The folder's files, except the fake's own.
fn made(folder: &TempDir) -> Vec<PathBuf> {
    let own = ["behaviour", "arguments", "process"];
    let is_own = |file: &PathBuf| own.iter().any(|name| file.ends_with(name));
    let mut made = files(folder.path());
    made.retain(|file| !is_own(file));
    made
}

#[test]
fn a_video_shows_every_frame_of_the_range_with_the_overlays_asked_for() {
    let folder = folder("cat > \"$output\"");
    let make = |name: &str, more: &[&str]| {
        let path = folder.path().join(name);
        let range = ["--from", "race+400", "--to", "race+409"];
        let output = output(&mut replay(&path, &[&range[..], more].concat()));
        assert!(output.status.success(), "{}", stderr(&output));
        fs::read(path).expect("the video")
    };
    let default = make("default.mp4", &[]);
    let same = make("same.mp4", &["--overlays", "buttons,rays,checkpoints"]);
    let rays = make("rays.webm", &["--overlays", "rays"]);
    let plain = make("plain.mp4", &["--plain"]);
    for video in [&default, &rays, &plain] {
        assert_eq!(video.len(), 10 * PICTURE);
    }
    assert!(default == same, "the order of names does not matter");
    assert!(default != rays && rays != plain && default != plain);
    assert_eq!(made(&folder).len(), 4, "no partial file is left");
}

#[test]
fn a_video_shows_the_race_when_nothing_else_is_said() {
    let folder = folder("cat > \"$output\"");
    let path = folder.path().join("race.mp4");
    let output = output(replay(&path, &["--plain", "--json"]).stderr(Stdio::inherit()));
    let played: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let number = |key: &str| played[0][key].as_u64().expect("a number");
    let frames = number("frames") - (number("race_from") - 1 + 300);
    let size = fs::metadata(&path).expect("the video").len();
    assert_eq!(size, frames * PICTURE as u64);
}

#[test]
fn an_impossible_video_is_refused_before_the_movie_is_played() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let movie = race.movie();
    let of = |video: &str, more: &[&str], words: &[&str]| {
        let video = folder.path().join(video);
        let arguments = ["replay", text(&movie), "--video", text(&video)];
        fails([&arguments[..], more].concat(), words);
    };
    of("race.avi", &[], &["race.avi", ".mp4 or .webm"]);
    of("race.mp4", &["--to", "999999"], &["--to", "999999"]);
    of(
        "race.mp4",
        &["--from", "end", "--to", "3"],
        &["--from and --to"],
    );
    let missing = output(
        replay(&folder.path().join("race.mp4"), &[]).env("KARTSCOPE_FFMPEG", "no-ffmpeg-here"),
    );
    assert_eq!(missing.status.code(), Some(1));
    let said = stderr(&missing);
    for word in ["race.mp4", "no-ffmpeg-here", "apt install ffmpeg", "GIF"] {
        assert!(said.contains(word), "{word:?} in {said}");
    }
    assert!(files(folder.path()).is_empty());
}

#[test]
fn a_failing_ffmpeg_is_quoted_and_leaves_nothing() {
    for behaviour in [
        "head -c 1000000 > \"$output\"; echo 'disk on fire' >&2; exit 1",
        "cat > \"$output\"; echo 'disk on fire' >&2; exit 1",
    ] {
        let folder = folder(behaviour);
        let path = folder.path().join("race.mp4");
        let range = ["--from", "race+300", "--to", "race+330"];
        let output = output(&mut replay(&path, &range));
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        let said = stderr(&output);
        assert!(
            said.contains("race.mp4") && said.contains("disk on fire"),
            "{said}"
        );
        assert!(made(&folder).is_empty());
    }
}

#[test]
fn one_signal_ends_an_export_whose_ffmpeg_hangs_and_the_programs_that_it_runs() {
    let folder = folder("sleep 1000000 & echo $! > \"$folder/process\"; wait");
    let child = replay(&folder.path().join("race.mp4"), &[])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let process = folder.path().join("process");
    // A killed process has no command line, even before its parent has waited for it.
    let sleeps = || {
        let name = fs::read_to_string(&process).unwrap_or_default();
        let line = fs::read_to_string(format!("/proc/{}/cmdline", name.trim()));
        line.is_ok_and(|line| line.starts_with("sleep\0"))
    };
    wait_until("a stuck ffmpeg", sleeps);
    send("TERM", &child);
    let output = child.wait_with_output().expect("ended");
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("interrupted"), "{said}");
    wait_until("the end of what ffmpeg ran", || !sleeps());
    assert!(made(&folder).is_empty(), "{:?}", made(&folder));
}

#[test]
fn an_interrupted_export_leaves_neither_files_nor_processes() {
    let folder = folder("cat > \"$output\"");
    let movies = tempfile::tempdir().expect("a folder");
    let movie = endless_movie(movies.path());
    let (video, gif) = (folder.path().join("a.mp4"), folder.path().join("a.gif"));
    let range = ["--gif", text(&gif), "--to", "end"];
    let child = replay_of(&movie, &video, &range)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    // Partial files that grow show that both are being written.
    let grow = || {
        made(&folder)
            .iter()
            .filter(|file| fs::metadata(file).is_ok_and(|data| data.len() > 0))
            .count()
            == 2
    };
    wait_until("the first pictures", grow);
    interrupt(&child);
    let output = child.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("interrupted"),
        "{}",
        stderr(&output)
    );
    let process = fs::read_to_string(folder.path().join("process")).expect("a process");
    assert!(!Path::new("/proc").join(process.trim()).exists());
    assert!(made(&folder).is_empty(), "{:?}", made(&folder));
}

#[test]
fn a_real_ffmpeg_writes_the_race() {
    if Command::new("ffmpeg").arg("-version").output().is_err() {
        println!("skipped: ffmpeg is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["race.mp4", "race.webm"] {
        let video = folder.path().join(name);
        let movie = Race::get().movie();
        json([
            "replay",
            text(&movie),
            "--video",
            text(&video),
            "--scale",
            "1",
            "--from",
            "race+400",
            "--to",
            "race+419",
        ]);
        let decoded = Command::new("ffmpeg")
            .args(["-loglevel", "error", "-i", text(&video)])
            .args(["-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1"])
            .output()
            .expect("ffmpeg starts");
        assert_eq!(
            decoded.stdout.len(),
            20 * PICTURE,
            "{name}: {}",
            stderr(&decoded)
        );
    }
    assert_eq!(files(folder.path()).len(), 2);
}
