//! The results of steps and resets.

use super::lane::{FinalStep, Outcome};
use crate::columns::{Batch, Column, Columnar};
use crate::env::Env;

/// The latest results of all environments: one row or entry each. An environment whose pending step or reset has not been
/// received keeps the entries of its previous result.
#[derive(Debug)]
pub struct VectorStep<Info> {
    /// The observations.
    pub observations: Batch,
    /// The rewards of the step.
    pub rewards: Vec<f64>,
    /// The episode ended within the task.
    pub terminated: Vec<bool>,
    /// The episode ended from outside, or failed.
    pub truncated: Vec<bool>,
    /// The infos of the steps or resets; `None` where the environment failed.
    pub infos: Vec<Option<Info>>,
    /// With [`Autoreset::SameStep`](super::Autoreset::SameStep), the last observations of episodes that ended in this step.
    pub final_observations: Batch,
    /// Which rows of `final_observations` hold one.
    pub has_final: Vec<bool>,
    /// The infos that belong to the final observations.
    pub final_infos: Vec<Option<Info>>,
    /// Why the environment's episode failed.
    pub errors: Vec<Option<String>>,
}

impl<Info> VectorStep<Info> {
    pub(super) fn new(blank: Batch) -> Self {
        let count = blank.rows();
        Self {
            final_observations: blank.clone(),
            observations: blank,
            rewards: vec![0.0; count],
            terminated: vec![false; count],
            truncated: vec![false; count],
            infos: (0..count).map(|_| None).collect(),
            has_final: vec![false; count],
            final_infos: (0..count).map(|_| None).collect(),
            errors: vec![None; count],
        }
    }

    /// Takes the results of `count` environments from `first` on. `rows` get the former infos in return, so that the thread
    /// that fills them again drops these.
    pub(super) fn take(&mut self, first: usize, count: usize, rows: &mut Rows<Info>) {
        let (to, from) = (first..first + count, 0..count);
        for row in from.clone().filter(|row| rows.step.has_final[*row]) {
            let (batch, source) = match rows.final_is_seen[row] {
                true => (&rows.step.final_observations, row),
                // The environment failed: its last observation is that of the step before.
                false => (&self.observations, first + row),
            };
            self.final_observations
                .copy_rows(first + row, batch, source..source + 1);
        }
        let mut row = 0;
        for same in rows.is_seen[from.clone()].chunk_by(|a, b| a == b) {
            if same[0] {
                self.observations.copy_rows(
                    first + row,
                    &rows.step.observations,
                    row..row + same.len(),
                );
            }
            row += same.len();
        }
        let step = &mut rows.step;
        self.rewards[to.clone()].copy_from_slice(&step.rewards[from.clone()]);
        self.terminated[to.clone()].copy_from_slice(&step.terminated[from.clone()]);
        self.truncated[to.clone()].copy_from_slice(&step.truncated[from.clone()]);
        self.has_final[to.clone()].copy_from_slice(&step.has_final[from.clone()]);
        self.infos[to.clone()].swap_with_slice(&mut step.infos[from.clone()]);
        self.final_infos[to.clone()].swap_with_slice(&mut step.final_infos[from.clone()]);
        self.errors[to].swap_with_slice(&mut step.errors[from]);
    }
}

/// The results of some environments, on their way into a [`VectorStep`].
pub(super) struct Rows<Info> {
    step: VectorStep<Info>,
    /// Whether there is an observation; the environment keeps its previous one where there is none.
    is_seen: Vec<bool>,
    /// The same for the final observations.
    final_is_seen: Vec<bool>,
    /// Whether an episode is running after the task.
    pub(super) runs: Vec<bool>,
}

impl<Info> Rows<Info> {
    pub(super) fn new(columns: Vec<Column>, count: usize) -> Self {
        Self {
            step: VectorStep::new(Batch::new(columns, count)),
            is_seen: vec![false; count],
            final_is_seen: vec![false; count],
            runs: vec![false; count],
        }
    }

    /// For how many environments there is a row.
    pub(super) const fn count(&self) -> usize {
        self.runs.len()
    }

    /// Writes the result of an environment's task.
    pub(super) fn write<E>(&mut self, row: usize, space: &E::ObservationSpace, outcome: Outcome<E>)
    where
        E: Env<Info = Info>,
        E::ObservationSpace: Columnar,
    {
        let step = &mut self.step;
        step.has_final[row] = outcome.last.is_some();
        let FinalStep { observation, info } = outcome.last.unwrap_or_default();
        if let Some(observation) = &observation {
            step.final_observations.write(row, space, observation);
        }
        if let Some(observation) = &outcome.observation {
            step.observations.write(row, space, observation);
        }
        self.final_is_seen[row] = observation.is_some();
        self.is_seen[row] = outcome.observation.is_some();
        self.runs[row] = outcome.runs;
        step.final_infos[row] = info;
        step.rewards[row] = outcome.reward;
        step.terminated[row] = outcome.terminated;
        step.truncated[row] = outcome.truncated;
        step.infos[row] = outcome.info;
        step.errors[row] = outcome.error;
    }
}
