//! Pictures as networks see them: decoded, cut, scaled and mirrored beside the network's computations.

use std::fmt;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use tch::Tensor;

use super::{Config, Network, PictureConfig};
use crate::dataset::{PictureFormat, Rows, Schema};
use crate::{Error, Result};

/// Bytes of a pixel: red, green, blue.
const CHANNELS: usize = 3;

/// Makes a dataset's pictures what a network sees. Training and driving share it.
#[derive(Clone, Debug)]
pub(crate) struct Scaler {
    from: PictureFormat,
    /// Top and height of the part that is seen.
    cut: (u32, u32),
    /// Width and height that the part is scaled to.
    to: (u32, u32),
    resizer: Resizer,
}

impl Scaler {
    /// From pictures of the size of `from` to width and height `to`.
    ///
    /// # Errors
    /// [`Error::Argument`] when no rows of pixels are left.
    pub(crate) fn new(from: PictureFormat, config: PictureConfig, to: (u32, u32)) -> Result<Self> {
        let PictureConfig {
            crop_top,
            crop_bottom,
            ..
        } = config;
        let left = (from.height.checked_sub(crop_top))
            .and_then(|left| left.checked_sub(crop_bottom))
            .filter(|left| *left > 0);
        let Some(height) = left else {
            return Err(Error::Argument {
                what: "rows cut off a picture".to_owned(),
                expected: format!("fewer than its {}", from.height),
                found: format!("{crop_top} at the top and {crop_bottom} at the bottom"),
            });
        };
        Ok(Self {
            from,
            cut: (crop_top, height),
            to,
            resizer: Resizer::new(),
        })
    }

    /// The one of a model with this configuration, which sees `observation`; `None` of a model that sees no pictures.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub(crate) fn of(config: &Config, observation: &Schema) -> Result<Option<Self>> {
        let (Some(from), Some(pictures)) = (observation.pictures(), config.pictures) else {
            return Ok(None);
        };
        Self::new(from, pictures, Network::picture_size(config.model)).map(Some)
    }

    /// Width and height of the pictures that it takes.
    pub(crate) fn input_size(&self) -> (u32, u32) {
        (self.from.width, self.from.height)
    }

    /// Bytes of a picture that it takes.
    fn input(&self) -> usize {
        self.from.width as usize * self.from.height as usize * CHANNELS
    }

    /// Bytes of a scaled picture.
    fn output(&self) -> usize {
        self.to.0 as usize * self.to.1 as usize * CHANNELS
    }

    /// Writes a picture, RGB row by row, scaled and, if `mirrored`, left and right exchanged. Smaller pictures are averaged.
    ///
    /// # Errors
    /// [`Error::Argument`] for a picture of another size.
    ///
    /// # Panics
    /// If `scaled` has another size.
    fn write(&mut self, picture: &[u8], mirrored: bool, scaled: &mut [u8]) -> Result<()> {
        if picture.len() != self.input() {
            return Err(Error::Argument {
                what: "picture".to_owned(),
                expected: format!(
                    "{} bytes, {} x {} pixels of red, green and blue",
                    self.input(),
                    self.from.width,
                    self.from.height
                ),
                found: picture.len().to_string(),
            });
        }
        let (width, height) = self.to;
        let (top, seen) = self.cut;
        let across = self.from.width;
        let crop = (0.0, top.into(), across.into(), seen.into());
        let from = TypedImageRef::<U8x3>::from_buffer(across, self.from.height, picture)
            .expect("the size was checked");
        let mut to = TypedImage::<U8x3>::from_buffer(width, height, scaled)
            .expect("a buffer of the size that is scaled to");
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Bilinear))
            .crop(crop.0, crop.1, crop.2, crop.3);
        self.resizer
            .resize_typed(&from, &mut to, &options)
            .expect("the part is inside the picture");
        if mirrored {
            for row in scaled.chunks_exact_mut(width as usize * CHANNELS) {
                mirror(row);
            }
        }
        Ok(())
    }

    /// A picture as a network's input `[1, height, width, 3]`, bytes.
    ///
    /// # Errors
    /// As [`Error::Argument`] for a picture of another size; libtorch fails.
    pub(crate) fn tensor(&mut self, picture: &[u8]) -> Result<Tensor> {
        let mut scaled = vec![0; self.output()];
        self.write(picture, false, &mut scaled)?;
        self.batch(&scaled)
    }

    /// Scaled pictures one after the other as `[pictures, height, width, 3]`.
    fn batch(&self, scaled: &[u8]) -> Result<Tensor> {
        let (width, height) = self.to;
        let shape = [-1, i64::from(height), i64::from(width), CHANNELS as i64];
        Ok(Tensor::f_from_slice(scaled)?.f_view(shape)?)
    }
}

