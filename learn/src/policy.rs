//! A trained model as a driver: one observation in, one decision out. [`Policy`] sees numbers, [`PicturePolicy`] pictures.

mod pictures;

use std::num::NonZeroU32;
use std::path::Path;

use env_core::Driver;
use env_kart::action::DrivingAction;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tch::Tensor;

use crate::action;
use crate::bc::{CARD, Card, Heads, Kind, Memory, Network, logit_shifts};
use crate::dataset::{Column, Schema};
use crate::device::Device;
use crate::{Error, Result};

pub use pictures::PicturePolicy;

/// How a decision is made from the network's probabilities.
#[derive(Clone, Debug, Default)]
pub enum Decision {
    /// The likeliest class of each head.
    #[default]
    Likeliest,
    /// Random, with the network's probabilities and this seed.
    Sampled(u64),
}

/// A driver with a memory of the last frames. One policy drives one kart; threads that drive
/// several [`share`](Self::share) the weights.
#[derive(Debug)]
pub struct Policy {
    card: Card,
    heads: Heads,
    network: Network,
    random: Option<ChaCha8Rng>,
    /// The shifts of the outputs by the class weights in training.
    shifts: Vec<f32>,
    /// The input of the next decision: observations from the newest to the oldest, actions from the newest to the oldest,
    /// and a 1, since a driver always sees its previous actions. See `bc::frames`.
    input: Vec<f32>,
    memory: Memory,
    /// Whether there was no observation since the start.
    fresh: bool,
}

impl Policy {
    /// Loads a model's folder onto `device`. The policy decides for the likeliest class.
    ///
    /// # Errors
    /// The folder, its card or its weights are missing, damaged, of another version or not a
    /// model's; it decides other actions than driving; the device does not exist.
    pub fn load(folder: impl AsRef<Path>, device: Device) -> Result<Self> {
        let folder = folder.as_ref();
        let card = Card::read(folder)?;
        let path = folder.join(CARD);
        let heads = card.heads(&path)?;
        if card.config.model.sees_pictures() {
            let found = format!("{}, which sees pictures", card.config.model.name());
            return Err(Error::mismatch(&path, "config.model", "mlp or lstm", found));
        }
        require_driving(&path, &card.action)?;
        let network = card.network(folder, &heads, device.resolve()?)?;
        Ok(Self::with_network(card, heads, network))
    }

    fn with_network(card: Card, heads: Heads, network: Network) -> Self {
        let width = Network::input_width(&card.config, card.widths(&heads));
        let mut policy = Self {
            shifts: logit_shifts(&card.class_weights, &heads),
            card,
            heads,
            network,
            random: None,
            input: vec![0.0; width],
            memory: Memory::default(),
            fresh: true,
        };
        policy.reset();
        policy
    }

    /// Checks that the model's observations and step length are `schema`'s.
    ///
    /// # Errors
    /// [`Error::Argument`] with the first field that differs.
    pub fn check_schema(&self, schema: &Schema) -> Result<()> {
        match self.card.observation.difference(schema) {
            None => Ok(()),
            Some(difference) => Err(Error::Argument {
                what: format!("the environment's {}", difference.place),
                expected: format!("what the model was trained on: {}", difference.expected),
                found: difference.found,
            }),
        }
    }

    /// The frames that each decision is held.
    pub fn frames_per_step(&self) -> NonZeroU32 {
        self.card.observation.frames_per_step()
    }

    /// Sets how decisions are made from now on.
    pub fn set_decision(&mut self, decision: &Decision) {
        self.random = match decision {
            Decision::Likeliest => None,
            Decision::Sampled(seed) => Some(ChaCha8Rng::seed_from_u64(*seed)),
        };
    }

    /// The model's card.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// Another driver with the same weights and its own memory; it decides for the likeliest class.
    pub fn share(&self) -> Self {
        Self::with_network(self.card.clone(), self.heads.clone(), self.network.share())
    }

    /// Clears the memory, at the beginning of a race.
    pub fn reset(&mut self) {
        self.input.fill(0.0);
        if let Some(shown) = self.input.last_mut() {
            *shown = 1.0;
        }
        self.memory = Memory::default();
        self.fresh = true;
    }

