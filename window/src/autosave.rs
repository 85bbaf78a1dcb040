//! The session of a window, kept in the user's state folder while it is open, so that nothing is lost when the program
//! ends before it was saved.
//!
//! Each window locks a file of its own there: two windows never write the same file, and a session in a file that no window
//! has locked is that of a window that ended without saving.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use gtk::glib;
use outputs::Kind;
use session::file::{self, ToFile};

/// The environment variable that names another folder than the user's state folder.
const FOLDER_VARIABLE: &str = "KARTSCOPE_STATE_DIR";
/// The shortest time between two writes.
const INTERVAL: Duration = Duration::from_secs(2);
/// The most windows that can be open at once.
const MOST_PLACES: u32 = 1000;

/// The session of a window.
pub(crate) type Document = file::Document<Box<dyn ToFile + Send>>;

/// A window's file in the state folder.
#[derive(Debug)]
pub(crate) struct Autosave {
    path: PathBuf,
    /// Whether other files that no window has locked hold sessions.
    pub(crate) other_sessions: bool,
    /// Locked while the window is open.
    _lock: File,
    /// The session's count of changes when it was last written or forgotten.
    kept: u64,
    /// Whether the file holds a session.
    holds: bool,
    /// When it was written last.
    last: Instant,
    writer: Option<JoinHandle<Result<()>>>,
}

/// The session of a window that ended without saving.
#[derive(Debug)]
pub(crate) struct RecoveredSession {
    /// The session.
    pub(crate) bytes: Vec<u8>,
    /// Its file.
    pub(crate) path: PathBuf,
}

impl Autosave {
    /// Locks the first unlocked file that holds no session; with `reopens`, the first unlocked one that holds a session,
    /// if there is one, and returns that session.
    ///
    /// # Errors
    /// The state folder can't be written.
    pub(crate) fn claim(reopens: bool) -> Result<(Self, Option<RecoveredSession>)> {
        let folder = match std::env::var_os(FOLDER_VARIABLE) {
            Some(folder) => PathBuf::from(folder),
            None => state_folder().join("kartscope"),
        };
        Self::claim_in(&folder, reopens)
            .with_context(|| format!("can't keep sessions in {}", folder.display()))
    }

    fn claim_in(folder: &Path, reopens: bool) -> Result<(Self, Option<RecoveredSession>)> {
        fs::create_dir_all(folder)?;
        let places =
            || (0..MOST_PLACES).map(|number| folder.join(format!("window-{number}.kartscope")));
        for path in places().filter(|path| reopens && path.exists()) {
            if let Some(place) = Self::take(&path)? {
                let bytes = fs::read(&path)?;
                let place = Self {
                    holds: true,
                    ..place
                };
                return Ok((place, Some(RecoveredSession { bytes, path })));
            }
        }
        let mut other_sessions = false;
        for path in places() {
            if let Some(place) = Self::take(&path)? {
                if path.exists() {
                    other_sessions = true;
                    continue;
                }
                return Ok((
                    Self {
                        other_sessions,
                        ..place
                    },
                    None,
                ));
            }
        }
        Err(anyhow!("all of {MOST_PLACES} places are taken"))
    }

    /// Locks the file, unless another window has locked it.
    fn take(path: &Path) -> io::Result<Option<Self>> {
        let lock = File::create(path.with_extension("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self {
                path: path.to_owned(),
                other_sessions: false,
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
    /// The previous write failed.
    pub(crate) fn write_if_due(
        &mut self,
        changes: u64,
        document: impl FnOnce() -> Document,
    ) -> Result<()> {
        if self.writer.as_ref().is_some_and(JoinHandle::is_finished) {
            self.wait()?;
        }
        if self.kept == changes || self.last.elapsed() < INTERVAL || self.writer.is_some() {
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
    pub(crate) fn write_now(&mut self, document: &Document) -> Result<()> {
        self.wait()?;
        self.holds = true;
        write(&self.path, document).with_context(|| self.path.display().to_string())
    }

    /// Removes the session from the file, after it was saved elsewhere or discarded with its `changes` so far.
    ///
    /// # Errors
    /// The file can't be removed.
    pub(crate) fn forget(&mut self, changes: u64) -> Result<()> {
        self.kept = changes;
        if !std::mem::take(&mut self.holds) {
            return Ok(());
        }
        // An error of the write does not matter any more: the file is removed.
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

/// The user's state folder, as the XDG specification defines it.
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
            place.write_if_due(changes, Document::default)?;
            std::thread::yield_now();
        }
        Ok(())
    }

    #[test]
    fn a_session_that_was_left_is_opened_again_by_one_window() -> Result {
        let folder = tempfile::tempdir()?;
        let (mut first, left) = Autosave::claim_in(folder.path(), true)?;
        assert!(left.is_none());
        first.last = Instant::now().checked_sub(INTERVAL).ok_or("a late clock")?;
        first.write_if_due(1, Document::default)?;
        wait(&mut first, 1)?;
        let kept = first.path.clone();
        let (second, left) = Autosave::claim_in(folder.path(), true)?;
        assert!(left.is_none(), "the first window is still open");
        assert_ne!(second.path, kept);
        drop((first, second));
        let (third, left) = Autosave::claim_in(folder.path(), false)?;
        assert!(left.is_none() && third.path != kept, "it is not wanted");
        assert!(third.other_sessions);
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
        place.last = Instant::now().checked_sub(INTERVAL).ok_or("a late clock")?;
        place.write_if_due(0, || unreachable!("nothing has changed"))?;
        place.write_now(&Document::default())?;
        assert!(place.path.exists());
        place.forget(5)?;
        place.write_if_due(5, || unreachable!("nothing has changed since"))?;
        assert!(!place.path.exists());
        Ok(())
    }
}
