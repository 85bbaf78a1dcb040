//! The DS game: both processors' programs and the packed courses in a DS ROM file.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use mkds_formats::carc::CourseFiles;
use mkds_formats::names::COURSE_SLOTS;
use nds_formats::nitrofs;

use super::toolchain::{self, Toolchain};

/// Title in the header: our own, so that the file is not mistaken for the game whose code it has.
const TITLE: &[u8; 12] = b"KARTSCOPE\0\0\0";
/// The game code, by which tools recognise the memory layout.
const GAME_CODE: &[u8; 4] = b"AMCE";
const MAKER: &[u8; 2] = b"KS";

const ARM9_ADDRESS: u32 = 0x0200_0000;
const ARM7_ADDRESS: u32 = 0x0380_0000;
/// Emulators boot a ROM whose ARM9 program is below 0x4000 directly, as homebrew.
const ARM9_OFFSET: usize = 0x200;
const HEADER_SIZE: usize = 0x200;
/// How many bytes the header's CRC covers.
const HEADER_CRC_SPAN: usize = 0x15E;
/// The lowest address that a running game can read from the card.
const CARD_START: usize = 0x8000;
/// The usual clock settings of the card, for a running game and before. Source: GBATEK.
const CARD_CONTROL: [u32; 2] = [0x0058_6000, 0x0018_08F8];
const ALIGNMENT: usize = 0x200;

/// The compiler of both processors.
pub(super) const TOOLCHAIN: Toolchain = Toolchain {
    compiler: "arm-none-eabi-gcc",
    objcopy: "arm-none-eabi-objcopy",
    packages: "gcc-arm-none-eabi and binutils-arm-none-eabi",
};
const ARM9_FLAGS: &[&str] = &[
    "-mcpu=arm946e-s",
    "-marm",
    "-O2",
    "-ffreestanding",
    "-nostdlib",
    "-std=gnu11",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-fno-common",
    // State that a tool wrote may overflow, which must have the same result as in the native build.
    "-fwrapv",
    "-fno-tree-loop-distribute-patterns",
    "-Iplatform",
    "-Ilogic",
];
const ARM7_FLAGS: &[&str] = &["-mcpu=arm7tdmi", "-marm", "-ffreestanding", "-nostdlib"];

/// Builds the ROM.
///
/// # Errors
/// The compiler is missing or refuses a source, or a file cannot be read or written.
pub(super) fn build(homebrew: &Path, scratch: &Path) -> Result<Vec<u8>> {
    pack(
        &arm9_image(homebrew, scratch)?,
        &arm7_image(homebrew, scratch)?,
        &course_archives(homebrew)?,
    )
}

fn arm9_image(homebrew: &Path, scratch: &Path) -> Result<Vec<u8>> {
    let mut sources = toolchain::sources(homebrew, "platform")?;
    sources.retain(|source| !source.ends_with("arm7.s"));
    sources.extend(toolchain::sources(homebrew, "logic")?);
    image(homebrew, scratch, ARM9_FLAGS, &sources, "arm9")
}

fn arm7_image(homebrew: &Path, scratch: &Path) -> Result<Vec<u8>> {
    image(
        homebrew,
        scratch,
        ARM7_FLAGS,
        &[PathBuf::from("platform/arm7.s")],
        "arm7",
    )
}

/// A processor's program, linked by the script of its name.
fn image(
    homebrew: &Path,
    scratch: &Path,
    flags: &[&str],
    sources: &[PathBuf],
    processor: &str,
) -> Result<Vec<u8>> {
    let objects = TOOLCHAIN.compile_all(homebrew, flags, sources, scratch)?;
    let elf = scratch.join(processor).with_extension("elf");
    let script = format!("platform/{processor}.ld");
    TOOLCHAIN.link(homebrew, flags, &script, &objects, &["-lgcc"], &elf)?;
    TOOLCHAIN.sections(&elf, &[".text", ".data"])
}

/// The compiled courses as Mario Kart DS keeps its own: paths in the ROM and packed archives, by slot.
fn course_archives(homebrew: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let read = |stem: &str, kind: &str| {
        let path = homebrew.join(format!("courses/built/{stem}.{kind}"));
        fs::read(&path).with_context(|| format!("reading {}", path.display()))
    };
    let archive = |(&slot, stem): (&usize, &String)| {
        let files = CourseFiles {
            kcl: read(stem, "kcl")?,
            nkm: read(stem, "nkm")?,
        };
        let bytes = files
            .to_bytes()
            .with_context(|| format!("packing {stem}"))?;
        Ok((COURSE_SLOTS[slot].path(), bytes))
    };
    courses(homebrew)?.iter().map(archive).collect()
}

