//! Loss, class weights, and the accuracy of each head.

use serde::{Deserialize, Serialize};
use tch::{Kind, Reduction, Tensor};

use super::Config;
use super::frames::{FrameList, Labels};
use super::{ACTION_WIDTH, LOGITS};

const STEER: i64 = 3;
const BUTTONS: i64 = ACTION_WIDTH as i64 - 1;

/// One value for each head of the network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Heads<T> {
    /// Classes left, straight, right.
    pub steer: T,
    /// Classes released, pressed; the same for the following heads.
    pub accelerate: T,
    /// The brake.
    pub brake: T,
    /// The drift button.
    pub drift: T,
    /// The item button.
    pub item: T,
}

impl<T> Heads<T> {
    /// The heads by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &T)> {
        [
            ("steer", &self.steer),
            ("accelerate", &self.accelerate),
            ("brake", &self.brake),
            ("drift", &self.drift),
            ("item", &self.item),
        ]
        .into_iter()
    }
}

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
    /// Each head's decisions.
    pub heads: Heads<Confusion>,
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
pub(crate) type ClassWeights = Heads<Vec<f64>>;

/// The inverse frequencies of the classes, tempered and limited as `config` says.
pub(super) fn class_weights(list: &FrameList, config: &Config) -> ClassWeights {
    let mut counts: ClassWeights = Heads {
        steer: vec![0.0; 3],
        accelerate: vec![0.0; 2],
        brake: vec![0.0; 2],
        drift: vec![0.0; 2],
        item: vec![0.0; 2],
    };
    for action in &list.actions {
        counts.steer[action.steer.index()] += 1.0;
        counts.accelerate[usize::from(action.accelerate)] += 1.0;
        counts.brake[usize::from(action.brake)] += 1.0;
        counts.drift[usize::from(action.drift)] += 1.0;
        counts.item[usize::from(action.item)] += 1.0;
    }
    let weigh = |counts: Vec<f64>| -> Vec<f64> {
        let even = counts.iter().sum::<f64>() / counts.len() as f64;
        let limit = config.class_weight_limit;
        let weight = |count: f64| match count {
            0.0 => 0.0,
            _ => (even / count)
                .powf(config.class_balance)
                .clamp(1.0 / limit, limit),
        };
        counts.into_iter().map(weight).collect()
    };
    Heads {
        steer: weigh(counts.steer),
        accelerate: weigh(counts.accelerate),
        brake: weigh(counts.brake),
        drift: weigh(counts.drift),
        item: weigh(counts.item),
    }
}

/// The shift of the logits of a network that was trained with class weights. Such a network predicts the probabilities
/// of data in which each class is more frequent by its weight. Decisions are made on the logits less the shifts, which
/// restores the real frequencies. The weights still direct the network's capacity to rare classes, but an unlikely rare
/// class is no longer chosen: a driver that brakes whenever braking is merely possible is slow.
pub(crate) fn logit_shifts(weights: &ClassWeights) -> [f32; LOGITS as usize] {
    // A class of weight 0 had no frames in training, so that its logit was not shifted.
    let shift = |weight: f64| if weight > 0.0 { weight.ln() } else { 0.0 };
    let steer = |class: usize| shift(weights.steer[class]) as f32;
    let button = |weights: &[f64]| (shift(weights[1]) - shift(weights[0])) as f32;
    [
        steer(0),
        steer(1),
        steer(2),
        button(&weights.accelerate),
        button(&weights.brake),
        button(&weights.drift),
        button(&weights.item),
    ]
}

/// The loss, with the class weights on the device.
#[derive(Debug)]
pub(super) struct Loss {
    /// `[3]`
    steer: Tensor,
    /// `[4]` each: the weight of a released and of a pressed button.
    released: Tensor,
    pressed: Tensor,
    /// `[7]`
    shifts: Tensor,
}

impl Loss {
    pub(super) fn new(weights: &ClassWeights, device: tch::Device) -> Self {
        let buttons = [
            &weights.accelerate,
            &weights.brake,
            &weights.drift,
            &weights.item,
        ];
        let tensor = |values: Vec<f64>| {
            Tensor::from_slice(&values)
                .to_kind(Kind::Float)
                .to_device(device)
        };
        Self {
            steer: tensor(weights.steer.clone()),
            released: tensor(buttons.map(|weights| weights[0]).to_vec()),
            pressed: tensor(buttons.map(|weights| weights[1]).to_vec()),
            shifts: Tensor::from_slice(&logit_shifts(weights)).to_device(device),
        }
    }

