//! Fine-tuning of the default embedder on pictures without labels.
//!
//! Pictures that follow each other in a run show nearly the same situation, whatever else changes between them; pictures of
//! other moments mostly do not. So the network learns to give neighbours in time near vectors and others far ones: of a batch
//! of pairs, each first picture is to find its partner among all second ones (InfoNCE, van den Oord et al. 2018). Pictures of
//! other pairs that are as near in time as a partner do not count.
//!
//! The last blocks of [`Network::MobileNetV2`] learn, with the statistics of their normalisations as they were: a vector depends
//! on its picture alone while it learns, too. A run's folder has a card, a file of weights that an embedder takes in place of
//! torchvision's, and a checkpoint: an interrupted run that goes on gives what one that was not interrupted gives, up to the last
//! bits of libtorch's gradients, which are not the same in every run.

mod card;
mod config;
mod pairs;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use outputs::FolderLock;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use tch::Tensor;

pub use config::Config;

use super::network::SIDE;
use super::{Network, Weights};
use crate::bc::{
    self, AdamW, PictureConfig, Pictures, Run, Scaler, StopReason, checkpoint, for_each_batch,
};
use crate::dataset::Dataset;
use crate::{Error, Result, threads};
use card::{Card, LearntMovie, Preparation};
use pairs::{Batch, Judged, Moments};

/// The network that learns.
const NETWORK: Network = Network::MobileNetV2;
/// The norm that gradients are clipped to.
const GRADIENT_CLIP: f64 = 1.0;

/// The figures of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// From 1.
    pub epoch: u32,
    /// The mean of the loss over all pairs.
    pub loss: f64,
    /// The share of pairs whose second picture is nearer to the first one than those of all other pairs of the batch.
    pub found: f64,
}

/// The progress of a run.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// So many of so many batches of an epoch are done.
    Batch {
        /// The epoch, from 1.
        epoch: u32,
        /// Batches that are done.
        done: usize,
        /// All batches.
        batches: usize,
    },
    /// An epoch is complete and its checkpoint written.
    Epoch(Epoch),
}

/// The result of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The run's folder.
    pub folder: PathBuf,
    /// The file of weights in it; `None` before the first epoch is complete.
    pub weights: Option<PathBuf>,
    /// Pictures that have a partner.
    pub pictures: usize,
    /// Numbers that learn.
    pub parameters: usize,
    /// Why it ended.
    pub ending: StopReason,
    /// The figures of all epochs.
    pub history: Vec<Epoch>,
}

/// Fine-tunes MobileNetV2 from `weights` on the pictures of datasets, or resumes the run that an earlier call began in the same
/// folder. The datasets must have the same console, step length and pictures.
///
/// # Errors
/// A setting is out of its range; the datasets have no pictures, differ, or have no consecutive rows; a file is damaged; the
/// weights are another network's; the folder holds another run or model, or another process trains in it; the device does not
/// exist; the loss is not finite; the folder can't be written.
pub fn train(
    datasets: &[Dataset],
    weights: &Weights,
    config: &Config,
    run: &Run<'_>,
    progress: &mut dyn FnMut(Step),
) -> Result<Summary> {
    config.check()?;
    let device = run.device.resolve()?;
    let _lock = FolderLock::hold(run.folder)?;
    threads::compute_on(run.threads);
    let (weights, weights_sha256) = tch::no_grad(|| weights.of_network(NETWORK, device))?;
    let data = Data::read(datasets, run.courses)?;
    let preparation = Preparation {
        config: config.clone(),
        network: NETWORK.name().to_owned(),
        weights_sha256,
        movies: data.movies.clone(),
    };
    let mut tuning = Tuning::begin_or_resume(run.folder, preparation, weights)?;
    let ending = loop {
        if tuning.history.len() as u32 >= config.epochs {
            break StopReason::Complete;
        }
        match tuning.epoch(&data, run.interrupt, progress)? {
            Some(epoch) => {
                tuning.record(epoch)?;
                progress(Step::Epoch(epoch));
            }
            None => break StopReason::Interrupted,
        }
    };
    let parameters = tuning.parameters.iter();
    Ok(Summary {
        folder: run.folder.to_path_buf(),
        weights: tuning.file.map(|file| run.folder.join(file)),
        pictures: data.moments.len(),
        parameters: parameters.map(|(_, tensor)| tensor.numel()).sum(),
        ending,
        history: tuning.history,
    })
}

/// What is learnt from.
struct Data {
    pictures: Pictures,
    scaler: Scaler,
    moments: Moments,
    movies: Vec<LearntMovie>,
}

impl Data {
    fn read(datasets: &[Dataset], courses: &[String]) -> Result<Self> {
        let format = Dataset::require_alike(datasets)?;
        let whole = PictureConfig {
            crop_top: 0,
            crop_bottom: 0,
            mirror: 0.0,
        };
        let mut data = Self {
            pictures: Pictures::default(),
            scaler: Scaler::new(format, whole, (SIDE, SIDE))?,
            moments: Moments::default(),
            movies: Vec::new(),
        };
        for dataset in datasets {
            for (index, movie) in dataset.movies().iter().enumerate() {
                let course = &movie.source.game.course_name;
                if !courses.is_empty() && !courses.contains(course) {
                    continue;
                }
                let rows = dataset.read(index)?;
                data.moments.push(&rows);
                data.pictures.push(dataset.folder().join(&movie.file), rows);
                data.movies.push(LearntMovie {
                    movie: movie.source.movie.clone(),
                    rows_sha256: movie.sha256.clone(),
                });
            }
        }
        if data.moments.len() < 2 {
            let folders = datasets.iter().map(|dataset| dataset.folder().display());
            let folders: Vec<_> = folders.map(|folder| folder.to_string()).collect();
            let folders = folders.join(", ");
            return Err(Error::NoData(match courses {
                [] => format!("no consecutive rows in {folders}"),
                courses => format!("no consecutive rows on {} in {folders}", courses.join(", ")),
            }));
        }
        Ok(data)
    }
}

