//! Pairs of neighbours in time, and how well vectors tell them from others.

use std::ops::Range;

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use tch::{Kind, Tensor};

use super::Config;
use crate::Result;
use crate::bc::Wanted;
use crate::dataset::Rows;

/// The rows of movies by their place among all, as runs of consecutive ones.
#[derive(Debug, Default)]
pub(super) struct Moments {
    /// Runs of two rows at least.
    runs: Vec<Range<usize>>,
    /// All rows, those included that are alone.
    rows: usize,
}

impl Moments {
    /// Adds the rows of a movie.
    pub(super) fn push(&mut self, rows: &Rows) {
        let runs = rows.sequences().filter(|run| run.len() > 1);
        let runs = runs.map(|run| self.rows + run.start..self.rows + run.end);
        self.runs.extend(runs);
        self.rows += rows.len();
    }

    /// How many rows have a partner.
    pub(super) fn len(&self) -> usize {
        self.runs.iter().map(ExactSizeIterator::len).sum()
    }

    /// Pairs in batches: each row that has partners with one of them, in random order. A pair that is left over alone is left out,
    /// since it has none to be told from.
    pub(super) fn batches(&self, config: &Config, random: &mut ChaCha8Rng) -> Vec<Batch> {
        let near = config.near.get() as usize;
        let rows = self.runs.iter().flat_map(|run| {
            let rows = run.clone();
            rows.map(move |row| (row, run))
        });
        let mut pairs: Vec<Pair> = rows
            .map(|(row, run)| {
                let first = row.saturating_sub(near).max(run.start);
                let last = (row + near).min(run.end - 1);
                // One less than there are, since a row is no partner of its own.
                let partner = random.random_range(first..last);
                Pair {
                    run: run.start,
                    rows: [row, partner + usize::from(partner >= row)],
                }
            })
            .collect();
        pairs.shuffle(random);
        let batches = pairs.chunks(config.batch_size);
        batches
            .filter(|pairs| pairs.len() > 1)
            .map(|pairs| Batch {
                pairs: pairs.to_vec(),
                near,
            })
            .collect()
    }
}

/// Two rows that are neighbours in time.
#[derive(Clone, Copy, Debug)]
struct Pair {
    /// The first row of their run.
    run: usize,
    rows: [usize; 2],
}

/// Pairs that are told from each other.
#[derive(Debug)]
pub(super) struct Batch {
    pairs: Vec<Pair>,
    near: usize,
}

/// How well the pairs of a batch are told from each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    /// The mean loss of a pair.
    pub(super) loss: f64,
    /// How many first pictures have their partner nearest.
    pub(super) found: f64,
}

impl Batch {
    /// How many pairs there are.
    pub(super) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// The pictures: all first ones, then all second ones.
    pub(super) fn pictures(&self) -> Vec<Wanted> {
        let of = |which: usize| self.pairs.iter().map(move |pair| pair.rows[which]);
        let rows = of(0).chain(of(1));
        rows.map(|row| Wanted {
            row,
            mirrored: false,
        })
        .collect()
    }

    /// The mean loss of a pair, and what it says; `vectors` are those of the pictures.
    pub(super) fn judge(&self, vectors: &Tensor, temperature: f64) -> Result<(Tensor, Judged)> {
        let count = self.len() as i64;
        let lengths = vectors.f_norm_scalaropt_dim(2.0, [1_i64], true)?;
        let directions = vectors.f_div(&lengths.f_clamp_min(f64::EPSILON)?)?;
        let [first, second] = [0, count].map(|start| directions.f_narrow(0, start, count));
        let alike = first?.f_matmul(&second?.f_transpose(0, 1)?)?;
        let alike = alike.f_div_scalar(temperature)?;
        let uncounted = Tensor::f_from_slice(&self.uncounted())?.f_view([count, count])?;
        let uncounted = uncounted.f_to_device(vectors.device())?;
        let alike = alike.f_masked_fill(&uncounted, f64::NEG_INFINITY)?;
        let chosen = alike.f_log_softmax(1, Kind::Float)?;
        let loss = chosen.f_diagonal(0, 0, 1)?.f_mean(Kind::Float)?.f_neg()?;
        let own = Tensor::f_arange(count, (Kind::Int64, vectors.device()))?;
        let found = alike.f_argmax(1, false)?.f_eq_tensor(&own)?;
        let judged = Judged {
            loss: loss.f_double_value(&[])?,
            found: found.f_sum(Kind::Float)?.f_double_value(&[])?,
        };
        Ok((loss, judged))
    }