    /// The logits that decisions are made on, see [`logit_shifts`].
    pub(super) fn unshifted(&self, logits: &Tensor) -> Tensor {
        logits - &self.shifts
    }

    /// The summed loss of the frames that `counted` `[n]` marks with 1: cross-entropy of
    /// steering plus that of each button, each frame times its class's weight.
    pub(super) fn sum(&self, logits: &Tensor, labels: &Labels, counted: &Tensor) -> Tensor {
        let steer = logits.narrow(1, 0, STEER).cross_entropy_loss(
            &labels.steer,
            None::<&Tensor>,
            Reduction::None,
            -100, // no class is left out
            0.0,
        ) * self.steer.index_select(0, &labels.steer);
        let weight = &labels.buttons * (&self.pressed - &self.released) + &self.released;
        let buttons = logits
            .narrow(1, STEER, BUTTONS)
            .binary_cross_entropy_with_logits(
                &labels.buttons,
                Some(&weight),
                None::<&Tensor>,
                Reduction::None,
            );
        let each = steer + buttons.sum_dim_intlist(1, false, Kind::Float);
        (each * counted).sum(Kind::Float)
    }
}

/// Sums over the batches of an epoch, on the device until the end.
#[derive(Debug)]
pub(super) struct Tally {
    loss: Tensor,
    frames: Tensor,
    /// `[3 * 3]`, true class major.
    steer: Tensor,
    /// `[4 * 2 * 2]`, head major, then true class.
    buttons: Tensor,
}

impl Tally {
    pub(super) fn new(device: tch::Device) -> Self {
        let zeros = |count: i64| Tensor::zeros([count], (Kind::Double, device));
        Self {
            loss: zeros(1),
            frames: zeros(1),
            steer: zeros(9),
            buttons: zeros(16),
        }
    }

    /// Adds a batch: its summed loss, and its decisions where `counted` is 1.
    pub(super) fn add(
        &mut self,
        loss: &Tensor,
        logits: &Tensor,
        labels: &Labels,
        counted: &Tensor,
    ) {
        tch::no_grad(|| {
            let counted = counted.to_kind(Kind::Double);
            self.loss += loss.detach();
            self.frames += counted.sum(Kind::Double);

            let decided = logits.narrow(1, 0, STEER).argmax(1, false);
            let cell = &labels.steer * STEER + decided;
            self.steer += cell.bincount(Some(&counted), STEER * STEER);

            let decided = logits
                .narrow(1, STEER, BUTTONS)
                .gt(0.0)
                .to_kind(Kind::Int64);
            let head = Tensor::arange(BUTTONS, (Kind::Int64, logits.device())) * 4;
            let cell = labels.buttons.to_kind(Kind::Int64) * 2 + decided + head;
            let counted = counted.unsqueeze(1).expand_as(&cell).flatten(0, -1);
            self.buttons += cell.flatten(0, -1).bincount(Some(&counted), BUTTONS * 4);
        });
    }

