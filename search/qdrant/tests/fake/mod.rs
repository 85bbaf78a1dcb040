//! A Qdrant server in this process, as far as kartscope speaks to one: it keeps collections in memory and passes over all vectors.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::future::pending;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use ::qdrant_client::qdrant::collections_server::{Collections, CollectionsServer};
use ::qdrant_client::qdrant::condition::ConditionOneOf;
use ::qdrant_client::qdrant::r#match::MatchValue;
use ::qdrant_client::qdrant::point_id::PointIdOptions;
use ::qdrant_client::qdrant::points_server::{Points, PointsServer};
use ::qdrant_client::qdrant::value::Kind;
#[expect(
    clippy::wildcard_imports,
    reason = "most are the messages of unused methods"
)]
use ::qdrant_client::qdrant::*;
use tokio::runtime::Builder;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};

/// A server, which lives as long as the process.
pub(crate) struct Fake {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

/// What happens to a request instead of an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    Refusal(Code),
    /// There is no answer at all.
    Silence,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) collections: HashMap<String, Collection>,
    /// The API key that requests must have.
    pub(crate) key: Option<String>,
    /// What happens to the next requests.
    pub(crate) faults: VecDeque<Fault>,
    /// How many points the server has room for.
    pub(crate) room: Option<usize>,
    /// The ids of every batch of points that was added, in order.
    pub(crate) added: Vec<Vec<u64>>,
}

#[derive(Default)]
pub(crate) struct Collection {
    pub(crate) info: CollectionInfo,
    pub(crate) points: BTreeMap<u64, PointStruct>,
    pub(crate) fields: BTreeSet<String>,
}

