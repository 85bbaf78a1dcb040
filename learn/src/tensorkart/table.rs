//! The table of a recording.

use std::path::Path;

use super::allowed;
use crate::{Error, Result};

/// A line of the table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: usize,
    /// The picture's file name.
    pub(super) picture: String,
    /// The stick to the right and down, -1 to 1, and A, B and R, 0 to 1.
    pub(super) values: [f64; 5],
}

/// Parses a table; `path` is for errors. Empty lines are left out.
pub(super) fn parse(text: &[u8], path: &Path) -> Result<Vec<Line>> {
    let text =
        std::str::from_utf8(text).map_err(|error| Error::mismatch(path, "text", "UTF-8", error))?;
    let lines = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty());
    let lines: Vec<Line> = lines
        .map(|(line, number)| parse_line(line, number, path))
        .collect::<Result<_>>()?;
    match lines.is_empty() {
        true => Err(Error::mismatch(path, "lines", "at least one", "none")),
        false => Ok(lines),
    }
}

fn parse_line(line: &str, number: usize, path: &Path) -> Result<Line> {
    let columns: Vec<&str> = line.split(',').map(str::trim).collect();
    let place = format!("line {number}");
    let expected = "picture, x, y, A, B and R, or the same without R";
    let [picture, held @ ..] = columns.as_slice() else {
        return Err(Error::mismatch(path, place, expected, "nothing"));
    };
    if !(4..=5).contains(&held.len()) {
        let found = format!("{} columns", columns.len());
        return Err(Error::mismatch(path, place, expected, found));
    }
    let picture = picture_name(picture)
        .ok_or_else(|| Error::mismatch(path, &place, "a picture's path or number", picture))?;
    let mut values = [0.0; 5];
    for (index, (value, text)) in values.iter_mut().zip(held).enumerate() {
        let allowed = allowed(index);
        let number = text.parse().ok().filter(|number| allowed.contains(number));
        *value = number.ok_or_else(|| {
            let place = format!("{place}, column {}", index + 2);
            let expected = format!("a number from {} to {}", allowed.start(), allowed.end());
            Error::mismatch(path, place, expected, text)
        })?;
    }
    Ok(Line {
        number,
        picture,
        values,
    })
}

/// The file name of a picture that a line names by a path of any system, or by its number.
fn picture_name(text: &str) -> Option<String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(format!("img_{text}.png"));
    }
    let name = text.rsplit(['/', '\\']).next()?;
    name.ends_with(".png").then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<Line>> {
        parse(text.as_bytes(), "data.csv".as_ref())
    }

    #[test]
    fn all_forms_of_a_line_are_read() {
        let text = "samples/2026-01-01_10:00:00/img_0.png,0.0,0.0,1,0,0\r\n\
                    C:\\samples\\a\\img_1.png, -0.51, 0.02, 1, 0, 1\n\n\
                    2,0.25,0.0,1.0,0\n";
        let lines = parsed(text).expect("lines");
        let pictures: Vec<_> = lines
            .iter()
            .map(|line| (line.number, &*line.picture))
            .collect();
        assert_eq!(
            pictures,
            [(1, "img_0.png"), (2, "img_1.png"), (4, "img_2.png")]
        );
        assert_eq!(lines[1].values, [-0.51, 0.02, 1.0, 0.0, 1.0]);
        assert_eq!(lines[2].values, [0.25, 0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn other_tables_are_refused_with_the_place() {
        for (text, said) in [
            ("", "lines: expected at least one"),
            (
                "path,x,y,a,b,rb\n",
                "line 1: expected a picture's path or number, found path",
            ),
            ("0,0,0,1,0,0\n1,0,0,1\n", "line 2: expected picture, x, y"),
            ("0,0,0,1,0,0,0\n", "found 7 columns"),
            (
                "0,1.5,0,1,0,0\n",
                "line 1, column 2: expected a number from -1 to 1, found 1.5",
            ),
            (
                "0,0,NaN,1,0,0\n",
                "column 3: expected a number from -1 to 1, found NaN",
            ),
            (
                "0,0,0,-1,0,0\n",
                "column 4: expected a number from 0 to 1, found -1",
            ),
            ("img.jpg,0,0,1,0,0\n", "found img.jpg"),
        ] {
            let error = parsed(text).expect_err(text).to_string();
            assert!(
                error.starts_with("data.csv: ") && error.contains(said),
                "{error}"
            );
        }
        parse(&[0xFF, b'\n'], "data.csv".as_ref()).expect_err("no UTF-8");
    }
}
