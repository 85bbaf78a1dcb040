//! Missing, short, broken and foreign files, and paths that can't be written, give an error with the file and the reason,
//! exit code 1, and no half-written output.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use test_display::isolated;

use crate::program::{Race, fails, files, kartscope, stderr, text};

/// A folder with one file in it.
fn with_file(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("written");
    (folder, path)
}

/// A copy of a folder of files.
fn copy_of(folder: &Path) -> TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for file in files(folder) {
        let name = file.strip_prefix(folder).expect("below the folder");
        let to = copy.path().join(name);
        fs::create_dir_all(to.parent().expect("a parent")).expect("a folder");
        fs::copy(&file, to).expect("copied");
    }
    copy
}

#[test]
fn files_that_are_not_there_are_named() {
    fails(
        ["ghosts", "list", "missing.sav"],
        &["missing.sav", "No such file"],
    );
    fails(["process", "missing.sav"], &["missing.sav"]);
    let folder = tempfile::tempdir().expect("a folder");
    let dataset = folder.path().join("dataset");
    fails(
        ["record", "missing.dsm", "-o", text(&dataset)],
        &["missing.dsm"],
    );
    fails(["replay", "missing.dsm"], &["missing.dsm"]);
    fails(["train", "missing-dataset"], &["missing-dataset"]);
    fails(["eval", "missing-model", "missing.dsm"], &["missing-model"]);
    fails(["doctor", "--rom", "missing.nds"], &["missing.nds"]);
}

#[test]
fn a_movie_from_a_save_state_wants_the_states_file_beside_it() {
    let movie = fs::read_to_string(Race::get().movie()).expect("a movie");
    let from_state = movie.replace("\nsavestate 0\n", "\nsavestate 1\n");
    let (folder, path) = with_file("race.dsm", from_state.as_bytes());
    let (model, dataset) = (Race::get().model(), folder.path().join("dataset"));
    let commands: [&[&str]; 5] = [
        &["replay"],
        &["record", "-o", text(&dataset)],
        &["eval", text(&model)],
        &["inspect", "show"],
        &["inspect", "events"],
    ];
    for command in commands {
        let words = [
            "race.dst",
            "starts from a save state",
            "expected",
            "found no such file",
        ];
        fails(command.iter().chain(&[text(&path)]), &words);
    }
    fs::write(folder.path().join("race.dst"), "no state").expect("written");
    fails(
        ["replay", text(&path)],
        &["race.dst", "save state", "expected", "found"],
    );
}

#[test]
fn a_short_save_says_how_long_it_should_be() {
    let save = fs::read(Race::get().save()).expect("a save");
    let (_folder, path) = with_file("short.sav", &save[..save.len() - 1]);
    let length = (save.len() - 1).to_string();
    fails(
        ["ghosts", "list", text(&path)],
        &["short.sav", "expected", "262144", &length],
    );
}

#[test]
fn a_broken_ghost_names_its_slot_and_what_is_wrong() {
    let mut save = fs::read(Race::get().save()).expect("a save");
    // A change in the first slot's runs, which the checksum must detect.
    save[0xAF00 + 0x100] ^= 0x40;
    let (_folder, path) = with_file("broken.sav", &save);
    fails(
        ["ghosts", "list", text(&path)],
        &["broken.sav", "slot 0", "expected", "found"],
    );
    let folder = tempfile::tempdir().expect("a folder");
    fails(
        ["process", text(&path), "-o", text(folder.path())],
        &["broken.sav", "slot 0"],
    );
    assert!(files(folder.path()).is_empty());
}

#[test]
fn a_save_without_ghosts_is_refused() {
    let (_folder, path) = with_file("empty.sav", &vec![0xFF; 256 << 10]);
    let folder = tempfile::tempdir().expect("a folder");
    fails(
        ["process", text(&path), "-o", text(folder.path())],
        &["no ghost", "empty.sav"],
    );
}

#[test]
fn a_broken_movie_names_its_line() {
    let movie = fs::read_to_string(Race::get().movie()).expect("a movie");
    let lines: Vec<&str> = movie.lines().collect();
    let broken_line = lines
        .iter()
        .position(|line| line.starts_with('|'))
        .expect("frames")
        + 10;
    let mut broken = lines.clone();
    broken[broken_line] = "|0|....";
    let (_folder, path) = with_file("broken.dsm", broken.join("\n").as_bytes());
    let place = format!("line {}", broken_line + 1);
    fails(
        ["replay", text(&path)],
        &["broken.dsm", &place, "expected", "found"],
    );
    fails(
        ["record", text(&path), "-o", text(&_folder.path().join("d"))],
        &["broken.dsm", &place],
    );
}

#[test]
fn a_movie_for_another_rom_is_refused() {
    let movie = fs::read_to_string(Race::get().movie()).expect("a movie");
    let other: String = movie
        .lines()
        .filter(|line| !line.starts_with("comment kartscope rom="))
        .map(|line| {
            if line.starts_with("romChecksum") {
                "romChecksum 12345678"
            } else {
                line
            }
        })
        .fold(String::new(), |text, line| text + line + "\n");
    let (_folder, path) = with_file("other.dsm", other.as_bytes());
    fails(
        ["replay", text(&path)],
        &["other.dsm", "12345678", "romChecksum"],
    );
}

