//! Bytes of which many are zero.

use std::ops::Range;

/// Bytes of a page.
const PAGE: usize = crate::bindings::SHIM_PAGE as usize;

/// Bytes, of which pages of zeros are left out: a console's state is twice as large with them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pages {
    size: usize,
    /// For each page 1 if it is stored, 0 if it is zero.
    present: Vec<u8>,
    /// The stored ones, each of [`PAGE`] bytes.
    stored: Vec<u8>,
}

impl Pages {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let present: Vec<u8> = bytes
            .chunks(PAGE)
            .map(|page| u8::from(!is_zero(page)))
            .collect();
        let count: usize = present.iter().map(|page| usize::from(*page)).sum();
        let mut stored = Vec::with_capacity(count * PAGE);
        for (page, _) in bytes
            .chunks(PAGE)
            .zip(&present)
            .filter(|(_, present)| **present == 1)
        {
            stored.extend_from_slice(page);
        }
        stored.resize(count * PAGE, 0);
        Self {
            size: bytes.len(),
            present,
            stored,
        }
    }

    /// From its parts; `None` if they do not fit together.
    pub(crate) fn from_parts(size: usize, present: Vec<u8>, stored: Vec<u8>) -> Option<Self> {
        let count: usize = present.iter().map(|page| usize::from(*page)).sum();
        let fits = present.len() == size.div_ceil(PAGE)
            && present.iter().all(|page| *page <= 1)
            && stored.len() == count * PAGE;
        fits.then_some(Self {
            size,
            present,
            stored,
        })
    }

    /// How many bytes they are.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    pub(crate) fn present(&self) -> &[u8] {
        &self.present
    }

    pub(crate) fn stored(&self) -> &[u8] {
        &self.stored
    }

    /// The first page; nothing if it is zero.
    pub(crate) fn first_page(&self) -> &[u8] {
        let stored = self.present.first().map_or(0, |page| usize::from(*page));
        &self.stored[..stored * PAGE]
    }

    /// Whether the whole pages in a part are zero.
    pub(crate) fn are_zero(&self, part: Range<usize>) -> bool {
        let pages = part.start.div_ceil(PAGE)..part.end / PAGE;
        self.present[pages].iter().all(|page| *page == 0)
    }

    /// All of them.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.size];
        let present = bytes.chunks_mut(PAGE).zip(&self.present);
        let present = present.filter(|(_, present)| **present == 1);
        for ((page, _), stored) in present.zip(self.stored.chunks_exact(PAGE)) {
            page.copy_from_slice(&stored[..page.len()]);
        }
        bytes
    }

    /// The same with other bytes at an offset.
    pub(crate) fn with(&self, offset: usize, bytes: &[u8]) -> Self {
        let mut whole = self.bytes();
        whole[offset..offset + bytes.len()].copy_from_slice(bytes);
        Self::new(&whole)
    }
}

/// Whether all bytes are zero. Without an early end, so that it is done many bytes at a time.
fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |any, byte| any | byte) == 0
}

#[cfg(test)]
mod tests {
    use super::{PAGE, Pages};

    fn sample() -> Vec<u8> {
        let mut bytes = vec![0; 10 * PAGE + 17];
        bytes[3] = 1;
        bytes[4 * PAGE + 5] = 2;
        bytes[10 * PAGE + 16] = 3;
        bytes
    }

    #[test]
    fn zeros_are_left_out_and_come_back() {
        let pages = Pages::new(&sample());
        assert_eq!(pages.stored().len(), 3 * PAGE);
        assert_eq!(pages.bytes(), sample());
        let parts = (pages.present().to_vec(), pages.stored().to_vec());
        let again = Pages::from_parts(pages.size(), parts.0.clone(), parts.1.clone());
        assert!(again.as_ref() == Some(&pages));
        assert!(Pages::from_parts(pages.size() + PAGE, parts.0.clone(), parts.1).is_none());
        assert!(Pages::from_parts(pages.size(), parts.0, vec![0; PAGE]).is_none());
    }

    #[test]
    fn parts_are_zero_or_not() {
        let pages = Pages::new(&sample());
        assert_eq!(pages.first_page(), &sample()[..PAGE]);
        assert!(Pages::new(&[0; PAGE]).first_page().is_empty());
        assert!(Pages::new(&[]).first_page().is_empty());
        assert!(pages.are_zero(PAGE..4 * PAGE));
        assert!(pages.are_zero(1..5 * PAGE - 1));
        assert!(!pages.are_zero(1..5 * PAGE));
    }

    #[test]
    fn bytes_are_replaced_across_pages() {
        let mut expected = sample();
        let offset = PAGE - 7;
        expected[offset..offset + 3 * PAGE].fill(9);
        let changed = Pages::new(&sample()).with(offset, &vec![9; 3 * PAGE]);
        assert!(changed.bytes() == expected);
        let restored = changed.with(offset, &vec![0; 3 * PAGE]);
        assert!(restored == Pages::new(&sample()));
    }
}
