//! The networks, up to the vector before their classifier.

use std::fmt;
use std::str::FromStr;

use tch::{Kind, Tensor};

use super::convolution::{Convolution, Layers, Padding, Shape};
use super::weights::{Weights, WeightsHash};
use crate::{Error, Result};

/// A network that was trained on ImageNet's classes. Its vector is the average over the picture of what its classifier sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// MobileNetV2 (Sandler et al. 2018), by torchvision's names.
    #[default]
    MobileNetV2,
    /// EfficientNet-Lite0 (TensorFlow's), by the names of EfficientNet-PyTorch.
    EfficientNetLite0,
    /// ResNet-50 (He et al. 2015; stride in the 3x3 convolution), by torchvision's names.
    ResNet50,
}

/// What a network subtracts from red, green and blue, which are from 0 to 1, and by what it divides them then.
#[derive(Debug)]
pub(super) struct Normalisation {
    pub(super) mean: [f64; 3],
    pub(super) deviation: [f64; 3],
}

impl Normalisation {
    /// Pictures `[n, height, width, 3]`, bytes, as a network sees them: `[n, 3, height, width]`, channels last in memory.
    pub(super) fn of(&self, pictures: &Tensor) -> Result<Tensor> {
        let device = pictures.device();
        let on_device = |numbers: &[f64; 3]| {
            let numbers = Tensor::f_from_slice(numbers)?.f_to_device(device)?;
            numbers.f_to_kind(Kind::Float)
        };
        let colours = pictures.f_to_kind(Kind::Float)?.f_div_scalar(255.0)?;
        let colours = colours.f_sub(&on_device(&self.mean)?)?;
        let colours = colours.f_div(&on_device(&self.deviation)?)?;
        Ok(colours.f_permute([0, 3, 1, 2])?)
    }
}

