//! Networks that see pictures.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use tch::{Device, Kind, Tensor};

use super::super::ModelName;

/// Names and shapes of parameters, in order.
type Shapes = Vec<(String, Vec<i64>)>;
/// Parameters by their names, in order.
type Parameters<'a> = &'a [(String, Tensor)];

/// Width and height of the pictures that a network sees.
pub(super) const fn size(model: ModelName) -> (u32, u32) {
    match model {
        ModelName::Small => (64, 48),
        _ => (200, 66),
    }
}

/// The parameters before the heads, and the features that the heads take.
pub(super) fn body(model: ModelName) -> (Shapes, i64) {
    match model {
        ModelName::Small => small_body(),
        ModelName::TensorKart => pilotnet_body(&[1164, 100, 50, 10]),
        _ => pilotnet_body(&[100, 50, 10]),
    }
}

/// Pictures `[n, height, width, 3]`, bytes, to outputs `[n, outputs]`. `dropout` is `None` but in training.
pub(super) fn forward(
    model: ModelName,
    body: Parameters<'_>,
    heads: Parameters<'_>,
    pictures: &Tensor,
    dropout: Option<&mut ChaCha8Rng>,
) -> Tensor {
    let features = features(model, body, pictures, dropout);
    let outputs = features.linear(&heads[0].1, Some(&heads[1].1));
    match model {
        // Softsign.
        ModelName::TensorKart => &outputs / (outputs.abs() + 1.0),
        _ => outputs,
    }
}

/// Pictures to what the heads see, `[n, features]`.
pub(super) fn features(
    model: ModelName,
    body: Parameters<'_>,
    pictures: &Tensor,
    dropout: Option<&mut ChaCha8Rng>,
) -> Tensor {
    // Normalised to -1 to 1.
    let colours = pictures.to_kind(Kind::Float) / 127.5 - 1.0;
    match model {
        ModelName::Small => small(body, &planes(&colours)),
        ModelName::TensorKart => pilotnet(body, &planes(&colours), dropout),
        _ => {
            let yuv = Tensor::from_slice(&YUV).view([3, 3]);
            let yuv = colours.linear(&yuv.to_device(colours.device()), None::<&Tensor>);
            pilotnet(body, &planes(&yuv), None)
        }
    }
}

/// Red, green and blue to brightness and two differences of colour (BT.601).
const YUV: [f32; 9] = [
    0.299, 0.587, 0.114, //
    -0.147_13, -0.288_86, 0.436, //
    0.615, -0.514_99, -0.100_01,
];

/// `[n, height, width, channels]` to `[n, channels, height, width]`.
fn planes(pictures: &Tensor) -> Tensor {
    pictures.permute([0, 3, 1, 2])
}

/// The weight and the bias of a layer.
fn layer(name: &str, weight: &[i64]) -> [(String, Vec<i64>); 2] {
    [
        (format!("{name}.weight"), weight.to_vec()),
        (format!("{name}.bias"), vec![weight[0]]),
    ]
}

/// Filters and their side in `PilotNet`'s convolutions; those of 5 x 5 skip every other place.
const CONVOLUTIONS: [(i64, i64); 5] = [(24, 5), (36, 5), (48, 5), (64, 3), (64, 3)];
/// What is left of 66 x 200 pixels behind them: 64 filters in 1 x 18 places.
const FLAT: i64 = 64 * 18;
/// The share of a dense layer's numbers that TensorKart hides.
const HIDDEN: f64 = 0.2;

/// `PilotNet` with dense layers of these sizes.
fn pilotnet_body(dense: &[i64]) -> (Shapes, i64) {
    let mut shapes = Vec::new();
    let mut from = 3;
    for (index, (filters, side)) in CONVOLUTIONS.into_iter().enumerate() {
        let weight = [filters, from, side, side];
        shapes.extend(layer(&format!("convolution.{index}"), &weight));
        from = filters;
    }
    from = FLAT;
    for (index, to) in dense.iter().enumerate() {
        shapes.extend(layer(&format!("dense.{index}"), &[*to, from]));
        from = *to;
    }
    (shapes, from)
}

