/// What may lie under an output's name and be replaced: a file like those that the command makes.
///
/// An empty file holds nothing to lose: it is replaced by any kind.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What it is, with its article.
    pub name: &'static str,
    /// Whether these are the bytes of one: all, or the first [`Kind::LOOK`].
    pub is_one: fn(&[u8]) -> bool,
}

impl Kind {
    /// Bytes of a file that are looked at, at most.
    pub const LOOK: u64 = 1 << 23;

    /// Nothing may be there.
    pub const NEW: Self = Self {
        name: "no file",
        is_one: |_| false,
    };
    /// A name that the program gives itself, to a file in a folder of its own: what is there is its own.
    pub const OWN: Self = Self {
        name: "a file of kartscope's",
        is_one: |_| true,
    };
    /// A PNG picture.
    pub const PNG: Self = Self {
        name: "a PNG picture",
        is_one: |bytes| bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
    };
    /// A GIF picture.
    pub const GIF: Self = Self {
        name: "a GIF picture",
        is_one: |bytes| bytes.starts_with(b"GIF8"),
    };
    /// An SVG drawing.
    pub const SVG: Self = Self {
        name: "an SVG drawing",
        is_one: |bytes| bytes.starts_with(b"<svg") || bytes.starts_with(b"<?xml"),
    };
    /// An MP4 or WebM video.
    pub const VIDEO: Self = Self {
        name: "an MP4 or WebM video",
        is_one: |bytes| {
            bytes.get(4..8) == Some(b"ftyp") || bytes.starts_with(&[0x1A, 0x45, 0xDF, 0xA3])
        },
    };
    /// A movie of DeSmuME's.
    pub const MOVIE: Self = Self {
        name: "a movie",
        is_one: |bytes| bytes.starts_with(b"version "),
    };
}
