//! Archives: their files survive being packed again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nds_formats::narc::Narc;

fuzz_target!(|file: &[u8]| {
    let Ok(narc) = Narc::parse(file) else {
        return;
    };
    assert!(narc.files().len() <= narc.contents().len());
    let files: Vec<_> = narc.files().collect();
    // Names that cannot be looked up are accepted by the parser, but not by the writer.
    let Ok(packed) = Narc::build(&files) else {
        return;
    };
    let again = Narc::parse(&packed).expect("what we packed");
    assert_eq!(again.files().len(), files.len());
    for (path, contents) in &files {
        assert_eq!(again.file(path), Some(*contents));
    }
    let files: Vec<_> = again.files().collect();
    assert_eq!(Narc::build(&files).as_ref(), Ok(&packed));
});
