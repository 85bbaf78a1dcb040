//! The device of tensors: `cpu`, `cuda`, `cuda:N` or `auto`.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// A device by name; it need not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// The first CUDA device if there is one, else the processor.
    #[default]
    Auto,
    /// The processor.
    Cpu,
    /// A CUDA device by its number.
    Cuda(usize),
}

impl Device {
    /// How many CUDA devices this build of libtorch can use.
    pub fn cuda_count() -> usize {
        if tch::Cuda::is_available() {
            usize::try_from(tch::Cuda::device_count()).unwrap_or(0)
        } else {
            0
        }
    }

    /// The device of libtorch, checked to exist.
    ///
    /// # Errors
    /// [`Error::Device`] when it does not.
    pub fn resolve(self) -> Result<tch::Device> {
        let count = Self::cuda_count();
        match self {
            Self::Cpu => Ok(tch::Device::Cpu),
            Self::Auto if count == 0 => Ok(tch::Device::Cpu),
            Self::Auto => Ok(tch::Device::Cuda(0)),
            Self::Cuda(index) if index < count => Ok(tch::Device::Cuda(index)),
            Self::Cuda(_) => Err(Error::Device {
                wanted: self.to_string(),
                reason: match count {
                    0 => "libtorch sees no CUDA device here; use cpu or auto".to_owned(),
                    _ => format!("there are {count} CUDA devices, numbered from 0"),
                },
            }),
        }
    }
}

impl FromStr for Device {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let unknown = || Error::Device {
            wanted: name.to_owned(),
            reason: "expected cpu, cuda, cuda:N or auto".to_owned(),
        };
        match name {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            _ => {
                let number = name.strip_prefix("cuda:").ok_or_else(unknown)?;
                number.parse().map(Self::Cuda).map_err(|_| unknown())
            }
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(index) => write!(f, "cuda:{index}"),
        }
    }
}
