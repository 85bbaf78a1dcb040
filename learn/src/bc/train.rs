//! The training run: data, epochs, checkpoints, resume.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use std::{mem, thread};

use outputs::FolderLock;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use tch::{Kind, Tensor};

use super::Normalisation;
use super::adamw::AdamW;
use super::batch::{self, Batch};
use super::card::{self, Card, Preparation, UsedMovie};
use super::checkpoint;
use super::frames::{FrameList, Frames};
use super::metrics::{self, Loss, Tally};
use super::pictures::{Scaler, for_each_batch};
use super::{Config, Epoch, Heads, Memory, ModelName, Network, SplitMetrics, split};
use crate::dataset::{Column, Dataset, Movie, Schema};
use crate::device::Device;
use crate::{Error, Result, action, files, pad, threads};

/// The inputs of a training run besides data and configuration.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The model's folder, which is created if it does not exist. A run that was begun there is resumed.
    pub folder: &'a Path,
    /// Courses to train on, by abbreviation; empty for all.
    pub courses: &'a [String],
    /// The device to compute on.
    pub device: Device,
    /// Processor threads of libtorch. Results are the same bits in every run only with one thread.
    pub threads: usize,
    /// Set from outside to stop: training ends at the next batch and loses at most the epoch it
    /// is in.
    pub interrupt: &'a AtomicBool,
}

/// Receives the progress of training. Every method has an empty default.
pub trait Progress {
    /// Training begins, or is resumed, with this data.
    fn begin(&mut self, _plan: &Plan) {}
    /// `done` of `batches` batches of an epoch are done.
    fn batch(&mut self, _epoch: u32, _done: usize, _batches: usize) {}
    /// An epoch is complete and its checkpoint written. `best` is true if it is the best so far.
    fn epoch(&mut self, _epoch: &Epoch, _best: bool) {}
}

/// For callers that need no progress.
impl Progress for () {}

/// The data and size of a training run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Movies and frames that are trained on.
    pub train_movies: usize,
    /// Their frames.
    pub train_frames: usize,
    /// Movies that validate.
    pub validation_movies: usize,
    /// Their frames.
    pub validation_frames: usize,
    /// Parameters of the network.
    pub parameters: usize,
    /// Epochs that an earlier run finished.
    pub resumed_epochs: u32,
    /// Epochs at the most, those included.
    pub epochs: u32,
    /// The device, by libtorch's name.
    pub device: String,
}

/// Why training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// All epochs are done.
    Complete,
    /// The validation loss did not get better for `patience` epochs.
    NoImprovement,
    /// [`Run::interrupt`] was set; the same call resumes from the last checkpoint.
    Interrupted,
}

/// The result of a training run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The model's folder.
    pub folder: PathBuf,
    /// The data.
    pub plan: Plan,
    /// Why it ended.
    pub ending: StopReason,
    /// Epochs done in all.
    pub epochs: u32,
    /// The best epoch's figures; `None` when not one was completed.
    pub best: Option<Epoch>,
    /// Seconds that this call computed epochs, those included that it waited.
    pub seconds: f64,
    /// Seconds that the network waited for pictures.
    pub waited_seconds: f64,
}

/// Trains a model on `datasets`, which must have the same observations and step length, or resumes the
/// training that an earlier call began in the same folder. Movies that several datasets share
/// count once.
///
/// # Errors
/// Data or configuration are invalid, a file is damaged, the folder holds a model with another
/// configuration or another process trains in it, the device does not exist, the loss is not finite, or the folder
/// cannot be written.
pub fn train(
    datasets: &[Dataset],
    config: &Config,
    run: &Run<'_>,
    progress: &mut dyn Progress,
) -> Result<Summary> {
    config.check()?;
    let device = run.device.resolve()?;
    let _lock = FolderLock::hold(run.folder)?;
    threads::compute_on(run.threads);

    let (preparation, train, validation) = prepare(datasets, config, run.courses)?;
    let mut training = Training::begin_or_resume(run.folder, &preparation, device)?;
    let on_device = |list: FrameList| Frames::new(list, &preparation.normalisation, device);
    let (train, validation) = (on_device(train)?, on_device(validation)?);

    let movies = |validate: bool| {
        let used = preparation.movies.iter();
        used.filter(|movie| movie.validates == validate).count()
    };
    let plan = Plan {
        train_movies: movies(false),
        train_frames: train.len(),
        validation_movies: movies(true),
        validation_frames: validation.len(),
        parameters: training
            .network
            .parameters
            .iter()
            .map(|(_, t)| t.numel())
            .sum(),
        resumed_epochs: training.epochs(),
        epochs: config.epochs,
        device: format!("{device:?}").to_lowercase(),
    };
    progress.begin(&plan);
    let begun = Instant::now();
    let ending = loop {
        if training.epochs() >= config.epochs {
            break StopReason::Complete;
        }
        if training.epochs_without_improvement() >= config.patience.max(1) {
            break StopReason::NoImprovement;
        }
        match training.epoch(&train, &validation, run.interrupt, progress)? {
            Some(figures) => {
                let best = training.record(figures)?;
                progress.epoch(&training.history[training.history.len() - 1], best);
            }
            None => break StopReason::Interrupted,
        }
    };
    Ok(Summary {
        folder: run.folder.to_path_buf(),
        plan,
        ending,
        epochs: training.epochs(),
        best: training.best().cloned(),
        seconds: begun.elapsed().as_secs_f64(),
        waited_seconds: training.waited.as_secs_f64(),
    })
}

