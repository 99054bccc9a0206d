import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { judgeStored } from "../../lib/metrics/compare/judge_comparison.ts";
import { buildComparisonReport } from "../../lib/report/comparison/report.ts";
import { publishPage } from "../../lib/report/publish.ts";
import { makeComparison } from "../testdata/runs/make_comparison.ts";
import {
  type Address,
  browserPath,
  found,
  launchBrowser,
  openPage,
  pressed,
  waitUntil,
  waitUntilDrawn,
} from "./chromium.ts";

/** Two engines at two loads: the second engine is slower at the second load. */
function makeReport() {
  const stored = makeComparison({
    engines: ["first", "second"],
    scales: [1, 2],
    requests: 120,
    ttftMs: ({ engine, load, id }) => 40 + (id * 7) % 23 + 15 * engine * load,
    itlMs: ({ id }) => 5 + id % 3,
  });
  const { comparison, result } = judgeStored(stored);
  return buildComparisonReport(comparison, result);
}

Deno.test({
  name: `the page of a comparison works (${found})`,
  ignore: browserPath === undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir();
    const browser = await launchBrowser();
    try {
      const path = join(folder, "page.html");
      await publishPage(makeReport(), path);
      const address = { browser, address: pathToFileURL(path).href };
      await t.step("draws the figures of the metric chosen", () => followsMetric(address));
      await t.step("draws distributions or their tails", () => followsView(address));
      await t.step("shows and hides loads, which it calls so", () => hidesLoads(address));
      await t.step("brings an engine forward in every figure", () => bringsForward(address));
      await t.step("begins with the picture of what differs", () => beginsWithPicture(address));
    } finally {
      await browser.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function followsMetric(address: Address): Promise<void> {
  await using opened = await openPage(address);
  const { page, complaints } = opened;
  const shown = () =>
    page.locator("#distributions figure:visible, #capacity figure:visible").evaluateAll((all) =>
      all.map(({ id }) => id).filter((id) => !id.includes("goodput"))
    );
  assert.deepEqual(await shown(), ["fig-engine-cdf-ttft", "fig-engine-frontier-ttft"]);
  await page.getByRole("button", { name: "TPOT" }).click();
  await waitUntilDrawn(page);
  assert.deepEqual(await shown(), ["fig-engine-cdf-tpot", "fig-engine-frontier-tpot"]);
  assert.equal(await page.locator("[data-figure]:visible:not(:has(svg.plot))").count(), 0);
  assert.equal(new URL(page.url()).hash, "#metric=tpot");
  assert.deepEqual(complaints, []);
}

async function followsView(address: Address): Promise<void> {
  await using opened = await openPage(address);
  const { page } = opened;
  const axes = () => page.locator('#fig-engine-cdf-ttft [aria-label="x-axis label"] text').allTextContents();
  const before = await axes();
  await page.getByRole("button", { name: "tail", exact: true }).click();
  await waitUntilDrawn(page);
  assert.deepEqual(await pressed(page, "Distributions"), ["tail"]);
  assert.notDeepEqual(await axes(), before);
  assert.equal(new URL(page.url()).hash, "#view=tail");
  await page.getByRole("button", { name: "CDF" }).click();
  await waitUntilDrawn(page);
  assert.deepEqual(await axes(), before);
}

async function hidesLoads(address: Address): Promise<void> {
  await using opened = await openPage(address);
  const { page } = opened;
  const panels = () => page.locator("#fig-engine-cdf-ttft svg.plot[role=img]").count();
  assert.equal(await panels(), 2);
  await page.getByRole("group", { name: "Loads" }).getByRole("button", { name: "scale 2" }).click();
  await waitUntilDrawn(page);
  assert.equal(await panels(), 1);
  assert.equal(await page.getByRole("group", { name: "Cells" }).count(), 0);
}

async function bringsForward(address: Address): Promise<void> {
  await using opened = await openPage(address);
  const { page } = opened;
  const faded = (engine: number) =>
    `document.querySelectorAll('.faded[stroke*="--benchbook-engine-${engine}"]').length`;
  const button = page.getByRole("group", { name: "Engines" }).getByRole("button", { name: "second" });
  await button.hover();
  await waitUntil(page, `${faded(0)} >= 4 && ${faded(1)} === 0`);
  await page.locator("h1").hover();
  await waitUntil(page, `${faded(0)} === 0`);
  await button.click();
  await page.locator("h1").hover();
  await waitUntil(page, `${faded(0)} >= 4 && ${faded(1)} === 0`);
  assert.equal(new URL(page.url()).hash, "#engine=1");
  await using again = await openPage(address, { hash: "#engine=1" });
  assert.deepEqual(await pressed(again.page, "Engines"), ["second"]);
  await waitUntil(again.page, `${faded(0)} >= 4 && ${faded(1)} === 0`);
}

async function beginsWithPicture(address: Address): Promise<void> {
  await using opened = await openPage(address);
  const { page } = opened;
  assert.equal(await page.locator("section").first().getAttribute("id"), "differences");
  const box = await page.locator("#fig-engine-ratio svg.plot[role=img]").first().boundingBox();
  assert.ok(box !== null && box.y < 850, `the picture begins at ${box?.y}`);
}
