//! The columns of a dataset: what each is, and rows as the numbers of each.

use std::vec::IntoIter;

use env_core::columns::{Buffer, Column, DType};
use env_kart::action::DrivingAction;

use super::pictures::{Encoded, PICTURE};
use super::{Rows, Schema};
use crate::difference::Difference;
use crate::{Error, Result, action};

/// The name of which an observation's columns are parts.
pub(super) const OBSERVATION: &str = "observation";
/// The name of which an action's columns are parts.
const ACTION: &str = "action";

impl Schema {
    /// All columns of numbers of a dataset, those of the observation among them, in the files' order. Pictures are a column
    /// behind them.
    pub fn columns(&self) -> Vec<Column> {
        columns(self)
    }
}

impl Rows {
    /// The rows whose columns, in the order of [`Manifest::fields`](super::Manifest::fields), have these numbers, and which have
    /// these pictures: none without [`Schema::pictures`].
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) for a column of another type or length than the first, an observation
    /// that is not finite, an action that is not the buttons', or more or fewer pictures than rows.
    ///
    /// # Panics
    /// If there are not as many as columns.
    pub fn from_columns(schema: &Schema, numbers: Vec<Buffer>, pictures: Encoded) -> Result<Self> {
        rows(schema, numbers, pictures).map_err(Error::argument)
    }

    /// All columns of numbers, in the order of [`Manifest::fields`](super::Manifest::fields), and the numbers of each;
    /// `schema` is the rows'.
    pub fn columns(&self, schema: &Schema) -> Vec<(Column, Buffer)> {
        table(schema, self)
    }
}

/// All columns of a dataset whose observations are `schema`, in order.
fn columns(schema: &Schema) -> Vec<Column> {
    let table = table(schema, &Rows::new(schema)).into_iter();
    table.map(|(column, _)| column).collect()
}

/// All columns of rows whose observations are `schema`, in order, and the numbers of each. This is the only list of them.
fn table(schema: &Schema, rows: &Rows) -> Vec<(Column, Buffer)> {
    let frame = Column::new("frame", DType::U32)
        .between(0.0, f64::INFINITY)
        .in_unit("frames")
        .documented("the race's frame counter before the step");
    let race_progress = Column::new("race_progress", DType::F32)
        .in_unit("races")
        .documented("the share of the race that is driven after the step");
    let lap = Column::new("lap", DType::I32)
        .in_unit("laps")
        .documented("the lap after the step, as the game counts");
    let reward =
        Column::new("reward", DType::F32).documented("the environment's reward for the step");

    let mut table = vec![(frame, rows.frame.clone().into())];
    let mut first = 0;
    for field in schema.fields() {
        let numbers = rows.observation_part(first..first + field.width());
        table.push((field.clone().within(OBSERVATION), numbers.into()));
        first += field.width();
    }
    table.extend(rows.console.table(&rows.held));
    table.extend(action_columns(rows.actions()));
    table.push((race_progress, rows.race_progress.clone().into()));
    table.push((lap, rows.lap.clone().into()));
    table.push((reward, rows.reward.clone().into()));
    table
}

/// The columns of driving actions as a dataset has them, and the numbers of each.
pub fn action_columns(
    actions: impl Iterator<Item = DrivingAction>,
) -> impl Iterator<Item = (Column, Buffer)> {
    let actions: Vec<DrivingAction> = actions.collect();
    let table = action::table(&actions).into_iter();
    table.map(|(column, numbers)| (column.within(ACTION), numbers))
}

/// The rows whose columns, in the order of [`columns`], have these numbers, and their pictures; the reverse of [`table`].
///
/// # Panics
/// If there are not as many as columns.
pub(super) fn rows(
    schema: &Schema,
    numbers: Vec<Buffer>,
    pictures: Encoded,
) -> Result<Rows, Difference> {
    let mut columns = Columns::new(schema, numbers);
    let mut rows = Rows::new(schema);
    rows.frame = columns.take()?;
    rows.observation = vec![0.0; columns.rows * schema.width()];
    let mut first = 0;
    for field in schema.fields() {
        let numbers = columns.take()?;
        require_finite(field, &numbers)?;
        rows.set_observation_part(first..first + field.width(), &numbers);
        first += field.width();
    }
    rows.held.buttons = columns.take()?;
    (rows.held.stick_x, rows.held.stick_y) = match schema.console().has_stick() {
        true => (columns.take()?, columns.take()?),
        false => (vec![0; columns.rows], vec![0; columns.rows]),
    };
    for (_, expected) in action_columns(rows.actions()) {
        columns.require(&expected)?;
    }
    rows.race_progress = columns.take()?;
    rows.lap = columns.take()?;
    rows.reward = columns.take()?;
    let expected = schema.pictures().map_or(0, |_| columns.rows);
    if pictures.len() != expected {
        return Err(Difference {
            place: PICTURE.to_owned(),
            expected: format!("{expected} pictures"),
            found: pictures.len().to_string(),
        });
    }
    rows.pictures = pictures;
    Ok(rows)
}

/// Refuses values that are not finite: a single one would make all weights of a model NaN.
fn require_finite(field: &Column, numbers: &[f32]) -> Result<(), Difference> {
    let Some(index) = numbers.iter().position(|number| !number.is_finite()) else {
        return Ok(());
    };
    let (row, place) = (index / field.width(), index % field.width());
    Err(Difference {
        place: format!("{OBSERVATION}.{}[{place}], row {row}", field.name),
        expected: "a finite number".to_owned(),
        found: numbers[index].to_string(),
    })
}

/// The numbers of columns, which are taken in order.
struct Columns {
    rest: IntoIter<(Column, Buffer)>,
    /// How many the first column has, and so each.
    rows: usize,
}

impl Columns {
    fn new(schema: &Schema, numbers: Vec<Buffer>) -> Self {
        let columns = columns(schema);
        assert_eq!(columns.len(), numbers.len(), "numbers of columns");
        let rows = numbers[0].all().len();
        let columns: Vec<_> = columns.into_iter().zip(numbers).collect();
        Self {
            rest: columns.into_iter(),
            rows,
        }
    }

    /// The next column with its numbers, which are of its type and as many as there are rows.
    fn next(&mut self) -> Result<(Column, Buffer), Difference> {
        let (column, numbers) = self.rest.next().expect("as many as columns");
        let expected = (self.rows * column.width(), column.dtype);
        let found = (numbers.all().len(), numbers.all().dtype());
        if expected != found {
            let describe = |(count, dtype): (usize, DType)| format!("{count} of {}", dtype.numpy());
            return Err(Difference {
                place: column.name,
                expected: describe(expected),
                found: describe(found),
            });
        }
        Ok((column, numbers))
    }

    /// The next column's numbers.
    fn take<T>(&mut self) -> Result<Vec<T>, Difference>
    where
        Vec<T>: TryFrom<Buffer, Error = Buffer>,
    {
        let (_, numbers) = self.next()?;
        Ok(Vec::try_from(numbers).expect("of the column's type"))
    }

    /// Takes the next column, whose numbers must be those that follow from what was held.
    fn require(&mut self, expected: &Buffer) -> Result<(), Difference> {
        let (column, found) = self.next()?;
        let differs = |row: &usize| expected.cells(*row..row + 1) != found.cells(*row..row + 1);
        match (0..self.rows).find(differs) {
            None => Ok(()),
            Some(row) => Err(Difference {
                place: format!("{}, row {row}", column.name),
                expected: format!("{}, as the buttons say", expected.cells(row..row + 1)),
                found: found.cells(row..row + 1).to_string(),
            }),
        }
    }
}
