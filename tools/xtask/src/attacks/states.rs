//! Forged states, loaded and played in a separate process. If it crashes or hangs, another process continues after the
//! state that caused it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::Plan;

/// A state that takes this long hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// Forges states until all have been played; returns their number, and the harmful ones.
pub fn attack(program: &Path, plan: &Plan) -> Result<(u64, Vec<String>)> {
    let end = plan.from + plan.count;
    let mut failures = Vec::new();
    let mut ends = BTreeMap::new();
    let mut next = plan.from;
    while next < end {
        let begun = next;
        let fault = play(program, next..end, &mut |seed, what| {
            next = seed + 1;
            *ends.entry(what.to_owned()).or_insert(0) += 1;
            if what == "Spoiled" {
                failures.push(format!("{seed}: the console was damaged"));
            }
        })?;
        if let Some(fault) = fault {
            ensure!(
                next > begun || begun > plan.from || plan.count == 1,
                "no state was played: {fault}"
            );
            failures.push(format!("{next}: {fault}"));
            next += 1;
        }
    }
    say!("forged states: {ends:?}");
    Ok((plan.count, failures))
}

/// Plays states in one process, and calls `done` for each; returns how it failed at the state after the last of these.
fn play(
    program: &Path,
    seeds: std::ops::Range<u64>,
    done: &mut dyn FnMut(u64, &str),
) -> Result<Option<String>> {
    let mut child = Command::new(program)
        .args([
            seeds.start.to_string(),
            (seeds.end - seeds.start).to_string(),
        ])
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("can't start {}", program.display()))?;
    let answers = BufReader::new(child.stdout.take().context("no standard output")?);
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in answers.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    let mut seed = seeds.start;
    loop {
        match lines.recv_timeout(LIMIT) {
            Ok(line) => match line.parse() {
                Ok(begun) => seed = begun,
                Err(_) => done(seed, &line),
            },
            Err(mpsc::RecvTimeoutError::Timeout) => {
                child.kill()?;
                child.wait()?;
                return Ok(Some(format!("hangs for {} seconds", LIMIT.as_secs())));
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                let status = child.wait()?;
                return Ok((!status.success()).then(|| status.to_string()));
            }
        }
    }
}
