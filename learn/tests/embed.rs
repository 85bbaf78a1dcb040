//! Embedders: what their vectors depend on, their networks against libtorch's own layers, the features of drivers, and files of
//! weights.
#![cfg(feature = "torch")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{Cursor, Write};
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use env_core::Driver;
use env_kart::observation::Observation;
use learn::bc::{self, Config, ModelName, PictureConfig, Run};
use learn::dataset::{
    Console, Dataset, Encoding, PictureFormat, RgbImage, Row, Rows, Schema, Source, Writer,
};
use learn::embed::{
    Embedder, Features, Network, NetworkEmbedder, Picture, Pixels, Weights, choice,
};
use learn::neighbours::{self, Engine, Making, Player, Settings};
use tch::nn::{ModuleT, VarStore};
use tch::{Device, Kind, Tensor, no_grad, vision};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

type Done = Result<(), Box<dyn Error>>;
type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// A picture of noise, the same for the same seed.
struct Noise {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Noise {
    fn new(width: u32, height: u32, seed: u32) -> Self {
        let bytes = 3 * width * height;
        let rgb = (0..bytes).map(|at| (at ^ seed).wrapping_mul(2_654_435_761).rotate_left(9) as u8);
        Self {
            width,
            height,
            rgb: rgb.collect(),
        }
    }

    fn picture(&self) -> Result<Picture<'_>> {
        Ok(Picture::new(self.width, self.height, &self.rgb)?)
    }
}

/// Gives the statistics and factors of normalisations values that change what passes.
fn vary(store: &VarStore) {
    no_grad(|| {
        for (name, mut tensor) in store.variables() {
            let (from, to) = match name.rsplit_once('.') {
                Some((_, "running_mean" | "bias")) => (-0.3, 0.3),
                Some((_, "running_var")) => (0.5, 2.0),
                Some((_, "weight")) if tensor.dim() == 1 => (0.5, 1.5),
                _ => continue,
            };
            let _ = tensor.uniform_(from, to);
        }
    });
}

/// libtorch's own network, with random weights that are also in a file.
fn theirs(network: Network, folder: &Path) -> Result<(Box<dyn ModuleT>, PathBuf)> {
    tch::manual_seed(5);
    let mut store = VarStore::new(Device::Cpu);
    let module: Box<dyn ModuleT> = match network {
        // With a classifier that changes nothing the result is the vector before it.
        Network::MobileNetV2 => Box::new(vision::mobilenet::v2(&store.root(), 1280)),
        _ => Box::new(vision::resnet::resnet50_no_final_layer(&store.root())),
    };
    vary(&store);
    store.freeze();
    let mut variables = store.variables();
    if let Some(weight) = variables.get_mut("classifier.1.weight") {
        weight.copy_(&Tensor::eye(1280, (Kind::Float, Device::Cpu)));
    }
    if let Some(bias) = variables.get_mut("classifier.1.bias") {
        let _ = bias.zero_();
    }
    let path = folder.join("weights.safetensors");
    store.save(&path)?;
    Ok((module, path))
}

