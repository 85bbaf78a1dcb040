//! Loss, class weights, and the accuracy of each head.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use tch::{Kind, Reduction, Tensor};

use super::frames::{FrameList, Labels};
use super::heads::{Heads, Kind as HeadKind, MAGNITUDES, PerHead};
use super::{Config, NumberLoss};
use crate::pad;
use crate::statistics::BINS;

/// The confusion matrix of a head, and the figures that follow from it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Confusion {
    /// Frames by true class, then by decided class.
    pub counts: Vec<Vec<u64>>,
    /// Fraction of the frames decided right.
    pub accuracy: f64,
    /// Mean over the classes that occur of the fraction decided right: 1 / classes for a head
    /// with a constant decision.
    pub balanced_accuracy: f64,
}

impl Confusion {
    fn new(counts: Vec<Vec<u64>>) -> Self {
        let right = |class: usize| counts[class][class] as f64;
        let all = |class: usize| counts[class].iter().sum::<u64>() as f64;
        let occurring: Vec<usize> = (0..counts.len())
            .filter(|class| all(*class) > 0.0)
            .collect();
        let frames: f64 = occurring.iter().map(|class| all(*class)).sum();
        let recalls: f64 = occurring
            .iter()
            .map(|class| right(*class) / all(*class))
            .sum();
        Self {
            accuracy: occurring.iter().map(|class| right(*class)).sum::<f64>() / frames.max(1.0),
            balanced_accuracy: recalls / occurring.len().max(1) as f64,
            counts,
        }
    }
}

/// The figures of one side of the split in one epoch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SplitMetrics {
    /// Mean loss of a frame, all heads together, classes weighted.
    pub loss: f64,
    /// The decisions of each head that chooses among classes.
    pub heads: PerHead<Confusion>,
    /// The mean distance from the recorded number for each head that decides a number, in halves of its bounds' distance.
    #[serde(default, skip_serializing_if = "PerHead::is_empty")]
    pub distances: PerHead<f64>,
    /// How often which numbers were recorded and decided, for each head that decides a number.
    #[serde(default, skip_serializing_if = "PerHead::is_empty")]
    pub numbers: PerHead<Decisions>,
}

/// How often a head's decisions are in the data, and how often the model made them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decisions {
    /// Frames by what was recorded: by class, or for a number by [`BINS`](crate::statistics::BINS) bins from its lower
    /// bound to its upper one.
    pub recorded: Vec<u64>,
    /// The same frames by what the model decided.
    pub decided: Vec<u64>,
}

impl Decisions {
    /// The shares of the frames in some bins: recorded, and decided.
    pub fn shares(&self, bins: Range<usize>) -> [f64; 2] {
        [&self.recorded, &self.decided].map(|counts| {
            let all = counts.iter().sum::<u64>().max(1);
            counts[bins.clone()].iter().sum::<u64>() as f64 / all as f64
        })
    }

    /// The shares of the straight frames, where these steer.
    fn straight(&self) -> [f64; 2] {
        let middle = self.recorded.len() / 2;
        self.shares(middle..middle + 1)
    }

    /// The shares of the frames in which a button is held: the second class, or the numbers from one half on.
    fn held(&self) -> [f64; 2] {
        let bins = self.recorded.len();
        self.shares((3 * bins / 4)..bins)
    }
}

impl From<&Confusion> for Decisions {
    fn from(Confusion { counts, .. }: &Confusion) -> Self {
        let decided = |class: usize| counts.iter().map(|row| row[class]).sum();
        Self {
            recorded: counts.iter().map(|row| row.iter().sum()).collect(),
            decided: (0..counts.len()).map(decided).collect(),
        }
    }
}

/// The share of straight frames from which a model (nearly) always drives straight, and up to which its data does not.
const ALWAYS: f64 = 0.98;
const OFTEN: f64 = 0.9;

