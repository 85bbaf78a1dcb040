//! Mario Kart 64's ghosts on controller paks: from a race to a pak, to files, to other paks and to movies. What the files
//! hold tells the game.

use std::fs;
use std::path::{Path, PathBuf};

use mk64_formats::eeprom::Save;
use mk64_formats::ghost::{Ghost, Ghosts, NOTE_ID};
use mk64_formats::time::RaceTime;
use n64_formats::pak::{NoteId, Pak};
use n64_formats::pak_file::{Container, PakFile};
use serde_json::Value;

use crate::mk64::driven;
use crate::program::{fails, files, json, misuses, run, stdout, text};

/// The paks that lie beside the shared movie.
fn paks_of(movie: &Path) -> PathBuf {
    movie.with_extension("mpk")
}

/// The only ghost of a file with paks.
fn ghost_of(path: &Path) -> Ghost {
    let file = PakFile::parse(&fs::read(path).expect("a file")).expect("paks");
    let pak = file.pak(0).expect("a formatted pak");
    let ghosts = Ghosts::read_from(&pak).expect("sound").expect("a note");
    let mut found = ghosts.ghosts();
    let (slot, ghost) = found.next().expect("a ghost");
    assert_eq!((slot, found.count()), (0, 0));
    ghost.expect("sound")
}

fn total_ms(movie: &Path) -> Value {
    json(["replay", text(movie)])[0]["total_ms"].clone()
}

#[test]
fn the_ghost_beside_a_driven_movie_is_its_race() {
    let Some(movie) = driven() else { return };
    let paks = paks_of(&movie);
    let listed = json(["ghosts", "list", text(&paks)]);
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    let ghost = ghost_of(&paks);
    for (key, expected) in [
        ("port", 0.into()),
        ("slot", 0.into()),
        ("course_abbreviation", "MMF".into()),
        ("character", 0.into()),
        ("total_ms", total_ms(&movie)),
        ("drawn_frames", ghost.frame_count().into()),
    ] {
        let expected: Value = expected;
        assert_eq!(listed[0][key], expected, "{key}");
    }
    let printed = stdout(&run(["ghosts", "list", text(&paks)]));
    assert!(printed.contains("MMF     Mario"), "{printed}");
}

#[test]
fn a_ghost_goes_through_files_paks_and_movies_unchanged() {
    let Some(movie) = driven() else { return };
    let paks = paks_of(&movie);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let ghost = ghost_of(&paks);
    let out = path("out");
    let extract = ["ghosts", "extract", text(&paks), "-o", text(&out)];
    let extracted = json(extract);
    let file = out.join("mmf_mmf_ghosts.ghost");
    assert_eq!(extracted[0]["file"], text(&file));
    assert_eq!(fs::read(&file).expect("a file"), ghost.to_file());
    fails(extract, &["mmf_mmf_ghosts.ghost", "is there already"]);
    fails(
        [
            "ghosts",
            "extract",
            text(&paks),
            "-c",
            "lr",
            "-o",
            text(&out),
        ],
        &["no ghost in it"],
    );

    // Into the paks of four ports, and into a DexDrive's file, from a file, from paks and from the movie itself.
    for (source, name, container) in [
        (&file, "a.mpk", Container::Ports),
        (&paks, "b.n64", Container::DexDrive),
        (&movie, "c.mpk", Container::Ports),
    ] {
        let save = path(name);
        let injected = json(["ghosts", "inject", text(source), "-o", text(&save)]);
        assert_eq!(injected[0]["course_abbreviation"], "MMF");
        let parsed = PakFile::parse(&fs::read(&save).expect("a file")).expect("paks");
        assert_eq!(parsed.container(), container, "{name}");
        assert_eq!(parsed.pak(0).expect("formatted").faults(), []);
        assert_eq!(ghost_of(&save), ghost, "{name}");
    }

    // The ghost becomes a movie that finishes in its time, and that a dataset is recorded from.
    let (movies, dataset) = (path("movies"), path("dataset"));
    let process = ["process", text(&paks), "-o", text(&movies)];
    let made = json(process);
    let own = movies.join("mmf_mmf_ghosts.m64");
    assert_eq!(made[0]["movie"], text(&own));
    assert_eq!(made[0]["kept"], false);
    assert_eq!(total_ms(&own), total_ms(&movie));
    assert_eq!(json(process)[0]["kept"], true);
    let record = ["record", "--process", text(&paks), "-o", text(&dataset)];
    assert_eq!(json(record)["movies"], 1);
}

