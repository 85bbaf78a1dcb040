use std::env;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tch::{Device, Kind, Tensor};

use super::networks::Network;
use super::{onnx, pth};
use crate::difference::Difference;
use crate::{Error, Result, files};

/// The variable of the environment that names a folder with files of weights.
const FOLDER_VARIABLE: &str = "KARTSCOPE_WEIGHTS";
/// Where `make setup` installs them, in a checkout.
const SETUP_FOLDER: &str = ".setup/weights";
/// The most bytes of a file of weights.
const MOST_BYTES: u64 = 1 << 30;

/// A tensor in a file whose format is read here.
#[derive(Debug)]
pub(super) struct SavedTensor {
    pub(super) shape: Vec<usize>,
    /// Its numbers in C order; none if the file holds another type.
    pub(super) numbers: Option<Vec<f32>>,
}

/// All of a file, by name.
pub(super) type SavedTensors = Vec<(String, SavedTensor)>;

/// The tensors of a network's file of weights, by name.
#[derive(Debug)]
pub struct Weights {
    path: PathBuf,
    tensors: Vec<(String, Tensor)>,
}

impl Weights {
    /// The file of a network's weights that is used when the user names none: the first that exists of those in
    /// `$KARTSCOPE_WEIGHTS`, in `.setup/weights` of a folder above the program, and of one above the working directory.
    ///
    /// # Errors
    /// [`Error::NoWeights`], with the way to get them.
    pub fn find(network: Network) -> Result<PathBuf> {
        let Some(name) = network.installed_file() else {
            return Err(Error::NoWeights {
                embedder: network.name(),
                advice: "name torchvision's file of them, such as resnet50-0676ba61.pth".to_owned(),
            });
        };
        // A program or a working directory whose path the system does not tell has nothing above it.
        let program = env::current_exe().unwrap_or_default();
        let directory = env::current_dir().unwrap_or_default();
        let above = program.ancestors().chain(directory.ancestors());
        let set_up = above.map(|folder| folder.join(SETUP_FOLDER));
        let named = env::var_os(FOLDER_VARIABLE).map(PathBuf::from);
        let found = named
            .into_iter()
            .chain(set_up)
            .map(|folder| folder.join(name))
            .find(|path| path.is_file());
        found.ok_or_else(|| Error::NoWeights {
            embedder: network.name(),
            advice: format!(
                "run `make setup` in the checkout, which installs {name}; or name the file, or its folder in {FOLDER_VARIABLE}"
            ),
        })
    }

    /// Reads a file of weights: torch's `.pth` in both of its forms, safetensors, or a model in ONNX that torch has exported, with
    /// normalisations of their own or merged with the convolutions before them, as both of its exporters do. Numbers that an
    /// exporter has put into another file are read from there.
    ///
    /// # Errors
    /// The file can't be read, is of another format, or damaged.
    pub fn read(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(Error::io("read", path))?;
        let mut start = Vec::new();
        let most = pth::OLDER.len() as u64;
        (&mut file)
            .take(most)
            .read_to_end(&mut start)
            .map_err(Error::io("read", path))?;
        let is_onnx = path
            .extension()
            .is_some_and(|extension| extension == "onnx");
        let tensors = if is_onnx {
            // Their bytes have no mark of their own.
            let folder = path.parent().unwrap_or(Path::new(""));
            read_saved(path, &mut file, |bytes| onnx::read(bytes, folder))?
        } else if start == pth::OLDER || start.starts_with(pth::ARCHIVE) {
            read_saved(path, &mut file, pth::read)?
        } else if start.get(8) == Some(&b'{') {
            Tensor::read_safetensors(path).map_err(|source| Error::Weights {
                path: path.to_path_buf(),
                source,
            })?
        } else {
            let expected = "torch's .pth, safetensors or .onnx";
            return Err(Error::mismatch(path, "weights", expected, "another format"));
        };
        let path = path.to_path_buf();
        Ok(Self { path, tensors })
    }

