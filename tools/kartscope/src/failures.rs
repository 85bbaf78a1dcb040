//! Several pieces of work of which some fail: the others go on, and their results are kept.

use anyhow::{Error, Result, bail};

use crate::interrupt;
use crate::report::{self, Report};

/// The failures among pieces of work.
pub struct Failures {
    report: Report,
    what: &'static str,
    done: usize,
    failed: usize,
    last: Option<Error>,
}

impl Failures {
    /// None yet, of work on `what`, in the plural.
    #[must_use]
    pub fn none(what: &'static str, report: Report) -> Self {
        Self {
            report,
            what,
            done: 0,
            failed: 0,
            last: None,
        }
    }

    /// Where failures are said.
    #[must_use]
    pub fn report(&self) -> Report {
        self.report
    }

    /// The result of a piece of work. A failure is said on standard error; one that comes from Ctrl-C is none.
    pub fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        let result = self.check(result);
        self.done += usize::from(result.is_some());
        result
    }

    /// The result of what comes before a piece of work, which counts if it failed.
    pub fn check<T>(&mut self, result: Result<T>) -> Option<T> {
        match result {
            Ok(result) => Some(result),
            Err(_) if interrupt::requested() => None,
            Err(error) => {
                self.say_last();
                self.failed += 1;
                self.last = Some(error);
                None
            }
        }
    }

    /// Whether all went well so far.
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.failed == 0
    }

    fn say_last(&mut self) {
        if let Some(error) = self.last.take() {
            report::error(&error);
        }
    }

    /// Fails if anything did: with its own words if that was all there was to do.
    ///
    /// # Errors
    /// When a piece of work failed.
    pub fn end(mut self) -> Result<()> {
        match self.last.take() {
            None => Ok(()),
            Some(only) if self.failed == 1 && self.done == 0 => Err(only),
            last => {
                self.last = last;
                self.say_last();
                let all = self.failed + self.done;
                bail!("{} of {all} {} failed", self.failed, self.what)
            }
        }
    }
}
