//! Embedders by their names.

use std::path::Path;

use super::{Embedder, Pixels};
use crate::{Error, Result};

/// The name of [`Pixels`].
const PIXELS: &str = "pixels";

/// The names of embedders that need no folder of a trained driver. All but the first are networks, of which the second is the default.
pub const NAMES: [&str; 4] = [PIXELS, "mobilenet_v2", "efficientnet_lite0", "resnet50"];

/// The embedder of that name: one of [`NAMES`], or [`name_of`] a driver's folder. A network has the weights of a file, or else those
/// that `make setup` installs; those of a driver are its folder.
///
/// # Errors
/// [`Error::Argument`] for another name, weights for an embedder without some, and a network in a build without libtorch; those of
/// the weights.
pub fn open(name: &str, weights: Option<&Path>) -> Result<Box<dyn Embedder + Send>> {
    match (name, weights) {
        (PIXELS, None) => Ok(Box::new(Pixels::new())),
        (PIXELS, Some(weights)) => Err(Error::Argument {
            what: "weights".to_owned(),
            expected: format!("none for the embedder {PIXELS}"),
            found: weights.display().to_string(),
        }),
        _ => network(name, weights),
    }
}

#[cfg(feature = "torch")]
fn network(name: &str, weights: Option<&Path>) -> Result<Box<dyn Embedder + Send>> {
    use super::{Features, Network, NetworkEmbedder, Weights};
    use crate::bc::ModelName;

    if let Ok(model) = name.parse::<ModelName>() {
        let folder = weights.ok_or_else(|| Error::NoWeights {
            embedder: model.name(),
            advice: "name the folder of a driver of `train pilotnet`".to_owned(),
        })?;
        return Ok(Box::new(Features::load(folder)?));
    }
    let network: Network = name.parse().map_err(|_| unknown(name))?;
    let weights = match weights {
        Some(path) => Weights::read(path)?,
        None => Weights::read(&Weights::find(network)?)?,
    };
    Ok(Box::new(NetworkEmbedder::new(network, weights)?))
}

/// The name of the embedder into the features of the driver in a folder.
///
/// # Errors
/// There is no card of such a driver, or it is damaged.
#[cfg(feature = "torch")]
pub fn name_of(driver: &Path) -> Result<&'static str> {
    use crate::bc::Card;

    Ok(Card::read(driver)?.config.model.name())
}

#[cfg(not(feature = "torch"))]
fn network(name: &str, _: Option<&Path>) -> Result<Box<dyn Embedder + Send>> {
    if !NAMES.contains(&name) {
        return Err(unknown(name));
    }
    Err(without_torch(name))
}

/// The name of the embedder into the features of the driver in a folder.
///
/// # Errors
/// Always, in a build without libtorch.
#[cfg(not(feature = "torch"))]
pub fn name_of(driver: &Path) -> Result<&'static str> {
    Err(without_torch(&driver.display().to_string()))
}

#[cfg(not(feature = "torch"))]
fn without_torch(found: &str) -> Error {
    Error::Argument {
        what: "embedder".to_owned(),
        expected: format!("a build with the feature \"torch\", or {PIXELS}"),
        found: found.to_owned(),
    }
}

fn unknown(name: &str) -> Error {
    Error::Argument {
        what: "embedder".to_owned(),
        expected: format!("one of {}", NAMES.join(", ")),
        found: name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_none_and_weights_of_nothing_are_refused() {
        let refused = |name, weights: Option<&str>| {
            let opened = open(name, weights.map(Path::new)).map(|_| ());
            opened.expect_err("no embedder").to_string()
        };
        assert!(refused("mobilenet", None).contains("one of pixels, mobilenet_v2"));
        assert!(refused(PIXELS, Some("a.pth")).contains("a.pth"));
        assert!(refused("pilotnet", None).contains("pilotnet"));
        assert_eq!(open(PIXELS, None).expect("it").embedding().embedder, PIXELS);
    }
}
