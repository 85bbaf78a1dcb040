//! The frames of many movies as tensors, and the inputs and labels made from them.

use std::ops::Range;
use std::path::PathBuf;

use tch::{Device, Kind, Tensor};

use super::batch::Batch;
use super::pictures::Pictures;
use super::{Config, Heads, Normalisation};
use crate::dataset::{Console, Rows};
use crate::{action, pad};

/// The frames of one side of the split while they are read: sequences one after another.
#[derive(Debug, Default)]
pub(super) struct FrameList {
    /// Row after row.
    pub(super) observations: Vec<f32>,
    /// The rows' pictures, in place of observations.
    pub(super) pictures: Pictures,
    /// The numbers of the actions, row after row.
    pub(super) actions: Vec<f32>,
    /// The rows of each sequence: a movie's, or those between two gaps in it.
    pub(super) sequences: Vec<Range<usize>>,
}

impl FrameList {
    /// Adds a movie's rows. Missing frames between two rows separate them into two sequences.
    pub(super) fn push_movie(&mut self, rows: &Rows, width: usize) {
        for Range { start, end } in rows.sequences() {
            let observations = &rows.observations()[start * width..end * width];
            let actions = rows.actions().skip(start).take(end - start);
            let actions: Vec<f32> = actions.flat_map(action::encode).collect();
            self.push_sequence(observations, &actions, end - start);
        }
    }

    /// Adds the pictures of a movie's rows, which are in `file`, and what was held on the console's pad.
    pub(super) fn push_pictures(&mut self, rows: Rows, file: PathBuf, console: Console) {
        for Range { start, end } in rows.sequences() {
            let held = (start..end).filter_map(|row| rows.get(row));
            let actions: Vec<f32> = held
                .flat_map(|row| pad::encode(console, row.held))
                .collect();
            self.push_sequence(&[], &actions, end - start);
        }
        self.pictures.push(file, rows);
    }

    /// Adds a sequence of `rows` rows.
    pub(super) fn push_sequence(&mut self, observations: &[f32], actions: &[f32], rows: usize) {
        let first = self.len();
        self.observations.extend_from_slice(observations);
        self.actions.extend_from_slice(actions);
        self.sequences.push(first..first + rows);
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.sequences.last().map_or(0, |rows| rows.end)
    }
}

/// One side of the split on a device.
#[derive(Debug)]
pub(super) struct Frames {
    /// `[rows, observation]`, normalised.
    observations: Tensor,
    /// In place of observations.
    pub(super) pictures: Pictures,
    /// `[rows, numbers]`
    actions: Tensor,
    /// `[rows]`, the first row of the row's sequence.
    starts: Tensor,
    /// The rows of each sequence.
    pub(super) sequences: Vec<Range<usize>>,
}

/// The labels of a batch's rows.
#[derive(Debug)]
pub(super) struct Labels {
    /// `[rows]` for each head that chooses: the class, counted from 0.
    pub(super) classes: Vec<Tensor>,
    /// `[rows, flags]`, 0 or 1.
    pub(super) flags: Tensor,
    /// `[rows, numbers]`, as the heads put them out.
    pub(super) numbers: Tensor,
}

impl Frames {
    /// Moves a list to `device`, whose memory must be large enough.
    pub(super) fn new(
        mut list: FrameList,
        normalisation: &Normalisation,
        device: Device,
    ) -> Result<Self, tch::TchError> {
        let width = normalisation.mean.len();
        list.observations
            .chunks_exact_mut(width.max(1))
            .for_each(|row| normalisation.apply(row));
        let starts: Vec<i64> = list
            .sequences
            .iter()
            .flat_map(|rows| std::iter::repeat_n(rows.start as i64, rows.len()))
            .collect();
        let rows = list.len() as i64;
        let numbers = (list.actions.len() / list.len().max(1)) as i64;
        Ok(Self {
            observations: Tensor::f_from_slice(&list.observations)?
                .f_view([rows, width as i64])?
                .f_to_device(device)?,
            actions: Tensor::f_from_slice(&list.actions)?
                .f_view([rows, numbers])?
                .f_to_device(device)?,
            starts: Tensor::f_from_slice(&starts)?.f_to_device(device)?,
            pictures: list.pictures,
            sequences: list.sequences,
        })
    }

    pub(super) fn device(&self) -> Device {
        self.observations.device()
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.sequences.last().map_or(0, |rows| rows.end)
    }

