//! A collection of a Qdrant server's.
//!
//! A point's id is its row; the collection's metadata has the [`Header`] under [`KEY`].

mod access;
mod connection;

use std::collections::HashMap;

use qdrant_client::Payload;
use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::value::Kind as ValueKind;
use qdrant_client::qdrant::{
    self, CollectionInfo, CollectionStatus, CountPointsBuilder, CreateCollectionBuilder,
    CreateFieldIndexCollectionBuilder, Distance, FacetCountsBuilder, FieldType, Filter,
    GetPointsBuilder, HnswConfigDiffBuilder, PointId, PointStruct, QueryPointsBuilder,
    SearchParamsBuilder, UpsertPointsBuilder, VectorParamsBuilder, VectorsOutput, facet_value,
    vector_output, vectors_config, vectors_output,
};
use search::{
    Condition, Description, Error, Exact, Field, Kind, Metric, Neighbour, Query, Result, Search,
    Value,
};

pub use access::Access;
use connection::{Connection, is_not_found};

use crate::graph::{BUILD_BEAM, EDGES, SEARCH_BEAM};
use crate::header::Header;
use crate::point::{self, Point, Values};
use crate::{Address, Graph, Progress};

/// The name of our part of a collection's metadata.
const KEY: &str = "kartscope";

/// A collection of a Qdrant server's, searched by requests that block.
#[derive(Debug)]
pub struct Server {
    connection: Connection,
    name: String,
    header: Header,
}

impl Server {
    /// Copies an exact index into a collection, which is made if there is none. A collection that holds a part of the same index, since
    /// an earlier call was interrupted, is completed. `None` when `progress` ended the work; what is copied stays.
    ///
    /// # Errors
    /// Those of [`open`](Self::open) and of reading `exact`; [`Error::Argument`] for names of fields that Qdrant can't have;
    /// [`Error::Mismatch`] when the collection holds another index.
    pub fn upload(
        exact: &Exact,
        address: Address,
        access: Access,
        progress: &mut Progress<'_>,
    ) -> Result<Option<Self>> {
        let header = Header::of(exact)?;
        let connection = Connection::new(address, access)?;
        let name = connection.address.to_string();
        let info = info(&connection)?;
        match &info {
            Some(info) => require_same(&name, &header, &header_of(&name, info)?)?,
            None => create(&connection, &header)?,
        }
        let description = &header.description;
        for field in &description.fields {
            index_field(&connection, field)?;
        }
        let done = count(&connection)?;
        // The last batch may have been interrupted in any order.
        let whole = done - done % u64::from(point::rows_of_batch(description));
        for batch in point::batches(exact, u32::try_from(whole).unwrap_or(u32::MAX)) {
            let batch = batch?;
            let done = batch.last().map_or(0, |point| u64::from(point.row) + 1);
            add(&connection, description, batch)?;
            if progress(done).is_break() {
                return Ok(None);
            }
        }
        Self::of(connection).map(Some)
    }

    /// Opens a collection that [`upload`](Self::upload) has filled.
    ///
    /// # Errors
    /// [`Error::Engine`] when the server is away, does not answer in time, is full or refuses the API key, [`Error::Mismatch`] when it has
    /// no such collection, or the collection holds something else or a part of an index, [`Error::Argument`] for a key that can't be one.
    pub fn open(address: Address, access: Access) -> Result<Self> {
        Self::of(Connection::new(address, access)?)
    }

    fn of(connection: Connection) -> Result<Self> {
        let name = connection.address.to_string();
        let header = header_of(&name, &require_info(&connection)?)?;
        header.require_points(&name, count(&connection)?)?;
        Ok(Self {
            connection,
            name,
            header,
        })
    }

    /// How many of its vectors are in the graph, which the server builds in its own time.
    ///
    /// # Errors
    /// [`Error::Engine`] when the server can't answer, or could not build the graph, [`Error::Mismatch`] when the collection is gone.
    pub fn graph(&self) -> Result<Graph> {
        let info = require_info(&self.connection)?;
        if info.status() == CollectionStatus::Red {
            let error = info.optimizer_status.map(|status| status.error);
            return Err(Error::Engine {
                index: self.name.clone(),
                operation: "build the graph",
                reason: error.unwrap_or("the server does not say why".to_owned()),
            });
        }
        Ok(Graph {
            vectors: self.count(),
            indexed: info.indexed_vectors_count(),
            grows: info.status() != CollectionStatus::Green,
        })
    }

