// The data of the page: columns of rows from the index, and the text of a document when it is asked for.

const byId = (id) => document.getElementById(id);
const INDEX = JSON.parse(byId("index").textContent);
const KINDS = ["targets", "goals", "deadlines", "responsibilities", "citations", "tasks"];

/** A table column by column; a column of strings holds each different one once. */
class Columns {
  constructor({ n, columns }) {
    this.n = n;
    this.columns = columns;
  }

  get(name, i) {
    const column = this.columns[name];
    if (!column) return null;
    if (Array.isArray(column)) return column[i] ?? null;
    return column.is[i] < 0 ? null : column.of[column.is[i]];
  }

  /** For each row whether its string fits; the test runs once for each different string. */
  fits(name, test) {
    const column = this.columns[name];
    if (!column) return () => false;
    const good = column.of.map((word) => test(word));
    return (i) => column.is[i] >= 0 && good[column.is[i]];
  }
}

const DOCUMENTS = new Columns(INDEX.documents);
const TABLES = Object.fromEntries(KINDS.map((kind) => [kind, new Columns(INDEX.tables[kind])]));

// A row of the page is a number: the rows of all tables one behind the other.
const FIRST = {};
let rowCount = 0;
for (const kind of KINDS) {
  FIRST[kind] = rowCount;
  rowCount += TABLES[kind].n;
}

const kindNumbers = new Uint8Array(rowCount);
KINDS.forEach((kind, k) => kindNumbers.fill(k, FIRST[kind], FIRST[kind] + TABLES[kind].n));
const kindOf = (row) => KINDS[kindNumbers[row]];

function get(row, name) {
  const kind = kindOf(row);
  return TABLES[kind].get(name, row - FIRST[kind]);
}

const docOf = (row) => get(row, "doc");

/** The rows of each document by place. */
const rowsOf = Array.from({ length: DOCUMENTS.n }, () => []);
const starts = new Uint32Array(rowCount);
for (const kind of KINDS) {
  const { doc, start } = TABLES[kind].columns;
  for (let i = 0; i < TABLES[kind].n; i++) {
    rowsOf[doc[i]].push(FIRST[kind] + i);
    starts[FIRST[kind] + i] = start[i];
  }
}
for (const rows of rowsOf) rows.sort((a, b) => starts[a] - starts[b] || a - b);

const rowsById = new Map();
for (const kind of KINDS) TABLES[kind].columns.id?.forEach((id, i) => rowsById.set(id, FIRST[kind] + i));
const documentsById = new Map(INDEX.documents.columns.doc_id.map((id, i) => [id, i]));

function yearOf(doc) {
  return (DOCUMENTS.get("date_issued", doc) ?? DOCUMENTS.get("date_published", doc) ?? "").slice(0, 4);
}

function placeOf(doc) {
  const parts = ["province", "prefecture", "county"].map((name) => DOCUMENTS.get(name, doc)).filter(Boolean);
  if (parts.length) return parts;
  return DOCUMENTS.get("issuer_level", doc) === "national" ? ["\u0001"] : ["\u0002"];
}

const bodies = new Map();

/** Text, outline and anchors of a document; null while the page is still being read. */
function bodyOf(doc) {
  if (bodies.has(doc)) return bodies.get(doc);
  const block = byId(`text-${doc}`);
  if (!block || (document.readyState === "loading" && !block.nextElementSibling)) return null;
  const body = JSON.parse(block.textContent);
  body.unit = codePoints(body.text ?? "");
  body.slice = (start, end) => body.text.slice(body.unit(start), body.unit(end));
  bodies.set(doc, body);
  return body;
}

/** Offsets count code points; strings of the browser count UTF-16 units, two for a character outside the BMP. */
function codePoints(text) {
  if (!/[\ud800-\udbff]/.test(text)) return (at) => at;
  const units = [];
  for (let i = 0; i < text.length; i += text.codePointAt(i) > 0xffff ? 2 : 1) units.push(i);
  units.push(text.length);
  return (at) => units[Math.min(at, units.length - 1)];
}

const BLANK = /[\s\u200b-\u200f\u2060\ufeff\u00ad]+/g;

/** Words as written, without residue, blanks and line breaks. */
function quote(body, start, end) {
  let words = "";
  let at = start;
  for (const [a, b] of body.residue) {
    if (a < end && b > at) {
      words += body.slice(at, Math.max(a, at));
      at = b;
    }
  }
  return (words + (at < end ? body.slice(at, end) : "")).replace(BLANK, "");
}
