import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { publishPage } from "../../lib/report/publish.ts";
import { browserPath, found, launchBrowser, type OpenOptions, openPage } from "./chromium.ts";
import { makeReports } from "./pages.ts";

/** Pictures of every page in every look, to be looked at. Git does not keep them. */
const pictures = new URL("screenshots/", import.meta.url);

const looks: Readonly<Record<string, OpenOptions>> = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { colorScheme: "light", width: 380 },
};

Deno.test({
  name: `nobody is kept from reading a report (${found})`,
  ignore: browserPath === undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir();
    await Deno.mkdir(pictures, { recursive: true });
    const browser = await launchBrowser();
    try {
      for (const [kind, report] of Object.entries(makeReports())) {
        const path = join(folder, `${kind}.html`);
        await publishPage(report, path);
        const address = pathToFileURL(path).href;
        for (const [look, options] of Object.entries(looks)) {
          await t.step(`${kind}, ${look}`, () => inspect({ browser, address }, { kind, look, options }));
        }
        await t.step(`${kind}, printed`, () => print({ browser, address }, kind));
      }
    } finally {
      await browser.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

interface Place {
  readonly browser: Browser;
  readonly address: string;
}

interface Inspected {
  readonly kind: string;
  readonly look: string;
  readonly options: OpenOptions;
}

async function inspect(place: Place, { kind, look, options }: Inspected): Promise<void> {
  // The page's own policy would keep axe out too.
  await using opened = await openPage(place, { ...options, bypassCSP: true });
  const { page } = opened;
  await page.screenshot({ path: picture(`${kind}-${look}`), fullPage: true });
  await page.locator("figure summary").first().click();
  assert.deepEqual(await findProblems(page), []);
  assert.equal(
    await page.evaluate("document.documentElement.scrollWidth"),
    await page.evaluate("innerWidth"),
  );
}

/** What axe calls serious or critical, with the places where it is. */
async function findProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run()");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

async function print(place: Place, kind: string): Promise<void> {
  await using opened = await openPage(place, { colorScheme: "dark" });
  const { page } = opened;
  await page.pdf({ path: picture(`${kind}-print`, "pdf"), format: "A4", printBackground: true });
  const bytes = await Deno.readFile(picture(`${kind}-print`, "pdf"));
  const pages = new TextDecoder("latin1").decode(bytes).match(/\/Type \/Page\b/g)?.length ?? 0;
  assert.ok(pages > 1 && pages < 30, `${pages} pages`);
}

function picture(name: string, ending = "png"): string {
  return decodeURIComponent(new URL(`${name}.${ending}`, pictures).pathname);
}