fn pilotnet(body: Parameters<'_>, planes: &Tensor, mut dropout: Option<&mut ChaCha8Rng>) -> Tensor {
    let (convolutions, dense) = body.split_at(2 * CONVOLUTIONS.len());
    let mut features = planes.shallow_clone();
    for (layer, (_, side)) in convolutions.chunks_exact(2).zip(CONVOLUTIONS) {
        let stride = if side == 5 { 2 } else { 1 };
        features = convolve(&features, layer, stride, 0).relu();
    }
    features = features.flatten(1, -1);
    for layer in dense.chunks_exact(2) {
        let shown = features.linear(&layer[0].1, Some(&layer[1].1)).relu();
        features = match dropout.as_deref_mut() {
            Some(random) => &shown * kept(&shown.size(), random, shown.device()),
            None => shown,
        };
    }
    features
}

/// 0 for numbers that are hidden, and for the others what keeps their sum in the mean. Drawn from `random` and not by
/// libtorch, whose generator a resumed run cannot set.
fn kept(size: &[i64], random: &mut ChaCha8Rng, device: Device) -> Tensor {
    let kept = (1.0 / (1.0 - HIDDEN)) as f32;
    let count = size.iter().product::<i64>();
    let mask: Vec<f32> = (0..count)
        .map(|_| {
            if random.random_bool(HIDDEN) {
                0.0
            } else {
                kept
            }
        })
        .collect();
    Tensor::from_slice(&mask).view(size).to_device(device)
}

/// Filters of the small network: of its first convolution, and of each residual block.
const STEM: i64 = 16;
const BLOCKS: [i64; 2] = [32, 64];
/// What is left of 48 x 64 pixels behind them: 6 x 8 places.
const PLACES: i64 = 6 * 8;
/// Numbers that each place passes on.
const PLACE: i64 = 16;
/// Groups of filters that are normalised together.
const GROUPS: i64 = 8;
/// Parameters of a block: weight, bias, scale and shift of its two convolutions, and the weight and bias of its shortcut.
const BLOCK_PARAMETERS: usize = 10;

fn small_body() -> (Shapes, i64) {
    let mut shapes = Vec::from(layer("stem", &[STEM, 3, 5, 5]));
    let mut from = STEM;
    for (index, to) in BLOCKS.into_iter().enumerate() {
        for (part, from) in [("first", from), ("second", to)] {
            let name = format!("block.{index}.{part}");
            shapes.extend(layer(&name, &[to, from, 3, 3]));
            shapes.push((format!("{name}.norm{SCALE}"), vec![to]));
            shapes.push((format!("{name}.norm.bias"), vec![to]));
        }
        shapes.extend(layer(&format!("block.{index}.shortcut"), &[to, from, 1, 1]));
        from = to;
    }
    shapes.extend(layer("places", &[PLACE, from, 1, 1]));
    shapes.extend(layer("dense", &[from, PLACE * PLACES]));
    (shapes, from)
}

/// The ending of parameters that begin as 1.
pub(super) const SCALE: &str = ".scale";

fn small(body: Parameters<'_>, planes: &Tensor) -> Tensor {
    let (stem, rest) = body.split_at(2);
    let (blocks, rest) = rest.split_at(BLOCK_PARAMETERS * BLOCKS.len());
    let (places, dense) = rest.split_at(2);
    let mut features = convolve(planes, stem, 2, 2).relu();
    for block in blocks.chunks_exact(BLOCK_PARAMETERS) {
        let (first, second, shortcut) = (&block[..4], &block[4..8], &block[8..]);
        let inner = normalise(&convolve(&features, first, 2, 1), &first[2..]).relu();
        let inner = normalise(&convolve(&inner, second, 1, 1), &second[2..]);
        features = (inner + convolve(&features, shortcut, 2, 0)).relu();
    }
    let features = convolve(&features, places, 1, 0).relu().flatten(1, -1);
    features.linear(&dense[0].1, Some(&dense[1].1)).relu()
}

