use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{Error, FolderLock, FolderOutput, Kind, Output, Outputs, write};

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nnew";

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn mode(path: &Path) -> std::io::Result<u32> {
    Ok(fs::metadata(path)?.mode() & 0o7777)
}

#[test]
fn a_file_appears_whole_and_a_dropped_one_not_at_all() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("deep/er/picture.png");
    let mut output = Output::begin(&path, Kind::PNG)?;
    output.write_all(PNG)?;
    assert!(!path.exists());
    output.commit()?;
    assert_eq!(fs::read(&path)?, PNG);

    let mut output = Output::begin(&path, Kind::PNG)?;
    output.write_all(b"half")?;
    drop(output);
    assert_eq!(fs::read(&path)?, PNG);
    assert_eq!(fs::read_dir(path.parent().expect("a folder"))?.count(), 1);
    Ok(())
}

#[test]
fn another_program_writes_under_the_partial_path() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("race.mp4");
    for path in [path.as_path(), Path::new("/dev/null")] {
        let output = Output::begin(path, Kind::VIDEO)?;
        fs::write(output.partial_path(), "by another")?;
        output.commit()?;
    }
    assert_eq!(fs::read(path)?, b"by another");
    Ok(())
}

#[test]
fn a_new_file_has_the_mode_of_the_umask_and_an_old_one_keeps_its_own() -> Result {
    let folder = tempfile::tempdir()?;
    let (new, usual) = (folder.path().join("new"), folder.path().join("usual"));
    File::create(&usual)?;
    write(&new, Kind::OWN, b"1")?;
    assert_eq!(mode(&new)?, mode(&usual)?);
    for kept in [0o600, 0o640, 0o666, 0o755] {
        fs::set_permissions(&new, fs::Permissions::from_mode(kept))?;
        write(&new, Kind::OWN, b"2")?;
        assert_eq!(mode(&new)?, kept);
    }
    Ok(())
}

#[test]
fn a_link_is_followed_and_stays() -> Result {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("kept"))?;
    symlink("kept/picture.png", at("first"))?;
    symlink("first", at("second"))?;
    for old in [None, Some(PNG)] {
        if let Some(old) = old {
            fs::write(at("kept/picture.png"), old)?;
        }
        write(&at("second"), Kind::PNG, PNG)?;
        assert!(at("second").is_symlink() && at("first").is_symlink());
        assert_eq!(fs::read(at("kept/picture.png"))?, PNG);
    }
    assert_eq!(names(&folder), ["first", "kept", "second"]);

    symlink("round", at("round"))?;
    let error = Output::begin(&at("round"), Kind::OWN).expect_err("a circle");
    assert!(matches!(error, Error::Io { .. }), "{error}");
    Ok(())
}

#[test]
fn only_the_own_kind_is_replaced() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("picture.png");
    for (there, kind, is_replaced) in [
        (PNG, Kind::PNG, true),
        (b"", Kind::PNG, true),
        (b"", Kind::NEW, true),
        (b"GIF89a", Kind::PNG, false),
        (b"a letter", Kind::MOVIE, false),
        (PNG, Kind::NEW, false),
        (b"\0\0\0\x20ftypisom", Kind::VIDEO, true),
    ] {
        fs::write(&path, there)?;
        let begun = Output::begin(&path, kind).map(drop);
        let checked = Outputs::default().require_free(&path, kind);
        assert_eq!((begun.is_ok(), checked.is_ok()), (is_replaced, is_replaced));
        if let Err(error) = begun {
            assert!(matches!(error, Error::Kind { .. }), "{error}");
            assert!(error.to_string().contains("picture.png"), "{error}");
        }
        assert_eq!(fs::read(&path)?, there);
        assert_eq!(names(&folder), ["picture.png"]);
    }
    for folder in [folder.path(), Path::new("/"), Path::new("..")] {
        let error = Output::begin(folder, Kind::OWN).expect_err("a folder");
        assert!(matches!(error, Error::Folder { .. }), "{error}");
    }
    Ok(())
}