    /// The tensors of a network alone, copied onto a device, and their SHA-256.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when they are not this network's.
    pub(super) fn of_network(&self, network: Network, device: Device) -> Result<(Self, String)> {
        let mut rest = self.share();
        let (_, sha256) = network.layers(&mut rest)?;
        let tensors = self.tensors.iter().filter(|(name, _)| !rest.has(name));
        let copied = |(name, tensor): &(String, Tensor)| {
            let tensor = tensor.f_to_device(device)?.f_detach_copy()?;
            Ok((name.clone(), tensor))
        };
        let copy = Self {
            path: self.path.clone(),
            tensors: tensors.map(copied).collect::<Result<_>>()?,
        };
        Ok((copy, sha256))
    }

    /// The same tensors by other handles.
    pub(super) fn share(&self) -> Self {
        let tensors = self.tensors.iter();
        Self {
            path: self.path.clone(),
            tensors: tensors
                .map(|(name, tensor)| (name.clone(), tensor.shallow_clone()))
                .collect(),
        }
    }

    /// All tensors, by name.
    pub(super) fn tensors(&self) -> &[(String, Tensor)] {
        &self.tensors
    }

    /// Whether there is a tensor of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.tensors.iter().any(|(found, _)| found == name)
    }

    /// Takes the tensor of this name and shape.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when there is none, or it holds other numbers than finite ones of 32 bits.
    pub(super) fn take(&mut self, name: &str, shape: &[i64]) -> Result<Tensor> {
        let mismatch = |expected: String, found: String| {
            Error::mismatch(&self.path, format!("tensor {name}"), expected, found)
        };
        let describe = |kind: Kind, shape: &[i64]| format!("{kind:?} {shape:?}");
        let expected = describe(Kind::Float, shape);
        let Some(at) = self.tensors.iter().position(|(found, _)| found == name) else {
            return Err(mismatch(expected, "none".to_owned()));
        };
        let (_, tensor) = self.tensors.swap_remove(at);
        let found = describe(tensor.kind(), &tensor.size());
        if expected != found {
            return Err(mismatch(expected, found));
        }
        if tensor.f_isfinite()?.f_all()?.f_int64_value(&[])? != 1 {
            return Err(mismatch("finite numbers".to_owned(), "others".to_owned()));
        }
        Ok(tensor.f_contiguous()?)
    }
}

/// The tensors of a file that `read` understands.
fn read_saved(
    path: &Path,
    file: &mut File,
    read: impl FnOnce(&[u8]) -> Result<SavedTensors, Difference>,
) -> Result<Vec<(String, Tensor)>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))
        .and_then(|_| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(Error::io("read", path))?;
    if bytes.len() as u64 > MOST_BYTES {
        let expected = format!("at most {MOST_BYTES} bytes");
        return Err(Error::mismatch(path, "weights", expected, "more"));
    }
    let saved = read(&bytes).map_err(|difference| Error::differs(path, difference))?;
    let mut tensors = Vec::new();
    for (name, tensor) in saved {
        // Tensors of other types, such as counts of batches, are no weights.
        let Some(numbers) = tensor.numbers else {
            continue;
        };
        let shape: Vec<i64> = tensor.shape.iter().map(|size| *size as i64).collect();
        tensors.push((name, Tensor::f_from_slice(&numbers)?.f_reshape(&shape[..])?));
    }
    Ok(tensors)
}

/// SHA-256 of tensors: names, shapes and numbers, whatever the format of their file.
#[derive(Default)]
pub(super) struct WeightsHash(Sha256);

impl WeightsHash {
    pub(super) fn add(&mut self, name: &str, tensor: &Tensor) -> Result<()> {
        let shape = tensor.size();
        self.0.update((name.len() as u64).to_le_bytes());
        self.0.update(name);
        self.0.update((shape.len() as u64).to_le_bytes());
        for size in shape {
            self.0.update(size.to_le_bytes());
        }
        let mut numbers = vec![0.0_f32; tensor.numel()];
        tensor.f_copy_data(&mut numbers, tensor.numel())?;
        for number in numbers {
            self.0.update(number.to_le_bytes());
        }
        Ok(())
    }

    pub(super) fn finish(self) -> String {
        files::hexadecimal(&self.0.finalize())
    }
}