#[test]
fn another_game_is_refused_as_rom() {
    let (_folder, path) = with_file("zeros.nds", &[0; 1024]);
    fails(["doctor", "--rom", text(&path)], &["zeros.nds"]);
    let mut rom = vec![0; 0x4000];
    rom[0..12].copy_from_slice(b"OTHER GAME\0\0");
    rom[12..16].copy_from_slice(b"ABCE");
    let (_folder, path) = with_file("other.nds", &rom);
    fails(["drive", "-c", "f8c", "--rom", text(&path)], &["other.nds"]);
    let (_folder, path) = with_file("short.nds", &rom[..100]);
    fails(["drive", "-c", "f8c", "--rom", text(&path)], &["short.nds"]);
}

#[test]
fn a_damaged_dataset_is_named() {
    let race = Race::get();
    let damage = |name: &dyn Fn(&str) -> bool, change: &dyn Fn(&mut Vec<u8>)| {
        let copy = copy_of(&race.dataset());
        let file = files(copy.path())
            .into_iter()
            .find(|file| name(text(file)))
            .expect("the file to damage");
        let mut bytes = fs::read(&file).expect("read");
        change(&mut bytes);
        fs::write(&file, bytes).expect("written");
        let name = file
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let model = copy.path().join("model");
        fails(["train", text(copy.path()), "-o", text(&model)], &[&name]);
        assert!(!model.join("model.json").exists());
    };
    damage(&|name| name.ends_with(".parquet"), &|bytes| {
        bytes.truncate(bytes.len() / 2);
    });
    damage(&|name| name.ends_with(".parquet"), &|bytes| bytes[20] ^= 1);
    damage(&|name| name.ends_with("manifest.json"), &|bytes| {
        bytes.truncate(100);
    });
    damage(&|name| name.ends_with("manifest.json"), &|bytes| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let other = text.replace("\"version\": 2", "\"version\": 99");
        assert_ne!(other, text, "the manifest says its version");
        *bytes = other.into_bytes();
    });
}

#[test]
fn a_damaged_model_is_named() {
    let race = Race::get();
    for extension in [".safetensors", ".json"] {
        let copy = copy_of(&race.model());
        for file in files(copy.path())
            .into_iter()
            .filter(|file| text(file).ends_with(extension))
        {
            let bytes = fs::read(&file).expect("read");
            fs::write(&file, &bytes[..bytes.len() / 2]).expect("written");
        }
        fails(
            ["eval", text(copy.path()), text(&race.movie())],
            &["expected"].map(|_| extension),
        );
    }
}

#[test]
fn a_path_that_cant_be_written_is_named_and_existing_files_stay() {
    let race = Race::get();
    let (folder, path) = with_file("file", b"mine");
    let below = path.join("below");
    fails(
        ["process", text(&race.save()), "-o", text(&below)],
        &["below"],
    );
    fails(
        ["record", text(&race.movie()), "-o", text(&below)],
        &["below"],
    );
    fails(
        [
            "train",
            text(&race.dataset()),
            "-o",
            text(&below),
            "-e",
            "1",
        ],
        &["below"],
    );
    fails(
        ["replay", text(&race.movie()), "--png", text(&below)],
        &["below"],
    );
    assert_eq!(fs::read(&path).expect("still there"), b"mine");
    assert_eq!(files(folder.path()), [path]);
}

#[test]
fn a_movie_of_another_origin_is_not_replaced() {
    let race = Race::get();
    let (folder, path) = with_file("f8c_race.dsm", b"somebody's own");
    fails(
        ["process", text(&race.save()), "-o", text(folder.path())],
        &["f8c_race.dsm"],
    );
    assert_eq!(fs::read(&path).expect("still there"), b"somebody's own");
}

#[test]
fn a_full_disk_leaves_nothing_half_written() {
    // A limit on the size of files simulates a full disk: writes fail in the middle in both cases. The GIF is larger
    // than 5 MiB; the emulator's own image in memory, which the limit counts as a file too, is smaller.
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let gif = folder.path().join("a.gif");
    let script = format!(
        "trap '' XFSZ; ulimit -f 5120; exec '{}' replay '{}' --gif '{}' --scale 4",
        env!("CARGO_BIN_EXE_kartscope"),
        text(&race.movie()),
        text(&gif)
    );
    let output = isolated("bash")
        .args(["-c", &script])
        .output()
        .expect("bash");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("a.gif"), "{}", stderr(&output));
    assert!(files(folder.path()).is_empty());
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let mut child = kartscope()
        .args(["ghosts", "list", text(&Race::get().save()), "--json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("started");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ended");
    assert!(!stderr(&output).contains("panicked"), "{}", stderr(&output));
}
