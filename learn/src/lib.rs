//! Datasets, behavioural cloning and closed-loop evaluation.