impl SplitMetrics {
    /// What the model decides beside what was recorded, for each head. Heads that decide numbers come first.
    pub fn decisions(&self) -> PerHead<Decisions> {
        let name = |name: &str| name.to_owned();
        let numbers = self.numbers.iter();
        let numbers = numbers.map(|(head, decisions)| (name(head), decisions.clone()));
        let choices = self.heads.iter();
        let choices = choices.map(|(head, confusion)| (name(head), confusion.into()));
        numbers.chain(choices).collect()
    }

    /// The decisions of the head that steers, from left to right with straight in the middle; `None` without such a head.
    pub fn steering(&self) -> Option<Decisions> {
        let decisions = self.decisions();
        let head = pad::STEERING
            .into_iter()
            .find_map(|name| decisions.get(name));
        head.cloned()
    }

    /// The shares of the frames in which each button is held, recorded and decided, by the heads' names.
    pub fn held(&self) -> PerHead<[f64; 2]> {
        let decisions = self.decisions();
        let buttons = decisions
            .iter()
            .filter(|(name, _)| !pad::STEERING.contains(name));
        buttons
            .map(|(name, decisions)| (name.to_owned(), decisions.held()))
            .collect()
    }

    /// Whether the model drives straight (nearly) always while the recorded drivers did not: such a model leaves the road
    /// in the first bend.
    pub fn is_always_straight(&self) -> bool {
        self.steering().is_some_and(|steering| {
            let [recorded, decided] = steering.straight();
            decided >= ALWAYS && recorded <= OFTEN
        })
    }
}

/// The figures of one epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Counted from 1.
    pub epoch: u32,
    /// Of the training movies, during the epoch.
    pub train: SplitMetrics,
    /// Of the validation movies at the epoch's end; `None` when there are none.
    pub validation: Option<SplitMetrics>,
}

impl Epoch {
    /// The loss by which the best epoch is chosen.
    pub fn decisive_loss(&self) -> f64 {
        self.validation.as_ref().unwrap_or(&self.train).loss
    }
}

/// The weight of each class in the loss, and of each bin of a number's magnitude (of curves, where the number steers),
/// computed on the training movies. A class that they do not have has the weight
/// 0: it can't be learnt, and frames of it must not influence which epoch is best.
pub(crate) type ClassWeights = PerHead<Vec<f64>>;

/// The inverse frequencies of the classes and bins, tempered and limited as `config` says.
pub(super) fn class_weights(list: &FrameList, heads: &Heads, config: &Config) -> ClassWeights {
    heads.per_head(|head| {
        let mut counts = vec![0.0; head.weights()];
        // The first number is the steering, of which a share of the samples is mirrored.
        let mirrored = if head.number == 0 {
            config.mirror()
        } else {
            0.0
        };
        for action in list.actions.chunks_exact(heads.width()) {
            let number = action[head.number];
            counts[head.weight_of(number)] += 1.0 - mirrored;
            if mirrored > 0.0 {
                counts[head.weight_of(-number)] += mirrored;
            }
        }
        let shared_by = match head.kind {
            HeadKind::Classes { .. } | HeadKind::Flag => counts.len(),
            // Most bins may be empty: a directional pad pushes a stick all the way or not at all.
            HeadKind::Number { .. } => counts.iter().filter(|count| **count > 0.0).count(),
        };
        let even = counts.iter().sum::<f64>() / shared_by as f64;
        let limit = config.class_weight_limit;
        let weight = |count: f64| match (count, head.kind) {
            // Between two magnitudes that are learnt, one that is not recorded is decided well too.
            (0.0, HeadKind::Number { .. }) => 1.0,
            (0.0, _) => 0.0,
            _ => (even / count)
                .powf(config.class_balance)
                .clamp(1.0 / limit, limit),
        };
        counts.into_iter().map(weight).collect()
    })
}

