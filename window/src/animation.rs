//! A run on its way into a GIF or a video, some frames at a time, so that the window lives on.

use std::io::{BufWriter, IntoInnerError};
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use outputs::{Kind, Output, Outputs};
use overlays::Image;
use overlays::export::{Gif, Video, frame_seconds};

/// Frames of the game for one of a GIF, whose time is counted in hundredths of a second.
const GIF_EVERY: u64 = 4;

/// What is being written.
pub(crate) struct Animation {
    path: PathBuf,
    frames: Range<u64>,
    next: u64,
    every: u64,
    sink: Sink,
    /// The game that is exported, whichever is selected meanwhile.
    pub(crate) game: usize,
    /// Where its session was before.
    pub(crate) return_to: u64,
}

enum Sink {
    Gif(Box<Gif<BufWriter<Output>>>),
    Video(Box<Video>),
}

impl Animation {
    /// Begins a file of `frames`, by the ending of its name, in pictures of `size` pixels.
    ///
    /// # Errors
    /// The ending is of neither, the file can't be made or was opened, or a video has no ffmpeg.
    pub(crate) fn begin(
        outputs: &Outputs,
        path: &Path,
        frames: Range<u64>,
        [width, height]: [u32; 2],
        (game, return_to): (usize, u64),
    ) -> Result<Self> {
        let ending = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        let (every, sink) = match ending.as_str() {
            "gif" => {
                let output = outputs.begin(path, Kind::GIF)?;
                let seconds = GIF_EVERY as f64 * frame_seconds();
                let gif = Gif::new(BufWriter::new(output), width, height, seconds)?;
                (GIF_EVERY, Sink::Gif(Box::new(gif)))
            }
            "mp4" | "webm" => {
                let output = outputs.begin(path, Kind::VIDEO)?;
                let video = Video::create(output, width, height)?;
                (1, Sink::Video(Box::new(video)))
            }
            _ => bail!(
                "{}: expected a name that ends in .gif, .mp4 or .webm",
                path.display()
            ),
        };
        Ok(Self {
            path: path.to_owned(),
            next: frames.start,
            frames,
            every,
            sink,
            game,
            return_to,
        })
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The frame that is wanted next; `None` after the last.
    pub(crate) fn wanted(&self) -> Option<u64> {
        self.frames.contains(&self.next).then_some(self.next)
    }

    /// The part that is done, 0 to 1.
    pub(crate) fn progress(&self) -> f64 {
        let length = self.frames.end.saturating_sub(self.frames.start).max(1);
        (self.next - self.frames.start) as f64 / length as f64
    }

    /// Adds the picture of the frame that was wanted.
    ///
    /// # Errors
    /// It can't be written.
    pub(crate) fn push(&mut self, image: &Image) -> Result<()> {
        match &mut self.sink {
            Sink::Gif(gif) => gif.push(image)?,
            Sink::Video(video) => video.push(image)?,
        }
        self.next += self.every;
        Ok(())
    }

    /// Gives the file its name, which it says.
    ///
    /// # Errors
    /// It can't be written.
    pub(crate) fn finish(self) -> Result<PathBuf> {
        match self.sink {
            Sink::Gif(gif) => {
                let output = gif.finish()?.into_inner();
                let output = output.map_err(IntoInnerError::into_error);
                output
                    .with_context(|| format!("can't write {}", self.path.display()))?
                    .commit()?;
            }
            Sink::Video(video) => video.finish()?,
        }
        Ok(self.path)
    }
}