    pub(super) fn finish(&self) -> Result<SplitMetrics, tch::TchError> {
        let numbers = |tensor: &Tensor| Vec::<f64>::try_from(tensor);
        let (steer, buttons) = (numbers(&self.steer)?, numbers(&self.buttons)?);
        let confusion = |cells: &[f64], classes: usize| {
            let row = |row: &[f64]| row.iter().map(|count| *count as u64).collect();
            Confusion::new(cells.chunks_exact(classes).map(row).collect())
        };
        let button = |head: usize| confusion(&buttons[head * 4..][..4], 2);
        Ok(SplitMetrics {
            loss: self.loss.double_value(&[0]) / self.frames.double_value(&[0]).max(1.0),
            heads: Heads {
                steer: confusion(&steer, 3),
                accelerate: button(0),
                brake: button(1),
                drift: button(2),
                item: button(3),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use env_mkds::action::{DrivingAction, Steer};
    use tch::Device;

    use super::*;

    #[test]
    fn rare_classes_weigh_more_within_limits() {
        let throttle = DrivingAction {
            accelerate: true,
            ..Default::default()
        };
        let mut list = FrameList {
            actions: vec![throttle; 100],
            ..FrameList::default()
        };
        list.actions[0].steer = Steer::Left;
        list.actions[1..17].fill(DrivingAction {
            steer: Steer::Right,
            ..Default::default()
        });
        let config = Config {
            class_balance: 1.0,
            class_weight_limit: 4.0,
            ..Config::default()
        };
        let weights = class_weights(&list, &config);
        let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");
        close(weights.steer[0], 4.0); // 33 without the limit
        close(weights.steer[1], 100.0 / 3.0 / 83.0);
        close(weights.steer[2], 100.0 / 3.0 / 16.0);
        close(weights.accelerate[0], 50.0 / 16.0);
        close(weights.accelerate[1], 50.0 / 84.0);
        assert_eq!(weights.item, [0.5, 0.0]);

        let tempered = class_weights(
            &list,
            &Config {
                class_balance: 0.5,
                ..config
            },
        );
        close(tempered.steer[2], (100.0 / 3.0 / 16.0f64).sqrt());
        let flat = class_weights(
            &list,
            &Config {
                class_balance: 0.0,
                ..config
            },
        );
        assert_eq!(flat.steer, [1.0; 3]);
    }

    #[test]
    fn decisions_are_for_the_world_as_it_is() {
        let mut list = FrameList {
            actions: vec![DrivingAction::default(); 100],
            ..FrameList::default()
        };
        list.actions[..30].fill(DrivingAction {
            drift: true,
            ..Default::default()
        });
        let config = Config {
            class_balance: 1.0,
            ..Config::default()
        };
        let shifts = logit_shifts(&class_weights(&list, &config));
        // With full balance and no information in its input, the network outputs one half; less the shift
        // that is the frequency again.
        let drift = 1.0 / (1.0 + shifts[5].exp());
        assert!((drift - 0.3).abs() < 1e-6, "{drift}");
    }

    #[test]
    fn a_class_that_was_not_trained_on_adds_no_loss() {
        let list = FrameList {
            actions: vec![DrivingAction::default(); 10],
            ..FrameList::default()
        };
        let weights = class_weights(&list, &Config::default());
        assert!(logit_shifts(&weights).iter().all(|shift| shift.is_finite()));
        // Straight on with nothing pressed, as trained, and left with the brake, both taken for certainly straight.
        let logits = Tensor::from_slice(&[
            0.0f32, 50.0, 0.0, -50.0, -50.0, -50.0, -50.0, //
            0.0, 50.0, 0.0, -50.0, -50.0, -50.0, -50.0,
        ])
        .view([2, 7]);
        let labels = Labels {
            steer: Tensor::from_slice(&[1i64, 0]),
            buttons: Tensor::from_slice(&[0f32, 0., 0., 0., 0., 1., 0., 0.]).view([2, 4]),
        };
        let counted = Tensor::from_slice(&[1f32, 1.0]);
        let loss = Loss::new(&weights, Device::Cpu).sum(&logits, &labels, &counted);
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
            steer: Tensor::from_slice(&[0i64, 1, 1]),
            buttons: Tensor::from_slice(&[0f32, 0., 0., 0., 1., 0., 0., 0., 0., 0., 0., 0.])
                .view([3, 4]),
        };
        let counted = Tensor::from_slice(&[1f32, 1.0, 0.0]);
        let even = Heads {
            steer: vec![1.0; 3],
            accelerate: vec![1.0; 2],
            brake: vec![1.0; 2],
            drift: vec![1.0; 2],
            item: vec![1.0; 2],
        };
        let loss = Loss::new(&even, Device::Cpu).sum(&logits, &labels, &counted);
        let mut tally = Tally::new(Device::Cpu);
        tally.add(&loss, &logits, &labels, &counted);
        let metrics = tally.finish().expect("floats");
        let counts = |confusion: &Confusion| confusion.counts.clone();
        assert_eq!(
            counts(&metrics.heads.steer),
            [[0, 0, 1], [0, 1, 0], [0, 0, 0]]
        );
        assert_eq!(counts(&metrics.heads.accelerate), [[1, 0], [0, 1]]);
        assert_eq!(counts(&metrics.heads.item), [[1, 1], [0, 0]]);

        let soft = |logit: f64| (1.0 + logit.exp()).ln();
        let steer = (1f64 + 1f64.exp() + 2f64.exp()).ln() + (1.0 + 2.0 * (-9f64).exp()).ln();
        let buttons = 3.0 * soft(-1.0) + soft(1.0) + 4.0 * soft(-5.0);
        assert!(
            (metrics.loss - (steer + buttons) / 2.0).abs() < 1e-5,
            "{}",
            metrics.loss
        );
    }
}
