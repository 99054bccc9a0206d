import assert from "node:assert/strict";

import { virtualClock } from "../../lib/clock.ts";
import { engineProfiles, external, findEngine, recogniseEngine, simulated } from "../../lib/engines/mod.ts";
import { enginePresets } from "../../lib/simulator/engine_presets.ts";
import { inProcessTransport } from "../../lib/simulator/in_process.ts";

function listedOwner(engine: string): string {
  const clock = virtualClock();
  let text = "";
  const url = "http://simulator/v1/models";
  inProcessTransport({ engine }, clock).send({ method: "GET", url, headers: {}, body: new Uint8Array() }, {
    onHeaders: () => {},
    onBytes: (bytes) => {
      text += new TextDecoder().decode(bytes);
    },
    onEnd: () => {},
    onError: ({ message }) => assert.fail(message),
  });
  clock.run();
  return JSON.parse(text).data[0].owned_by;
}

Deno.test("every simulated engine is recognised as simulated, with the quirks of the engine it speaks as", () => {
  for (const { name } of enginePresets) {
    const profile = recogniseEngine(listedOwner(name));
    assert.ok(profile.simulated, name);
    assert.equal(profile.quirks, findEngine(name).quirks);
    assert.equal(findEngine(name).simulated, false);
  }
});

Deno.test("the embedded engine of old is still called simulated", () => {
  assert.equal(recogniseEngine("simulated"), simulated);
  assert.equal(simulated.name, "simulated");
});

Deno.test("no two engines have a name or an owner in common", () => {
  const names = engineProfiles.map(({ name }) => name);
  const owners = engineProfiles.flatMap(({ ownedBy }) => ownedBy);
  assert.deepEqual(names, [...new Set(names)]);
  assert.deepEqual(owners, [...new Set(owners)]);
});

Deno.test("recogniseEngine knows no stranger", () => {
  assert.equal(recogniseEngine(undefined), external);
  assert.equal(recogniseEngine("organization-owner"), external);
});

Deno.test("findEngine names the engines there are", () => {
  assert.throws(() => findEngine("warp"), { name: "UsageError", message: /simulated-vllm, mini-sglang/ });
});