/// The shift of the logits of a network that was trained with class weights, for each output. Such a network predicts the
/// probabilities of data in which each class is more frequent by its weight. Decisions are made on the logits less the
/// shifts, which restores the real frequencies. The weights still direct the network's capacity to rare classes, but an
/// unlikely rare class is no longer chosen: a driver that brakes whenever braking is merely possible is slow.
pub(crate) fn logit_shifts(weights: &ClassWeights, heads: &Heads) -> Vec<f32> {
    // A class of weight 0 had no frames in training, so that its logit was not shifted.
    let shift = |weight: f64| if weight > 0.0 { weight.ln() } else { 0.0 };
    let mut shifts = Vec::with_capacity(heads.outputs());
    for head in heads.iter() {
        match head.kind {
            HeadKind::Classes { .. } => {
                let weights = weights[head.name.as_str()].iter();
                shifts.extend(weights.map(|weight| shift(*weight) as f32));
            }
            HeadKind::Flag => {
                let weights = &weights[head.name.as_str()];
                shifts.push((shift(weights[1]) - shift(weights[0])) as f32);
            }
            HeadKind::Number { .. } => shifts.push(0.0),
        }
    }
    shifts
}

/// The outputs of the network's heads for some frames, by their kind.
struct Outputs {
    /// `[frames, classes]` each.
    choices: Vec<Tensor>,
    /// `[frames, flags]`
    flags: Tensor,
    /// `[frames, numbers]`
    numbers: Tensor,
}

impl Outputs {
    /// Splits outputs `[frames, outputs]`.
    fn split(outputs: &Tensor, heads: &Heads) -> Self {
        let part = |first: usize, count: usize| outputs.narrow(1, first as i64, count as i64);
        let choices: Vec<Tensor> = heads
            .choices()
            .map(|(head, _)| part(head.output, head.outputs()))
            .collect();
        let (flags, numbers) = (heads.flags().count(), heads.numbers().count());
        let first_number = heads.outputs() - numbers;
        Self {
            choices,
            flags: part(first_number - flags, flags),
            numbers: part(first_number, numbers),
        }
    }
}

/// The loss, with the class weights on the device.
#[derive(Debug)]
pub(super) struct Loss {
    heads: Heads,
    /// `[classes]` for each head that chooses.
    choices: Vec<Tensor>,
    /// `[flags]` each: the weight of a 0 and of a 1.
    zeros: Tensor,
    ones: Tensor,
    /// `[numbers, magnitudes]`
    magnitudes: Tensor,
    numbers: NumberLoss,
    /// `[outputs]`
    shifts: Tensor,
}

impl Loss {
    pub(super) fn new(
        weights: &ClassWeights,
        heads: &Heads,
        numbers: NumberLoss,
        device: tch::Device,
    ) -> Self {
        let tensor = |values: Vec<f64>| {
            Tensor::from_slice(&values)
                .to_kind(Kind::Float)
                .to_device(device)
        };
        let flags = |class: usize| {
            heads
                .flags()
                .map(move |head| weights[head.name.as_str()][class])
        };
        Self {
            choices: heads
                .choices()
                .map(|(head, _)| tensor(weights[head.name.as_str()].clone()))
                .collect(),
            zeros: tensor(flags(0).collect()),
            ones: tensor(flags(1).collect()),
            magnitudes: tensor(
                heads
                    .numbers()
                    .flat_map(|(head, ..)| weights[head.name.as_str()].clone())
                    .collect(),
            )
            .view([-1, MAGNITUDES as i64]),
            numbers,
            shifts: Tensor::from_slice(&logit_shifts(weights, heads)).to_device(device),
            heads: heads.clone(),
        }
    }

    /// The outputs that decisions are made on, see [`logit_shifts`].
    pub(super) fn unshifted(&self, outputs: &Tensor) -> Tensor {
        outputs - &self.shifts
    }

