//! Qdrant inside the process.
//!
//! An index is a folder with `index.json` and `segments`, Qdrant's own files. `index.json` has the [`Header`], and a hash of every other
//! file: Qdrant trusts its files, and damaged ones could end the process.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use outputs::FolderOutput;
use qdrant_edge::{
    Condition, CreateIndex, DEFAULT_VECTOR_NAME, Distance, EdgeConfig, EdgeOptimizersConfig,
    EdgeShard, EdgeVectorParams, FacetRequest, FacetValue, FieldCondition, FieldIndexOperations,
    Filter, HnswIndexConfig, JsonPath, Match, NamedQuery, OperationError, Payload,
    PayloadFieldSchema, PayloadSchemaType, PointId, PointInsertOperations, PointOperations,
    PointStruct, QueryEnum, QueryRequest, ScoringQuery, SearchParams, UpdateOperation,
    VectorStructInternal, WalOptions, WithPayloadInterface, WithVector,
};
use search::{
    Description, Error, Exact, Field, Kind, Metric, Neighbour, Query, Result, Search, Value,
};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use xxhash_rust::xxh3::xxh3_64;

use crate::graph::{BUILD_BEAM, EDGES, SEARCH_BEAM};
use crate::header::Header;
use crate::point::{self, Point, Values};
use crate::{Graph, Progress};

const CARD: &str = "index.json";
const SEGMENTS: &str = "segments";

/// An index in a folder, searched by Qdrant inside the process.
///
/// Searches write nothing into the folder, so that several processes may search at once: Qdrant locks its log, and every [`Edge`] has
/// a log of its own, which stays empty.
#[derive(Debug)]
pub struct Edge {
    // Writes its log when it is dropped, before the folder of the log goes.
    shard: EdgeShard,
    _log: TempDir,
    name: String,
    header: Header,
}

/// The contents of `index.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    header: Header,
    /// XXH3-64 of each file below `segments`, hexadecimal, by its path there.
    files: BTreeMap<String, String>,
}

impl Edge {
    /// Copies an exact index into a new folder and lets Qdrant build its graph. `None` when `progress` ended the work; nothing remains
    /// then. Graphs of the same index differ from one another: Qdrant builds them by chance.
    ///
    /// # Errors
    /// [`Error::Output`] when something is at `folder` or it can't be written, those of reading `exact`, [`Error::Argument`] for names of
    /// fields that Qdrant can't have, [`Error::Engine`] when Qdrant fails.
    pub fn build(
        exact: &Exact,
        folder: &Path,
        progress: &mut Progress<'_>,
    ) -> Result<Option<Self>> {
        let header = Header::of(exact)?;
        let output = FolderOutput::begin(folder)?;
        let partial = output.partial_path();
        let work = TempDir::new_in(partial).map_err(Error::io("write", folder))?;
        let filled = fill(exact, &header, work.path(), progress);
        if !filled.map_err(|failure| failure.at(folder))? {
            return Ok(None);
        }
        let segments = partial.join(SEGMENTS);
        fs::rename(work.path().join(SEGMENTS), &segments).map_err(Error::io("write", folder))?;
        work.close().map_err(Error::io("write", folder))?;
        let card = Card {
            header,
            files: hashes(&segments)?,
        };
        let json = serde_json::to_vec_pretty(&card)
            .map_err(|error| Error::io("write", folder)(error.into()))?;
        fs::write(partial.join(CARD), json).map_err(Error::io("write", folder))?;
        output.commit()?;
        Self::open(folder).map(Some)
    }

    /// Opens an index, and reads all of it to see that it is sound.
    ///
    /// # Errors
    /// [`Error::Io`] when a file can't be read, [`Error::Mismatch`] when it is no such index, has another version, or is damaged,
    /// [`Error::Engine`] when Qdrant can't open it.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(CARD);
        let name = path.display().to_string();
        let json = fs::read(&path).map_err(Error::io("read", &path))?;
        let card: Card = serde_json::from_slice(&json).map_err(|error| {
            Error::mismatch(&name, "contents", "JSON of an index of Qdrant's", error)
        })?;
        card.header.check(&name)?;
        let segments = folder.join(SEGMENTS);
        require_same(&name, &card.files, &hashes(&segments)?)?;

