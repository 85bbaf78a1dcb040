//! Loss, class weights, and the accuracy of each head.

use serde::{Deserialize, Serialize};
use tch::{Kind, Reduction, Tensor};

use super::Config;
use super::frames::{FrameList, Labels};
use super::heads::{Heads, Kind as HeadKind, PerHead};

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

/// The weight of each class in the loss, computed on the training movies. A class that they do not have has the weight
/// 0: it can't be learnt, and frames of it must not influence which epoch is best.
pub(crate) type ClassWeights = PerHead<Vec<f64>>;

/// The inverse frequencies of the classes, tempered and limited as `config` says.
pub(super) fn class_weights(list: &FrameList, heads: &Heads, config: &Config) -> ClassWeights {
    heads.per_choice(|head| {
        let low = match head.kind {
            HeadKind::Classes { low, .. } => low,
            HeadKind::Flag | HeadKind::Number { .. } => 0,
        };
        let mut counts = vec![0.0; head.classes()];
        for action in list.actions.chunks_exact(heads.width()) {
            counts[(action[head.number] as i64 - low) as usize] += 1.0;
        }
        let even = counts.iter().sum::<f64>() / counts.len() as f64;
        let limit = config.class_weight_limit;
        let weight = |count: f64| match count {
            0.0 => 0.0,
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
    /// `[outputs]`
    shifts: Tensor,
}

impl Loss {
    pub(super) fn new(weights: &ClassWeights, heads: &Heads, device: tch::Device) -> Self {
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
            shifts: Tensor::from_slice(&logit_shifts(weights, heads)).to_device(device),
            heads: heads.clone(),
        }
    }

    /// The outputs that decisions are made on, see [`logit_shifts`].
    pub(super) fn unshifted(&self, outputs: &Tensor) -> Tensor {
        outputs - &self.shifts
    }

    /// The summed loss of the frames that `counted` `[n]` marks with 1: for each head that chooses its cross-entropy,
    /// times the weight of the frame's class, and for each that decides a number its squared distance.
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
            let distance = &outputs.numbers - &labels.numbers;
            distance.square().sum_dim_intlist(1, false, Kind::Float)
        });
        let each = choices
            .chain(flags)
            .chain(numbers)
            .reduce(|sum, loss| sum + loss);
        // There is always a head.
        each.map_or_else(Tensor::new, |each| (each * counted).sum(Kind::Float))
    }
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

            let distance = (&outputs.numbers - &labels.numbers).abs();
            let distance = distance.to_kind(Kind::Double) * counted.unsqueeze(1);
            self.numbers += distance.sum_dim_intlist(0, false, Kind::Double);
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
        Ok(SplitMetrics {
            loss: self.loss.double_value(&[0]) / frames,
            heads: heads.into_iter().collect(),
            distances: numbers
                .map(|((head, ..), distance)| (head.name.clone(), distance / frames))
                .collect(),
        })
    }
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
        let loss = Loss::new(&weights, &heads(), Device::Cpu).sum(&logits, &labels, &counted);
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
        let even = heads().per_choice(|head| vec![1.0; head.classes()]);
        let loss = Loss::new(&even, &heads(), Device::Cpu).sum(&logits, &labels, &counted);
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
        let frames = super::super::frames::Frames::new(&list, &normalisation, Device::Cpu);
        let rows = Tensor::from_slice(&[0i64, 1, 2]);
        let labels = frames.expect("room").labels(&rows, &heads);
        // Certain of every gear; the stick is decided as 40, 0, 80.
        let outputs = Tensor::from_slice(&[
            50f32, -50.0, 0.5, //
            -50.0, 50.0, 0.0, //
            50.0, -50.0, 1.0,
        ])
        .view([3, 3]);
        let counted = Tensor::from_slice(&[1f32, 1.0, 0.0]);
        let weights = heads.per_choice(|head| vec![1.0; head.classes()]);
        let loss = Loss::new(&weights, &heads, Device::Cpu).sum(&outputs, &labels, &counted);
        let mut tally = Tally::new(&heads, Device::Cpu);
        tally.add(&loss, &outputs, &labels, &counted);
        let metrics = tally.finish().expect("floats");
        assert_eq!(metrics.heads["gear"].accuracy, 1.0);
        assert_eq!(metrics.distances["stick"], 0.5);
        assert!((metrics.loss - 0.5).abs() < 1e-6, "{}", metrics.loss);
    }
}
