"""implicit's item-item cosine on a matrix file of seededMatrix.ts."""

import warnings

import numpy as np
import scipy.sparse as sparse
from implicit.nearest_neighbours import CosineRecommender
from side import serve, timed

# The recommender passes itself a matrix of another form and warns about it.
warnings.filterwarnings("ignore", message="Method expects CSR input")

held = {}


def load(path):
    with open(path, "rb") as file:
        people, items, entries, _ = np.fromfile(file, np.int32, 4)
        indptr = np.fromfile(file, np.int32, people + 1)
        indices = np.fromfile(file, np.int32, entries)
        data = np.fromfile(file, np.float32, entries).astype(np.float64)
    held["matrix"] = sparse.csr_matrix((data, indices, indptr), shape=(people, items), copy=False)


def fit(keep, threads):
    model = CosineRecommender(K=keep, num_threads=threads)
    _, times = timed(lambda: model.fit(held["matrix"], show_progress=False))
    return times


def total(keep):
    """The sum of the `keep` highest similarities of all items, without the similarity of an item to itself."""
    model = CosineRecommender(K=keep + 1, num_threads=1)
    model.fit(held["matrix"], show_progress=False)
    similarity = model.similarity
    return {"total": float(similarity.sum() - similarity.diagonal().sum())}


serve({"load": load, "fit": fit, "total": total})
