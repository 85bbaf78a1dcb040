//! The samples of an epoch, batch by batch.

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::frames::Frames;
use super::pictures::Wanted;
use super::{Config, ModelName};

/// Neighbouring frames of a sequence that form one sample: a window for `lstm`, one for other networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sample {
    first: usize,
    length: usize,
    /// Whether the sequence begins here.
    begins: bool,
}

/// The rows of a batch, sample after sample, with all that is drawn at random for them.
#[derive(Debug)]
pub(super) struct Batch {
    /// How many samples it has.
    pub(super) samples: usize,
    pub(super) rows: Vec<i64>,
    /// For each row 1, or 0 for one that fills up a sample and does not count.
    pub(super) counted: Vec<f32>,
    /// For each row 1 if the previous actions are shown, else 0.
    pub(super) shown: Vec<f32>,
    /// For each row 1, or -1 if left and right are exchanged.
    pub(super) sides: Vec<f32>,
    /// For each sample 1, or 0 if a sequence begins with it.
    pub(super) continued: Vec<f32>,
}

impl Batch {
    /// Draws for samples; the share `mirror` of them is mirrored.
    fn new(samples: &[Sample], config: &Config, mirror: f64, random: &mut ChaCha8Rng) -> Self {
        let length = config.sample_length();
        let count = samples.len() * length;
        let mut batch = Self {
            samples: samples.len(),
            rows: Vec::with_capacity(count),
            counted: Vec::with_capacity(count),
            shown: Vec::with_capacity(count),
            sides: Vec::with_capacity(count),
            continued: Vec::with_capacity(samples.len()),
        };
        for sample in samples {
            batch.continued.push(f32::from(u8::from(!sample.begins)));
            let show = !random.random_bool(config.previous_action_dropout);
            let is_mirrored = mirror > 0.0 && random.random_bool(mirror);
            for offset in 0..length {
                // Padding repeats the last row.
                let row = sample.first + offset.min(sample.length - 1);
                batch.rows.push(row as i64);
                let inside = offset < sample.length;
                batch.counted.push(f32::from(u8::from(inside)));
                batch.shown.push(f32::from(u8::from(show)));
                batch.sides.push(if is_mirrored { -1.0 } else { 1.0 });
            }
        }
        batch
    }

    /// The pictures of its rows.
    pub(super) fn pictures(&self) -> Vec<Wanted> {
        let rows = self.rows.iter().zip(&self.sides);
        rows.map(|(row, side)| Wanted {
            row: *row as usize,
            mirrored: *side < 0.0,
        })
        .collect()
    }
}

/// The batches of an epoch of training.
pub(super) fn of_training(frames: &Frames, config: &Config, random: &mut ChaCha8Rng) -> Vec<Batch> {
    let samples = samples(frames, config, Some(random));
    draw(&samples, config, config.mirror(), random)
}

/// The batches of a validation, in order and not mirrored.
pub(super) fn of_validation(
    frames: &Frames,
    config: &Config,
    random: &mut ChaCha8Rng,
) -> Vec<Batch> {
    draw(&samples(frames, config, None), config, 0.0, random)
}

fn draw(
    samples: &[Vec<Sample>],
    config: &Config,
    mirror: f64,
    random: &mut ChaCha8Rng,
) -> Vec<Batch> {
    let batches = samples.iter();
    batches
        .map(|samples| Batch::new(samples, config, mirror, random))
        .collect()
}