/// Reads and splits the data, and computes normalisation and class weights on the training side.
fn prepare(
    datasets: &[Dataset],
    config: &Config,
    courses: &[String],
) -> Result<(Preparation, FrameList, FrameList)> {
    let movies = chosen_movies(datasets, config.model, courses)?;
    let sources: Vec<(u8, &str)> = movies
        .iter()
        .map(|(_, _, Movie { source, .. })| (source.game.course, source.movie_sha256.as_str()))
        .collect();
    let split = split::by_movie(&sources, config.split_ratio, &mut random(config, SPLIT));

    let mut used = Vec::new();
    let mut sides = [FrameList::default(), FrameList::default()];
    for (side, chosen) in [&split.train, &split.validation].into_iter().enumerate() {
        for index in chosen {
            let (dataset, position, movie) = &movies[*index];
            let schema = dataset.schema();
            match config.model.sees_pictures() {
                true => {
                    let (rows, file) =
                        (dataset.read(*position)?, dataset.folder().join(&movie.file));
                    sides[side].push_pictures(rows, file, schema.console());
                }
                false => sides[side].push_movie(&dataset.read_numbers(*position)?, schema.width()),
            }
            used.push(UsedMovie {
                movie: movie.source.movie.clone(),
                rows_sha256: movie.sha256.clone(),
                course_name: movie.source.game.course_name.clone(),
                validates: side == 1,
            });
        }
    }
    let [train, validation] = sides;
    let observation = seen(movies[0].0, config.model)?;
    let action = decided(&observation, config.model);
    let heads = Heads::new(&action).map_err(|(what, expected, found)| Error::Argument {
        what,
        expected,
        found,
    })?;
    let preparation = Preparation {
        config: config.clone(),
        normalisation: match observation.width() {
            0 => Normalisation::default(),
            width => Normalisation::of(&train.observations, width),
        },
        class_weights: metrics::class_weights(&train, &heads, config),
        observation,
        action,
        heads,
        movies: used,
    };
    Ok((preparation, train, validation))
}

/// What a model of this kind sees of a row: its numbers or its picture.
fn seen(dataset: &Dataset, model: ModelName) -> Result<Schema> {
    let schema = dataset.schema();
    let missing = |place: &str, expected, found| {
        Err(Error::mismatch(dataset.folder(), place, expected, found))
    };
    match (model.sees_pictures(), schema.pictures()) {
        (true, Some(pictures)) => Ok(Schema::of_pictures(pictures)?
            .with_frames_per_step(schema.frames_per_step())
            .on(schema.console())),
        (true, None) => {
            let expected = "pictures to learn from, as `record --pictures` adds them";
            missing("pictures", expected, "none")
        }
        (false, _) if schema.fields().is_empty() => {
            missing("observation", "numbers to learn from", "pictures alone")
        }
        (false, _) => Ok(schema.clone().without_pictures()),
    }
}

/// The columns of what a model of this kind decides.
fn decided(observation: &Schema, model: ModelName) -> Vec<Column> {
    match model {
        ModelName::Mlp | ModelName::Lstm => action::columns().to_vec(),
        ModelName::PilotNet | ModelName::Small => pad::columns(observation.console()),
        ModelName::TensorKart => pad::columns_of_numbers(observation.console()),
    }
}

