//! References of packed files: bytes that stand as well some way back. LZ10 and MIO0 write them alike.
//!
//! A reference is two bytes, big endian: 4 bits of length - 3 and 12 bits of distance - 1.

/// The longest and shortest reference, bytes.
const LONGEST: usize = 18;
const SHORTEST: usize = 3;
/// How far back a reference reaches, bytes.
const WINDOW: usize = 0x1000;

/// Bytes that stand as well some way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reference {
    length: u8,
    distance: u16,
}

impl Reference {
    /// The reference in a packed file.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 2]) -> Self {
        let bits = u16::from_be_bytes(bytes);
        Self {
            length: (bits >> 12) as u8 + SHORTEST as u8,
            distance: (bits & 0xFFF) + 1,
        }
    }

    /// As it stands in a packed file.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 2] {
        let bits = (self.length as u16 - SHORTEST as u16) << 12 | (self.distance - 1);
        bits.to_be_bytes()
    }

    /// How far back, 1 to 4096 bytes.
    #[must_use]
    pub const fn distance(self) -> usize {
        self.distance as usize
    }

    /// Appends what it refers to, which may reach into what it makes; `plain` grows to at most `limit` bytes.
    ///
    /// Returns whether there are so many bytes back. If not, `plain` is as it was.
    #[must_use]
    pub fn append_to(self, plain: &mut Vec<u8>, limit: usize) -> bool {
        let Some(start) = plain.len().checked_sub(self.distance()) else {
            return false;
        };
        let length = usize::from(self.length).min(limit.saturating_sub(plain.len()));
        for at in start..start + length {
            plain.push(plain[at]);
        }
        true
    }
}

/// What a packed file is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Item {
    /// A byte as it is.
    Byte(u8),
    /// Some bytes from before.
    Reference(Reference),
}

/// The items that make `plain` in the fewest bits, where a byte costs 9 and a reference 17. No reference is nearer than
/// `nearest` bytes. The same input gives the same items.
#[must_use]
pub fn pack(plain: &[u8], nearest: usize) -> Vec<Item> {
    let lengths = cheapest_lengths(plain, &longest_references(plain, nearest));
    let mut items = Vec::new();
    let mut at = 0;
    while at < plain.len() {
        let reference = lengths[at];
        items.push(match reference.length {
            1 => Item::Byte(plain[at]),
            _ => Item::Reference(reference),
        });
        at += usize::from(reference.length);
    }
    items
}

/// The longest reference at every byte; length 1 is a byte that is written as it is.
fn longest_references(plain: &[u8], nearest: usize) -> Vec<Reference> {
    const NONE: usize = usize::MAX;
    const HASH_BITS: u32 = 14;
    // Chains of places that start with bytes of one hash, the latest first.
    let mut latest = vec![NONE; 1 << HASH_BITS];
    let mut before = vec![NONE; WINDOW];
    let find = |at: usize| {
        let mut best = Reference {
            length: 1,
            distance: 0,
        };
        let Some(&[a, b, c]) = plain[at..].first_chunk::<SHORTEST>() else {
            return best;
        };
        let key = u32::from_le_bytes([a, b, c, 0]);
        let slot = (key.wrapping_mul(0x9E37_79B1) >> (32 - HASH_BITS)) as usize;
        let most = LONGEST.min(plain.len() - at);
        let mut from = latest[slot];
        while from != NONE && at - from <= WINDOW {
            let same = |length: usize| plain[from..from + length] == plain[at..at + length];
            if at - from >= nearest && same(SHORTEST.max(usize::from(best.length))) {
                let equal = |(a, b): &(&u8, &u8)| a == b;
                let pairs = plain[from..].iter().zip(&plain[at..at + most]);
                let length = pairs.take_while(equal).count();
                if length > usize::from(best.length) {
                    best = Reference {
                        length: length as u8,
                        distance: (at - from) as u16,
                    };
                }
            }
            if usize::from(best.length) == most {
                break;
            }
            from = before[from % WINDOW];
        }
        before[at % WINDOW] = latest[slot];
        latest[slot] = at;
        best
    };
    (0..plain.len()).map(find).collect()
}

/// At every byte the step that leads to the end in the fewest bits: the reference found there, as
/// far as it pays, or the byte.
fn cheapest_lengths(plain: &[u8], longest: &[Reference]) -> Vec<Reference> {
    const BYTE_BITS: u32 = 9;
    const REFERENCE_BITS: u32 = 17;
    let mut steps = longest.to_vec();
    let mut bits = vec![0_u32; plain.len() + 1];
    for at in (0..plain.len()).rev() {
        let mut best = (BYTE_BITS + bits[at + 1], 1);
        for length in SHORTEST..=usize::from(longest[at].length) {
            best = best.min((REFERENCE_BITS + bits[at + length], length));
        }
        bits[at] = best.0;
        steps[at].length = best.1 as u8;
    }
    steps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unpack(items: &[Item]) -> Vec<u8> {
        let mut plain = Vec::new();
        for item in items {
            match item {
                Item::Byte(byte) => plain.push(*byte),
                Item::Reference(reference) => assert!(reference.append_to(&mut plain, usize::MAX)),
            }
        }
        plain
    }

    proptest! {
        #[test]
        fn references_are_two_bytes(bytes: [u8; 2]) {
            prop_assert_eq!(Reference::from_bytes(bytes).to_bytes(), bytes);
        }

        #[test]
        fn packed_bytes_come_back(
            plain in proptest::collection::vec(0..3_u8, 0..5000),
            nearest in 1..4_usize,
        ) {
            let items = pack(&plain, nearest);
            prop_assert_eq!(unpack(&items), plain);
            for item in items {
                if let Item::Reference(reference) = item {
                    prop_assert!((nearest..=WINDOW).contains(&reference.distance()));
                }
            }
        }
    }

    #[test]
    fn a_reference_grows_to_the_limit_and_never_reaches_before_the_first_byte() {
        let two_back = Reference::from_bytes([0xF0, 0x01]);
        let mut plain = vec![1];
        assert!(!two_back.append_to(&mut plain, 9));
        assert_eq!(plain, [1]);
        plain.push(2);
        assert!(two_back.append_to(&mut plain, 5));
        assert_eq!(plain, [1, 2, 1, 2, 1]);
        assert!(two_back.append_to(&mut plain, 3));
        assert_eq!(plain.len(), 5);
    }
}
