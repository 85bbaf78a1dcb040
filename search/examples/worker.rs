//! Answers searches on request, for the comparison with FAISS (`tools/xtask/peers/faiss_flat.py`): `worker ROWS DIMENSION`.
//!
//! Standard input is ROWS vectors of DIMENSION little-endian `f32`, and then vectors to search for. Each of those is answered by a
//! line: nanoseconds on the processor, and the rows of the five nearest by cosine.

use std::error::Error;
use std::io::{ErrorKind, Read, Write, stdin, stdout};
use std::num::NonZeroUsize;

use outputs::Output;
use rustix::time::{ClockId, clock_gettime};
use search::{Builder, Description, Embedding, Exact, Metric, Query, Search};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut number = || arguments.next().ok_or("usage: worker ROWS DIMENSION");
    let rows: u32 = number()?.parse()?;
    let dimension: usize = number()?.parse()?;
    let embedding = Embedding {
        embedder: "given".to_owned(),
        weights_sha256: None,
        preprocessing: String::new(),
        dimension,
    };
    let description = Description {
        embedding,
        metric: Metric::Cosine,
        fields: Vec::new(),
    };
    let mut builder = Builder::new(description)?;
    let mut bytes = vec![0; 4 * dimension];
    let mut input = stdin().lock();
    for _ in 0..rows {
        input.read_exact(&mut bytes)?;
        builder.push(&vector(&bytes), &[])?;
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("index");
    builder.write(Output::begin(&path, Exact::KIND)?)?;
    let index = Exact::open(&path)?;
    loop {
        match input.read_exact(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
            read => read?,
        }
        let query = Query {
            vector: &vector(&bytes),
            neighbours: NonZeroUsize::new(5).ok_or("no neighbours")?,
            filter: &[],
        };
        let before = processor_ns();
        let nearest = index.nearest(&query)?;
        let taken = processor_ns() - before;
        let rows = nearest.iter().map(|neighbour| neighbour.row.to_string());
        writeln!(stdout(), "{taken} {}", rows.collect::<Vec<_>>().join(" "))?;
    }
}

fn vector(bytes: &[u8]) -> Vec<f32> {
    let (numbers, _) = bytes.as_chunks();
    numbers
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect()
}

/// How long this thread has been on a processor: what others do at the same time counts less than by the clock.
fn processor_ns() -> i64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}
