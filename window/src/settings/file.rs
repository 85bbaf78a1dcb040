//! The file in which settings are kept.

use std::env;
use std::io;
use std::path::{Path, PathBuf};

use gtk::glib;
use outputs::Kind;
use toml::{Table, Value};

use super::values::Settings;

/// The environment variable that names another folder than the user's for the settings.
const FOLDER_VARIABLE: &str = "KARTSCOPE_CONFIG_DIR";

/// The file's name.
const NAME: &str = "window.toml";

/// The settings' file, and what it holds.
#[derive(Debug)]
pub struct SettingsFile {
    path: PathBuf,
    /// The file's content, so that the file is only written when it changes.
    saved: Option<String>,
    /// The table that was read. Unknown keys, of a newer version, stay in the file.
    read: Table,
}

/// Settings that were read, and their file.
#[derive(Debug)]
pub struct Loaded {
    /// The settings; the defaults if there is no file, or the file can't be read.
    pub settings: Settings,
    /// Their file.
    pub file: SettingsFile,
    /// Why the file, if there is one, was not read.
    pub error: Option<SettingsError>,
}

/// A file that can't be read as settings. The defaults are used instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file can't be read.
    #[error("{}: can't be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file's content is malformed.
    #[error("{}:{line}: {message}; the settings are the defaults, {}", path.display(), kept(aside.as_deref()))]
    Broken {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What was expected there, and what was found.
        message: String,
        /// Where the file was moved; `None` if that failed, and it is where it was.
        aside: Option<PathBuf>,
    },
}

fn kept(aside: Option<&Path>) -> String {
    match aside {
        Some(aside) => format!("and the file is kept as {}", aside.display()),
        None => "and the file stays as it is".to_owned(),
    }
}

impl SettingsFile {
    /// The user's settings: those in the folder that `KARTSCOPE_CONFIG_DIR` names, or in
    /// `kartscope` among the user's configuration.
    #[must_use]
    pub fn load() -> Loaded {
        let folder = match env::var_os(FOLDER_VARIABLE) {
            Some(folder) => PathBuf::from(folder),
            None => glib::user_config_dir().join("kartscope"),
        };
        Self::load_from(&folder)
    }

    /// The settings in a folder.
    #[must_use]
    pub fn load_from(folder: &Path) -> Loaded {
        let path = folder.join(NAME);
        let mut file = Self {
            path,
            saved: None,
            read: Table::new(),
        };
        let text = match std::fs::read_to_string(&file.path) {
            Ok(text) => text,
            Err(source) if source.kind() == io::ErrorKind::NotFound => {
                return file.with_defaults(None);
            }
            Err(source) => {
                let path = file.path.clone();
                return file.with_defaults(Some(SettingsError::Unreadable { path, source }));
            }
        };
        let read = toml::from_str::<Table>(&text);
        match read.and_then(|read| Ok((read, toml::from_str(&text)?))) {
            Ok((read, settings)) => {
                file.read = read;
                file.saved = Some(text);
                Loaded {
                    settings,
                    file,
                    error: None,
                }
            }
            Err(error) => {
                let error = SettingsError::Broken {
                    path: file.path.clone(),
                    line: line_of(&text, &error),
                    message: error.message().to_owned(),
                    aside: put_aside(&file.path),
                };
                file.with_defaults(Some(error))
            }
        }
    }

    fn with_defaults(self, error: Option<SettingsError>) -> Loaded {
        Loaded {
            settings: Settings::default(),
            file: self,
            error,
        }
    }

    /// Where the settings are kept.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the settings, all or nothing, unless the file has them already; whether it was written.
    ///
    /// # Errors
    ///
    /// The file, or its folder, can't be written.
    pub fn save(&mut self, settings: &Settings) -> io::Result<bool> {
        let mut table = Table::try_from(settings).map_err(io::Error::other)?;
        add_unknown(&mut table, &self.read);
        let text = toml::to_string(&table).map_err(io::Error::other)?;
        if self.saved.as_ref() == Some(&text) {
            return Ok(false);
        }
        outputs::write(&self.path, Kind::OWN, text.as_bytes()).map_err(io::Error::other)?;
        self.saved = Some(text);
        Ok(true)
    }
}

/// Adds keys that only `read` has, also those in tables of both.
fn add_unknown(table: &mut Table, read: &Table) {
    for (key, value) in read {
        match (table.get_mut(key), value) {
            (Some(Value::Table(known)), Value::Table(read)) => add_unknown(known, read),
            (Some(_), _) => {}
            (None, _) => {
                table.insert(key.clone(), value.clone());
            }
        }
    }
}

/// The line of an error in the file.
fn line_of(text: &str, error: &toml::de::Error) -> usize {
    let at = error.span().map_or(0, |span| span.start);
    let before = text.as_bytes().iter().take(at);
    1 + before.filter(|byte| **byte == b'\n').count()
}

