//! Every field of RAM, compared between the CPU modes.

use std::collections::BTreeMap;

use mkds_memory::layout::Type;
use mkds_memory::path::{Path, Places};
use mkds_memory::{RAM_BASE, Ram, Result};

use crate::check::Check;

/// Suffix of the names of the checks for unexplained differences.
pub const UNEXPLAINED: &str = "modes: unexplained fields";

/// Fields that are known to differ, with the reason, which is also in their documentation.
const EXPLAINED: &[&str] = &[
    "race_state.frame_counter_2",
    // The other processor ends sounds, which may happen within the frame or in the next.
    "driver.sound_emitter.field_18",
    "driver.sound_emitter.field_1c.list",
    "driver.sound_emitter.sounds.count",
    "driver.sound_emitter.sounds.first",
    "driver.sound_emitter.sounds.last",
];

/// Fields that differ between the modes: in how many frames, and the first of them.
#[derive(Default)]
pub struct Differences(BTreeMap<String, (usize, String)>);

impl Differences {
    /// Compares a frame, whose RAM is `a` in one mode and `b` in the other.
    ///
    /// # Errors
    /// RAM holds a broken race.
    pub fn see(&mut self, frame: u32, a: &Ram<'_>, b: &Ram<'_>) -> Result<()> {
        for (path, bytes) in Places::new(a).structures() {
            let range = (bytes.start - RAM_BASE) as usize..(bytes.end - RAM_BASE) as usize;
            if a.bytes()[range.clone()] != b.bytes()[range] {
                self.descend(frame, path, a, b)?;
            }
        }
        Ok(())
    }

    fn descend(&mut self, frame: u32, path: &Path, a: &Ram<'_>, b: &Ram<'_>) -> Result<()> {
        let children = path.children(a)?;
        if !children.is_empty() && !matches!(path.ty(), Some(Type::Bits(..))) {
            for child in &children {
                self.descend(frame, child, a, b)?;
            }
            return Ok(());
        }
        let [first, second] = [a, b].map(|ram| format!("{:?}", path.read(ram)));
        if first != second {
            let entry = self.0.entry(of_all_elements(path));
            let first = || (0, format!("{path} in frame {frame}: {first}, {second}"));
            entry.or_insert_with(first).0 += 1;
        }
        Ok(())
    }

    /// The check of a whole race: no field differs but those that are explained.
    pub fn checks(&self, name: &str) -> Vec<Check> {
        let mut checks: Vec<Check> = self
            .0
            .iter()
            .map(|(field, (frames, first))| Check {
                name: format!("{name}, modes: {field}"),
                found: format!("differs {frames} times, first {first}"),
                expected: (!EXPLAINED.contains(&field.as_str())).then(|| "no difference".into()),
            })
            .collect();
        let unexplained = checks.iter().filter(|check| check.failed()).count();
        checks.push(Check::equal(
            format!("{name}, {UNEXPLAINED}"),
            &0,
            &unexplained,
        ));
        checks
    }
}

/// A path without its indices: the same field of all elements.
fn of_all_elements(path: &Path) -> String {
    let mut depth = 0;
    path.text()
        .chars()
        .filter(|letter| {
            depth += i32::from(*letter == '[');
            let keep = depth == 0;
            depth -= i32::from(*letter == ']');
            keep
        })
        .collect()
}
