//! What a tile of the window shows: the game's picture, and the overlays over it.

use anyhow::{Context as _, Result};
use cairo::{Context, Filter, Format, ImageSurface, SurfacePattern};
use mkds_memory::Ram;
use nds_formats::pad::Pad;
use overlays::{DrawList, GhostRun, Image, Overlay, Scene};
use track::RayFan;

use crate::known::Known;
use crate::settings::Screens;

/// Bytes of both screens, RGBA.
const SCREENS_BYTES: usize = 256 * 384 * 4;

/// A frame of a game, to look at.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Main RAM.
    pub ram: &'a [u8],
    /// Both screens, RGBA.
    pub screens: &'a [u8],
    /// What was pressed in the frame.
    pub pad: Pad,
    /// What was worked out of it.
    pub known: &'a Known,
    /// Other runs of its race.
    pub ghosts: &'a [GhostRun],
    /// A line to drive along, units.
    pub reference_line: &'a [[f32; 3]],
    /// Fields to show, each with its value.
    pub fields: &'a [(String, String)],
}

/// Draws one game's frames.
#[derive(Debug)]
pub struct View {
    surface: ImageSurface,
    fan: RayFan,
    list: DrawList,
}

impl View {
    /// A view that has seen nothing yet, with the sensor rays of `fan`.
    ///
    /// # Errors
    /// Cairo has no memory.
    pub fn new(fan: RayFan) -> Result<Self> {
        Ok(Self {
            surface: ImageSurface::create(Format::Rgb24, 256, 384)?,
            fan,
            list: DrawList::default(),
        })
    }

    /// Takes a frame in: its picture, and what `overlays` draw over it.
    ///
    /// # Errors
    /// The picture has another size, or cairo fails.
    pub fn see<'o>(
        &mut self,
        look: Look<'_>,
        overlays: impl Iterator<Item = &'o (dyn Overlay + Send + Sync)>,
    ) -> Result<()> {
        self.take_picture(look.screens)?;
        self.list.clear();
        // A game that has just been switched on, or loads a race, has nothing to draw.
        let ram = Ram::new(look.ram).ok();
        let race = ram.and_then(|ram| ram.race().ok().flatten());
        if let (Some(race), Some(course)) = (race, look.known.course())
            && let Ok(scene) = Scene::of(&race, course, &self.fan, look.pad)
        {
            let scene = scene
                .with_history(look.known.history())
                .with_ghosts(look.ghosts)
                .with_reference_line(look.reference_line)
                .with_rewards(look.known.rewards())
                .with_fields(look.fields);
            overlays::draw_all(overlays, &scene, &mut self.list);
        }
        Ok(())
    }

    fn take_picture(&mut self, rgba: &[u8]) -> Result<()> {
        anyhow::ensure!(
            rgba.len() == SCREENS_BYTES,
            "the screens: expected {SCREENS_BYTES} bytes, found {}",
            rgba.len()
        );
        let mut data = self.surface.data().context("the picture is being read")?;
        for (bgrx, rgba) in data.chunks_exact_mut(4).zip(rgba.chunks_exact(4)) {
            bgrx.copy_from_slice(&[rgba[2], rgba[1], rgba[0], 255]);
        }
        Ok(())
    }

    /// Draws the frame: the context's unit is a pixel of the console, its origin the upper left of what is `shown`. Both
    /// screens stand one above the other, or `beside` each other.
    ///
    /// # Errors
    /// Cairo fails.
    pub fn paint(&self, context: &Context, shown: Screens, beside: bool) -> Result<()> {
        if beside && shown == Screens::Both {
            self.paint(context, Screens::Upper, false)?;
            context.save()?;
            context.translate(256.0, 0.0);
            self.paint(context, Screens::Lower, false)?;
            context.restore()?;
            return Ok(());
        }
        let [width, height] = shown.size();
        context.save()?;
        context.rectangle(0.0, 0.0, width, height);
        context.clip();
        context.translate(0.0, -shown.top());
        let pattern = SurfacePattern::create(&self.surface);
        pattern.set_filter(Filter::Nearest);
        context.set_source(&pattern)?;
        context.paint()?;
        overlays::paint(context, &self.list)?;
        context.restore()?;
        Ok(())
    }

    /// The frame as a picture, enlarged `scale` times.
    ///
    /// # Errors
    /// Cairo fails.
    pub fn image(&self, shown: Screens, scale: u32) -> Result<Image> {
        let scale = scale.max(1);
        let [width, height] = shown.size().map(|side| side as u32 * scale);
        let mut surface =
            ImageSurface::create(Format::Rgb24, width.try_into()?, height.try_into()?)?;
        let context = Context::new(&surface)?;
        context.scale(scale.into(), scale.into());
        self.paint(&context, shown, false)?;
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
