//! What tests of resumed training share: an interruption at a batch, and a model's files.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use learn::bc::Progress;

/// Stops after some batches of an epoch.
pub(crate) struct Stop<'a> {
    pub(crate) epoch: u32,
    pub(crate) batch: usize,
    pub(crate) interrupt: &'a AtomicBool,
}

impl Progress for Stop<'_> {
    fn batch(&mut self, epoch: u32, done: usize, _batches: usize) {
        if (epoch, done) == (self.epoch, self.batch) {
            self.interrupt.store(true, Ordering::Relaxed);
        }
    }
}

/// The names and bytes of a folder's files, by name.
pub(crate) fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            let entry = entry.expect("an entry");
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).expect("readable"))
        })
        .collect();
    files.sort();
    files
}