        let log = tempfile::tempdir().map_err(Error::io("write", &std::env::temp_dir()))?;
        let target = fs::canonicalize(&segments).map_err(Error::io("read", &segments))?;
        let link = log.path().join(SEGMENTS);
        symlink(target, &link).map_err(Error::io("write", &link))?;
        let failed = |error: OperationError| Failure::of("open it")(error).at(folder);
        let config = config(&card.header.description);
        let shard = EdgeShard::load(log.path(), Some(config)).map_err(failed)?;
        let name = folder.display().to_string();
        card.header
            .require_points(&name, shard.info().points_count as u64)?;
        Ok(Self {
            shard,
            _log: log,
            name,
            header: card.header,
        })
    }

    /// How many of its vectors are in the graph.
    #[must_use]
    pub fn graph(&self) -> Graph {
        Graph {
            vectors: self.count(),
            indexed: self.shard.info().indexed_vectors_count as u64,
            grows: false,
        }
    }

    fn failed(&self, operation: &'static str) -> impl FnOnce(OperationError) -> Error {
        let name = self.name.clone();
        move |error| Error::Engine {
            index: name,
            operation,
            reason: error.to_string(),
        }
    }

    fn point(
        &self,
        id: PointId,
        vector: Option<VectorStructInternal>,
        payload: Option<&Payload>,
    ) -> Result<Point> {
        let id = match id {
            PointId::NumId(id) => Some(id),
            PointId::Uuid(_) => None,
        };
        let vector = match vector {
            Some(VectorStructInternal::Single(vector)) => Some(vector),
            _ => None,
        };
        let value = |field: &Field| {
            let value = payload?.0.get(&field.name)?;
            let integer = value.as_i64().map(Value::Integer);
            integer.or_else(|| value.as_str().map(Value::from))
        };
        Point::new(&self.name, self.description(), id, vector, value)
    }
}

impl Search for Edge {
    fn description(&self) -> &Description {
        &self.header.description
    }

    fn count(&self) -> u64 {
        u64::from(self.header.rows)
    }

    fn nearest(&self, query: &Query<'_>) -> Result<Vec<Neighbour>> {
        query.check(self.description())?;
        let vector = self.description().metric.held(query.vector);
        let vector = NamedQuery::default_dense(vector.into_owned());
        let found = self.shard.query(QueryRequest {
            prefetches: Vec::new(),
            query: Some(ScoringQuery::Vector(QueryEnum::Nearest(vector))),
            filter: filter(query.filter).map_err(self.failed("filter points"))?,
            score_threshold: None,
            limit: query.neighbours.get(),
            offset: 0,
            params: Some(SearchParams {
                hnsw_ef: Some(SEARCH_BEAM),
                ..SearchParams::default()
            }),
            with_vector: WithVector::Bool(true),
            with_payload: WithPayloadInterface::Bool(true),
        });
        let found = found.map_err(self.failed("search"))?.into_iter();
        let points = found.map(|found| self.point(found.id, found.vector, found.payload.as_ref()));
        let points = points.collect::<Result<_>>()?;
        Ok(point::neighbours(self.description(), query, points))
    }

    fn row(&self, row: u32) -> Result<(Vec<f32>, Vec<Value>)> {
        point::require_row(self.header.rows, row)?;
        let id = PointId::NumId(row.into());
        let (payload, vector) = (WithPayloadInterface::Bool(true), WithVector::Bool(true));
        let found = self.shard.retrieve(&[id], Some(payload), Some(vector));
        let found = found.map_err(self.failed("read a point"))?.pop();
        let Some(found) = found else {
            let place = format!("point {row}");
            return Err(Error::mismatch(&self.name, place, "a point", "none"));
        };
        let point = self.point(found.id, found.vector, found.payload.as_ref())?;
        Ok((point.vector, point.payload))
    }

    fn texts(&self, field: &str) -> Result<Vec<String>> {
        if !point::has_texts(self.description(), field) {
            return Ok(Vec::new());
        }
        let failed = || self.failed("list texts");
        let facets = self.shard.facet(FacetRequest {
            key: key(field).map_err(failed())?,
            limit: self.header.rows.max(1) as usize,
            filter: None,
            exact: true,
        });
        let hits = facets.map_err(failed())?.hits.into_iter();
        let texts = hits.filter_map(|hit| match hit.value {
            FacetValue::Keyword(text) => Some(text),
            _ => None,
        });
        let mut texts: Vec<String> = texts.collect();
        texts.sort_unstable();
        Ok(texts)
    }

    fn engine(&self) -> Result<String> {
        Ok(format!("Qdrant in the process; {}", self.graph()))
    }
}

/// What went wrong while a folder was filled.
enum Failure {
    Engine {
        operation: &'static str,
        reason: String,
    },
    Exact(Error),
}

impl Failure {
    fn of(operation: &'static str) -> impl FnOnce(OperationError) -> Self {
        move |error| Self::Engine {
            operation,
            reason: error.to_string(),
        }
    }

    fn at(self, folder: &Path) -> Error {
        match self {
            Self::Exact(error) => error,
            Self::Engine { operation, reason } => Error::Engine {
                index: folder.display().to_string(),
                operation,
                reason,
            },
        }
    }
}

