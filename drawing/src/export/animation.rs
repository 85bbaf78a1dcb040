use std::io::{BufWriter, IntoInnerError};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use machine::FrameRate;
use outputs::Output;

use super::gif::Gif;
use super::video::Video;
use crate::Result;
use crate::image::Image;

/// A GIF or a video of the console in a file, which gets its name when the animation is whole.
pub struct Animation {
    path: PathBuf,
    every: u64,
    encoder: Encoder,
}

enum Encoder {
    Gif(Box<Gif<BufWriter<Output>>>),
    Video(Box<Video>),
}

impl Animation {
    /// A GIF of pictures of `width` x `height` pixels that shows one in `every` frames of the machine: as in all GIFs,
    /// time is counted in hundredths of a second.
    ///
    /// # Errors
    /// As [`Gif::new`].
    pub fn gif(
        output: Output,
        (width, height): (u32, u32),
        frame_rate: FrameRate,
        every: u64,
    ) -> Result<Self> {
        let path = output.path().to_owned();
        let seconds = every as f64 * frame_rate.frame_seconds();
        let gif = Gif::new(BufWriter::new(output), width, height, seconds)?;
        Ok(Self {
            path,
            every,
            encoder: Encoder::Gif(Box::new(gif)),
        })
    }

    /// A video of pictures of `width` x `height` pixels that shows every frame of the machine.
    ///
    /// # Errors
    /// As [`Video::create`].
    pub fn video(
        output: Output,
        (width, height): (u32, u32),
        frame_rate: FrameRate,
    ) -> Result<Self> {
        let path = output.path().to_owned();
        let video = Video::create(output, width, height, frame_rate)?;
        Ok(Self {
            path,
            every: 1,
            encoder: Encoder::Video(Box::new(video)),
        })
    }

    /// Waits for the encoder of a video no longer once `flag` is set.
    #[must_use]
    pub fn interrupted_by(mut self, flag: &'static AtomicBool) -> Self {
        if let Encoder::Video(video) = self.encoder {
            self.encoder = Encoder::Video(Box::new(video.interrupted_by(flag)));
        }
        self
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Frames of the console from one picture to the next.
    #[must_use]
    pub fn every(&self) -> u64 {
        self.every
    }

    /// Adds the next picture.
    ///
    /// # Errors
    /// As [`Gif::push`] and [`Video::push`].
    pub fn push(&mut self, image: &Image) -> Result<()> {
        match &mut self.encoder {
            Encoder::Gif(gif) => gif.push(image),
            Encoder::Video(video) => video.push(image),
        }
    }

    /// Writes the end of the file and gives it its name.
    ///
    /// # Errors
    /// As [`Gif::finish`] and [`Video::finish`], and when the file can't get its name. There is no file then.
    pub fn finish(self) -> Result<()> {
        match self.encoder {
            Encoder::Gif(gif) => {
                let output = gif.finish()?.into_inner();
                Ok(output.map_err(IntoInnerError::into_error)?.commit()?)
            }
            Encoder::Video(video) => video.finish(),
        }
    }
}
