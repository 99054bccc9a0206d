"""Writes scipy.json: what scipy and arch say of small samples. python3 make_scipy.py > scipy.json, scipy 1.17.1, numpy 2.4.6, arch 8.0.0."""
import json
import warnings
import numpy as np
from arch.bootstrap import optimal_block_length
from scipy import stats

rng = np.random.default_rng(20261122)


def mann_whitney(name, a, b):
    a, b = np.round(a, 3), np.round(b, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        u, p = stats.mannwhitneyu(b, a, alternative="two-sided", method="auto")
    greater = (b[:, None] > a[None, :]).mean()
    less = (b[:, None] < a[None, :]).mean()
    return {"name": name, "a": a.tolist(), "b": b.tolist(), "u": float(u), "pValue": float(p),
            "cliffsDelta": float(greater - less)}


def bca(name, values, statistic, confidence):
    """scipy's BCa of a given bootstrap distribution, so that no draw differs."""
    values = np.round(values, 3)
    drawn = np.array([statistic(rng.choice(values, len(values))) for _ in range(2000)])
    drawn = np.round(drawn, 6)
    first = stats.bootstrap((values,), statistic, n_resamples=10, vectorized=False, method="percentile", rng=rng)
    first.bootstrap_distribution = drawn
    intervals = {
        method: stats.bootstrap((values,), statistic, n_resamples=0, vectorized=False, bootstrap_result=first,
                                confidence_level=confidence, method=method).confidence_interval
        for method in ["BCa", "percentile"]
    }
    return {
        "name": name, "confidence": confidence, "estimate": float(statistic(values)),
        "jackknife": [float(statistic(np.delete(values, i))) for i in range(len(values))],
        "bca": [float(x) for x in intervals["BCa"]],
        "percentile": [float(x) for x in intervals["percentile"]],
        "replicates": drawn.tolist(),
    }


def grid(function, *columns):
    return [[*map(float, row), float(function(*row))] for row in zip(*columns)]



def block_length(name, n, rho):
    """The rule of Politis and White in the package arch 8.0.0, for blocks on a circle."""
    noise = rng.normal(size=n)
    for i in range(1, n):
        noise[i] += rho * noise[i - 1]
    noise = np.round(noise, 2)
    length = float(optimal_block_length(noise)["circular"].iloc[0])
    return {"name": name, "length": length, "values": noise.tolist()}


z = [-37, -20, -8, -3.5, -3, -2.999, -1.5, -1e-3, 0, 0.7, 2.5, 3.01, 6]
p = [1e-300, 1e-20, 1e-6, 0.001, 0.025, 0.2, 0.5, 0.6, 0.975, 0.999999]
t = [0.001, 0.5, 1, 2.5, 2.5, 4.3, 12.7, 60, 3, 3, 40]
t_df = [1, 1, 2, 7.3, 2, 0.6, 1, 3, 99, 1e5, 9]
tails = [0.5, 0.4, 0.025, 0.025, 0.025, 1e-4, 1e-4, 1e-6, 1e-9, 0.0004]
tail_df = [3, 1, 1, 2, 9, 1, 9, 2.4, 9, 999]
print(json.dumps({
    "mannWhitney": [
        mann_whitney("3 and 3, apart", np.array([1., 2, 3]), np.array([4., 5, 6])),
        mann_whitney("8 and 8, exact", rng.lognormal(3, 1, 8), rng.lognormal(3.4, 1, 8)),
        mann_whitney("5 and 400, exact", rng.lognormal(3, 1, 5), rng.lognormal(3.2, 1, 400)),
        mann_whitney("1 and 1", np.array([1.]), np.array([2.])),
        mann_whitney("7 and 6 with ties", np.array([1., 2, 2, 3, 3, 3, 4]), np.array([2., 3, 4, 4, 5, 5])),
        mann_whitney("9 and 9, normal", rng.lognormal(3, 1, 9), rng.lognormal(4, 1, 9)),
        mann_whitney("60 and 80", rng.lognormal(3, 1, 60), rng.lognormal(3.3, 1, 80)),
        mann_whitney("60 and 80, whole numbers", rng.integers(1, 9, 60) * 1., rng.integers(2, 10, 80) * 1.),
        mann_whitney("all equal", np.full(10, 5.), np.full(12, 5.)),
    ],
    "bca": [
        bca("mean of 40 skewed values, 90 %", rng.lognormal(3, 0.5, 40), np.mean, 0.9),
        bca("standard deviation of 25 values, 90 %", rng.normal(50, 9, 25), np.std, 0.9),
    ],
    "blockLength": [block_length("AR 0.5", 200, 0.5), block_length("AR 0.9", 200, 0.9), block_length("AR 0.7", 500, 0.7),
                    block_length("AR -0.5", 300, -0.5)],
    "normalCdf": grid(stats.norm.cdf, z),
    "normalQuantile": grid(stats.norm.ppf, p),
    "studentTail": grid(stats.t.sf, t, t_df),
    "studentQuantile": grid(stats.t.isf, tails, tail_df),
}, separators=(",", ":")))