    /// The summed loss of the frames that `counted` `[n]` marks with 1: for each head that chooses its cross-entropy,
    /// times the weight of the frame's class; for all that decide numbers the [`NumberLoss`], each squared difference times
    /// the weight of the number's magnitude.
    pub(super) fn sum(&self, outputs: &Tensor, labels: &Labels, counted: &Tensor) -> Tensor {
        let outputs = Outputs::split(outputs, &self.heads);
        let choices = outputs.choices.iter().zip(&labels.classes);
        let choices = choices
            .zip(&self.choices)
            .map(|((logits, class), weights)| {
                let loss = logits.cross_entropy_loss(
                    class,
                    None::<&Tensor>,
                    Reduction::None,
                    -100, // no class is left out
                    0.0,
                );
                loss * weights.index_select(0, class)
            });
        let flags = (outputs.flags.size()[1] > 0).then(|| {
            let weight = &labels.flags * (&self.ones - &self.zeros) + &self.zeros;
            let loss = outputs.flags.binary_cross_entropy_with_logits(
                &labels.flags,
                Some(&weight),
                None::<&Tensor>,
                Reduction::None,
            );
            loss.sum_dim_intlist(1, false, Kind::Float)
        });
        let numbers = (outputs.numbers.size()[1] > 0).then(|| {
            let magnitude = bins(&labels.numbers.abs(), MAGNITUDES as i64 - 1);
            let weights = self.magnitudes.gather(1, &magnitude.tr(), false).tr();
            let squares = (&outputs.numbers - &labels.numbers).square() * weights;
            let sum = squares.sum_dim_intlist(1, false, Kind::Float);
            match self.numbers {
                NumberLoss::Squared => sum,
                // The root has no slope at 0.
                NumberLoss::Distance => (sum + 1e-12).sqrt(),
            }
        });
        let each = choices
            .chain(flags)
            .chain(numbers)
            .reduce(|sum, loss| sum + loss);
        // There is always a head.
        each.map_or_else(Tensor::new, |each| (each * counted).sum(Kind::Float))
    }
}

/// The bins of numbers from 0 to 1, of which the last is `last`. Numbers beyond are in the outermost.
fn bins(numbers: &Tensor, last: i64) -> Tensor {
    let places = numbers.clamp(0.0, 1.0) * last as f64;
    places.round().to_kind(Kind::Int64)
}

/// Sums over the batches of an epoch, on the device until the end.
#[derive(Debug)]
pub(super) struct Tally {
    heads: Heads,
    loss: Tensor,
    frames: Tensor,
    /// `[classes * classes]` for each head that chooses, true class major.
    choices: Vec<Tensor>,
    /// `[flags * 2 * 2]`, head major, then true class.
    flags: Tensor,
    /// `[numbers]`, summed distances.
    numbers: Tensor,
    /// `[numbers * bins]` each, head major.
    recorded: Tensor,
    decided: Tensor,
}

impl Tally {
    pub(super) fn new(heads: &Heads, device: tch::Device) -> Self {
        let zeros = |count: usize| Tensor::zeros([count as i64], (Kind::Double, device));
        Self {
            loss: zeros(1),
            frames: zeros(1),
            choices: heads
                .choices()
                .map(|(head, _)| zeros(head.classes() * head.classes()))
                .collect(),
            flags: zeros(heads.flags().count() * 4),
            numbers: zeros(heads.numbers().count()),
            recorded: zeros(heads.numbers().count() * BINS),
            decided: zeros(heads.numbers().count() * BINS),
            heads: heads.clone(),
        }
    }

