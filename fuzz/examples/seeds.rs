//! Writes the seeds of every target: `cargo run --manifest-path fuzz/Cargo.toml --example seeds`.

use std::error::Error;
use std::fs;
use std::path::Path;

use mk64_formats::eeprom::{self, CourseRecords, Record};
use mk64_formats::ghost::{Ghost, Ghosts, Run};
use mk64_formats::time::RaceTime;
use mkds_formats::carc::{CourseFiles, KCL_NAME, NKM_NAME};
use nds_formats::fx::VecFx32;
use mkds_formats::kcl::{Attribute, BuildOptions, CollisionType, Kcl, Triangle};
use nds_formats::lz10;
use nds_formats::narc::Narc;
use nds_formats::nitrofs;
use mkds_formats::nkm::{Checkpoint, EnemyRoute, Nkm, Route, Stage, Start};
use mkds_formats::sav::Save;
use n64_formats::m64::{Controller, Movie, Start as MovieStart};
use n64_formats::mio0;
use n64_formats::pad::{Buttons, Frame, Pad};
use n64_formats::pak::{NoteId, Pak};
use n64_formats::pak_file::{Container, PakFile};

fn main() -> Result<(), Box<dyn Error>> {
    let (kcl, nkm) = (collision()?, map());
    let files = CourseFiles {
        kcl: kcl.clone(),
        nkm: nkm.to_bytes(),
    };
    let archive = Narc::build(&[
        (KCL_NAME, &files.kcl),
        (NKM_NAME, &files.nkm),
        ("folder/other", b"?"),
    ])?;
    let mut rom = vec![0; 0x200];
    rom[..12].copy_from_slice(b"KARTSCOPE\0\0\0");
    rom[0x0C..0x12].copy_from_slice(b"AMCE01");
    nitrofs::append(&mut rom, &[("data/Course/a.carc", b"abc"), ("readme", b"")])?;
    let battle = Nkm {
        enemy_route: EnemyRoute::Battle {
            points: vec![Default::default()],
            routes: vec![Default::default()],
        },
        ..map()
    };
    let mut old = Nkm {
        respawns: Vec::new(),
        item_points: Vec::new(),
        ..map()
    }
    .to_bytes();
    old[4] = 30;

    let text = "version 2\nemuVersion 91200\nromChecksum 0012ABCD\nromSerial NTR-AMCE-USA\n\
                useExtBios 0\nfirmNickname me\nfirmBirthDay 31\nadvancedTiming 1\njitBlockSize 50\n\
                rtcStartNew 2010-OCT-04 02:16:44:007\ncomment author me\nsavestate 0\n\
                sram base64:AQIDBA==\n|0|.............000 000 0 000|\n\
                |0|R......A...E.000 000 0 000|\n|1|.LDUTSBAYXWEG255 191 1 017|\n";
    let older = "version 1\r\nrtcStart 2011-12-31T23:59:58Z\r\nsram 0x00ff\r\n\r\n\
                 |0|r............000 000 0|\r\n\r\n|2|.............001 002 0|\r\n";
    let foreign = "emuVersion 90900\nromChecksum null\nrerecordCount -1\nversion 3\n\
                   rtcStartNew 2011-12-31T23:59:58Z\nsavestate base64:AAAA\n\
                   |4|.............000 000 0 000|5| x|\n|2|.............000 000 0 000||\n";
    let binary = [
        b"version 2\nbinary 1\nsavestate 1\n|".as_slice(),
        &[0, 0x20, 0, 0, 0, 0, 1, 0xFF, 0x0F, 9, 8, 1],
    ]
    .concat();

    let packed = files.to_bytes()?;
    let behind = [packed.as_slice(), &[0; 3]].concat();
    let mut padded = rom.clone();
    padded[0x20..0x24].copy_from_slice(&0x200_u32.to_le_bytes());
    padded[0x2C..0x30].copy_from_slice(&16_u32.to_le_bytes());
    padded[0x80..0x84].copy_from_slice(&u32::try_from(rom.len())?.to_le_bytes());
    padded.resize(rom.len().next_power_of_two(), 0xFF);

    let seeds: [(&str, &str, &[u8]); 22] = [
        ("carc", "bytes_behind", &behind),
        ("carc", "header_alone", &archive[..16]),
        ("carc", "packed", &packed),
        ("carc", "plain", &archive),
        (
            "dsm_binary",
            "frames",
            &[0, 0x20, 0, 0, 0, 0, 1, 0xFF, 0xEF, 9, 8, 2],
        ),
        ("dsm_text", "binary", &binary),
        (
            "dsm_text",
            "carriage_returns",
            b"version 1\r\nbinary 1\r\r\n|",
        ),
        ("dsm_text", "foreign", foreign.as_bytes()),
        ("dsm_text", "new", text.as_bytes()),
        ("dsm_text", "old", older.as_bytes()),
        ("ghost_slot", "image", &ghost()),
        ("kcl", "square", &kcl),
        (
            "kcl",
            "triangles",
            &[
                0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0x80,
            ],
        ),
        (
            "lz10",
            "packed",
            &lz10::compress(&b"a kart, a kart, ".repeat(8))?,
        ),
        ("memory", "driver_pointer", &pointer(0x17_ACF8, 0x0223_4567)),
        ("memory", "driver_count", &pointer(0x17_ACF4, u32::MAX)),
        ("narc", "archive", &archive),
        ("nkm", "race", &nkm.to_bytes()),
        ("nkm", "battle", &battle.to_bytes()),
        ("nkm", "old", &old),
        ("rom", "files", &rom),
        ("rom", "padded", &padded),
    ];
    for (target, name, bytes) in seeds {
        write(target, name, bytes)?;
    }
    let system = [[0_u8; 0x26].as_slice(), &[0xFF; 4], &[0; 8]].concat();
    let mut duc = b"ARDS000000000001".to_vec();
    duc.resize(500, 0);
    write("sav", "action_replay", &duc)?;
    write(
        "sav",
        "action_replay_header",
        &[b"\x82", &duc[..16]].concat(),
    )?;
    let size = u32::try_from(Save::blank().battery().len())?;
    let mut nocash = b"NocashGbaBackupMediaSavDataFile\x1A".to_vec();
    nocash.resize(0x40, 0);
    nocash.extend([*b"SRAM", [0; 4], size.to_le_bytes()].concat());
    write("sav", "nocash", &nocash)?;
    write("sav", "system", &[b"\0", system.as_slice()].concat())?;
    write("sav", "slot", &[b"\x04", ghost().as_slice()].concat())?;
    nintendo_64()
}

