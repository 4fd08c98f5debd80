// Reports to look at and to test with: the same for the same number of benchmarks, and nothing in them was measured.

// A small generator of numbers (mulberry32), so that every machine gets the same report.
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const GROUPS = ["parser", "dht", "cache", "json", "codec", "io", "hash", "map", "queue", "stream"];
const FUNCTIONS = ["small", "large", "lookup", "insert", "hit", "miss", "serialize", "parse", "encode", "decode", "spawn_join", "write_4KiB"];
const LEVELS = { notice: 0.05, warning: 0.1, critical: 0.2 };
// What becomes of the benchmarks, in turns: a change and how noisy it is.
const FATES = [[0.231, 0.008], [-0.083, 0.006], [0.002, 0.005], [0.134, 0.012], [0.012, 0.05], ...Array(15).fill([0.001, 0.004])];
const BLOCKS = 10;

function name(i) {
  const base = `${GROUPS[i % GROUPS.length]}/${FUNCTIONS[Math.floor(i / GROUPS.length) % FUNCTIONS.length]}`;
  const round = Math.floor(i / (GROUPS.length * FUNCTIONS.length));
  return round ? `${base}/${round * 10}` : base;
}

function benchmark(i, next, scale) {
  const normal = () => next() + next() + next() + next() - 2;
  const [effect, noise] = scale === "all alike" ? FATES[2] : FATES[i % FATES.length];
  const throughput = i % 25 === 24;
  const amount = throughput ? 10 ** (7 + 2 * next()) : 10 ** (2 + 5 * next());
  const change = throughput ? -effect : effect;
  const drift = Array.from({ length: BLOCKS }, () => normal() * noise);
  const perRun = (factor) => drift.map((d) => amount * factor * (1 + d + normal() * noise));
  const quantiles = (factor) =>
    Array.from({ length: 21 }, (_, q) => amount * factor * (1 - 3 * noise + 6 * noise * (q / 20) + (q > 18 ? (q - 18) * 4 * noise : 0) + 0.2 * noise * Math.sin(q)));
  const sides = { base: [perRun(1), quantiles(1)], head: [perRun(1 + change), quantiles(1 + change)] };
  const half = 1.4 * noise;
  const [low, high] = [change - half, change + half];
  const worse = throughput ? -high : low, better = throughput ? -low : high;
  const verdict = worse > 0.03 ? "regressed" : better < -0.03 ? "improved" : worse >= -0.03 && better <= 0.03 ? "unchanged" : "inconclusive";
  const magnitude = throughput ? -change : change;
  const reached = Object.entries(LEVELS).filter(([, limit]) => magnitude >= limit).at(-1)?.[0] ?? "none";
  const common = { benchmark: name(i), metric: throughput ? "throughput" : "time", statistic: "median", unit: throughput ? "bytes_per_s" : "ns" };
  const side = (factor) => ({ estimate: amount * factor, runs: BLOCKS, samples: 1000 });
  const measurements = Object.entries(sides).map(([which, [runs, q]]) => ({
    side: which, ...common, estimate: q[10], low: q[10] * 0.99, high: q[10] * 1.01, n: BLOCKS, samples: 1000, outliers: i % 7, stage: "screen",
    per_run: runs, noise: runs.map(() => noise), blocks: runs.map((_, b) => b), links: runs.map(() => null), quantiles: q,
  }));
  const comparison = {
    ...common, better: throughput ? "higher" : "lower", gating: true, base: side(1), head: side(1 + change),
    change: { estimate: change, low, high, confidence: 0.98 }, test: "paired", p_value: 0.0001, adjusted_p: verdict === "regressed" ? 0.0002 : 0.4,
    verdict, severity: verdict === "regressed" ? reached : "none", margin: 0.03, levels: LEVELS,
    more_blocks: verdict === "inconclusive" ? 12 : null, notes: i % 50 === 3 ? ["samples are averages over iterations"] : [],
  };
  return { comparison, measurements };
}

const number = (is, value, unit, low, high) => ({ value, is, unit, low, high });