    fn point(
        &self,
        id: Option<PointId>,
        vectors: Option<VectorsOutput>,
        payload: &HashMap<String, qdrant::Value>,
    ) -> Result<Point> {
        let id = id.and_then(|id| match id.point_id_options? {
            PointIdOptions::Num(id) => Some(id),
            PointIdOptions::Uuid(_) => None,
        });
        let value = |field: &Field| match payload.get(&field.name)?.kind.as_ref()? {
            ValueKind::IntegerValue(value) => Some(Value::Integer(*value)),
            ValueKind::StringValue(value) => Some(Value::Text(value.clone())),
            _ => None,
        };
        Point::new(
            &self.name,
            self.description(),
            id,
            vectors.and_then(dense),
            value,
        )
    }
}

impl Search for Server {
    fn description(&self) -> &Description {
        &self.header.description
    }

    fn count(&self) -> u64 {
        u64::from(self.header.rows)
    }

    fn nearest(&self, query: &Query<'_>) -> Result<Vec<Neighbour>> {
        query.check(self.description())?;
        let params = SearchParamsBuilder::default().hnsw_ef(SEARCH_BEAM as u64);
        let mut request = QueryPointsBuilder::new(&self.connection.address.collection)
            .query(self.description().metric.held(query.vector).into_owned())
            .limit(query.neighbours.get() as u64)
            .params(params)
            .with_payload(true)
            .with_vectors(true);
        if !query.filter.is_empty() {
            request = request.filter(Filter::must(query.filter.iter().map(any_of)));
        }
        let send = || self.connection.client.query(request.clone());
        let found = self.connection.call("search", send)?.result.into_iter();
        let points = found.map(|found| self.point(found.id, found.vectors, &found.payload));
        let points = points.collect::<Result<_>>()?;
        Ok(point::neighbours(self.description(), query, points))
    }

    fn row(&self, row: u32) -> Result<(Vec<f32>, Vec<Value>)> {
        point::require_row(self.header.rows, row)?;
        let ids = vec![PointId::from(u64::from(row))];
        let request = GetPointsBuilder::new(&self.connection.address.collection, ids)
            .with_payload(true)
            .with_vectors(true);
        let send = || self.connection.client.get_points(request.clone());
        let mut found = self.connection.call("read a point", send)?.result;
        let Some(found) = found.pop() else {
            let place = format!("point {row}");
            return Err(Error::mismatch(&self.name, place, "a point", "none"));
        };
        let point = self.point(found.id, found.vectors, &found.payload)?;
        Ok((point.vector, point.payload))
    }

    fn texts(&self, field: &str) -> Result<Vec<String>> {
        if !point::has_texts(self.description(), field) {
            return Ok(Vec::new());
        }
        let request = FacetCountsBuilder::new(&self.connection.address.collection, field)
            .limit(self.count().max(1))
            .exact(true);
        let send = || self.connection.client.facet(request.clone());
        let hits = self.connection.call("list texts", send)?.hits.into_iter();
        let texts = hits.filter_map(|hit| match hit.value?.variant? {
            facet_value::Variant::StringValue(text) => Some(text),
            _ => None,
        });
        let mut texts: Vec<String> = texts.collect();
        texts.sort_unstable();
        Ok(texts)
    }

    fn engine(&self) -> Result<String> {
        Ok(format!("a Qdrant server; {}", self.graph()?))
    }
}

/// What the server says of the collection; none if there is no such collection.
fn info(connection: &Connection) -> Result<Option<CollectionInfo>> {
    let collection = &connection.address.collection;
    match connection.try_call(|| connection.client.collection_info(collection)) {
        Ok(info) => Ok(info.result),
        Err(error) if is_not_found(&error) => Ok(None),
        Err(error) => Err(connection.error("ask for the collection", &error)),
    }
}

/// What the server says of a collection that must be there.
fn require_info(connection: &Connection) -> Result<CollectionInfo> {
    let missing = || {
        let name = connection.address.to_string();
        Error::mismatch(name, "collection", "an index", "no such collection")
    };
    info(connection)?.ok_or_else(missing)
}

/// The header of a collection, which agrees with the collection's own settings.
fn header_of(name: &str, info: &CollectionInfo) -> Result<Header> {
    let config = info.config.as_ref();
    let metadata = config.and_then(|config| config.metadata.get(KEY));
    let Some(metadata) = metadata else {
        let expected = "an index of kartscope's, as Qdrant 1.16 and later hold it";
        let found = "a collection without its description";
        return Err(Error::mismatch(name, "metadata", expected, found));
    };
    let header: Header = serde_json::to_value(metadata)
        .and_then(serde_json::from_value)
        .map_err(|error| Error::mismatch(name, "metadata", "the description of an index", error))?;
    header.check(name)?;
    let vectors = config.and_then(|config| config.params.as_ref()?.vectors_config.as_ref());
    let params = match vectors.and_then(|vectors| vectors.config.as_ref()) {
        Some(vectors_config::Config::Params(params)) => (params.size, params.distance),
        _ => (0, 0),
    };
    let (size, distance) = vector_params(&header.description);
    let expected = (size, i32::from(distance));
    if params != expected {
        let text = |(size, distance): (u64, i32)| {
            let distance =
                Distance::try_from(distance).map_or("an unknown distance", |it| it.as_str_name());
            format!("{size} numbers compared by {distance}")
        };
        return Err(Error::mismatch(
            name,
            "vectors",
            text(expected),
            text(params),
        ));
    }
    Ok(header)
}

