//! Two interruptions at random moments: the second one may arrive while the program ends because of the first.

use std::time::Duration;

use anyhow::{Context, Result};

use super::fixture::{Fixture, LONG, Running};
use super::{Plan, random};

const SIGNALS: [&str; 2] = ["INT", "TERM"];
/// SIGINT and SIGTERM: the second signal may end a program by these.
const ENDINGS: [i32; 2] = [2, 15];
/// Milliseconds: the commands are still at work then, and end within the second span.
const FIRST_WITHIN: u64 = 2_000;
const SECOND_WITHIN: u64 = 200;

/// Interrupts the long commands in turn; returns the number of attacks, and the crashes.
pub fn attack(fixture: &Fixture, plan: &Plan) -> Result<(u64, Vec<String>)> {
    let mut failures = Vec::new();
    for attack in plan.from..plan.from + plan.count {
        let long = &LONG[usize::try_from(attack)? % LONG.len()];
        let folder = tempfile::tempdir().context("creating a temporary folder")?;
        let mut command = fixture.command(long.arguments, folder.path());
        let mut running = Running::start(&mut command, folder.path())?;
        for (question, within) in [(0, FIRST_WITHIN), (1, SECOND_WITHIN)] {
            std::thread::sleep(Duration::from_millis(random(attack, question, within)));
            let signal = random(attack, question + 2, 2);
            running.signal(SIGNALS[usize::try_from(signal)?])?;
        }
        if let Some(fault) = running.fault(&ENDINGS)? {
            failures.push(format!("{attack}: {}: {fault}", long.arguments.join(" ")));
        }
    }
    Ok((plan.count, failures))
}
