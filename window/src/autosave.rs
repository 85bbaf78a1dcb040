//! The session of a window, kept in the user's state folder while it is open, so that nothing is lost when the program
//! ends before it was saved.
//!
//! Each window has a place of its own, which a lock holds: two windows never write the same file, and what lies in a place
//! that no window holds was left by one that ended too early.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use gtk::glib;
use outputs::Kind;
use session::file::{self, ToFile};

/// The environment variable that names another folder than the user's for what is kept.
const FOLDER_VARIABLE: &str = "KARTSCOPE_STATE_DIR";
/// From one writing to the next.
const EVERY: Duration = Duration::from_secs(2);
/// Windows that are open at once.
const PLACES: u32 = 1000;

/// What a window holds, to be written.
pub(crate) type Document = file::Document<Box<dyn ToFile + Send>>;

/// A window's place in the state folder.
#[derive(Debug)]
pub(crate) struct Autosave {
    path: PathBuf,
    /// Whether sessions lie in other places that no window holds.
    pub(crate) others_left: bool,
    /// Held while the window is open.
    _lock: File,
    /// The session's changes up to which it is in the file, or in need of no file.
    kept: u64,
    /// Whether the file has a session in it.
    holds: bool,
    /// When it was written last.
    last: Instant,
    writer: Option<JoinHandle<Result<()>>>,
}

/// What a window that ended too early has left.
#[derive(Debug)]
pub(crate) struct Leftover {
    /// The session.
    pub(crate) bytes: Vec<u8>,
    /// Its file.
    pub(crate) path: PathBuf,
}

impl Autosave {
    /// Takes the first place that is free and empty; where `reopens`, the first that is free, with the session that is
    /// left there.
    ///
    /// # Errors
    /// The state folder can't be written.
    pub(crate) fn claim(reopens: bool) -> Result<(Self, Option<Leftover>)> {
        let folder = match std::env::var_os(FOLDER_VARIABLE) {
            Some(folder) => PathBuf::from(folder),
            None => state_folder().join("kartscope"),
        };
        Self::claim_in(&folder, reopens)
            .with_context(|| format!("can't keep sessions in {}", folder.display()))
    }

    fn claim_in(folder: &Path, reopens: bool) -> Result<(Self, Option<Leftover>)> {
        fs::create_dir_all(folder)?;
        let places = || (0..PLACES).map(|number| folder.join(format!("window-{number}.kartscope")));
        for path in places().filter(|path| reopens && path.exists()) {
            if let Some(place) = Self::take(&path)? {
                let bytes = fs::read(&path)?;
                let place = Self {
                    holds: true,
                    ..place
                };
                return Ok((place, Some(Leftover { bytes, path })));
            }
        }
        let mut others_left = false;
        for path in places() {
            if let Some(place) = Self::take(&path)? {
                if path.exists() {
                    others_left = true;
                    continue;
                }
                return Ok((
                    Self {
                        others_left,
                        ..place
                    },
                    None,
                ));
            }
        }
        Err(anyhow!("all of {PLACES} places are taken"))
    }

