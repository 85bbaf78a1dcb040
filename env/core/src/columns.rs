//! Elements of spaces as rows of columns, so that a batch of elements is one contiguous buffer for each column.

use std::fmt::Debug;

use crate::space::{BoxSpace, Discrete, MultiBinary, MultiDiscrete, Number, Space};

/// Declares the number types of columns, and the code that depends on them, from one list.
macro_rules! number_types {
    ($($variant:ident $ty:ty = $name:literal, $about:literal;)+) => {
        /// A number type.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum DType {
            $(#[doc = $about] $variant,)+
        }

        impl DType {
            /// Its name in NumPy.
            pub const fn numpy(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        /// Numbers of a column: those of one element or of a whole batch, in row-major order.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub enum Cells<'a> {
            $(#[doc = $about] $variant(&'a [$ty]),)+
        }

        impl Cells<'_> {
            /// How many numbers there are.
            pub const fn len(&self) -> usize {
                match self {
                    $(Self::$variant(cells) => cells.len(),)+
                }
            }

            /// Whether there are none.
            pub const fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// Their type.
            pub const fn dtype(&self) -> DType {
                match self {
                    $(Self::$variant(_) => DType::$variant,)+
                }
            }
        }

        /// The numbers of a column, owned.
        #[derive(Debug, Clone, PartialEq)]
        enum Buffer {
            $($variant(Vec<$ty>),)+
        }

        impl Buffer {
            fn zeros(dtype: DType, len: usize) -> Self {
                match dtype {
                    $(DType::$variant => Self::$variant(vec![<$ty>::default(); len]),)+
                }
            }

            fn cells(&self, range: std::ops::Range<usize>) -> Cells<'_> {
                match self {
                    $(Self::$variant(cells) => Cells::$variant(&cells[range]),)+
                }
            }

            /// Overwrites the numbers from `start` on.
            ///
            /// # Panics
            /// If the numbers are of another type or do not fit.
            fn write(&mut self, start: usize, cells: Cells<'_>) {
                match (self, cells) {
                    $((Self::$variant(to), Cells::$variant(from)) => {
                        to[start..start + from.len()].copy_from_slice(from);
                    })+
                    (to, from) => panic!("a column of {:?}: found {:?}", to.cells(0..0).dtype(), from.dtype()),
                }
            }

            fn clear(&mut self, range: std::ops::Range<usize>) {
                match self {
                    $(Self::$variant(cells) => cells[range].fill(<$ty>::default()),)+
                }
            }
        }

        $(
            impl Cell for $ty {
                const DTYPE: DType = DType::$variant;

                fn cells(values: &[Self]) -> Cells<'_> {
                    Cells::$variant(values)
                }
            }
        )+
    };
}

number_types! {
    Bool bool = "bool", "True or false.";
    U8 u8 = "uint8", "Unsigned, 8 bits.";
    U16 u16 = "uint16", "Unsigned, 16 bits.";
    U32 u32 = "uint32", "Unsigned, 32 bits.";
    I32 i32 = "int32", "Signed, 32 bits.";
    I64 i64 = "int64", "Signed, 64 bits.";
    F32 f32 = "float32", "IEEE 754 single precision.";
    F64 f64 = "float64", "IEEE 754 double precision.";
}

/// A number that a column can hold.
pub trait Cell: Copy + Debug {
    /// Its type.
    const DTYPE: DType;

    /// Several of them.
    fn cells(values: &[Self]) -> Cells<'_>;
}

/// A column: one part of every element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name, of a part of a part both with a dot between; empty where an element is one array.
    pub name: String,
    /// Its numbers' type.
    pub dtype: DType,
    /// Its sides in one element; none for a single number.
    pub shape: Vec<usize>,
}

impl Column {
    /// The column of a space that has just this one.
    pub fn alone(dtype: DType, shape: &[usize]) -> Self {
        Self {
            name: String::new(),
            dtype,
            shape: shape.to_vec(),
        }
    }