fn convolve(planes: &Tensor, layer: Parameters<'_>, stride: i64, padding: i64) -> Tensor {
    let (weight, bias) = (&layer[0].1, &layer[1].1);
    planes.conv2d(weight, Some(bias), stride, padding, 1, 1)
}

fn normalise(planes: &Tensor, parameters: Parameters<'_>) -> Tensor {
    let (scale, shift) = (&parameters[0].1, &parameters[1].1);
    planes.group_norm(GROUPS, Some(scale), Some(shift), 1e-5, false)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::super::{Memory, Network, Widths};
    use super::*;
    use crate::bc::Config;

    const MODELS: [ModelName; 3] = [ModelName::PilotNet, ModelName::TensorKart, ModelName::Small];

    fn network(model: ModelName, outputs: usize) -> Network {
        let widths = Widths {
            observation: 0,
            action: outputs,
            outputs,
        };
        let mut random = ChaCha8Rng::seed_from_u64(3);
        Network::random(&Config::new(model), widths, Device::Cpu, &mut random)
    }

    fn parameters(model: ModelName, outputs: usize) -> usize {
        let network = network(model, outputs);
        network.parameters.iter().map(|(_, t)| t.numel()).sum()
    }

    /// Two pictures without a pattern.
    fn pictures(model: ModelName) -> Tensor {
        let (width, height) = size(model);
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let bytes: Vec<u8> = (0..2 * width * height * 3)
            .map(|_| random.random())
            .collect();
        Tensor::from_slice(&bytes).view([2, i64::from(height), i64::from(width), 3])
    }

    #[test]
    fn published_networks_have_as_many_parameters_as_published() {
        assert_eq!(parameters(ModelName::PilotNet, 1), 252_219);
        assert_eq!(parameters(ModelName::TensorKart, 5), 1_595_555);
        assert!(parameters(ModelName::Small, 5) < 252_219);
    }

    #[test]
    fn a_picture_s_outputs_do_not_depend_on_those_beside_it() {
        for model in MODELS {
            let (network, pictures) = (network(model, 5), pictures(model));
            let both = network.forward(&pictures, &mut Memory::default(), None);
            assert_eq!(both.size(), [2, 5], "{model:?}");
            let second = network.forward(&pictures.narrow(0, 1, 1), &mut Memory::default(), None);
            let apart = (both.narrow(0, 1, 1) - second)
                .abs()
                .max()
                .double_value(&[]);
            assert!(apart < 1e-5, "{model:?}: {apart}");
            let differ = (both.get(0) - both.get(1)).abs().max().double_value(&[]);
            assert!(differ > 1e-4, "{model:?}: {differ}");
        }
    }

    #[test]
    fn dropout_hides_a_fifth_and_follows_its_seed() {
        let size = [50, 400];
        let kept = |seed| kept(&size, &mut ChaCha8Rng::seed_from_u64(seed), Device::Cpu);
        let share = kept(1).eq(0.0).to_kind(Kind::Double).mean(Kind::Double);
        assert!((share.double_value(&[]) - HIDDEN).abs() < 0.01, "{share:?}");
        assert!((kept(1).mean(Kind::Double).double_value(&[]) - 1.0).abs() < 0.02);
        assert!(kept(1).equal(&kept(1)) && !kept(1).equal(&kept(2)));
    }

    #[test]
    fn tensorkart_s_outputs_stay_between_minus_one_and_one() {
        let mut network = network(ModelName::TensorKart, 5);
        let heads = network.parameters.len() - 2;
        tch::no_grad(|| {
            let _ = network.parameters[heads].1.g_mul_scalar_(1e6);
        });
        let pictures = pictures(ModelName::TensorKart);
        let outputs = network.forward(&pictures, &mut Memory::default(), None);
        let most = outputs.abs().max().double_value(&[]);
        assert!(most > 0.9 && most <= 1.0, "{most}");
    }
}
