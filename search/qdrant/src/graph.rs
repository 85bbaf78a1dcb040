use std::fmt;

/// Edges of a vector in the graph, and how many candidates are kept while it is built and while it is searched.
pub(crate) const EDGES: usize = 16;
pub(crate) const BUILD_BEAM: usize = 200;
pub(crate) const SEARCH_BEAM: usize = 200;

/// How many vectors Qdrant's graph has. A search passes over the others one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Graph {
    /// All vectors of the index.
    pub vectors: u64,
    /// Those in the graph. Qdrant leaves out those of segments that are smaller than its threshold.
    pub indexed: u64,
    /// Whether Qdrant is still adding some.
    pub grows: bool,
}

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            vectors,
            indexed,
            grows,
        } = self;
        write!(f, "{indexed} of {vectors} vectors are in Qdrant's graph")?;
        match (indexed < vectors, grows) {
            (true, true) => f.write_str("; it adds more"),
            (true, false) => {
                f.write_str("; the others are too few for it, and are searched one by one")
            }
            (false, _) => Ok(()),
        }
    }
}
