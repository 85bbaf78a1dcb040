//! The memory of consoles. Those that begin with the same snapshot share the pages that none of them has written to.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use memmap2::{Mmap, MmapMut, MmapOptions, UncheckedAdvice};
use rustix::fs::{MemfdFlags, memfd_create};

/// Bytes that are compared, shared and copied together: a page of the processor, or a part of one.
const PAGE: usize = 4096;

/// What consoles begin with, in an anonymous file that is never written to again.
struct Base {
    file: File,
    view: Mmap,
}

impl Base {
    /// `size` zeros, and `parts` at their offsets.
    fn new(size: usize, parts: &[(usize, &[u8])]) -> io::Result<Self> {
        let file = File::from(memfd_create("kartscope-memory", MemfdFlags::CLOEXEC)?);
        file.set_len(size as u64)?;
        for (offset, part) in parts {
            file.write_all_at(part, *offset as u64)?;
        }
        // SAFETY: the file is this process's own, and nothing writes to it from here on.
        let view = unsafe { Mmap::map(&file) }?;
        Ok(Self { file, view })
    }

    /// A private copy: its pages are copied when they are first written to.
    fn copy(&self) -> io::Result<MmapMut> {
        // SAFETY: as in `new`; writes into the copy do not reach the file.
        unsafe { MmapOptions::new().map_copy(&self.file) }
    }
}

/// The content of a memory at a moment. Cheap to clone.
#[derive(Clone)]
pub(super) struct Frozen {
    base: Arc<Base>,
    /// The pages that differ from it, by their offset.
    changes: Arc<[(usize, [u8; PAGE])]>,
}

impl Frozen {
    /// The content of `parts` at their offsets, of `size` bytes.
    pub(super) fn new(size: usize, parts: &[(usize, &[u8])]) -> io::Result<Self> {
        Ok(Self {
            base: Arc::new(Base::new(size, parts)?),
            changes: Arc::new([]),
        })
    }

    /// Other content of the same size, of which the pages that are as in the base are shared.
    pub(super) fn sharing(&self, bytes: &[u8]) -> Self {
        let pages = bytes
            .chunks_exact(PAGE)
            .zip(self.base.view.chunks_exact(PAGE));
        let changes = (0..)
            .step_by(PAGE)
            .zip(pages)
            .filter_map(|(offset, (page, shared))| {
                let changed = page != shared;
                changed
                    .then(|| Some((offset, *page.first_chunk()?)))
                    .flatten()
            });
        Self {
            base: self.base.clone(),
            changes: changes.collect(),
        }
    }

    /// The bytes of a range.
    pub(super) fn bytes(&self, range: Range<usize>) -> Vec<u8> {
        let mut all = self.base.view.to_vec();
        for (offset, page) in self.changes.iter() {
            all[*offset..][..PAGE].copy_from_slice(page);
        }
        all.drain(range).collect()
    }
}

/// A console's memory, of a multiple of [`PAGE`] bytes.
pub(super) struct Memory {
    base: Arc<Base>,
    own: MmapMut,
}

impl Memory {
    pub(super) fn new(content: &Frozen) -> io::Result<Self> {
        let mut memory = Self {
            base: content.base.clone(),
            own: content.base.copy()?,
        };
        memory.change(content);
        Ok(memory)
    }

    /// The content at this moment.
    pub(super) fn freeze(&self) -> Frozen {
        let base = Frozen {
            base: self.base.clone(),
            changes: Arc::new([]),
        };
        base.sharing(&self.own)
    }

    /// Makes the content that of an earlier moment, of this console or another.
    pub(super) fn restore(&mut self, content: &Frozen) -> io::Result<()> {
        if !Arc::ptr_eq(&self.base, &content.base) {
            *self = Self::new(content)?;
            return Ok(());
        }
        // SAFETY: the kernel drops the console's own pages, so that the base's are there again. `self` is borrowed
        // exclusively, so that no reference into the pages exists.
        unsafe { self.own.unchecked_advise(UncheckedAdvice::DontNeed) }?;
        self.change(content);
        Ok(())
    }

    fn change(&mut self, content: &Frozen) {
        for (offset, page) in content.changes.iter() {
            self.own[*offset..][..PAGE].copy_from_slice(page);
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.own
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.own
    }
}