    /// Decides the action of a frame from the observation before it.
    ///
    /// # Errors
    /// An observation of another width, or libtorch fails.
    pub fn act(&mut self, observation: &[f32]) -> Result<DrivingAction> {
        self.observe(observation)?;
        let outputs = self.outputs()?;
        let numbers = decide(&self.heads, &outputs, &self.shifts, self.random.as_mut());
        self.remember(&numbers);
        let numbers = numbers
            .try_into()
            .map_err(|numbers: Vec<f32>| Error::Argument {
                what: "the model's action".to_owned(),
                expected: format!("{} numbers", action::WIDTH),
                found: numbers.len().to_string(),
            })?;
        Ok(action::decode(numbers))
    }

    /// Puts an observation before the earlier ones; the first of a race also fills the places of the frames
    /// before it, as in training.
    fn observe(&mut self, observation: &[f32]) -> Result<()> {
        let width = self.card.observation.width();
        if observation.len() != width {
            return Err(Error::Argument {
                what: "observation".to_owned(),
                expected: format!("{width} numbers"),
                found: observation.len().to_string(),
            });
        }
        let history = width * self.card.config.history();
        let seen = &mut self.input[..history];
        seen.copy_within(..history - width, width);
        seen[..width].copy_from_slice(observation);
        self.card.normalisation.apply(&mut seen[..width]);
        if self.fresh {
            for earlier in (width..history).step_by(width) {
                seen.copy_within(..width, earlier);
            }
            self.fresh = false;
        }
        Ok(())
    }

    fn outputs(&mut self) -> Result<Vec<f32>> {
        let _no_gradients = tch::no_grad_guard();
        let input = Tensor::f_from_slice(&self.input)?
            .f_view([1, 1, self.input.len() as i64])?
            .f_to_device(self.network.device())?;
        let output = self.network.forward(&input, &mut self.memory, None);
        numbers(&output)
    }

    /// Puts an action before the earlier ones.
    fn remember(&mut self, numbers: &[f32]) {
        let end = self.input.len() - 1;
        let width = numbers.len();
        let start = end - self.card.config.previous_actions * width;
        let actions = &mut self.input[start..end];
        if let Some(kept) = actions.len().checked_sub(width) {
            actions.copy_within(..kept, width);
            actions[..width].copy_from_slice(numbers);
        }
    }
}

/// Refuses a model that decides something else than driving.
fn require_driving(path: &Path, columns: &[Column]) -> Result<()> {
    let list = |columns: &[Column]| {
        let columns: Vec<String> = columns.iter().map(Column::to_string).collect();
        columns.join("; ")
    };
    let (expected, found) = (list(&action::columns()), list(columns));
    match expected == found {
        true => Ok(()),
        false => Err(Error::mismatch(path, "action", expected, found)),
    }
}

impl<O: AsRef<[f32]> + ?Sized> Driver<O> for Policy {
    type Action = DrivingAction;
    type Error = Error;

    fn reset(&mut self) {
        Self::reset(self);
    }

    fn act(&mut self, observation: &O) -> Result<DrivingAction> {
        Self::act(self, observation.as_ref())
    }
}

/// The numbers of a tensor on any device.
fn numbers(tensor: &Tensor) -> Result<Vec<f32>> {
    let mut numbers = vec![0.0; tensor.numel()];
    let count = numbers.len();
    tensor
        .f_to_device(tch::Device::Cpu)?
        .f_copy_data(&mut numbers, count)?;
    Ok(numbers)
}

