"""scipy's Cholesky factorisation and the inverse from it, in single precision and in place."""

import numpy as np
from scipy.linalg.lapack import spotrf, spotri
from side import serve, timed

held = {}


def invert(path, items, factors):
    rows = np.fromfile(path, np.float32).reshape(items, factors)
    ridge = 2 * np.mean(np.sum(rows.astype(np.float64) ** 2, axis=1))
    held.pop("inverse", None)
    matrix = np.asfortranarray((rows @ rows.T).T)
    matrix[np.diag_indices(items)] += np.float32(ridge)

    def work():
        factor, status = spotrf(matrix, lower=1, overwrite_a=1, clean=0)
        inverse, again = spotri(factor, lower=1, overwrite_c=1)
        assert status == 0 and again == 0
        return inverse

    held["inverse"], times = timed(work)
    held["rows"], held["ridge"] = rows.astype(np.float64), ridge
    return times


def error(rows):
    lower, x, n = held["inverse"], held["rows"], len(held["rows"])
    sums = np.zeros((rows, n))
    chosen = [int((k + 0.5) * n / rows) for k in range(rows)]
    a = x[chosen] @ x.T
    a[np.arange(rows), chosen] += held["ridge"]
    for i in range(n):
        row = np.concatenate([lower[i, :i], lower[i:, i]]).astype(np.float64)
        sums += np.outer(a[:, i], row)
    sums[np.arange(rows), chosen] -= 1
    return {"error": float(np.abs(sums).max())}


serve({"invert": invert, "error": error})
