//! Outputs of commands: they never replace inputs or files of other kinds, they go into devices and through links, they
//! have the user's file modes, and killed processes leave no partial files behind.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use env_mkds::runs::RaceComment;
use mkds_formats::sav::Save;
use nds_formats::battery::with_footer;
use nds_formats::dsm::Movie;
use tempfile::TempDir;
use test_display::isolated;

use crate::interrupt::{endless_movie, wait_until};
use crate::program::{Race, fails, files, json, kartscope, run, stderr, text};

/// Commands that write an output without a long race. The last argument is the output.
pub struct Writer {
    /// The command, without the output.
    pub arguments: Vec<String>,
    /// The command's input.
    pub inputs: Vec<PathBuf>,
}

/// Frames of the race in the movie of [`Files`]: into the first seconds after the start signal.
const FRAMES: u64 = 400;

/// Every kind of input of a command, in the test's own folder.
pub struct Files {
    folder: TempDir,
    /// The movie's frame in which the race begins.
    race_from: u64,
}

impl Files {
    pub fn new() -> Self {
        let race = Race::get();
        let movie = fs::read_to_string(race.movie()).expect("a movie");
        let comment = RaceComment::of_movie(&Movie::parse(movie.as_bytes()).expect("a movie"));
        let files = Self {
            folder: tempfile::tempdir().expect("a folder"),
            race_from: comment.expect("sound").expect("a race").first_frame(),
        };
        // Cut, since a whole race takes long to play, and without kartscope's comments, by which it would not count as whole.
        let (frames, header): (Vec<&str>, Vec<&str>) =
            movie.lines().partition(|line| line.starts_with('|'));
        let header = header.into_iter();
        let header = header.filter(|line| !line.starts_with("comment kartscope"));
        let frames = frames.into_iter().take((files.race_from + FRAMES) as usize);
        let lines: Vec<&str> = header.chain(frames).collect();
        fs::write(files.at("race.dsm"), lines.join("\n") + "\n").expect("written");
        fs::copy(race.save(), files.at("race.sav")).expect("copied");
        fs::write(files.at("rom.nds"), homebrew::ROM).expect("written");
        // The movie starts at power-on, but a state beside a movie is an input of it.
        fs::write(files.at("race.dst"), "a state").expect("written");
        let (movie, dump) = (files.at("race.dsm"), files.at("ram.bin"));
        json([
            "inspect",
            "dump",
            &format!("{}@race", text(&movie)),
            "-o",
            text(&dump),
        ]);
        files
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Every option that names a file to write, except those of `eval`, `drive` and videos.
    pub fn writers(&self) -> Vec<Writer> {
        let movie = ["race.dsm", "race.dst", "rom.nds"];
        let writer = |arguments: &[&str], inputs: &[&str], option: &str| Writer {
            arguments: [&["--rom", text(&self.at("rom.nds"))], arguments, &[option]]
                .concat()
                .into_iter()
                .map(|argument| match self.at(argument).exists() {
                    true => text(&self.at(argument)).to_owned(),
                    false => argument.to_owned(),
                })
                .collect(),
            inputs: inputs.iter().map(|name| self.at(name)).collect(),
        };
        let [from, to] = [300, 304].map(|frame| (self.race_from + frame).to_string());
        let gif = ["replay", "race.dsm", "--from", &from, "--to", &to];
        vec![
            writer(&["replay", "race.dsm"], &movie, "--png"),
            writer(&gif, &movie, "--gif"),
            writer(
                &["inspect", "dump", "ram.bin"],
                &["ram.bin", "rom.nds"],
                "-o",
            ),
            writer(
                &[
                    "inspect",
                    "show",
                    "ram.bin",
                    "--set",
                    "driver[0].boost_timer=9",
                ],
                &["ram.bin", "rom.nds"],
                "-o",
            ),
            writer(
                &["inspect", "watch", "race.dsm", "course_id", "--to", "300"],
                &movie,
                "-o",
            ),
            writer(
                &["inspect", "course", "ram.bin"],
                &["ram.bin", "rom.nds"],
                "--svg",
            ),
            writer(
                &["inspect", "course", "ram.bin"],
                &["ram.bin", "rom.nds"],
                "--png",
            ),
            writer(
                &["ghosts", "inject", "race.sav"],
                &["race.sav", "rom.nds"],
                "-o",
            ),
        ]
    }
}

impl Writer {
    pub fn write_to(&self, output: &Path) -> Output {
        run(self
            .arguments
            .iter()
            .map(String::as_str)
            .chain([text(output)]))
    }

