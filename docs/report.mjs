// Makes the pictures of the HTML report: run .ci/browser first, then node docs/report.mjs [CHROMIUM]
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { chromium } = createRequire(resolve(root, "target/browser/package.json"))("playwright-core");
const folder = mkdtempSync(join(tmpdir(), "benchgate-pictures-"));
const benchgate = (...words) => {
  // A report that fails is what the picture shows.
  try { execFileSync(join(root, "target/debug/benchgate"), words, { cwd: root, stdio: "ignore" }); } catch (error) { if (error.status !== 1) throw error; }
};

const measured = join(folder, "measured.html");
benchgate("compare", "--order", "interleaved", "--base", "fixtures/pairs/slower/base", "--head", "fixtures/pairs/slower/head", "--base-label", "main", "--date", "2026-11-21", "--out", `html=${measured}`);
const rules = join(folder, "rules.html");
const containers = (name) => `fixtures/pairs/containers/${name}`;
benchgate("compare", "--order", "interleaved", "--config", containers("benchgate.yml"), "--base", containers("base"), "--head", containers("head-failing"), "--date", "2026-11-21", "--out", `html=${rules}`);

const browser = await chromium.launch({ executablePath: process.argv[2] ?? "/usr/bin/chromium", args: ["--disable-gpu"], chromiumSandbox: false });
for (const [name, file, fragment, colorScheme, width, height, from] of [
  ["report", measured, "#row=0", "light", 1160, 1290, null],
  ["report-tables", rules, "", "dark", 1160, 1330, "#table-3"],
  ["report-phone", measured, "#row=0", "dark", 390, 1200, "#all"],
]) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, deviceScaleFactor: width < 500 ? 1.75 : 1.2, reducedMotion: "reduce" });
  await page.goto(pathToFileURL(file).href + fragment);
  await page.evaluate((from) => {
    document.activeElement.blur();
    scrollTo({ top: from ? document.querySelector(from).getBoundingClientRect().top + scrollY - 24 : 0, behavior: "instant" });
  }, from);
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(root, "docs", `${name}.png`) });
  await page.close();
}
await browser.close();
rmSync(folder, { recursive: true });