/// The datasets' movies on `courses`, each once, in an order that does not depend on the
/// datasets' order.
fn chosen_movies<'a>(
    datasets: &'a [Dataset],
    model: ModelName,
    courses: &[String],
) -> Result<Vec<(&'a Dataset, usize, &'a Movie)>> {
    let mut first: Option<Schema> = None;
    for dataset in datasets {
        let schema = seen(dataset, model)?;
        let first = first.get_or_insert_with(|| schema.clone());
        if let Some(difference) = first.difference(&schema) {
            return Err(Error::differs(dataset.folder(), difference));
        }
    }
    let wanted =
        |movie: &Movie| courses.is_empty() || courses.contains(&movie.source.game.course_name);
    let mut movies: Vec<_> = datasets
        .iter()
        .flat_map(|dataset| {
            let positions = dataset.movies().iter().enumerate();
            positions.map(move |(position, movie)| (dataset, position, movie))
        })
        .filter(|(_, _, movie)| wanted(movie) && movie.rows > 0)
        .collect();
    movies.sort_by(|(_, _, a), (_, _, b)| a.sha256.cmp(&b.sha256));
    movies.dedup_by(|(_, _, a), (_, _, b)| a.sha256 == b.sha256);
    if movies.is_empty() {
        let folders: Vec<_> = datasets
            .iter()
            .map(|dataset| dataset.folder().display().to_string())
            .collect();
        let mut there: Vec<&str> = datasets
            .iter()
            .flat_map(Dataset::movies)
            .map(|movie| movie.source.game.course_name.as_str())
            .collect();
        there.sort_unstable();
        there.dedup();
        return Err(Error::NoData(match there.is_empty() {
            true => format!("no movies in {}", folders.join(", ")),
            false => format!(
                "no movie on {} in {}; there are {}",
                courses.join(", "),
                folders.join(", "),
                there.join(", ")
            ),
        }));
    }
    Ok(movies)
}

/// Streams of the seed's random numbers. Epochs use their own numbers, from 1.
const SPLIT: u64 = 0;
const FIRST_WEIGHTS: u64 = u64::MAX;
const VALIDATION: u64 = u64::MAX - 1;

pub(super) fn random(config: &Config, stream: u64) -> ChaCha8Rng {
    let mut random = ChaCha8Rng::seed_from_u64(config.seed);
    random.set_stream(stream);
    random
}

/// A batch, and what the network sees of it.
struct Inputs<'a> {
    frames: &'a Frames,
    batch: &'a Batch,
    inputs: Tensor,
}

/// The state of a run between two epochs, which a checkpoint saves.
struct Training<'a> {
    folder: &'a Path,
    preparation: &'a Preparation,
    network: Network,
    /// `None` of a network that sees no pictures.
    scaler: Option<Scaler>,
    optimiser: AdamW,
    loss: Loss,
    history: Vec<Epoch>,
    /// The best epoch's weights; `None` before the first.
    weights: Option<card::FileReference>,
    /// The time that was spent waiting for pictures.
    waited: Duration,
}

impl<'a> Training<'a> {
    fn begin_or_resume(
        folder: &'a Path,
        preparation: &'a Preparation,
        device: tch::Device,
    ) -> Result<Self> {
        if Card::exists(folder)? {
            Self::resume(folder, preparation, device)
        } else {
            Self::begin(folder, preparation, device)
        }
    }

    fn begin(folder: &'a Path, preparation: &'a Preparation, device: tch::Device) -> Result<Self> {
        let config = &preparation.config;
        let widths = preparation.widths();
        let network = Network::random(config, widths, device, &mut random(config, FIRST_WEIGHTS));
        let (weights, heads) = (&preparation.class_weights, &preparation.heads);
        Ok(Self {
            folder,
            preparation,
            optimiser: AdamW::new(&network.parameters, config.lr, config.weight_decay),
            network,
            scaler: Scaler::of(config, &preparation.observation)?,
            loss: Loss::new(weights, heads, config.number_loss, device),
            history: Vec::new(),
            weights: None,
            waited: Duration::ZERO,
        })
    }

    fn resume(folder: &'a Path, preparation: &'a Preparation, device: tch::Device) -> Result<Self> {
        let card = Card::read(folder)?;
        check_same_training(folder, &card, preparation)?;
        let mut training = Self::begin(folder, preparation, device)?;
        checkpoint::read(
            folder,
            &card.checkpoint,
            card.steps,
            &mut training.network.parameters,
            &mut training.optimiser,
        )?;
        training.history = card.history;
        training.weights = Some(card.weights);
        Ok(training)
    }

    fn epochs(&self) -> u32 {
        self.history.len() as u32
    }

    fn best(&self) -> Option<&Epoch> {
        self.history
            .iter()
            .min_by(|a, b| a.decisive_loss().total_cmp(&b.decisive_loss()))
    }

    fn epochs_without_improvement(&self) -> u32 {
        self.best().map_or(0, |best| self.epochs() - best.epoch)
    }