    fn name(&self) -> String {
        self.arguments.join(" ")
    }
}

fn succeeds(output: &Output, what: &str) {
    assert!(output.status.success(), "{what}: {}", stderr(output));
}

/// Runs a command whose output is an input, under each of the input's names: it must refuse it and change nothing.
fn refuses_its_inputs(arguments: &[&str], inputs: &[PathBuf]) {
    for input in inputs {
        let folder = tempfile::tempdir_in(input.parent().expect("a folder")).expect("a folder");
        let (link, twin) = (folder.path().join("link"), folder.path().join("twin"));
        symlink(input, &link).expect("a link");
        fs::hard_link(input, &twin).expect("a link");
        let before = fs::read(input).expect("an input");
        for name in [input, &link, &twin] {
            let what = format!("{} {}", arguments.join(" "), name.display());
            let output = run([arguments, &[text(name)]].concat());
            let said = stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{what}: {said}");
            assert!(said.contains("found its input"), "{what}: {said}");
            assert!(said.contains(text(name)), "{what}: {said}");
            assert!(fs::read(input).expect("the input") == before, "{what}");
            assert!(link.is_symlink(), "{what}");
            assert_eq!(fs::metadata(input).expect("the input").nlink(), 2, "{what}");
        }
        assert_eq!(files(folder.path()), [link, twin]);
    }
}

#[test]
fn no_command_writes_over_its_inputs() {
    let files = Files::new();
    for Writer { arguments, inputs } in files.writers() {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        refuses_its_inputs(&arguments, &inputs);
    }
    let (rom, movie) = (files.at("rom.nds"), files.at("race.dsm"));
    let with_rom = ["--rom", text(&rom)];
    let with = |arguments: &[&str], option: &str, inputs: &[&Path]| {
        let arguments = [&with_rom, arguments, &[option]].concat();
        let inputs: Vec<PathBuf> = inputs.iter().map(|input| input.to_path_buf()).collect();
        refuses_its_inputs(&arguments, &inputs);
    };
    with(&["drive", "-c", "f8c"], "-o", &[&rom]);
    with(
        &["replay", text(&movie)],
        "--video",
        &[&movie, &files.at("race.dst"), &rom],
    );

    // A file of the model's folder, too. The comment of a whole movie names its race, which is not searched for then.
    let (movie, state) = (files.at("whole.dsm"), files.at("whole.dst"));
    fs::copy(Race::get().movie(), &movie).expect("copied");
    fs::write(&state, "a state").expect("written");
    let model = files.at("model");
    fs::create_dir(&model).expect("a folder");
    for entry in fs::read_dir(Race::get().model()).expect("a model") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), model.join(entry.file_name())).expect("copied");
    }
    with(
        &["eval", text(&model), text(&movie), "--device", "cpu"],
        "--movie",
        &[&movie, &state, &rom, &model.join("model.json")],
    );
}

