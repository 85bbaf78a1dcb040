//! Files from other sources: other programs' movies and saves, dumps and ROMs of other sizes, and Git LFS pointers in place
//! of files.

use std::fs;
use std::path::{Path, PathBuf};

use mkds_formats::ghost::{GHOSTS_OFFSET, Ghost, SLOT_SIZE};
use mkds_formats::sav::Save;
use nds_formats::dsm::{Form, Movie};
use nds_formats::pad::{Commands, Frame, Pad};
use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Race, fails, json, run, stderr, stdout, text};

/// A folder for a test's files.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn with(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("written");
        path
    }
}

/// The shared save, and the ghost in its first slot.
fn race_save() -> (Save, Ghost) {
    let save = Save::parse(&fs::read(Race::get().save()).expect("a save")).expect("a save");
    let ghost = save.ghost(0).expect("a slot").expect("a ghost");
    (save, ghost)
}

fn listed(save: &Path) -> Value {
    json(["ghosts", "list", text(save)])
}

/// The shared movie with changes to its lines; empty ones are left out.
fn movie_with(change: impl Fn(&str) -> String) -> Vec<u8> {
    let movie = fs::read_to_string(Race::get().movie()).expect("a movie");
    let lines = movie.lines().map(change).filter(|line| !line.is_empty());
    lines
        .fold(String::new(), |text, line| text + &line + "\n")
        .into_bytes()
}

/// The standard error of `replay` for a movie that it plays.
fn played(arguments: &[&str]) -> String {
    let output = run(["replay"].iter().chain(arguments));
    assert!(output.status.success(), "{}", stderr(&output));
    stderr(&output)
}

#[test]
fn a_save_is_known_by_its_content() {
    let folder = Folder::new();
    let (save, _) = race_save();
    let expected = listed(&Race::get().save());
    let mut action_replay = b"ARDS000000000001".to_vec();
    action_replay.resize(500, 0);
    let once = save.battery();
    for (name, file) in [
        ("save.srm", once.to_vec()),
        ("save.sav.part", [once, once].concat()),
        ("save", [&action_replay, once].concat()),
    ] {
        let path = folder.with(name, &file);
        assert_eq!(listed(&path), expected, "{name}");
        let out = folder.path(&format!("out-{name}"));
        json(["ghosts", "inject", text(&path), "-o", text(&out)]);
        assert_eq!(listed(&out)[0]["total_ms"], expected[0]["total_ms"]);
    }
    // Movies and extracted ghosts too, with any name.
    let ghosts = folder.path("ghosts");
    let extracted = json([
        "ghosts",
        "extract",
        text(&Race::get().save()),
        "-o",
        text(&ghosts),
    ]);
    let ghost = Path::new(extracted[0]["file"].as_str().expect("a file"));
    for (name, source) in [("ghost", ghost), ("movie", &Race::get().movie())] {
        let path = folder.with("anything.bin", &fs::read(source).expect("read"));
        let out = folder.path(&format!("of-{name}.sav"));
        json(["ghosts", "inject", text(&path), "-o", text(&out)]);
        assert_eq!(listed(&out)[0]["total_ms"], expected[0]["total_ms"]);
    }
}

#[test]
fn zeros_in_unused_slots_are_no_ghosts() {
    let folder = Folder::new();
    let (save, _) = race_save();
    let mut file = save.battery().to_vec();
    file[GHOSTS_OFFSET + SLOT_SIZE..GHOSTS_OFFSET + 32 * SLOT_SIZE].fill(0);
    let path = folder.with("card.sav", &file);
    assert_eq!(listed(&path), listed(&Race::get().save()));
    let out = folder.path("ghosts");
    let extract = ["ghosts", "extract", text(&path), "-o", text(&out)];
    assert_eq!(json(extract).as_array().map(Vec::len), Some(1));
}

