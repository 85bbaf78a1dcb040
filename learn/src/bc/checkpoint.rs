//! The state of training between two epochs: parameters, and the optimiser's moments of each.

use std::path::Path;

use tch::Tensor;

use super::adamw::{AdamW, Moments};
use super::card::{FileReference, read_tensors, write_tensors};
use crate::Result;

/// The tensors that a checkpoint holds for each parameter, as prefixes of their names.
const PARTS: [&str; 3] = ["weight", "first_moment", "second_moment"];

/// Writes a checkpoint into a model's folder.
pub(crate) fn write(
    folder: &Path,
    file: String,
    parameters: &[(String, Tensor)],
    optimiser: &AdamW,
) -> Result<FileReference> {
    let entries = parameters.iter().zip(&optimiser.moments).flat_map(
        |((name, parameter), Moments { first, second })| {
            let tensors = [parameter, first, second].map(Tensor::shallow_clone);
            PARTS
                .iter()
                .map(move |part| format!("{part}.{name}"))
                .zip(tensors)
        },
    );
    write_tensors(folder, file, &entries.collect::<Vec<_>>())
}

/// Reads a checkpoint that was written after so many steps, of parameters with these names and shapes.
pub(crate) fn read(
    folder: &Path,
    reference: &FileReference,
    steps: u64,
    parameters: &mut [(String, Tensor)],
    optimiser: &mut AdamW,
) -> Result<()> {
    let shapes: Vec<(String, Vec<i64>)> = parameters
        .iter()
        .flat_map(|(name, tensor)| PARTS.map(|part| (format!("{part}.{name}"), tensor.size())))
        .collect();
    let device = parameters[0].1.device();
    let tensors = read_tensors(folder, reference, &shapes, device)?;
    let slots = parameters
        .iter_mut()
        .zip(&mut optimiser.moments)
        .flat_map(|((_, parameter), Moments { first, second })| [parameter, first, second]);
    tch::no_grad(|| {
        slots
            .zip(&tensors)
            .try_for_each(|(slot, (_, tensor))| slot.f_copy_(tensor))
    })?;
    optimiser.step = steps;
    Ok(())
}
