use std::path::Path;

use crate::codes::Codes;
use crate::description::Description;
use crate::engine::{Neighbour, Query, Search};
use crate::file::{self, Contents, Vectors};
use crate::payload::{Column, Filter, Value};
use crate::quantised::{QuantisedQuery, for_each_bound};
use crate::smallest::{Candidate, Smallest};
use crate::{Error, Result, geometry};

/// An index in one file, whose answers are exact.
///
/// A search passes over quantised vectors, which are in memory: a byte a number. It bounds each distance, and computes exactly
/// the distances of those rows alone whose bounds allow them to be among the nearest; their vectors are read from the file.
///
/// Distances are Euclidean between the stored vectors, in 64 bits. Under the cosine metric the stored vectors have length 1, so
/// that the order is that of angles; rounding to 32 bits makes up to 1e-7 of difference to the angles of the vectors that were given.
#[derive(Debug)]
pub struct Exact {
    contents: Contents,
    codes: Codes,
    vectors: Vectors,
    digest: u64,
}

impl Exact {
    /// The kind of its file.
    pub const KIND: outputs::Kind = outputs::Kind {
        name: "an index of kartscope's",
        is_one: |bytes| bytes.starts_with(file::MAGIC),
    };

    /// Opens an index: reads and checks all of it but the vectors, which are checked when they are read.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) when the file can't be read, [`Error::Mismatch`](crate::Error::Mismatch) when it is no index,
    /// has another version, or is damaged.
    pub fn open(path: &Path) -> Result<Self> {
        let (contents, codes, vectors, digest) = file::open(path)?;
        Ok(Self {
            contents,
            codes,
            vectors,
            digest,
        })
    }

    /// A hash of all that is in it: another index with the same has the same vectors and payloads in the same order.
    #[must_use]
    pub fn digest(&self) -> u64 {
        self.digest
    }

    fn payload(&self, row: u32) -> Vec<Value> {
        let columns = self.contents.columns.iter();
        columns.map(|column| column.value(row as usize)).collect()
    }

    /// The rows that may be among the nearest, with the least distance that each may have: no other row is.
    fn candidates(&self, query: &Query<'_>, vector: &[f32]) -> Result<Vec<Candidate>> {
        let Contents {
            description,
            mean,
            scales,
            columns,
        } = &self.contents;
        let filter = Filter::new(query.filter, description, columns)?;
        let quantised = QuantisedQuery::new(vector, mean);
        let mut farthest = Smallest::new(query.neighbours);
        let mut candidates = Vec::new();
        let allows = |row| filter.allows(row);
        for_each_bound(&quantised, &self.codes, scales, allows, |row, bounds| {
            if bounds.lower <= farthest.limit() {
                let at = |distance| Candidate { distance, row };
                farthest.offer(at(bounds.upper));
                candidates.push(at(bounds.lower));
            }
        });
        let limit = farthest.limit();
        candidates.retain(|candidate| candidate.distance <= limit);
        candidates.sort_unstable();
        Ok(candidates)
    }

    /// The exact distances of the nearest among candidates.
    fn nearest_of(
        &self,
        query: &Query<'_>,
        vector: &[f32],
        candidates: &[Candidate],
    ) -> Result<Vec<Candidate>> {
        let mut nearest = Smallest::new(query.neighbours);
        let (mut bytes, mut row) = (Vec::new(), Vec::new());
        for candidate in candidates {
            if candidate.distance > nearest.limit() {
                break;
            }
            self.vectors.read(candidate.row, &mut bytes, &mut row)?;
            nearest.offer(Candidate {
                distance: geometry::squared_distance(&row, vector).sqrt(),
                row: candidate.row,
            });
        }
        Ok(nearest.into_sorted())
    }
}

impl Search for Exact {
    fn description(&self) -> &Description {
        &self.contents.description
    }

    fn count(&self) -> u64 {
        self.contents.scales.len() as u64
    }

    fn nearest(&self, query: &Query<'_>) -> Result<Vec<Neighbour>> {
        let Description { metric, .. } = self.contents.description;
        query.check(&self.contents.description)?;
        let vector = metric.held(query.vector);
        let candidates = self.candidates(query, &vector)?;
        let nearest = self.nearest_of(query, &vector, &candidates)?;
        let neighbours = nearest
            .into_iter()
            .map(|Candidate { distance, row }| Neighbour {
                row,
                distance: metric.of_euclidean(distance),
                payload: self.payload(row),
            });
        Ok(neighbours.collect())
    }

    fn row(&self, row: u32) -> Result<(Vec<f32>, Vec<Value>)> {
        let rows = self.contents.scales.len();
        if row as usize >= rows {
            let expected = format!("one of {rows}");
            return Err(Error::argument("row", expected, row));
        }
        let mut vector = Vec::new();
        self.vectors.read(row, &mut Vec::new(), &mut vector)?;
        Ok((vector, self.payload(row)))
    }

    fn texts(&self, field: &str) -> Result<Vec<String>> {
        let column = self.contents.description.field(field);
        let mut texts = match column.map(|at| &self.contents.columns[at]) {
            Some(Column::Texts { texts, .. }) => texts.clone(),
            _ => Vec::new(),
        };
        texts.sort_unstable();
        Ok(texts)
    }

    fn engine(&self) -> Result<String> {
        Ok("exact".to_owned())
    }
}
