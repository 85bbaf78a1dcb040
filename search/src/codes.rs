use std::io;
use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

/// The quantised vectors of an open index, in memory of its own that the system is asked to map in large pages.
///
/// A pass reads all of it. With pages of 4 KiB the processor spends a quarter of that time on their addresses, once the vectors
/// exceed its caches.
#[derive(Debug)]
pub(crate) struct Codes(MmapMut);

impl Codes {
    /// So many zeros.
    pub(crate) fn zeroed(length: usize) -> io::Result<Self> {
        let memory = MmapMut::map_anon(length)?;
        #[cfg(target_os = "linux")]
        match memory.advise(memmap2::Advice::HugePage) {
            // A kernel without large pages refuses the advice, and the memory is as usable.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {}
            advised => advised?,
        }
        Ok(Self(memory))
    }

    /// The bytes, to be read into.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        self.0.deref_mut()
    }
}

impl Deref for Codes {
    type Target = [i8];

    fn deref(&self) -> &[i8] {
        bytemuck::cast_slice(&self.0)
    }
}