/// The state of a run between two epochs.
struct Tuning<'a> {
    folder: &'a Path,
    preparation: Preparation,
    /// All tensors of the network. Those that learn are the parameters.
    weights: Weights,
    parameters: Vec<(String, Tensor)>,
    optimiser: AdamW,
    history: Vec<Epoch>,
    /// The file of the weights after the last epoch; `None` before the first.
    file: Option<String>,
}

impl<'a> Tuning<'a> {
    fn begin_or_resume(
        folder: &'a Path,
        preparation: Preparation,
        weights: Weights,
    ) -> Result<Self> {
        let card = Card::read(folder)?;
        let parameters = learning(&weights, &preparation.config)?;
        let Config {
            lr, weight_decay, ..
        } = preparation.config;
        let mut tuning = Self {
            folder,
            preparation,
            weights,
            optimiser: AdamW::new(&parameters, lr, weight_decay),
            parameters,
            history: Vec::new(),
            file: None,
        };
        if let Some(card) = card {
            card.require(folder, &tuning.preparation)?;
            let (parameters, optimiser) = (&mut tuning.parameters, &mut tuning.optimiser);
            checkpoint::read(folder, &card.checkpoint, card.steps, parameters, optimiser)?;
            tuning.history = card.history;
            tuning.file = Some(card.weights.file);
        }
        Ok(tuning)
    }

    /// One pass over all pictures; `None` when it was interrupted.
    fn epoch(
        &mut self,
        data: &Data,
        interrupt: &AtomicBool,
        progress: &mut dyn FnMut(Step),
    ) -> Result<Option<Epoch>> {
        let epoch = self.history.len() as u32 + 1;
        // Each epoch has a stream of its own, so that random numbers need no state in a checkpoint.
        let mut random = ChaCha8Rng::seed_from_u64(self.preparation.config.seed);
        random.set_stream(epoch.into());
        let batches = data.moments.batches(&self.preparation.config, &mut random);
        let wanted: Vec<_> = batches.iter().map(Batch::pictures).collect();
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let (mut loss, mut found, mut pairs) = (0.0, 0.0, 0.0);
        let mut waited = Duration::ZERO;
        let ended = for_each_batch(
            &data.pictures,
            &wanted,
            threads,
            &data.scaler,
            &mut waited,
            |index, pictures| {
                if interrupt.load(Ordering::Relaxed) {
                    return Ok(ControlFlow::Break(()));
                }
                let batch = &batches[index];
                let judged = self.step(batch, &pictures)?;
                if !judged.loss.is_finite() {
                    return Err(Error::Diverged {
                        epoch,
                        step: index as u64 + 1,
                        loss: judged.loss,
                    });
                }
                let weight = batch.len() as f64;
                loss += weight * judged.loss;
                found += judged.found;
                pairs += weight;
                progress(Step::Batch {
                    epoch,
                    done: index + 1,
                    batches: batches.len(),
                });
                Ok(ControlFlow::Continue(()))
            },
        )?;
        Ok(ended.is_continue().then(|| Epoch {
            epoch,
            loss: loss / pairs,
            found: found / pairs,
        }))
    }

    /// A gradient step; `pictures` are `[2 pairs, height, width, 3]`, bytes.
    fn step(&mut self, batch: &Batch, pictures: &Tensor) -> Result<Judged> {
        let device = self.parameters[0].1.device();
        let input = NETWORK.normalisation().of(&pictures.f_to_device(device)?)?;
        let network = NETWORK.build(&mut self.weights.share(), None)?;
        let vectors = network.vectors(&input)?;
        let (loss, judged) = batch.judge(&vectors, self.preparation.config.temperature)?;
        loss.f_backward()?;
        self.optimiser.step(&mut self.parameters, GRADIENT_CLIP);
        Ok(judged)
    }

    /// Writes the weights and the checkpoint of a finished epoch.
    fn record(&mut self, figures: Epoch) -> Result<()> {
        let weights = bc::weights_file(figures.epoch);
        let weights = bc::write_tensors(self.folder, weights, self.weights.tensors())?;
        let checkpoint = checkpoint::write(
            self.folder,
            bc::checkpoint_file(figures.epoch),
            &self.parameters,
            &self.optimiser,
        )?;
        self.history.push(figures);
        let card = Card::new(
            self.preparation.clone(),
            self.history.clone(),
            self.optimiser.step,
            weights,
            checkpoint,
        );
        card.write(self.folder)?;
        bc::remove_unnamed(self.folder, [&card.weights, &card.checkpoint]);
        self.file = Some(card.weights.file);
        Ok(())
    }
}

/// The tensors that learn: weights, scales and shifts of the last blocks, but not the statistics of normalisations.
fn learning(weights: &Weights, config: &Config) -> Result<Vec<(String, Tensor)>> {
    let blocks = config.learning();
    let learns = |name: &str| {
        let is_statistic = name.ends_with(".running_mean") || name.ends_with(".running_var");
        !is_statistic && blocks.iter().any(|block| name.starts_with(block))
    };
    let tensors = weights.tensors().iter();
    let learning = tensors.filter(|(name, _)| learns(name));
    learning
        .map(|(name, tensor)| Ok((name.clone(), tensor.f_set_requires_grad(true)?)))
        .collect()
}
