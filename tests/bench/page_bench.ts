/**
 * `deno task bench:page`: how long headless Chromium takes to open the page of 1,000 × 6 requests, until it has painted and
 * until all is drawn, and how long it takes to follow a click.
 *
 * @module
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { publishReport } from "../../lib/report/publish.ts";
import { launchBrowser, openPage, waitUntilDrawn } from "../browser/chromium.ts";
import { makeRun } from "../testdata/runs/make_run.ts";
import { median, printTable } from "./table.ts";

const REPEATS = 5;

/** All in ms. */
interface Timing {
  readonly firstPaintMs: number;
  readonly drawnMs: number;
  readonly metricMs: number;
  readonly axisMs: number;
  readonly cellMs: number;
  readonly highlightMs: number;
}

async function measure(browser: Browser, address: string): Promise<Timing> {
  await using opened = await openPage({ browser, address });
  const { page } = opened;
  const drawnMs = await readMs(page, "performance.now()");
  const firstPaintMs = await readMs(
    page,
    'performance.getEntriesByName("first-contentful-paint")[0].startTime',
  );
  const click = (name: string) =>
    measureOn(
      page,
      `[...document.querySelectorAll("#bar button")].find((one) => one.textContent === "${name}")`,
      {
        act: "target.click()",
      },
    );
  return {
    ...{ firstPaintMs, drawnMs },
    metricMs: await click("ITL"),
    axisMs: await click("linear"),
    cellMs: await click("1.6×"),
    highlightMs: await measureOn(page, 'document.querySelector("button.cell[data-cell=\\"0\\"]")', {
      act: 'target.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }))',
    }),
  };
}

/** From the act to the end of the frame that shows what it did. */
async function measureOn(page: Page, target: string, { act }: { act: string }): Promise<number> {
  await waitUntilDrawn(page);
  const ms = await readMs(
    page,
    `new Promise((resolve) => requestAnimationFrame(() => {
      const target = ${target};
      const startMs = performance.now();
      ${act};
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now() - startMs);
      requestAnimationFrame(() => channel.port2.postMessage(null));
    }))`,
  );
  await waitUntilDrawn(page);
  return ms;
}

async function readMs(page: Page, expression: string): Promise<number> {
  return Number(await page.evaluate(expression));
}

async function main(): Promise<void> {
  const folder = await Deno.makeTempDir();
  const browser = await launchBrowser();
  try {
    const path = join(folder, "page.html");
    await publishReport(makeRun({ requests: 1000, outputTokens: 358 }), path);
    const timings: Timing[] = [];
    for (let i = 0; i < REPEATS; i++) timings.push(await measure(browser, pathToFileURL(path).href));
    const of = (name: keyof Timing) => `${Math.round(median(timings.map((timing) => timing[name])))} ms`;
    const { size } = await Deno.stat(path);
    printTable(`Page of 1,000 × 6 requests (median of ${REPEATS})`, ["what", "took"], [
      ["size", `${Math.round(size / 1000)} kB`],
      ["first paint", of("firstPaintMs")],
      ["all drawn", of("drawnMs")],
      ["another metric, until shown", of("metricMs")],
      ["another axis, until shown", of("axisMs")],
      ["a cell hidden, until shown", of("cellMs")],
      ["a cell brought forward, until shown", of("highlightMs")],
    ]);
  } finally {
    await browser.close();
    await Deno.remove(folder, { recursive: true });
  }
}

await main();
