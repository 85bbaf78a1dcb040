use std::io::Write;

use crate::image::Image;
use crate::{Error, Result};

/// Seconds in a hundredth: the GIF format's unit of time.
const GIF_TICKS_PER_SECOND: f64 = 100.0;
/// The encoder's trade of speed (30) for quality (1).
const GIF_SPEED: i32 = 20;

/// An animated GIF that plays for ever, written frame by frame.
pub struct Gif<W: Write> {
    encoder: gif::Encoder<W>,
    size: (u32, u32),
    frames: usize,
    frame_seconds: f64,
    /// Hundredths of a second written so far: rounding each frame by itself would change the speed.
    ticks: u64,
}

impl<W: Write> Gif<W> {
    /// A GIF of pictures of `width` x `height` pixels, each shown for `frame_seconds`.
    ///
    /// # Errors
    /// [`Error::Gif`] when the header can't be written or the size doesn't fit the format's 16 bits.
    pub fn new(writer: W, width: u32, height: u32, frame_seconds: f64) -> Result<Self> {
        let fit = |size: u32| u16::try_from(size).unwrap_or(u16::MAX);
        let mut encoder = gif::Encoder::new(writer, fit(width), fit(height), &[])?;
        encoder.set_repeat(gif::Repeat::Infinite)?;
        Ok(Self {
            encoder,
            size: (width, height),
            frames: 0,
            frame_seconds,
            ticks: 0,
        })
    }

    /// Adds a picture.
    ///
    /// # Errors
    /// [`Error::FrameSize`] for a picture of another size, [`Error::Gif`] when it can't be written.
    pub fn push(&mut self, image: &Image) -> Result<()> {
        let found = (image.width(), image.height());
        if found != self.size {
            return Err(Error::FrameSize {
                frame: self.frames,
                expected: self.size,
                found,
            });
        }
        let fit = |size: u32| u16::try_from(size).unwrap_or(u16::MAX);
        let mut rgba = image.rgba().to_vec();
        let mut frame =
            gif::Frame::from_rgba_speed(fit(found.0), fit(found.1), &mut rgba, GIF_SPEED);
        self.frames += 1;
        let end = (self.frames as f64 * self.frame_seconds * GIF_TICKS_PER_SECOND).round() as u64;
        frame.delay = u16::try_from(end - self.ticks).unwrap_or(u16::MAX);
        self.ticks = end;
        self.encoder.write_frame(&frame)?;
        Ok(())
    }

    /// Writes the end of the file, and gives back what it is written to.
    ///
    /// # Errors
    /// [`Error::Io`] when it can't be written.
    pub fn finish(self) -> Result<W> {
        let mut writer = self.encoder.into_inner()?;
        writer.flush()?;
        Ok(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::fixture::{CONSOLE, square};

    #[test]
    fn a_gif_keeps_its_speed_over_many_frames() {
        let mut bytes = Vec::new();
        let mut animation =
            Gif::new(&mut bytes, 4, 4, CONSOLE.frame_seconds() * 2.0).expect("a GIF");
        for frame in 0..60 {
            animation.push(&square(4, frame * 4)).expect("added");
        }
        animation.finish().expect("finished");
        let mut decoder = gif::DecodeOptions::new()
            .read_info(bytes.as_slice())
            .expect("a GIF");
        let mut delays = Vec::new();
        while let Some(frame) = decoder.next_frame_info().expect("readable") {
            delays.push(u32::from(frame.delay));
        }
        assert_eq!(delays.len(), 60);
        // 120 video frames last 2.0058 seconds.
        assert_eq!(delays.iter().sum::<u32>(), 201);
    }

    #[test]
    fn a_frame_of_another_size_is_refused() {
        let mut animation = Gif::new(Vec::new(), 4, 4, 0.1).expect("a GIF");
        let error = animation.push(&square(5, 0)).expect_err("too large");
        assert_eq!(
            error.to_string(),
            "frame 0: expected (4, 4) pixels, found (5, 5)"
        );
    }
}
