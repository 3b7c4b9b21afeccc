"""LightGBM on a table file of seededTables.ts, on one thread."""

import lightgbm
import numpy as np
from side import serve, timed

held = {}


def load(path):
    with open(path, "rb") as file:
        rows, columns, train, _ = np.fromfile(file, np.int32, 4)
        values = np.fromfile(file, np.float32, rows * columns).reshape(rows, columns)
        held.update(values=values, train=train, label=np.fromfile(file, np.float32, rows))
        held["weight"] = np.fromfile(file, np.float32, rows)


def fit(trees, leaves, learningRate, l2, minLeafRows, rowFraction, featureFraction, seed):
    parameters = {
        "objective": "binary",
        "num_leaves": leaves,
        "learning_rate": learningRate,
        "lambda_l2": l2,
        "min_data_in_leaf": minLeafRows,
        "bagging_fraction": rowFraction,
        "bagging_freq": 1,
        "feature_fraction": featureFraction,
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "seed": seed,
        "verbose": -1,
    }
    n = held["train"]

    def bin_rows():
        rows = (held["values"][:n], held["label"][:n])
        return lightgbm.Dataset(*rows, weight=held["weight"][:n], params=parameters).construct()

    dataset, binning = timed(bin_rows)
    held["model"], training = timed(lambda: lightgbm.train(parameters, dataset, trees))
    return {
        "seconds": binning["seconds"] + training["seconds"],
        "cpuSeconds": binning["cpuSeconds"] + training["cpuSeconds"],
        "withoutBinning": training["cpuSeconds"],
    }


def judge():
    """Mean log-loss of the rows that were not learned from, and the time to predict them."""
    n = held["train"]
    y, w = held["label"][n:], held["weight"][n:].astype(np.float64)
    scores, times = timed(lambda: held["model"].predict(held["values"][n:], num_threads=1))
    p = np.where(y > 0, scores, 1 - scores)
    return {"loss": -np.sum(w * np.log(p)) / np.sum(w), **times}


serve({"load": load, "fit": fit, "judge": judge})
