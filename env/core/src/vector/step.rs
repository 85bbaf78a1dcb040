//! The results of steps and resets.

use crate::columns::Batch;

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
}