impl Fake {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a socket's option");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State::default()));
        let (collections, points) = (Service(state.clone()), Service(state.clone()));
        thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                Server::builder()
                    .add_service(CollectionsServer::new(collections))
                    .add_service(PointsServer::new(points))
                    .serve_with_incoming(TcpIncoming::from(listener))
                    .await
                    .expect("a server that serves");
            });
        });
        Self { url, state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// A failed assertion in one test is no reason for others to fail.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone)]
struct Service(Arc<Mutex<State>>);

impl Service {
    /// Answers a request unless its key is wrong or there is a fault.
    async fn answer<Q, A>(
        &self,
        request: Request<Q>,
        answer: fn(&mut State, Q) -> Result<A, Status>,
    ) -> Result<Response<A>, Status> {
        let fault = {
            let mut state = lock(&self.0);
            let key = request.metadata().get("api-key");
            let key = key.and_then(|key| key.to_str().ok());
            if state.key.is_some() && state.key.as_deref() != key {
                return Err(Status::unauthenticated("Invalid API key or JWT"));
            }
            state.faults.pop_front()
        };
        match fault {
            None => answer(&mut lock(&self.0), request.into_inner()).map(Response::new),
            Some(Fault::Refusal(code)) => Err(Status::new(code, "a fault")),
            Some(Fault::Silence) => pending().await,
        }
    }
}

/// A service whose first methods are answered by functions of [`State`], and whose others kartscope does not use.
macro_rules! service {
    ($service:ident: $($name:ident($request:ty) -> $answer:ty;)* ---
     $($unused:ident($unused_request:ty) -> $unused_answer:ty;)*) => {
        #[tonic::async_trait]
        impl $service for Service {
            $(async fn $name(&self, request: Request<$request>) -> Result<Response<$answer>, Status> {
                self.answer(request, <$request as Answered>::answer).await
            })*
            $(async fn $unused(&self, _: Request<$unused_request>) -> Result<Response<$unused_answer>, Status> {
                Err(Status::unimplemented(stringify!($unused)))
            })*
        }
    };
}

service! { Collections:
    get(GetCollectionInfoRequest) -> GetCollectionInfoResponse;
    create(CreateCollection) -> CollectionOperationResponse;
    ---
    list(ListCollectionsRequest) -> ListCollectionsResponse;
    update(UpdateCollection) -> CollectionOperationResponse;
    delete(DeleteCollection) -> CollectionOperationResponse;
    update_aliases(ChangeAliases) -> CollectionOperationResponse;
    list_collection_aliases(ListCollectionAliasesRequest) -> ListAliasesResponse;
    list_aliases(ListAliasesRequest) -> ListAliasesResponse;
    collection_cluster_info(CollectionClusterInfoRequest) -> CollectionClusterInfoResponse;
    collection_exists(CollectionExistsRequest) -> CollectionExistsResponse;
    update_collection_cluster_setup(UpdateCollectionClusterSetupRequest) -> UpdateCollectionClusterSetupResponse;
    create_shard_key(CreateShardKeyRequest) -> CreateShardKeyResponse;
    delete_shard_key(DeleteShardKeyRequest) -> DeleteShardKeyResponse;
    list_shard_keys(ListShardKeysRequest) -> ListShardKeysResponse;
}

service! { Points:
    upsert(UpsertPoints) -> PointsOperationResponse;
    get(GetPoints) -> GetResponse;
    create_field_index(CreateFieldIndexCollection) -> PointsOperationResponse;
    count(CountPoints) -> CountResponse;
    query(QueryPoints) -> QueryResponse;
    facet(FacetCounts) -> FacetResponse;
    ---
    delete(DeletePoints) -> PointsOperationResponse;
    update_vectors(UpdatePointVectors) -> PointsOperationResponse;
    delete_vectors(DeletePointVectors) -> PointsOperationResponse;
    set_payload(SetPayloadPoints) -> PointsOperationResponse;
    overwrite_payload(SetPayloadPoints) -> PointsOperationResponse;
    delete_payload(DeletePayloadPoints) -> PointsOperationResponse;
    clear_payload(ClearPayloadPoints) -> PointsOperationResponse;
    delete_field_index(DeleteFieldIndexCollection) -> PointsOperationResponse;
    create_vector_name(CreateVectorNameRequest) -> PointsOperationResponse;
    delete_vector_name(DeleteVectorNameRequest) -> PointsOperationResponse;
    search(SearchPoints) -> SearchResponse;
    search_batch(SearchBatchPoints) -> SearchBatchResponse;
    search_groups(SearchPointGroups) -> SearchGroupsResponse;
    scroll(ScrollPoints) -> ScrollResponse;
    recommend(RecommendPoints) -> RecommendResponse;
    recommend_batch(RecommendBatchPoints) -> RecommendBatchResponse;
    recommend_groups(RecommendPointGroups) -> RecommendGroupsResponse;
    discover(DiscoverPoints) -> DiscoverResponse;
    discover_batch(DiscoverBatchPoints) -> DiscoverBatchResponse;
    update_batch(UpdateBatchPoints) -> UpdateBatchResponse;
    query_batch(QueryBatchPoints) -> QueryBatchResponse;
    query_groups(QueryPointGroups) -> QueryGroupsResponse;
    search_matrix_pairs(SearchMatrixPoints) -> SearchMatrixPairsResponse;
    search_matrix_offsets(SearchMatrixPoints) -> SearchMatrixOffsetsResponse;
}

/// A request that a server with this state answers.
trait Answered: Sized {
    type Answer;
    fn answer(state: &mut State, request: Self) -> Result<Self::Answer, Status>;
}

impl State {
    pub(crate) fn collection(&mut self, name: &str) -> Result<&mut Collection, Status> {
        let missing = || Status::not_found(format!("Collection `{name}` doesn't exist!"));
        self.collections.get_mut(name).ok_or_else(missing)
    }
}

impl Answered for GetCollectionInfoRequest {
    type Answer = GetCollectionInfoResponse;

    fn answer(state: &mut State, request: Self) -> Result<Self::Answer, Status> {
        let collection = state.collection(&request.collection_name)?;
        Ok(GetCollectionInfoResponse {
            result: Some(collection.info.clone()),
            ..Default::default()
        })
    }
}

impl Answered for CreateCollection {
    type Answer = CollectionOperationResponse;

    fn answer(state: &mut State, request: Self) -> Result<Self::Answer, Status> {
        let mut collection = Collection::default();
        collection.info.set_status(CollectionStatus::Green);
        collection.info.config = Some(CollectionConfig {
            params: Some(CollectionParams {
                vectors_config: request.vectors_config,
                ..Default::default()
            }),
            hnsw_config: request.hnsw_config,
            metadata: request.metadata,
            ..Default::default()
        });
        match state
            .collections
            .insert(request.collection_name, collection)
        {
            None => Ok(Self::Answer::default()),
            Some(_) => Err(Status::already_exists("a collection")),
        }
    }
}

impl Answered for CreateFieldIndexCollection {
    type Answer = PointsOperationResponse;

    fn answer(state: &mut State, request: Self) -> Result<Self::Answer, Status> {
        let collection = state.collection(&request.collection_name)?;
        collection.fields.insert(request.field_name);
        Ok(Self::Answer::default())
    }
}

impl Answered for CountPoints {
    type Answer = CountResponse;

    fn answer(state: &mut State, request: Self) -> Result<Self::Answer, Status> {
        let points = &state.collection(&request.collection_name)?.points;
        Ok(CountResponse {
            result: Some(CountResult {
                count: points.len() as u64,
            }),
            ..Default::default()
        })
    }
}

impl Answered for UpsertPoints {
    type Answer = PointsOperationResponse;

    fn answer(state: &mut State, request: Self) -> Result<Self::Answer, Status> {
        let room = state.room.unwrap_or(usize::MAX);
        let collection = state.collection(&request.collection_name)?;
        let mut ids = Vec::new();
        for point in request.points {
            if collection.points.len() == room {
                return Err(Status::resource_exhausted("No space left on device"));
            }
            let id = number(point.id.as_ref());
            ids.push(id);
            collection.points.insert(id, point);
        }
        state.added.push(ids);
        Ok(Self::Answer::default())
    }
}

impl Answered for GetPoints {
    type Answer = GetResponse;

    fn answer(state: &mut State, request: Self) -> Result<Self::Answer, Status> {
        let points = &state.collection(&request.collection_name)?.points;
        let ids = request.ids.iter().map(|id| number(Some(id)));
        let found = ids.filter_map(|id| points.get(&id));
        let found = found.map(|point| RetrievedPoint {
            id: point.id.clone(),
            payload: point.payload.clone(),
            vectors: Some(output(vector(point))),
            ..Default::default()
        });
        Ok(GetResponse {
            result: found.collect(),
            ..Default::default()
        })
    }
}

impl Answered for QueryPoints {
    type Answer = QueryResponse;

    fn answer(state: &mut State, request: Self) -> Result<Self::Answer, Status> {
        let query = match request.query.and_then(|query| query.variant) {
            Some(query::Variant::Nearest(VectorInput {
                variant: Some(vector_input::Variant::Dense(vector)),
            })) => vector.data,
            _ => return Err(Status::unimplemented("another query")),
        };
        let collection = state.collection(&request.collection_name)?;
        let cosine = params(&collection.info).distance() == Distance::Cosine;
        let must = request.filter.map(|filter| filter.must).unwrap_or_default();
        let allowed = collection.points.values();
        let allowed = allowed.filter(|point| must.iter().all(|it| meets(it, point)));
        let mut found: Vec<ScoredPoint> = allowed
            .map(|point| ScoredPoint {
                id: point.id.clone(),
                payload: point.payload.clone(),
                score: score(cosine, vector(point), &query),
                vectors: Some(output(vector(point))),
                ..Default::default()
            })
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        found.truncate(request.limit.unwrap_or(10) as usize);
        Ok(QueryResponse {
            result: found,
            ..Default::default()
        })
    }
}

impl Answered for FacetCounts {
    type Answer = FacetResponse;

    fn answer(state: &mut State, request: Self) -> Result<Self::Answer, Status> {
        let collection = state.collection(&request.collection_name)?;
        if !collection.fields.contains(&request.key) {
            return Err(Status::invalid_argument(
                "No appropriate index for faceting",
            ));
        }
        let mut counts = BTreeMap::<&String, u64>::new();
        for point in collection.points.values() {
            if let Some(Kind::StringValue(text)) = &point.payload[&request.key].kind {
                *counts.entry(text).or_default() += 1;
            }
        }
        let hits = counts.into_iter().map(|(text, count)| FacetHit {
            value: Some(FacetValue {
                variant: Some(facet_value::Variant::StringValue(text.clone())),
            }),
            count,
        });
        let mut hits: Vec<_> = hits.collect();
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.count));
        hits.truncate(request.limit.unwrap_or(10) as usize);
        Ok(FacetResponse {
            hits,
            ..Default::default()
        })
    }
}