#[test]
fn ghosts_of_mods_are_listed_and_the_others_work() {
    let folder = Folder::new();
    let (mut save, ghost) = race_save();
    let mut foreign = ghost.clone();
    foreign.combo.course = 46;
    foreign.laps.truncate(1);
    save.set_ghost(5, &foreign).expect("room");
    // A course of the game in the slot of another course.
    let mut elsewhere = ghost;
    elsewhere.laps = vec![elsewhere.time; 5];
    save.set_ghost(6, &elsewhere).expect("room");
    let path = folder.with("mod.sav", &save.to_bytes());

    let ghosts = listed(&path);
    let of = |key: &str| -> Vec<&Value> {
        let ghosts = ghosts.as_array().expect("a list").iter();
        ghosts.map(|ghost| &ghost[key]).collect()
    };
    assert_eq!(of("slot"), [0, 5, 6]);
    assert_eq!(of("course"), [20, 46, 20]);
    let laps: Vec<usize> = of("lap_ms")
        .iter()
        .map(|laps| laps.as_array().expect("laps").len())
        .collect();
    assert_eq!(laps, [3, 1, 5]);
    assert_eq!(of("not_in_this_game")[1], &Value::Bool(true));
    let shown = stdout(&run(["ghosts", "list", text(&path)]));
    assert!(shown.contains("course 46, not in this game"), "{shown}");

    let out = folder.path("ghosts");
    json(["ghosts", "extract", text(&path), "-o", text(&out)]);
    for name in [
        "f8c_mod.ghost",
        "course46_slot5_mod.ghost",
        "f8c_slot6_mod.ghost",
    ] {
        let bytes = fs::read(out.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(bytes.len(), SLOT_SIZE);
    }
}

#[test]
fn a_save_that_ends_too_early_gives_the_ghosts_before_its_end() {
    let folder = Folder::new();
    let (mut save, ghost) = race_save();
    save.set_ghost(31, &ghost).expect("room");
    let whole = save.to_bytes();
    let path = folder.with("cut.sav", &whole[..GHOSTS_OFFSET + 31 * SLOT_SIZE + 9]);
    let words = ["cut.sav", "only the first 31 slots are whole"];
    fails(["ghosts", "list", text(&path)], &words);
    let output = run(["ghosts", "list", text(&path), "--json"]);
    let ghosts: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(ghosts, listed(&Race::get().save()));
    let out = folder.path("ghosts");
    fails(["ghosts", "extract", text(&path), "-o", text(&out)], &words);
    assert_eq!(
        fs::read(out.join("f8c_cut.ghost")).expect("the whole ghost"),
        whole[GHOSTS_OFFSET..][..SLOT_SIZE]
    );
}

#[test]
fn ghosts_that_the_game_no_longer_shows_are_listed_as_deleted() {
    let saves = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/mkds/saves");
    let Ok(entries) = fs::read_dir(saves) else {
        println!("skipped: the folder shared beside the project is absent");
        return;
    };
    let mut seen = 0;
    for entry in entries {
        let bytes = fs::read(entry.expect("an entry").path()).expect("read");
        let Ok(mut save) = Save::parse(&bytes) else {
            continue;
        };
        let (kept, deleted) = (save.ghosts()[0].0, save.ghosts()[1].0);
        save.clear_ghost(deleted).expect("a slot");
        // The game deletes a ghost only from the table.
        let mut file = save.to_bytes();
        let slot = GHOSTS_OFFSET + deleted * SLOT_SIZE..GHOSTS_OFFSET + (deleted + 1) * SLOT_SIZE;
        file[slot.clone()].copy_from_slice(&bytes[slot]);
        let folder = Folder::new();
        let path = folder.with("deleted.dsv", &file);
        let ghosts = listed(&path);
        let is_deleted = |ghost: &Value| ghost["deleted"] == Value::Bool(true);
        let of_slot = |slot: usize| {
            let mut ghosts = ghosts.as_array().expect("a list").iter();
            ghosts.find(|ghost| ghost["slot"] == slot).expect("listed")
        };
        assert!(is_deleted(of_slot(deleted)) && !is_deleted(of_slot(kept)));
        let shown = stdout(&run(["ghosts", "list", text(&path)]));
        assert!(shown.contains("the game no longer shows it"), "{shown}");
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn a_file_that_was_never_fetched_is_named_as_such_wherever_one_is_read() {
    let pointer = format!(
        "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n",
        "0".repeat(64)
    );
    let folder = Folder::new();
    let path = folder.with("pointer", pointer.as_bytes());
    let file = text(&path);
    let output = folder.path("output");
    let out = text(&output);
    let race = Race::get();
    let movie = race.movie();
    for command in [
        vec!["ghosts", "list", file],
        vec!["ghosts", "extract", file, "-o", out],
        vec!["ghosts", "inject", file, "-o", out],
        vec!["process", file, "-o", out],
        vec!["replay", file],
        vec!["record", file, "-o", out],
        vec!["inspect", "show", file],
        vec!["inspect", "course", file],
        vec!["inspect", "events", file],
        vec!["doctor", "--rom", file],
        vec!["replay", text(&movie), "--rom", file],
    ] {
        fails(&command, &["pointer", "Git LFS", "git lfs pull"]);
    }
    // A state beside its movie.
    let from_state = movie_with(|line| match line {
        "savestate 0" => "savestate 1".to_owned(),
        line => line.to_owned(),
    });
    let movie = folder.with("race.dsm", &from_state);
    folder.with("race.dst", pointer.as_bytes());
    fails(["replay", text(&movie)], &["race.dst", "git lfs pull"]);
    // A dataset's and a model's files.
    for (source, command) in [(race.dataset(), "train"), (race.model(), "eval")] {
        for original in crate::program::files(&source) {
            let name = original.file_name().expect("a name").to_string_lossy();
            // Only resumed training reads a checkpoint.
            if name.starts_with("checkpoint") {
                continue;
            }
            let copy = Folder::new();
            for other in crate::program::files(&source) {
                let below = other.strip_prefix(&source).expect("below");
                let to = copy.0.path().join(below);
                fs::create_dir_all(to.parent().expect("a folder")).expect("made");
                if other == original {
                    fs::write(to, &pointer).expect("written");
                } else {
                    fs::copy(&other, to).expect("copied");
                }
            }
            let movie = race.movie();
            let mut arguments = vec![command, text(copy.0.path())];
            arguments.extend(match command {
                "train" => ["-o", out],
                _ => [text(&movie), "--episodes=1"],
            });
            println!("{arguments:?}: {name}");
            fails(&arguments, &[&name, "git lfs pull"]);
        }
    }
    assert!(!output.exists());
}

#[test]
fn a_dump_with_room_for_a_developers_console_shows_the_same_fields() {
    let folder = Folder::new();
    let (small, large) = (folder.path("small.bin"), folder.path("large.bin"));
    let source = format!("{}@race+100", text(&Race::get().movie()));
    json(["inspect", "dump", &source, "-o", text(&small)]);
    let mut bytes = fs::read(&small).expect("a dump");
    bytes.resize(16 << 20, 0xA5);
    fs::write(&large, &bytes).expect("written");
    let shown = |path: &Path| json(["inspect", "show", text(path), "driver[0]", "course_id"]);
    assert_eq!(shown(&large), shown(&small));
    bytes.truncate(12 << 20);
    let path = folder.with("odd.bin", &bytes);
    let words = [
        "odd.bin",
        "expected a RAM dump of 4194304 or 16777216 bytes",
        "12582912",
    ];
    fails(["inspect", "show", text(&path)], &words);
}

#[test]
fn a_movie_plays_on_its_rom_however_that_is_padded() {
    let folder = Folder::new();
    let mut rom = homebrew::ROM.to_vec();
    rom.resize(rom.len().next_power_of_two() * 2, 0xFF);
    let odd = folder.with("odd.nds", &rom);
    rom.truncate(rom.len() / 2);
    let padded = folder.with("padded.nds", &rom);
    let movie = Race::get().movie();
    let foreign = movie_with(|line| match line {
        line if line.starts_with("comment kartscope rom=") => String::new(),
        line => line.to_owned(),
    });
    let foreign = folder.with("foreign.dsm", &foreign);
    for (movie, rom) in [(&movie, &padded), (&movie, &odd), (&foreign, &padded)] {
        let said = played(&[text(movie), "--rom", text(rom)]);
        assert!(
            said.contains("warning") && said.contains(text(movie)),
            "{said}"
        );
    }
    let said = played(&[text(&movie)]);
    assert!(!said.contains("warning"), "{said}");
    // Another program with the same game code.
    rom[0x1000] ^= 1;
    let other = folder.with("other.nds", &rom);
    for movie in [&movie, &foreign] {
        let words = [text(movie), "romChecksum"];
        fails(["replay", text(movie), "--rom", text(&other)], &words);
    }
}

#[test]
fn a_movie_that_does_not_name_its_rom_plays_with_a_warning() {
    let folder = Folder::new();
    let unnamed = movie_with(|line| match line.split(' ').next() {
        Some(key @ ("romChecksum" | "romSerial")) => format!("{key} null"),
        _ => line.to_owned(),
    });
    let path = folder.with("unnamed.dsm", &unnamed);
    let said = played(&[text(&path)]);
    assert!(said.contains("does not say which ROM"), "{said}");
}

#[test]
fn lid_and_reset_play_the_same_from_both_forms() {
    let folder = Folder::new();
    let movie = |commands: [Commands; 2]| {
        let mut movie = Movie::new();
        movie.frames = vec![Frame::pad(Pad::A); 90];
        movie.frames[30].commands = commands[0];
        for frame in &mut movie.frames[50..60] {
            frame.commands = commands[1];
        }
        movie
    };
    let end = |name: &str, movie: &Movie| {
        let path = folder.with(&format!("{name}.dsm"), &movie.to_bytes());
        let source = format!("{}@end", text(&path));
        let dump = folder.path(&format!("{name}.bin"));
        json(["inspect", "dump", &source, "-o", text(&dump)]);
        fs::read(dump).expect("a dump")
    };
    let none = Commands::empty();
    let mut with_commands = movie([Commands::RESET, Commands::LID]);
    let in_text = end("text", &with_commands);
    with_commands.set_form(Form::Binary).expect("no sound");
    assert!(end("binary", &with_commands) == in_text);
    let plain = end("plain", &movie([none, none]));
    assert!(end("reset", &movie([Commands::RESET, none])) != plain);
    assert!(plain != in_text);
}

#[test]
fn kiosk_demos_are_named() {
    let folder = Folder::new();
    for (code, serial) in [(b"A39E", "NTR-A39E-USA"), (b"AM3P", "NTR-AM3P-EUR")] {
        let mut rom = homebrew::ROM.to_vec();
        rom[0x0C..0x10].copy_from_slice(code);
        // The word by which DeSmuME distinguishes games from homebrew.
        rom[0xC0..0xC4].copy_from_slice(&0x51AE_FF24_u32.to_le_bytes());
        let path = folder.with("demo.nds", &rom);
        let words = ["demo.nds", "kiosk demo", serial];
        fails(["doctor", "--rom", text(&path)], &words);
        fails(["drive", "-c", "f8c", "--rom", text(&path)], &words);
    }
}