fn nintendo_64() -> Result<(), Box<dyn Error>> {
    let pad = Pad {
        buttons: Buttons::A | Buttons::R,
        stick: [-80, 0],
    };
    let mut movie = Movie::new(MovieStart::Snapshot);
    let [first, second] = [Controller::PRESENT; 2];
    movie
        .header
        .set_controllers([first, Controller::NONE, second, Controller::NONE]);
    movie.header.set_author("A driver")?;
    movie.push(&Frame::first(pad));
    movie.push(&Frame::default());
    write("m64", "two_controllers", &movie.to_bytes())?;
    write("m64", "header", &movie.to_bytes()[8..])?;
    let packed = mio0::compress(&b"a kart, a kart, ".repeat(8))?;
    write("mio0", "packed", &packed)?;

    let run = |frames| Run { pad, frames };
    let ghost = Ghost::new(7, 0, RaceTime(9025), &[run(256), run(17)])?;
    let file = ghost.to_file();
    // The rest of the file is zeros.
    let used = file.iter().rposition(|byte| *byte != 0).unwrap_or(0) + 1;
    write("mk64_ghosts", "file", &file[..used])?;
    let mut ghosts = Ghosts::blank();
    ghosts.set_ghost(0, &ghost)?;
    let note = ghosts.bytes();
    let used = note.iter().rposition(|byte| *byte != 0).unwrap_or(0) + 1;
    write("mk64_ghosts", "note", &note[..used])?;

    let mut save = eeprom::Save::blank();
    let record = Record {
        time: RaceTime(9025),
        character: 3,
    };
    let mut records = CourseRecords::NONE;
    records.three_laps[0] = record;
    save.set_records(7, &records)?;
    write("mk64_save", "records", &save.to_bytes())?;
    let mut padded = eeprom::Save::blank().to_bytes();
    padded.resize(2048, 0);
    write("mk64_save", "padded", &padded)?;

    let mut header = [0; 0x40];
    header[..4].copy_from_slice(&[0x80, 0x37, 0x12, 0x40]);
    header[0x20..0x34].copy_from_slice(b"KARTSCOPE           ");
    header[0x3B..0x3F].copy_from_slice(b"NKSE");
    write("n64_rom", "header", &header[4..])?;
    let mut rom = header.to_vec();
    rom.resize(0x1000, 0);
    rom.chunks_exact_mut(2).for_each(<[u8]>::reverse);
    write("n64_rom", "v64", &rom)?;

    let mut pak = Pak::formatted([1; 16]);
    pak.add(NoteId::new(*b"NABE", *b"01", "ONE", "A")?, &[1; 600])?;
    pak.add(NoteId::new(*b"NKTJ", *b"01", "TWO", "")?, &[2; 256])?;
    let tables = &pak.bytes()[..0x500];
    write("pak", "first_pages", tables)?;
    // The index without its first entries, and the notes.
    write("pak", "tables", &[&tables[0x10A..0x200], &tables[0x300..]].concat())?;
    let mut dexdrive = PakFile::new(Container::DexDrive);
    dexdrive.set_comment(0, "The best lap")?;
    dexdrive.set_pak(0, &pak)?;
    write("pak_file", "dexdrive", &dexdrive.bytes()[..0x1540])?;
    write("pak_file", "pak", tables)?;
    Ok(())
}

