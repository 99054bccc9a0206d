import assert from "node:assert/strict";

import { normalCdf, normalQuantile } from "../../../lib/metrics/compare/normal.ts";
import { studentQuantile, studentTail } from "../../../lib/metrics/compare/student_t.ts";
import { isNear, readScipy } from "../../testdata/compare/scipy.ts";

const scipy = readScipy();

Deno.test("normalCdf() is scipy's, far into the tail too", () => {
  for (const [z, p] of scipy.normalCdf) {
    assert.ok(isNear(normalCdf(z), p, 2e-12), `Φ(${z}) = ${normalCdf(z)}, not ${p}`);
  }
  assert.deepEqual([normalCdf(-Infinity), normalCdf(Infinity)], [0, 1]);
});

Deno.test("normalQuantile() is scipy's, and refuses what is no probability", () => {
  for (const [p, z] of scipy.normalQuantile) {
    assert.ok(
      Math.abs(normalQuantile(p) - z) <= 1e-11 * Math.max(1, Math.abs(z)),
      `Φ⁻¹(${p}) = ${normalQuantile(p)}, not ${z}`,
    );
  }
  assert.deepEqual([normalQuantile(0), normalQuantile(1)], [-Infinity, Infinity]);
  assert.throws(() => normalQuantile(1.1), /must be in \[0, 1\]: current value is 1.1/);
});

Deno.test("studentTail() is scipy's, with parts of degrees of freedom too", () => {
  for (const [t, df, tail] of scipy.studentTail) {
    assert.ok(
      isNear(studentTail(t, df), tail, 1e-10),
      `P(T ≤ −${t}), df ${df}: ${studentTail(t, df)}, not ${tail}`,
    );
  }
  assert.equal(studentTail(0, 3), 0.5);
  assert.equal(studentTail(Infinity, 3), 0);
});

Deno.test("studentQuantile() is scipy's", () => {
  for (const [tail, df, t] of scipy.studentQuantile) {
    const found = studentQuantile(tail, df);
    assert.ok(Math.abs(found - t) <= 1e-9 * Math.max(1, t), `tail ${tail}, df ${df}: ${found}, not ${t}`);
  }
});

Deno.test("Student's t refuses what is out of its domain", () => {
  assert.throws(() => studentTail(1, 0), /'df' must be above 0: current value is 0/);
  assert.throws(() => studentTail(-1, 3), /'t' must be at least 0: current value is -1/);
  assert.throws(() => studentQuantile(0, 3), /must be in \(0, ½\]: current value is 0/);
});
