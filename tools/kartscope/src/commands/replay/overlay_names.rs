//! Names of overlays on the command line.

use std::str::FromStr;

use overlays::OverlayKind;

/// The overlays to draw, as written on the command line: names separated by commas.
#[derive(Debug, Clone)]
pub struct Overlays(pub Vec<OverlayKind>);

impl FromStr for Overlays {
    type Err = String;

    fn from_str(names: &str) -> Result<Self, String> {
        let kinds = OverlayKind::parse_list(names).map_err(|error| error.to_string())?;
        match kinds.is_empty() {
            true => Err("expected a name; --plain shows the game alone".to_owned()),
            false => Ok(Self(kinds)),
        }
    }
}

impl Default for Overlays {
    /// Few overlays, since a picture of a replay is small.
    fn default() -> Self {
        use OverlayKind::{Buttons, Checkpoints, Rays};
        Self(vec![Checkpoints, Rays, Buttons])
    }
}