    /// The inputs `[samples, frames, input]` for deciding the frames of a batch.
    pub(super) fn inputs(&self, batch: &Batch, config: &Config) -> Tensor {
        let device = self.device();
        let rows = Tensor::from_slice(&batch.rows).to_device(device);
        let shown = Tensor::from_slice(&batch.shown).to_device(device);
        let (samples, frames) = (batch.samples as i64, config.sample_length() as i64);
        self.inputs_of(&rows, &shown, config)
            .view([samples, frames, -1])
    }

    /// The inputs `[n, input]` for deciding the frames `rows` `[n]`; `shown` `[n]` is 1 where the
    /// previous actions are shown and 0 where they are hidden. The frames before a sequence count as copies of its first
    /// frame with no button pressed.
    fn inputs_of(&self, rows: &Tensor, shown: &Tensor, config: &Config) -> Tensor {
        let options = (Kind::Int64, self.device());
        let count = rows.size()[0];
        let starts = self.starts.index_select(0, rows).unsqueeze(1);
        let rows = rows.unsqueeze(1);

        let history = Tensor::arange(config.history() as i64, options);
        let seen = (&rows - history).maximum(&starts).flatten(0, -1);
        let observations = self.observations.index_select(0, &seen).view([count, -1]);

        // The action of frame t itself, offset 0, must not be part of the input: it is the label.
        let past = Tensor::arange_start(1, config.previous_actions as i64 + 1, options);
        let before = &rows - past;
        let exists = before.ge_tensor(&starts).to_kind(Kind::Float).unsqueeze(-1);
        let before = before.maximum(&starts).flatten(0, -1);
        let actions = self.actions.index_select(0, &before);
        let actions = actions.view([count, -1, self.actions.size()[1]]) * exists;
        let shown = shown.unsqueeze(1);
        let actions = actions.view([count, -1]) * &shown;

        Tensor::cat(&[observations, actions, shown], 1)
    }

