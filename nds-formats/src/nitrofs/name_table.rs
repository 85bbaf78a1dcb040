//! The file name table of a ROM and of a NARC: directories, and the names in them.
//!
//! A directory has 8 bytes at the table's start: the offset of its names, the number of its first
//! file, and its parent's number (the root has the count of directories there). Its names are a
//! byte of length and kind, the name, after a directory's name its number, and a 0 at the end.
//! Files are numbered in the order of their names. Source: GBATEK.

use std::collections::BTreeMap;

use crate::{Error, Result};

/// The number of the root; other directories follow.
const ROOT: u16 = 0xF000;
const DIRECTORY_SIZE: usize = 8;
/// Directories that numbers from [`ROOT`] on can tell apart.
const MAX_DIRECTORIES: usize = 0x1000;
/// Files that numbers below [`ROOT`] can tell apart.
const MAX_FILES: usize = ROOT as usize;
/// In the byte before a name: it names a directory.
const IS_DIRECTORY: u8 = 0x80;
/// Bytes of a path, so that few bytes of names cannot become many of paths.
const MAX_PATH: usize = 255;

/// Reads a table and gives every named file's number and path, directory by directory. Bytes of
/// names are taken as Latin-1, for the character set is the game's own.
pub(crate) fn read(
    format: &'static str,
    table: &[u8],
    file_count: usize,
) -> Result<Vec<(u16, String)>> {
    let reader = Reader { format, table };
    let mut files = Vec::new();
    let mut seen_files = vec![false; file_count];
    let mut seen_directories = vec![false; MAX_DIRECTORIES];
    let mut waiting = vec![(ROOT, String::new())];
    while let Some((directory, path)) = waiting.pop() {
        let entry = usize::from(directory - ROOT) * DIRECTORY_SIZE;
        // A directory inside itself, or in two, would never end or end late.
        if std::mem::replace(&mut seen_directories[usize::from(directory - ROOT)], true) {
            let found = format!("directory {directory:#x} once more");
            return Err(reader.malformed(entry, "every directory once", found));
        }
        let mut at = reader.word(entry)? as usize;
        let mut number = reader.half(entry + 4)?;
        let mut children = Vec::new();
        loop {
            let start = at;
            let [kind] = reader.array(at)?;
            let length = usize::from(kind & !IS_DIRECTORY);
            if kind == 0 {
                break;
            }
            let name = reader.bytes(at + 1, length)?;
            if name.is_empty() || name.contains(&b'/') || name.contains(&0) {
                let found = format!("\"{}\"", name.escape_ascii());
                return Err(reader.malformed(start, "a name without / and 0", found));
            }
            let name: String = name.iter().copied().map(char::from).collect();
            let path = match path.as_str() {
                "" => name,
                parent => format!("{parent}/{name}"),
            };
            if path.chars().count() > MAX_PATH {
                let expected = format!("paths of at most {MAX_PATH} bytes");
                return Err(reader.malformed(start, expected, format!("\"{path}\"")));
            }
            at += 1 + length;
            if kind & IS_DIRECTORY != 0 {
                let child = reader.half(at)?;
                at += 2;
                let last = ROOT + (MAX_DIRECTORIES - 1) as u16;
                if !(ROOT + 1..=last).contains(&child) {
                    let expected = format!("a directory number above {ROOT:#x}");
                    return Err(reader.malformed(at - 2, expected, format!("{child:#x}")));
                }
                children.push((child, path));
            } else {
                match seen_files.get_mut(usize::from(number)) {
                    Some(seen) if !*seen => *seen = true,
                    seen => {
                        let found = format!("\"{path}\" as file {number}");
                        let expected = match seen {
                            Some(_) => "every file once".into(),
                            None => format!("a file number below {file_count}"),
                        };
                        return Err(reader.malformed(start, expected, found));
                    }
                }
                files.push((number, path));
                number = number.saturating_add(1);
            }
        }
        waiting.extend(children.into_iter().rev());
    }
    Ok(files)
}

struct Reader<'a> {
    format: &'static str,
    table: &'a [u8],
}

