"""implicit's ALS on a matrix file of seededMatrix.ts, from given starting factors."""

import numpy as np
import scipy.sparse as sparse
from implicit.cpu.als import AlternatingLeastSquares
from side import serve, timed

held = {}


def load(path, start, factors, threads):
    with open(path, "rb") as file:
        people, items, entries, _ = np.fromfile(file, np.int32, 4)
        indptr = np.fromfile(file, np.int32, people + 1)
        indices = np.fromfile(file, np.int32, entries)
        data = np.fromfile(file, np.float32, entries)
    held["matrix"] = sparse.csr_matrix((data, indices, indptr), shape=(people, items), copy=False)
    with open(start, "rb") as file:
        held["people"] = np.fromfile(file, np.float32, people * factors).reshape(people, factors)
        held["items"] = np.fromfile(file, np.float32, items * factors).reshape(items, factors)


def fit(factors, regularization, cg, iterations, threads):
    model = AlternatingLeastSquares(
        factors=factors,
        regularization=regularization,
        use_cg=cg,
        iterations=iterations,
        num_threads=threads,
    )
    model.user_factors = held["people"].copy()
    model.item_factors = held["items"].copy()
    held.pop("model", None)
    _, times = timed(lambda: model.fit(held["matrix"], show_progress=False))
    held["model"] = model
    return times


def loss(factors, regularization, people=None, items=None):
    """The loss that ALS minimises, in double precision, of the fitted factors or of two files of factors."""
    matrix = held["matrix"]
    if people is None:
        x, y = held["model"].user_factors, held["model"].item_factors
    else:
        x = np.fromfile(people, np.float32).reshape(-1, factors)
        y = np.fromfile(items, np.float32).reshape(-1, factors)
    x, y = x.astype(np.float64), y.astype(np.float64)
    total = np.sum((x @ (y.T @ y)) * x)
    for first in range(0, matrix.shape[0], 4096):
        part = matrix[first : first + 4096]
        rows = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr)) + first
        c = part.data.astype(np.float64)
        fitted = np.einsum("ij,ij->i", x[rows], y[part.indices])
        total += np.sum(c * (1 - fitted) ** 2 - fitted**2)
    return {"loss": total + regularization * (np.sum(x * x) + np.sum(y * y))}


serve({"idle": dict, "load": load, "fit": fit, "loss": loss})