    /// Adds a batch: its summed loss, and its decisions where `counted` is 1.
    pub(super) fn add(
        &mut self,
        loss: &Tensor,
        outputs: &Tensor,
        labels: &Labels,
        counted: &Tensor,
    ) {
        tch::no_grad(|| {
            let counted = counted.to_kind(Kind::Double);
            self.loss += loss.detach();
            self.frames += counted.sum(Kind::Double);

            let outputs = Outputs::split(outputs, &self.heads);
            let choices = outputs.choices.iter().zip(&labels.classes);
            for (tally, (logits, class)) in self.choices.iter_mut().zip(choices) {
                let classes = logits.size()[1];
                let cell = class * classes + logits.argmax(1, false);
                *tally += cell.bincount(Some(&counted), classes * classes);
            }

            let decided = outputs.flags.gt(0.0).to_kind(Kind::Int64);
            let flags = decided.size()[1];
            let head = Tensor::arange(flags, (Kind::Int64, decided.device())) * 4;
            let cell = labels.flags.to_kind(Kind::Int64) * 2 + decided + head;
            let each = counted.unsqueeze(1).expand_as(&cell).flatten(0, -1);
            self.flags += cell.flatten(0, -1).bincount(Some(&each), flags * 4);

            // What is decided stays within the bounds.
            let decided = outputs.numbers.clamp(-1.0, 1.0);
            let distance = (decided - &labels.numbers).abs();
            let distance = distance.to_kind(Kind::Double) * counted.unsqueeze(1);
            self.numbers += distance.sum_dim_intlist(0, false, Kind::Double);
            self.recorded += histograms(&labels.numbers, &counted);
            self.decided += histograms(&outputs.numbers, &counted);
        });
    }

    pub(super) fn finish(&self) -> Result<SplitMetrics, tch::TchError> {
        let confusion = |cells: &[f64], classes: usize| {
            let row = |row: &[f64]| row.iter().map(|count| *count as u64).collect();
            Confusion::new(cells.chunks_exact(classes).map(row).collect())
        };
        let frames = self.frames.double_value(&[0]).max(1.0);
        let mut heads = Vec::new();
        for ((head, _), cells) in self.heads.choices().zip(&self.choices) {
            let cells = Vec::<f64>::try_from(cells)?;
            heads.push((head.name.clone(), confusion(&cells, head.classes())));
        }
        let flags = Vec::<f64>::try_from(&self.flags)?;
        for (head, cells) in self.heads.flags().zip(flags.chunks_exact(4)) {
            heads.push((head.name.clone(), confusion(cells, 2)));
        }
        let numbers = Vec::<f64>::try_from(&self.numbers)?;
        let numbers = self.heads.numbers().zip(numbers);
        let recorded = Vec::<f64>::try_from(&self.recorded)?;
        let decided = Vec::<f64>::try_from(&self.decided)?;
        let counts = |frames: &[f64]| frames.iter().map(|count| *count as u64).collect();
        let decisions = recorded.chunks_exact(BINS).zip(decided.chunks_exact(BINS));
        let decisions = decisions.map(|(recorded, decided)| Decisions {
            recorded: counts(recorded),
            decided: counts(decided),
        });
        let decisions = self.heads.numbers().zip(decisions);
        Ok(SplitMetrics {
            loss: self.loss.double_value(&[0]) / frames,
            heads: heads.into_iter().collect(),
            distances: numbers
                .map(|((head, ..), distance)| (head.name.clone(), distance / frames))
                .collect(),
            numbers: decisions
                .map(|((head, ..), decisions)| (head.name.clone(), decisions))
                .collect(),
        })
    }
}

/// How many of `numbers` `[frames, numbers]` fall in which bin: `[numbers * bins]`, head major.
fn histograms(numbers: &Tensor, counted: &Tensor) -> Tensor {
    let count = numbers.size()[1];
    let head = Tensor::arange(count, (Kind::Int64, numbers.device())) * BINS as i64;
    let cell = bins(&((numbers + 1.0) / 2.0), BINS as i64 - 1) + head;
    let each = counted.unsqueeze(1).expand_as(&cell).flatten(0, -1);
    let all = cell.flatten(0, -1);
    all.bincount(Some(&each), count * BINS as i64)
}

#[cfg(test)]
mod tests {
    use env_core::columns::{Column, DType};
    use env_kart::action::{DrivingAction, Steer};
    use tch::Device;

    use super::*;
    use crate::action;

    fn heads() -> Heads {
        Heads::new(&action::columns()).expect("decidable")
    }

    /// Frames without observations.
    fn list(actions: &[DrivingAction]) -> FrameList {
        let numbers: Vec<f32> = actions.iter().copied().flat_map(action::encode).collect();
        let mut list = FrameList::default();
        list.push_sequence(&[], &numbers, actions.len());
        list
    }

