import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { publishReport } from "../../lib/report/publish.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
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

Deno.test({
  name: `the report page works (${found})`,
  ignore: browserPath === undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir();
    const browser = await launchBrowser();
    try {
      const path = join(folder, "page.html");
      await publishReport(makeRun({ requests: 30 }), path);
      const steps = { browser, address: pathToFileURL(path).href };
      await t.step(
        "draws every figure, asks for nothing, complains of nothing",
        () => drawsEverything(steps),
      );
      await t.step("follows its controls and keeps them in its address", () => followsControls(steps));
      await t.step("isolates the cell whose label is clicked", () => isolatesCell(steps));
      await t.step("zooms into the time that is dragged across", () => zoomsTime(steps));
      await t.step("shows the nearest point under the pointer", () => showsTip(steps));
      await t.step("zooms into any other axis, and back", () => zoomsAxis(steps));
      await t.step("brings a cell forward in every figure", () => bringsForward(steps));
      await t.step("leads to a figure with the choices in the link", () => leadsToFigure(steps));
      await t.step("goes to a section without losing the choices", () => goesToSection(steps));
      await t.step("draws one percentile", () => drawsPercentile(steps));
      await t.step("saves a figure and its data, and shows them as a table", () => savesFigure(steps));
      await t.step("moves the tip by arrow keys and says what it says", () => movesTip(steps));
      await t.step("prints every figure in light colours", () => printsAll(steps));
      await t.step("hands out the files it carries", () => handsOutFiles(steps));
      await t.step("copies the command, or selects it", () => copiesCommand(steps));
      await t.step("works by keyboard", () => worksByKeyboard(steps));
      await t.step("fits a phone", () => fitsPhone(steps));
    } finally {
      await browser.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function drawsEverything(steps: Address): Promise<void> {
  await using opened = await openPage(steps);
  const { page, requests, complaints } = opened;
  const empty = await page.locator("[data-figure]:visible:not(:has(svg.plot))").count();
  assert.equal(empty, 0);
  assert.ok(await page.locator("[data-figure]:visible svg.plot").count() >= 12);
  assert.deepEqual(complaints, []);
  assert.deepEqual(requests, [steps.address]);
}

async function followsControls(steps: Address): Promise<void> {
  await using opened = await openPage(steps);
  const { page } = opened;
  const title = () => page.locator("#scaling figure:visible h3").first().textContent();
  assert.equal(await title(), "TTFT under load");
  const logarithmic = await page.locator("#distributions").innerHTML();
  await page.getByRole("button", { name: "E2E" }).click();
  await page.getByRole("button", { name: "linear" }).click();
  await page.getByRole("button", { name: "tail", exact: true }).click();
  await page.getByRole("button", { name: "1.6×" }).click();
  assert.equal(await page.getByRole("status").textContent(), "5 of 6 shown");
  await waitUntilDrawn(page);
  assert.equal(await title(), "E2E under load");
  assert.notEqual(await page.locator("#distributions").innerHTML(), logarithmic);
  assert.ok(!(await pressed(page, "Cells")).includes("1.6×"));
  const hash = new URL(page.url()).hash;
  assert.equal(hash, "#metric=e2e&axis=linear&view=tail&cells=4%2C3%2C2%2C1%2C0");

  await using again = await openPage(steps, { hash });
  assert.deepEqual(await pressed(again.page, "Metric"), ["E2E"]);
  assert.deepEqual(await pressed(again.page, "Latency axis"), ["linear"]);
  assert.deepEqual(await pressed(again.page, "Distributions"), ["tail"]);
  const [shown, sent] = await Promise.all(
    [again.page, page].map((one) => one.locator("#distributions").innerHTML()),
  );
  assert.ok(shown === sent, "the page behind the link looks different");
}

async function isolatesCell(steps: Address): Promise<void> {
  await using opened = await openPage(steps);
  const { page } = opened;
  await page.locator('#distributions text[data-cell="5"]').first().click();
  assert.deepEqual(await pressed(page, "Cells"), ["1.6×"]);
  await waitUntilDrawn(page);
  assert.equal(await page.locator('#time [data-cell="0"]').count(), 0);
  await page.locator('#distributions text[data-cell="5"]').first().click();
  assert.equal(new URL(page.url()).hash, "");
}

async function zoomsTime(steps: Address): Promise<void> {
  await using opened = await openPage(steps);
  const { page } = opened;
  const panel = page.locator("#time svg.plot").first();
  await panel.scrollIntoViewIfNeeded();
  const box = await panel.boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + 200, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + 400, box.y + 80, { steps: 4 });
  await page.mouse.up();
  const [from = NaN, to = NaN] = (new URLSearchParams(new URL(page.url()).hash.slice(1)).get("time") ?? "")
    .split(",").map(Number);
  assert.ok(from > 0 && to > from, page.url());
  assert.equal(await page.getByLabel("Time axis to, in seconds").inputValue(), String(to));
  await page.locator('[aria-label="Time (s)"]').getByRole("button", { name: "all" }).click();
  assert.equal(new URL(page.url()).hash, "");
}

async function showsTip(steps: Address): Promise<void> {
  await using opened = await openPage(steps);
  const { page } = opened;
  const dot = page.locator("#scaling svg.plot").first().locator("circle").first();
  await dot.hover({ force: true });
  const tip = page.locator("#scaling [aria-label=tip] text").first();
  await tip.waitFor();
  assert.match(await tip.textContent() ?? "", /p\d\d [\d.,]+\sms/);
}

async function handsOutFiles(steps: Address): Promise<void> {
  await using opened = await openPage(steps);
  const { page } = opened;
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Requests, CSV" }).click();
  const download = await waiting;
  assert.equal(download.suggestedFilename(), "2026-01-02-synthetic-test-run.requests.csv");
  const lines = (await Deno.readTextFile(await download.path())).trimEnd().split("\n");
  assert.equal(lines.length, 1 + 6 * 30);
}

async function copiesCommand(steps: Address): Promise<void> {
  await using opened = await openPage(steps);
  const { page, complaints } = opened;
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: /^(Copied|Selected)$/ }).waitFor();
  assert.deepEqual(complaints, []);
}