    /// The place, unless another window holds it.
    fn take(path: &Path) -> io::Result<Option<Self>> {
        let lock = File::create(path.with_extension("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self {
                path: path.to_owned(),
                others_left: false,
                _lock: lock,
                kept: 0,
                holds: false,
                last: Instant::now(),
                writer: None,
            })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    /// Writes the session, in the background, if it has changed and was not written lately.
    ///
    /// # Errors
    /// The last writing failed.
    pub(crate) fn keep(&mut self, changes: u64, document: impl FnOnce() -> Document) -> Result<()> {
        if self.writer.as_ref().is_some_and(JoinHandle::is_finished) {
            self.wait()?;
        }
        if self.kept == changes || self.last.elapsed() < EVERY || self.writer.is_some() {
            return Ok(());
        }
        self.kept = changes;
        self.holds = true;
        self.last = Instant::now();
        let (document, path) = (document(), self.path.clone());
        self.writer = Some(std::thread::spawn(move || write(&path, &document)));
        Ok(())
    }

    /// Writes the session now.
    ///
    /// # Errors
    /// It can't be written.
    pub(crate) fn keep_now(&mut self, document: &Document) -> Result<()> {
        self.wait()?;
        self.holds = true;
        write(&self.path, document).with_context(|| self.path.display().to_string())
    }

    /// Forgets the session, which is saved elsewhere or is not wanted any more, up to its changes so far.
    ///
    /// # Errors
    /// The file can't be removed.
    pub(crate) fn forget(&mut self, changes: u64) -> Result<()> {
        self.kept = changes;
        if !std::mem::take(&mut self.holds) {
            return Ok(());
        }
        // What could not be written is not wanted any more.
        let _ = self.wait();
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| self.path.display().to_string())
            }
            _ => Ok(()),
        }
    }

    fn wait(&mut self) -> Result<()> {
        let Some(writer) = self.writer.take() else {
            return Ok(());
        };
        let written = writer.join().map_err(|_| anyhow!("the writing stopped"))?;
        written.with_context(|| format!("{}: the session is not kept", self.path.display()))
    }
}

fn write(path: &Path, document: &Document) -> Result<()> {
    Ok(outputs::write(path, Kind::OWN, &document.to_bytes()?)?)
}

/// The folder for what programs keep between two starts, as the XDG specification names it.
fn state_folder() -> PathBuf {
    match std::env::var_os("XDG_STATE_HOME") {
        Some(folder) if Path::new(&folder).is_absolute() => folder.into(),
        _ => glib::home_dir().join(".local").join("state"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Result = std::result::Result<(), Box<dyn std::error::Error>>;

    fn wait(place: &mut Autosave, changes: u64) -> Result {
        while place.writer.is_some() {
            place.keep(changes, Document::default)?;
            std::thread::yield_now();
        }
        Ok(())
    }

    #[test]
    fn a_session_that_was_left_is_opened_again_by_one_window() -> Result {
        let folder = tempfile::tempdir()?;
        let (mut first, left) = Autosave::claim_in(folder.path(), true)?;
        assert!(left.is_none());
        first.last = Instant::now().checked_sub(EVERY).ok_or("a late clock")?;
        first.keep(1, Document::default)?;
        wait(&mut first, 1)?;
        let kept = first.path.clone();
        let (second, left) = Autosave::claim_in(folder.path(), true)?;
        assert!(left.is_none(), "the first window is still open");
        assert_ne!(second.path, kept);
        drop((first, second));
        let (third, left) = Autosave::claim_in(folder.path(), false)?;
        assert!(left.is_none() && third.path != kept, "it is not wanted");
        assert!(third.others_left);
        let (mut again, left) = Autosave::claim_in(folder.path(), true)?;
        let left = left.ok_or("nothing was left")?;
        assert_eq!(left.bytes, Document::default().to_bytes()?);
        assert_eq!(again.path, kept);
        again.forget(1)?;
        drop((third, again));
        let files = fs::read_dir(folder.path())?.collect::<io::Result<Vec<_>>>()?;
        let mut names = files.iter().map(fs::DirEntry::path);
        assert!(names.all(|path| path.extension().is_some_and(|end| end == "lock")));
        Ok(())
    }

    #[test]
    fn what_has_not_changed_is_not_written() -> Result {
        let folder = tempfile::tempdir()?;
        let (mut place, _) = Autosave::claim_in(folder.path(), false)?;
        place.last = Instant::now().checked_sub(EVERY).ok_or("a late clock")?;
        place.keep(0, || unreachable!("nothing has changed"))?;
        place.keep_now(&Document::default())?;
        assert!(place.path.exists());
        place.forget(5)?;
        place.keep(5, || unreachable!("nothing has changed since"))?;
        assert!(!place.path.exists());
        Ok(())
    }
}
