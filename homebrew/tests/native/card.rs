//! Courses as files on the card.

use crate::support::{COMBO, straight_archive};
use homebrew::native::{CourseArchive, Error, Game};
use homebrew::{COURSES, ROM};
use mkds_formats::carc::CourseFiles;
use mkds_formats::ghost::Combo;
use mkds_formats::names::COURSE_SLOTS;
use mkds_formats::nkm::Nkm;
use mkds_memory::Ram;
use nds_formats::lz10;
use nds_formats::narc::Narc;
use nds_formats::nitrofs::FileSystem;
use nds_formats::pad::Pad;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The buffer in which the logic unpacks archives (`HEAP_ARCHIVE`), as an offset in RAM.
const ARCHIVE: usize = 0x22_0000;
/// The collision's header (`KCL_HEADER`).
const KCL_HEADER: usize = 0x17_B5F4;

fn word(ram: &[u8], at: usize) -> u32 {
    let bytes = ram[at..].first_chunk().expect("an offset in RAM");
    u32::from_le_bytes(*bytes)
}

/// Starts a race on slot 0 of a game whose card has these bytes as the slot's archive.
fn with_archive(carc: &[u8]) -> (Game, Result<(), Error>) {
    let mut game = Game::with_courses(None, &[CourseArchive { slot: 0, carc }]).expect("a card");
    let race = game.start_race(COMBO);
    (game, race)
}

#[test]
fn the_rom_carries_the_courses_as_files() {
    let files = FileSystem::parse(ROM).expect("our own ROM");
    assert_eq!(files.files().len(), COURSES.len());
    for course in COURSES {
        let path = COURSE_SLOTS[usize::from(course.slot)].path();
        let archive = files.file(&path).expect("an archive");
        let archive = CourseFiles::parse(archive).expect("our own archive");
        assert!(archive.kcl == course.kcl, "{path}");
        assert!(archive.nkm == course.nkm, "{path}");
    }
}

#[test]
fn a_loaded_course_lies_in_ram_as_in_its_file() {
    for course in COURSES {
        let mut game = Game::new(None).expect("the bundled card");
        let combo = Combo {
            course: course.id,
            ..COMBO
        };
        game.start_race(combo).expect("a bundled course");
        let ram = game.ram();
        let header: Vec<u32> = (0..15).map(|i| word(ram, KCL_HEADER + 4 * i)).collect();
        let in_file = |i: usize| word(course.kcl, 4 * i);
        // Four offsets are now pointers into the same file; the rest is unchanged.
        let file = header[0] - in_file(0);
        assert!(
            (0..4).all(|i| header[i] == file + in_file(i)),
            "{}",
            course.name
        );
        assert!((4..15).all(|i| header[i] == in_file(i)), "{}", course.name);
        let file = (file - 0x0200_0000) as usize;
        assert!(file > ARCHIVE);
        assert!(ram[file..].starts_with(course.kcl), "{}", course.name);
        let stage = word(ram, 0x20_3600 + 0x18) as usize - 0x0200_0000;
        let nkm = Nkm::parse(course.nkm).expect("our own file");
        assert_eq!(u16::from(ram[stage]), nkm.stage.course_id);
        let race = Ram::new(ram).expect("the US layout").race();
        assert_eq!(
            race.expect("sound pointers")
                .expect("a race")
                .state()
                .frame_counter(),
            1
        );
    }
}

#[test]
fn every_slot_has_its_files_name() {
    let carc = straight_archive();
    for slot in 0..32 {
        let courses = [CourseArchive { slot, carc: &carc }];
        let mut game = Game::with_courses(None, &courses).expect("a card");
        for course in COURSE_SLOTS {
            let race = game.start_race(Combo {
                course: course.id,
                ..COMBO
            });
            assert_eq!(race.is_ok(), course.slot == slot, "{slot} {}", course.name);
        }
    }
    let error = Game::with_courses(
        None,
        &[CourseArchive {
            slot: 32,
            carc: &carc,
        }],
    );
    assert!(matches!(error, Err(Error::Slot { slot: 32 })));
}

/// Bytes that compress a little: runs, repeats and noise.
fn compressible(rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..rng.random_range(1..200) {
        let length = rng.random_range(1..600);
        match rng.random_range(0..3) {
            0 => bytes.resize(bytes.len() + length, rng.random()),
            1 => bytes.extend((0..length).map(|_| rng.random::<u8>())),
            _ => {
                let back = rng.random_range(0..=bytes.len());
                let repeated: Vec<u8> = bytes[back..].iter().copied().take(length).collect();
                bytes.extend(repeated);
            }
        }
    }
    bytes
}