fn write(target: &str, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)
}

/// A square of road.
fn collision() -> Result<Vec<u8>, Box<dyn Error>> {
    let corner = |x: i32, z: i32| VecFx32::from_raw(x << 12, 0, z << 12);
    let [a, b, c, d] = [(0, 0), (0, 100), (100, 100), (100, 0)].map(|(x, z)| corner(x, z));
    let road = |vertices| Triangle {
        vertices,
        attribute: Attribute::of(CollisionType::Road),
    };
    let options = BuildOptions {
        margin: 8.0,
        root_block_shift: 7,
        ..BuildOptions::default()
    };
    Ok(Kcl::build(&[road([a, b, c]), road([a, c, d])], &options)?.to_bytes())
}

/// Two checkpoints that lead to each other, and an entry of most sections.
fn map() -> Nkm {
    let checkpoint = |z: i32, key_id| Checkpoint {
        x1: VecFx32::from_raw(0, 0, 0).x,
        x2: VecFx32::from_raw(100 << 12, 0, 0).x,
        z1: VecFx32::from_raw(z << 12, 0, 0).x,
        z2: VecFx32::from_raw(z << 12, 0, 0).x,
        key_id,
        ..Checkpoint::default()
    };
    let route = Route {
        start: 0,
        length: 2,
        next: [0, 0xFF, 0xFF],
        previous: [0, 0xFF, 0xFF],
        section_order: 0,
    };
    Nkm {
        objects: vec![Default::default()],
        paths: vec![Default::default()],
        path_points: vec![Default::default()],
        stage: Stage {
            course_id: 20,
            laps: 3,
            ..Stage::default()
        },
        starts: vec![Start::default()],
        respawns: vec![Default::default()],
        checkpoints: vec![checkpoint(20, 0), checkpoint(80, -1)],
        checkpoint_routes: vec![route],
        item_points: vec![Default::default()],
        item_routes: vec![route],
        areas: vec![Default::default()],
        cameras: vec![Default::default()],
        ..Nkm::default()
    }
}

/// A ghost's image up to the end of its runs.
fn ghost() -> Vec<u8> {
    let mut image = b"NKPG".to_vec();
    image.extend_from_slice(&(8_u32 | 34 << 4 | 20 << 10).to_le_bytes());
    image.extend_from_slice(&(0b1001_u32 | 1 << 8 | 11 << 15 | 427 << 22).to_le_bytes());
    image.extend("Me".encode_utf16().flat_map(u16::to_le_bytes));
    image.resize(0x20, 0);
    let lap: u32 = 35 << 10 | 713;
    image.extend_from_slice(&lap.to_be_bytes()[1..]);
    image.resize(0x30, 0);
    image.extend_from_slice(&6_u32.to_le_bytes());
    image.extend_from_slice(&[0, 60, 1, 255, 0x25, 7]);
    image
}

/// A word near the pointers, as the target `memory` reads it.
fn pointer(at: u32, value: u32) -> Vec<u8> {
    let place = (at - 0x17_5000) * 2 + 1;
    [place.to_le_bytes(), value.to_le_bytes()].concat()
}
