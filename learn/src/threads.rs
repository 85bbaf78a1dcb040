//! The threads that libtorch computes on.

/// Lets libtorch compute on so many threads for the calling thread, at least one.
///
/// At its first computation a thread takes the number that was set last in any thread. Asking for the number makes it do so now,
/// and then this one stays.
pub(crate) fn compute_on(threads: usize) {
    tch::get_num_threads();
    tch::set_num_threads(i32::try_from(threads.max(1)).unwrap_or(i32::MAX));
}
