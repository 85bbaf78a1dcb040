//! Controller paks: the input as the table of notes and the index of a formatted pak, and as a pak's first pages.
//! Notes are read, written, removed and added, and the others stay.
#![no_main]

use libfuzzer_sys::fuzz_target;
use n64_formats::pak::{NOTE_COUNT, NoteId, Pak, SIZE};

fuzz_target!(|input: &[u8]| {
    let mut bytes = Pak::formatted([1; 16]).bytes().to_vec();
    // The table of notes is behind the index and its copy.
    let (index, notes) = input.split_at(input.len().min(0xF6));
    let notes = &notes[..notes.len().min(0x200)];
    bytes[0x300..0x300 + notes.len()].copy_from_slice(notes);
    for page in [0x100, 0x200] {
        bytes[page + 10..page + 10 + index.len()].copy_from_slice(index);
        let entries = bytes[page + 10..page + 0x100].iter();
        bytes[page + 1] = entries.fold(0, |sum, byte| sum.wrapping_add(*byte));
    }
    check(Pak::parse(&bytes).expect("right checksums"), input.len());

    let mut raw = Pak::formatted([1; 16]).bytes().to_vec();
    let length = input.len().min(SIZE);
    raw[..length].copy_from_slice(&input[..length]);
    if let Ok(mut pak) = Pak::parse(&raw) {
        assert!(pak.bytes() == raw);
        pak.repair();
        assert_eq!(pak.faults(), []);
        check(pak, input.len());
    }
});

fn check(mut pak: Pak, choice: usize) {
    let contents: Vec<_> = (0..NOTE_COUNT).map(|slot| pak.contents(slot)).collect();
    let others = |pak: &Pak, own: usize| {
        let others = contents.iter().enumerate();
        let mut others = others.filter(|(slot, of)| *slot != own && of.is_ok());
        others.all(|(slot, of)| &pak.contents(slot) == of)
    };
    let slot = choice % NOTE_COUNT;
    if let Ok(old) = &contents[slot] {
        pak.write(slot, &vec![0xA5; old.len()])
            .expect("the same size");
        assert!(others(&pak, slot));
        pak.remove(slot).expect("a note that was read");
        assert!(others(&pak, slot) && pak.contents(slot).is_err());
    }
    let id = NoteId::new(*b"NKTJ", *b"01", "NEW", "").expect("letters");
    if let Ok(added) = pak.add(id, &[7; 700]) {
        assert_eq!(
            pak.contents(added).expect("the note that was added")[..700],
            [7; 700]
        );
        assert!(others(&pak, slot));
    }
    let again = Pak::parse(pak.bytes()).expect("ours");
    assert!(again == pak);
}