    #[test]
    fn rare_classes_weigh_more_within_limits() {
        let throttle = DrivingAction {
            accelerate: true,
            ..Default::default()
        };
        let mut actions = vec![throttle; 100];
        actions[0].steer = Steer::Left;
        actions[1..17].fill(DrivingAction {
            steer: Steer::Right,
            ..Default::default()
        });
        let list = list(&actions);
        let config = Config {
            class_balance: 1.0,
            class_weight_limit: 4.0,
            ..Config::default()
        };
        let weights = class_weights(&list, &heads(), &config);
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");
        close(weights["steer"][0], 4.0); // 33 without the limit
        close(weights["steer"][1], 100.0 / 3.0 / 83.0);
        close(weights["steer"][2], 100.0 / 3.0 / 16.0);
        close(weights["accelerate"][0], 50.0 / 16.0);
        close(weights["accelerate"][1], 50.0 / 84.0);
        assert_eq!(weights["item"], [0.5, 0.0]);

        let tempered = class_weights(
            &list,
            &heads(),
            &Config {
                class_balance: 0.5,
                ..config
            },
        );
        close(tempered["steer"][2], (100.0 / 3.0 / 16.0f64).sqrt());
        let flat = class_weights(
            &list,
            &heads(),
            &Config {
                class_balance: 0.0,
                ..config
            },
        );
        assert_eq!(flat["steer"], [1.0; 3]);
    }

    #[test]
    fn decisions_are_for_the_world_as_it_is() {
        let mut actions = vec![DrivingAction::default(); 100];
        actions[..30].fill(DrivingAction {
            drift: true,
            ..Default::default()
        });
        let config = Config {
            class_balance: 1.0,
            ..Config::default()
        };
        let weights = class_weights(&list(&actions), &heads(), &config);
        let shifts = logit_shifts(&weights, &heads());
        // With full balance and no information in its input, the network outputs one half; less the shift
        // that is the frequency again.
        let drift = 1.0 / (1.0 + shifts[5].exp());
        assert!((drift - 0.3).abs() < 1e-6, "{drift}");
    }

    #[test]
    fn a_class_that_was_not_trained_on_adds_no_loss() {
        let list = list(&[DrivingAction::default(); 10]);
        let weights = class_weights(&list, &heads(), &Config::default());
        assert!(
            logit_shifts(&weights, &heads())
                .iter()
                .all(|shift| shift.is_finite())
        );
        // Straight on with nothing pressed, as trained, and left with the brake, both taken for certainly straight.
        let logits = Tensor::from_slice(&[
            0.0f32, 50.0, 0.0, -50.0, -50.0, -50.0, -50.0, //
            0.0, 50.0, 0.0, -50.0, -50.0, -50.0, -50.0,
        ])
        .view([2, 7]);
        let labels = Labels {
            classes: vec![Tensor::from_slice(&[1i64, 0])],
            flags: Tensor::from_slice(&[0f32, 0., 0., 0., 0., 1., 0., 0.]).view([2, 4]),
            numbers: Tensor::zeros([2, 0], (Kind::Float, Device::Cpu)),
        };
        let counted = Tensor::from_slice(&[1f32, 1.0]);
        let loss = Loss::new(&weights, &heads(), NumberLoss::Squared, Device::Cpu)
            .sum(&logits, &labels, &counted);
        assert!(loss.double_value(&[]) < 1e-6, "{loss:?}");
    }

    #[test]
    fn balanced_accuracy_is_not_fooled_by_a_common_class() {
        let confusion = Confusion::new(vec![vec![0, 10, 0], vec![0, 90, 0], vec![0, 0, 0]]);
        assert_eq!(confusion.accuracy, 0.9);
        assert_eq!(confusion.balanced_accuracy, 0.5);
    }

