//! ROMs of the Nintendo 64: the input as a file, and as the header of one in each byte order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use n64_formats::rom::Rom;

fuzz_target!(|input: &[u8]| {
    let _ = Rom::read(input);
    let mut rom = vec![0; 0x1000];
    rom[..4].copy_from_slice(&[0x80, 0x37, 0x12, 0x40]);
    let length = input.len().min(rom.len() - 4);
    rom[4..4 + length].copy_from_slice(&input[..length]);
    let read = Rom::read(&rom).expect("a header and nothing else");
    assert!(read.bytes() == rom);
    let _ = read.header().country();
    for unit in [2, 4] {
        let mut swapped = rom.clone();
        swapped.chunks_exact_mut(unit).for_each(<[u8]>::reverse);
        let other = Rom::read(&swapped).expect("the same cartridge");
        assert!(
            other.bytes() == rom
                && other.header() == read.header()
                && other.order() != read.order()
        );
    }
});