/// Makes Qdrant's files in a folder; whether `progress` let it come to the end.
fn fill(
    exact: &Exact,
    header: &Header,
    folder: &Path,
    progress: &mut Progress<'_>,
) -> Result<bool, Failure> {
    let description = &header.description;
    let shard = EdgeShard::new(folder, config(description)).map_err(Failure::of("begin it"))?;
    // Before the graph is built, which has additional edges for fields.
    for field in &description.fields {
        let schema = match field.kind {
            Kind::Integer => PayloadSchemaType::Integer,
            Kind::Text => PayloadSchemaType::Keyword,
        };
        let index = FieldIndexOperations::CreateIndex(CreateIndex {
            field_name: key(&field.name).map_err(Failure::of("index a field"))?,
            field_schema: Some(PayloadFieldSchema::FieldType(schema)),
        });
        let index = UpdateOperation::FieldIndexOperation(index);
        shard.update(index).map_err(Failure::of("index a field"))?;
    }
    for batch in point::batches(exact, 0) {
        let batch = batch.map_err(Failure::Exact)?;
        let done = batch.last().map_or(0, |point| u64::from(point.row) + 1);
        let points = batch
            .into_iter()
            .map(|point| stored(description, point).into());
        let points = PointInsertOperations::PointsList(points.collect());
        let points = UpdateOperation::PointOperation(PointOperations::UpsertPoints(points));
        shard.update(points).map_err(Failure::of("add points"))?;
        if progress(done).is_break() {
            return Ok(false);
        }
    }
    shard.optimize().map_err(Failure::of("build the graph"))?;
    Ok(true)
}

fn stored(description: &Description, point: Point) -> PointStruct {
    let fields = description.fields.iter().zip(point.payload);
    let payload = fields.map(|(field, value)| {
        let value = match value {
            Value::Integer(value) => value.into(),
            Value::Text(value) => value.into(),
        };
        (field.name.clone(), value)
    });
    let payload = serde_json::Value::Object(payload.collect());
    PointStruct::new(u64::from(point.row), point.vector, payload)
}

fn config(description: &Description) -> EdgeConfig {
    let distance = match description.metric {
        Metric::Cosine => Distance::Cosine,
        Metric::Euclidean => Distance::Euclid,
    };
    let vector = EdgeVectorParams::builder(description.embedding.dimension, distance).build();
    EdgeConfig::builder()
        .vector(DEFAULT_VECTOR_NAME, vector)
        .hnsw_config(HnswIndexConfig {
            m: EDGES,
            ef_construct: BUILD_BEAM,
            ..HnswIndexConfig::default()
        })
        .optimizers(EdgeOptimizersConfig {
            default_segment_number: Some(1),
            ..EdgeOptimizersConfig::default()
        })
        .wal_options(WalOptions {
            // It grows to what is added at once.
            segment_capacity: 1 << 16,
            ..WalOptions::default()
        })
        .build()
}

fn key(field: &str) -> Result<JsonPath, OperationError> {
    let wrong = |()| OperationError::validation_error(format!("{field}: no name of a field"));
    field.parse().map_err(wrong)
}

fn filter(conditions: &[search::Condition]) -> Result<Option<Filter>, OperationError> {
    if conditions.is_empty() {
        return Ok(None);
    }
    let must = conditions.iter().map(|condition| {
        let key = key(&condition.field)?;
        let values = match Values::of(condition) {
            Values::Integers(values) => Match::from(values),
            Values::Texts(values) => Match::from(values),
        };
        Ok(Condition::Field(FieldCondition::new_match(key, values)))
    });
    Ok(Some(Filter {
        must: Some(must.collect::<Result<_, OperationError>>()?),
        ..Filter::new()
    }))
}

/// XXH3-64 of every file below a folder, by its path there.
fn hashes(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let mut left = vec![folder.to_path_buf()];
    while let Some(next) = left.pop() {
        for entry in fs::read_dir(&next).map_err(Error::io("read", &next))? {
            let entry = entry.map_err(Error::io("read", &next))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(Error::io("read", &path))?;
            if kind.is_dir() {
                left.push(path);
                continue;
            }
            let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
            let name = path
                .strip_prefix(folder)
                .map_or(path.clone(), PathBuf::from);
            files.insert(
                name.display().to_string(),
                format!("{:016x}", xxh3_64(&bytes)),
            );
        }
    }
    Ok(files)
}

fn require_same(
    name: &str,
    expected: &BTreeMap<String, String>,
    found: &BTreeMap<String, String>,
) -> Result<()> {
    let all = expected.keys().chain(found.keys());
    for file in all {
        let (expected, found) = (expected.get(file), found.get(file));
        if expected != found {
            let text = |hash: Option<&String>| {
                hash.map_or("no such file".to_owned(), |hash| format!("XXH3-64 {hash}"))
            };
            let place = format!("{SEGMENTS}/{file}");
            return Err(Error::mismatch(name, place, text(expected), text(found)));
        }
    }
    Ok(())
}