#[test]
fn an_input_is_no_output_under_any_name() -> Result {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("data"))?;
    fs::write(at("data/part"), "part")?;
    fs::write(at("file"), "input")?;
    fs::write(at("other"), "other")?;
    symlink("file", at("link"))?;
    symlink("link", at("link to link"))?;
    symlink("data", at("link to data"))?;
    fs::hard_link(at("file"), at("twin"))?;
    fs::hard_link(at("data/part"), at("twin of part"))?;
    symlink("missing", at("dangling"))?;
    let outputs = Outputs::of_command(["link", "data", "absent"].map(at));
    for name in [
        "file",
        "link",
        "link to link",
        "twin",
        "data/../file",
        "data/part",
        "link to data/part",
        "twin of part",
    ] {
        let begun = outputs.begin(&at(name), Kind::OWN).map(drop);
        for refused in [begun, outputs.require_free(&at(name), Kind::OWN)] {
            let error = refused.expect_err(name);
            assert!(matches!(error, Error::Input { .. }), "{error}");
        }
    }
    for folder in ["data", "link to data"] {
        let error = outputs.hold_folder(&at(folder)).expect_err("an input");
        assert!(matches!(error, Error::Input { .. }), "{error}");
    }
    for name in ["other", "absent", "dangling", "data/new", "new"] {
        drop(outputs.begin(&at(name), Kind::OWN)?);
    }
    assert_eq!(fs::read(at("file"))?, b"input");
    Ok(())
}

#[test]
fn a_fifo_and_a_device_are_written_into() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&path).status()?;
    assert!(made.success());
    let mut read = Vec::new();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| write(&path, Kind::PNG, PNG));
        File::open(&path)?.read_to_end(&mut read)?;
        writer.join().expect("no panic")?;
        Ok::<_, Box<dyn std::error::Error>>(())
    })?;
    assert_eq!(read, PNG);
    write(Path::new("/dev/null"), Kind::PNG, PNG)?;
    let error = write(Path::new("/dev/full"), Kind::PNG, PNG).expect_err("it is full");
    assert!(matches!(error, Error::Io { .. }), "{error}");
    assert_eq!(names(&folder), ["fifo"]);
    Ok(())
}

#[test]
fn a_descriptor_of_a_file_is_appended_to() -> Result {
    use std::os::fd::AsRawFd;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("log");
    fs::write(&path, "before ")?;
    let open = File::open(&path)?;
    let descriptor = PathBuf::from(format!("/dev/fd/{}", open.as_raw_fd()));
    let link = folder.path().join("link");
    symlink(descriptor, &link)?;
    write(&link, Kind::NEW, b"after")?;
    assert_eq!(fs::read(&path)?, b"before after");
    assert_eq!(names(&folder), ["link", "log"]);
    Ok(())
}

#[test]
fn partial_files_of_dead_processes_are_removed_and_those_of_living_ones_kept() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("race.csv");
    let partial = folder.path().join(".race.csv.kartscope-part");
    fs::write(&partial, "left")?;
    fs::write(folder.path().join(".other.png.kartscope-part"), "left")?;
    let mut first = Output::begin(&path, Kind::OWN)?;
    assert_eq!(fs::read(&partial)?, b"");
    assert_eq!(names(&folder), [".race.csv.kartscope-part"]);
    first.write_all(b"first")?;
    let error = Output::begin(&path, Kind::OWN).expect_err("it is being written");
    assert!(matches!(error, Error::Busy { .. }), "{error}");
    assert_eq!(fs::read(&partial)?, b"first");
    first.commit()?;
    assert_eq!(fs::read(&path)?, b"first");
    drop(Output::begin(&path, Kind::OWN)?);
    assert_eq!(names(&folder), ["race.csv"]);
    Ok(())
}

#[test]
fn a_partial_file_that_is_a_link_leads_nowhere() -> Result {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name);
    fs::write(at("precious"), "precious")?;
    symlink("precious", at(".out.kartscope-part"))?;
    let error = write(&at("out"), Kind::OWN, b"bytes").expect_err("a link");
    assert!(matches!(error, Error::Io { .. }), "{error}");
    assert_eq!(fs::read(at("precious"))?, b"precious");
    Ok(())
}