    #[test]
    fn a_tally_counts_each_head_and_leaves_out_padding() {
        // Frame 0: left, taken for right. Frame 1: straight with A, both right. Frame 2: padding.
        let logits = Tensor::from_slice(&[
            0.0f32, 1.0, 2.0, -1.0, -1.0, -1.0, 1.0, //
            0.0, 9.0, 0.0, 5.0, -5.0, -5.0, -5.0, //
            9.0, 0.0, 0.0, 9.0, 9.0, 9.0, 9.0,
        ])
        .view([3, 7]);
        let labels = Labels {
            classes: vec![Tensor::from_slice(&[0i64, 1, 1])],
            flags: Tensor::from_slice(&[0f32, 0., 0., 0., 1., 0., 0., 0., 0., 0., 0., 0.])
                .view([3, 4]),
            numbers: Tensor::zeros([3, 0], (Kind::Float, Device::Cpu)),
        };
        let counted = Tensor::from_slice(&[1f32, 1.0, 0.0]);
        let even = heads().per_head(|head| vec![1.0; head.weights()]);
        let loss = Loss::new(&even, &heads(), NumberLoss::Squared, Device::Cpu)
            .sum(&logits, &labels, &counted);
        let mut tally = Tally::new(&heads(), Device::Cpu);
        tally.add(&loss, &logits, &labels, &counted);
        let metrics = tally.finish().expect("floats");
        let counts = |confusion: &Confusion| confusion.counts.clone();
        assert_eq!(
            counts(&metrics.heads["steer"]),
            [[0, 0, 1], [0, 1, 0], [0, 0, 0]]
        );
        assert_eq!(counts(&metrics.heads["accelerate"]), [[1, 0], [0, 1]]);
        assert_eq!(counts(&metrics.heads["item"]), [[1, 1], [0, 0]]);

        let soft = |logit: f64| (1.0 + logit.exp()).ln();
        let steer = (1f64 + 1f64.exp() + 2f64.exp()).ln() + (1.0 + 2.0 * (-9f64).exp()).ln();
        let buttons = 3.0 * soft(-1.0) + soft(1.0) + 4.0 * soft(-5.0);
        assert!(
            (metrics.loss - (steer + buttons) / 2.0).abs() < 1e-5,
            "{}",
            metrics.loss
        );
    }

    #[test]
    fn a_number_is_measured_by_its_distance_in_halves_of_its_bounds() {
        let stick = Column::float("stick", "", (-80.0, 80.0), "");
        let gear = Column::new("gear", DType::U8).between(1.0, 2.0);
        let heads = Heads::new(&[stick, gear]).expect("decidable");
        let mut list = FrameList::default();
        list.push_sequence(&[0.0; 3], &[40.0, 1.0, -80.0, 2.0, 0.0, 1.0], 3);
        let normalisation = super::super::Normalisation {
            mean: vec![0.0],
            deviation: vec![1.0],
        };
        let frames = super::super::frames::Frames::new(list, &normalisation, Device::Cpu);
        let rows = Tensor::from_slice(&[0i64, 1, 2]);
        let sides = Tensor::ones([3], (Kind::Float, Device::Cpu));
        let labels = frames.expect("room").labels(&rows, &sides, &heads);
        // Certain of every gear; the stick is decided as 40, 0, 80.
        let outputs = Tensor::from_slice(&[
            50f32, -50.0, 0.5, //
            -50.0, 50.0, 0.0, //
            50.0, -50.0, 1.0,
        ])
        .view([3, 3]);
        let counted = Tensor::from_slice(&[1f32, 1.0, 0.0]);
        let weights = heads.per_head(|head| vec![1.0; head.weights()]);
        let loss = Loss::new(&weights, &heads, NumberLoss::Squared, Device::Cpu)
            .sum(&outputs, &labels, &counted);
        let mut tally = Tally::new(&heads, Device::Cpu);
        tally.add(&loss, &outputs, &labels, &counted);
        let metrics = tally.finish().expect("floats");
        assert_eq!(metrics.heads["gear"].accuracy, 1.0);
        assert_eq!(metrics.distances["stick"], 0.5);
        let mut counts = [vec![0; BINS], vec![0; BINS]];
        // Recorded: 40 and -80, of 17 bins from -80 to 80. Decided: 40 and 0.
        (counts[0][12], counts[0][0]) = (1, 1);
        (counts[1][12], counts[1][8]) = (1, 1);
        let [recorded, decided] = counts;
        assert_eq!(metrics.numbers["stick"], Decisions { recorded, decided });
        assert!((metrics.loss - 0.5).abs() < 1e-6, "{}", metrics.loss);
    }

