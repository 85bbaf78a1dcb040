//! The DS library's numbers, vectors and matrices as types of fields.

use nds_formats::fx::{Angle, Fx16, Fx32, VecFx16, VecFx32};
use ram_views::layout::{Integer, Layout, Type};
use ram_views::{parts, wrapped_value};

use crate::main_ram::MainRam;

wrapped_value!(MainRam; Fx32: i32, Type::Fixed(Integer::S32), Fx32, |value| value.0);
wrapped_value!(MainRam; Fx16: i16, Type::Fixed(Integer::S16), Fx16, |value| value.0);
wrapped_value!(MainRam; Angle: u16, Type::Angle(Integer::U16), Angle, |value| value.0);
wrapped_value!(
    MainRam;
    VecFx32: [Fx32; 3],
    Type::Struct(|| &VEC_FX32),
    |[x, y, z]| VecFx32 { x, y, z },
    |v| [v.x, v.y, v.z]
);
wrapped_value!(
    MainRam;
    VecFx16: [Fx16; 3],
    Type::Struct(|| &VEC_FX16),
    |[x, y, z]| VecFx16 { x, y, z },
    |v| [v.x, v.y, v.z]
);

/// A rotation, one row after the other (`MtxFx33`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Matrix33 {
    /// The images of the axes.
    pub rows: [VecFx32; 3],
}

wrapped_value!(
    MainRam;
    Matrix33: [VecFx32; 3],
    Type::Struct(|| &MATRIX33),
    |rows| Matrix33 { rows },
    |m| m.rows
);

/// A rotation and translation, one row after the other (`MtxFx43`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Matrix43 {
    /// The first three rows: the images of the axes.
    pub rows: [VecFx32; 3],
    /// The fourth row.
    pub translation: VecFx32,
}

wrapped_value!(
    MainRam;
    Matrix43: [VecFx32; 4],
    Type::Struct(|| &MATRIX43),
    |[a, b, c, translation]| Matrix43 { rows: [a, b, c], translation },
    |m| [m.rows[0], m.rows[1], m.rows[2], m.translation]
);

/// A rotation (`quaternion_t`), parts in 1/4096.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Quaternion {
    /// The part along x.
    pub x: Fx32,
    /// The part along y.
    pub y: Fx32,
    /// The part along z.
    pub z: Fx32,
    /// The real part.
    pub w: Fx32,
}

wrapped_value!(
    MainRam;
    Quaternion: [Fx32; 4],
    Type::Struct(|| &QUATERNION),
    |[x, y, z, w]| Quaternion { x, y, z, w },
    |q| [q.x, q.y, q.z, q.w]
);

static VEC_FX32: Layout = parts!(MainRam; "VecFx32" = "VecFx32", "A place or a direction." {
    "x" @ 0: Fx32, "Along x."; "y" @ 4: Fx32, "Up."; "z" @ 8: Fx32, "Along z.";
});

static VEC_FX16: Layout = parts!(MainRam; "VecFx16" = "VecFx16", "A direction." {
    "x" @ 0: Fx16, "Along x."; "y" @ 2: Fx16, "Up."; "z" @ 4: Fx16, "Along z.";
});

static MATRIX33: Layout = parts!(MainRam; "Matrix33" = "MtxFx33", "A rotation." {
    "rows" @ 0: [VecFx32; 3], "The images of the axes.";
});

static MATRIX43: Layout = parts!(MainRam; "Matrix43" = "MtxFx43", "A rotation and translation." {
    "rows" @ 0: [VecFx32; 3], "The images of the axes.";
    "translation" @ 36: VecFx32, "The fourth row.";
});

static QUATERNION: Layout = parts!(MainRam; "Quaternion" = "quaternion_t", "A rotation." {
    "x" @ 0: Fx32, "The part along x."; "y" @ 4: Fx32, "The part along y.";
    "z" @ 8: Fx32, "The part along z."; "w" @ 12: Fx32, "The real part.";
});
