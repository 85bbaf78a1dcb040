/// The kind of file that an output may replace: a file like those that the command makes.
///
/// An empty file is replaced by any kind, since it holds no data.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its name, with an article.
    pub name: &'static str,
    /// Whether a file with these bytes is of the kind; the bytes are the whole file, or its first [`Kind::LOOK`].
    pub is_one: fn(&[u8]) -> bool,
}

impl Kind {
    /// The most bytes of a file that are read to determine its kind.
    pub const LOOK: u64 = 1 << 23;

    /// No file may exist there.
    pub const NEW: Self = Self {
        name: "no file",
        is_one: |_| false,
    };
    /// Any file, for names that the program chooses itself in its own folders: an existing file is its own.
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
