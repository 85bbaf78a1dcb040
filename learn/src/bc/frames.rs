//! The frames of many movies as tensors, and the inputs and labels made from them.

use std::ops::Range;

use env_mkds::action::DrivingAction;
use tch::{Device, Kind, Tensor};

use super::{ACTION_WIDTH, Config, Normalisation};
use crate::dataset::Rows;

/// An action as input: steering's sign, then accelerate, brake, drift, item as 0 or 1.
pub(crate) fn encode(action: DrivingAction) -> [f32; ACTION_WIDTH] {
    [
        f32::from(action.steer.sign()),
        f32::from(u8::from(action.accelerate)),
        f32::from(u8::from(action.brake)),
        f32::from(u8::from(action.drift)),
        f32::from(u8::from(action.item)),
    ]
}

/// The frames of one side of the split while they are read: sequences one after another.
#[derive(Debug, Default)]
pub(super) struct FrameList {
    /// Row after row.
    pub(super) observations: Vec<f32>,
    pub(super) actions: Vec<DrivingAction>,
    /// The rows of each sequence: a movie's, or those between two gaps in it.
    pub(super) sequences: Vec<Range<usize>>,
}

impl FrameList {
    /// Adds a movie's rows. Missing frames between two rows separate them into two sequences.
    pub(super) fn push_movie(&mut self, rows: &Rows, width: usize) {
        for Range { start, end } in rows.sequences() {
            let observations = &rows.observations()[start * width..end * width];
            let actions = rows.actions().skip(start).take(end - start);
            self.push_sequence(observations, actions);
        }
    }

    pub(super) fn push_sequence(
        &mut self,
        observations: &[f32],
        actions: impl Iterator<Item = DrivingAction>,
    ) {
        let first = self.actions.len();
        self.observations.extend_from_slice(observations);
        self.actions.extend(actions);
        self.sequences.push(first..self.actions.len());
    }

    pub(super) fn len(&self) -> usize {
        self.actions.len()
    }
}

/// One side of the split on a device.
#[derive(Debug)]
pub(super) struct Frames {
    /// `[rows, observation]`, normalised.
    observations: Tensor,
    /// `[rows, 5]` as [`encode`] does.
    actions: Tensor,
    /// `[rows]`, the first row of the row's sequence.
    starts: Tensor,
    /// The rows of each sequence.
    pub(super) sequences: Vec<Range<usize>>,
}

/// The labels of a batch's rows.
#[derive(Debug)]
pub(super) struct Labels {
    /// `[rows]` classes 0 left, 1 straight, 2 right.
    pub(super) steer: Tensor,
    /// `[rows, 4]` accelerate, brake, drift, item as 0 or 1.
    pub(super) buttons: Tensor,
}

impl Frames {
    /// Moves a list to `device`, whose memory must be large enough.
    pub(super) fn new(
        list: &FrameList,
        normalisation: &Normalisation,
        device: Device,
    ) -> Result<Self, tch::TchError> {
        let width = normalisation.mean.len();
        let mut observations = list.observations.clone();
        observations
            .chunks_exact_mut(width)
            .for_each(|row| normalisation.apply(row));
        let actions: Vec<f32> = list
            .actions
            .iter()
            .flat_map(|action| encode(*action))
            .collect();
        let starts: Vec<i64> = list
            .sequences
            .iter()
            .flat_map(|rows| std::iter::repeat_n(rows.start as i64, rows.len()))
            .collect();
        let rows = list.len() as i64;
        Ok(Self {
            observations: Tensor::f_from_slice(&observations)?
                .f_view([rows, width as i64])?
                .f_to_device(device)?,
            actions: Tensor::f_from_slice(&actions)?
                .f_view([rows, ACTION_WIDTH as i64])?
                .f_to_device(device)?,
            starts: Tensor::f_from_slice(&starts)?.f_to_device(device)?,
            sequences: list.sequences.clone(),
        })
    }

    pub(super) fn device(&self) -> Device {
        self.observations.device()
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.sequences.last().map_or(0, |rows| rows.end)
    }

    /// The inputs `[n, input]` for deciding the frames `rows` `[n]`; `shown` `[n]` is 1 where the
    /// previous actions are shown and 0 where they are hidden. The frames before a sequence count as copies of its first
    /// frame with no button pressed.
    pub(super) fn inputs(&self, rows: &Tensor, shown: &Tensor, config: &Config) -> Tensor {
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
        let actions = actions.view([count, -1, ACTION_WIDTH as i64]) * exists;
        let shown = shown.unsqueeze(1);
        let actions = actions.view([count, -1]) * &shown;

        Tensor::cat(&[observations, actions, shown], 1)
    }

    /// The labels of the frames `rows` `[n]`.
    pub(super) fn labels(&self, rows: &Tensor) -> Labels {
        let actions = self.actions.index_select(0, rows);
        Labels {
            steer: (actions.select(1, 0) + 1.0).to_kind(Kind::Int64),
            buttons: actions.narrow(1, 1, ACTION_WIDTH as i64 - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use env_mkds::action::{PadAction, Steer};

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
        list.push_sequence(&observations[..14], actions[..7].iter().copied());
        list.push_sequence(&observations[14..], actions[7..].iter().copied());
        let plain = Normalisation {
            mean: vec![0.0; 2],
            deviation: vec![1.0; 2],
        };
        Frames::new(&list, &plain, Device::Cpu).expect("the processor has room")
    }

    fn actions() -> Vec<DrivingAction> {
        (0..ROWS)
            .map(|row| DrivingAction::from_index(row * 7 % 48).expect("below 48"))
            .collect()
    }

    fn input(frames: &Frames, row: usize, config: &Config) -> Vec<f32> {
        let rows = Tensor::from_slice(&[row as i64]);
        let input = frames.inputs(&rows, &Tensor::from_slice(&[1f32]), config);
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
            .chain(encode(actions[3]))
            .chain(encode(actions[2]))
            .chain([1.0])
            .collect();
        assert_eq!(input(&frames, 4, &config), expected);

        let rows = Tensor::from_slice(&[4i64]);
        let hidden = frames.inputs(&rows, &Tensor::from_slice(&[0f32]), &config);
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
                buttons: actions()[row].to_pad(),
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
        let frames = Frames::new(&list, &plain, Device::Cpu).expect("the processor has room");
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
        let labels = frames(&actions).labels(&Tensor::from_slice(&[5i64]));
        assert_eq!(labels.steer.int64_value(&[0]), 2);
        let buttons: Vec<f32> = Vec::try_from(labels.buttons.flatten(0, -1)).expect("floats");
        assert_eq!(buttons, [0.0, 0.0, 1.0, 0.0]);
    }
}