/// Renames a broken file, so that what a user wrote by hand is not replaced.
fn put_aside(path: &Path) -> Option<PathBuf> {
    let aside = (0..).map(|number| match number {
        0 => path.with_extension("toml.broken"),
        number => path.with_extension(format!("toml.broken.{number}")),
    });
    let aside = aside.take(100).find(|aside| !aside.exists())?;
    std::fs::rename(path, &aside).ok().map(|()| aside)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Screens, Settings};
    use super::{Loaded, NAME, SettingsFile};
    use crate::input::{Button, Key};

    type Result = std::result::Result<(), Box<dyn std::error::Error>>;

    fn load(folder: &Path, text: &str) -> std::io::Result<Loaded> {
        std::fs::write(folder.join(NAME), text)?;
        Ok(SettingsFile::load_from(folder))
    }

    fn files(folder: &Path) -> std::io::Result<Vec<String>> {
        let mut names = std::fs::read_dir(folder)?
            .map(|file| Ok(file?.file_name().to_string_lossy().into_owned()))
            .collect::<std::io::Result<Vec<_>>>()?;
        names.sort();
        Ok(names)
    }

    #[test]
    fn what_is_saved_is_loaded() -> Result {
        let folder = tempfile::tempdir()?;
        let home = folder.path().join("deep").join("kartscope");
        let Loaded {
            mut settings,
            mut file,
            error,
        } = SettingsFile::load_from(&home);
        assert!(error.is_none());
        assert_eq!(settings, Settings::default());
        settings.memory_budget = 300;
        settings.screens = Screens::Upper;
        settings.overlays = Some(vec!["rays".to_owned(), "boxes".to_owned()]);
        settings.pinned = vec!["driver[0].speed".to_owned()];
        settings.speed = 0.25;
        settings.window_size = [800, 600];
        settings.bindings.bind(Button::A, Key::named("m")?)?;
        assert!(file.save(&settings)?);
        assert!(!file.save(&settings)?, "nothing has changed");
        let again = SettingsFile::load_from(&home);
        assert!(again.error.is_none());
        assert_eq!(again.settings, settings);
        assert!(!{ again.file }.save(&settings)?);
        assert_eq!(files(&home)?, [NAME]);
        Ok(())
    }

    #[test]
    fn what_is_left_out_is_the_default_and_unknown_keys_stay() -> Result {
        let folder = tempfile::tempdir()?;
        let text = "memory-budget = 400\nhologram = true\n[bindings.mouse]\nwheel = \"zoom\"\n";
        let Loaded {
            mut settings,
            mut file,
            error,
        } = load(folder.path(), text)?;
        assert!(error.is_none());
        let expected = Settings {
            memory_budget: 400,
            ..Settings::default()
        };
        assert_eq!(settings, expected);
        settings.memory_budget = 100;
        assert!(file.save(&settings)?);
        let text = std::fs::read_to_string(file.path())?;
        assert!(text.contains("hologram = true"), "{text}");
        assert!(text.contains("wheel = \"zoom\""), "{text}");
        assert_eq!(SettingsFile::load_from(folder.path()).settings, settings);
        Ok(())
    }

    #[test]
    fn a_broken_file_is_told_and_kept() -> Result {
        for (text, line, expected) in [
            ("sound = true\nspeed = [\n", 2, "expected"),
            (
                "sound = true\n\nmemory-budget = \"big\"\n",
                3,
                "expected u32",
            ),
            (
                "memory-budget = 9\n",
                1,
                "expected a number from 50 to 64000, found 9",
            ),
            (
                "\nspeed = nan\n",
                2,
                "expected a number from 0.05 to 16, found NaN",
            ),
            (
                "screens = \"all\"\n",
                1,
                "expected one of `both`, `upper`, `lower`",
            ),
            ("window-size = [-1, 4]\n", 1, "from 0 to 32767"),
            (
                "sound = true\n[bindings.keys]\na = [\"x\"]\nb = [\"x\"]\n",
                2,
                "key \"x\" is bound to A already, and can't be bound to B too",
            ),
        ] {
            let folder = tempfile::tempdir()?;
            let mut loaded = load(folder.path(), text)?;
            assert_eq!(loaded.settings, Settings::default());
            let message = loaded.error.expect(text).to_string();
            let place = format!("{}:{line}: ", folder.path().join(NAME).display());
            assert!(message.starts_with(&place), "{text}: {message}");
            assert!(message.contains(expected), "{text}: {message}");
            let aside = folder.path().join("window.toml.broken");
            assert_eq!(std::fs::read_to_string(&aside)?, text);
            assert!(message.contains(&aside.display().to_string()), "{message}");
            assert!(loaded.file.save(&loaded.settings)?);
            assert_eq!(files(folder.path())?, [NAME, "window.toml.broken"]);
        }
        Ok(())
    }

    #[test]
    fn an_older_broken_file_is_kept_too() -> Result {
        let folder = tempfile::tempdir()?;
        for text in ["sound = ", "speed = "] {
            assert!(load(folder.path(), text)?.error.is_some());
        }
        let names = files(folder.path())?;
        assert_eq!(names, ["window.toml.broken", "window.toml.broken.1"]);
        Ok(())
    }

    #[test]
    fn a_file_that_cannot_be_read_is_told() -> Result {
        let folder = tempfile::tempdir()?;
        std::fs::create_dir(folder.path().join(NAME))?;
        let loaded = SettingsFile::load_from(folder.path());
        let message = loaded.error.ok_or("no error")?.to_string();
        assert!(message.contains("can't be read"), "{message}");
        Ok(())
    }
}
