//! Course archives, packed and unpacked, and the course that their files make.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mkds_formats::carc::CourseFiles;
use mkds_formats::kcl::Kcl;
use nds_formats::lz10;
use mkds_formats::nkm::Nkm;
use mkds_memory::course::Course;

fuzz_target!(|archive: &[u8]| {
    if let Ok(files) = CourseFiles::parse(archive) {
        check(&files);
    }
    // The input as an unpacked archive, since random bytes seldom are valid compressed data.
    let packed = lz10::compress(archive).expect("less than 16 MiB");
    if let Ok(files) = CourseFiles::parse(&packed) {
        check(&files);
    }
});

fn check(files: &CourseFiles) {
    let packed = files.to_bytes().expect("no more than was unpacked");
    assert_eq!(CourseFiles::parse(&packed).as_ref(), Ok(files));
    if let (Ok(kcl), Ok(nkm)) = (Kcl::parse(&files.kcl), Nkm::parse(&files.nkm))
        && let Ok(course) = Course::from_files(&kcl, &nkm)
    {
        assert!(course.track().triangles().len() <= kcl.prisms().len());
        assert_eq!(course.track().checkpoints().len(), nkm.checkpoints.len());
    }
}
