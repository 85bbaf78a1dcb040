//! Fixed-size little-endian records: what the tables of a course file are made of.

use nds_formats::fx::{Fx16, Fx32, VecFx16, VecFx32};

/// A value with one fixed-size little-endian form.
pub(crate) trait Record: Sized {
    /// Bytes of the stored form.
    const SIZE: usize;

    /// Reads the value from the first [`Self::SIZE`] bytes and moves past them.
    ///
    /// `bytes` must hold that many: tables are checked against their record size before.
    fn take(bytes: &mut &[u8]) -> Self;

    /// Appends the stored form.
    fn put(&self, out: &mut Vec<u8>);
}

/// Reads as many records as `bytes` holds.
pub(crate) fn take_all<T: Record>(mut bytes: &[u8]) -> Vec<T> {
    (0..bytes.len() / T::SIZE)
        .map(|_| T::take(&mut bytes))
        .collect()
}

/// Appends every record.
pub(crate) fn put_all<T: Record>(records: &[T], out: &mut Vec<u8>) {
    records.iter().for_each(|record| record.put(out));
}

macro_rules! integer_records {
    ($($integer:ty),*) => {$(
        impl Record for $integer {
            const SIZE: usize = size_of::<$integer>();

            fn take(bytes: &mut &[u8]) -> Self {
                let (head, rest) = bytes.split_at(Self::SIZE);
                *bytes = rest;
                let mut raw = [0; size_of::<$integer>()];
                raw.copy_from_slice(head);
                Self::from_le_bytes(raw)
            }

            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}
integer_records!(u8, i8, u16, i16, u32, i32);

impl<T: Record + Copy + Default, const N: usize> Record for [T; N] {
    const SIZE: usize = T::SIZE * N;

    fn take(bytes: &mut &[u8]) -> Self {
        let mut array = [T::default(); N];
        array.fill_with(|| T::take(bytes));
        array
    }

    fn put(&self, out: &mut Vec<u8>) {
        put_all(self, out);
    }
}

impl Record for Fx32 {
    const SIZE: usize = 4;

    fn take(bytes: &mut &[u8]) -> Self {
        Self(i32::take(bytes))
    }

    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
}

impl Record for Fx16 {
    const SIZE: usize = 2;

    fn take(bytes: &mut &[u8]) -> Self {
        Self(i16::take(bytes))
    }

    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
}

impl Record for VecFx32 {
    const SIZE: usize = 12;

    fn take(bytes: &mut &[u8]) -> Self {
        let [x, y, z] = Record::take(bytes);
        Self { x, y, z }
    }

    fn put(&self, out: &mut Vec<u8>) {
        [self.x, self.y, self.z].put(out);
    }
}

impl Record for VecFx16 {
    const SIZE: usize = 6;

    fn take(bytes: &mut &[u8]) -> Self {
        let [x, y, z] = Record::take(bytes);
        Self { x, y, z }
    }

    fn put(&self, out: &mut Vec<u8>) {
        [self.x, self.y, self.z].put(out);
    }
}

/// Declares structs together with their stored form: the fields in order, without gaps, of the
/// size asserted after the name.
macro_rules! records {
    ($(
        $(#[$meta:meta])*
        $name:ident, $size:literal {
            $($(#[$field_meta:meta])* $field:ident: $type:ty,)*
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
        }

        impl $crate::record::Record for $name {
            const SIZE: usize = 0 $(+ <$type as $crate::record::Record>::SIZE)*;

            fn take(bytes: &mut &[u8]) -> Self {
                Self { $($field: $crate::record::Record::take(bytes),)* }
            }

            fn put(&self, out: &mut Vec<u8>) {
                $($crate::record::Record::put(&self.$field, out);)*
            }
        }

        const _: () = assert!(<$name as $crate::record::Record>::SIZE == $size);
    )*};
}
pub(crate) use records;