#[test]
fn the_game_unpacks_what_the_library_packs() {
    let mut rng = ChaCha8Rng::seed_from_u64(10);
    for _ in 0..60 {
        let plain = compressible(&mut rng);
        let (game, race) = with_archive(&lz10::compress(&plain).expect("a small file"));
        assert_eq!(race, Err(Error::Course { course: 20 }), "no course in it");
        assert!(game.ram()[ARCHIVE..].starts_with(&plain), "{}", plain.len());
    }
}

#[test]
fn a_file_that_unpacks_over_itself_is_refused() {
    // Zeros that pack well, then noise that does not: unpacking the zeros would overwrite the noise.
    let mut plain = vec![0; 0x19_0000];
    ChaCha8Rng::seed_from_u64(3).fill_bytes(&mut plain[0xD_0000..]);
    let packed = lz10::compress(&plain).expect("less than 16 MiB");
    assert!(packed.len() < 0x1A_0000, "small enough for the room");
    let (game, race) = with_archive(&packed);
    assert_eq!(race, Err(Error::Course { course: 20 }));
    assert!(!game.ram()[ARCHIVE..].starts_with(&plain));
    // A file that is too large, and one whose header states too large an unpacked size.
    for length in [0x1A_0001, 0xFF_FFFF] {
        let mut packed = vec![0; length];
        packed[..4].copy_from_slice(&[0x10, 0xFF, 0xFF, 0xFF]);
        let (_, race) = with_archive(&packed);
        assert_eq!(race, Err(Error::Course { course: 20 }));
    }
}

#[test]
fn damaged_archives_load_or_are_refused() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let carc = straight_archive();
    let plain = lz10::decompress(&carc).expect("our own archive");
    for _ in 0..300 {
        let mut packed = carc.clone();
        let mut archive = plain.clone();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..packed.len());
            packed[at] = rng.random();
            // The headers of the archive and of its files, where damage has an effect.
            let at = rng.random_range(0..archive.len().min(0x200));
            archive[at] = rng.random();
        }
        let cut = rng.random_range(0..carc.len());
        let archive = lz10::compress(&archive).expect("a small file");
        for damaged in [&packed[..], &carc[..cut], &archive] {
            let (mut game, race) = with_archive(damaged);
            if race.is_ok() {
                (0..400).for_each(|_| game.tick(Pad::A | Pad::LEFT));
            }
        }
    }
}

#[test]
fn archives_without_a_race_are_refused() {
    let course = &COURSES[0];
    let kcl = ("course_collision.kcl", course.kcl);
    let nkm = ("course_map.nkm", course.nkm);
    let empty = mkds_formats::nkm::Nkm::default().to_bytes();
    for files in [
        vec![kcl],
        vec![nkm],
        vec![kcl, ("course_map.nkm", &course.nkm[..0x40])],
        vec![("course_collision.kcl", &course.kcl[..0x30]), nkm],
        vec![kcl, ("course_map.nkm", &empty)],
        vec![],
    ] {
        let archive = Narc::build(&files).expect("an archive");
        let (_, race) = with_archive(&lz10::compress(&archive).expect("a small file"));
        assert_eq!(race, Err(Error::Course { course: 20 }));
    }
    let both = Narc::build(&[nkm, ("model.nsbmd", b"odd"), kcl]).expect("an archive");
    let (_, race) = with_archive(&lz10::compress(&both).expect("a small file"));
    assert_eq!(
        race,
        Ok(()),
        "other files do not matter, nor does their order"
    );
}

#[test]
fn damaged_cards_have_their_courses_or_have_none() {
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let names = word(ROM, 0x40) as usize;
    let places = word(ROM, 0x48) as usize;
    for _ in 0..200 {
        let mut card = ROM.to_vec();
        for _ in 0..rng.random_range(1..5) {
            let table = [0x40..0x50, names..names + 0x80, places..places + 0x20]
                [rng.random_range(0..3)]
            .clone();
            let at = rng.random_range(table);
            card[at] = rng.random();
        }
        card.truncate(rng.random_range(0x100..2 * ROM.len()));
        let mut game = Game::with_card(None, card.into()).expect("a small card");
        for course in COURSES {
            let race = game.start_race(Combo {
                course: course.id,
                ..COMBO
            });
            assert!(matches!(race, Ok(()) | Err(Error::Course { .. })));
        }
    }
    for card in [vec![], vec![0xFF; 0x1000], vec![0; 0x200]] {
        let mut game = Game::with_card(None, card.into()).expect("a small card");
        assert_eq!(game.start_race(COMBO), Err(Error::Course { course: 20 }));
    }
}