function tables() {
  const amount = (value, low, high) => number("amount", value, "ns", low, high);
  const target = (requirement, benchmark, limit, actual, status, severity = "none") => ({
    requirement, benchmark, status, severity,
    cells: {
      benchmark: { name: benchmark }, target: { "at-most": amount(limit) }, actual: { number: amount(actual, actual * 0.98, actual * 1.02) },
      margin: { margin: { actual, limit, better: "lower" } },
    },
  });
  const columns = (...keys) => keys.map(([key, title]) => ({ key, title }));
  const overhead = (benchmark, share, severity = "none") => ({
    benchmark, status: severity === "none" ? "met" : "missed", severity,
    cells: { benchmark: { name: benchmark }, overhead: { number: number("change", share, null, share - 0.008, share + 0.008) }, limit: { "at-most": number("share", 0.1) } },
  });
  const sizes = [10, 20, 50, 100, 200, 500, 1000];
  const points = (f) => sizes.map((n, i) => { const v = f(n) * (1 + 0.03 * Math.sin(3 * i)); return { n, value: v, low: v * 0.96, high: v * 1.05 }; });
  return [
    { kind: "targets", title: "Targets", columns: columns(["benchmark", "Benchmark"], ["target", "Target"], ["actual", "Actual"], ["margin", "Margin"]),
      rows: [target("NFR-P01", "stream/event_latency", 2e8, 2.4e8, "missed", "critical"), target("NFR-P02", "cache/hit", 1e6, 9.2e5, "close", "warning"),
        target("NFR-P03", "stream/workflow", 1e10, 6.25e7, "met")], notes: [] },
    { kind: "overhead", title: "Overhead: telemetry", columns: columns(["benchmark", "Variant"], ["overhead", "Overhead"], ["limit", "Limit"]),
      rows: [overhead("send/traced", 0.124, "critical"), overhead("send/metrics", 0.047), overhead("send/health", 0.006), overhead("send/sampled", -0.004)],
      notes: ["Relative to send/plain."] },
    { kind: "scaling", title: "Scaling", columns: columns(["benchmark", "Benchmark"], ["slope", "Slope"], ["class", "Class"]),
      rows: [{ benchmark: "dht/lookup/*", status: "met", severity: "none", cells: { benchmark: { name: "dht/lookup/*" }, slope: { number: number("plain", 0.21, null, 0.15, 0.27) }, class: { text: "log n" } } },
        { benchmark: "index/search/*", status: "missed", severity: "warning", cells: { benchmark: { name: "index/search/*" }, slope: { number: number("plain", 1.24, null, 1.19, 1.3) }, class: { text: "n log n" } } }],
      notes: [],
      curves: [
        { name: "dht/lookup/*", parameter: "n", unit: "ns", head: points((n) => 8e3 + 9e3 * Math.log(n)), base: points((n) => 7e3 + 8e3 * Math.log(n)), fits: [{ class: "log n", a: 8e3, b: 9e3 }] },
        { name: "index/search/*", parameter: "n", unit: "ns", head: points((n) => 55 * n * Math.log(n)), base: points((n) => 240 * n), fits: [{ class: "n log n", a: 0, b: 55 }, { class: "n", a: 0, b: 330 }] },
      ] },
  ];
}

/// A report of `count` benchmarks. `words` replaces the name of every benchmark by what it gives for it.
export function report(count, { words = null, clean = false } = {}) {
  const next = random(count);
  const made = Array.from({ length: count }, (_, i) => benchmark(i, next, clean ? "all alike" : ""));
  const comparisons = made.map((one) => one.comparison);
  const measurements = made.flatMap((one) => one.measurements);
  if (words) {
    for (const [i, one] of made.entries()) for (const part of [one.comparison, ...one.measurements]) part.benchmark = words(i);
    comparisons.forEach((c, i) => c.notes.push(words(i)));
  }
  const findings = comparisons.filter((c) => c.severity !== "none").map((c) => ({
    rule: "regression", id: null, severity: c.severity, benchmark: c.benchmark, metric: c.metric, statistic: c.statistic, message: "slower than allowed", waiver: null,
  }));
  const fails = findings.some((finding) => finding.severity === "critical");
  const side = (name, commit, rustc) => ({
    name, commit: commit.repeat(5), date: "2026-11-21T10:00:00Z", runner: "Intel Xeon, 2 cores", runs: BLOCKS, environment: { cpu: "Intel Xeon", cores: 2, rustc },
  });
  return {
    schema: 1, tool: { name: "benchgate", version: "0.1.0" }, outcome: fails ? "fail" : "pass", severity: fails ? "critical" : "none", exit_code: fails ? 1 : 0,
    config: { source: "benchgate.yml", revision: "a1b2c3d4".repeat(5), fail_on: "critical", alpha: 0.01, margin: 0.03,
      thresholds: [{ benchmarks: null, metric: "time", statistic: null, levels: LEVELS }] },
    base: side("main", "a1b2c3d4", "1.95.0"), head: side("faster-parser", "e4f5a6b7", "1.96.0"), order: "interleaved",
    comparisons, measurements, tables: clean ? [] : tables(), findings,
    diagnostics: clean ? [] : [{ code: "stale", level: "warning", message: "results of 2026-10-02 beside results of 2026-11-21", file: "target/criterion/codec", help: "delete the directory and measure again" }],
  };
}