/// A file of EfficientNet-Lite0's weights, random ones.
fn lite0(folder: &Path) -> Result<PathBuf> {
    let mut tensors = Vec::new();
    let mut convolution = |name: String, normalisation: String, shape: [i64; 4]| {
        let options = (Kind::Float, Device::Cpu);
        let inputs: i64 = shape[1..].iter().product();
        let weight = Tensor::randn(shape, options) * (2.0 / inputs as f64).sqrt();
        tensors.push((format!("{name}.weight"), weight));
        for (part, from, to) in [
            ("weight", 0.5, 1.5),
            ("bias", -0.3, 0.3),
            ("running_mean", -0.3, 0.3),
            ("running_var", 0.5, 2.0),
        ] {
            let tensor = Tensor::empty([shape[0]], options).uniform_(from, to);
            tensors.push((format!("{normalisation}.{part}"), tensor));
        }
    };
    tch::manual_seed(6);
    convolution("_conv_stem".into(), "_bn0".into(), [32, 3, 3, 3]);
    let (mut inputs, mut number) = (32, 0);
    for (expansion, outputs, repetitions, side) in [
        (1, 16, 1, 3),
        (6, 24, 2, 3),
        (6, 40, 2, 5),
        (6, 80, 3, 3),
        (6, 112, 3, 5),
        (6, 192, 4, 5),
        (6, 320, 1, 3),
    ] {
        for _ in 0..repetitions {
            let within = |part: &str| format!("_blocks.{number}.{part}");
            let inside = inputs * expansion;
            if expansion > 1 {
                convolution(
                    within("_expand_conv"),
                    within("_bn0"),
                    [inside, inputs, 1, 1],
                );
            }
            convolution(
                within("_depthwise_conv"),
                within("_bn1"),
                [inside, 1, side, side],
            );
            convolution(
                within("_project_conv"),
                within("_bn2"),
                [outputs, inside, 1, 1],
            );
            (inputs, number) = (outputs, number + 1);
        }
    }
    convolution("_conv_head".into(), "_bn1".into(), [1280, 320, 1, 1]);
    let path = folder.join("lite0.safetensors");
    Tensor::write_safetensors(&tensors, &path)?;
    Ok(path)
}

fn embedder(network: Network, folder: &Path) -> Result<NetworkEmbedder> {
    let path = match network {
        Network::EfficientNetLite0 => lite0(folder)?,
        Network::MobileNetV2 | Network::ResNet50 => theirs(network, folder)?.1,
    };
    Ok(NetworkEmbedder::new(network, Weights::read(&path)?)?)
}

/// Asserts what every embedder promises.
fn keeps_the_contract(embedder: &mut dyn Embedder) -> Done {
    let noises: Vec<Noise> = [
        (320, 240),
        (256, 192),
        (64, 48),
        (224, 224),
        (100, 301),
        (1, 1),
        (320, 240),
    ]
    .into_iter()
    .zip(1..)
    .map(|((width, height), seed)| Noise::new(width, height, seed))
    .collect();
    let pictures: Vec<Picture<'_>> = noises.iter().map(Noise::picture).collect::<Result<_>>()?;
    tch::set_num_threads(2);
    let together = embedder.embed(&pictures)?;
    tch::set_num_threads(1);
    let mut alone = Vec::new();
    for picture in &pictures {
        alone.extend(embedder.embed(&[*picture])?);
    }
    let bits = |vectors: &[Vec<f32>]| -> Vec<Vec<u32>> {
        let of_one = |vector: &Vec<f32>| vector.iter().map(|value| value.to_bits()).collect();
        vectors.iter().map(of_one).collect()
    };
    assert_eq!(bits(&together), bits(&alone));
    let dimension = embedder.embedding().dimension;
    assert!(together.iter().all(|vector| vector.len() == dimension));
    assert!(together.iter().flatten().all(|value| value.is_finite()));
    assert_ne!(together[0], together[6]);
    assert!(embedder.embed(&[])?.is_empty());
    Ok(())
}

#[test]
fn a_vector_depends_on_its_picture_alone() -> Done {
    let folder = tempfile::tempdir()?;
    keeps_the_contract(&mut Pixels::new())?;
    for network in Network::ALL {
        let mut embedder = embedder(network, folder.path())?;
        assert_eq!(embedder.embedding().dimension, network.dimension());
        keeps_the_contract(&mut embedder)?;
    }
    Ok(())
}

