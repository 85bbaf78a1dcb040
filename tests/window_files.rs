//! Files that the window opens and writes.
