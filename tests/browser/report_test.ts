import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { publishReport } from "../../lib/report/publish.ts";
import { makeRun } from "../testdata/runs/make_run.ts";

/** The same as in the permissions of `deno task test`. */
const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const browserPath = candidates.find(isFile);

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

const found = browserPath === undefined ? "skipped: there is no Chromium in /usr/bin" : `in ${browserPath}`;

Deno.test({
  name: `the report page works (${found})`,
  ignore: browserPath === undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir();
    const { chromium } = await importPlaywright();
    const browser = await chromium.launch({
      executablePath: browserPath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    });
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

/**
 * While it is imported, playwright asks in /proc whether this is WSL, and Deno opens /proc only to programs that may do
 * everything. With this variable it does not ask.
 */
function importPlaywright(): Promise<typeof import("playwright-core")> {
  Deno.env.set("__IS_WSL_TEST__", "1");
  return import("playwright-core");
}

interface Steps {
  readonly browser: Browser;
  readonly address: string;
}

/** Opens the page offline; what it asks for and complains of is collected. */
async function open({ browser, address }: Steps, { hash = "", width = 1200 } = {}) {
  const context = await browser.newContext({ offline: true, viewport: { width, height: 900 } });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(address + hash);
  await page.locator("#controls button").first().waitFor();
  return { page, requests, complaints, [Symbol.asyncDispose]: () => context.close() };
}

function pressed(page: Page, group: string): Promise<string[]> {
  return page.locator(`[role=group][aria-label="${group}"] button[aria-pressed=true]`).allTextContents();
}

async function drawsEverything(steps: Steps): Promise<void> {
  await using opened = await open(steps);
  const { page, requests, complaints } = opened;
  const empty = await page.locator("[data-figure]:visible:not(:has(svg.plot))").count();
  assert.equal(empty, 0);
  assert.ok(await page.locator("[data-figure]:visible svg.plot").count() >= 12);
  assert.deepEqual(complaints, []);
  assert.deepEqual(requests, [steps.address]);
}

async function followsControls(steps: Steps): Promise<void> {
  await using opened = await open(steps);
  const { page } = opened;
  const title = () => page.locator("#scaling figure:visible h3").first().textContent();
  assert.equal(await title(), "TTFT under load");
  const logarithmic = await page.locator("#distributions").innerHTML();
  await page.getByRole("button", { name: "E2E" }).click();
  await page.getByRole("button", { name: "linear" }).click();
  await page.getByRole("button", { name: "tail", exact: true }).click();
  await page.getByRole("button", { name: "1.6×" }).click();
  assert.equal(await title(), "E2E under load");
  assert.notEqual(await page.locator("#distributions").innerHTML(), logarithmic);
  assert.ok(!(await pressed(page, "Cells")).includes("1.6×"));
  const hash = new URL(page.url()).hash;
  assert.equal(hash, "#metric=e2e&axis=linear&view=tail&cells=4%2C3%2C2%2C1%2C0");

  await using again = await open(steps, { hash });
  assert.deepEqual(await pressed(again.page, "Metric"), ["E2E"]);
  assert.deepEqual(await pressed(again.page, "Latency axis"), ["linear"]);
  assert.deepEqual(await pressed(again.page, "Distributions"), ["tail"]);
  assert.equal(
    await again.page.locator("#distributions").innerHTML(),
    await page.locator("#distributions").innerHTML(),
  );
}

async function isolatesCell(steps: Steps): Promise<void> {
  await using opened = await open(steps);
  const { page } = opened;
  await page.locator('#distributions [data-cell="5"]').first().click();
  assert.deepEqual(await pressed(page, "Cells"), ["1.6×"]);
  assert.equal(await page.locator('#time [data-cell="0"]').count(), 0);
  await page.locator('#distributions [data-cell="5"]').first().click();
  assert.equal(new URL(page.url()).hash, "");
}

async function zoomsTime(steps: Steps): Promise<void> {
  await using opened = await open(steps);
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

async function showsTip(steps: Steps): Promise<void> {
  await using opened = await open(steps);
  const { page } = opened;
  const dot = page.locator("#scaling svg.plot").first().locator("circle").first();
  await dot.hover({ force: true });
  const tip = page.locator("#scaling [aria-label=tip] text").first();
  await tip.waitFor();
  assert.match(await tip.textContent() ?? "", /p\d\d [\d.,]+\sms/);
}

async function handsOutFiles(steps: Steps): Promise<void> {
  await using opened = await open(steps);
  const { page } = opened;
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Requests, CSV" }).click();
  const download = await waiting;
  assert.equal(download.suggestedFilename(), "2026-01-02-synthetic-test-run.requests.csv");
  const lines = (await Deno.readTextFile(await download.path())).trimEnd().split("\n");
  assert.equal(lines.length, 1 + 6 * 30);
}

async function copiesCommand(steps: Steps): Promise<void> {
  await using opened = await open(steps);
  const { page, complaints } = opened;
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: /^(Copied|Selected)$/ }).waitFor();
  assert.deepEqual(complaints, []);
}

async function worksByKeyboard(steps: Steps): Promise<void> {
  await using opened = await open(steps);
  const { page } = opened;
  await page.getByRole("button", { name: "ITL" }).focus();
  await page.keyboard.press("Enter");
  assert.deepEqual(await pressed(page, "Metric"), ["ITL"]);
  assert.equal(await page.evaluate("document.activeElement.textContent"), "ITL");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  assert.deepEqual(await pressed(page, "Metric"), ["E2E"]);
}

async function fitsPhone(steps: Steps): Promise<void> {
  await using opened = await open(steps, { width: 380 });
  const { page, complaints } = opened;
  assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 380);
  assert.deepEqual(complaints, []);
}
