// The HTML report in a real browser: BENCHGATE=program CHROMIUM=program NODE_MODULES=directory node --test tests/browser/report.mjs
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { report } from "./sample.mjs";

const { chromium } = createRequire(resolve(process.env.NODE_MODULES, "package.json"))("playwright-core");
const folder = mkdtempSync(join(tmpdir(), "benchgate-browser-"));
// Chromium does nothing of its own on the network while the page is watched.
const args = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
let browser;

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args, chromiumSandbox: false });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

const pages = new Map();
/** The address of a page of so many benchmarks. */
function html(count, options = {}) {
  const key = `${count}${options.words ? "-words" : ""}`;
  if (!pages.has(key)) {
    const [json, file] = ["json", "html"].map((form) => join(folder, `${key}.${form}`));
    writeFileSync(json, JSON.stringify(report(count, options)));
    execFileSync(process.env.BENCHGATE, ["render", "--report", json, "--format", "html", "--out", file, "--date", "2026-11-21"]);
    pages.set(key, pathToFileURL(file).href);
  }
  return pages.get(key);
}

/** Opens a page and fails if it complains, asks for anything, or leaves something to the network. */
async function open(address, options = {}, work = async () => {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => { complaints.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    if (!request.url().startsWith(address.split("#")[0]) && !request.url().startsWith("data:")) complaints.push(`request ${request.url()}`);
  });
  try {
    await page.goto(address);
    await work(page, complaints);
  } finally {
    await context.close();
  }
  assert.deepEqual(complaints, []);
}

const names = (page) => page.$$eval("#benchmarks > tbody > tr:not(.detail):not([hidden]) > th", (cells) => cells.map((cell) => cell.textContent));
const rowCount = (page) => page.locator("#benchmarks > tbody > tr:not(.detail):not([hidden])").count();
const header = (page, name) => page.locator("#benchmarks thead").getByRole("button", { name, exact: true });

test("sorts by every column, in both directions and back", () => open(html(500), {}, async (page) => {
  const asWritten = await names(page);
  const change = () => page.$$eval("#benchmarks > tbody > tr > td:nth-child(3)", (cells) => cells.map((cell) => Number.parseFloat(cell.textContent.replace("−", "-").replace("+", ""))));
  const sorted = (numbers) => numbers.every((n, i) => i === 0 || numbers[i - 1] <= n);
  await header(page, "Change").click();
  assert.equal(await page.locator("th[data-sort=change]").getAttribute("aria-sort"), "descending");
  assert.ok(sorted((await change()).reverse()));
  await header(page, "Change").click();
  assert.equal(await page.locator("th[data-sort=change]").getAttribute("aria-sort"), "ascending");
  assert.ok(sorted(await change()));
  await header(page, "Change").click();
  assert.equal(await page.locator("th[aria-sort]").count(), 0);
  assert.deepEqual(await names(page), asWritten);
  await header(page, "Benchmark").focus();
  await page.keyboard.press("Enter");
  const byName = await names(page);
  assert.deepEqual(byName, [...byName].sort(new Intl.Collator("en", { numeric: true }).compare));
  for (const column of ["Verdict", "Base", "Head"]) {
    await header(page, column).click();
    assert.equal(await page.locator("th[aria-sort]").count(), 1);
    assert.equal((await names(page)).length, 500);
  }
}));