/// The samples of an epoch, batch by batch; together they cover every row once. With `random`
/// they come in another order in each epoch.
fn samples(
    frames: &Frames,
    config: &Config,
    mut random: Option<&mut ChaCha8Rng>,
) -> Vec<Vec<Sample>> {
    let length = config.sample_length();
    // A batch has about as many frames for every kind of network.
    let per_batch = (config.batch_size / length).max(1);
    let mut sequences: Vec<Vec<Sample>> = frames
        .sequences
        .iter()
        .map(|rows| {
            let sample = |first: usize| Sample {
                first,
                length: length.min(rows.end - first),
                begins: first == rows.start,
            };
            rows.clone().step_by(length).map(sample).collect()
        })
        .collect();
    match config.model {
        ModelName::Lstm => {
            if let Some(random) = random.as_mut() {
                sequences.shuffle(*random);
            }
            side_by_side(sequences, per_batch)
        }
        _ => {
            let mut samples = sequences.concat();
            if let Some(random) = random {
                samples.shuffle(random);
            }
            samples.chunks(per_batch).map(<[_]>::to_vec).collect()
        }
    }
}

/// Distributes sequences over `count` streams and takes one sample of each stream for a batch: a sample's
/// predecessor is at the same place of the previous batch, so that the memory there belongs to it.
/// When the shorter streams have ended, batches have fewer places.
fn side_by_side(sequences: Vec<Vec<Sample>>, count: usize) -> Vec<Vec<Sample>> {
    let mut streams: Vec<Vec<Sample>> = vec![Vec::new(); count.min(sequences.len())];
    for sequence in sequences {
        if let Some(shortest) = streams.iter_mut().min_by_key(|stream| stream.len()) {
            shortest.extend(sequence);
        }
    }
    streams.sort_by_key(|stream| std::cmp::Reverse(stream.len()));
    let longest = streams.first().map_or(0, Vec::len);
    (0..longest)
        .map(|place| {
            streams
                .iter()
                .map_while(|stream| stream.get(place).copied())
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::frames::FrameList;
    use super::super::{Normalisation, train::random};
    use super::*;
    use crate::action;

    fn frames() -> Frames {
        let mut list = FrameList::default();
        for rows in [100, 7, 33] {
            list.push_sequence(&vec![0.0; rows], &vec![0.0; rows * action::WIDTH], rows);
        }
        let plain = Normalisation {
            mean: vec![0.0],
            deviation: vec![1.0],
        };
        Frames::new(list, &plain, tch::Device::Cpu).expect("the processor has room")
    }

    fn rows(batches: &[Vec<Sample>]) -> Vec<usize> {
        let samples = batches.iter().flatten();
        let mut rows: Vec<usize> = samples
            .flat_map(|sample| sample.first..sample.first + sample.length)
            .collect();
        rows.sort_unstable();
        rows
    }

    #[test]
    fn windows_cover_every_row_once_and_follow_their_memory() {
        let frames = frames();
        let config = Config {
            seq_len: 16,
            batch_size: 32,
            ..Config::new(ModelName::Lstm)
        };
        for epoch in 0..20 {
            let mut random = random(&config, epoch);
            let batches = samples(&frames, &config, (epoch > 0).then_some(&mut random));
            assert_eq!(rows(&batches), (0..frames.len()).collect::<Vec<_>>());
            assert_eq!(batches[0].len(), 2);
            for (before, batch) in batches.iter().zip(&batches[1..]) {
                assert!(batch.len() <= before.len());
                for (before, sample) in before.iter().zip(batch) {
                    let starts = frames
                        .sequences
                        .iter()
                        .any(|rows| rows.start == sample.first);
                    assert_eq!(sample.begins, starts);
                    assert!(starts || sample.first == before.first + 16, "{sample:?}");
                }
            }
        }
    }

    #[test]
    fn a_sample_of_an_mlp_is_a_frame_and_each_epoch_has_its_order() {
        let (frames, config) = (
            frames(),
            Config {
                batch_size: 50,
                ..Config::default()
            },
        );
        let of_epoch = |epoch| samples(&frames, &config, Some(&mut random(&config, epoch)));
        let first = of_epoch(1);
        assert_eq!(first.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 40]);
        assert_eq!(rows(&first), (0..140).collect::<Vec<_>>());
        assert_eq!(first, of_epoch(1));
        assert_ne!(first, of_epoch(2));
    }
}