#[test]
fn vectors_are_those_of_libtorchs_own_layers() -> Done {
    let folder = tempfile::tempdir()?;
    for network in [Network::MobileNetV2, Network::ResNet50] {
        let (module, path) = theirs(network, folder.path())?;
        let mut ours = NetworkEmbedder::new(network, Weights::read(&path)?)?;
        // Of the network's size: scaling does nothing.
        let noise = Noise::new(224, 224, 3);
        let found = ours.embed(&[noise.picture()?])?;
        let bytes = Tensor::from_slice(&noise.rgb).reshape([224, 224, 3]);
        let input = vision::imagenet::normalize(&bytes.permute([2, 0, 1]))?;
        let expected = no_grad(|| module.forward_t(&input.unsqueeze(0), false));
        let found = Tensor::from_slice(&found[0]);
        let error = (&found - expected.reshape([-1]))
            .abs()
            .max()
            .double_value(&[]);
        let size = found.abs().max().double_value(&[]);
        assert!(
            size > 0.01 && error < 1e-4 * size,
            "{network}: {error} of {size}"
        );
    }
    Ok(())
}

const FORMAT: PictureFormat = PictureFormat {
    width: 40,
    height: 24,
    encoding: Encoding::Png,
};

/// A dataset of pictures of noise.
fn dataset(folder: &Path) -> Result<Dataset> {
    let schema = Schema::of_pictures(FORMAT)?.on(Console::N64);
    let mut writer = Writer::open(folder, &schema)?;
    for movie in 0..2 {
        let mut rows = Rows::new(&schema);
        for row in 0..8 {
            let noise = Noise::new(FORMAT.width, FORMAT.height, 100 * movie + row);
            let picture = RgbImage::from_raw(FORMAT.width, FORMAT.height, noise.rgb);
            rows.push(&Row {
                frame: row,
                picture: Some(&FORMAT.encode(&picture.ok_or("a size")?)?),
                ..Row::default()
            });
        }
        let source = Source {
            movie: format!("{movie}.m64"),
            movie_sha256: movie.to_string().repeat(64),
            ..Source::default()
        };
        writer.add(source, &rows)?;
    }
    Ok(Dataset::open(folder)?)
}

/// Trains a driver on the dataset for an epoch.
fn driver(model: ModelName, seed: u64, dataset: &Dataset, folder: &Path) -> Done {
    let config = Config {
        epochs: 1,
        seed,
        pictures: Some(PictureConfig {
            crop_top: 4,
            crop_bottom: 1,
            mirror: 0.0,
        }),
        ..Config::new(model)
    };
    let run = Run {
        folder,
        courses: &[],
        device: learn::device::Device::Cpu,
        threads: 1,
        interrupt: &AtomicBool::new(false),
    };
    bc::train(std::slice::from_ref(dataset), &config, &run, &mut ())?;
    Ok(())
}

#[test]
fn a_driver_s_features_are_vectors_like_any_other() -> Done {
    let data = tempfile::tempdir()?;
    let dataset = dataset(data.path())?;
    for (model, dimension) in [
        (ModelName::PilotNet, 10),
        (ModelName::TensorKart, 10),
        (ModelName::Small, 64),
    ] {
        let [one, other] = [tempfile::tempdir()?, tempfile::tempdir()?];
        driver(model, 1, &dataset, one.path())?;
        driver(model, 2, &dataset, other.path())?;
        let [mut one, mut other] = [Features::load(one.path())?, Features::load(other.path())?];
        keeps_the_contract(&mut one)?;
        let embedding = one.embedding();
        assert_eq!(
            (embedding.embedder.as_str(), embedding.dimension),
            (model.name(), dimension)
        );
        let cut = "40x24, 4 rows cut off at the top, 1 at the bottom";
        assert!(
            embedding.preprocessing.starts_with(cut),
            "{}",
            embedding.preprocessing
        );
        // Another training gives another network, and the embedding says so.
        assert_ne!(embedding.weights_sha256, other.embedding().weights_sha256);
        let noise = Noise::new(40, 24, 3);
        let picture = noise.picture()?;
        assert_ne!(one.embed(&[picture])?, other.embed(&[picture])?);
        // Rows that are cut off are not seen, but for the last one, into which scaling reaches.
        let mut cut = Noise::new(40, 24, 3);
        cut.rgb[..3 * 40 * 3].fill(9);
        assert_eq!(one.embed(&[picture])?, one.embed(&[cut.picture()?])?);
    }
    Ok(())
}