/// The numbers of the action that a network's outputs, less the shifts of its training, decide: the likeliest, or drawn.
fn decide(
    heads: &Heads,
    outputs: &[f32],
    shifts: &[f32],
    mut random: Option<&mut ChaCha8Rng>,
) -> Vec<f32> {
    let decisive: Vec<f32> = outputs
        .iter()
        .zip(shifts)
        .map(|(output, shift)| output - shift)
        .collect();
    let mut numbers = vec![0.0; heads.width()];
    for head in heads.iter() {
        let outputs = &decisive[head.output..][..head.outputs()];
        numbers[head.number] = match (head.kind, &mut random) {
            (Kind::Classes { low, .. }, None) => (low + likeliest(outputs) as i64) as f32,
            (Kind::Classes { low, .. }, Some(random)) => {
                (low + drawn(outputs, random.random()) as i64) as f32
            }
            (Kind::Flag, None) => f32::from(u8::from(outputs[0] > 0.0)),
            (Kind::Flag, Some(random)) => {
                let pressed = random.random::<f32>() < 1.0 / (1.0 + (-outputs[0]).exp());
                f32::from(u8::from(pressed))
            }
            (Kind::Number { middle, half }, _) => middle + half * outputs[0].clamp(-1.0, 1.0),
        };
    }
    numbers
}

/// The class with the greatest logit.
fn likeliest(logits: &[f32]) -> usize {
    let classes = logits.iter().enumerate();
    let likeliest = classes.max_by(|(_, a), (_, b)| a.total_cmp(b));
    likeliest.map_or(0, |(class, _)| class)
}

/// The class whose interval of the cumulative probability contains `random`, 0 to 1.
fn drawn(logits: &[f32], random: f32) -> usize {
    let highest = logits
        .iter()
        .fold(f32::MIN, |highest, logit| highest.max(*logit));
    let weights = || logits.iter().map(|logit| (logit - highest).exp());
    let mut left = random * weights().sum::<f32>();
    for (class, weight) in weights().enumerate() {
        left -= weight;
        if left < 0.0 {
            return class;
        }
    }
    logits.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bc::{Config, FileReference, Normalisation, Preparation};
    use crate::dataset::DType;

    fn policy() -> Policy {
        let action = action::columns().to_vec();
        let heads = Heads::new(&action).expect("decidable");
        let preparation = Preparation {
            config: Config {
                seq_len: 3,
                previous_actions: 2,
                hidden: 4,
                ..Config::default()
            },
            observation: Schema::new(vec![Column::new("place", DType::F32).of_shape(&[2])])
                .expect("a valid schema"),
            normalisation: Normalisation {
                mean: vec![1.0, 0.0],
                deviation: vec![2.0, 1.0],
            },
            class_weights: heads.per_head(|head| vec![1.0; head.weights()]),
            action,
            heads: heads.clone(),
            movies: Vec::new(),
        };
        let file = FileReference {
            file: String::new(),
            sha256: String::new(),
        };
        let card = Card::new(&preparation, Vec::new(), 0, file.clone(), file, 0);
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let widths = preparation.widths();
        let network = Network::random(&card.config, widths, tch::Device::Cpu, &mut random);
        Policy::with_network(card, heads, network)
    }

    #[test]
    fn the_input_is_laid_out_as_in_training() {
        let mut policy = policy();
        let [first, second] = [7, 38].map(|index| {
            let action = DrivingAction::from_index(index).expect("valid");
            action::encode(action)
        });
        policy.observe(&[3.0, 5.0]).expect("two numbers");
        let nothing = [0.0; 2 * action::WIDTH];
        assert_eq!(
            policy.input,
            [&[1.0, 5.0, 1.0, 5.0, 1.0, 5.0][..], &nothing, &[1.0]].concat()
        );
        policy.remember(&first);
        policy.observe(&[5.0, 6.0]).expect("two numbers");
        policy.remember(&second);
        policy.observe(&[7.0, 7.0]).expect("two numbers");
        let seen = [3.0, 7.0, 2.0, 6.0, 1.0, 5.0];
        let expected = [&seen[..], &second, &first, &[1.0]].concat();
        assert_eq!(policy.input, expected);
    }

    #[test]
    fn classes_are_drawn_by_their_probabilities() {
        let logits = [0.0, 3f32.ln(), f32::MIN];
        let drawn = |random| drawn(&logits, random);
        assert_eq!((drawn(0.0), drawn(0.24)), (0, 0));
        assert_eq!((drawn(0.26), drawn(0.99)), (1, 1));
        assert_eq!(likeliest(&logits), 1);
    }
}