#[test]
fn paks_keep_their_other_notes_and_lose_no_ghost_unasked() {
    let Some(movie) = driven() else { return };
    let paks = paks_of(&movie);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let other = NoteId::new(*b"NABE", *b"01", "OTHER", "").expect("letters");
    let mut pak = Pak::formatted([1; 16]);
    pak.add(other, &[0x5A; 512]).expect("room");
    let single = path("single.pak");
    fs::write(&single, pak.bytes()).expect("written");
    let (source, into) = (text(&paks), text(&single));
    let inject = ["ghosts", "inject", source, "--into", into, "-o", into];
    json(inject);
    let before = fs::read(&single).expect("a pak");
    let pak = Pak::parse(&before).expect("one pak");
    let slot = pak.find(&other).expect("the other game's note");
    assert_eq!(pak.contents(slot), Ok(vec![0x5A; 512]));
    assert!(pak.find(&NOTE_ID).is_some());
    fails(
        inject,
        &["slot 0 has a ghost of the course already", "--replace"],
    );
    assert_eq!(fs::read(&single).expect("a pak"), before);
    json(inject.into_iter().chain(["--replace"]));

    // Ghosts of two other courses leave no room.
    let ghost = ghost_of(&paks);
    let mut ghosts = Ghosts::blank();
    for (slot, course) in [(0, 14), (1, 15)] {
        let of = Ghost::new(course, 0, ghost.time(), ghost.runs()).expect("a ghost");
        ghosts.set_ghost(slot, &of).expect("a slot");
    }
    let mut pak = Pak::formatted([1; 16]);
    ghosts.write_to(&mut pak).expect("room");
    fs::write(&single, pak.bytes()).expect("written");
    fails(inject, &["expected a free slot", "other courses"]);
    // Their courses are not in the bundled game.
    let movies = path("movies");
    fails(
        ["process", into, "-o", text(&movies)],
        &[
            "slot 0 of port 0",
            "expected one of its courses",
            "found bb",
        ],
    );
}

#[test]
fn damaged_paks_and_ghosts_are_refused_and_nothing_is_written() {
    let Some(movie) = driven() else { return };
    let paks = paks_of(&movie);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let bytes = fs::read(&paks).expect("paks");
    let mut file = PakFile::parse(&bytes).expect("paks");
    let mut pak = file.pak(0).expect("a pak");
    let mut note = pak.contents(0).expect("a note");
    // A byte of the ghost's inputs, which a checksum covers.
    note[0x1000] ^= 1;
    pak.write(0, &note).expect("as long");
    file.set_pak(0, &pak).expect("a port");
    let damaged = path("damaged.mpk");
    fs::write(&damaged, file.bytes()).expect("written");
    let (out, movies) = (path("out"), path("movies"));
    for arguments in [
        vec!["ghosts", "list", text(&damaged)],
        vec!["process", text(&damaged), "-o", text(&movies)],
        vec!["ghosts", "inject", text(&damaged), "-o", text(&out)],
    ] {
        fails(arguments, &["damaged.mpk", "checksum"]);
    }
    let cut = path("cut.mpk");
    fs::write(&cut, &bytes[..1000]).expect("written");
    fails(
        ["--game", "mk64", "ghosts", "list", text(&cut)],
        &["cut.mpk", "131072 (four)", "found 1000 bytes"],
    );
    let left = files(folder.path()).into_iter();
    let left: Vec<PathBuf> = left.filter(|path| path.starts_with(&out)).collect();
    assert_eq!(left, [] as [PathBuf; 0]);
}

#[test]
fn records_are_listed_and_take_their_places_in_files_of_both_sizes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (save, out) = (path("a.eep"), path("b.eep"));
    let padding = vec![0x5A; 0x600];
    for padding in [&[][..], &padding] {
        let bytes = [&Save::blank().to_bytes(), padding].concat();
        fs::write(&save, &bytes).expect("written");
        assert_eq!(
            json(["ghosts", "records", text(&save)]),
            Value::Array(vec![])
        );
        let race = |time: &str| format!("--race=rry={time}/6");
        let (slow, fast) = (race("3:00.05"), race("2:59.99"));
        let lap = "--lap=rry=0:58.70/7";
        let write = [
            "ghosts",
            "records",
            text(&save),
            &slow,
            &fast,
            lap,
            "-o",
            text(&out),
        ];
        let written = json(write);
        assert_eq!(written, json(["ghosts", "records", text(&out)]));
        assert_eq!(written.as_array().map(Vec::len), Some(1));
        let row = &written[0];
        assert_eq!(row["course_abbreviation"], "RRy");
        let times = row["three_laps"].as_array().expect("times").iter();
        let times: Vec<&Value> = times.map(|time| &time["total_ms"]).collect();
        assert_eq!(times, [179_990, 180_050]);
        assert_eq!(
            (&row["one_lap"]["total_ms"], &row["one_lap"]["character"]),
            (&58_700.into(), &7.into())
        );
        // The game's own reader finds them, with right checksums, and the padding stays.
        let found = fs::read(&out).expect("a file");
        assert_eq!(&found[512..], padding);
        let found = Save::parse(&found).expect("a save");
        assert_eq!(found.faults(), []);
        assert_eq!(
            found.records(10).expect("sound").one_lap.time,
            RaceTime(5870)
        );
        assert_eq!(fs::read(&save).expect("the source"), bytes);
        fs::remove_file(&out).expect("there");
    }
    let mut damaged = Save::blank().to_bytes();
    damaged[0] ^= 1;
    fs::write(&save, damaged).expect("written");
    fails(
        ["ghosts", "records", text(&save)],
        &["a.eep", "Luigi Raceway", "checksum"],
    );
    fs::write(&save, [0; 513]).expect("written");
    fails(
        ["ghosts", "records", text(&save)],
        &["a.eep", "512 or 2048 bytes", "513"],
    );
    for wrong in [
        "lr",
        "lr=1:60.00/0",
        "lr=1:00.0/0",
        "lr=1:00.00/8",
        "f8c=1:00.00/0",
    ] {
        let record = format!("--race={wrong}");
        misuses(
            ["ghosts", "records", text(&save), &record, "-o", text(&out)],
            &["COURSE=M:SS.HH/CHARACTER", "rry"],
        );
    }
    assert!(!out.exists());
}
