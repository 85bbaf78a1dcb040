//! A trained model as a driver: one observation in, one decision out.

use std::num::NonZeroU32;
use std::path::Path;

use env_core::Driver;
use env_mkds::action::{DrivingAction, Steer};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tch::Tensor;

use crate::bc::{ACTION_WIDTH, Card, LOGITS, Memory, Network, encode, logit_shifts};
use crate::dataset::Schema;
use crate::device::Device;
use crate::{Error, Result};

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
    network: Network,
    random: Option<ChaCha8Rng>,
    /// The logit shifts of the class weights in training.
    shifts: [f32; LOGITS as usize],
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
    /// model's; the device does not exist.
    pub fn load(folder: impl AsRef<Path>, device: Device) -> Result<Self> {
        let folder = folder.as_ref();
        let card = Card::read(folder)?;
        let network = card.network(folder, device.resolve()?)?;
        Ok(Self::with_network(card, network))
    }

    fn with_network(card: Card, network: Network) -> Self {
        let width = Network::input_width(&card.config, card.observation.width());
        let mut policy = Self {
            shifts: logit_shifts(&card.class_weights),
            card,
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
        Self::with_network(self.card.clone(), self.network.share())
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
        let logits = self.logits()?;
        let action = self.decide(&logits);
        self.remember(action);
        Ok(action)
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

    fn logits(&mut self) -> Result<[f32; LOGITS as usize]> {
        let _no_gradients = tch::no_grad_guard();
        let input = Tensor::f_from_slice(&self.input)?
            .f_view([1, 1, self.input.len() as i64])?
            .f_to_device(self.network.device())?;
        let output = self.network.forward(&input, &mut self.memory);
        let mut logits = [0.0; LOGITS as usize];
        output
            .f_to_device(tch::Device::Cpu)?
            .f_copy_data(&mut logits, LOGITS as usize)?;
        Ok(logits)
    }

    fn decide(&mut self, logits: &[f32; LOGITS as usize]) -> DrivingAction {
        let decisive: [f32; LOGITS as usize] =
            std::array::from_fn(|index| logits[index] - self.shifts[index]);
        let [left, straight, right, accelerate, brake, drift, item] = decisive;
        let steers = [
            (Steer::Left, left),
            (Steer::Straight, straight),
            (Steer::Right, right),
        ];
        let (steer, pressed) = match &mut self.random {
            None => {
                let likeliest = steers.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
                let pressed = [accelerate, brake, drift, item].map(|logit| logit > 0.0);
                (
                    likeliest.map_or(Steer::Straight, |(steer, _)| steer),
                    pressed,
                )
            }
            Some(random) => {
                let steer = sample_steer(steers, random.random());
                let pressed = [accelerate, brake, drift, item]
                    .map(|logit| random.random::<f32>() < 1.0 / (1.0 + (-logit).exp()));
                (steer, pressed)
            }
        };
        let [accelerate, brake, drift, item] = pressed;
        DrivingAction {
            accelerate,
            brake,
            drift,
            item,
            steer,
        }
    }

    /// Puts an action before the earlier ones.
    fn remember(&mut self, action: DrivingAction) {
        let end = self.input.len() - 1;
        let start = end - self.card.config.previous_actions * ACTION_WIDTH;
        let actions = &mut self.input[start..end];
        if let Some(kept) = actions.len().checked_sub(ACTION_WIDTH) {
            actions.copy_within(..kept, ACTION_WIDTH);
            actions[..ACTION_WIDTH].copy_from_slice(&encode(action));
        }
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

/// The direction whose interval of the cumulative probability contains `random`, 0 to 1.
fn sample_steer(steers: [(Steer, f32); 3], random: f32) -> Steer {
    let highest = steers
        .iter()
        .fold(f32::MIN, |highest, (_, logit)| highest.max(*logit));
    let weights = steers.map(|(_, logit)| (logit - highest).exp());
    let mut left = random * weights.iter().sum::<f32>();
    for ((steer, _), weight) in steers.into_iter().zip(weights) {
        left -= weight;
        if left < 0.0 {
            return steer;
        }
    }
    steers[2].0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bc::{Config, FileReference, Heads, Normalisation, Preparation};
    use crate::dataset::{Column, DType};

    fn policy() -> Policy {
        let even = |classes| vec![1.0; classes];
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
            class_weights: Heads {
                steer: even(3),
                accelerate: even(2),
                brake: even(2),
                drift: even(2),
                item: even(2),
            },
            movies: Vec::new(),
        };
        let file = FileReference {
            file: String::new(),
            sha256: String::new(),
        };
        let card = Card::new(&preparation, Vec::new(), 0, file.clone(), file, 0);
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let network = Network::random(&card.config, 2, tch::Device::Cpu, &mut random);
        Policy::with_network(card, network)
    }

    #[test]
    fn the_input_is_laid_out_as_in_training() {
        let mut policy = policy();
        let [first, second] = [7, 38].map(|index| DrivingAction::from_index(index).expect("valid"));
        policy.observe(&[3.0, 5.0]).expect("two numbers");
        let nothing = [0.0; 2 * ACTION_WIDTH];
        assert_eq!(
            policy.input,
            [&[1.0, 5.0, 1.0, 5.0, 1.0, 5.0][..], &nothing, &[1.0]].concat()
        );
        policy.remember(first);
        policy.observe(&[5.0, 6.0]).expect("two numbers");
        policy.remember(second);
        policy.observe(&[7.0, 7.0]).expect("two numbers");
        let seen = [3.0, 7.0, 2.0, 6.0, 1.0, 5.0];
        let expected = [&seen[..], &encode(second), &encode(first), &[1.0]].concat();
        assert_eq!(policy.input, expected);
    }

    #[test]
    fn steering_is_drawn_by_its_probabilities() {
        let steers = [
            (Steer::Left, 0.0),
            (Steer::Straight, 3f32.ln()),
            (Steer::Right, f32::MIN),
        ];
        let drawn = |random| sample_steer(steers, random);
        assert_eq!((drawn(0.0), drawn(0.24)), (Steer::Left, Steer::Left));
        assert_eq!(
            (drawn(0.26), drawn(0.99)),
            (Steer::Straight, Steer::Straight)
        );
    }
}
