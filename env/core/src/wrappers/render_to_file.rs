//! Pictures of episodes in files.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use outputs::{Kind, Output};

use crate::env::{Env, RenderFrame, Step};

/// Draws the state after every reset and step into a PNG file of its own: `00000000.png`,
/// `00000001.png` and so on. States without a picture get no file and no number.
///
/// A file gets its name only once it is complete.
#[derive(Debug)]
pub struct RenderToFile<E> {
    env: E,
    folder: PathBuf,
    written: u64,
}

/// Why a [`RenderToFile`] failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderToFileError<E> {
    /// The folder is not empty.
    #[error("{}: expected an empty folder, found files", folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// A file is not written.
    #[error(transparent)]
    Output(outputs::Error),
    /// The folder cannot be made or read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A picture is malformed, or cannot be written.
    #[error("{}: {source}", path.display())]
    Png {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: png::EncodingError,
    },
    /// The environment inside failed.
    #[error(transparent)]
    Env(#[from] E),
}

impl<E: Env> RenderToFile<E> {
    /// Draws `env` into `folder`, which is created if it does not exist.
    ///
    /// # Errors
    /// [`RenderToFileError::NotEmpty`] if there is something in the folder, as an earlier
    /// recording, [`RenderToFileError::Io`] if it cannot be made or read.
    pub fn new(env: E, folder: impl Into<PathBuf>) -> Result<Self, RenderToFileError<E::Error>> {
        let folder = folder.into();
        let entries = fs::create_dir_all(&folder).and_then(|()| fs::read_dir(&folder));
        match entries.map(|mut entries| entries.next().is_some()) {
            Ok(false) => Ok(Self {
                env,
                folder,
                written: 0,
            }),
            Ok(true) => Err(RenderToFileError::NotEmpty { folder }),
            Err(source) => Err(RenderToFileError::Io {
                path: folder,
                source,
            }),
        }
    }

    /// How many files were written.
    pub const fn written(&self) -> u64 {
        self.written
    }

    inside!(access);

    fn draw(&mut self) -> Result<(), RenderToFileError<E::Error>> {
        let Some(frame) = self.env.render()? else {
            return Ok(());
        };
        let path = self.folder.join(format!("{:08}.png", self.written));
        let mut output = Output::begin(&path, Kind::NEW).map_err(RenderToFileError::Output)?;
        encode(&mut output, &frame).map_err(|source| RenderToFileError::Png { path, source })?;
        // No sync: each file is one of many and replaces none, and waiting for the disk would take longer than drawing.
        output
            .commit_without_sync()
            .map_err(RenderToFileError::Output)?;
        self.written += 1;
        Ok(())
    }
}

fn encode(output: &mut Output, frame: &RenderFrame) -> Result<(), png::EncodingError> {
    let side = |pixels: usize| u32::try_from(pixels).map_err(io::Error::other);
    let mut file = BufWriter::new(output);
    let mut encoder = png::Encoder::new(&mut file, side(frame.width)?, side(frame.height)?);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&frame.rgba)?;
    writer.finish()?;
    Ok(file.flush()?)
}

impl<E: Env> Env for RenderToFile<E>
where
    E::Error: 'static,
{
    inside!(types: Obs, Action, Info, Options, ObservationSpace, ActionSpace);
    type Error = RenderToFileError<E::Error>;

    inside!(observation_space);
    inside!(action_space);
    inside!(render, close, with errors of its own);

    fn reset(
        &mut self,
        seed: Option<u64>,
        options: &Self::Options,
    ) -> Result<(Self::Obs, Self::Info), Self::Error> {
        let first = self.env.reset(seed, options)?;
        self.draw()?;
        Ok(first)
    }

    fn step(&mut self, action: &Self::Action) -> Result<Step<Self::Obs, Self::Info>, Self::Error> {
        let step = self.env.step(action)?;
        self.draw()?;
        Ok(step)
    }
}