    /// One pass over the training side, then one over the validation side; `None` when it was
    /// interrupted.
    fn epoch(
        &mut self,
        train: &Frames,
        validation: &Frames,
        interrupt: &AtomicBool,
        progress: &mut dyn Progress,
    ) -> Result<Option<Epoch>> {
        let preparation = self.preparation;
        let config = &preparation.config;
        let epoch = self.epochs() + 1;
        self.optimiser.lr = learning_rate(config, &self.history);
        let mut random = random(config, u64::from(epoch));
        let batches = batch::of_training(train, config, &mut random);
        let mut tally = Tally::new(&preparation.heads, train.device());
        let mut memory = Memory::default();
        let ended = self.for_each_input(train, &batches, |training, index, inputs| {
            if interrupt.load(Ordering::Relaxed) {
                return Ok(ControlFlow::Break(()));
            }
            let batch = Inputs {
                frames: train,
                batch: &batches[index],
                inputs,
            };
            let loss = training.loss(batch, &mut memory, Some(&mut random), &mut tally);
            loss.backward();
            training
                .optimiser
                .step(&mut training.network.parameters, config.gradient_clip);
            progress.batch(epoch, index + 1, batches.len());
            Ok(ControlFlow::Continue(()))
        })?;
        if ended.is_break() {
            return Ok(None);
        }
        let train = checked(tally.finish()?, epoch, self.optimiser.step)?;
        let ControlFlow::Continue(validation) = self.validate(validation, interrupt)? else {
            return Ok(None);
        };
        let validation = validation
            .map(|figures| checked(figures, epoch, self.optimiser.step))
            .transpose()?;
        Ok(Some(Epoch {
            epoch,
            train,
            validation,
        }))
    }

