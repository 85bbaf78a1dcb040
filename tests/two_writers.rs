//! Two processes write each kind of output at once: one waits or is refused with an error, and no data is lost.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use ::outputs::{FolderLock, Kind, Output as Begun};
use learn::dataset::Dataset;
use mkds_formats::ghost::Combo;
use mkds_formats::names::COURSE_SLOTS;
use mkds_formats::sav::Save;

use crate::interrupt::{endless_movie, interrupt, wait_until};
use crate::outputs::Files;
use crate::program::{Race, files, json, kartscope, stderr, text};

fn start(arguments: &[&str]) -> Child {
    command(arguments).spawn().expect("started")
}

fn command(arguments: &[&str]) -> Command {
    let mut command = kartscope();
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn end(child: Child) -> Output {
    child.wait_with_output().expect("ended")
}

/// Runs commands at once; returns for each whether it did its work. A command that did not must report that another was
/// writing.
fn at_once(commands: &[Vec<&str>]) -> Vec<bool> {
    let children: Vec<Child> = commands.iter().map(|command| start(command)).collect();
    let ended = children.into_iter().map(|child| {
        let output = end(child);
        let said = stderr(&output);
        let is_done = output.status.success();
        let is_refused = output.status.code() == Some(1) && said.contains("another kartscope");
        assert!(is_done || is_refused, "{said}");
        is_done
    });
    ended.collect()
}

/// Asserts that a command is refused because this process writes its output.
#[track_caller]
fn is_refused(arguments: &[&str]) {
    let output = end(start(arguments));
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let this = format!(
        "is being written by another kartscope (process {})",
        std::process::id()
    );
    assert!(said.contains(&this), "{said}");
}

fn held(path: &Path) -> Begun {
    Begun::begin(path, Kind::OWN).expect("begun")
}

#[test]
fn a_folder_that_another_process_writes_is_refused_by_name() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let (movie, save, dataset) = (race.movie(), race.save(), race.dataset());
    let lock = FolderLock::hold(&out).expect("held");
    is_refused(&["record", text(&movie), "-o", text(&out)]);
    is_refused(&["train", text(&dataset), "-o", text(&out), "--device", "cpu"]);
    is_refused(&["process", text(&save), "-o", text(&out)]);
    let movies = out.join("movies");
    let inner = FolderLock::hold(&movies).expect("held");
    drop(lock);
    is_refused(&["record", "--process", text(&save), "-o", text(&out)]);
    drop(inner);
    assert!(!movies.exists());
}

#[test]
fn a_file_that_another_process_writes_is_refused_by_name() {
    let files = Files::new();
    for (index, writer) in files.writers().iter().enumerate() {
        if writer.arguments.contains(&"inject".to_owned()) {
            // It waits: see below.
            continue;
        }
        let output = files.at(&format!("{index}"));
        let _held = held(&output);
        let arguments = writer.arguments.iter().map(String::as_str);
        is_refused(&arguments.chain([text(&output)]).collect::<Vec<_>>());
        assert!(!output.exists());
    }
    let race = Race::get();
    let (model, movie, driven) = (race.model(), race.movie(), files.at("driven.dsm"));
    let _held = held(&driven);
    let eval = ["eval", text(&model), text(&movie), "--device", "cpu"];
    is_refused(&[&eval[..], &["--movie", text(&driven)]].concat());
}

#[test]
fn a_save_that_another_process_writes_is_waited_for() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let (save, source) = (folder.path().join("mine.sav"), race.save());
    for arguments in [
        vec!["ghosts", "inject", text(&source), "-o", text(&save)],
        vec!["drive", "-c", "f8c", "--seed", "1", "-o", text(&save)],
    ] {
        let held = held(&save);
        let mut child = start(&arguments);
        let mut said = std::io::BufReader::new(child.stderr.take().expect("a pipe"));
        let mut line = String::new();
        std::io::BufRead::read_line(&mut said, &mut line).expect("a line");
        assert!(line.contains("waiting"), "{line}");
        assert!(!save.exists());
        drop(held);
        assert!(end(child).status.success());
        assert_eq!(ghosts(&save), 1);
        fs::remove_file(&save).expect("removed");
    }
}

fn ghosts(save: &Path) -> usize {
    let save = Save::parse(&fs::read(save).expect("a save")).expect("a save");
    let ghosts = save.ghosts();
    assert!(ghosts.iter().all(|(_, ghost)| ghost.is_ok()));
    ghosts.len()
}