/// The courses' file names without extension, by the slot that each description gives.
fn courses(homebrew: &Path) -> Result<BTreeMap<usize, String>> {
    let mut courses = BTreeMap::new();
    let folder = homebrew.join("courses");
    for entry in fs::read_dir(&folder).with_context(|| format!("listing {}", folder.display()))? {
        let path = entry
            .with_context(|| format!("listing {}", folder.display()))?
            .path();
        if path.extension().and_then(OsStr::to_str) != Some("toml") {
            continue;
        }
        let text =
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let description: toml::Table = text
            .parse()
            .with_context(|| format!("parsing {}", path.display()))?;
        let slot = description.get("slot").and_then(toml::Value::as_integer);
        let slot = slot
            .and_then(|slot| usize::try_from(slot).ok())
            .filter(|&slot| slot < COURSE_SLOTS.len())
            .with_context(|| {
                format!(
                    "{}: expected a slot of 0 to {}, found {slot:?}",
                    path.display(),
                    COURSE_SLOTS.len() - 1
                )
            })?;
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if let Some(other) = courses.insert(slot, stem) {
            bail!(
                "{}: slot {slot} is already taken by {other}",
                path.display()
            );
        }
    }
    Ok(courses)
}

fn pack(arm9: &[u8], arm7: &[u8], files: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
    let mut rom = vec![0; HEADER_SIZE.max(ARM9_OFFSET)];
    rom.extend_from_slice(arm9);
    pad(&mut rom);
    let arm7_offset = rom.len();
    rom.extend_from_slice(arm7);
    rom.resize(rom.len().max(CARD_START), 0);
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
        .collect();
    nitrofs::append(&mut rom, &files)?;
    pad(&mut rom);

    let length = rom.len();
    rom[..0x0C].copy_from_slice(TITLE);
    rom[0x0C..0x10].copy_from_slice(GAME_CODE);
    rom[0x10..0x12].copy_from_slice(MAKER);
    rom[0x14] = capacity(length);
    for (offset, value) in [
        (0x20, ARM9_OFFSET as u32),
        (0x24, ARM9_ADDRESS),
        (0x28, ARM9_ADDRESS),
        (0x2C, arm9.len() as u32),
        (0x30, arm7_offset as u32),
        (0x34, ARM7_ADDRESS),
        (0x38, ARM7_ADDRESS),
        (0x3C, arm7.len() as u32),
        (0x60, CARD_CONTROL[0]),
        (0x64, CARD_CONTROL[1]),
        (0x80, length as u32),
        (0x84, HEADER_SIZE as u32),
    ] {
        rom[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
    }
    // The place of the logo stays empty; its CRC is the one of zeros.
    let logo_crc = crc16(&rom[0xC0..0x15C]);
    rom[0x15C..0x15E].copy_from_slice(&logo_crc.to_le_bytes());
    let header_crc = crc16(&rom[..HEADER_CRC_SPAN]);
    rom[0x15E..0x160].copy_from_slice(&header_crc.to_le_bytes());
    Ok(rom)
}

fn pad(rom: &mut Vec<u8>) {
    rom.resize(rom.len().next_multiple_of(ALIGNMENT), 0);
}

/// The header's code n of the smallest chip that holds the ROM: 128 KiB << n.
fn capacity(length: usize) -> u8 {
    (0..8)
        .find(|code| length <= (128 * 1024) << code)
        .unwrap_or(8)
}

/// CRC-16 of the DS header: polynomial 0x8005 reflected, initial value 0xFFFF. Source: GBATEK.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xA001
            } else {
                crc >> 1
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use nds_formats::nitrofs::FileSystem;

    use super::{ARM9_ADDRESS, CARD_START, HEADER_CRC_SPAN, crc16, pack};

    #[test]
    fn crc_is_the_published_check_value() {
        assert_eq!(crc16(b"123456789"), 0x4B37);
    }

    #[test]
    fn header_points_at_both_programs_and_carries_its_crc() {
        let rom = pack(&[0x11; 0x321], &[0x22; 0x45], &[]).unwrap();
        let word = |offset: usize| u32::from_le_bytes(rom[offset..offset + 4].try_into().unwrap());
        assert_eq!(rom[0x0C..0x10], *b"AMCE");
        assert_eq!(word(0x24), ARM9_ADDRESS);
        let arm9 = word(0x20) as usize..(word(0x20) + word(0x2C)) as usize;
        assert!(rom[arm9].iter().all(|&byte| byte == 0x11));
        let arm7 = word(0x30) as usize..(word(0x30) + word(0x3C)) as usize;
        assert!(rom[arm7].iter().all(|&byte| byte == 0x22));
        assert_eq!(
            rom[0x15E..0x160],
            crc16(&rom[..HEADER_CRC_SPAN]).to_le_bytes()
        );
        assert_eq!(word(0x80) as usize, rom.len());
    }

    #[test]
    fn files_lie_where_a_card_gives_them_to_a_game() {
        let files = ["data/a", "data/Course/b"].map(|path| (path.to_owned(), vec![0x33; 0x123]));
        let rom = pack(&[0x11; 0x321], &[0x22; 0x45], &files).unwrap();
        let system = FileSystem::parse(&rom).unwrap();
        for (path, bytes) in &files {
            let file = system.file(path).unwrap();
            assert_eq!(file, bytes);
            assert!(file.as_ptr() as usize - rom.as_ptr() as usize >= CARD_START);
        }
        for table in [0x40, 0x48] {
            let start = u32::from_le_bytes(rom[table..table + 4].try_into().unwrap());
            assert!(start as usize >= CARD_START);
        }
    }
}
