//! The networks: plain named tensors and a forward pass.

mod pictures;

use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;
use tch::{Device, Kind, Tensor};

use super::{Config, ModelName};

/// A network and its weights.
#[derive(Debug)]
pub(crate) struct Network {
    model: ModelName,
    layers: usize,
    hidden: i64,
    /// Named; `weight` then `bias` of each layer from input to output.
    pub(super) parameters: Vec<(String, Tensor)>,
}

/// The numbers that a network's input and output have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Widths {
    /// Of an observation.
    pub(crate) observation: usize,
    /// Of an action.
    pub(crate) action: usize,
    /// Of the heads' outputs.
    pub(crate) outputs: usize,
}

/// The state that a recurrent network carries from frame to frame; empty for other networks.
#[derive(Debug, Default)]
pub(crate) struct Memory(Vec<Tensor>);

impl Memory {
    /// Prepares for the next batch of the same streams, of which those that `continued` `[n]`
    /// marks with 1 continue and the others start from zeros. Streams from n on have ended. Gradients do
    /// not flow into the batch before.
    pub(super) fn carry(&mut self, continued: &Tensor) {
        let count = continued.size()[0];
        let continued = continued.view([1, count, 1]);
        for state in &mut self.0 {
            *state = state.detach().narrow(1, 0, count) * &continued;
        }
    }
}

impl Network {
    /// Numbers of one input: the observations, the previous actions, and whether those are shown.
    pub(crate) fn input_width(config: &Config, widths: Widths) -> usize {
        config.history() * widths.observation + config.previous_actions * widths.action + 1
    }

    /// Width and height of the pictures that a network of this kind sees.
    pub(crate) const fn picture_size(model: ModelName) -> (u32, u32) {
        pictures::size(model)
    }

    /// Names and shapes of the parameters, in order.
    pub(super) fn shapes(config: &Config, widths: Widths) -> Vec<(String, Vec<i64>)> {
        let (mut shapes, features) = match config.model.sees_pictures() {
            true => pictures::body(config.model),
            false => Self::body_of_numbers(config, widths),
        };
        let outputs = widths.outputs as i64;
        shapes.push(("heads.weight".to_owned(), vec![outputs, features]));
        shapes.push(("heads.bias".to_owned(), vec![outputs]));
        shapes
    }

    /// The parameters before the heads of a network that sees numbers, and the features that the heads take.
    fn body_of_numbers(config: &Config, widths: Widths) -> (Vec<(String, Vec<i64>)>, i64) {
        let input = Self::input_width(config, widths) as i64;
        let hidden = config.hidden as i64;
        let mut shapes = Vec::new();
        for layer in 0..config.layers {
            let from = if layer == 0 { input } else { hidden };
            match config.model {
                ModelName::Lstm => {
                    // The four gates stacked, as libtorch's `lstm` takes them.
                    shapes.push((format!("lstm.weight_ih_l{layer}"), vec![4 * hidden, from]));
                    shapes.push((format!("lstm.weight_hh_l{layer}"), vec![4 * hidden, hidden]));
                    shapes.push((format!("lstm.bias_ih_l{layer}"), vec![4 * hidden]));
                    shapes.push((format!("lstm.bias_hh_l{layer}"), vec![4 * hidden]));
                }
                _ => {
                    shapes.push((format!("hidden.{layer}.weight"), vec![hidden, from]));
                    shapes.push((format!("hidden.{layer}.bias"), vec![hidden]));
                }
            }
        }
        (shapes, hidden)
    }