    /// The same as a part called `name` of something.
    #[must_use]
    pub fn within(self, name: &str) -> Self {
        let name = match self.name.as_str() {
            "" => name.to_owned(),
            inner => format!("{name}.{inner}"),
        };
        Self { name, ..self }
    }

    /// How many numbers it has in one element.
    pub fn width(&self) -> usize {
        self.shape.iter().product()
    }
}

/// A space whose elements are rows of the same columns.
pub trait Columnar: Space {
    /// Its columns.
    fn columns(&self) -> Vec<Column>;

    /// Calls `visit` with the numbers of each column of an element, in order.
    fn cells(&self, element: &Self::Element, visit: &mut dyn FnMut(Cells<'_>));
}

impl<T: Number + Cell> Columnar for BoxSpace<T> {
    fn columns(&self) -> Vec<Column> {
        vec![Column::alone(T::DTYPE, self.shape())]
    }

    fn cells(&self, element: &Vec<T>, visit: &mut dyn FnMut(Cells<'_>)) {
        visit(T::cells(element));
    }
}

impl Columnar for Discrete {
    fn columns(&self) -> Vec<Column> {
        vec![Column::alone(DType::I64, &[])]
    }

    fn cells(&self, element: &i64, visit: &mut dyn FnMut(Cells<'_>)) {
        visit(Cells::I64(std::slice::from_ref(element)));
    }
}

impl Columnar for MultiDiscrete {
    fn columns(&self) -> Vec<Column> {
        vec![Column::alone(DType::U32, &[self.nvec().len()])]
    }

    fn cells(&self, element: &Vec<u32>, visit: &mut dyn FnMut(Cells<'_>)) {
        visit(Cells::U32(element));
    }
}

impl Columnar for MultiBinary {
    fn columns(&self) -> Vec<Column> {
        vec![Column::alone(DType::Bool, &[self.n()])]
    }

    fn cells(&self, element: &Vec<bool>, visit: &mut dyn FnMut(Cells<'_>)) {
        visit(Cells::Bool(element));
    }
}

/// Several elements of a space, each a row; each column is one contiguous buffer in row-major order.
///
/// ```
/// use env_core::columns::{Batch, Cells, Columnar};
/// use env_core::space::BoxSpace;
///
/// # fn main() -> Result<(), env_core::space::SpaceError> {
/// let space = BoxSpace::uniform(0.0_f32, 1.0, &[2])?;
/// let mut batch = Batch::new(space.columns(), 3);
/// batch.write(1, &space, &vec![0.25, 0.5]);
/// assert_eq!(batch.column(0), Cells::F32(&[0.0, 0.0, 0.25, 0.5, 0.0, 0.0]));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    columns: Vec<Column>,
    widths: Vec<usize>,
    buffers: Vec<Buffer>,
    rows: usize,
}

impl Batch {
    /// `rows` rows of zeros.
    pub fn new(columns: Vec<Column>, rows: usize) -> Self {
        let widths: Vec<usize> = columns.iter().map(Column::width).collect();
        let buffers = columns
            .iter()
            .zip(&widths)
            .map(|(column, width)| Buffer::zeros(column.dtype, width * rows))
            .collect();
        Self {
            columns,
            widths,
            buffers,
            rows,
        }
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many rows.
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Overwrites a row with an element of `space`, whose columns the batch was made of.
    ///
    /// # Panics
    /// If there is no such row, or the space has other columns.
    pub fn write<S: Columnar>(&mut self, row: usize, space: &S, element: &S::Element) {
        assert!(row < self.rows, "row {row} of {}", self.rows);
        let mut column = 0;
        space.cells(element, &mut |cells| {
            let width = self.widths[column];
            assert_eq!(
                cells.len(),
                width,
                "numbers of the column {:?}",
                self.columns[column].name
            );
            self.buffers[column].write(row * width, cells);
            column += 1;
        });
    }

    /// A column of all rows.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn column(&self, column: usize) -> Cells<'_> {
        self.buffers[column].cells(0..self.widths[column] * self.rows)
    }

    /// A column of one row.
    ///
    /// # Panics
    /// If there is no such row or column.
    pub fn row(&self, column: usize, row: usize) -> Cells<'_> {
        let width = self.widths[column];
        self.buffers[column].cells(row * width..(row + 1) * width)
    }

    /// Makes a row the same as that of another batch with these columns.
    ///
    /// # Panics
    /// If one of them has no such row, or the other has other columns.
    pub fn copy_row(&mut self, from: &Self, row: usize) {
        for (index, (buffer, width)) in self.buffers.iter_mut().zip(&self.widths).enumerate() {
            buffer.write(row * width, from.row(index, row));
        }
    }

    /// Makes a row zeros.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn clear_row(&mut self, row: usize) {
        for (buffer, width) in self.buffers.iter_mut().zip(&self.widths) {
            buffer.clear(row * width..(row + 1) * width);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    /// A picture, a choice and buttons.
    #[derive(Debug)]
    struct PartsSpace {
        picture: BoxSpace<u8>,
        choice: Discrete,
        buttons: MultiBinary,
    }

    #[derive(Debug, Clone, PartialEq)]
    struct Parts {
        picture: Vec<u8>,
        choice: i64,
        buttons: Vec<bool>,
    }

    impl Space for PartsSpace {
        type Element = Parts;

        fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> Parts {
            Parts {
                picture: self.picture.sample(rng),
                choice: self.choice.sample(rng),
                buttons: self.buttons.sample(rng),
            }
        }

        fn contains(&self, value: &Parts) -> bool {
            self.picture.contains(&value.picture)
                && self.choice.contains(&value.choice)
                && self.buttons.contains(&value.buttons)
        }
    }

    impl Columnar for PartsSpace {
        fn columns(&self) -> Vec<Column> {
            let parts = [
                self.picture.columns(),
                self.choice.columns(),
                self.buttons.columns(),
            ];
            parts.concat()
        }

        fn cells(&self, element: &Parts, visit: &mut dyn FnMut(Cells<'_>)) {
            self.picture.cells(&element.picture, visit);
            self.choice.cells(&element.choice, visit);
            self.buttons.cells(&element.buttons, visit);
        }
    }

    fn space() -> PartsSpace {
        PartsSpace {
            picture: BoxSpace::uniform(0, 255, &[2, 2]).expect("a box"),
            choice: Discrete::new(7).expect("choices"),
            buttons: MultiBinary::new(3),
        }
    }

    #[test]
    fn a_column_is_as_wide_as_its_part_and_named_by_it() {
        let buttons = space().buttons.columns().remove(0).within("buttons");
        assert_eq!(buttons.within("pad").name, "pad.buttons");
        let columns = space().columns();
        let widths: Vec<usize> = columns.iter().map(Column::width).collect();
        assert_eq!(widths, [4, 1, 3]);
    }

    #[test]
    fn rows_are_written_copied_and_cleared_by_themselves() {
        let space = space();
        let element = |value: u8| Parts {
            picture: vec![value; 4],
            choice: value.into(),
            buttons: vec![value > 1; 3],
        };
        let mut batch = Batch::new(space.columns(), 2);
        batch.write(0, &space, &element(1));
        batch.write(1, &space, &element(2));
        assert_eq!(batch.column(0), Cells::U8(&[1, 1, 1, 1, 2, 2, 2, 2]));
        assert_eq!(batch.row(1, 1), Cells::I64(&[2]));
        let mut other = Batch::new(space.columns(), 2);
        other.copy_row(&batch, 1);
        assert_eq!(other.column(1), Cells::I64(&[0, 2]));
        batch.clear_row(1);
        assert_eq!(batch.column(2), Cells::Bool(&[false; 6]));
        assert_eq!(batch.row(0, 0), Cells::U8(&[1; 4]));
    }

    #[test]
    #[should_panic(expected = "numbers of the column")]
    fn an_element_of_another_shape_is_refused() {
        let space = BoxSpace::uniform(0.0_f32, 1.0, &[2]).expect("a box");
        Batch::new(space.columns(), 1).write(0, &space, &vec![0.0; 3]);
    }
}