#[test]
fn many_injections_into_one_save_at_once_keep_all_ghosts() {
    const AT_ONCE: usize = 8;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let save = at("all.sav");
    fs::write(&save, Save::blank().to_bytes()).expect("written");
    let race = Save::parse(&fs::read(Race::get().save()).expect("a save")).expect("a save");
    let (_, ghost) = race.ghosts().remove(0);
    let ghost = ghost.expect("a ghost");
    let sources: Vec<PathBuf> = COURSE_SLOTS[..AT_ONCE]
        .iter()
        .map(|course| {
            let mut ghost = ghost.clone();
            ghost.combo = Combo {
                course: course.id,
                ..ghost.combo
            };
            let path = at(&format!("{}.ghost", course.abbreviation));
            fs::write(&path, ghost.to_slot().expect("a slot")).expect("written");
            path
        })
        .collect();
    let commands: Vec<Vec<&str>> = sources
        .iter()
        .map(|source| {
            let save = text(&save);
            vec!["ghosts", "inject", text(source), "--into", save, "-o", save]
        })
        .collect();
    assert!(at_once(&commands).into_iter().all(|is_done| is_done));
    assert_eq!(ghosts(&save), AT_ONCE);
    assert_eq!(files(folder.path()).len(), AT_ONCE + 1, "nothing is left");
}

#[test]
fn the_ghosts_of_two_drives_into_one_save_are_both_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let save = folder.path().join("both.sav");
    let drive = |course| vec!["drive", "-c", course, "--seed", "1", "-o", text(&save)];
    assert_eq!(at_once(&[drive("f8c"), drive("yf")]), [true, true]);
    assert_eq!(ghosts(&save), 2);
    assert_eq!(files(folder.path()), std::slice::from_ref(&save));
}

#[test]
fn two_recordings_into_one_dataset_lose_no_movie() {
    let folder = tempfile::tempdir().expect("a folder");
    let dataset = folder.path().join("dataset");
    let race = fs::read_to_string(Race::get().movie()).expect("a movie");
    let movies: Vec<PathBuf> = (0..2)
        .map(|number| {
            // A comment changes the movie's hash.
            let movie = race.replacen('\n', &format!("\ncomment {number}\n"), 1);
            let path = folder.path().join(format!("{number}.dsm"));
            fs::write(&path, movie).expect("written");
            path
        })
        .collect();
    let record = |movie| vec!["record", text(movie), "-o", text(&dataset)];
    let done = at_once(&[record(&movies[0]), record(&movies[1])]);
    let in_it = Dataset::open(&dataset).expect("a whole dataset");
    for (is_done, movie) in done.into_iter().zip(["0.dsm", "1.dsm"]) {
        let is_there = in_it
            .movies()
            .iter()
            .any(|there| there.source.movie == movie);
        assert_eq!(is_there, is_done, "{movie}");
    }
    // The refused one is added later.
    for movie in &movies {
        json(record(movie));
    }
    assert_eq!(Dataset::open(&dataset).expect("whole").movies().len(), 2);
    assert_eq!(files(&dataset).len(), 3, "a file a movie and the manifest");
}

#[test]
fn a_recording_that_is_at_work_is_not_joined_by_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let (dataset, endless) = (folder.path().join("dataset"), endless_movie(folder.path()));
    let first = start(&["record", text(&endless), "-o", text(&dataset)]);
    let is_locked = || {
        let locks = fs::read_to_string("/proc/locks").expect("the system's locks");
        fs::metadata(&dataset).is_ok_and(|there| locks.contains(&format!(":{} ", there.ino())))
    };
    wait_until("the dataset's lock", is_locked);
    let movie = Race::get().movie();
    let second = end(start(&["record", text(&movie), "-o", text(&dataset)]));
    let said = stderr(&second);
    assert_eq!(second.status.code(), Some(1), "{said}");
    let name = format!("another kartscope (process {})", first.id());
    assert!(said.contains(&name), "{said}");
    interrupt(&first);
    end(first);
}

#[test]
fn a_training_that_is_at_work_is_not_joined_by_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let (model, dataset) = (folder.path().join("model"), Race::get().dataset());
    let train = |epochs: &'static str| {
        let train = ["train", text(&dataset), "-o", text(&model), "-e", epochs];
        start(&[&train[..], &["--split-ratio", "1", "--device", "cpu"]].concat())
    };
    let first = train("1000000");
    wait_until("the first epoch", || model.join("model.json").exists());
    let second = end(train("1"));
    let said = stderr(&second);
    assert_eq!(second.status.code(), Some(1), "{said}");
    let name = format!("another kartscope (process {})", first.id());
    assert!(said.contains(&name), "{said}");
    interrupt(&first);
    end(first);
    let card = fs::read_to_string(model.join("model.json")).expect("a card");
    for file in ["weights", "checkpoint"] {
        let card: serde_json::Value = serde_json::from_str(&card).expect("a card");
        let file = card[file]["file"].as_str().expect("a name").to_owned();
        assert!(model.join(file).exists());
    }
}

#[test]
fn two_processes_of_one_save_lose_no_movie() {
    let folder = tempfile::tempdir().expect("a folder");
    let (out, save) = (folder.path().join("movies"), Race::get().save());
    let process = || vec!["process", text(&save), "-o", text(&out)];
    let done = at_once(&[process(), process()]);
    assert!(done.contains(&true));
    let movie = out.join("f8c_race.dsm");
    assert_eq!(files(&out), std::slice::from_ref(&movie));
    let made = fs::read(movie).expect("a movie");
    assert!(made == fs::read(Race::get().movie()).expect("a movie"));
}