/// What becomes of a picture, in one line: equal for two that do the same.
impl fmt::Display for Scaler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = self.input_size();
        let (top, seen) = self.cut;
        let bottom = height - top - seen;
        let (to_width, to_height) = self.to;
        write!(
            f,
            "{width}x{height}, {top} rows cut off at the top, {bottom} at the bottom, {to_width}x{to_height} bilinear"
        )
    }
}

/// Exchanges left and right in a row of pixels.
fn mirror(row: &mut [u8]) {
    row.reverse();
    for pixel in row.chunks_exact_mut(CHANNELS) {
        pixel.reverse();
    }
}

/// The encoded pictures that are learnt from: of one side of the split.
#[derive(Debug, Default)]
pub(crate) struct Pictures {
    movies: Vec<Movie>,
}

#[derive(Debug)]
struct Movie {
    /// The file of its rows, for errors.
    file: PathBuf,
    /// The place of its first row among all.
    first: usize,
    rows: Rows,
}

impl Pictures {
    /// Adds the rows of a movie, which have pictures, and which are in `file`.
    pub(crate) fn push(&mut self, file: PathBuf, rows: Rows) {
        let first = self
            .movies
            .last()
            .map_or(0, |last| last.first + last.rows.len());
        self.movies.push(Movie { file, first, rows });
    }

    /// Writes the picture of a row as `scaler` makes it.
    fn write(&self, picture: Wanted, scaler: &mut Scaler, scaled: &mut [u8]) -> Result<()> {
        let Wanted { row, mirrored } = picture;
        let behind = self.movies.partition_point(|movie| movie.first <= row);
        let Movie { file, first, rows } = &self.movies[behind - 1];
        let row = row - first;
        let damaged = |found: String| {
            let place = format!("observation.picture, row {row}");
            Error::mismatch(file, place, "a picture", found)
        };
        match rows.picture(row) {
            Ok(Some(picture)) => scaler.write(&picture, mirrored, scaled),
            Ok(None) => Err(damaged("none".to_owned())),
            Err(Error::Picture { reason, .. }) => Err(damaged(reason)),
            Err(error) => Err(error),
        }
    }
}

/// A picture that a batch needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// The place of its row among all.
    pub(crate) row: usize,
    /// Whether left and right are exchanged.
    pub(crate) mirrored: bool,
}

/// Batches that are ready before the network needs them, in each thread besides the one that it works on.
const AHEAD: usize = 1;