test("filters by text, verdict and metric, and the address holds it", () => open(html(500), {}, async (page) => {
  await page.getByLabel("Name").fill("parser LARGE");
  await page.waitForFunction(() => location.hash.includes("q="));
  const shown = await names(page);
  assert.ok(shown.length > 0 && shown.every((name) => name.includes("parser/large")));
  assert.match(await page.locator("#shown").textContent(), new RegExp(`^${shown.length} of 500 shown$`));
  await page.getByRole("button", { name: "Show all" }).click();
  await page.waitForFunction(() => !location.hash.includes("q="));
  await page.locator("#filter-kind").selectOption("improved");
  await page.locator("#filter-metric").selectOption({ label: "time" });
  await header(page, "Benchmark").click();
  const few = await names(page);
  assert.ok(few.length > 0 && few.length < 50);
  const address = page.url();
  assert.match(address, /#verdict=improved&metric=time&sort=name$/);
  const other = await page.context().newPage();
  await other.goto(address);
  assert.deepEqual(await names(other), few);
  await other.evaluate(() => { location.hash = "verdict=nothing&metric=nothing&sort=nothing&row=99999"; });
  await other.waitForFunction(() => document.getElementById("shown").textContent === "500 shown");
}));

test("opens a benchmark by mouse, keyboard and link", () => open(html(500), {}, async (page) => {
  const link = page.locator("#b3 a.name");
  await link.click();
  assert.equal(await link.getAttribute("aria-expanded"), "true");
  assert.equal(await link.getAttribute("aria-controls"), "d3");
  const plots = page.locator("#d3 svg[role=img]");
  assert.equal(await plots.count(), 3);
  assert.match(await plots.nth(0).getAttribute("aria-label"), /^Runs: base .* head is larger in 10 of 10 blocks$/);
  assert.match(await plots.nth(1).getAttribute("aria-label"), /^Change \+?[\d.]+ %, interval .* margin 3 %$/);
  assert.match(await plots.nth(2).getAttribute("aria-label"), /^Samples of the first run; base: median .*; head: median/);
  assert.equal(await page.locator("#d3 .base circle").count(), 10);
  assert.equal(await page.locator("#d3 .head circle").count(), 10);
  assert.match(page.url(), /row=3$/);
  await link.press(" ");
  assert.equal(await page.locator("#d3").count(), 0);
  await link.press("Enter");
  assert.equal(await page.locator("#d3").count(), 1);
  await page.locator("#filter-kind").selectOption("improved");
  assert.equal(await page.locator("#d3").isVisible(), false);
  await page.locator("#findings a.name").first().click();
  await page.waitForSelector("#d0");
  assert.equal(await page.locator("#filter-kind").inputValue(), "");
  assert.equal(await page.evaluate(() => document.activeElement.closest("tr").id), "b0");
  await page.goto(`${html(500)}#b7`);
  await page.waitForSelector("#d7");
}));

test("draws the pictures of what is in sight", () => open(html(500), {}, async (page) => {
  await page.locator("#b499").scrollIntoViewIfNeeded();
  await page.waitForSelector("#b499 svg");
  assert.ok((await page.locator("#benchmarks td.i svg").count()) < 300);
  assert.equal(await page.locator("#findings td.i svg").count(), await page.locator("#findings tbody tr").count());
}));

test("prints everything that matters", () => open(html(5), {}, async (page) => {
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator("details:not([open])").count(), 0);
  assert.equal(await page.locator("#filter").isVisible(), false);
  assert.ok(await page.getByText("waivers:").isVisible());
  // Paper is narrow, but a table stays a table there: all cells of a row stand side by side.
  await page.setViewportSize({ width: 680, height: 900 });
  const tops = await page.$$eval("#b0 > *", (cells) => cells.map((cell) => cell.getBoundingClientRect()).map(({ top, bottom }) => [top, bottom]));
  assert.ok(Math.max(...tops.map(([top]) => top)) < Math.min(...tops.map(([, bottom]) => bottom)));
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await page.locator("details[open]").count(), 0);
  const pdf = await page.pdf({ format: "A4", printBackground: false });
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
}));

/** The lowest contrast of any text that is shown, with the text. */
const contrast = (page) => page.evaluate(() => {
  const parse = (color) => color.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  let lowest = [Infinity, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || node.closest("script, [hidden], .unseen, .skip") || !node.checkVisibility()) continue;
    const style = getComputedStyle(node);
    const [a, b] = [light(parse(node.namespaceURI.endsWith("svg") ? style.fill : style.color)), light(ground(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < lowest[0]) lowest = [ratio, walker.currentNode.data];
  }
  return lowest;
});

test("light and dark both have enough contrast", async () => {
  const grounds = [];
  for (const colorScheme of ["light", "dark"]) {
    await open(`${html(5)}#row=0`, { colorScheme }, async (page) => {
      const [ratio, words] = await contrast(page);
      assert.ok(ratio >= 4.5, `${colorScheme}: ${ratio} for ${words}`);
      grounds.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    });
  }
  assert.notEqual(grounds[0], grounds[1]);
});

test("nothing runs over the side of a phone", async () => {
  for (const [width, count] of [[390, 5], [320, 5], [390, 500]]) {
    await open(`${html(count)}#row=0`, { viewport: { width, height: 844 } }, async (page) => {
      await page.locator("details").evaluateAll((all) => all.forEach((one) => { one.open = true; }));
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width, `${width} px`);
    });
  }
});

test("landmarks, headings, tables and pictures tell what they are", () => open(`${html(5)}#row=0`, {}, async (page) => {
  for (const landmark of ["banner", "main", "contentinfo", "navigation", "search"]) assert.equal(await page.getByRole(landmark).count(), 1, landmark);
  const levels = await page.$$eval("h1, h2, h3, h4", (all) => all.map((one) => Number(one.tagName[1])));
  assert.equal(levels[0], 1);
  assert.ok(levels.slice(1).every((level, i) => level > 1 && level <= levels[i] + 1));
  assert.deepEqual(await page.$$eval("table", (all) => all.filter((one) => !one.caption?.textContent.trim()).length), 0);
  assert.deepEqual(await page.$$eval("th", (all) => all.filter((one) => !one.scope).length), 0);
  assert.deepEqual(await page.$$eval("svg:not([aria-hidden])", (all) => all.filter((one) => one.getAttribute("role") !== "img" || !one.getAttribute("aria-label")).length), 0);
  assert.deepEqual(await page.$$eval("[id]", (all) => all.length - new Set(all.map((one) => one.id)).size), 0);
  const focusable = await page.$$eval("a, button, input, select, summary", (all) => all.filter((one) => !one.textContent.trim() && !one.labels?.length).length);
  assert.equal(focusable, 0);
}));