    /// A network with random weights. They come from `random` and not from libtorch's generator,
    /// which is global to the process.
    pub(crate) fn random(
        config: &Config,
        widths: Widths,
        device: Device,
        random: &mut impl Rng,
    ) -> Self {
        let mut fan_in = 1;
        let sees_pictures = config.model.sees_pictures();
        let parameters = Self::shapes(config, widths)
            .into_iter()
            .map(|(name, shape)| {
                if let [_, inputs @ ..] = &shape[..]
                    && !inputs.is_empty()
                {
                    fan_in = inputs.iter().product();
                }
                let is_weight = shape.len() > 1;
                let count = shape.iter().product::<i64>() as usize;
                let mut within = |limit: f32| -> Vec<f32> {
                    (0..count)
                        .map(|_| random.random_range(-limit..limit))
                        .collect()
                };
                let values = match sees_pictures {
                    // Uniform within 1/sqrt(inputs), the bias as its weight: He et al. 2015 scaled
                    // the way libtorch's layers do it.
                    false => within(1.0 / (fan_in as f32).sqrt()),
                    // Unscaled, so that what differs between pictures passes many layers.
                    true if is_weight => within((6.0 / fan_in as f32).sqrt()),
                    true if name.ends_with(pictures::SCALE) => vec![1.0; count],
                    true => vec![0.0; count],
                };
                let tensor = Tensor::from_slice(&values)
                    .view(&shape[..])
                    .to_device(device);
                (name, tensor.set_requires_grad(true))
            })
            .collect();
        Self::with_parameters(config, parameters)
    }

    /// A network with given weights, which have the names and shapes of
    /// [`shapes`](Self::shapes).
    pub(super) fn with_parameters(config: &Config, parameters: Vec<(String, Tensor)>) -> Self {
        Self {
            model: config.model,
            layers: config.layers,
            hidden: config.hidden as i64,
            parameters,
        }
    }

    /// A second handle on the same weights.
    pub(crate) fn share(&self) -> Self {
        let parameters = self
            .parameters
            .iter()
            .map(|(name, tensor)| (name.clone(), tensor.shallow_clone()))
            .collect();
        Self {
            model: self.model,
            layers: self.layers,
            hidden: self.hidden,
            parameters,
        }
    }

    pub(crate) fn device(&self) -> Device {
        self.parameters[0].1.device()
    }

    /// The parameters before the heads.
    pub(crate) fn body(&self) -> &[(String, Tensor)] {
        &self.parameters[..self.parameters.len() - 2]
    }

    /// The numbers that the heads see of an input.
    pub(crate) fn features_width(&self) -> usize {
        let [(_, weight), _] = self.heads();
        weight.size()[1] as usize
    }

    /// Weight and bias of the heads.
    fn heads(&self) -> &[(String, Tensor); 2] {
        let heads = self.parameters.last_chunk();
        heads.expect("every network has heads")
    }

    /// What the heads of a network that sees pictures see: pictures `[batch, height, width, 3]` to features
    /// `[batch, features]`.
    pub(crate) fn features(&self, pictures: &Tensor) -> Tensor {
        pictures::features(self.model, self.body(), pictures, None)
    }

    /// Inputs `[batch, frames, input]` to outputs `[batch, frames, outputs]`; pictures `[batch, height, width, 3]` to
    /// outputs `[batch, outputs]`. `memory` is that after the frames before these, and becomes that after these. `dropout`
    /// is `None` but in training.
    pub(crate) fn forward(
        &self,
        input: &Tensor,
        memory: &mut Memory,
        dropout: Option<&mut ChaCha8Rng>,
    ) -> Tensor {
        let (body, heads) = (self.body(), self.heads());
        if self.model.sees_pictures() {
            return pictures::forward(self.model, body, heads, input, dropout);
        }
        let features = match self.model {
            ModelName::Lstm => {
                if memory.0.is_empty() {
                    let size = [self.layers as i64, input.size()[0], self.hidden];
                    let zeros = || Tensor::zeros(size, (Kind::Float, input.device()));
                    memory.0 = vec![zeros(), zeros()];
                }
                let weights: Vec<Tensor> = body
                    .iter()
                    .map(|(_, tensor)| tensor.shallow_clone())
                    .collect();
                let layers = self.layers as i64;
                let (output, hidden, cell) =
                    input.lstm(&memory.0, &weights, true, layers, 0.0, false, false, true);
                memory.0 = vec![hidden, cell];
                output
            }
            _ => body
                .chunks_exact(2)
                .fold(input.shallow_clone(), |x, layer| {
                    x.linear(&layer[0].1, Some(&layer[1].1)).relu()
                }),
        };
        features.linear(&heads[0].1, Some(&heads[1].1))
    }
}