/// Decodes the pictures of `batches` on `threads` threads, and gives each batch `[pictures, height, width, 3]` in order to
/// `visit`, until that breaks. The time that `visit` is not called because pictures are not ready is added to `waited`. Order
/// and content do not depend on the number of threads: thread *i* makes the batches *i*, *i* + threads and so on.
///
/// # Errors
/// A picture is damaged, or `visit` fails.
pub(crate) fn for_each_batch(
    pictures: &Pictures,
    batches: &[Vec<Wanted>],
    threads: usize,
    scaler: &Scaler,
    waited: &mut Duration,
    mut visit: impl FnMut(usize, Tensor) -> Result<ControlFlow<()>>,
) -> Result<ControlFlow<()>> {
    let threads = threads.clamp(1, batches.len().max(1));
    thread::scope(|scope| {
        let ready: Vec<Receiver<Result<Tensor>>> = (0..threads)
            .map(|thread| {
                let (sender, receiver) = sync_channel(AHEAD);
                let own = batches.iter().skip(thread).step_by(threads);
                scope.spawn(move || {
                    let mut scaler = scaler.clone();
                    for batch in own {
                        // The receiver is gone when training is interrupted or has failed.
                        if sender.send(decode(pictures, batch, &mut scaler)).is_err() {
                            return;
                        }
                    }
                });
                receiver
            })
            .collect();
        for index in 0..batches.len() {
            let begun = Instant::now();
            let batch = ready[index % threads].recv();
            *waited += begun.elapsed();
            let batch = batch.expect("a thread sends all its batches")?;
            if visit(index, batch)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    })
}

fn decode(pictures: &Pictures, batch: &[Wanted], scaler: &mut Scaler) -> Result<Tensor> {
    let each = scaler.output();
    let mut scaled = vec![0; each * batch.len()];
    for (picture, scaled) in batch.iter().zip(scaled.chunks_exact_mut(each)) {
        pictures.write(*picture, scaler, scaled)?;
    }
    scaler.batch(&scaled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Encoding, RgbImage, Row};

    const FORMAT: PictureFormat = PictureFormat {
        width: 12,
        height: 8,
        encoding: Encoding::Png,
    };

    fn cut(crop_top: u32, crop_bottom: u32) -> PictureConfig {
        PictureConfig {
            crop_top,
            crop_bottom,
            mirror: 0.0,
        }
    }

    /// A picture that no other row has.
    fn picture(row: u32) -> RgbImage {
        RgbImage::from_fn(12, 8, |x, y| {
            image::Rgb([row as u8, (x * 20) as u8, (y * 30) as u8])
        })
    }

    fn scaled(scaler: &mut Scaler, picture: &RgbImage, mirrored: bool) -> Vec<u8> {
        let mut scaled = vec![0; scaler.output()];
        scaler
            .write(picture, mirrored, &mut scaled)
            .expect("of its size");
        scaled
    }

    #[test]
    fn a_picture_of_the_size_that_is_seen_stays_as_it_is() {
        let mut scaler = Scaler::new(FORMAT, cut(0, 0), (12, 8)).expect("rows are left");
        let picture = picture(3);
        assert_eq!(
            scaled(&mut scaler, &picture, false),
            picture.clone().into_raw()
        );
        let mirrored = image::imageops::flip_horizontal(&picture).into_raw();
        assert_eq!(scaled(&mut scaler, &picture, true), mirrored);
    }

    #[test]
    fn rows_are_cut_off_before_scaling() {
        let mut scaler = Scaler::new(FORMAT, cut(3, 1), (12, 4)).expect("rows are left");
        let seen = scaled(&mut scaler, &picture(3), false);
        let rows: Vec<u8> = seen.chunks_exact(12 * CHANNELS).map(|row| row[2]).collect();
        assert_eq!(rows, [90, 120, 150, 180]);
        for (top, bottom) in [(8, 0), (4, 4), (u32::MAX, 1)] {
            Scaler::new(FORMAT, cut(top, bottom), (12, 4)).expect_err("no rows are left");
        }
    }

    #[test]
    fn a_smaller_picture_is_averaged() {
        let stripes = RgbImage::from_fn(12, 8, |x, _| image::Rgb([(x % 2 * 200) as u8; 3]));
        let mut scaler = Scaler::new(FORMAT, cut(0, 0), (3, 2)).expect("rows are left");
        let seen = scaled(&mut scaler, &stripes, false);
        assert!(
            seen.iter().all(|value| (90..=110).contains(value)),
            "{seen:?}"
        );
    }

    #[test]
    fn batches_come_in_order_from_any_number_of_threads() {
        let schema = Schema::of_pictures(FORMAT).expect("valid");
        let mut pictures = Pictures::default();
        for movie in [0..7, 7..8, 8..20] {
            let mut rows = Rows::new(&schema);
            for row in movie {
                rows.push(&Row {
                    picture: Some(&FORMAT.encode(&picture(row)).expect("encoded")),
                    ..Row::default()
                });
            }
            pictures.push(PathBuf::from("rows.parquet"), rows);
        }
        let wanted = |row| Wanted {
            row,
            mirrored: row % 3 == 0,
        };
        let order = [7, 19, 0, 8, 6, 12, 3, 3, 11];
        let batches: Vec<Vec<Wanted>> = order
            .chunks(2)
            .map(|rows| rows.iter().copied().map(wanted).collect())
            .collect();
        let scaler = Scaler::new(FORMAT, cut(0, 0), (12, 8)).expect("rows are left");
        let load = |threads: usize, last: usize| {
            let (mut seen, mut waited) = (Vec::new(), Duration::ZERO);
            let ended = for_each_batch(
                &pictures,
                &batches,
                threads,
                &scaler,
                &mut waited,
                |index, batch| {
                    let bytes = Vec::<u8>::try_from(batch.flatten(0, -1)).expect("bytes");
                    seen.push((index, bytes));
                    match index == last {
                        true => Ok(ControlFlow::Break(())),
                        false => Ok(ControlFlow::Continue(())),
                    }
                },
            );
            (ended.expect("sound pictures"), seen)
        };
        let (_, expected) = load(1, usize::MAX);
        let rows: Vec<u8> = expected
            .iter()
            .flat_map(|(_, bytes)| bytes.chunks_exact(scaler.output()).map(|bytes| bytes[0]))
            .collect();
        assert_eq!(rows, order.map(|row| row as u8));
        for threads in [2, 3, 8] {
            assert_eq!(load(threads, usize::MAX).1, expected, "{threads} threads");
            let (ended, seen) = load(threads, 1);
            assert!(ended.is_break() && seen == expected[..2]);
        }
    }
}
