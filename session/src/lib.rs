//! One game that is watched, driven and rewound.
#![forbid(unsafe_code)]
