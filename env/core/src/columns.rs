//! Elements of spaces as rows of columns, so that a batch of elements is one contiguous buffer for each column.

use std::fmt::{Debug, Display, Formatter};

use serde::{Deserialize, Serialize};

use crate::space::{BoxSpace, Discrete, MultiBinary, MultiDiscrete, Number, Space};

/// Declares the number types of columns, and the code that depends on them, from one list.
macro_rules! number_types {
    ($($variant:ident $ty:ty = $name:literal, $about:literal;)+) => {
        /// A number type, written by its name in NumPy.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum DType {
            $(#[doc = $about] #[serde(rename = $name)] $variant,)+
        }

        impl DType {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The type with this name in NumPy.
            pub fn from_numpy(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|dtype| dtype.numpy() == name)
            }

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

        /// The numbers with commas between them.
        impl Display for Cells<'_> {
            fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$variant(cells) => listed(cells, f),)+
                }
            }
        }

        /// The numbers of a column, owned.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Buffer {
            $(#[doc = $about] $variant(Vec<$ty>),)+
        }

        impl Buffer {
            /// `len` zeros.
            pub fn zeros(dtype: DType, len: usize) -> Self {
                match dtype {
                    $(DType::$variant => Self::$variant(vec![<$ty>::default(); len]),)+
                }
            }

            /// Some of the numbers.
            ///
            /// # Panics
            /// If there are not so many.
            pub fn cells(&self, range: std::ops::Range<usize>) -> Cells<'_> {
                match self {
                    $(Self::$variant(cells) => Cells::$variant(&cells[range]),)+
                }
            }

            /// All numbers.
            pub fn all(&self) -> Cells<'_> {
                match self {
                    $(Self::$variant(cells) => Cells::$variant(cells),)+
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

            impl From<Vec<$ty>> for Buffer {
                fn from(numbers: Vec<$ty>) -> Self {
                    Self::$variant(numbers)
                }
            }

            /// Fails with the same numbers if they are of another type.
            impl TryFrom<Buffer> for Vec<$ty> {
                type Error = Buffer;

                fn try_from(numbers: Buffer) -> Result<Self, Buffer> {
                    match numbers {
                        Buffer::$variant(numbers) => Ok(numbers),
                        other => Err(other),
                    }
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
    I8 i8 = "int8", "Signed, 8 bits.";
    I32 i32 = "int32", "Signed, 32 bits.";
    I64 i64 = "int64", "Signed, 64 bits.";
    F32 f32 = "float32", "IEEE 754 single precision.";
    F64 f64 = "float64", "IEEE 754 double precision.";
}

fn listed(numbers: &[impl Display], f: &mut Formatter<'_>) -> std::fmt::Result {
    for (index, number) in numbers.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(f, "{comma}{number}")?;
    }
    Ok(())
}

/// A number that a column can hold.
pub trait Cell: Copy + Debug {
    /// Its type.
    const DTYPE: DType;

    /// Several of them.
    fn cells(values: &[Self]) -> Cells<'_>;
}

/// A column: one part of every element. The same description serves observations, batches and datasets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Its name, of a part of a part both with a dot between; empty where an element is one array.
    pub name: String,
    /// The unit of its numbers, for people; empty where there is none.
    pub unit: String,
    /// Its sides in one element; none for a single number.
    pub shape: Vec<usize>,
    /// Its numbers' type.
    pub dtype: DType,
    /// The least of all values; `None` where there is no bound.
    pub low: Option<f64>,
    /// The greatest of all values; `None` where there is no bound.
    pub high: Option<f64>,
    /// Its meaning; empty where it is not known.
    #[serde(default)]
    pub doc: String,
}

impl Column {
    /// A column of single numbers without bounds.
    pub fn new(name: &str, dtype: DType) -> Self {
        Self {
            name: name.to_owned(),
            unit: String::new(),
            shape: Vec::new(),
            dtype,
            low: None,
            high: None,
            doc: String::new(),
        }
    }

    /// A column of single `f32` between two bounds; an infinite bound counts as none.
    pub fn float(name: &str, unit: &str, (low, high): (f32, f32), doc: &str) -> Self {
        Self {
            low: in_double_precision(low),
            high: in_double_precision(high),
            ..Self::new(name, DType::F32)
        }
        .in_unit(unit)
        .documented(doc)
    }

    /// The same with several numbers in an element.
    #[must_use]
    pub fn of_shape(self, shape: &[usize]) -> Self {
        Self {
            shape: shape.to_vec(),
            ..self
        }
    }

    /// The same between two bounds; an infinite bound counts as none.
    #[must_use]
    pub fn between(self, low: f64, high: f64) -> Self {
        Self {
            low: Some(low).filter(|bound| bound.is_finite()),
            high: Some(high).filter(|bound| bound.is_finite()),
            ..self
        }
    }

    /// The same with a unit.
    #[must_use]
    pub fn in_unit(self, unit: &str) -> Self {
        Self {
            unit: unit.to_owned(),
            ..self
        }
    }