#[test]
fn changes_under_the_lock_are_all_kept() -> Result {
    const WRITERS: u32 = 8;
    const CHANGES: u32 = 40;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("count");
    let add_one = || {
        let mut output = loop {
            match Output::begin(&path, Kind::OWN) {
                Err(Error::Busy { .. }) => std::thread::yield_now(),
                begun => break begun,
            }
        }?;
        let count: u32 = match fs::read_to_string(&path) {
            Ok(text) => text.parse().expect("a number"),
            Err(_) => 0,
        };
        write!(output, "{}", count + 1).expect("written");
        output.commit_without_sync()
    };
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| scope.spawn(|| (0..CHANGES).try_for_each(|_| add_one())))
            .collect();
        let mut results = writers.into_iter().map(|writer| writer.join());
        results.try_for_each(|result| result.expect("no panic"))
    })?;
    assert_eq!(fs::read_to_string(&path)?, (WRITERS * CHANGES).to_string());
    assert_eq!(names(&folder), ["count"]);
    Ok(())
}

#[test]
fn names_may_be_as_long_as_the_file_system_allows() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("n".repeat(255));
    write(&path, Kind::NEW, b"long")?;
    assert_eq!(fs::read(&path)?, b"long");
    Ok(())
}

#[test]
fn a_folder_has_one_writer_and_no_file_for_it() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("data/set");
    let lock = FolderLock::hold(&path)?;
    symlink("data/set", folder.path().join("link"))?;
    for name in [path.clone(), folder.path().join("link")] {
        let error = FolderLock::hold(&name).expect_err("it is held");
        assert!(matches!(error, Error::Busy { .. }), "{error}");
    }
    assert_eq!(fs::read_dir(&path)?.count(), 0);
    drop(lock);
    assert!(!path.exists(), "nothing was written into it");
    let other = folder.path().join("other");
    let output = Output::begin(&other.join("file"), Kind::NEW)?;
    drop(FolderLock::hold(&other)?);
    output.commit()?;
    let lock = FolderLock::hold(&path)?;
    fs::write(path.join("file"), "")?;
    drop(lock);
    drop(FolderLock::hold(&path)?);
    assert!(path.join("file").exists());
    Ok(())
}

#[test]
fn a_new_folder_appears_as_a_whole() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("deep/set");
    let output = FolderOutput::begin(&path)?;
    let inside = output.partial_path().join("data/rows");
    fs::create_dir(output.partial_path().join("data"))?;
    fs::write(inside, "1")?;
    assert!(!path.exists());
    output.commit()?;
    assert_eq!(fs::read_to_string(path.join("data/rows"))?, "1");
    assert_eq!(fs::read_dir(folder.path().join("deep"))?.count(), 1);
    let error = FolderOutput::begin(&path).expect_err("it is there");
    assert!(matches!(error, Error::Exists { .. }), "{error}");
    assert!(error.to_string().contains("deep/set is there already"));
    Ok(())
}

#[test]
fn nothing_remains_of_a_folder_that_is_dropped_or_comes_too_late() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("set");
    let output = FolderOutput::begin(&path).expect("begun");
    fs::write(output.partial_path().join("rows"), "1")?;
    drop(output);
    assert!(names(&folder).is_empty());

    let output = FolderOutput::begin(&path).expect("begun");
    fs::write(&path, "another's")?;
    let error = output.commit().expect_err("a file is there");
    assert!(matches!(error, Error::Exists { .. }), "{error}");
    assert_eq!(names(&folder), ["set"]);
    assert_eq!(fs::read_to_string(&path)?, "another's");
    Ok(())
}

#[test]
fn a_new_folder_has_one_writer_and_begins_empty() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("set");
    let left = folder.path().join(".set.kartscope-part");
    fs::create_dir_all(left.join("data"))?;
    fs::write(left.join("half"), "of a process that was killed")?;
    let output = FolderOutput::begin(&path).expect("begun");
    assert_eq!(output.partial_path(), left);
    assert_eq!(fs::read_dir(&left)?.count(), 0);
    let error = FolderOutput::begin(&path).expect_err("it has a writer");
    assert!(
        matches!(&error, Error::Busy { path: named, .. } if *named == path),
        "{error}"
    );
    output.commit().expect("committed");
    Ok(())
}
