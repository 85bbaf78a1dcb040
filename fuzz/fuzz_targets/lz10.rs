//! Compression: packed data unpacks to the original, and no input unpacks to more than its length allows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nds_formats::lz10::{compress, decompress};

fuzz_target!(|input: &[u8]| {
    if let Ok(plain) = decompress(input) {
        let length = u32::from_le_bytes([input[1], input[2], input[3], 0]);
        assert_eq!(plain.len(), length as usize);
        let packed = compress(&plain).expect("no more than was unpacked");
        assert_eq!(decompress(&packed).as_ref(), Ok(&plain));
    }
    let packed = compress(input).expect("less than 16 MiB");
    assert!(packed.len() <= 4 + input.len() + input.len().div_ceil(8));
    assert_eq!(decompress(&packed).as_deref(), Ok(input));
});
