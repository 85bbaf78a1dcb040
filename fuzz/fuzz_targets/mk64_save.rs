//! Mario Kart 64's save: the input as its memory. What is set is read, and the rest stays.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mk64_formats::eeprom::{CourseRecords, Save, Status};

fuzz_target!(|input: &[u8]| {
    if let Ok(save) = Save::parse(input) {
        assert!(save.to_bytes() == input);
    }
    let mut file = Save::blank().to_bytes();
    let length = input.len().min(file.len());
    file[..length].copy_from_slice(&input[..length]);
    let mut save = Save::parse(&file).expect("the size");
    assert!(save.to_bytes() == file);
    let faults = save.faults();
    let records: Vec<_> = (0..16).map(|slot| save.records(slot)).collect();
    assert!(records.iter().filter(|records| records.is_err()).count() <= faults.len());

    let slot = usize::from(input.first().copied().unwrap_or(0)) % 16;
    let set = match &records[slot] {
        // Times that the game does not write are refused.
        Ok(of) if save.set_records(slot, of).is_ok() => *of,
        _ => {
            save.set_records(slot, &CourseRecords::NONE)
                .expect("no records");
            CourseRecords::NONE
        }
    };
    assert_eq!(save.best(slot), Ok([set.three_laps[0], set.one_lap]));
    for (other, before) in records.iter().enumerate() {
        match other == slot {
            true => assert_eq!(save.records(slot), Ok(set)),
            false => assert_eq!(&save.records(other), before),
        }
    }
    let status = save.status().unwrap_or(Status::default());
    save.set_status(&status);
    assert_eq!(save.status(), Ok(status));
});