async function worksByKeyboard(steps: Address): Promise<void> {
  await using opened = await openPage(steps);
  const { page } = opened;
  await page.getByRole("button", { name: "ITL" }).focus();
  await page.keyboard.press("Enter");
  assert.deepEqual(await pressed(page, "Metric"), ["ITL"]);
  assert.equal(await page.evaluate("document.activeElement.textContent"), "ITL");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert.deepEqual(await pressed(page, "Metric"), ["E2E"]);
}

async function fitsPhone(steps: Address): Promise<void> {
  await using opened = await openPage(steps, { width: 380 });
  const { page, complaints } = opened;
  assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 380);
  assert.deepEqual(complaints, []);
}

async function zoomsAxis(steps: Address): Promise<void> {
  await using opened = await openPage(steps);
  const { page } = opened;
  const figure = page.locator("#fig-latency-cdf-ttft");
  const ticks = () => figure.locator('[aria-label="x-axis tick label"] text').allTextContents();
  const labels = () => figure.locator("text[data-cell]").count();
  const [all, allLabels] = [await ticks(), await labels()];
  await drag(page, { selector: "#fig-latency-cdf-ttft svg.plot", from: 100, to: 160 });
  assert.notDeepEqual(await ticks(), all);
  assert.ok((await ticks()).length >= 2);
  assert.ok(await labels() < allLabels);
  assert.equal(new URL(page.url()).hash, "");
  assert.deepEqual(await outsideFrame(page, "#fig-latency-cdf-ttft"), []);
  await page.getByRole("button", { name: "linear" }).click();
  await page.getByRole("button", { name: "log", exact: true }).click();
  await waitUntilDrawn(page);
  assert.notDeepEqual(await ticks(), all);
  await figure.getByRole("button", { name: "Reset zoom" }).click();
  assert.deepEqual(await ticks(), all);
  assert.equal(await figure.getByRole("button", { name: "Reset zoom" }).isVisible(), false);
  await drag(page, { selector: "#fig-latency-cdf-ttft svg.plot", from: 100, to: 160 });
  await figure.locator(".drawing").focus();
  await page.keyboard.press("Escape");
  assert.deepEqual(await ticks(), all);
}

/** Ticks and labels of a figure that lie beside its frame. */
function outsideFrame(page: Page, selector: string): Promise<string[]> {
  return page.locator(`${selector} svg.plot > g[aria-label^=x-] text`).evaluateAll((texts) => {
    const box = texts[0]?.closest("svg")?.getBoundingClientRect();
    return texts.filter((text) => {
      const { left, right } = text.getBoundingClientRect();
      return box !== undefined && (right < box.left || left > box.right);
    }).map(({ textContent }) => textContent ?? "");
  });
}

async function drag(page: Page, { selector, from, to }: { selector: string; from: number; to: number }) {
  const drawing = page.locator(selector).first();
  await drawing.scrollIntoViewIfNeeded();
  await page.evaluate("scrollBy({ top: -150, behavior: 'instant' })");
  const box = await drawing.boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + from, box.y + 120);
  await page.mouse.down();
  await page.mouse.move(box.x + to, box.y + 120, { steps: 4 });
  await page.mouse.up();
}

async function bringsForward(steps: Address): Promise<void> {
  await using opened = await openPage(steps);
  const { page } = opened;
  // A line, three dots and a label in each of four distributions, at the least.
  const waitUntilFaded = ({ cell, other }: { cell: number; other: number }) =>
    waitUntil(
      page,
      `document.querySelectorAll('.faded[data-cell="${cell}"]').length >= 20 &&
        document.querySelectorAll('.faded[data-cell="${other}"]').length === 0`,
    );
  await page.getByRole("button", { name: "1.6×" }).hover();
  await waitUntilFaded({ cell: 0, other: 5 });
  await page.locator("h1").hover();
  await waitUntil(page, "document.querySelectorAll('.faded').length === 0");
  await page.getByRole("button", { name: "0.4×" }).focus();
  await waitUntilFaded({ cell: 5, other: 0 });
}

