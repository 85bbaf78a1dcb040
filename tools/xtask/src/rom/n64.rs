//! The N64 game: boot code, program and courses in an N64 ROM file, big-endian.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use super::toolchain::{self, Toolchain};

/// Title in the header: our own, so that the file is not mistaken for the game whose memory layout it has.
const TITLE: &[u8; 20] = b"KARTSCOPE 64        ";
/// Cartridge, our own identifier, and the region, by which the console knows NTSC.
const IDENTIFIER: &[u8; 4] = b"NKSE";
/// How the console reads the cartridge. Source: published descriptions of the header.
const BUS_SETTINGS: u32 = 0x8037_1240;
const CLOCK_RATE: u32 = 0xF;
const PROGRAM_ADDRESS: u32 = 0x8000_0400;
const BOOT_OFFSET: usize = 0x40;
const PROGRAM_OFFSET: usize = 0x1000;
/// How many bytes of the program the checksum covers, and with that the least size of a ROM.
const CHECKED: usize = 0x10_0000;

pub(super) const TOOLCHAIN: Toolchain = Toolchain {
    compiler: "mips-linux-gnu-gcc",
    objcopy: "mips-linux-gnu-objcopy",
    packages: "gcc-mips-linux-gnu and binutils-mips-linux-gnu",
};

const FLAGS: &[&str] = &[
    "-EB",
    "-march=vr4300",
    "-mabi=32",
    "-mfix4300",
    "-mhard-float",
    "-mfp32",
    "-G0",
    "-mno-abicalls",
    "-fno-pic",
    "-O2",
    "-ffreestanding",
    "-nostdlib",
    "-std=gnu11",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wa,--fatal-warnings",
    "-fno-common",
    // State that a tool wrote may overflow.
    "-fwrapv",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fsingle-precision-constant",
    "-ffp-contract=off",
    "-fno-tree-loop-distribute-patterns",
    "-fno-stack-protector",
    "-Ilogic",
    "-Iplatform",
];

/// Builds the ROM.
///
/// # Errors
/// The compiler is missing or refuses a source, or a file cannot be read or written.
pub(super) fn build(homebrew: &Path, scratch: &Path) -> Result<Vec<u8>> {
    let game = homebrew.join("n64");
    let mut sources = toolchain::sources(&game, "logic")?;
    sources.extend(toolchain::sources(&game, "platform")?);
    // The lettering is that of the DS game.
    sources.push(PathBuf::from("../platform/font.c"));
    let objects = TOOLCHAIN.compile_all(&game, FLAGS, &sources, scratch)?;
    let elf = scratch.join("game.elf");
    TOOLCHAIN.link(&game, FLAGS, "platform/game.ld", &objects, &[], &elf)?;
    pack(
        &TOOLCHAIN.sections(&elf, &[".boot"])?,
        &TOOLCHAIN.sections(&elf, &[".program"])?,
    )
}

fn pack(boot: &[u8], program: &[u8]) -> Result<Vec<u8>> {
    ensure!(
        boot.len() <= PROGRAM_OFFSET - BOOT_OFFSET,
        "{} bytes of boot code do not fit in front of the program",
        boot.len()
    );
    let mut rom = vec![0; PROGRAM_OFFSET + program.len().max(CHECKED)];
    rom[BOOT_OFFSET..BOOT_OFFSET + boot.len()].copy_from_slice(boot);
    rom[PROGRAM_OFFSET..PROGRAM_OFFSET + program.len()].copy_from_slice(program);
    rom[0x20..0x34].copy_from_slice(TITLE);
    rom[0x3B..0x3F].copy_from_slice(IDENTIFIER);
    let [first, second] = checksum(&rom[PROGRAM_OFFSET..PROGRAM_OFFSET + CHECKED]);
    for (offset, value) in [
        (0x00, BUS_SETTINGS),
        (0x04, CLOCK_RATE),
        (0x08, PROGRAM_ADDRESS),
        (0x10, first),
        (0x14, second),
    ] {
        rom[offset..offset + 4].copy_from_slice(&value.to_be_bytes());
    }
    Ok(rom)
}

/// The two words of the header that boot code of the kind 6102 checks. Source: published descriptions of it.
fn checksum(program: &[u8]) -> [u32; 2] {
    const SEED: u32 = 0xF8CA_4DDC;
    let [
        mut sum,
        mut carries,
        mut mixed,
        mut turned,
        mut chosen,
        mut crossed,
    ] = [SEED; 6];
    for word in program.chunks_exact(4) {
        let word = u32::from_be_bytes([word[0], word[1], word[2], word[3]]);
        let (next, carry) = sum.overflowing_add(word);
        sum = next;
        carries = carries.wrapping_add(u32::from(carry));
        mixed ^= word;
        let rotated = word.rotate_left(word & 31);
        turned = turned.wrapping_add(rotated);
        chosen ^= if chosen > word { rotated } else { sum ^ word };
        crossed = crossed.wrapping_add(turned ^ word);
    }
    [sum ^ carries ^ mixed, turned ^ chosen ^ crossed]
}

#[cfg(test)]
mod tests {
    use super::{CHECKED, PROGRAM_OFFSET, checksum, pack};

    /// The checksum of zeros and of one word, worked out by hand from the description.
    #[test]
    fn checksum_of_zeros_is_the_seeds() {
        const SEED: u32 = 0xF8CA_4DDC;
        // Each word of zero adds the unchanged sums: only the last of the six grows, by the seed each time.
        let words = (CHECKED / 4) as u32;
        let crossed = SEED.wrapping_add(SEED.wrapping_mul(words));
        assert_eq!(checksum(&vec![0; CHECKED]), [SEED, crossed]);
    }

    #[test]
    fn header_points_at_the_program_and_carries_its_checksum() {
        let rom = pack(&[0x11; 0x4C], &[0x22; 0x321]).unwrap();
        let word = |at: usize| u32::from_be_bytes(rom[at..at + 4].try_into().unwrap());
        assert_eq!(word(0), 0x8037_1240);
        assert_eq!(word(8), 0x8000_0400);
        assert_eq!([word(0x10), word(0x14)], checksum(&rom[PROGRAM_OFFSET..]));
        assert_eq!(rom[0x40..0x8C], [0x11; 0x4C]);
        assert_eq!(rom[PROGRAM_OFFSET..PROGRAM_OFFSET + 0x321], [0x22; 0x321]);
        assert_eq!(rom.len(), PROGRAM_OFFSET + CHECKED);
    }

    #[test]
    fn boot_code_that_does_not_fit_is_refused() {
        assert!(pack(&[0; 0xFC1], &[]).is_err());
    }
}
