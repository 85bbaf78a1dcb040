//! Replacement for the pictures of a replay in a build without cairo.

use anyhow::{Result, ensure};
use env_mkds::runs::Replay as Player;
use nds_formats::pad::Pad;
use outputs::Outputs;

use super::arguments::Replay;

/// Draws nothing.
pub struct Artist;

impl Artist {
    /// Refuses requests for pictures.
    ///
    /// # Errors
    /// When `args` requests pictures.
    pub fn new(args: &Replay, _outputs: &Outputs, _player: &Player, _length: u64) -> Result<Self> {
        ensure!(
            !args.draws(),
            "--png, --gif and --video: expected a build with the feature \"cairo\", found one without"
        );
        Ok(Self)
    }

    /// No frame is to be drawn.
    pub fn wants(&self, _frame: u64) -> bool {
        false
    }

    /// Never called, since no frame is wanted.
    ///
    /// # Errors
    /// None.
    pub fn see(&mut self, _frame: u64, _pad: Pad, _player: &Player) -> Result<()> {
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
