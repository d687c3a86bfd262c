// Which documents and rows are shown.

const filter = { place: "", level: "", year: "", department: "", indicator: "", state: "", query: "", sample: "", kinds: new Set(KINDS) };

/** A pattern that finds words whatever their width, also across blanks and line breaks. */
function pattern(words) {
  const parts = [...words.replace(BLANK, "")].map((c) => {
    const code = c.codePointAt(0);
    const half = code >= 0xff01 && code <= 0xff5e ? String.fromCodePoint(code - 0xfee0) : c;
    const plain = half.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    const wide = half >= "!" && half <= "~" ? String.fromCodePoint(half.codePointAt(0) + 0xfee0) : "";
    return wide ? `[${plain}${wide}]` : plain;
  });
  return new RegExp(parts.join("[\\s\\u200b\\u00a0]*"), "gi");
}

const terms = () => filter.query.split(/\s+/).filter(Boolean).map(pattern);

/** Where the terms stand in a text: spans in UTF-16 units, term by term. */
function hits(body, patterns) {
  return patterns.map((one) => Array.from((body.text ?? "").matchAll(one), (m) => [m.index, m.index + m[0].length]));
}

function documentFits(doc) {
  if (filter.place && !`${placeOf(doc).join("\t")}\t`.startsWith(`${filter.place}\t`)) return false;
  if (filter.level && DOCUMENTS.get("issuer_level", doc) !== filter.level) return false;
  return !filter.year || yearOf(doc) === filter.year;
}

/** The rows that have to do with a department: its own, those of the same task, and what its list is about. */
function departmentTest(words) {
  if (!words) return () => true;
  const test = pattern(words);
  const fits = (word) => word.search(test) >= 0;
  const table = TABLES.responsibilities;
  const tests = ["department_name", "department", "function"].map((name) =>
    table.fits(name, name === "function" ? (code) => fits(code) || fits(INDEX.codes["responsibilities.function"]?.[code] ?? "") : fits));
  const own = new Set();
  const tasks = new Set();
  const spans = new Map();
  for (let i = 0; i < table.n; i++) {
    if (!tests.some((one) => one(i))) continue;
    own.add(FIRST.responsibilities + i);
    if (table.get("task_row", i) !== null) tasks.add(table.get("task_row", i));
    const doc = table.get("doc", i);
    if (!spans.has(doc)) spans.set(doc, []);
    spans.get(doc).push([table.get("governs_start", i), table.get("governs_end", i)]);
  }
  return (row, kind) => {
    if (kind === "responsibilities") return own.has(row);
    if (kind === "tasks" ? tasks.has(row - FIRST.tasks) : tasks.has(get(row, "task_row") ?? -1)) return true;
    const start = get(row, "start");
    return kind !== "tasks" && (spans.get(docOf(row)) ?? []).some(([a, b]) => a <= start && start < b);
  };
}

/** The rows that the words of the search stand in or beside: in their clause, their values, their document's title. */
function queryTest(patterns) {
  if (!patterns.length) return () => true;
  const columns = { targets: ["indicator", "unit"], responsibilities: ["department_name"], citations: ["title", "doc_number"] };
  const inColumns = patterns.map((one) => Object.fromEntries(KINDS.map((kind) => [kind,
    (columns[kind] ?? []).map((name) => TABLES[kind].fits(name, (word) => word.search(one) >= 0))])));
  const found = new Map();
  return (row, kind) => {
    const doc = docOf(row);
    if (!found.has(doc)) {
      const body = bodyOf(doc);
      const title = `${DOCUMENTS.get("title", doc) ?? ""} ${DOCUMENTS.get("doc_number", doc) ?? ""}`;
      const places = body ? hits(body, patterns) : patterns.map(() => []);
      found.set(doc, patterns.map((one, k) => (title.search(one) >= 0 ? null : places[k])));
    }
    const places = found.get(doc);
    let span = null;
    return patterns.every((_, k) => {
      if (places[k] === null || inColumns[k][kind].some((test) => test(row - FIRST[kind]))) return true;
      if (!places[k].length) return false;
      if (!span) {
        const { unit } = bodyOf(doc);
        span = [unit(get(row, "clause_start") ?? get(row, "start")), unit(get(row, "clause_end") ?? get(row, "end"))];
      }
      return places[k].some(([a, b]) => a < span[1] && b > span[0]);
    });
  };
}

function stateFits(row, kind) {
  if (!filter.state) return true;
  if (filter.state === "doubtful") return Boolean(get(row, "flags"));
  if (!isJudged(kind)) return false;
  return filter.state === "unreviewed" ? !stateOf(row) : stateOf(row) === filter.state;
}

