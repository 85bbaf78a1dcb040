//! Replacement for the pictures of a replay in a build without cairo.

use anyhow::{Result, ensure};
use env_kart::race_env::PadOf;
use env_kart::runs::replay::Replay as Player;
use outputs::Outputs;

use super::arguments::Replay;
use crate::games::KartGame;

/// Draws nothing.
pub struct Artist<G>(std::marker::PhantomData<G>);

impl<G: KartGame> Artist<G> {
    /// Refuses requests for pictures.
    ///
    /// # Errors
    /// When `args` requests pictures.
    pub fn new(
        args: &Replay,
        _outputs: &Outputs,
        _player: &Player<G>,
        _length: u64,
    ) -> Result<Self> {
        ensure!(
            !args.draws(),
            "--png, --gif and --video: expected a build with the feature \"cairo\", found one without"
        );
        Ok(Self(std::marker::PhantomData))
    }

    /// No frame is to be drawn.
    pub fn wants(&self, _frame: u64) -> bool {
        false
    }

    /// Never called, since no frame is wanted.
    ///
    /// # Errors
    /// None.
    pub fn see(&mut self, _frame: u64, _pad: PadOf<G>, _player: &Player<G>) -> Result<()> {
        Ok(())
    }

    /// There is nothing to finish.
    ///
    /// # Errors
    /// None.
    pub fn finish(self) -> Result<()> {
        Ok(())
    }
}
