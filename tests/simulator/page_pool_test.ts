import assert from "node:assert/strict";

import { createPagePool } from "../../lib/simulator/page_pool.ts";

Deno.test("PagePool takes whole pages as a lease grows", () => {
  const pool = createPagePool(10, 16);
  const lease = pool.lease(40); // at most 3 pages
  assert.ok(lease);
  assert.equal(pool.freePages(), 10);
  const steps = [[1, 1], [16, 1], [17, 2], [33, 3]] as const;
  for (const [tokens, pages] of steps) {
    lease.reserve(tokens);
    assert.equal(lease.heldPages(), pages);
    assert.equal(pool.freePages(), 10 - pages);
  }
});

Deno.test("PagePool never promises a page twice", () => {
  const pool = createPagePool(10, 1);
  const first = pool.lease(6);
  assert.equal(pool.lease(5), null);
  first?.reserve(6);
  assert.equal(pool.lease(5), null);
  assert.ok(pool.lease(4));
});

Deno.test("PageLease.release gives back what is held and what is promised, once", () => {
  const pool = createPagePool(10, 1);
  const lease = pool.lease(10);
  lease?.reserve(3);
  lease?.release();
  lease?.release();
  assert.equal(pool.freePages(), 10);
  assert.ok(pool.lease(10));
  assert.equal(pool.lease(1), null);
});