    /// For each first picture, whether each second one of another pair does not count: it is as near in time as a partner.
    fn uncounted(&self) -> Vec<bool> {
        let pairs = || self.pairs.iter().enumerate();
        pairs()
            .flat_map(|(own, pair)| {
                pairs().map(move |(other, others)| {
                    let apart = pair.rows[0].abs_diff(others.rows[1]);
                    own != other && pair.run == others.run && apart <= self.near
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use rand::SeedableRng;

    use super::*;

    fn moments() -> Moments {
        Moments {
            runs: vec![0..5, 7..9, 9..20],
            rows: 21,
        }
    }

    fn config(near: u32, batch_size: usize) -> Config {
        Config {
            near: NonZeroU32::new(near).expect("not 0"),
            batch_size,
            ..Config::default()
        }
    }

    #[test]
    fn each_row_is_paired_once_with_a_neighbour_of_its_run() {
        for near in [1, 3, 100] {
            let mut random = ChaCha8Rng::seed_from_u64(1);
            let batches = moments().batches(&config(near, 4), &mut random);
            // 18 rows in batches of 4.
            let sizes: Vec<usize> = batches.iter().map(Batch::len).collect();
            assert_eq!(sizes, [4, 4, 4, 4, 2]);
            let pairs = || batches.iter().flat_map(|batch| &batch.pairs);
            let mut rows: Vec<usize> = pairs().map(|pair| pair.rows[0]).collect();
            rows.sort_unstable();
            assert!(rows.iter().copied().eq((0..5).chain(7..20)));
            for Pair { run, rows } in pairs() {
                let apart = rows[0].abs_diff(rows[1]);
                assert!((1..=near as usize).contains(&apart), "{rows:?}");
                let moments = moments();
                let of = moments.runs.iter().find(|of| of.start == *run);
                let of = of.expect("a run");
                assert!(rows.iter().all(|row| of.contains(row)), "{rows:?}");
            }
        }
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let batches = moments().batches(&config(2, 17), &mut random);
        assert_eq!(batches.len(), 1, "a pair alone teaches nothing");
    }

    fn batch(pairs: &[(usize, [usize; 2])]) -> Batch {
        let pairs = pairs.iter().map(|(run, rows)| Pair {
            run: *run,
            rows: *rows,
        });
        Batch {
            pairs: pairs.collect(),
            near: 2,
        }
    }

    #[test]
    fn neighbours_of_other_pairs_are_no_wrong_answers() {
        let batch = batch(&[(0, [0, 1]), (0, [3, 4]), (9, [10, 9]), (0, [8, 7])]);
        let expected = [
            [false, false, false, false],
            [true, false, false, false],
            [false, false, false, false],
            [false, false, false, false],
        ];
        assert_eq!(batch.uncounted(), expected.concat());
    }

    #[test]
    fn the_loss_is_that_of_choosing_the_partner_by_the_angle() {
        let batch = batch(&[(0, [0, 1]), (9, [9, 10])]);
        // Angles of 0, 90 and 60 degrees; lengths do not matter.
        let vectors = [
            [2.0_f32, 0.0],
            [0.0, 5.0],
            [1.0, 0.0],
            [0.5 * 3.0, 0.866_025_4 * 3.0],
        ];
        let vectors = Tensor::from_slice(vectors.as_flattened()).view([4, 2]);
        let (loss, judged) = batch.judge(&vectors, 0.5).expect("judged");
        let of = |right: f64, wrong: f64| -(right.exp() / (right.exp() + wrong.exp())).ln();
        let expected = (of(2.0, 1.0) + of(2.0 * 0.866_025_4, 0.0)) / 2.0;
        assert!((judged.loss - expected).abs() < 1e-5, "{}", judged.loss);
        assert_eq!(loss.double_value(&[]), judged.loss);
        assert_eq!(judged.found, 2.0);
    }
}