    #[test]
    fn rare_magnitudes_of_a_number_weigh_more() {
        let stick = Column::float("stick_x", "", (-80.0, 80.0), "");
        let heads = Heads::new(&[stick]).expect("decidable");
        let mut list = FrameList::default();
        // Nine in ten straight on, the others in bends to both sides.
        let sticks: Vec<f32> = (0..100)
            .map(|row| match row {
                0..5 => -80.0,
                5..10 => 80.0,
                _ => 0.0,
            })
            .collect();
        list.push_sequence(&[], &sticks, sticks.len());
        let config = Config {
            class_balance: 1.0,
            ..Config::default()
        };
        let weights = class_weights(&list, &heads, &config);
        let bends = 50.0 / 10.0_f64;
        let expected = [50.0 / 90.0, bends.min(config.class_weight_limit)];
        assert_eq!([weights["stick_x"][0], weights["stick_x"][8]], expected);

        // Equally far from a straight frame and from one in a bend.
        let labels = Labels {
            classes: Vec::new(),
            flags: Tensor::zeros([2, 0], (Kind::Float, Device::Cpu)),
            numbers: Tensor::from_slice(&[0f32, -1.0]).view([2, 1]),
        };
        let outputs = Tensor::from_slice(&[0.5f32, -0.5]).view([2, 1]);
        let losses = |kind: NumberLoss| {
            let loss = Loss::new(&weights, &heads, kind, Device::Cpu);
            [[1f32, 0.0], [0.0, 1.0]].map(|counted| {
                let sum = loss.sum(&outputs, &labels, &Tensor::from_slice(&counted));
                sum.double_value(&[])
            })
        };
        let squared = expected.map(|weight| 0.25 * weight);
        let close = |found: [f64; 2], expected: [f64; 2]| {
            let apart = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
            assert!(apart.fold(0.0, f64::max) < 1e-5, "{found:?}, {expected:?}");
        };
        close(losses(NumberLoss::Squared), squared);
        close(losses(NumberLoss::Distance), squared.map(f64::sqrt));
    }

    #[test]
    fn a_model_that_never_steers_is_seen() {
        let decisions = |recorded: [u64; 3], decided: [u64; 3]| SplitMetrics {
            numbers: [(
                "stick_x".to_owned(),
                Decisions {
                    recorded: recorded.into(),
                    decided: decided.into(),
                },
            )]
            .into_iter()
            .collect(),
            ..SplitMetrics::default()
        };
        let is_straight = |recorded, decided| decisions(recorded, decided).is_always_straight();
        assert!(is_straight([20, 60, 20], [0, 100, 0]));
        assert!(is_straight([20, 60, 20], [1, 99, 0]));
        assert!(!is_straight([20, 60, 20], [10, 80, 10]));
        assert!(!is_straight([2, 97, 1], [0, 100, 0]), "as its data");
        assert!(!SplitMetrics::default().is_always_straight());
        let classes = SplitMetrics {
            heads: [
                ("steer", vec![vec![0, 5, 0], vec![0, 9, 0], vec![0, 6, 0]]),
                ("A", vec![vec![1, 4], vec![0, 15]]),
            ]
            .map(|(name, counts)| (name.to_owned(), Confusion::new(counts)))
            .into_iter()
            .collect(),
            ..SplitMetrics::default()
        };
        assert!(classes.is_always_straight());
        assert_eq!(classes.held()["A"], [0.75, 0.95]);
        assert_eq!(classes.held().get("steer"), None);
    }
}