    /// The figures of the validation side, if it has movies; `Break` when interrupted.
    /// The same samples are shown and hidden in every epoch, so that epochs compare.
    fn validate(
        &mut self,
        frames: &Frames,
        interrupt: &AtomicBool,
    ) -> Result<ControlFlow<(), Option<SplitMetrics>>> {
        if frames.len() == 0 {
            return Ok(ControlFlow::Continue(None));
        }
        let preparation = self.preparation;
        let config = &preparation.config;
        let batches = batch::of_validation(frames, config, &mut random(config, VALIDATION));
        let mut tally = Tally::new(&preparation.heads, frames.device());
        let mut memory = Memory::default();
        let ended = self.for_each_input(frames, &batches, |training, index, inputs| {
            if interrupt.load(Ordering::Relaxed) {
                return Ok(ControlFlow::Break(()));
            }
            let batch = Inputs {
                frames,
                batch: &batches[index],
                inputs,
            };
            let _loss = tch::no_grad(|| training.loss(batch, &mut memory, None, &mut tally));
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(match ended {
            ControlFlow::Break(()) => ControlFlow::Break(()),
            ControlFlow::Continue(()) => ControlFlow::Continue(Some(tally.finish()?)),
        })
    }

    /// Gives the network's inputs for each batch to `visit`, until that breaks. Pictures are made ready meanwhile.
    fn for_each_input(
        &mut self,
        frames: &Frames,
        batches: &[Batch],
        mut visit: impl FnMut(&mut Self, usize, Tensor) -> Result<ControlFlow<()>>,
    ) -> Result<ControlFlow<()>> {
        let Some(scaler) = self.scaler.clone() else {
            for (index, batch) in batches.iter().enumerate() {
                let inputs = frames.inputs(batch, &self.preparation.config);
                if visit(self, index, inputs)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            return Ok(ControlFlow::Continue(()));
        };
        let wanted: Vec<_> = batches.iter().map(Batch::pictures).collect();
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let mut waited = mem::take(&mut self.waited);
        let ended = for_each_batch(
            &frames.pictures,
            &wanted,
            threads,
            &scaler,
            &mut waited,
            |index, pictures| visit(self, index, pictures.f_to_device(frames.device())?),
        );
        self.waited = waited;
        ended
    }

    /// The mean loss of a batch, which is also added to the tally. `memory` is the network's state after the
    /// previous batch; `dropout` is `None` but in training.
    fn loss(
        &self,
        Inputs {
            frames,
            batch,
            inputs,
        }: Inputs<'_>,
        memory: &mut Memory,
        dropout: Option<&mut ChaCha8Rng>,
        tally: &mut Tally,
    ) -> Tensor {
        let device = frames.device();
        let on_device = |numbers: &[f32]| Tensor::from_slice(numbers).to_device(device);
        let rows = Tensor::from_slice(&batch.rows).to_device(device);
        let counted = on_device(&batch.counted);
        memory.carry(&on_device(&batch.continued));

        let heads = &self.preparation.heads;
        let outputs = self.network.forward(&inputs, memory, dropout);
        let outputs = outputs.reshape([-1, heads.outputs() as i64]);
        let labels = frames.labels(&rows, &on_device(&batch.sides), heads);
        let sum = self.loss.sum(&outputs, &labels, &counted);
        tally.add(&sum, &self.loss.unshifted(&outputs), &labels, &counted);
        sum / counted.sum(Kind::Float)
    }

    /// Writes the checkpoint of a finished epoch; returns whether the epoch is the best so far.
    fn record(&mut self, figures: Epoch) -> Result<bool> {
        let epoch = figures.epoch;
        let best = self
            .best()
            .is_none_or(|best| figures.decisive_loss() < best.decisive_loss());
        let weights = match self.weights.take() {
            Some(weights) if !best => weights,
            _ => card::write_tensors(
                self.folder,
                card::weights_file(epoch),
                &self.network.parameters,
            )?,
        };
        let checkpoint = checkpoint::write(
            self.folder,
            card::checkpoint_file(epoch),
            &self.network.parameters,
            &self.optimiser,
        )?;
        self.history.push(figures);
        let best_epoch = self.best().map_or(epoch, |best| best.epoch);
        let card = Card::new(
            self.preparation,
            self.history.clone(),
            best_epoch,
            weights.clone(),
            checkpoint,
            self.optimiser.step,
        );
        card.write(self.folder)?;
        card::remove_unnamed(self.folder, [&card.weights, &card.checkpoint]);
        self.weights = Some(weights);
        Ok(best)
    }
}

fn checked(figures: SplitMetrics, epoch: u32, step: u64) -> Result<SplitMetrics> {
    match figures.loss.is_finite() {
        true => Ok(figures),
        false => Err(Error::Diverged {
            epoch,
            step,
            loss: figures.loss,
        }),
    }
}

/// The step size after these epochs: a factor of [`DECAY`] smaller for every [`PLATEAU`] epochs
/// in a row that were no better than the best before them. Large steps keep the weights moving around
/// the optimum, which harms driving more than it shows in the loss.
fn learning_rate(config: &Config, history: &[Epoch]) -> f64 {
    let (mut best, mut waited, mut decays) = (f64::INFINITY, 0, 0);
    for epoch in history {
        if epoch.decisive_loss() < best {
            (best, waited) = (epoch.decisive_loss(), 0);
        } else {
            waited += 1;
        }
        if waited == PLATEAU {
            (waited, decays) = (0, decays + 1);
        }
    }
    config.lr * DECAY.powi(decays)
}

const PLATEAU: u32 = 2;
const DECAY: f64 = 0.4;

/// Checks that a run is resumed with its data and configuration; only epochs and patience may differ.
fn check_same_training(folder: &Path, card: &Card, preparation: &Preparation) -> Result<()> {
    let path = folder.join(card::CARD);
    let begun = Config {
        epochs: preparation.config.epochs,
        patience: preparation.config.patience,
        ..card.config.clone()
    };
    if let Some((place, expected, found)) = files::first_difference(&preparation.config, &begun) {
        let place = format!("config.{place} (another folder trains anew)");
        return Err(Error::mismatch(&path, place, expected, found));
    }
    if let Some(difference) = preparation.observation.difference(&card.observation) {
        return Err(Error::differs(&path, difference));
    }
    if card.movies != preparation.movies {
        let describe = |movies: &[UsedMovie]| {
            let names: Vec<&str> = movies.iter().map(|movie| movie.movie.as_str()).collect();
            format!("{} movies ({})", names.len(), names.join(", "))
        };
        let place = "movies (another folder trains anew)";
        return Err(Error::mismatch(
            &path,
            place,
            describe(&preparation.movies),
            describe(&card.movies),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_get_smaller_on_a_plateau() {
        let history: Vec<Epoch> = [5.0, 4.0, 4.5, 4.1, 3.0, 3.0, 3.0, 3.0, 3.0]
            .into_iter()
            .map(|loss| Epoch {
                epoch: 0,
                train: SplitMetrics {
                    loss,
                    ..SplitMetrics::default()
                },
                validation: None,
            })
            .collect();
        let config = Config {
            lr: 1.0,
            ..Config::default()
        };
        let rates = (0..=9).map(|epochs| learning_rate(&config, &history[..epochs]));
        let steps: Vec<i32> = rates
            .map(|rate| (rate.ln() / DECAY.ln()).round() as i32)
            .collect();
        assert_eq!(steps, [0, 0, 0, 0, 1, 1, 1, 2, 2, 3]);
    }
}
