"""Compares exact search with FAISS's flat index and NumPy, in turn, on one core: neighbours and time.

usage: faiss_flat.py WORKER

WORKER is the example `worker` of the package search. Vectors are of MobileNetV2's dimension and alike, as those of pictures of one
game are. Prints for each size a line of JSON, milliseconds on the processor, and fails if neighbours differ.
"""

import os

# Before numpy loads its library.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import json  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

import faiss  # noqa: E402
import numpy as np  # noqa: E402

DIMENSION, NEIGHBOURS, QUERIES = 1280, 5, 100
# What all vectors share, beside numbers from -1 to 1.
COMMON = 2.0


def timed(search):
    """The result of a call, and its milliseconds on the processor."""
    before = time.process_time_ns()
    result = search()
    return result, (time.process_time_ns() - before) / 1e6


def by_numpy(vectors, query):
    scores = vectors @ query
    best = np.argpartition(-scores, NEIGHBOURS)[:NEIGHBOURS]
    return best[np.argsort(-scores[best])]


def scores(vectors, query, rows):
    return vectors[rows].astype("f8") @ query.astype("f8")


def compare(worker, rows):
    random = np.random.default_rng(1)

    def draw(count):
        vectors = random.uniform(-1, 1, (count, DIMENSION)) + COMMON
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype("<f4")

    vectors, queries = draw(rows), draw(QUERIES)
    flat = faiss.IndexFlatIP(DIMENSION)
    flat.add(vectors)
    process = subprocess.Popen([worker, str(rows), str(DIMENSION)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdin.write(vectors.tobytes())
    times = {"kartscope": [], "faiss": [], "numpy": []}
    for query in queries:
        process.stdin.write(query.tobytes())
        process.stdin.flush()
        nanoseconds, *ours = map(int, process.stdout.readline().split())
        times["kartscope"].append(nanoseconds / 1e6)
        (_, theirs), milliseconds = timed(lambda: flat.search(query[None], NEIGHBOURS))
        times["faiss"].append(milliseconds)
        numpys, milliseconds = timed(lambda: by_numpy(vectors, query))
        times["numpy"].append(milliseconds)
        for name, found in [("FAISS flat", theirs[0]), ("NumPy", numpys)]:
            # Sums in 32 bits may exchange neighbours whose scores differ in the last place.
            if not np.allclose(scores(vectors, query, found), scores(vectors, query, ours), rtol=0, atol=1e-6):
                sys.exit(f"{rows} rows: neighbours {ours} differ from {name}'s {list(found)}")
    process.stdin.close()
    if process.wait() != 0:
        sys.exit(f"{worker} failed")
    return times


def main():
    for rows in (10_000, 100_000):
        line = {"rows": rows}
        for name, times in compare(sys.argv[1], rows).items():
            median, last = np.percentile(times, [50, 99])
            line[name] = {"median": median, "p99": last}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
