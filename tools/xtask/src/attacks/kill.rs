//! kill -9 at random moments, and the same command again: its results must be the same as without the kills.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::fixture::{Fixture, LONG, Long, Running, contents};
use super::{Plan, random};

/// Milliseconds: about the time that the commands take.
const WITHIN: u64 = 3_000;

type Contents = BTreeMap<PathBuf, Vec<u8>>;

/// Kills the commands that resume their work, in turn; returns the number of kills, and the differences.
pub fn attack(fixture: &Fixture, plan: &Plan) -> Result<(u64, Vec<String>)> {
    let resuming: Vec<(&Long, Contents)> = LONG
        .iter()
        .filter(|long| long.resumes)
        .map(|long| Ok((long, run(fixture, long, &[])?)))
        .collect::<Result<_>>()?;
    let mut failures = Vec::new();
    for attack in plan.from..plan.from + plan.count {
        let (long, whole) = &resuming[usize::try_from(attack)? % resuming.len()];
        let delays: Vec<u64> = (0..=random(attack, 0, 2))
            .map(|kill| random(attack, kill + 1, WITHIN))
            .collect();
        let resumed = run(fixture, long, &delays)?;
        if let Some(difference) = difference(whole, &resumed) {
            failures.push(format!(
                "{attack}: {}: {difference}",
                long.arguments.join(" ")
            ));
        }
    }
    Ok((plan.count, failures))
}

/// The results of a command that is killed after each of the delays, and then runs to its end.
fn run(fixture: &Fixture, long: &Long, delays: &[u64]) -> Result<Contents> {
    let folder = tempfile::tempdir().context("creating a temporary folder")?;
    for delay in delays {
        let mut command = fixture.command(long.arguments, folder.path());
        let mut running = Running::start(&mut command, folder.path())?;
        std::thread::sleep(Duration::from_millis(*delay));
        running.signal("KILL")?;
        running.wait()?;
    }
    let mut command = fixture.command(long.arguments, folder.path());
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "kartscope {}: {said}",
        long.arguments.join(" ")
    );
    contents(folder.path())
}

fn difference(whole: &Contents, resumed: &Contents) -> Option<String> {
    let names = |contents: &Contents| contents.keys().cloned().collect::<Vec<_>>();
    if names(whole) != names(resumed) {
        return Some(format!(
            "expected {:?}, found {:?}",
            names(whole),
            names(resumed)
        ));
    }
    let differing = whole.iter().find(|(name, bytes)| resumed[*name] != **bytes);
    differing.map(|(name, _)| format!("{} differs", name.display()))
}
