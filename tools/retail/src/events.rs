//! Checks of the events of a ghost's race.

use anyhow::Result;
use mkds_memory::Ram;
use mkds_memory::events::{Boost, EventKind, RaceEvents};

use crate::check::Check;
use crate::folder::Ghost;

/// A drift that gives a mini-turbo.
const FULL_CHARGE: i32 = 4;

/// Counts events along a race.
pub struct Events {
    events: RaceEvents,
    ready: usize,
    gone: usize,
    laps: Vec<u32>,
    finishes: Vec<u32>,
    charge: i32,
    mini_turbos: usize,
    uncharged_mini_turbos: usize,
}

impl Events {
    /// A counter before the first frame.
    pub fn new() -> Self {
        Self {
            events: RaceEvents::new(),
            ready: 0,
            gone: 0,
            laps: Vec::new(),
            finishes: Vec::new(),
            charge: 0,
            mini_turbos: 0,
            uncharged_mini_turbos: 0,
        }
    }

    /// Counts the events of a frame.
    ///
    /// # Errors
    /// RAM holds a broken race.
    pub fn see(&mut self, ram: &Ram<'_>) -> Result<()> {
        for event in self.events.update(ram)? {
            match event.kind {
                EventKind::RaceReady { .. } => self.ready += 1,
                EventKind::RaceGone => self.gone += 1,
                EventKind::Lap { milliseconds, .. } => self.laps.push(milliseconds),
                EventKind::Finish { milliseconds, .. } => self.finishes.push(milliseconds),
                EventKind::DriftStart { .. } => self.charge = 0,
                EventKind::DriftCharge { charge } => self.charge = charge,
                EventKind::BoostStart {
                    boost: Boost::MiniTurbo,
                    ..
                } => {
                    self.mini_turbos += 1;
                    self.uncharged_mini_turbos += usize::from(self.charge != FULL_CHARGE);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The checks of a whole race.
    pub fn checks(&self, name: &str, ghost: &Ghost) -> Vec<Check> {
        let of = |what: &str| format!("{name}, events: {what}");
        vec![
            Check::equal(
                of("races that come and go"),
                &[1, 0],
                &[self.ready, self.gone],
            ),
            Check::equal(of("laps"), &ghost.lap_ms.len(), &self.laps.len()),
            Check::equal(of("finishes"), &1, &self.finishes.len()),
            Check::equal(
                of("mini-turbos without a charge of 4"),
                &0,
                &self.uncharged_mini_turbos,
            ),
            Check::equal(of("there are mini-turbos"), &true, &(self.mini_turbos > 0)),
        ]
    }
}
