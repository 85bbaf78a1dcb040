//! The view of a game: the machine's picture, and what is drawn over it.

use anyhow::{Context as _, Result};
use cairo::{Context, Filter, Format, ImageSurface, SurfacePattern};
use drawing::{DrawList, Image};
use machine::PictureShape;

use crate::layout::VisibleScreens;
use crate::settings;

/// Draws one game's frames.
#[derive(Debug)]
pub struct View {
    shape: PictureShape,
    surface: ImageSurface,
    list: DrawList,
}

impl View {
    /// An empty view of pictures of this shape.
    ///
    /// # Errors
    /// Cairo has no memory.
    pub fn new(shape: PictureShape) -> Result<Self> {
        let [width, height] = [shape.width, shape.height * shape.count];
        Ok(Self {
            shape,
            surface: ImageSurface::create(Format::Rgb24, width.try_into()?, height.try_into()?)?,
            list: DrawList::default(),
        })
    }

    /// Shows a frame: its picture, RGBA, and what `draw` adds, in the picture's pixels.
    ///
    /// # Errors
    /// The picture has another size, or cairo fails.
    pub fn update(&mut self, picture: &[u8], draw: impl FnOnce(&mut DrawList)) -> Result<()> {
        self.take_picture(picture)?;
        self.list.clear();
        draw(&mut self.list);
        Ok(())
    }

    fn take_picture(&mut self, rgba: &[u8]) -> Result<()> {
        let expected = self.shape.bytes();
        anyhow::ensure!(
            rgba.len() == expected,
            "the screens: expected {expected} bytes, found {}",
            rgba.len()
        );
        let row = self.shape.width as usize * 4;
        let stride = usize::try_from(self.surface.stride())?;
        let mut data = self.surface.data().context("the picture is being read")?;
        for (to, from) in data.chunks_exact_mut(stride).zip(rgba.chunks_exact(row)) {
            for (bgrx, rgba) in to.chunks_exact_mut(4).zip(from.chunks_exact(4)) {
                bgrx.copy_from_slice(&[rgba[2], rgba[1], rgba[0], 255]);
            }
        }
        Ok(())
    }

    /// Draws the frame: the context's unit is a pixel of the machine, its origin the upper left of what `screens` are shown.
    /// They stand one above the other, or `beside` each other.
    ///
    /// # Errors
    /// Cairo fails.
    pub fn paint(&self, context: &Context, screens: settings::Screens, beside: bool) -> Result<()> {
        let shown = VisibleScreens {
            screens,
            of: self.shape,
        };
        let (first, count) = (shown.first(), shown.count());
        if !beside {
            return self.paint_screens(context, first, count);
        }
        for number in first..first + count {
            self.paint_screens(context, number, 1)?;
            context.translate(shown.screen()[0], 0.0);
        }
        context.translate(-shown.screen()[0] * f64::from(count), 0.0);
        Ok(())
    }

    /// Draws `count` screens from `first` on, one above the other.
    fn paint_screens(&self, context: &Context, first: u32, count: u32) -> Result<()> {
        let [width, height] = [self.shape.width, self.shape.height].map(f64::from);
        context.save()?;
        context.rectangle(0.0, 0.0, width, height * f64::from(count));
        context.clip();
        context.translate(0.0, -height * f64::from(first));
        let pattern = SurfacePattern::create(&self.surface);
        pattern.set_filter(Filter::Nearest);
        context.set_source(&pattern)?;
        context.paint()?;
        drawing::paint(context, &self.list)?;
        context.restore()?;
        Ok(())
    }

    /// The frame as a picture, enlarged `scale` times.
    ///
    /// # Errors
    /// Cairo fails.
    pub fn image(&self, screens: settings::Screens, scale: u32) -> Result<Image> {
        let scale = scale.max(1);
        let shown = VisibleScreens {
            screens,
            of: self.shape,
        };
        let [width, height] = shown.size().map(|side| side as u32 * scale);
        let mut surface =
            ImageSurface::create(Format::Rgb24, width.try_into()?, height.try_into()?)?;
        let context = Context::new(&surface)?;
        context.scale(scale.into(), scale.into());
        self.paint(&context, screens, false)?;
        drop(context);
        let stride = usize::try_from(surface.stride())?;
        let data = surface.data()?;
        let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
        for row in data.chunks_exact(stride) {
            for bgrx in row[..width as usize * 4].chunks_exact(4) {
                rgba.extend_from_slice(&[bgrx[2], bgrx[1], bgrx[0], 255]);
            }
        }
        drop(data);
        Ok(Image::new(width, height, rgba)?)
    }
}
