use std::fmt;
use std::future::Future;
use std::io;

use qdrant_client::{Qdrant, QdrantError};
use search::{Error, Result};
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;
use tonic::{Code, Status};

use super::Access;
use crate::Address;

/// A client of a collection, whose requests block.
pub(super) struct Connection {
    runtime: Runtime,
    pub(super) client: Qdrant,
    pub(super) address: Address,
    access: Access,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("address", &self.address)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// A connection that the first request makes.
    pub(super) fn new(address: Address, access: Access) -> Result<Self> {
        let is_sound = |key: &String| !key.is_empty() && key.chars().all(|c| c.is_ascii_graphic());
        if access.key.as_ref().is_some_and(|key| !is_sound(key)) {
            return Err(Access::wrong_key());
        }
        let engine = |reason: String| Error::Engine {
            index: address.to_string(),
            operation: "begin a connection",
            reason,
        };
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error: io::Error| engine(error.to_string()))?;
        let mut config = Qdrant::from_url(&address.url)
            .api_key(access.key.clone())
            .timeout(access.timeout)
            .connect_timeout(access.timeout)
            // It would print its doubts on standard output.
            .skip_compatibility_check();
        config.set_pool_size(1);
        let client = config.build().map_err(|error| engine(error.to_string()))?;
        Ok(Self {
            runtime,
            client,
            address,
            access,
        })
    }

    /// Sends a request, and sends it again while the server is away or does not answer.
    pub(super) fn call<T, F>(&self, operation: &'static str, request: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T, QdrantError>>,
    {
        self.try_call(request)
            .map_err(|error| self.error(operation, &error))
    }

    /// The same, with the client's error.
    pub(super) fn try_call<T, F>(&self, request: impl Fn() -> F) -> Result<T, QdrantError>
    where
        F: Future<Output = Result<T, QdrantError>>,
    {
        self.runtime.block_on(async {
            let mut pause = self.access.pause;
            for _ in 1..self.access.attempts {
                match request().await {
                    Err(error) if is_transient(&error) => sleep(pause).await,
                    result => return result,
                }
                pause *= 2;
            }
            request().await
        })
    }

    /// A request's error, with what was expected and found.
    pub(super) fn error(&self, operation: &'static str, error: &QdrantError) -> Error {
        let reason = match status(error) {
            Some(status) => self.reason(status),
            None => error.to_string(),
        };
        Error::Engine {
            index: self.address.to_string(),
            operation,
            reason,
        }
    }

    fn reason(&self, status: &Status) -> String {
        let message = status.message();
        match status.code() {
            Code::Unauthenticated | Code::PermissionDenied => {
                let variable = Access::KEY_VARIABLE;
                let found = match self.access.key {
                    Some(_) => "another",
                    None => "none",
                };
                format!("expected the server's API key in {variable}, found {found}: {message}")
            }
            Code::Cancelled | Code::DeadlineExceeded => {
                let seconds = self.access.timeout.as_secs_f64();
                format!("expected an answer within {seconds} s, found none: {message}")
            }
            Code::ResourceExhausted => {
                format!("expected a server with room, found a full one: {message}")
            }
            _ if is_away(status) => {
                format!("expected a Qdrant server, which listens for gRPC, found none: {message}")
            }
            code => format!("expected success, found {code:?}: {message}"),
        }
    }
}

fn status(error: &QdrantError) -> Option<&Status> {
    match error {
        QdrantError::ResponseError { status }
        | QdrantError::ResourceExhaustedError { status, .. } => Some(status),
        _ => None,
    }
}

/// Whether a collection is missing.
pub(super) fn is_not_found(error: &QdrantError) -> bool {
    status(error).is_some_and(|status| status.code() == Code::NotFound)
}

/// Whether there is no server, or none that speaks gRPC.
fn is_away(status: &Status) -> bool {
    // The client gives errors of connecting this code and these words.
    let is_refused =
        status.code() == Code::Internal && status.message().starts_with("Failed to connect");
    is_refused || [Code::Unavailable, Code::Unknown].contains(&status.code())
}

/// Whether the same request may succeed a little later. A full server stays full.
fn is_transient(error: &QdrantError) -> bool {
    let slow = [Code::Cancelled, Code::DeadlineExceeded, Code::Aborted];
    // With this error the server says when to come back.
    matches!(error, QdrantError::ResourceExhaustedError { .. })
        || status(error).is_some_and(|status| is_away(status) || slow.contains(&status.code()))
}
