//! The export of a run as a GIF or a video, some frames at a time, so that the window keeps responding.

use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use drawing::{Image, export};
use machine::FrameRate;
use outputs::{Kind, Outputs};

/// Enlargement of exported pictures.
pub(crate) const EXPORT_SCALE: u32 = 3;
/// Frames of the game for each picture of a GIF, whose times are in hundredths of a second.
const GIF_EVERY: u64 = 4;

/// An export in progress.
pub(crate) struct Animation {
    file: export::Animation,
    frames: Range<u64>,
    next: u64,
    /// The number of the exported game; the user may select another meanwhile.
    pub(crate) game: usize,
    /// The frame to return to after the export.
    pub(crate) return_to: u64,
}

impl Animation {
    /// Begins a file of `frames`, by the ending of its name, in pictures of `width` x `height` pixels.
    ///
    /// # Errors
    /// The ending is no GIF's and no video's, the file can't be made or is an input, or ffmpeg is missing for a video.
    pub(crate) fn begin(
        outputs: &Outputs,
        path: &Path,
        frames: Range<u64>,
        [width, height]: [u32; 2],
        frame_rate: FrameRate,
        (game, return_to): (usize, u64),
    ) -> Result<Self> {
        let ending = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        let size = (width, height);
        let file = match ending.as_str() {
            "gif" => export::Animation::gif(
                outputs.begin(path, Kind::GIF)?,
                size,
                frame_rate,
                GIF_EVERY,
            )?,
            "mp4" | "webm" => {
                export::Animation::video(outputs.begin(path, Kind::VIDEO)?, size, frame_rate)?
            }
            _ => bail!(
                "{}: expected a name that ends in .gif, .mp4 or .webm",
                path.display()
            ),
        };
        Ok(Self {
            file,
            next: frames.start,
            frames,
            game,
            return_to,
        })
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// The next frame to add; `None` after the last.
    pub(crate) fn wanted(&self) -> Option<u64> {
        self.frames.contains(&self.next).then_some(self.next)
    }

    /// The part that is done, 0 to 1.
    pub(crate) fn progress(&self) -> f64 {
        let length = self.frames.end.saturating_sub(self.frames.start).max(1);
        (self.next - self.frames.start) as f64 / length as f64
    }

    /// Adds the picture of the frame [`wanted`](Self::wanted).
    ///
    /// # Errors
    /// It can't be written.
    pub(crate) fn push(&mut self, image: &Image) -> Result<()> {
        self.file.push(image)?;
        self.next += self.file.every();
        Ok(())
    }

    /// Finishes the file and returns its path.
    ///
    /// # Errors
    /// It can't be written.
    pub(crate) fn finish(self) -> Result<PathBuf> {
        let path = self.path().to_owned();
        let finished = self.file.finish();
        finished.with_context(|| format!("can't write {}", path.display()))?;
        Ok(path)
    }
}
