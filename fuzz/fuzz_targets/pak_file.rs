//! Files with controller paks: the input at the beginning of each container.
#![no_main]

use libfuzzer_sys::fuzz_target;
use n64_formats::pak::Pak;
use n64_formats::pak_file::{Container, PakFile};

fuzz_target!(|input: &[u8]| {
    let _ = PakFile::parse(input);
    for container in [Container::Pak, Container::Ports, Container::DexDrive] {
        let mut bytes = PakFile::new(container).bytes().to_vec();
        let length = input.len().min(bytes.len());
        bytes[..length].copy_from_slice(&input[..length]);
        let Ok(mut file) = PakFile::parse(&bytes) else {
            assert_eq!(container, Container::DexDrive);
            continue;
        };
        assert!(file.bytes() == bytes && file.container() == container);
        let comment = file.comment(0);
        let pak = Pak::formatted([1; 16]);
        for port in 0..container.count() {
            let _ = file.pak(port);
            file.set_pak(port, &pak).expect("a port");
            assert!(file.pak(port) == Ok(pak.clone()));
        }
        assert_eq!(file.comment(0), comment);
        if container == Container::DexDrive && file.set_comment(1, &comment).is_ok() {
            assert_eq!(file.comment(1), comment);
        }
    }
});
