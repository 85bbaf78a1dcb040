//! Rows of an index as points of Qdrant's.

use std::iter;
use std::ops::Range;

use search::{
    Condition, Description, Error, Exact, Field, Kind, Neighbour, Query, Result, Search as _, Value,
};

/// About how many bytes of vectors are given to Qdrant at once.
const BATCH: usize = 1 << 20;

/// A row of an index.
#[derive(Debug)]
pub(crate) struct Point {
    pub(crate) row: u32,
    pub(crate) vector: Vec<f32>,
    pub(crate) payload: Vec<Value>,
}

impl Point {
    /// Checks what Qdrant returned. `payload` gives the value of a field, if it has one that an index can have; `index` is for errors.
    pub(crate) fn new(
        index: &str,
        description: &Description,
        id: Option<u64>,
        vector: Option<Vec<f32>>,
        mut payload: impl FnMut(&Field) -> Option<Value>,
    ) -> Result<Self> {
        let Some(row) = id.and_then(|id| u32::try_from(id).ok()) else {
            let found = id.map_or("another".to_owned(), |id| id.to_string());
            return Err(Error::mismatch(index, "point", "a row's number", found));
        };
        let place = |what: &str| format!("point {row}, {what}");
        let dimension = description.embedding.dimension;
        let length = vector.as_ref().map_or(0, Vec::len);
        let Some(vector) = vector.filter(|_| length == dimension) else {
            let expected = format!("{dimension} numbers");
            return Err(Error::mismatch(index, place("vector"), expected, length));
        };
        let mut value = |field: &Field| {
            let value = payload(field).filter(|value| value.kind() == field.kind);
            let mismatch = || Error::mismatch(index, place(&field.name), field.kind, "none");
            value.ok_or_else(mismatch)
        };
        Ok(Self {
            row,
            vector,
            payload: description
                .fields
                .iter()
                .map(&mut value)
                .collect::<Result<_>>()?,
        })
    }
}

/// The rows of one batch.
pub(crate) fn rows_of_batch(description: &Description) -> u32 {
    let bytes = description.embedding.dimension * size_of::<f32>();
    // At most 2^18.
    (BATCH / bytes).max(1) as u32
}

/// The rows of an exact index from one on, in batches.
pub(crate) fn batches(exact: &Exact, from: u32) -> impl Iterator<Item = Result<Vec<Point>>> {
    let size = rows_of_batch(exact.description());
    let rows = exact.count() as u32;
    let starts = iter::successors(Some(from), move |start| start.checked_add(size));
    let starts = starts.take_while(move |start| *start < rows);
    starts.map(move |start| read(exact, start..rows.min(start.saturating_add(size))))
}

fn read(exact: &Exact, rows: Range<u32>) -> Result<Vec<Point>> {
    let point = |row| {
        let (vector, payload) = exact.row(row)?;
        Ok(Point {
            row,
            vector,
            payload,
        })
    };
    rows.map(point).collect()
}

/// The neighbours among the points that Qdrant found near.
pub(crate) fn neighbours(
    description: &Description,
    query: &Query<'_>,
    points: Vec<Point>,
) -> Vec<Neighbour> {
    let metric = description.metric;
    let vector = metric.held(query.vector);
    let neighbour = |point: Point| Neighbour {
        row: point.row,
        distance: metric.distance(&point.vector, &vector),
        payload: point.payload,
    };
    let mut neighbours: Vec<Neighbour> = points.into_iter().map(neighbour).collect();
    neighbours.sort_by(|a, b| {
        let by_distance = a.distance.total_cmp(&b.distance);
        by_distance.then(a.row.cmp(&b.row))
    });
    neighbours
}

/// A row's number that Qdrant was asked for, if the index has it.
pub(crate) fn require_row(rows: u32, row: u32) -> Result<()> {
    if row >= rows {
        return Err(Error::argument("row", format!("one of {rows}"), row));
    }
    Ok(())
}

/// Whether an index has a field of texts of this name.
pub(crate) fn has_texts(description: &Description, field: &str) -> bool {
    let at = description.field(field);
    at.is_some_and(|at| description.fields[at].kind == Kind::Text)
}

/// The values of a condition, which are of one kind. There may be none.
pub(crate) enum Values {
    Integers(Vec<i64>),
    Texts(Vec<String>),
}

impl Values {
    pub(crate) fn of(condition: &Condition) -> Self {
        let values = || condition.any_of.iter().cloned();
        let texts = values().filter_map(|value| match value {
            Value::Text(value) => Some(value),
            Value::Integer(_) => None,
        });
        let integers = values().filter_map(|value| match value {
            Value::Integer(value) => Some(value),
            Value::Text(_) => None,
        });
        match condition.any_of.first() {
            Some(Value::Integer(_)) => Self::Integers(integers.collect()),
            _ => Self::Texts(texts.collect()),
        }
    }
}
