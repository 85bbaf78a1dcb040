use super::*;
use crate::ghost::{Combo, RaceTime};

fn ghost() -> Ghost {
    let combo = Combo {
        character: 0,
        kart: 0,
        course: 20,
    };
    Ghost::new(
        combo,
        RaceTime(60_000),
        vec![RaceTime(20_000); 3],
        "Test",
        Vec::new(),
    )
}

#[test]
fn a_new_save_holds_the_ghosts_put_into_it() {
    let mut save = Save::blank();
    assert!(save.ghosts().is_empty());
    save.set_ghost(31, &ghost()).unwrap();
    let ghosts = Save::parse(&save.to_bytes()).unwrap().ghosts();
    assert_eq!(ghosts.len(), 1);
    assert_eq!(ghosts[0].0, 31);
    assert_eq!(
        ghosts[0].1.as_ref().map(|ghost| ghost.nickname.as_str()),
        Ok("Test")
    );
}

#[test]
fn the_footer_stays_and_is_no_battery() {
    let mut battery = vec![0xFF; BATTERY_SIZES[1]];
    battery[0] = 7;
    let file = with_footer(&battery).unwrap();
    assert_eq!(file.len(), battery.len() + 122);
    assert_eq!(
        &file[battery.len() + 82..battery.len() + 90],
        [0, 0, 8, 0, 0, 0, 8, 0]
    );
    let mut save = Save::parse(&file).unwrap();
    assert!(save.battery() == battery);
    assert!(save.to_bytes() == file);
    save.set_ghost(0, &ghost()).unwrap();
    assert!(save.to_bytes().ends_with(FOOTER_COOKIE));
}

#[test]
fn other_sizes_are_refused() {
    for size in [0, 1, FOOTER_SIZE, (256 << 10) - 1, (512 << 10) + 1] {
        let error = Save::parse(&vec![0; size]).unwrap_err().to_string();
        assert!(error.ends_with(&format!("found {size} bytes")), "{error}");
    }
    assert!(with_footer(&[0; 100]).is_err());
}

#[test]
fn a_slot_beyond_the_last_is_refused() {
    let mut save = Save::blank();
    assert!(save.ghost(SLOT_COUNT).is_err());
    assert!(save.set_ghost(SLOT_COUNT, &ghost()).is_err());
    assert!(save.clear_ghost(usize::MAX).is_err());
}