test("a grid is still a table; the keyboard reaches the report first, and what has the focus is seen", () => open(html(5), {}, async (page) => {
  const table = page.getByRole("table", { name: "All benchmarks, worst first" });
  assert.equal(await table.getByRole("columnheader").count(), 6);
  assert.equal(await table.getByRole("rowheader").count(), 5);
  assert.equal(await table.getByRole("cell").count(), 25);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  for (let i = 0; i < 30; i += 1) {
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
    await page.keyboard.press("Tab");
  }
}));

test("without JavaScript everything that decides is there", () => open(html(500), { javaScriptEnabled: false }, async (page) => {
  assert.equal(await page.locator("#benchmarks tbody tr").count(), 500);
  assert.equal(await page.locator("#filter").isVisible(), false);
  assert.equal(await page.locator("button:visible").count(), 0);
  assert.ok((await page.locator("#findings td.i svg").count()) > 0);
  assert.equal(await page.locator("figure svg.plot").count(), 2);
}));

test("names are text, whatever they hold", () => {
  const words = (i) => [
    `</script><script>alert(${i})</script>`, `<!--<script>`, `"><img src=x onerror=alert(${i})>`, `' onmouseover='alert(${i})`, `{{ 7 * 7 }}{% raw %}`,
    `]]></style><style>body{display:none}`, `javascript:alert(${i})`, "\u202egnp.exe", "`code` & <b>bold</b>", `http://127.0.0.1:9/${i}.png`,
  ][i % 10] + i;
  return open(html(40, { words }), {}, async (page) => {
    assert.equal(await rowCount(page), 40);
    assert.equal(await page.locator("script").count(), 3);
    assert.equal(await page.locator("style, img, iframe, object, b").count(), 1);
    for (let i = 0; i < 40; i += 1) await page.locator(`#b${i} a.name`).click();
    const shown = (await names(page)).join("\n");
    for (const text of [words(0), words(1), words(2), "\\u{202e}gnp.exe"]) assert.ok(shown.includes(text), text);
    assert.equal(await page.locator("script").count(), 3);
    assert.equal(await page.locator("style, img, iframe, object, b").count(), 1);
  });
});

test("the page's policy lets nothing else run or load", async () => {
  const broken = [];
  await open(html(5), {}, async (page, complaints) => {
    await page.evaluate(() => {
      window.broken = [];
      addEventListener("securitypolicyviolation", (event) => window.broken.push(event.effectiveDirective));
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      const image = document.createElement("img");
      image.src = "http://127.0.0.1:9/pixel.png";
      document.body.append(image);
      document.body.setAttribute("style", "color: red");
      document.body.setAttribute("onclick", "window.ran = true");
      document.body.click();
      return fetch("http://127.0.0.1:9/").catch(() => {});
    });
    await page.waitForFunction(() => window.broken.length >= 4);
    broken.push(...(await page.evaluate(() => window.broken)));
    assert.equal(await page.evaluate(() => window.ran), undefined);
    complaints.length = 0;
  });
  assert.deepEqual([...new Set(broken)].sort(), ["connect-src", "img-src", "script-src-attr", "script-src-elem", "style-src-attr"]);
});

test("ten thousand benchmarks", async () => {
  const address = html(10_000);
  const size = statSync(new URL(address)).size;
  assert.ok(size < 15_000_000, `${size} bytes`);
  const started = performance.now();
  await open(address, {}, async (page) => {
    assert.equal(await page.locator("#shown").textContent(), "10,000 shown");
    // No assertion on time: it would be one on the machine.
    const loaded = await page.evaluate(() => performance.getEntriesByType("navigation")[0].loadEventEnd);
    console.log(`# 10,000 benchmarks: ${(size / 1e6).toFixed(1)} MB, loaded after ${(loaded / 1000).toFixed(2)} s, with its browser window after ${((performance.now() - started) / 1000).toFixed(2)} s`);
    await page.getByLabel("Name").fill("dht/lookup");
    await page.waitForFunction(() => / of 10,000 shown$/.test(document.getElementById("shown").textContent));
    await header(page, "Head").click();
    await page.locator("#benchmarks tbody tr:not([hidden]) a.name").first().click();
    assert.equal(await page.locator("tr.detail svg[role=img]").count(), 3);
  });
});