#[test]
fn a_driver_of_neighbours_has_its_embedder_s_driver_with_it() -> Done {
    let [data, folder, model] = [(); 3].map(|()| tempfile::tempdir());
    let (data, folder, model) = (data?, folder?, model?);
    let dataset = dataset(data.path())?;
    let driver_folder = folder.path().join("small");
    driver(ModelName::Small, 1, &dataset, &driver_folder)?;
    let train = |embedder: &str, weights: &Path| {
        let settings = Settings {
            metric: search::Metric::Euclidean,
            waiting: true,
            ..Settings::default()
        };
        let making = Making {
            embedder,
            weights: Some(weights),
            settings: &settings,
            engine: &Engine::Exact,
            threads: NonZeroUsize::MIN,
        };
        let go_on = &mut |_, _| ControlFlow::Continue(());
        neighbours::train(std::slice::from_ref(&dataset), &making, model.path(), go_on)
    };
    let name = choice::name_of(&driver_folder)?;
    // Made again in the same folder, too.
    for _ in 0..2 {
        let card = train(name, &driver_folder)?.ok_or("ended")?;
        assert_eq!(card.embedder, "small");
    }
    fs::remove_dir_all(&driver_folder)?;
    let mut player = Player::load(model.path())?;
    let seen = Observation {
        bytes: Noise::new(FORMAT.width, FORMAT.height, 103).rgb,
        ..Observation::default()
    };
    player.reset();
    player.act(&seen)?;
    let nearest = &player.neighbours()[0];
    assert_eq!((nearest.row, nearest.distance), (8 + 3, 0.0));
    let gone = train(name, &driver_folder).err().ok_or("accepted")?;
    assert!(gone.to_string().contains("model.json"), "{gone}");
    Ok(())
}

fn pickled_text(file: &mut Vec<u8>, text: &str) {
    file.push(b'X');
    file.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    file.extend(text.as_bytes());
}

