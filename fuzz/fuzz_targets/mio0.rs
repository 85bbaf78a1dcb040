//! MIO0: packed data unpacks to the original, and no input unpacks to more than its length allows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use n64_formats::mio0::{compress, decompress};

fuzz_target!(|input: &[u8]| {
    if let Ok(plain) = decompress(input) {
        let length = u32::from_be_bytes([input[4], input[5], input[6], input[7]]);
        assert_eq!(plain.len(), length as usize);
        let packed = compress(&plain).expect("no more than was unpacked");
        assert_eq!(decompress(&packed).as_ref(), Ok(&plain));
    }
    let packed = compress(input).expect("less than 8 MiB");
    assert!(packed.len() <= 16 + input.len() + input.len().div_ceil(32) * 4);
    assert_eq!(decompress(&packed).as_deref(), Ok(input));
});