/// Fails unless a collection, whose header is `found`, holds a part of the index of `expected`.
fn require_same(name: &str, expected: &Header, found: &Header) -> Result<()> {
    let Description {
        embedding,
        metric,
        fields,
    } = &expected.description;
    found.description.require(name, embedding, *metric)?;
    if *fields != found.description.fields {
        let names = |header: &Header| {
            let fields = header.description.fields.iter();
            fields
                .map(|field| field.name.clone())
                .collect::<Vec<_>>()
                .join(", ")
        };
        return Err(Error::mismatch(
            name,
            "fields",
            names(expected),
            names(found),
        ));
    }
    if expected.digest != found.digest {
        let text =
            |header: &Header| format!("the index {}, of {} rows", header.digest, header.rows);
        return Err(Error::mismatch(
            name,
            "contents",
            text(expected),
            text(found),
        ));
    }
    Ok(())
}

fn create(connection: &Connection, header: &Header) -> Result<()> {
    let json = serde_json::to_value(header).map_err(|error| Error::Engine {
        index: connection.address.to_string(),
        operation: "describe the collection",
        reason: error.to_string(),
    })?;
    let (size, distance) = vector_params(&header.description);
    let graph = HnswConfigDiffBuilder::default()
        .m(EDGES as u64)
        .ef_construct(BUILD_BEAM as u64);
    let request = CreateCollectionBuilder::new(&connection.address.collection)
        .vectors_config(VectorParamsBuilder::new(size, distance))
        .hnsw_config(graph)
        .metadata(HashMap::from([(KEY.to_owned(), json)]));
    let send = || connection.client.create_collection(request.clone());
    connection.call("make the collection", send).map(drop)
}

/// The dimension and the distance of a collection's vectors.
fn vector_params(description: &Description) -> (u64, Distance) {
    let distance = match description.metric {
        Metric::Cosine => Distance::Cosine,
        Metric::Euclidean => Distance::Euclid,
    };
    (description.embedding.dimension as u64, distance)
}

/// Lets conditions on a field be quick; does nothing if they are.
fn index_field(connection: &Connection, field: &Field) -> Result<()> {
    let kind = match field.kind {
        Kind::Integer => FieldType::Integer,
        Kind::Text => FieldType::Keyword,
    };
    let collection = &connection.address.collection;
    let request = CreateFieldIndexCollectionBuilder::new(collection, &field.name, kind).wait(true);
    let send = || connection.client.create_field_index(request.clone());
    connection.call("index a field", send).map(drop)
}

fn count(connection: &Connection) -> Result<u64> {
    let request = CountPointsBuilder::new(&connection.address.collection).exact(true);
    let send = || connection.client.count(request.clone());
    let counted = connection.call("count the points", send)?.result;
    Ok(counted.map_or(0, |result| result.count))
}

fn add(connection: &Connection, description: &Description, points: Vec<Point>) -> Result<()> {
    let points = points.into_iter().map(|point| stored(description, point));
    let points: Vec<_> = points.collect();
    let request = UpsertPointsBuilder::new(&connection.address.collection, points).wait(true);
    let send = || connection.client.upsert_points(request.clone());
    connection.call("add points", send).map(drop)
}

fn stored(description: &Description, point: Point) -> PointStruct {
    let mut payload = Payload::new();
    for (field, value) in description.fields.iter().zip(point.payload) {
        match value {
            Value::Integer(value) => payload.insert(&field.name, value),
            Value::Text(value) => payload.insert(&field.name, value),
        }
    }
    PointStruct::new(u64::from(point.row), point.vector, payload)
}

fn any_of(condition: &Condition) -> qdrant::Condition {
    let field = &condition.field;
    match Values::of(condition) {
        Values::Integers(values) => qdrant::Condition::matches(field, values),
        Values::Texts(values) => qdrant::Condition::matches(field, values),
    }
}

/// The vector of a point that has one dense vector without a name.
fn dense(vectors: VectorsOutput) -> Option<Vec<f32>> {
    match vectors.vectors_options? {
        vectors_output::VectorsOptions::Vector(vector) => match vector.vector? {
            vector_output::Vector::Dense(vector) => Some(vector.data),
            _ => None,
        },
        vectors_output::VectorsOptions::Vectors(_) => None,
    }
}