impl Network {
    /// All.
    pub const ALL: [Self; 3] = [Self::MobileNetV2, Self::EfficientNetLite0, Self::ResNet50];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MobileNetV2 => "mobilenet_v2",
            Self::EfficientNetLite0 => "efficientnet_lite0",
            Self::ResNet50 => "resnet50",
        }
    }

    /// The file of its weights that `make setup` installs.
    pub(super) const fn installed_file(self) -> Option<&'static str> {
        match self {
            Self::MobileNetV2 => Some("mobilenet_v2-b0353104.pth"),
            Self::EfficientNetLite0 => Some("efficientnet-lite0-57934424.pth"),
            Self::ResNet50 => None,
        }
    }

    /// The numbers in its vector.
    #[must_use]
    pub const fn dimension(self) -> usize {
        match self {
            Self::MobileNetV2 | Self::EfficientNetLite0 => 1280,
            Self::ResNet50 => 2048,
        }
    }

    pub(super) const fn normalisation(self) -> Normalisation {
        match self {
            Self::MobileNetV2 | Self::ResNet50 => Normalisation {
                mean: [0.485, 0.456, 0.406],
                deviation: [0.229, 0.224, 0.225],
            },
            // TensorFlow's (byte - 127) / 128. The first layer's mean and variance in the weights agree with it.
            Self::EfficientNetLite0 => Normalisation {
                mean: [127.0 / 255.0; 3],
                deviation: [128.0 / 255.0; 3],
            },
        }
    }

    /// The network of these weights, and SHA-256 of those that it has.
    pub(super) fn layers(self, weights: &mut Weights) -> Result<(Built, String)> {
        let mut hash = WeightsHash::default();
        let built = self.build(weights, Some(&mut hash))?;
        Ok((built, hash.finish()))
    }

    /// The network of these weights, to whose tensors gradients flow back; they are added to the hash.
    pub(super) fn build(
        self,
        weights: &mut Weights,
        hash: Option<&mut WeightsHash>,
    ) -> Result<Built> {
        let (padding, epsilon) = match self {
            Self::MobileNetV2 | Self::ResNet50 => (Padding::Even, 1e-5),
            Self::EfficientNetLite0 => (Padding::Same, 1e-3),
        };
        let mut layers = Layers {
            weights,
            hash,
            padding,
            epsilon,
        };
        Ok(match self {
            Self::MobileNetV2 => Built::Mobile(Mobile::mobilenet_v2(&mut layers)?),
            Self::EfficientNetLite0 => Built::Mobile(Mobile::efficientnet_lite0(&mut layers)?),
            Self::ResNet50 => Built::Residual(Residual::resnet50(&mut layers)?),
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Network {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let network = Self::ALL.into_iter().find(|network| network.name() == name);
        network.ok_or_else(|| Error::Argument {
            what: "network".to_owned(),
            expected: Self::ALL.map(Self::name).join(", "),
            found: name.to_owned(),
        })
    }
}

/// A network with its weights.
#[derive(Debug)]
pub(super) enum Built {
    Mobile(Mobile),
    Residual(Residual),
}

impl Built {
    /// The vectors of pictures `[n, 3, 224, 224]`.
    pub(super) fn vectors(&self, pictures: &Tensor) -> Result<Tensor> {
        let maps = match self {
            Self::Mobile(network) => network.maps(pictures)?,
            Self::Residual(network) => network.maps(pictures)?,
        };
        Ok(maps.f_mean_dim(&[2_i64, 3][..], false, Kind::Float)?)
    }
}

/// A row of the tables of blocks: expansion, channels, repetitions, stride of the first, side of the kernel.
type Row = (i64, i64, i64, i64, i64);

/// A network of inverted residual blocks.
#[derive(Debug)]
pub(super) struct Mobile {
    stem: Convolution,
    blocks: Vec<InvertedResidual>,
    head: Convolution,
}

#[derive(Debug)]
struct InvertedResidual {
    expand: Option<Convolution>,
    depthwise: Convolution,
    project: Convolution,
    residual: bool,
}

/// The channels of a block's ends and inside.
#[derive(Clone, Copy)]
struct BlockShape {
    inputs: i64,
    inside: i64,
    outputs: i64,
    stride: i64,
    side: i64,
}

/// The names of a block's convolutions, each with its normalisation.
struct BlockNames {
    expand: [String; 2],
    depthwise: [String; 2],
    project: [String; 2],
}

impl Mobile {
    fn mobilenet_v2(layers: &mut Layers<'_>) -> Result<Self> {
        const TABLE: [Row; 7] = [
            (1, 16, 1, 1, 3),
            (6, 24, 2, 2, 3),
            (6, 32, 3, 2, 3),
            (6, 64, 4, 2, 3),
            (6, 96, 3, 1, 3),
            (6, 160, 3, 2, 3),
            (6, 320, 1, 1, 3),
        ];
        let names = |number: usize, expands: bool| {
            let within = |part: &str| format!("features.{}.conv.{part}", number + 1);
            // Each part that ends with an activation is a sequence of its own.
            let at = usize::from(expands);
            let activated = |at: usize| [within(&format!("{at}.0")), within(&format!("{at}.1"))];
            BlockNames {
                expand: activated(0),
                depthwise: activated(at),
                project: [within(&(at + 1).to_string()), within(&(at + 2).to_string())],
            }
        };
        let stem = ["features.0.0", "features.0.1"];
        let head = ["features.18.0", "features.18.1"];
        Self::of_table(layers, stem, head, &TABLE, names)
    }

    fn efficientnet_lite0(layers: &mut Layers<'_>) -> Result<Self> {
        const TABLE: [Row; 7] = [
            (1, 16, 1, 1, 3),
            (6, 24, 2, 2, 3),
            (6, 40, 2, 2, 5),
            (6, 80, 3, 2, 3),
            (6, 112, 3, 1, 5),
            (6, 192, 4, 2, 5),
            (6, 320, 1, 1, 3),
        ];
        let names = |number: usize, _| {
            let within = |part: &str| format!("_blocks.{number}.{part}");
            BlockNames {
                expand: [within("_expand_conv"), within("_bn0")],
                depthwise: [within("_depthwise_conv"), within("_bn1")],
                project: [within("_project_conv"), within("_bn2")],
            }
        };
        let (stem, head) = (["_conv_stem", "_bn0"], ["_conv_head", "_bn1"]);
        Self::of_table(layers, stem, head, &TABLE, names)
    }

    fn of_table(
        layers: &mut Layers<'_>,
        stem: [&str; 2],
        head: [&str; 2],
        table: &[Row],
        names: impl Fn(usize, bool) -> BlockNames,
    ) -> Result<Self> {
        let mut channels = 32;
        let stem = layers.convolution(stem[0], stem[1], Shape::square(3, channels, 3, 2))?;
        let mut blocks = Vec::new();
        for (expansion, outputs, repetitions, stride, side) in table {
            for repetition in 0..*repetitions {
                let shape = BlockShape {
                    inputs: channels,
                    inside: channels * expansion,
                    outputs: *outputs,
                    stride: if repetition == 0 { *stride } else { 1 },
                    side: *side,
                };
                let names = names(blocks.len(), *expansion > 1);
                blocks.push(InvertedResidual::new(layers, shape, &names)?);
                channels = *outputs;
            }
        }
        let head = layers.convolution(head[0], head[1], Shape::pointwise(channels, 1280))?;
        Ok(Self { stem, blocks, head })
    }

    fn maps(&self, pictures: &Tensor) -> Result<Tensor> {
        let mut maps = self.stem.relu6_of(pictures)?;
        for block in &self.blocks {
            maps = block.of(&maps)?;
        }
        self.head.relu6_of(&maps)
    }
}

impl InvertedResidual {
    fn new(layers: &mut Layers<'_>, shape: BlockShape, names: &BlockNames) -> Result<Self> {
        let BlockShape {
            inputs,
            inside,
            outputs,
            stride,
            side,
        } = shape;
        let mut convolution = |[name, normalisation]: &[String; 2], shape| {
            layers.convolution(name, normalisation, shape)
        };
        let expand = if inside == inputs {
            None
        } else {
            Some(convolution(
                &names.expand,
                Shape::pointwise(inputs, inside),
            )?)
        };
        let depthwise = Shape::depthwise(inside, side, stride);
        Ok(Self {
            expand,
            depthwise: convolution(&names.depthwise, depthwise)?,
            project: convolution(&names.project, Shape::pointwise(inside, outputs))?,
            residual: stride == 1 && inputs == outputs,
        })
    }

    fn of(&self, input: &Tensor) -> Result<Tensor> {
        let inside = match &self.expand {
            Some(expand) => self.depthwise.relu6_of(&expand.relu6_of(input)?)?,
            None => self.depthwise.relu6_of(input)?,
        };
        let output = self.project.of(&inside)?;
        Ok(if self.residual {
            output.f_add(input)?
        } else {
            output
        })
    }
}

/// A network of bottleneck blocks.
#[derive(Debug)]
pub(super) struct Residual {
    stem: Convolution,
    blocks: Vec<Bottleneck>,
}

#[derive(Debug)]
struct Bottleneck {
    convolutions: [Convolution; 3],
    downsample: Option<Convolution>,
}

impl Residual {
    fn resnet50(layers: &mut Layers<'_>) -> Result<Self> {
        let stem = layers.convolution("conv1", "bn1", Shape::square(3, 64, 7, 2))?;
        let mut blocks = Vec::new();
        let mut inputs = 64;
        for (layer, inside, repetitions) in [(1, 64, 3), (2, 128, 4), (3, 256, 6), (4, 512, 3)] {
            for repetition in 0..repetitions {
                let name = format!("layer{layer}.{repetition}");
                let stride = if layer > 1 && repetition == 0 { 2 } else { 1 };
                blocks.push(Bottleneck::new(layers, &name, inputs, inside, stride)?);
                inputs = 4 * inside;
            }
        }
        Ok(Self { stem, blocks })
    }

    fn maps(&self, pictures: &Tensor) -> Result<Tensor> {
        let maps = self.stem.relu_of(pictures)?;
        let mut maps = maps.f_max_pool2d([3, 3], [2, 2], [1, 1], [1, 1], false)?;
        for block in &self.blocks {
            maps = block.of(&maps)?;
        }
        Ok(maps)
    }
}

impl Bottleneck {
    fn new(
        layers: &mut Layers<'_>,
        name: &str,
        inputs: i64,
        inside: i64,
        stride: i64,
    ) -> Result<Self> {
        let outputs = 4 * inside;
        let mut convolution = |number: u8, shape| {
            layers.convolution(
                &format!("{name}.conv{number}"),
                &format!("{name}.bn{number}"),
                shape,
            )
        };
        let convolutions = [
            convolution(1, Shape::pointwise(inputs, inside))?,
            convolution(2, Shape::square(inside, inside, 3, stride))?,
            convolution(3, Shape::pointwise(inside, outputs))?,
        ];
        let downsample = if inputs == outputs {
            None
        } else {
            let shape = Shape::square(inputs, outputs, 1, stride);
            let within = |part: u8| format!("{name}.downsample.{part}");
            Some(layers.convolution(&within(0), &within(1), shape)?)
        };
        Ok(Self {
            convolutions,
            downsample,
        })
    }

    fn of(&self, input: &Tensor) -> Result<Tensor> {
        let [first, second, third] = &self.convolutions;
        let output = third.of(&second.relu_of(&first.relu_of(input)?)?)?;
        let sum = match &self.downsample {
            Some(downsample) => output.f_add(&downsample.of(input)?)?,
            None => output.f_add(input)?,
        };
        Ok(sum.f_relu()?)
    }
}