fn params(info: &CollectionInfo) -> VectorParams {
    let params = info
        .config
        .as_ref()
        .and_then(|config| config.params.as_ref());
    match params.and_then(|params| params.vectors_config.as_ref()?.config.as_ref()) {
        Some(vectors_config::Config::Params(params)) => params.clone(),
        _ => VectorParams::default(),
    }
}

fn number(id: Option<&PointId>) -> u64 {
    match id.and_then(|id| id.point_id_options.as_ref()) {
        Some(PointIdOptions::Num(id)) => *id,
        other => panic!("{other:?}: kartscope's points have numbers"),
    }
}

fn vector(point: &PointStruct) -> &[f32] {
    let vectors = point
        .vectors
        .as_ref()
        .and_then(|it| it.vectors_options.as_ref());
    match vectors {
        Some(vectors::VectorsOptions::Vector(Vector {
            vector: Some(vector::Vector::Dense(vector)),
            ..
        })) => &vector.data,
        other => panic!("{other:?}: kartscope's points have one dense vector"),
    }
}

fn output(vector: &[f32]) -> VectorsOutput {
    let data = vector.to_vec();
    let vector = VectorOutput {
        vector: Some(vector_output::Vector::Dense(DenseVector { data })),
        ..Default::default()
    };
    VectorsOutput {
        vectors_options: Some(vectors_output::VectorsOptions::Vector(vector)),
    }
}

/// Higher is nearer.
fn score(cosine: bool, x: &[f32], y: &[f32]) -> f32 {
    let pairs = x.iter().zip(y);
    match cosine {
        // Of vectors of length 1.
        true => pairs.map(|(x, y)| x * y).sum(),
        false => -pairs.map(|(x, y)| (x - y).powi(2)).sum::<f32>(),
    }
}

fn meets(condition: &Condition, point: &PointStruct) -> bool {
    let Some(ConditionOneOf::Field(field)) = &condition.condition_one_of else {
        panic!("{condition:?}: kartscope's conditions are of fields");
    };
    let values = field
        .r#match
        .as_ref()
        .and_then(|it| it.match_value.as_ref());
    match (&point.payload[&field.key].kind, values) {
        (Some(Kind::StringValue(value)), Some(MatchValue::Keywords(any))) => {
            any.strings.contains(value)
        }
        (Some(Kind::IntegerValue(value)), Some(MatchValue::Integers(any))) => {
            any.integers.contains(value)
        }
        // Of no values.
        (_, Some(MatchValue::Keywords(any))) if any.strings.is_empty() => false,
        other => panic!("{other:?}: a condition of another kind"),
    }
}
