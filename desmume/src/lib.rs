//! Many DeSmuME emulators in one process, behind a safe API.