    /// The labels of the frames `rows` `[n]` for `heads`. The first number of an action, the steering, is multiplied by
    /// `sides` `[n]`: -1 where left and right are exchanged, else 1.
    pub(super) fn labels(&self, rows: &Tensor, sides: &Tensor, heads: &Heads) -> Labels {
        let actions = self.actions.index_select(0, rows);
        let steering = actions.narrow(1, 0, 1) * sides.unsqueeze(1);
        let others = actions.narrow(1, 1, actions.size()[1] - 1);
        let actions = Tensor::cat(&[steering, others], 1);
        let classes = heads
            .choices()
            .map(|(head, low)| (actions.select(1, head.number as i64) - low).to_kind(Kind::Int64));
        let columns = |numbers: Vec<i64>| {
            let numbers = Tensor::from_slice(&numbers).to_device(actions.device());
            actions.index_select(1, &numbers)
        };
        let flags = heads.flags().map(|head| head.number as i64);
        let (numbers, bounds): (Vec<i64>, Vec<[f32; 2]>) = heads
            .numbers()
            .map(|(head, middle, half)| (head.number as i64, [middle, half]))
            .unzip();
        let bounds = Tensor::from_slice(&bounds.concat())
            .view([bounds.len() as i64, 2])
            .to_device(actions.device());
        Labels {
            classes: classes.collect(),
            flags: columns(flags.collect()),
            numbers: (columns(numbers) - bounds.select(1, 0)) / bounds.select(1, 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use env_mkds::action::{DrivingAction, PadAction, Steer};

    use super::*;
    use crate::dataset::{Column, DType, Row, Schema};

    const ROWS: usize = 12;

    /// The observation before a row.
    fn seen(row: usize) -> [f32; 2] {
        [row as f32 / 8.0, 5.0 + row as f32 / 8.0]
    }

    /// Two sequences; what is [`seen`], actions from `actions`.
    fn frames(actions: &[DrivingAction]) -> Frames {
        let mut list = FrameList::default();
        let observations: Vec<f32> = (0..ROWS).flat_map(seen).collect();
        let actions: Vec<f32> = actions.iter().copied().flat_map(action::encode).collect();
        let split = 7 * action::WIDTH;
        list.push_sequence(&observations[..14], &actions[..split], 7);
        list.push_sequence(&observations[14..], &actions[split..], 5);
        let plain = Normalisation {
            mean: vec![0.0; 2],
            deviation: vec![1.0; 2],
        };
        Frames::new(list, &plain, Device::Cpu).expect("the processor has room")
    }

    fn actions() -> Vec<DrivingAction> {
        (0..ROWS)
            .map(|row| DrivingAction::from_index(row * 7 % 48).expect("below 48"))
            .collect()
    }

    fn input(frames: &Frames, row: usize, config: &Config) -> Vec<f32> {
        let rows = Tensor::from_slice(&[row as i64]);
        let input = frames.inputs_of(&rows, &Tensor::from_slice(&[1f32]), config);
        Vec::try_from(input.flatten(0, -1)).expect("floats")
    }

    fn config() -> Config {
        Config {
            seq_len: 3,
            previous_actions: 2,
            ..Config::default()
        }
    }

    #[test]
    fn a_frame_s_own_action_is_in_no_input_up_to_it() {
        let config = config();
        let before = frames(&actions());
        for changed in 0..ROWS {
            let mut altered = actions();
            for other in 0..DrivingAction::COUNT {
                altered[changed] = DrivingAction::from_index(other).expect("below COUNT");
                let after = frames(&altered);
                for row in 0..=changed {
                    assert_eq!(
                        input(&before, row, &config),
                        input(&after, row, &config),
                        "the input of {row} depends on the action of {changed}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_previous_actions_are_input_until_hidden() {
        let config = config();
        let actions = actions();
        let frames = frames(&actions);
        let expected: Vec<f32> = [seen(4), seen(3), seen(2)]
            .into_iter()
            .flatten()
            .chain(action::encode(actions[3]))
            .chain(action::encode(actions[2]))
            .chain([1.0])
            .collect();
        assert_eq!(input(&frames, 4, &config), expected);

        let rows = Tensor::from_slice(&[4i64]);
        let hidden = frames.inputs_of(&rows, &Tensor::from_slice(&[0f32]), &config);
        let hidden: Vec<f32> = Vec::try_from(hidden.flatten(0, -1)).expect("floats");
        assert_eq!(hidden[..6], expected[..6]);
        assert!(hidden[6..].iter().all(|value| *value == 0.0));
    }

    #[test]
    fn a_sequence_knows_nothing_of_the_one_before_it() {
        let config = config();
        let input = input(&frames(&actions()), 7, &config);
        assert_eq!(input[..6], [seen(7); 3].concat());
        assert!(input[6..16].iter().all(|value| *value == 0.0));
    }

    #[test]
    fn frames_behind_a_gap_are_a_sequence_of_their_own() {
        let schema =
            Schema::new(vec![Column::new("seen", DType::F32).of_shape(&[2])]).expect("valid");
        let mut rows = Rows::new(&schema);
        // The last two are of a race that was paused.
        for (row, frame) in [10, 11, 12, 40, 41, 90, 20, 21, 21].into_iter().enumerate() {
            rows.push(&Row {
                frame,
                observation: &seen(row),
                held: actions()[row].to_pad().into(),
                ..Row::default()
            });
        }
        let mut list = FrameList::default();
        list.push_movie(&rows, 2);
        list.push_movie(&rows, 2);
        let expected = [0..3, 3..5, 5..6, 6..9, 9..12, 12..14, 14..15, 15..18];
        assert_eq!(list.sequences, expected);
        let plain = Normalisation {
            mean: vec![0.0; 2],
            deviation: vec![1.0; 2],
        };
        let frames = Frames::new(list, &plain, Device::Cpu).expect("the processor has room");
        let input = input(&frames, 3, &config());
        assert_eq!(input[..6], [seen(3); 3].concat(), "no past across the gap");
        assert!(input[6..16].iter().all(|value| *value == 0.0));
    }

    #[test]
    fn labels_are_the_frame_s_own_action() {
        let action = DrivingAction {
            drift: true,
            steer: Steer::Right,
            ..Default::default()
        };
        let mut actions = actions();
        actions[5] = action;
        let heads = Heads::new(&action::columns()).expect("decidable");
        let labels = |side: f32| {
            let (row, side) = (Tensor::from_slice(&[5i64]), Tensor::from_slice(&[side]));
            frames(&actions).labels(&row, &side, &heads)
        };
        let mirrored = labels(-1.0);
        assert_eq!(mirrored.classes[0].int64_value(&[0]), 0);
        let labels = labels(1.0);
        assert_eq!(labels.flags, mirrored.flags);
        assert_eq!(labels.classes[0].int64_value(&[0]), 2);
        let flags: Vec<f32> = Vec::try_from(labels.flags.flatten(0, -1)).expect("floats");
        assert_eq!(flags, [0.0, 0.0, 1.0, 0.0]);
        assert_eq!(labels.numbers.size(), [1, 0]);
    }
}
