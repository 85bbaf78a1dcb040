use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use outputs::{FolderLock, Kind, Output};

use super::{MANIFEST, Manifest, Movie, Rows, Schema, Source, Vectors};
use super::{parquet_file, pictures};
use crate::{Error, Result, files};

/// Adds movies to a dataset's folder, one at a time and each atomically.
///
/// Only one writer of all processes can have a folder open; recorders in several threads share one.
#[derive(Debug)]
pub struct Writer {
    _lock: FolderLock,
    folder: PathBuf,
    manifest: Manifest,
    /// Files that the manifest names but the folder does not contain.
    lost: BTreeSet<String>,
}

impl Writer {
    /// Opens the dataset in `folder`; if there is none, adding the first movie creates one. Movies of an earlier
    /// run are kept. A movie whose file is missing stays in the manifest, and can be added again.
    ///
    /// # Errors
    /// Another writer has the folder, it cannot be made, its manifest is damaged or has another schema, or a file that it
    /// names is damaged.
    pub fn open(folder: impl AsRef<Path>, schema: &Schema) -> Result<Self> {
        let folder = folder.as_ref().to_path_buf();
        let lock = FolderLock::hold(&folder)?;
        let path = folder.join(MANIFEST);
        let exists = path.try_exists().map_err(Error::io("read", &path))?;
        if !exists {
            let manifest = Manifest::new(schema);
            return Ok(Self {
                _lock: lock,
                folder,
                manifest,
                lost: BTreeSet::new(),
            });
        }
        let manifest = Manifest::read(&folder)?;
        if let Some(difference) = schema.difference(&manifest.schema()) {
            return Err(Error::differs(&path, difference));
        }
        let mut lost = BTreeSet::new();
        for movie in &manifest.movies {
            let path = folder.join(&movie.file);
            match files::sha256_of_file(&path) {
                Ok(hash) if hash == movie.sha256 => {}
                Ok(hash) => {
                    let place = "SHA-256 (without the file, its movie can be recorded again)";
                    return Err(Error::mismatch(&path, place, &movie.sha256, hash));
                }
                Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
                    lost.insert(movie.file.clone());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Self {
            _lock: lock,
            folder,
            manifest,
            lost,
        })
    }

    /// The entry of the movie with this SHA-256; `None` if it is not in the dataset, or its file is missing.
    pub fn movie(&self, movie_sha256: &str) -> Option<&Movie> {
        let mut movies = self.manifest.movies.iter();
        movies.find(|movie| {
            movie.source.movie_sha256 == movie_sha256 && !self.lost.contains(&movie.file)
        })
    }

    /// Whether a movie with this SHA-256 is in the dataset already.
    pub fn contains(&self, movie_sha256: &str) -> bool {
        self.movie(movie_sha256).is_some()
    }

    /// The dataset as it is now.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Writes a movie's rows, without vectors, then the manifest that names them. A movie that is there already
    /// is replaced, and its [removed rows](Manifest::removals) are back.
    ///
    /// # Errors
    /// No rows, rows of another width, or the folder cannot be written; the dataset is then
    /// unchanged.
    pub fn add(&mut self, source: Source, rows: &Rows) -> Result<&Movie> {
        let file = file_name(&source);
        let movie = store(&self.folder, &self.manifest, file, source, rows, None)?;
        let mut manifest = self.manifest.clone();
        let others = |other: &Movie| other.source.movie_sha256 != movie.source.movie_sha256;
        manifest.movies.retain(others);
        manifest
            .removals
            .retain(|removal| removal.movie_sha256 != movie.source.movie_sha256);
        manifest.movies.push(movie);
        files::write_json(&self.folder.join(MANIFEST), &manifest)?;
        self.lost
            .remove(&manifest.movies[manifest.movies.len() - 1].file);
        self.manifest = manifest;
        Ok(&self.manifest.movies[self.manifest.movies.len() - 1])
    }

    /// Puts the movies with these SHA-256 into this order, after the others. Recorders on several threads add movies in
    /// the order in which they finish; this makes the order the same in every run.
    ///
    /// # Errors
    /// The manifest cannot be written; it is then unchanged.
    pub fn arrange(&mut self, movie_sha256s: &[String]) -> Result<()> {
        let place = |movie: &Movie| {
            let sha256 = &movie.source.movie_sha256;
            movie_sha256s.iter().position(|wanted| wanted == sha256)
        };
        let mut manifest = self.manifest.clone();
        manifest.movies.sort_by_cached_key(place);
        if manifest != self.manifest {
            files::write_json(&self.folder.join(MANIFEST), &manifest)?;
            self.manifest = manifest;
        }
        Ok(())
    }
}

/// Writes a movie's rows, and the vectors of their pictures if there are some, into a file of a dataset's folder; returns the
/// movie, for the manifest.
pub(super) fn store(
    folder: &Path,
    manifest: &Manifest,
    file: String,
    source: Source,
    rows: &Rows,
    vectors: Option<&Vectors>,
) -> Result<Movie> {
    let schema = manifest.schema();
    if rows.is_empty() || rows.width != schema.width() {
        return Err(Error::Argument {
            what: format!("rows of {}", source.movie),
            expected: format!("at least one row of {} numbers", schema.width()),
            found: format!("{} of {}", rows.len(), rows.width),
        });
    }
    if rows.format != schema.pictures() {
        return Err(Error::Argument {
            what: format!("pictures of {}", source.movie),
            expected: pictures::describe(schema.pictures()),
            found: pictures::describe(rows.format),
        });
    }
    rows.require_pictures().map_err(Error::argument)?;
    let expected = schema.pictures().map_or(0, |_| rows.len());
    if let Some(vectors) = vectors.filter(|vectors| vectors.len() != expected) {
        return Err(Error::Argument {
            what: format!("vectors of {}", source.movie),
            expected: format!("one a picture, {expected}"),
            found: vectors.len().to_string(),
        });
    }
    let same_name = |other: &&Movie| other.file == file;
    let other = manifest.movies.iter().find(same_name);
    if other.is_some_and(|other| other.source.movie_sha256 != source.movie_sha256) {
        return Err(Error::Argument {
            what: format!("file of {}", source.movie),
            expected: "a name that no other movie has".to_owned(),
            found: file,
        });
    }
    let path = folder.join(&file);
    let mut output = Output::begin(&path, Kind::OWN)?;
    parquet_file::write(&mut output, &path, &schema, rows, vectors)?;
    output.commit()?;
    Ok(Movie {
        sha256: files::sha256_of_file(&path)?,
        file,
        rows: rows.len() as u64,
        embedding: vectors.map(|vectors| vectors.embedding().clone()),
        source,
    })
}

/// The movie's name, for readability, with a part of its hash, so that movies of the same name from two folders do not
/// collide.
pub(super) fn file_name(source: &Source) -> String {
    let stem = Path::new(&source.movie)
        .file_stem()
        .map(|stem| stem.to_string_lossy());
    let plain = |text: &str, longest: usize| -> String {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        text.chars()
            .take(longest)
            .map(|c| if allowed(c) { c } else { '_' })
            .collect()
    };
    let stem = plain(stem.as_deref().unwrap_or("movie"), 100);
    format!("{stem}-{}.parquet", plain(&source.movie_sha256, 12))
}
