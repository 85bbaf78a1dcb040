//! Reproducible randomness.

use rand::SeedableRng;

/// The generator to draw an environment's randomness from: the same numbers on every machine and
/// with every later version of it.
pub type EnvRng = rand_chacha::ChaCha8Rng;

/// A generator seeded with `seed`, or from the operating system's entropy for `None`.
pub fn rng(seed: Option<u64>) -> EnvRng {
    match seed {
        Some(seed) => EnvRng::seed_from_u64(seed),
        None => rand::make_rng(),
    }
}
