//! Errors of several tasks: tasks that fail do not stop the others, whose results are kept.

use anyhow::{Error, Result, bail};

use crate::interrupt;
use crate::report::{self, Report};

/// The failures among tasks.
pub struct Failures {
    report: Report,
    what: &'static str,
    done: usize,
    failed: usize,
    last: Option<Error>,
}

impl Failures {
    /// No failures yet; `what` names the tasks, in the plural.
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

    /// The report that failures go to.
    #[must_use]
    pub fn report(&self) -> Report {
        self.report
    }

    /// The result of a task. A failure is reported on standard error; one that comes from Ctrl-C is ignored.
    pub fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        let result = self.check(result);
        self.done += usize::from(result.is_some());
        result
    }

    /// The result of the preparation of a task, which counts only if it failed.
    pub fn check<T>(&mut self, result: Result<T>) -> Option<T> {
        match result {
            Ok(result) => Some(result),
            Err(_) if interrupt::requested() => None,
            Err(error) => {
                self.report_last();
                self.failed += 1;
                self.last = Some(error);
                None
            }
        }
    }

    /// Whether there are no failures so far.
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.failed == 0
    }

    fn report_last(&mut self) {
        if let Some(error) = self.last.take() {
            report::error(&error);
        }
    }

    /// Fails if a task failed: with the task's error if it was the only task.
    ///
    /// # Errors
    /// When a task failed.
    pub fn end(mut self) -> Result<()> {
        match self.last.take() {
            None => Ok(()),
            Some(only) if self.failed == 1 && self.done == 0 => Err(only),
            last => {
                self.last = last;
                self.report_last();
                let all = self.failed + self.done;
                bail!("{} of {all} {} failed", self.failed, self.what)
            }
        }
    }
}
