//! Many environments in one process, stepped together or as they get ready.
//!
//! [`VectorEnv::step`] is Gymnasium's vector environment: all environments act, and the call waits for all.
//! [`VectorEnv::send`] and [`VectorEnv::receive`] are its two halves: `receive` returns environments in the order in which
//! they finish. All observations are rows of one [`Batch`](crate::columns::Batch).
//!
//! Environments are moved by value to worker threads and back. Any free worker takes the next one, so that a slow
//! environment does not delay the others. Where the call waits for all, a worker takes as many quick ones at once as it
//! steps in a tenth of a millisecond, and fills their rows. An environment that fails, panics or takes too long fails its own episode;
//! it is replaced by a new one, and the others continue.

mod block;
mod error;
mod lane;
mod options;
mod pool;
mod step;
mod vector_env;

pub use error::VectorError;
pub use options::{Autoreset, VectorOptions};
pub use step::VectorStep;
pub use vector_env::VectorEnv;
