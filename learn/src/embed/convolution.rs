//! Convolutions with the batch normalisation behind them, as one operation.

use tch::Tensor;

use super::weights::{Weights, WeightsHash};
use crate::Result;

/// Pixels beyond the edges of a picture, which are zeros.
#[derive(Clone, Copy, Debug)]
pub(super) enum Padding {
    /// As many on all sides: torch's way.
    Even,
    /// TensorFlow's `SAME`: at a stride of 2 one more on the right and below, since sides are even.
    Same,
}

/// The shape of a convolution.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) inputs: i64,
    pub(super) outputs: i64,
    /// The side of its kernel.
    pub(super) side: i64,
    pub(super) stride: i64,
    /// Each channel by itself.
    pub(super) depthwise: bool,
}

impl Shape {
    /// A kernel of one pixel.
    pub(super) const fn pointwise(inputs: i64, outputs: i64) -> Self {
        Self::square(inputs, outputs, 1, 1)
    }

    pub(super) const fn square(inputs: i64, outputs: i64, side: i64, stride: i64) -> Self {
        Self {
            inputs,
            outputs,
            side,
            stride,
            depthwise: false,
        }
    }

    pub(super) const fn depthwise(channels: i64, side: i64, stride: i64) -> Self {
        Self {
            inputs: channels,
            outputs: channels,
            side,
            stride,
            depthwise: true,
        }
    }
}

/// What turns a file's weights into convolutions.
pub(super) struct Layers<'a> {
    pub(super) weights: &'a mut Weights,
    /// Of what is taken, for layers that stay as they are.
    pub(super) hash: Option<&'a mut WeightsHash>,
    pub(super) padding: Padding,
    /// What batch normalisation adds to variances.
    pub(super) epsilon: f64,
}

impl Layers<'_> {
    fn take(&mut self, name: &str, shape: &[i64]) -> Result<Tensor> {
        let tensor = self.weights.take(name, shape)?;
        if let Some(hash) = &mut self.hash {
            hash.add(name, &tensor)?;
        }
        Ok(tensor)
    }

    /// The convolution of this name, and the batch normalisation of that name behind it, unless the file has them merged.
    pub(super) fn convolution(
        &mut self,
        name: &str,
        normalisation: &str,
        shape: Shape,
    ) -> Result<Convolution> {
        let Shape {
            inputs,
            outputs,
            side,
            stride,
            depthwise,
        } = shape;
        let groups = if depthwise { inputs } else { 1 };
        let weight = self.take(
            &format!("{name}.weight"),
            &[outputs, inputs / groups, side, side],
        )?;
        let merged = format!("{name}.bias");
        let (weight, bias) = match self.weights.has(&merged) {
            true => (weight, self.take(&merged, &[outputs])?),
            false => self.normalised(weight, normalisation, outputs)?,
        };
        // Channels last is the order in which libtorch computes these fastest.
        let weight = weight
            .permute([0, 2, 3, 1])
            .contiguous()
            .permute([0, 3, 1, 2]);
        let around = side - 1;
        let (padding, padded) = match self.padding {
            Padding::Same if stride > 1 => {
                let around = side - stride;
                let before = around / 2;
                let after = around - before;
                (0, Some([before, after, before, after]))
            }
            Padding::Even | Padding::Same => (around / 2, None),
        };
        Ok(Convolution {
            weight,
            bias,
            stride,
            padding,
            padded,
            groups,
        })
    }

    /// The weight and the bias of a convolution that does what this weight and the batch normalisation of this name do.
    fn normalised(
        &mut self,
        weight: Tensor,
        normalisation: &str,
        outputs: i64,
    ) -> Result<(Tensor, Tensor)> {
        let mut of_channels =
            |part: &str| self.take(&format!("{normalisation}.{part}"), &[outputs]);
        let (scale, shift) = (of_channels("weight")?, of_channels("bias")?);
        let (mean, variance) = (of_channels("running_mean")?, of_channels("running_var")?);
        let factor = scale / (variance + self.epsilon).sqrt();
        let bias = shift - mean * &factor;
        Ok((weight * factor.reshape([-1, 1, 1, 1]), bias))
    }
}

/// A convolution and its normalisation.
#[derive(Debug)]
pub(super) struct Convolution {
    weight: Tensor,
    bias: Tensor,
    stride: i64,
    padding: i64,
    /// Zeros that are put around the picture before: left, right, above, below.
    padded: Option<[i64; 4]>,
    groups: i64,
}

impl Convolution {
    pub(super) fn of(&self, input: &Tensor) -> Result<Tensor> {
        let padded = match self.padded {
            Some(around) => Some(input.f_constant_pad_nd(around)?),
            None => None,
        };
        Ok(padded.as_ref().unwrap_or(input).f_conv2d(
            &self.weight,
            Some(&self.bias),
            [self.stride; 2],
            [self.padding; 2],
            [1, 1],
            self.groups,
        )?)
    }

    /// With what is below 0 or above 6 cut off.
    pub(super) fn relu6_of(&self, input: &Tensor) -> Result<Tensor> {
        Ok(self.of(input)?.f_clamp_(0.0, 6.0)?)
    }

    /// With what is below 0 cut off.
    pub(super) fn relu_of(&self, input: &Tensor) -> Result<Tensor> {
        Ok(self.of(input)?.f_relu_()?)
    }
}
