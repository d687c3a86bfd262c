// What the reader decided: kept in the browser while they work, written as corrections.jsonl.

const STORE = `policymine-${INDEX.corpus}`;
const decisions = new Map(); // row -> {verdict, set, note, reviewer}
let foreign = []; // lines that were loaded and are about nothing on this page; they are written again as they are
let saved = true; // whether everything decided is in a file or in the browser's store
const documentLines = new Map();

/** The decision of now, else the mark that the row had when the page was made. */
function stateOf(row) {
  const decision = decisions.get(row);
  if (decision) return { accept: "accepted", reject: "rejected", edit: "edited" }[decision.verdict];
  return get(row, "review");
}

const isJudged = (kind) => kind in INDEX.editable;

/** A value as the reader sees it: with what they changed. */
function current(row, column) {
  const changed = decisions.get(row)?.set;
  return changed && column in changed ? changed[column] : get(row, column);
}

function decide(row, verdict, set = {}, note = "") {
  if (verdict === null) decisions.delete(row);
  else decisions.set(row, { verdict, ...(verdict === "edit" ? { set } : {}), note, reviewer: byId("reviewer").value.trim() });
  saved = false;
  keep();
}

function keep() {
  try {
    localStorage.setItem(STORE, JSON.stringify({ reviewer: byId("reviewer").value, lines: lines() }));
    saved = true;
  } catch {
    // no store here (a strict browser, no room): leaving the page asks first
  }
}

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(STORE) ?? "null");
    if (!kept) return;
    byId("reviewer").value = kept.reviewer;
    load(kept.lines);
  } catch {
    // nothing kept, or nothing of use
  }
}

/** The line of a decision: what was decided, and about which words. */
function lineOf(row, { verdict, set, note, reviewer }) {
  const kind = kindOf(row);
  const doc = docOf(row);
  const body = bodyOf(doc);
  const [start, end] = [get(row, "start"), get(row, "end")];
  const [first, last, ordinal = 1, of = 1] = body.anchors[kind][row - FIRST[kind] - firstIn(kind, doc)];
  return {
    verdict, table: kind, doc_id: DOCUMENTS.get("doc_id", doc), row_id: get(row, "id"),
    before: quote(body, first, start), words: quote(body, start, end), after: quote(body, end, last), ordinal, of,
    values: Object.fromEntries(INDEX.editable[kind].map((name) => [name, get(row, name)])),
    ...(set ? { set } : {}), reviewer, note,
  };
}

/** The first row of a document in a table; its rows stand one behind the other. */
function firstIn(kind, doc) {
  const column = TABLES[kind].columns.doc;
  let [low, high] = [0, column.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle] < doc) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** All lines of the file: each document before its decisions, by document and place. */
function lines() {
  const found = [];
  for (const line of documentLines.values()) found.push(line);
  let doc = -1;
  for (const row of [...decisions.keys()].sort((a, b) => docOf(a) - docOf(b) || get(a, "start") - get(b, "start") || a - b)) {
    if (docOf(row) !== doc) {
      doc = docOf(row);
      const title = DOCUMENTS.get("title", doc) ?? DOCUMENTS.get("source", doc);
      found.push({ document: DOCUMENTS.get("doc_id", doc), title, sketch: bodyOf(doc).sketch, policymine: INDEX.version });
    }
    found.push(lineOf(row, decisions.get(row)));
  }
  return [...found, ...foreign];
}

function download() {
  const text = lines().map((line) => `${JSON.stringify(line)}\n`).join("");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  link.download = "corrections.jsonl";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  saved = true;
}

const sameWords = (a, b) => ["before", "words", "after"].every((name) => (a[name] ?? "") === (b[name] ?? "")) && (a.ordinal ?? 1) === b.ordinal;

/** Take up lines of an earlier file; a later line about a row replaces an earlier one. */
function load(entries) {
  let count = 0;
  for (const entry of entries) {
    if (!entry || typeof entry !== "object") continue;
    if (entry.document) {
      if (!documentsById.has(entry.document)) documentLines.set(entry.document, entry);
      continue;
    }
    count++;
    const doc = documentsById.get(entry.doc_id);
    const rows = doc === undefined || !bodyOf(doc) || !isJudged(entry.table) ? [] : rowsOf[doc].filter((row) => kindOf(row) === entry.table);
    const likely = rows.filter((row) => get(row, "id") === entry.row_id); // the same version of the program
    const row = [...likely, ...rows].find((one) => sameWords(entry, lineOf(one, {})));
    if (row === undefined) foreign.push(entry);
    else decisions.set(row, { verdict: entry.verdict, ...(entry.set ? { set: entry.set } : {}), note: entry.note ?? "", reviewer: entry.reviewer ?? "" });
  }
  return count;
}

async function loadFiles(files) {
  const before = foreign.length;
  let count = 0;
  for (const file of files) {
    const entries = (await file.text()).split("\n").filter((line) => line.trim()).map((line) => {
      try {
        return JSON.parse(line);
      } catch {
        return null;
      }
    });
    count += load(entries);
  }
  keep();
  return say("loaded", { n: count, foreign: foreign.length - before });
}
