use std::path::Path;

use fast_image_resize::Resizer;
use tch::{Device, no_grad};

use super::network::OneThread;
use super::weights::WeightsHash;
use super::{Embedder, Embedding, Picture};
use crate::bc::{CARD, Card, Network, Scaler};
use crate::{Error, Result};

/// The features of a driver's network that was trained on pictures, as `train pilotnet` makes it: what its last layer sees. They
/// tell what matters for driving, in few numbers; the metric `euclidean` suits them, since a picture's may all be 0.
#[derive(Debug)]
pub struct Features {
    embedding: Embedding,
    network: Network,
    scaler: Scaler,
    resizer: Resizer,
}

impl Features {
    /// The network of a model's folder.
    ///
    /// # Errors
    /// The folder, its card or its weights are missing, damaged, of another version or not a model's, or it sees no pictures.
    pub fn load(folder: &Path) -> Result<Self> {
        let card = Card::read(folder)?;
        let path = folder.join(CARD);
        let Some(scaler) = Scaler::of(&card.config, &card.observation)? else {
            let expected = "a network that sees pictures";
            let found = card.config.model.name();
            return Err(Error::mismatch(&path, "config.model", expected, found));
        };
        let heads = card.heads(&path)?;
        let network = card.network(folder, &heads, Device::Cpu)?;
        let mut hash = WeightsHash::default();
        for (name, tensor) in network.body() {
            hash.add(name, tensor)?;
        }
        Ok(Self {
            embedding: Embedding {
                embedder: card.config.model.name().to_owned(),
                weights_sha256: Some(hash.finish()),
                preprocessing: scaler.to_string(),
                dimension: network.features_width(),
            },
            network,
            scaler,
            resizer: Resizer::new(),
        })
    }
}

impl Embedder for Features {
    fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    /// A picture of another size than those that the network was trained on is scaled to that first. Each goes through the network
    /// alone, on one thread, as in [`NetworkEmbedder`](super::NetworkEmbedder).
    fn embed(&mut self, pictures: &[Picture<'_>]) -> Result<Vec<Vec<f32>>> {
        let _one = OneThread::begin();
        let vectors = pictures.iter().map(|picture| {
            let (width, height) = self.scaler.input_size();
            let seen = picture.resized(width, height, &mut self.resizer)?;
            let input = self.scaler.tensor(&seen)?;
            let output = no_grad(|| self.network.features(&input));
            let mut vector = vec![0.0; self.embedding.dimension];
            output.f_copy_data(&mut vector, self.embedding.dimension)?;
            Ok(vector)
        });
        vectors.collect()
    }
}
