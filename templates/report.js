// Sorts and filters the table of all benchmarks, and draws the plots of a benchmark when it is opened. Everything that
// decides stands in the page without it. Every text reaches the page as text, never as markup.
"use strict";
(() => {
  const table = document.getElementById("benchmarks");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const columns = read("columns");
  const place = (row) => Number(row.id.slice(1));
  // The numbers of the plots are most of the page: they are read when the first benchmark is opened.
  let plots;
  const element = (name, attributes = {}, ...children) => grow(document.createElement(name), attributes, children);
  const shape = (name, attributes = {}, ...children) =>
    grow(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
  function grow(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children.filter((child) => child !== null));
    return node;
  }

  // What is shown: a filter, an order, and the benchmark that was opened last. It stands in the address, to be linked.
  const text = document.getElementById("filter-text");
  const kind = document.getElementById("filter-kind");
  const metric = document.getElementById("filter-metric");
  let order = "";
  let opened = null;

  function fromAddress() {
    const fragment = location.hash.slice(1);
    const link = /^b(\d+)$/.exec(fragment);
    if (link) return show(Number(link[1]));
    if (fragment && !fragment.includes("=")) return undefined; // a heading
    const state = new URLSearchParams(fragment);
    text.value = state.get("q") ?? "";
    kind.value = state.get("verdict") ?? "";
    if (kind.selectedIndex < 0) kind.value = "";
    const place = columns.metrics.indexOf(state.get("metric"));
    metric.value = place < 0 ? "" : String(place);
    order = state.get("sort") ?? "";
    sort();
    filter();
    const row = /^\d+$/.exec(state.get("row") ?? "");
    if (row) show(Number(row[0]));
    return undefined;
  }

  function toAddress() {
    const state = new URLSearchParams();
    if (text.value) state.set("q", text.value);
    if (kind.value) state.set("verdict", kind.value);
    if (metric.value) state.set("metric", columns.metrics[metric.value]);
    if (order) state.set("sort", order);
    if (opened !== null) state.set("row", opened);
    history.replaceState(null, "", `#${state}`);
  }

  // Filter
  let names;
  function filter() {
    names ??= rows.map((row) => row.cells[0].textContent.toLowerCase());
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = kind.value === "" ? -1 : columns.kinds.indexOf(kind.value);
    const measured = metric.value === "" ? -1 : Number(metric.value);
    let shown = 0;
    rows.forEach((row, i) => {
      const fits =
        (wanted < 0 || columns.kind[i] === wanted) &&
        (measured < 0 || columns.metric[i] === measured) &&
        words.every((word) => names[i].includes(word));
      if (row.hidden === fits) row.hidden = !fits;
      const detail = document.getElementById(`d${i}`);
      if (detail) detail.hidden = !fits;
      if (fits) shown += 1;
    });
    const all = rows.length.toLocaleString("en");
    const answer = shown === rows.length ? `${all} shown` : `${shown.toLocaleString("en")} of ${all} shown`;
    document.getElementById("shown").textContent = answer;
  }

  // Order: a column, with a minus where the largest come first. None is the order of the page, worst first.
  const collator = new Intl.Collator("en", { numeric: true });
  const keys = {
    name: (a, b) => collator.compare(names[a], names[b]),
    verdict: (a, b) => columns.kind[a] - columns.kind[b],
    change: by(columns.change),
    base: by(columns.base),
    head: by(columns.head),
  };
  function by(numbers) {
    return (a, b) => {
      // Amounts of different metrics cannot be compared: they stay apart.
      const apart = numbers === columns.change ? 0 : columns.metric[a] - columns.metric[b];
      return apart || numbers[a] - numbers[b];
    };
  }
  const missing = { change: columns.change, base: columns.base, head: columns.head };
  let current = "";
  function sort() {
    const [, sign, key] = /^(-?)(.*)$/.exec(order);
    if (!Object.hasOwn(keys, key)) order = "";
    for (const head of table.tHead.rows[0].cells) {
      if (order && head.dataset.sort === key) head.setAttribute("aria-sort", sign ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    if (order === current) return;
    current = order;
    names ??= rows.map((row) => row.cells[0].textContent.toLowerCase());
    const places = rows.map((_, i) => i);
    if (order) {
      const without = missing[key];
      const factor = sign ? -1 : 1;
      // What has no number comes last in either direction; among equals the order of the page stays.
      places.sort((a, b) => {
        if (without && (without[a] === null || without[b] === null)) {
          return (without[a] === null) - (without[b] === null) || a - b;
        }
        return factor * keys[key](a, b) || a - b;
      });
    }
    const sorted = document.createDocumentFragment();
    for (const i of places) {
      sorted.append(rows[i]);
      const detail = document.getElementById(`d${i}`);
      if (detail) sorted.append(detail);
    }
    body.append(sorted);
  }

  for (const head of table.tHead.rows[0].cells) {
    const key = head.dataset.sort;
    if (!key) continue;
    const button = element("button", { type: "button" }, head.textContent);
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      // Numbers are looked at from the largest down, words from the first up; a third click gives the page's order.
      const turns = key === "name" || key === "verdict" ? [key, `-${key}`, ""] : [`-${key}`, key, ""];
      order = turns[(turns.indexOf(order) + 1) % turns.length];
      sort();
      toAddress();
    });
  }

  let waiting;
  const refresh = () => { filter(); toAddress(); };
  text.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(refresh, 120); });
  for (const choice of [kind, metric]) choice.addEventListener("change", refresh);
  const form = document.getElementById("filter");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(refresh));
  form.hidden = false;
  document.getElementById("open-hint").hidden = false;

  // Pictures of the intervals, of what is in sight and a little beyond.
  const sight = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      sight.unobserve(target);
      picture(target, columns.picture[place(target)]);
    }
  }, { rootMargin: "400px" });
  function picture(row, numbers) {
    if (!numbers || row.cells[3].firstElementChild) return;
    const [margin, path, estimate] = numbers;
    row.cells[3].prepend(shape("svg", { viewBox: "0 0 120 16", "aria-hidden": "true" },
      shape("rect", { class: "mg", x: 60 - margin, width: 2 * margin, height: 16 }),
      line("ln", path), shape("circle", { cx: estimate, cy: 8, r: 3 })));
  }
  for (const row of rows) sight.observe(row);

  // Opening a benchmark
  rows.forEach((row) => {
    const link = row.cells[0].firstElementChild;
    link.setAttribute("role", "button");
    link.setAttribute("aria-expanded", "false");
  });
  body.addEventListener("click", (event) => {
    const link = event.target.closest("a.name");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    toggle(place(link.closest("tr")));
    toAddress();
  });
  body.addEventListener("keydown", (event) => {
    if (event.key === " " && event.target.matches("a.name")) {
      event.preventDefault();
      event.target.click();
    }
  });

  function toggle(i) {
    const link = rows[i].cells[0].firstElementChild;
    const detail = document.getElementById(`d${i}`);
    link.setAttribute("aria-expanded", String(!detail));
    if (detail) {
      detail.remove();
      if (opened === i) opened = null;
    } else {
      link.setAttribute("aria-controls", `d${i}`);
      rows[i].after(details(i));
      opened = i;
    }
  }

  function show(i) {
    const row = rows[i];
    if (!row) return;
    if (row.hidden) { form.reset(); filter(); }
    if (!document.getElementById(`d${i}`)) toggle(i);
    row.scrollIntoView({ block: "center" });
    row.cells[0].firstElementChild.focus({ preventScroll: true });
  }

  function details(i) {
    plots ??= read("plots");
    const plot = plots.rows[i];
    const word = (place) => plots.words[place];
    const parts = [
      plot.name ? element("p", { class: "wide" }, element("code", {}, plot.name)) : null,
      runs(plot),
      change(plot),
      samples(plot),
      about(plot, word, i),
      facts(plot, word),
      notes(plot, word),
    ];
    const cell = element("td", { role: "cell", colspan: 6 }, ...parts.filter(Boolean));
    return element("tr", { id: `d${i}`, role: "row", class: `detail ${rows[i].className}` }, cell);
  }

  function about(plot, word, i) {
    if (!plot.about.length) return null;
    const line = ([label, base, head]) =>
      element("tr", {}, element("th", { scope: "row" }, word(label)), element("td", { class: "n" }, word(base)), element("td", { class: "n" }, word(head)));
    const heads = ["", "Base", "Head"].map((name) => name ? element("th", { scope: "col", class: "n" }, name) : element("td"));
    return element("table", { class: "plain about" },
      element("caption", { class: "unseen" }, `Base and head of ${rows[i].cells[0].textContent}`),
      element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...plot.about.map(line)));
  }

  function facts(plot, word) {
    const pairs = plot.facts.flatMap(([label, value]) => [element("dt", {}, word(label)), element("dd", {}, word(value))]);
    return element("dl", {}, ...pairs);
  }

  function notes(plot, word) {
    if (!plot.notes) return null;
    return element("ul", { class: "list wide" }, ...plot.notes.map((note) => element("li", {}, word(note))));
  }

  // Plots. Coordinates have one decimal; W and H are those of the drawing, which is scaled to its place.
  const W = 420, LEFT = 56, RIGHT = 408;
  // Amounts are places between the ends of their range, in two bytes each.
  function amounts(text, [low, high]) {
    const bytes = Uint8Array.from(atob(text ?? ""), (byte) => byte.charCodeAt(0));
    return Array.from({ length: bytes.length / 2 }, (_, i) => low + ((bytes[2 * i] + 256 * bytes[2 * i + 1]) / 65535) * (high - low));
  }
  const near = (number) => Math.round(number * 10) / 10;
  const extent = (numbers) => numbers.reduce(([low, high], n) => [Math.min(low, n), Math.max(high, n)], [Infinity, -Infinity]);

  function scale([low, high], from, to) {
    return (number) => near(from + ((number - low) / (high - low || 1)) * (to - from));
  }

  function padded([low, high], part) {
    const more = (high - low) * part || Math.abs(high) * part || 1;
    return [low - more, high + more];
  }

  // Round numbers within an extent, about `count` of them, each with its text.
  function ticks([low, high], count) {
    const rough = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
    const digits = Math.min(20, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
    const found = [];
    for (let n = Math.ceil(low / step); n <= Math.floor(high / step) && found.length < 50; n += 1) {
      const number = n * step;
      const plain = Math.abs(number) >= 1e6 ? number.toExponential(1) : number.toFixed(digits);
      found.push([number, plain.replace("-", "\u2212")]);
    }
    return found;
  }

  const drawing = (height, words, ...children) =>
    shape("svg", { class: "plot", viewBox: `0 0 ${W} ${height}`, role: "img", "aria-label": words }, ...children);
  const line = (kind, path) => shape("path", { class: kind, d: path });
  const label = (kind, x, y, words) => shape("text", { class: kind, x, y }, words);
  const figure = (title, soft, drawn, legend) =>
    element("figure", {}, element("figcaption", {}, title, element("span", { class: "soft" }, soft)), drawn, legend);
  // Three digits, and as many more as it takes to tell the ends of a range apart.
  const rounded = (number, [low, high] = [0, 0]) => {
    const more = Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high)) / (high - low || Infinity)));
    return Number(number.toPrecision(Math.min(17, 3 + (more > 0 && more < 17 ? more : 0))));
  };
  const between = (numbers, range, unit) => {
    const [low, high] = extent(numbers).map((number) => rounded(number, range));
    return `${low} to ${high} ${unit}`.trim();
  };
  function sides(base, head) {
    const legend = element("p", { class: "legend" });
    if (head) legend.append(element("span", { class: "dot head" }), " head ");
    if (base) legend.append(element("span", { class: "dot base" }), " base");
    return legend;
  }

  // One dot a run. Where a run of head stands beside one of base, both stand above each other and are joined.
  function runs(plot) {
    const [base, head] = plot.sides.map((side) =>
      amounts(side.runs, plot.runs).map((value, i) => ({ value, block: side.blocks ? side.blocks[i] : i })));
    if (!base.length && !head.length) return null;
    const height = 210, top = 10, bottom = 168;
    const range = padded(extent([...base, ...head].map((run) => run.value)), 0.08);
    const y = scale(range, bottom, top);
    let order;
    if (plots.paired) {
      const blocks = [...new Set([...base, ...head].map((run) => run.block))].sort((a, b) => a - b);
      const places = new Map(blocks.map((block, place) => [block, place]));
      order = { count: blocks.length, base: (run) => places.get(run.block), head: (run) => places.get(run.block) };
    } else {
      order = { count: base.length + head.length, base: (run) => base.indexOf(run), head: (run) => base.length + head.indexOf(run) };
    }
    const x = scale([-0.5, order.count - 0.5], LEFT, RIGHT);
    const radius = order.count > 120 ? 1.5 : order.count > 40 ? 2.5 : 4;
    const svg = [];
    for (const [number, words] of ticks(range, 4)) {
      svg.push(line("grid", `M${LEFT} ${y(number)}H${RIGHT}`), label("e", LEFT - 8, y(number) + 4, words));
    }
    const every = Math.ceil(order.count / 10);
    for (let i = 0; i < order.count; i += 1) {
      if (i === 0 || (i + 1) % every === 0) svg.push(label("m", x(i), bottom + 18, String(i + 1)));
    }
    svg.push(label("m", (LEFT + RIGHT) / 2, bottom + 36, plots.paired ? "block" : "run"));
    let larger = 0, both = 0;
    if (plots.paired) {
      const others = new Map(head.map((run) => [run.block, run]));
      for (const run of base) {
        const other = others.get(run.block);
        if (!other) continue;
        both += 1;
        if (other.value > run.value) larger += 1;
        svg.push(line("join", `M${x(order.base(run))} ${y(run.value)}V${y(other.value)}`));
      }
    }
    for (const [name, side] of [["base", base], ["head", head]]) {
      const dots = side.map((run) => shape("circle", { cx: x(order[name](run)), cy: y(run.value), r: radius }));
      svg.push(shape("g", { class: name }, ...dots));
    }
    const parts = [];
    if (base.length) parts.push(`base ${between(base.map((run) => run.value), plot.runs, plot.unit)}`);
    if (head.length) parts.push(`head ${between(head.map((run) => run.value), plot.runs, plot.unit)}`);
    if (both) parts.push(`head is larger in ${larger} of ${both} blocks`);
    const unit = plot.unit ? `, ${plot.unit}` : "";
    return figure("Runs", unit, drawing(height, `Runs: ${parts.join("; ")}`, ...svg), sides(base.length, head.length));
  }

  // The interval of the change against margin and levels, in percent.
  function change(plot) {
    if (!plot.change) return null;
    const [estimate, low, high, margin] = plot.change;
    const levels = plots.levels[plot.levels];
    const ends = [0, estimate, margin, -margin];
    const reach = 2.5 * Math.max(...ends.map(Math.abs), 1);
    for (const end of [low, high]) ends.push(Math.max(-reach, Math.min(reach, end ?? estimate)));
    // A level is shown where it is near enough to say something.
    const far = Math.max(...ends.map(Math.abs));
    for (const [at] of levels) if (Math.abs(at) <= 1.6 * far) ends.push(at);
    const range = padded(extent(ends), 0.08);
    const left = 16, x = scale(range, left, RIGHT), inside = (n) => Math.max(left, Math.min(RIGHT, x(n)));
    const top = 40, middle = 66, bottom = 92, height = 132;
    const svg = [
      shape("rect", { class: "mg", x: x(-margin), y: top, width: Math.max(1, near(x(margin) - x(-margin))), height: bottom - top }),
      line("zero", `M${x(0)} ${top}V${bottom}`),
    ];
    for (const [number, words] of ticks(range, 6)) {
      const sign = number > 0 ? "+" : "";
      svg.push(line("grid", `M${x(number)} ${bottom}v5`), label("m", x(number), bottom + 20, `${sign}${words} %`));
    }
    levels.filter(([at]) => at >= range[0] && at <= range[1]).forEach(([at, name], i) => {
      const end = x(at) > W / 2;
      svg.push(line("level", `M${x(at)} ${12 + 12 * (i % 2)}V${bottom}`));
      svg.push(label(end ? "e" : "", x(at) + (end ? -4 : 4), 18 + 12 * (i % 2), plots.words[name]));
    });
    const from = low === null ? left : inside(low), to = high === null ? RIGHT : inside(high);
    const cap = (at, open, side) => (open ? `M${at} ${middle - 5}l${5 * side} 5l${-5 * side} 5` : `M${at} ${middle - 6}v12`);
    const opens = [low === null || x(low) < left, high === null || x(high) > RIGHT];
    svg.push(line("interval", `M${from} ${middle}H${to}${cap(from, opens[0], -1)}${cap(to, opens[1], 1)}`));
    svg.push(shape("circle", { class: "estimate", cx: inside(estimate), cy: middle, r: 5 }));
    const end = (number) => (number === null ? "no limit" : `${number} %`);
    const words = `Change ${estimate} %, interval ${end(low)} to ${end(high)}, margin ${margin} %`;
    return figure("Change", ", interval against margin and levels", drawing(height, words, ...svg), null);
  }

  // The distribution of samples, from its quantiles: a density with the middle half and nine tenths below it.
  function samples(plot) {
    const named = ["base", "head"].map((name, i) => [name, amounts(plot.sides[i].quantiles, plot.samples ?? [0, 0])]).filter(([, q]) => q.length);
    if (!named.length) return null;
    const of = (quantiles, part) => {
      const at = part * (quantiles.length - 1), i = Math.min(Math.floor(at), quantiles.length - 2);
      return quantiles[i] + (quantiles[i + 1] - quantiles[i]) * (at - i);
    };
    // A single far sample must not press everything else together.
    const limits = named.flatMap(([, q]) => {
      const width = of(q, 0.75) - of(q, 0.25) || Math.abs(of(q, 0.5)) * 0.01;
      return [Math.max(of(q, 0), of(q, 0.25) - 4 * width), Math.min(of(q, 1), of(q, 0.75) + 4 * width)];
    });
    const range = padded(extent(limits), 0.06);
    const x = scale(range, LEFT, RIGHT), step = 78, height = 44 + step * named.length;
    const svg = [];
    const bottom = step * named.length + 8;
    for (const [number, words] of ticks(range, 5)) {
      svg.push(line("grid", `M${x(number)} 8V${bottom}`), label("m", x(number), bottom + 18, words));
    }
    const said = [];
    named.forEach(([name, quantiles], place) => {
      const floor = step * (place + 1) - 14;
      const curve = density(quantiles, of, range);
      const peak = Math.max(...curve.map(([, d]) => d)) || 1;
      const up = (d) => near(floor - (d / peak) * (step - 28));
      const area = `M${LEFT} ${floor}L${curve.map(([at, d]) => `${x(at)} ${up(d)}`).join("L")}L${RIGHT} ${floor}z`;
      const at = (part) => Math.max(LEFT, Math.min(RIGHT, x(of(quantiles, part))));
      svg.push(label("e", LEFT - 8, floor, name));
      svg.push(shape("g", { class: name }, line("density", area), line("whisker", `M${at(0.05)} ${floor + 7}H${at(0.95)}`),
        line("box", `M${at(0.25)} ${floor + 7}H${at(0.75)}`), line("median", `M${at(0.5)} ${floor + 2}v10`)));
      said.push(`${name}: median ${rounded(of(quantiles, 0.5), plot.samples)}, half between ${rounded(of(quantiles, 0.25), plot.samples)} and ${rounded(of(quantiles, 0.75), plot.samples)} ${plot.unit}`);
    });
    const unit = plot.unit ? `, ${plot.unit}` : "";
    return figure("Samples", ` of the first run${unit}`, drawing(height, `Samples of the first run; ${said.join("; ")}`, ...svg),
      element("p", { class: "legend" }, "Line: 90 % of the samples. Bar: the middle half. Tick: the median."));
  }

  // A Gaussian kernel estimate on numbers that the quantiles stand for, with Silverman's bandwidth (1986, 3.31).
  function density(quantiles, of, [low, high]) {
    const count = 200;
    const numbers = Array.from({ length: count }, (_, i) => of(quantiles, (i + 0.5) / count));
    const mean = numbers.reduce((sum, n) => sum + n, 0) / count;
    const spread = Math.sqrt(numbers.reduce((sum, n) => sum + (n - mean) ** 2, 0) / count);
    const middle = (of(quantiles, 0.75) - of(quantiles, 0.25)) / 1.34;
    const width = Math.max(0.9 * Math.min(spread, middle || spread) * count ** -0.2, (high - low) / 150);
    return Array.from({ length: 121 }, (_, i) => {
      const at = low + ((high - low) * i) / 120;
      return [at, numbers.reduce((sum, n) => sum + Math.exp(-0.5 * ((at - n) / width) ** 2), 0)];
    });
  }

  // On paper nothing can be unfolded.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details:not([open])")];
    for (const folded of unfolded) folded.open = true;
  });
  addEventListener("afterprint", () => {
    for (const folded of unfolded) folded.open = false;
  });

  addEventListener("hashchange", fromAddress);
  filter();
  fromAddress();
})();
