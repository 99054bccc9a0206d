"""Writes numpy.json: samples and what numpy says of them. python3 make_numpy.py > numpy.json, numpy 2.4.6."""
import json
import numpy as np

rng = np.random.default_rng(20261122)
samples = {
    "one value": [41.25],
    "two values": [12.5, 7.001],
    "three values": [3.0, 1.0, 2.0],
    "ties": [5.0] * 7 + [6.0] * 4,
    "ten latencies in whole µs": np.round(rng.lognormal(5, 0.6, 10), 3).tolist(),
    "37 latencies in whole µs": np.round(rng.lognormal(5, 0.6, 37), 3).tolist(),
    "100 latencies in whole µs": np.round(rng.lognormal(3, 1.2, 100), 3).tolist(),
    "257 values with all their digits": rng.exponential(9.0, 257).tolist(),
    "1000 token counts": [float(n) for n in rng.integers(1, 8192, 1000)],
}
cases = []
for name, values in samples.items():
    v = np.array(values)
    p50, p90, p95, p99 = (float(x) for x in np.percentile(v, [50, 90, 95, 99]))
    cases.append({
        "name": name, "count": len(values), "avg": float(v.mean()),
        "p50": p50, "p90": p90, "p95": p95, "p99": p99,
        "min": float(v.min()), "max": float(v.max()),
        "stddev": float(v.std(ddof=1)) if len(values) > 1 else None,
        "values": values,
    })
print("[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]")