async function leadsToFigure(steps: Address): Promise<void> {
  await using opened = await openPage(steps, { hash: "#at=fig-scaling-latency-itl&axis=linear" });
  const { page } = opened;
  assert.deepEqual(await pressed(page, "Metric"), ["ITL"]);
  assert.deepEqual(await pressed(page, "Latency axis"), ["linear"]);
  await waitUntilOnTop(page, "#fig-scaling-latency-itl");

  await using other = await openPage(steps, { hash: "#at=fig-per-request&cells=0" });
  assert.deepEqual(await pressed(other.page, "Cells"), ["0.4×"]);
  await waitUntilOnTop(other.page, "#fig-per-request");

  const figure = other.page.locator("#fig-per-request");
  await figure.getByLabel("More on").click();
  await figure.getByRole("button", { name: "Copy link" }).click();
  await other.page.getByRole("status").filter({ hasText: "the link to" }).waitFor({ state: "attached" });
}

/** Waits until an element is at the window's upper end: it may still be on its way. */
async function waitUntilOnTop(page: Page, selector: string): Promise<void> {
  const wanted = `(() => {
    const { top } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
    return top > 0 && top < innerHeight / 2;
  })()`;
  await waitUntil(page, wanted);
}

async function goesToSection(steps: Address): Promise<void> {
  await using opened = await openPage(steps, { hash: "#metric=tpot" });
  const { page } = opened;
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Trust" }).click();
  await waitUntilOnTop(page, "#trust");
  assert.deepEqual(await pressed(page, "Metric"), ["TPOT"]);
  assert.equal(await page.evaluate("document.activeElement.closest('section').id"), "trust");

  await using plain = await openPage(steps, { hash: "#trust" });
  await waitUntilOnTop(plain.page, "#trust");
  assert.deepEqual(await pressed(plain.page, "Metric"), ["TTFT"]);
}

async function drawsPercentile(steps: Address): Promise<void> {
  await using opened = await openPage(steps);
  const { page } = opened;
  const lines = () => page.locator("#fig-scaling-latency-ttft [aria-label=line] path").count();
  const before = await lines();
  await page.getByRole("button", { name: "p50" }).click();
  assert.equal(await lines(), 1);
  assert.ok(before > 1);
  assert.equal(new URL(page.url()).hash, "#percentile=p50");
}

async function savesFigure(steps: Address): Promise<void> {
  await using opened = await openPage(steps);
  const { page } = opened;
  const figure = page.locator("#fig-latency-cdf-ttft");
  const choose = async (name: string) => {
    await figure.getByLabel("More on").click();
    await figure.getByRole("button", { name }).click();
  };
  const save = async (name: string) => {
    const waiting = page.waitForEvent("download");
    await choose(name);
    const download = await waiting;
    return { name: download.suggestedFilename(), text: await Deno.readTextFile(await download.path()) };
  };
  const svg = await save("Save as SVG");
  assert.equal(svg.name, "latency-cdf-ttft.svg");
  assert.match(svg.text, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  assert.match(svg.text, />TTFT<\/text>/);
  assert.doesNotMatch(svg.text, /var\(|light-dark/);

  const csv = await save("Save data as CSV");
  const [head, first] = csv.text.split("\n");
  assert.match(head ?? "", /(^|,)quantile,/);
  assert.match(first ?? "", /1\.6×/);

  await choose("Show as table");
  const table = figure.getByRole("region", { name: "Data of TTFT" });
  assert.equal(await table.locator("thead th").count(), (head ?? "").split(",").length);
  await choose("Hide table");
  assert.equal(await table.count(), 0);
}

async function movesTip(steps: Address): Promise<void> {
  await using opened = await openPage(steps);
  const { page } = opened;
  await page.locator("#fig-latency-cdf-ttft .drawing").focus();
  await page.keyboard.press("ArrowRight");
  const first = await page.getByRole("status").textContent();
  assert.match(first ?? "", /×, p[\d.]+: [\d.,]+\sms/);
  await page.keyboard.press("End");
  assert.notEqual(await page.getByRole("status").textContent(), first);
  await page.keyboard.press("Tab");
  assert.equal(await page.locator("#fig-latency-cdf-ttft [aria-label=tip] text").count(), 0);
}

async function printsAll(steps: Address): Promise<void> {
  await using opened = await openPage(steps, { hash: "#theme=dark" });
  const { page } = opened;
  const paper = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
  assert.equal(await paper(), "rgb(18, 22, 28)");
  await page.emulateMedia({ media: "print" });
  assert.equal(await paper(), "rgb(255, 255, 255)");
  assert.equal(await page.locator("#bar, .tools, button").filter({ visible: true }).count(), 0);
}
