use fast_image_resize::Resizer;
use tch::{Tensor, no_grad};

use super::networks::{Built, Normalisation};
use super::{Embedder, Embedding, Network, Picture, Weights};
use crate::{Result, threads};

/// The side of the pictures that networks see.
pub(super) const SIDE: u32 = 224;

/// A pretrained network as an embedder. The whole picture is scaled to the network's square, whatever its form: a crop would cut off the
/// edges of the road.
#[derive(Debug)]
pub struct NetworkEmbedder {
    embedding: Embedding,
    network: Built,
    normalisation: Normalisation,
    resizer: Resizer,
}

impl NetworkEmbedder {
    /// A network with its weights, see [`Weights::find`] and [`Weights::read`].
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) when the weights are not this network's.
    pub fn new(network: Network, mut weights: Weights) -> Result<Self> {
        let (built, sha256) = no_grad(|| network.layers(&mut weights))?;
        let normalisation = network.normalisation();
        let preprocessing = format!(
            "{SIDE}x{SIDE} bilinear, mean {:?}, deviation {:?}",
            normalisation.mean, normalisation.deviation
        );
        let embedding = Embedding {
            embedder: network.name().to_owned(),
            weights_sha256: Some(sha256),
            preprocessing,
            dimension: network.dimension(),
        };
        Ok(Self {
            embedding,
            network: built,
            normalisation,
            resizer: Resizer::new(),
        })
    }

    /// The picture as the network sees it: `[1, 3, 224, 224]`, channels last in memory.
    fn input(&mut self, picture: &Picture<'_>) -> Result<Tensor> {
        let scaled = picture.resized(SIDE, SIDE, &mut self.resizer)?;
        let side = i64::from(SIDE);
        let pictures = Tensor::f_from_slice(&scaled)?.f_reshape([1, side, side, 3])?;
        self.normalisation.of(&pictures)
    }
}

impl Embedder for NetworkEmbedder {
    fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// Each picture goes through the network alone, on one thread: libtorch sums in another order for other batches and numbers of
    /// threads. The calling thread keeps to one thread afterwards. Several embedders on threads of their own use several processors.
    fn embed(&mut self, pictures: &[Picture<'_>]) -> Result<Vec<Vec<f32>>> {
        threads::compute_on(1);
        let vectors = pictures.iter().map(|picture| {
            let input = self.input(picture)?;
            let output = no_grad(|| self.network.vectors(&input))?;
            let mut vector = vec![0.0; self.embedding.dimension];
            output.f_copy_data(&mut vector, self.embedding.dimension)?;
            Ok(vector)
        });
        vectors.collect()
    }
}
