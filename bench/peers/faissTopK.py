"""faiss's exact inner-product search, one query at a time."""

import faiss
import numpy as np
from side import serve, timed

held = {}


def load(path, dimensions, queries):
    rows = np.fromfile(path, np.float32).reshape(-1, dimensions)
    held["queries"] = rows[:queries]
    held["index"] = faiss.IndexFlatIP(dimensions)
    held["index"].add(rows[queries:])


def search(k, threads, first, count):
    faiss.omp_set_num_threads(threads)
    index, queries = held["index"], held["queries"]

    def work():
        return [index.search(queries[q : q + 1], k)[1][0] for q in range(first, first + count)]

    found, times = timed(work)
    return {**times, "found": [ids.tolist() for ids in found]}


serve({"load": load, "search": search})