/// A pickle of tensors by name, each with a storage of its own, whose key is its number.
fn pickled(tensors: &[(String, Tensor)]) -> Vec<u8> {
    let mut file = b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01(".to_vec();
    let sizes = |file: &mut Vec<u8>, sizes: &[i64]| {
        file.push(b'(');
        for size in sizes {
            file.push(b'J');
            file.extend(i32::try_from(*size).unwrap_or(i32::MAX).to_le_bytes());
        }
        file.push(b't');
    };
    for (key, (name, tensor)) in tensors.iter().enumerate() {
        pickled_text(&mut file, name);
        file.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((");
        pickled_text(&mut file, "storage");
        file.extend(b"ctorch\nFloatStorage\n");
        pickled_text(&mut file, &key.to_string());
        pickled_text(&mut file, "cpu");
        file.extend(b"K\x01NtQK\x00");
        sizes(&mut file, &tensor.size());
        sizes(&mut file, &tensor.stride());
        file.extend(b"\x89h\x00)RtR");
    }
    // The state that `state_dict` adds: the versions of modules.
    file.extend(b"u}X\x09\x00\x00\x00_metadatah\x01sb.");
    file
}

/// A tensor's numbers in the order of memory.
fn storage(tensor: &Tensor) -> Result<Vec<u8>> {
    let memory = tensor.as_strided([tensor.numel() as i64], [1], 0);
    let numbers: Vec<f32> = Vec::try_from(&memory)?;
    let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
    Ok(bytes.collect())
}

/// A file as torch saved it before version 1.6.
fn legacy(tensors: &[(String, Tensor)]) -> Result<Vec<u8>> {
    let mut file = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.".to_vec();
    file.extend(b"\x80\x02M\xe9\x03.\x80\x02}q\x00.");
    file.extend(pickled(tensors));
    file.extend(b"\x80\x02](");
    for key in 0..tensors.len() {
        pickled_text(&mut file, &key.to_string());
    }
    file.extend(b"e.");
    for (_, tensor) in tensors {
        file.extend((tensor.numel() as u64).to_le_bytes());
        file.extend(storage(tensor)?);
    }
    Ok(file)
}

/// A file as torch saves it since version 1.6.
fn archive(tensors: &[(String, Tensor)]) -> Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, bytes: &[u8]| -> Result<()> {
        archive.start_file(format!("model/{name}"), SimpleFileOptions::default())?;
        Ok(archive.write_all(bytes)?)
    };
    put("data.pkl", &pickled(tensors))?;
    put("byteorder", b"little")?;
    for (key, (_, tensor)) in tensors.iter().enumerate() {
        put(&format!("data/{key}"), &storage(tensor)?)?;
    }
    put("version", b"3\n")?;
    Ok(archive.finish()?.into_inner())
}

/// A field of Protocol Buffers with bytes.
fn field(number: u64, bytes: &[u8]) -> Vec<u8> {
    [
        varint(number << 3 | 2),
        varint(bytes.len() as u64),
        bytes.to_vec(),
    ]
    .concat()
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// A model in ONNX with these initialisers: sides and numbers packed in one field or a field each, numbers also as raw bytes.
fn onnx(tensors: &[(String, Tensor)]) -> Result<Vec<u8>> {
    onnx_of(tensors, &[])
}

/// The same with these nodes, in order the name, the operation, and the names of the inputs.
fn onnx_of(tensors: &[(String, Tensor)], nodes: &[(String, &str, [String; 3])]) -> Result<Vec<u8>> {
    let mut graph = field(2, b"main_graph");
    for (name, operation, inputs) in nodes {
        let inputs = inputs.iter().flat_map(|input| field(1, input.as_bytes()));
        let named = [field(3, name.as_bytes()), field(4, operation.as_bytes())];
        graph.extend(field(1, &[inputs.collect(), named.concat()].concat()));
    }
    for (place, (name, tensor)) in tensors.iter().enumerate() {
        let sides = tensor.size().into_iter().map(|side| varint(side as u64));
        let numbers: Vec<f32> = Vec::try_from(tensor.contiguous().view([-1]))?;
        let bytes = numbers.iter().map(|number| number.to_le_bytes());
        let (sides, data) = match place % 3 {
            0 => {
                let packed = field(1, &sides.collect::<Vec<_>>().concat());
                (packed, field(9, &bytes.collect::<Vec<_>>().concat()))
            }
            1 => {
                let alone = sides.flat_map(|side| [varint(1 << 3), side].concat());
                let packed = field(4, &bytes.collect::<Vec<_>>().concat());
                (alone.collect(), packed)
            }
            _ => {
                let packed = field(1, &sides.collect::<Vec<_>>().concat());
                let alone = bytes.flat_map(|number| [&varint(4 << 3 | 5), &number[..]].concat());
                (packed, alone.collect())
            }
        };
        let float = [varint(2 << 3), varint(1)].concat();
        let name = field(8, name.as_bytes());
        graph.extend(field(5, &[sides, float, data, name].concat()));
    }
    // A count of batches, which is no weight.
    let count = [
        &varint(2 << 3)[..],
        &varint(7),
        &field(8, b"count"),
        &field(9, &[0; 8]),
    ]
    .concat();
    graph.extend(field(5, &count));
    let version = [varint(1 << 3), varint(8)].concat();
    Ok([version, field(2, b"a test"), field(7, &graph)].concat())
}

/// EfficientNet-Lite0 as an exporter writes it that merges normalisations with convolutions. The names of weights stay, or the
/// nodes have the modules' names.
fn merged_onnx(tensors: &[(String, Tensor)], named_by_node: bool) -> Result<Vec<u8>> {
    let of_name: BTreeMap<&str, &Tensor> = tensors.iter().map(|(n, t)| (n.as_str(), t)).collect();
    let (mut merged, mut nodes) = (Vec::new(), Vec::new());
    for (name, weight) in tensors.iter().filter(|(_, tensor)| tensor.dim() == 4) {
        let module = name.strip_suffix(".weight").ok_or("no weight")?;
        let (block, last) = module.rsplit_once('.').unwrap_or(("", module));
        let norm = match last {
            "_conv_stem" | "_expand_conv" => "_bn0",
            "_conv_head" | "_depthwise_conv" => "_bn1",
            _ => "_bn2",
        };
        let path = [block, norm].into_iter().filter(|part| !part.is_empty());
        let norm = path.collect::<Vec<_>>().join(".");
        let of_norm = |part: &str| of_name[format!("{norm}.{part}").as_str()];
        let factor = of_norm("weight") / (of_norm("running_var") + 1e-3).sqrt();
        let bias = of_norm("bias") - of_norm("running_mean") * &factor;
        let weight = weight * factor.reshape([-1, 1, 1, 1]);
        let number = merged.len();
        let (names, node) = match named_by_node {
            true => (
                [number, number + 1].map(|number| format!("onnx::Conv_{number}")),
                format!(
                    "{}/Conv",
                    [block, last].map(|part| format!("/{part}")).concat()
                ),
            ),
            false => (
                [name.clone(), format!("{name}_bias")],
                format!("node_Conv_{number}"),
            ),
        };
        let [of_weight, of_bias] = names.clone();
        nodes.push((node, "Conv", ["x".to_owned(), of_weight, of_bias]));
        merged.extend(names.into_iter().zip([weight, bias]));
    }
    onnx_of(&merged, &nodes)
}

#[test]
fn weights_are_the_same_in_each_format() -> Done {
    let folder = tempfile::tempdir()?;
    let safetensors = lite0(folder.path())?;
    let mut tensors = Tensor::read_safetensors(&safetensors)?;
    // Weights that were converted lie in memory in another order.
    for (_, tensor) in &mut tensors {
        if tensor.dim() == 4 {
            *tensor = tensor
                .permute([2, 3, 1, 0])
                .contiguous()
                .permute([3, 2, 0, 1]);
        }
    }
    let old = folder.path().join("old.pth");
    fs::write(&old, legacy(&tensors)?)?;
    let noise = Noise::new(50, 40, 1);
    let vectors_of = |path: &Path| -> Result<_> {
        let mut embedder = NetworkEmbedder::new(Network::EfficientNetLite0, Weights::read(path)?)?;
        let vectors = embedder.embed(&[noise.picture()?])?;
        Ok((embedder.embedding().clone(), vectors))
    };
    let expected = vectors_of(&safetensors)?;
    assert_eq!(vectors_of(&old)?, expected);
    let new = folder.path().join("new.pth");
    fs::write(&new, archive(&tensors)?)?;
    assert_eq!(vectors_of(&new)?, expected);
    let exported = folder.path().join("exported.onnx");
    fs::write(&exported, onnx(&tensors)?)?;
    assert_eq!(vectors_of(&exported)?, expected);

    // As torch's exporters merge normalisations: one keeps the weight's name, the other one names the node by its module.
    let merged = folder.path().join("merged.onnx");
    let mut of_each = Vec::new();
    for named_by_node in [false, true] {
        fs::write(&merged, merged_onnx(&tensors, named_by_node)?)?;
        of_each.push(vectors_of(&merged)?);
    }
    assert_eq!(of_each[0], of_each[1]);
    let (merged, expected_numbers) = (&of_each[0].1[0], &expected.1[0]);
    let largest = |numbers: &mut dyn Iterator<Item = f32>| {
        numbers.fold(0.0_f32, |largest, number| largest.max(number.abs()))
    };
    let differences = merged.iter().zip(expected_numbers);
    let difference = largest(&mut differences.map(|(one, other)| one - other));
    let scale = largest(&mut merged.iter().copied());
    assert!(difference < 1e-4 * scale, "{difference} of {scale}");

    // Other weights are other vectors, and say so.
    let mut changed: BTreeMap<String, Tensor> = tensors.into_iter().collect();
    let bias = changed.get_mut("_bn1.bias").ok_or("no such tensor")?;
    let _ = bias.g_add_scalar_(0.25);
    let other = folder.path().join("other.safetensors");
    let changed = changed
        .into_iter()
        .map(|(name, tensor)| (name, tensor.contiguous()));
    Tensor::write_safetensors(&changed.collect::<Vec<_>>(), &other)?;
    let (embedding, vectors) = vectors_of(&other)?;
    assert_ne!(embedding.weights_sha256, expected.0.weights_sha256);
    assert_ne!(vectors, expected.1);
    Ok(())
}

/// What is wrong with a file of these bytes and this name, as the weights of a network.
fn refused(folder: &Path, name: &str, bytes: &[u8]) -> Result<String> {
    let path = folder.join(name);
    fs::write(&path, bytes)?;
    let embedder = Weights::read(&path)
        .and_then(|weights| NetworkEmbedder::new(Network::MobileNetV2, weights));
    let error = embedder.err().ok_or("accepted")?.to_string();
    let start = format!("{}: ", path.display());
    Ok(error.strip_prefix(&start).ok_or(error.clone())?.to_owned())
}

/// Cuts a file at every byte, and changes each of its bytes in turn.
fn damage(folder: &Path, name: &str, whole: &[u8]) -> Result<()> {
    for length in 0..whole.len() {
        refused(folder, name, &whole[..length])?;
    }
    for at in 0..whole.len() {
        for flip in [1, 0x20, 0x80, 0xff] {
            let mut bytes = whole.to_vec();
            bytes[at] ^= flip;
            refused(folder, name, &bytes)?;
        }
    }
    Ok(())
}

#[test]
fn damaged_files_are_refused_by_place() -> Done {
    let folder = tempfile::tempdir()?;
    let tensors = [(
        "features.0.0.weight".to_owned(),
        Tensor::from_slice(&[1.0_f32, 2.0, 3.0]),
    )];
    for (name, whole) in [
        ("old.pth", legacy(&tensors)?),
        ("new.pth", archive(&tensors)?),
    ] {
        damage(folder.path(), name, &whole)?;
        assert_eq!(
            refused(folder.path(), name, &whole)?,
            "tensor features.0.0.weight: expected Float [32, 3, 3, 3], found Float [3]"
        );
    }
    Ok(())
}

#[test]
fn archives_without_the_parts_of_weights_are_refused() -> Done {
    let folder = tempfile::tempdir()?;
    let tensors = [("a".to_owned(), Tensor::from_slice(&[1.0_f32]))];
    let whole = archive(&tensors)?;
    let renamed = |from: &[u8; 8], to: &[u8; 8]| {
        let mut bytes = whole.clone();
        for at in 0..bytes.len() - from.len() {
            if bytes[at..].starts_with(from) {
                bytes[at..][..to.len()].copy_from_slice(to);
            }
        }
        refused(folder.path(), "renamed.pth", &bytes)
    };
    assert_eq!(
        renamed(b"data.pkl", b"code.pkl")?,
        "archive: expected an entry data.pkl, found none"
    );
    let expected = "model/data/0: expected a part of an archive as torch writes it";
    let said = renamed(b"l/data/0", b"l/data/1")?;
    assert!(said.starts_with(expected), "{said}");
    Ok(())
}

#[test]
fn damaged_models_in_onnx_are_refused_by_place() -> Done {
    let folder = tempfile::tempdir()?;
    let name = "features.0.0.weight".to_owned();
    let whole = onnx(&[(name.clone(), Tensor::from_slice(&[1.0_f32, 2.0, 3.0]))])?;
    damage(folder.path(), "damaged.onnx", &whole)?;
    let refused = |bytes: &[u8]| refused(folder.path(), "damaged.onnx", bytes);
    let expected = "tensor features.0.0.weight: expected Float [32, 3, 3, 3], found ";
    assert_eq!(refused(&whole)?, format!("{expected}Float [3]"));
    let numbers_in = |entries: &[(&str, &str)]| {
        let entries = entries.iter().flat_map(|(key, value)| {
            let entry = [field(1, key.as_bytes()), field(2, value.as_bytes())];
            field(13, &entry.concat())
        });
        let tensor = [
            field(8, name.as_bytes()),
            [varint(1 << 3), varint(3)].concat(),
            [varint(2 << 3), varint(1)].concat(),
            [varint(14 << 3), varint(1)].concat(),
            entries.collect(),
        ];
        field(7, &field(5, &tensor.concat()))
    };
    fs::write(folder.path().join("data"), [0; 20])?;
    for (entries, found) in [
        (
            &[][..],
            "numbers in a file beside the model, found ones in \"\"",
        ),
        (
            &[("location", "../data")],
            "numbers in a file beside the model, found ones in \"../data\"",
        ),
        (
            &[("location", "data"), ("offset", "-1")],
            "an offset in bytes, found -1",
        ),
        (
            &[("location", "data"), ("offset", "9")],
            "12 bytes in data from byte 9 on, found 11",
        ),
        (
            &[("location", "data"), ("offset", "8")],
            "Float [32, 3, 3, 3], found Float [3]",
        ),
    ] {
        let expected = format!("tensor features.0.0.weight: expected {found}");
        assert_eq!(refused(&numbers_in(entries))?, expected);
    }
    for (bytes, place) in [
        (
            b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f".as_slice(),
            "byte 10",
        ),
        (
            b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            "byte 1",
        ),
        (b"\x0f", "byte 0"),
    ] {
        let said = refused(bytes)?;
        assert!(said.starts_with(&format!("{place}: expected")), "{said}");
    }
    Ok(())
}

#[test]
fn pickles_that_call_functions_are_refused() -> Done {
    let folder = tempfile::tempdir()?;
    let mut file = legacy(&[])?;
    let at = file
        .windows(11)
        .position(|bytes| bytes == b"collections")
        .ok_or("no call")?;
    file.splice(at..at + "collections\nOrderedDict".len(), *b"os\nsystem");
    let error = refused(folder.path(), "attack.pth", &file)?;
    assert!(
        error.contains("expected a tensor or a dictionary, found Global(\"os.system\")"),
        "{error}"
    );
    Ok(())
}

#[test]
fn files_of_other_formats_are_refused() -> Done {
    let folder = tempfile::tempdir()?;
    assert_eq!(
        refused(folder.path(), "notes.txt", b"")?,
        "weights: expected torch's .pth, safetensors or .onnx, found another format"
    );
    let nan = [(
        "features.0.0.weight",
        Tensor::full([32, 3, 3, 3], f64::NAN, (Kind::Float, Device::Cpu)),
    )];
    let path = folder.path().join("nan");
    Tensor::write_safetensors(&nan, &path)?;
    assert_eq!(
        refused(folder.path(), "nan", &fs::read(&path)?)?,
        "tensor features.0.0.weight: expected finite numbers, found others"
    );
    Ok(())
}

#[test]
fn weights_that_are_not_installed_are_named_with_the_way_to_get_them() {
    let error = Weights::find(Network::ResNet50).expect_err("no installed weights");
    let error = error.to_string();
    assert!(
        error.starts_with(
            "embedder resnet50: expected a file of weights, found none: name torchvision's file"
        ),
        "{error}"
    );
}

#[test]
fn pictures_of_no_size_are_refused() {
    for (width, height, bytes) in [(0, 1, 0), (2, 2, 11), (2, 2, 13), (u32::MAX, u32::MAX, 3)] {
        assert!(Picture::new(width, height, &vec![0; bytes]).is_err());
    }
}