/** The documents that fit, the rows of them that fit, and how many of each document. */
function select() {
  const patterns = terms();
  const department = departmentTest(filter.department.trim());
  const query = queryTest(patterns);
  const words = filter.indicator.trim();
  const indicator = words ? TABLES.targets.fits("indicator", (word) => word.search(pattern(words)) >= 0) : null;
  const documents = [];
  let rows = [];
  const counts = new Map();
  const rowsAsked = Boolean(filter.department.trim() || words || filter.state);
  for (let doc = 0; doc < DOCUMENTS.n; doc++) {
    if (!documentFits(doc)) continue;
    let count = 0;
    for (const row of rowsOf[doc]) {
      const kind = kindOf(row);
      if (!filter.kinds.has(kind)) continue;
      if (indicator && !(kind === "targets" && indicator(row - FIRST.targets))) continue;
      if (!stateFits(row, kind) || !department(row, kind) || !query(row, kind)) continue;
      rows.push(row);
      count++;
    }
    const named = patterns.length > 0 && !rowsAsked && documentHas(doc, patterns);
    if (count || named || !(rowsAsked || patterns.length)) documents.push(doc);
    counts.set(doc, count);
  }
  const wanted = Number(filter.sample);
  if (wanted > 0) {
    rows = drawn(rows, wanted);
    const of = new Set(rows.map(docOf));
    return { documents: documents.filter((doc) => of.has(doc)), rows, counts: countBy(rows) };
  }
  return { documents, rows, counts };
}

/** A sample that is the same for every reader: the rows with the smallest ids, which are hashes. */
function drawn(rows, wanted) {
  const judged = rows.filter((row) => isJudged(kindOf(row))).map((row) => [get(row, "id"), row]);
  const chosen = new Set(judged.sort((a, b) => (a[0] < b[0] ? -1 : 1)).slice(0, wanted).map(([, row]) => row));
  return rows.filter((row) => chosen.has(row));
}

function countBy(rows) {
  const counts = new Map();
  for (const row of rows) counts.set(docOf(row), (counts.get(docOf(row)) ?? 0) + 1);
  return counts;
}

function documentHas(doc, patterns) {
  const body = bodyOf(doc);
  const title = DOCUMENTS.get("title", doc) ?? "";
  return patterns.every((one) => title.search(one) >= 0 || (body?.text ?? "").search(one) >= 0);
}

function options(select, values, chosen) {
  const made = [["", say("all")], ...values].map(([value, words]) => {
    const option = element("option", "", words);
    option.value = value;
    return option;
  });
  select.replaceChildren(...made);
  select.value = chosen;
}

/** The values that there are, for the filters. */
function fillFilters() {
  const docs = Array.from({ length: DOCUMENTS.n }, (_, i) => i);
  const places = new Set();
  for (const doc of docs) {
    const parts = placeOf(doc);
    parts.forEach((_, k) => places.add(parts.slice(0, k + 1).join("\t")));
  }
  const indent = (place) => "\u3000".repeat(place.split("\t").length - 1) + placeWord(place.split("\t").slice(-1));
  options(byId("place"), [...places].sort().map((place) => [place, indent(place)]), filter.place);
  const there = new Set(docs.map((doc) => DOCUMENTS.get("issuer_level", doc)));
  const levels = ["national", "province", "prefecture", "county", "township"].filter((level) => there.has(level));
  options(byId("level"), levels.map((level) => [level, sayValue("documents", "issuer_level", level)]), filter.level);
  const years = [...new Set(docs.map(yearOf))].filter(Boolean).sort().reverse();
  options(byId("year"), years.map((year) => [year, year]), filter.year);
  const states = ["unreviewed", "accepted", "rejected", "edited", "doubtful"];
  options(byId("state"), states.map((state) => [state, say(state)]), filter.state);
  suggest(byId("departments"), mostCommon("responsibilities", "function"), mostCommon("responsibilities", "department_name"));
  suggest(byId("indicators"), mostCommon("targets", "indicator"));
}

/** The commonest values of a column as they are shown, the commonest first. */
function mostCommon(kind, name) {
  const column = TABLES[kind].columns[name];
  if (!column) return [];
  const counts = new Uint32Array(column.of.length);
  for (const i of column.is) if (i >= 0) counts[i]++;
  const order = Array.from(counts.keys()).sort((a, b) => counts[b] - counts[a] || a - b).slice(0, 300);
  return order.map((i) => sayValue(kind, name, column.of[i]));
}

function suggest(list, ...groups) {
  list.replaceChildren(...[...new Set(groups.flat())].map((words) => {
    const option = document.createElement("option");
    option.value = words;
    return option;
  }));
}