impl<'a> Reader<'a> {
    fn bytes(&self, offset: usize, length: usize) -> Result<&'a [u8]> {
        self.table
            .get(offset..offset.saturating_add(length))
            .ok_or_else(|| {
                let expected = format!("{length} bytes");
                let found = format!("the end at {:#x}", self.table.len());
                self.malformed(offset, expected, found)
            })
    }

    fn array<const N: usize>(&self, offset: usize) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.bytes(offset, N)?);
        Ok(array)
    }

    fn word(&self, offset: usize) -> Result<u32> {
        self.array(offset).map(u32::from_le_bytes)
    }

    fn half(&self, offset: usize) -> Result<u16> {
        self.array(offset).map(u16::from_le_bytes)
    }

    fn malformed(&self, offset: usize, expected: impl Into<String>, found: String) -> Error {
        let place = format!("file names, offset {offset:#x}");
        Error::malformed(self.format, place, expected, found)
    }
}

#[derive(Default)]
struct Directory<'a> {
    parent: usize,
    /// Names, each with its place among the paths.
    files: Vec<(&'a str, usize)>,
    /// Names, each with its place among the directories.
    children: Vec<(&'a str, usize)>,
}

/// A table for `paths`, whose parts are parted by `/`, and which of them each file number is, from
/// 0 on. Names are ASCII, of at most 127 bytes.
pub(crate) fn write(format: &'static str, paths: &[&str]) -> Result<(Vec<u8>, Vec<usize>)> {
    let refuse = |field, expected: &str, found: &str| {
        Err(Error::out_of_range(format, field, expected, found))
    };
    if paths.len() > MAX_FILES {
        let found = format!("{} files", paths.len());
        return refuse("files", "at most 61440", &found);
    }
    let mut directories = vec![Directory::default()];
    // Directories and files by their path.
    let mut places = BTreeMap::from([("", 0)]);
    let mut taken = BTreeMap::new();
    for (index, &path) in paths.iter().enumerate() {
        let good =
            |name: &str| name.is_ascii() && !name.contains('\0') && (1..128).contains(&name.len());
        if path.len() > MAX_PATH || !path.split('/').all(good) {
            let expected = "ASCII names of 1 to 127 bytes, 255 bytes with their folders";
            return refuse("path", expected, path);
        }
        let mut directory = 0;
        for (slash, _) in path.match_indices('/') {
            let name = path[..slash].rsplit('/').next().unwrap_or_default();
            directory = *places.entry(&path[..slash]).or_insert_with(|| {
                let child = directories.len();
                directories[directory].children.push((name, child));
                directories.push(Directory {
                    parent: directory,
                    ..Directory::default()
                });
                child
            });
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        directories[directory].files.push((name, index));
        if taken.insert(path, index).is_some() {
            return refuse("path", "different paths", path);
        }
    }
    if let Some(path) = taken.keys().find(|path| places.contains_key(**path)) {
        return refuse("path", "a file or a folder", path);
    }
    if directories.len() > MAX_DIRECTORIES {
        let found = format!("{} directories", directories.len());
        return refuse("directories", "at most 4096", &found);
    }
    let number = |place: usize| ROOT + place as u16;
    let (mut table, mut names) = (Vec::new(), Vec::new());
    let mut order = Vec::with_capacity(paths.len());
    for (place, directory) in directories.iter().enumerate() {
        let offset = directories.len() * DIRECTORY_SIZE + names.len();
        table.extend_from_slice(&(offset as u32).to_le_bytes());
        table.extend_from_slice(&(order.len() as u16).to_le_bytes());
        let above = match place {
            0 => directories.len() as u16,
            _ => number(directory.parent),
        };
        table.extend_from_slice(&above.to_le_bytes());
        for (name, index) in &directory.files {
            names.push(name.len() as u8);
            names.extend_from_slice(name.as_bytes());
            order.push(*index);
        }
        for (name, child) in &directory.children {
            names.push(name.len() as u8 | IS_DIRECTORY);
            names.extend_from_slice(name.as_bytes());
            names.extend_from_slice(&number(*child).to_le_bytes());
        }
        names.push(0);
    }
    table.append(&mut names);
    Ok((table, order))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PATHS: [&str; 4] = [
        "data/Course/b.carc",
        "readme",
        "data/Course/a.carc",
        "data/x",
    ];

    #[test]
    fn files_are_numbered_directory_by_directory() {
        let (table, order) = write("ROM", &PATHS).unwrap();
        assert_eq!(order, [1, 3, 0, 2]);
        let paths: Vec<_> = order.iter().map(|&at| PATHS[at].to_owned()).collect();
        let expected: Vec<_> = (0..).zip(paths).collect();
        assert_eq!(read("ROM", &table, 4).unwrap(), expected);
        // The root: its names behind three directories, file 0, three directories.
        assert_eq!(table[..8], [24, 0, 0, 0, 0, 0, 3, 0]);
    }

    #[test]
    fn no_files_are_the_root_alone() {
        let (table, _) = write("ROM", &[]).unwrap();
        assert_eq!(table, [8, 0, 0, 0, 0, 0, 1, 0, 0]);
        assert_eq!(read("ROM", &table, 0), Ok(vec![]));
    }

    #[test]
    fn paths_that_cannot_be_written_are_refused() {
        let message = |paths: &[&str]| write("ROM", paths).unwrap_err().to_string();
        assert_eq!(
            message(&["a", "a"]),
            "ROM, path: expected different paths, found a"
        );
        assert_eq!(
            message(&["a/b", "a"]),
            "ROM, path: expected a file or a folder, found a"
        );
        for bad in [
            "",
            "/a",
            "a//b",
            "a/",
            "\u{e4}",
            &"x".repeat(128),
            &"ab/".repeat(86),
        ] {
            assert!(message(&[bad]).contains("expected ASCII names"), "{bad}");
        }
        let many: Vec<_> = (0..=MAX_FILES).map(|n| n.to_string()).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert!(message(&many).contains("found 61441 files"));
        let deep: Vec<_> = (0..MAX_DIRECTORIES).map(|n| format!("{n}/x")).collect();
        let deep: Vec<_> = deep.iter().map(String::as_str).collect();
        assert!(message(&deep).contains("found 4097 directories"));
    }

    #[test]
    fn cycles_and_second_names_are_refused() {
        let (mut table, _) = write("ROM", &["a/x", "b/y"]).unwrap();
        let message = |table: &[u8], count| read("ROM", table, count).unwrap_err().to_string();
        assert_eq!(
            message(&table, 1),
            "ROM, file names, offset 0x24: expected a file number below 1, found \"b/y\" as file 1"
        );
        // b's first file is a's.
        table[20] = 0;
        assert!(message(&table, 2).contains("every file once, found \"b/y\" as file 0"));
        table[20] = 1;
        // b is a.
        let at = table.len() - 3 - 3 - 3;
        assert_eq!(table[at..at + 2], [2, 0xF0]);
        table[at] = 1;
        assert_eq!(
            message(&table, 2),
            "ROM, file names, offset 0x8: expected every directory once, found directory 0xf001 \
             once more"
        );
        table[at] = 0;
        assert!(message(&table, 2).contains("a directory number above 0xf000, found 0xf000"));
    }

    #[test]
    fn paths_that_grow_without_end_are_refused() {
        let names = ["x".repeat(127), "y".repeat(127), "z".repeat(127)].join("/");
        let mut table = Vec::new();
        for directory in 0..3_u32 {
            table.extend_from_slice(&(24 + directory * 131).to_le_bytes());
            table.extend_from_slice(&[0; 4]);
        }
        for (part, child) in names.split('/').zip(1..) {
            table.extend_from_slice(&[&[0xFF], part.as_bytes(), &[child, 0xF0, 0]].concat());
        }
        let error = read("ROM", &table, 0).unwrap_err().to_string();
        assert!(error.contains("paths of at most 255 bytes"), "{error}");
    }

    proptest! {
        #[test]
        fn any_bytes_read_or_fail(
            table in proptest::collection::vec(any::<u8>(), 0..200), files in 0..300_usize,
        ) {
            let _ = read("ROM", &table, files);
        }

        #[test]
        fn damaged_tables_read_or_fail(at in 0..90_usize, value: u8) {
            let (mut table, _) = write("ROM", &PATHS).unwrap();
            let at = at % table.len();
            table[at] = value;
            if let Ok(files) = read("ROM", &table, 4) {
                prop_assert!(files.len() <= 4);
            }
        }
    }
}