#[test]
fn no_command_writes_into_a_folder_that_it_reads_or_over_a_file_where_a_folder_is_meant() {
    let files = Files::new();
    let race = Race::get();
    let copy = |from: &Path, to: &Path| {
        fs::create_dir(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder") {
            let entry = entry.expect("an entry");
            fs::copy(entry.path(), to.join(entry.file_name())).expect("copied");
        }
    };
    let (dataset, link) = (files.at("dataset"), files.at("link"));
    copy(&race.dataset(), &dataset);
    symlink(&dataset, &link).expect("a link");
    let before = crate::program::files(&dataset);
    for output in [&dataset, &link] {
        let train = [
            "train",
            text(&dataset),
            "--device",
            "cpu",
            "-o",
            text(output),
        ];
        fails(train, &["found its input", text(&dataset)]);
    }
    assert_eq!(crate::program::files(&dataset), before);

    let movies = files.at("movies");
    fs::create_dir(&movies).expect("a folder");
    fs::copy(race.movie(), movies.join("race.dsm")).expect("copied");
    fails(
        ["record", text(&movies), "-o", text(&movies)],
        &["found its input", text(&movies)],
    );
    assert_eq!(crate::program::files(&movies).len(), 1);

    let (save, movie) = (files.at("race.sav"), files.at("race.dsm"));
    let commands: [&[&str]; 4] = [
        &["ghosts", "extract", text(&save), "-o", text(&save)],
        &["process", text(&save), "-o", text(&save)],
        &["record", text(&movie), "-o", text(&movie)],
        &["train", text(&dataset), "-o", text(&movie)],
    ];
    let before = [&save, &movie].map(|path| fs::read(path).expect("an input"));
    for command in commands {
        let output = run(command);
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        let after = [&save, &movie].map(|path| fs::read(path).expect("an input"));
        assert!(after == before, "{command:?}");
    }
}

