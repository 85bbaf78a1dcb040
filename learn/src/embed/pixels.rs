use fast_image_resize::Resizer;

use super::{Embedder, Embedding, Picture};
use crate::Result;

/// The brightness of a small picture's pixels, from 0 to 1: what a learnt embedding must beat.
#[derive(Debug)]
pub struct Pixels {
    width: u32,
    height: u32,
    embedding: Embedding,
    resizer: Resizer,
}

impl Pixels {
    /// An embedder into pictures of 32x24 pixels.
    #[must_use]
    pub fn new() -> Self {
        let (width, height) = (32, 24);
        Self {
            width,
            height,
            embedding: Embedding {
                embedder: "pixels".to_owned(),
                weights_sha256: None,
                preprocessing: format!("{width}x{height} bilinear, brightness (BT.601)"),
                dimension: (width * height) as usize,
            },
            resizer: Resizer::new(),
        }
    }
}

impl Default for Pixels {
    fn default() -> Self {
        Self::new()
    }
}

impl Embedder for Pixels {
    fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    fn embed(&mut self, pictures: &[Picture<'_>]) -> Result<Vec<Vec<f32>>> {
        let vectors = pictures.iter().map(|picture| {
            let scaled = picture.resized(self.width, self.height, &mut self.resizer)?;
            let (pixels, _) = scaled.as_chunks();
            Ok(pixels.iter().map(brightness).collect())
        });
        vectors.collect()
    }
}

/// BT.601's brightness, from 0 to 1.
fn brightness(&[red, green, blue]: &[u8; 3]) -> f32 {
    (0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue)) / 255.0
}
