import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";

import { readBundle } from "../../lib/report/publish.ts";
import { renderIndex } from "../../lib/report/index/page.ts";
import { makeEntries } from "../testdata/reports/make_entries.ts";

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
const bundle = new URL("../../lib/report/index/client/bundle.js", import.meta.url);

Deno.test({
  name: `the list of reports works (${found})`,
  ignore: browserPath === undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir();
    const { chromium } = await importPlaywright();
    const browser = await chromium.launch({
      executablePath: browserPath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    });
    try {
      const clientScript = await readBundle(bundle);
      const write = (count: number) => {
        const path = join(folder, `${count}.html`);
        const content = { entries: makeEntries(count), unreadable: [], strangers: [] };
        Deno.writeTextFileSync(path, renderIndex(content, { clientScript }));
        return pathToFileURL(path).href;
      };
      const steps = { browser, address: write(30) };
      await t.step("asks for nothing and complains of nothing", () => loads(steps));
      await t.step("searches, and says how many are left", () => searches(steps));
      await t.step("sorts by keyboard and says so", () => sorts(steps));
      await t.step("shows one kind", () => showsKind(steps));
      await t.step("keeps what was chosen in its address", () => keepsState(steps));
      await t.step("is a table without its script", () => worksWithoutScript(steps));
      await t.step("fits a phone, with 200 reports", () => fitsPhone({ browser, address: write(200) }));
      await t.step("complains of nothing when it is empty", () => loadsEmpty({ browser, address: write(0) }));
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

/** Opens the list offline; what it asks for and complains of is collected. */
async function open({ browser, address }: Steps, { hash = "", width = 1300, javaScriptEnabled = true } = {}) {
  const context = await browser.newContext({
    offline: true,
    viewport: { width, height: 900 },
    javaScriptEnabled,
  });
  const page = await context.newPage();
  const [requests, complaints] = [new Array<string>(), new Array<string>()];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(address + hash);
  return {
    ...{ page, requests, complaints },
    /** Values of a column in the order of the rows that are seen. */
    column: (key: string) =>
      page.locator(`tbody tr:visible [data-key="${key}"]`).evaluateAll((cells) =>
        cells.map((cell) => cell.getAttribute("data-value") ?? "")
      ),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

async function loads(steps: Steps): Promise<void> {
  await using opened = await open(steps);
  assert.equal((await opened.column("date")).length, 30);
  assert.equal(await opened.page.getByRole("status").textContent(), "30 reports");
  assert.deepEqual(opened.complaints, []);
  assert.deepEqual(opened.requests, [steps.address]);
}

async function searches(steps: Steps): Promise<void> {
  await using opened = await open(steps);
  const { page, column } = opened;
  const box = page.getByRole("searchbox", { name: "Search in the reports" });
  await box.fill("LLAMA.cpp simulated");
  const engines = await column("engine");
  assert.ok(engines.length > 0 && engines.length < 30);
  assert.ok(engines.every((engine) => engine.includes("llama.cpp")), engines.join());
  assert.equal(await page.getByRole("status").textContent(), `${engines.length} of 30 reports`);
  await box.fill("no such thing");
  assert.ok(await page.getByText("No report is like that.").isVisible());
  assert.equal((await column("date")).length, 0);
  await box.fill("");
  assert.equal((await column("date")).length, 30);
}

async function sorts(steps: Steps): Promise<void> {
  await using opened = await open(steps);
  const { page, column } = opened;
  const heading = page.getByRole("columnheader", { name: "TTFT p99" });
  const button = heading.getByRole("button");
  assert.equal(await page.locator("th[aria-sort]").getAttribute("data-key"), "date");
  await button.focus();
  await page.keyboard.press("Enter");
  assert.equal(await heading.getAttribute("aria-sort"), "ascending");
  const rising = await column("ttftP99");
  const numbers = rising.filter((value) => value !== "").map(Number);
  assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b));
  assert.ok(rising.slice(numbers.length).every((value) => value === "") && numbers.length < 30);
  await page.keyboard.press("Enter");
  assert.equal(await heading.getAttribute("aria-sort"), "descending");
  assert.deepEqual(
    (await column("ttftP99")).filter((value) => value !== "").map(Number),
    numbers.toReversed(),
  );
  assert.equal(await page.locator("th[aria-sort]").count(), 1);
  assert.equal(await page.evaluate("document.activeElement.textContent"), "TTFT p99");
}

async function showsKind(steps: Steps): Promise<void> {
  await using opened = await open(steps);
  const { page, column } = opened;
  await page.getByRole("button", { name: "Comparisons" }).click();
  const titles = await column("title");
  assert.ok(titles.length > 0);
  assert.ok(titles.every((title) => title === "sglang against vllm"), titles.join());
  assert.equal(await page.locator("#find [aria-pressed=true]").textContent(), "Comparisons");
}

async function keepsState(steps: Steps): Promise<void> {
  await using opened = await open(steps);
  const { page, column } = opened;
  await page.getByRole("searchbox").fill("qwen");
  await page.getByRole("button", { name: "Runs" }).click();
  await page.getByRole("columnheader", { name: "Output tokens/s" }).getByRole("button").click();
  const { hash } = new URL(page.url());
  assert.equal(hash, "#q=qwen&kind=run&sort=tokens-");
  await using again = await open(steps, { hash });
  assert.deepEqual(await again.column("tokens"), await column("tokens"));
  assert.equal(await again.page.getByRole("searchbox").inputValue(), "qwen");
}

async function worksWithoutScript(steps: Steps): Promise<void> {
  await using opened = await open(steps, { javaScriptEnabled: false });
  const { page } = opened;
  assert.equal(await page.locator("tbody tr:visible").count(), 30);
  assert.equal(await page.locator("#find").isVisible(), false);
  assert.equal(await page.locator("button").count(), 0);
}

async function fitsPhone(steps: Steps): Promise<void> {
  await using opened = await open(steps, { width: 380 });
  const { page, complaints } = opened;
  assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 380);
  await page.getByRole("columnheader", { name: "Requests" }).getByRole("button").click();
  assert.equal(
    await page.locator("tbody tr").first().locator('[data-key="requests"]').textContent(),
    "20,000",
  );
  await page.getByRole("searchbox").fill("20,000");
  assert.equal(await page.locator("tbody tr:visible").count(), 1);
  assert.deepEqual(complaints, []);
}

async function loadsEmpty(steps: Steps): Promise<void> {
  await using opened = await open(steps);
  assert.ok(await opened.page.getByText("deno task publish").isVisible());
  assert.equal(await opened.page.locator("#find").count(), 0);
  assert.deepEqual(opened.complaints, []);
}