#[test]
fn outputs_go_into_devices_and_fifos_and_through_links() {
    let files = Files::new();
    for writer in files.writers() {
        let what = writer.name();
        let folder = tempfile::tempdir_in(files.folder.path()).expect("a folder");
        let at = |name: &str| folder.path().join(name);
        succeeds(&writer.write_to(&at("plain")), &what);
        let expected = fs::read(at("plain")).expect("the output");
        assert!(!expected.is_empty(), "{what}");

        succeeds(&writer.write_to(Path::new("/dev/null")), &what);
        let null = fs::metadata("/dev/null").expect("a device");
        assert!(null.file_type().is_char_device(), "{what}");

        let made = isolated("mkfifo").arg(at("fifo")).status().expect("mkfifo");
        assert!(made.success());
        let mut read = Vec::new();
        let child = kartscope()
            .args(&writer.arguments)
            .arg(at("fifo"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let mut fifo = File::open(at("fifo")).expect("a fifo");
        fifo.read_to_end(&mut read).expect("read");
        succeeds(&child.wait_with_output().expect("ended"), &what);
        assert!(read == expected, "{what}");
        let fifo = fs::metadata(at("fifo")).expect("a fifo");
        assert!(fifo.file_type().is_fifo(), "{what}");

        // A link to a missing file, then to the file that the first run wrote.
        symlink("target", at("link")).expect("a link");
        for _ in 0..2 {
            let output = writer.write_to(&at("link"));
            let is_there_already = stderr(&output).contains("there already");
            assert!(output.status.success() || is_there_already, "{what}");
            assert!(at("link").is_symlink(), "{what}");
            assert!(
                fs::read(at("target")).expect("the target") == expected,
                "{what}"
            );
        }
        assert_eq!(
            crate::program::files(folder.path()),
            ["fifo", "link", "plain", "target"].map(at),
            "{what}"
        );
    }
}

#[test]
fn standard_output_is_written_into_where_it_goes_to_a_file() {
    let files = Files::new();
    let (log, expected) = (
        files.at("log"),
        fs::read(files.at("ram.bin")).expect("a dump"),
    );
    fs::write(&log, "before\n").expect("written");
    let stdout = File::options().append(true).open(&log).expect("opened");
    let dump = [
        "inspect",
        "dump",
        text(&files.at("ram.bin")),
        "-o",
        "/dev/stdout",
    ]
    .map(str::to_owned);
    let status = kartscope().args(dump).stdout(stdout).status();
    assert!(status.expect("kartscope").success());
    let written = fs::read(&log).expect("the log");
    assert!(written.starts_with(b"before\n"));
    assert!(written[7..].starts_with(&expected));
    assert!(
        written.ends_with(b"ram.bin\n"),
        "the result comes behind it"
    );
}

#[test]
fn a_new_file_obeys_the_umask_and_an_old_one_keeps_its_mode() {
    let files = Files::new();
    let mode = |path: &Path| fs::metadata(path).expect("the output").mode() & 0o7777;
    for (index, writer) in files.writers().iter().enumerate() {
        for (umask, expected) in [("022", 0o644), ("077", 0o600), ("002", 0o664)] {
            let output = files.at(&format!("{index}-{umask}"));
            let status = isolated("sh")
                .args(["-c", &format!("umask {umask} && exec \"$@\""), "sh"])
                .arg(env!("CARGO_BIN_EXE_kartscope"))
                .args(&writer.arguments)
                .arg(&output)
                .stdout(Stdio::null())
                .status();
            assert!(status.expect("sh").success());
            assert_eq!(mode(&output), expected, "{}", writer.name());
        }
        let output = files.at(&format!("{index}-kept"));
        File::create(&output).expect("made");
        fs::set_permissions(&output, fs::Permissions::from_mode(0o640)).expect("set");
        succeeds(&writer.write_to(&output), &writer.name());
        assert_eq!(mode(&output), 0o640, "{}", writer.name());
        assert!(fs::metadata(&output).expect("the output").len() > 0);
    }
}

#[test]
fn what_a_command_did_not_make_is_not_replaced() {
    let files = Files::new();
    for writer in files.writers() {
        let what = writer.name();
        for (name, bytes) in [
            ("letter.txt", &b"Dear reader"[..]),
            ("game.nds", homebrew::ROM),
        ] {
            let output = files.at(name);
            fs::write(&output, bytes).expect("written");
            let refused = writer.write_to(&output);
            let said = stderr(&refused);
            assert_eq!(refused.status.code(), Some(1), "{what}: {said}");
            assert!(
                said.contains(name) && said.contains("expected"),
                "{what}: {said}"
            );
            assert!(fs::read(&output).expect("still there") == bytes, "{what}");
        }
        let folder = files.at("folder");
        fs::create_dir_all(&folder).expect("a folder");
        let refused = writer.write_to(&folder);
        assert!(stderr(&refused).contains("found a folder"), "{what}");
    }
    // A movie that a person drove, or that `process` made, is not one of `eval` or `drive`.
    let race = Race::get();
    let mine = files.at("mine.dsm");
    fs::copy(race.movie(), &mine).expect("copied");
    let before = fs::read(&mine).expect("a movie");
    let (model, movie) = (race.model(), race.movie());
    let endless = ["--episodes", "1000000", "--device", "cpu"];
    let eval = ["eval", text(&model), text(&movie), "--movie", text(&mine)];
    fails(
        [&eval[..], &endless].concat(),
        &["mine.dsm", "is there already"],
    );
    assert!(fs::read(&mine).expect("a movie") == before);
}

#[test]
fn eval_checks_its_movie_before_it_races() {
    let files = Files::new();
    let race = Race::get();
    let (model, movie) = (race.model(), race.movie());
    let is_a_file = files.at("race.dsm").join("run.dsm");
    for output in [
        is_a_file,
        files.at("race.dsm"),
        files.folder.path().to_owned(),
    ] {
        // Races that take longer than a test waits.
        fails(
            [
                "eval",
                text(&model),
                text(&movie),
                "--device",
                "cpu",
                "--episodes",
                "1000000",
                "--movie",
                text(&output),
            ],
            &[text(&output)],
        );
    }
}

#[test]
fn ghosts_are_replaced_only_with_the_option() {
    let files = Files::new();
    let save = files.at("mine.dsv");
    let battery = fs::read(Race::get().save()).expect("a save");
    let before = with_footer(&battery).expect("a battery memory");
    fs::write(&save, &before).expect("written");
    let drive = ["drive", "-c", "f8c", "--seed", "1", "-o", text(&save)];
    fails(drive, &["mine.dsv", "--replace"]);
    assert!(fs::read(&save).expect("a save") == before);

    // The movie of a race is written nevertheless.
    let movies = files.at("movies");
    let with_movie = [&drive[..], &["--movies", text(&movies)]].concat();
    let raced = json(&with_movie);
    assert_eq!(raced[0]["stored"], false);
    assert!(fs::read(&save).expect("a save") == before);
    // With --replace the game decides about the ghost; the movie is replaced, and DeSmuME's footer stays.
    json([&with_movie[..], &["--replace"]].concat());
    let after = fs::read(&save).expect("a save");
    assert!(after.len() == before.len() && after.ends_with(&before[battery.len()..]));
    assert_eq!(
        crate::program::files(&movies),
        [movies.join("f8c_mine.dsm")]
    );
    fs::copy(Race::get().movie(), movies.join("f8c_mine.dsm")).expect("copied");
    fails(&with_movie, &["f8c_mine.dsm", "is there already"]);

    // A save other than the one of --into is not replaced either.
    let inject = [
        "ghosts",
        "inject",
        text(&files.at("race.sav")),
        "-o",
        text(&save),
    ]
    .map(str::to_owned);
    fails(&inject, &["mine.dsv", "--into"]);
    assert!(fs::read(&save).expect("a save") == after);
}

#[test]
fn the_bundled_games_ghost_never_goes_into_a_save_of_the_real_game() {
    let folder = tempfile::tempdir().expect("a folder");
    let save = folder.path().join("real.sav");
    let mut bytes = Save::blank().to_bytes();
    bytes[..8].copy_from_slice(b"MKDSSV10");
    fs::write(&save, &bytes).expect("written");
    for more in [&[][..], &["--replace"]] {
        let drive = ["drive", "-c", "f8c", "-o", text(&save)];
        fails([&drive[..], more].concat(), &["real.sav", "--rom"]);
        assert!(fs::read(&save).expect("a save") == bytes);
    }
    let (movie, dataset) = (Race::get().movie(), Race::get().dataset());
    for run in [text(&movie), text(&dataset)] {
        let save = text(&save);
        fails(
            ["ghosts", "inject", run, "--into", save, "-o", save],
            &["for a save of it", "bundled game"],
        );
        assert!(fs::read(save).expect("a save") == bytes);
    }
}

/// The partial files of a folder.
fn partial_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = match folder.exists() {
        true => files(folder),
        false => Vec::new(),
    };
    found.retain(|file| text(file).ends_with(".kartscope-part"));
    found
}

#[test]
fn the_next_run_removes_what_a_killed_one_left() {
    let race = Race::get();
    let folder = tempfile::tempdir().expect("a folder");
    let endless = endless_movie(folder.path());
    let (dump, movie) = (folder.path().join("ram.bin"), race.movie());
    json(["inspect", "dump", text(&movie), "-o", text(&dump)]);
    let (model, save) = (race.model(), race.save());
    let at = |name: &str| folder.path().join("out").join(name);
    let (table, gif, driven, ghosts) = (
        at("race.csv"),
        at("race.gif"),
        at("driven.dsm"),
        at("ghosts.sav"),
    );
    let out = folder.path().join("out");
    let commands: [&[&str]; 5] = [
        &[
            "inspect",
            "watch",
            text(&endless),
            "course_id",
            "-o",
            text(&table),
        ],
        &["replay", text(&endless), "--to", "end", "--gif", text(&gif)],
        &[
            "eval",
            text(&model),
            text(&movie),
            "--device",
            "cpu",
            "--episodes",
            "1000000",
            "--movie",
            text(&driven),
        ],
        &["drive", "-o", text(&ghosts)],
        &["process", text(&save), "-o", text(&out)],
    ];
    for command in commands {
        let mut child = kartscope()
            .args(command)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        wait_until("the output to be begun", || !partial_files(&out).is_empty());
        child.kill().expect("killed");
        child.wait().expect("ended");
        let left = partial_files(&out);
        assert_eq!(left.len(), 1, "{command:?}");
        // Another command into the same folder.
        json([
            "inspect",
            "dump",
            text(&dump),
            "-o",
            text(&out.join("other.bin")),
        ]);
        assert!(partial_files(&out).is_empty(), "{command:?}");
    }
}
