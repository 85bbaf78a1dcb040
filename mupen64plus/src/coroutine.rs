//! Coroutines of the C code: see `shim/coroutine.h`.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::time::Duration;

use crate::bindings::{
    COROUTINE_CRASHED, COROUTINE_ENDED, COROUTINE_STUCK, coroutine, coroutine_fault,
    coroutine_free, coroutine_new, coroutine_resume,
};

/// A function of C on a stack of its own.
pub(crate) struct Coroutine(NonNull<coroutine>);

/// What ended a coroutine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The function returned.
    Returned,
    /// It crashed.
    Crashed {
        /// The signal's number.
        signal: i32,
        /// The address that the signal names.
        address: usize,
    },
    /// It ran for too long.
    Stuck,
}

impl Coroutine {
    /// A coroutine that will run `function` on a stack of so many bytes; `None` if there is no memory.
    ///
    /// # Safety
    /// The function may be run on any thread, one at a time.
    pub(crate) unsafe fn new(
        stack: usize,
        function: unsafe extern "C" fn(*mut c_void),
    ) -> Option<Self> {
        // SAFETY: the function gets a null pointer, which it does not use.
        let coroutine = unsafe { coroutine_new(stack, Some(function), std::ptr::null_mut()) };
        NonNull::new(coroutine).map(Self)
    }

    /// The pointer that it yields with.
    pub(crate) fn as_ptr(&self) -> *mut c_void {
        self.0.as_ptr().cast()
    }

    /// Runs until it yields a number.
    pub(crate) fn resume(&mut self, limit: Duration) -> Result<u32, End> {
        let limit = u32::try_from(limit.as_millis()).unwrap_or(u32::MAX).max(1);
        // SAFETY: `&mut self` makes this the only call, and callers drop a coroutine that has ended.
        let value = unsafe { coroutine_resume(self.0.as_ptr(), limit) };
        match value {
            COROUTINE_ENDED => Err(End::Returned),
            COROUTINE_STUCK => Err(End::Stuck),
            COROUTINE_CRASHED => {
                let mut address = 0;
                // SAFETY: it writes the address, which lives through the call.
                let signal = unsafe { coroutine_fault(self.0.as_ptr(), &raw mut address) };
                Err(End::Crashed { signal, address })
            }
            value => Ok(value.unsigned_abs()),
        }
    }
}

impl Drop for Coroutine {
    fn drop(&mut self) {
        // SAFETY: it does not run, and nothing points to its stack but what stood on it.
        unsafe { coroutine_free(self.0.as_ptr()) };
    }
}
