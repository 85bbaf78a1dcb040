//! The ROM file: its header, its region, its courses.

use anyhow::{Context, Result, ensure};
use mkds_formats::carc::CourseFiles;
use mkds_formats::kcl::Kcl;
use mkds_formats::names::{COURSE_SLOTS, Course};
use mkds_formats::nkm::Nkm;
use mkds_memory::course;
use nds_formats::rom::RomHeader;

use crate::commands::verify::Check;

/// Checks a ROM file without running it.
pub fn check(rom: &[u8]) -> Vec<Check> {
    let mut checks = vec![Check::of("rom", "header", header(rom))];
    checks.extend(
        COURSE_SLOTS
            .iter()
            .map(|course| match read_course(rom, course) {
                Ok(Some(found)) => Check::passed("course", course.abbreviation, summary(&found)),
                Ok(None) => Check::absent("course", course.abbreviation, "not in this ROM"),
                Err(error) => Check::of("course", course.abbreviation, Err(error)),
            }),
    );
    checks
}

fn header(rom: &[u8]) -> Result<String> {
    let header = RomHeader::parse(rom)?;
    ensure!(
        header.stored_crc == header.computed_crc,
        "CRC at 0x15E: expected {:#06X}, found {:#06X}",
        header.computed_crc,
        header.stored_crc
    );
    Ok(format!(
        "{:?}, {} ({}), {} bytes",
        header.title,
        header.game_code,
        header.region(),
        rom.len()
    ))
}

/// A course from the ROM's files; `None` if the ROM does not have that course.
pub fn read_course(rom: &[u8], course: &Course) -> Result<Option<course::Course>> {
    let path = course.path();
    let Some(files) = CourseFiles::of_rom(rom, course).with_context(|| path.clone())? else {
        return Ok(None);
    };
    let collision = Kcl::parse(&files.kcl).with_context(|| path.clone())?;
    let map = Nkm::parse(&files.nkm).with_context(|| path.clone())?;
    let read = course::Course::from_files(&collision, &map).context(path)?;
    Ok(Some(read.with_id(course.id.into())))
}

fn summary(course: &course::Course) -> String {
    format!(
        "{} triangles, {} checkpoints, {} laps of {:.0} units",
        course.track().triangles().len(),
        course.track().checkpoints().len(),
        course.laps(),
        course.track().centreline().length()
    )
}