    /// The same with its meaning.
    #[must_use]
    pub fn documented(self, doc: &str) -> Self {
        Self {
            doc: doc.to_owned(),
            ..self
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

    /// The bounds in single precision, infinite where there is none.
    pub fn range(&self) -> (f32, f32) {
        (
            self.low.map_or(f32::NEG_INFINITY, |low| low as f32),
            self.high.map_or(f32::INFINITY, |high| high as f32),
        )
    }
}

/// Name, shape, type, bounds and unit in one line: equal for two columns whose numbers mean the same.
impl Display for Column {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let bound = |value: Option<f64>| value.map_or("any".to_owned(), |value| value.to_string());
        write!(
            f,
            "{} {:?} {} from {} to {} {}",
            self.name,
            self.shape,
            self.dtype.numpy(),
            bound(self.low),
            bound(self.high),
            self.unit
        )
    }
}

/// The `f64` with the shortest decimal form of a finite `f32`, so that a bound is written alike in both precisions.
fn in_double_precision(bound: f32) -> Option<f64> {
    let finite = Some(bound).filter(|bound| bound.is_finite())?;
    finite.to_string().parse().ok()
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
        let least = self.low().iter().map(|low| low.to_f64());
        let greatest = self.high().iter().map(|high| high.to_f64());
        let column = Column::new("", T::DTYPE).of_shape(self.shape());
        vec![column.between(
            least.fold(f64::INFINITY, f64::min),
            greatest.fold(f64::NEG_INFINITY, f64::max),
        )]
    }

    fn cells(&self, element: &Vec<T>, visit: &mut dyn FnMut(Cells<'_>)) {
        visit(T::cells(element));
    }
}

impl Columnar for Discrete {
    fn columns(&self) -> Vec<Column> {
        let last = self.start() + i64::from(self.n()) - 1;
        vec![Column::new("", DType::I64).between(self.start() as f64, last as f64)]
    }

    fn cells(&self, element: &i64, visit: &mut dyn FnMut(Cells<'_>)) {
        visit(Cells::I64(std::slice::from_ref(element)));
    }
}

impl Columnar for MultiDiscrete {
    fn columns(&self) -> Vec<Column> {
        let least = self.start().iter().min();
        let greatest = self.start().iter().zip(self.nvec());
        let greatest = greatest.map(|(start, n)| f64::from(*start) + f64::from(*n) - 1.0);
        let column = Column::new("", DType::U32).of_shape(&[self.nvec().len()]);
        vec![column.between(
            least.map_or(f64::INFINITY, |start| f64::from(*start)),
            greatest.fold(f64::NEG_INFINITY, f64::max),
        )]
    }

    fn cells(&self, element: &Vec<u32>, visit: &mut dyn FnMut(Cells<'_>)) {
        visit(Cells::U32(element));
    }
}

impl Columnar for MultiBinary {
    fn columns(&self) -> Vec<Column> {
        let column = Column::new("", DType::Bool).of_shape(&[self.n()]);
        vec![column.between(0.0, 1.0)]
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

    /// Makes the rows from `row` on the same as `rows` of another batch with these columns.
    ///
    /// # Panics
    /// If one of them has no such rows, or the other has other columns.
    pub fn copy_rows(&mut self, row: usize, from: &Self, rows: std::ops::Range<usize>) {
        let buffers = self.buffers.iter_mut().zip(&from.buffers);
        for ((to, from), width) in buffers.zip(&self.widths) {
            to.write(
                row * width,
                from.cells(rows.start * width..rows.end * width),
            );
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
    fn columns_have_the_bounds_of_their_spaces() {
        let bounds = |column: &Column| (column.low, column.high);
        let columns = space().columns();
        let found: Vec<_> = columns.iter().map(bounds).collect();
        let some = |low, high| (Some(low), Some(high));
        assert_eq!(found, [some(0.0, 255.0), some(0.0, 6.0), some(0.0, 1.0)]);
        let choices = MultiDiscrete::starting_at(vec![3, 1], vec![2, 9]).expect("choices");
        assert_eq!(bounds(&choices.columns()[0]), some(1.0, 9.0));
        let open = BoxSpace::new(vec![f32::NEG_INFINITY, 0.0], vec![1.5, 2.0], &[2]);
        let open = open.expect("a box").columns();
        assert_eq!(bounds(&open[0]), (None, Some(2.0)));
        assert_eq!(open[0].range(), (f32::NEG_INFINITY, 2.0));
    }

    #[test]
    fn a_bound_is_written_alike_in_both_precisions_and_comes_back() {
        use std::f32::consts::PI;
        for bound in [PI, 0.1, 3.4e38, 1e-40, 524_288.0] {
            let column = Column::float("angle", "radians", (-bound, bound), "of the road");
            assert_eq!(column.range(), (-bound, bound));
            let text = serde_json::to_string(&column).expect("JSON");
            let read: Column = serde_json::from_str(&text).expect("a column");
            assert_eq!(read, column);
        }
        let column = Column::float("angle", "radians", (-PI, PI), "");
        let text = serde_json::to_string(&column).expect("JSON");
        assert!(
            text.contains(r#""dtype":"float32","low":-3.1415927,"high":3.1415927"#),
            "{text}"
        );
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
        other.copy_rows(0, &batch, 1..2);
        assert_eq!(other.column(1), Cells::I64(&[2, 0]));
        batch.clear_row(1);
        assert_eq!(batch.column(2), Cells::Bool(&[false; 6]));
        assert_eq!(batch.row(0, 0), Cells::U8(&[1; 4]));
    }

    #[test]
    fn numbers_keep_their_type_and_are_listed() {
        let numbers = Buffer::from(vec![-1_i8, 0, 1]);
        assert_eq!(numbers.all().dtype(), DType::I8);
        assert_eq!(numbers.cells(0..2).to_string(), "-1, 0");
        assert_eq!(Vec::<u8>::try_from(numbers.clone()), Err(numbers.clone()));
        assert_eq!(Vec::<i8>::try_from(numbers), Ok(vec![-1, 0, 1]));
        assert_eq!(Buffer::from(vec![true]).all().to_string(), "true");
    }

    #[test]
    #[should_panic(expected = "numbers of the column")]
    fn an_element_of_another_shape_is_refused() {
        let space = BoxSpace::uniform(0.0_f32, 1.0, &[2]).expect("a box");
        Batch::new(space.columns(), 1).write(0, &space, &vec![0.0; 3]);
    }
}
