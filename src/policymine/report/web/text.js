// The text of a document with its facts marked.

let shownDoc = -1;
let currentRow = -1;
let pieces = []; // where each text node of the shown text begins in it, in UTF-16 units

/** Show a document: its head, and its text paragraph by paragraph. */
function showText(doc) {
  const box = byId("text");
  const body = bodyOf(doc);
  shownDoc = doc;
  box.replaceChildren();
  box.scrollTop = 0;
  byId("outline").replaceChildren();
  if (!body) return;
  box.append(documentHead(doc));
  if (body.text === null) {
    box.append(element("p", "nothing", say("unreadable", { status: sayValue("documents", "status", DOCUMENTS.get("status", doc)) })));
    return;
  }
  box.append(...paragraphs(doc, body));
  byId("outline").append(...outline(body));
  markCurrent();
  markHits();
}

function documentHead(doc) {
  const names = ["inner_title", "doc_number", "issuers", "issuer_level", "date_issued", "date_published", "doc_type", "flags", "source"];
  const list = element("dl", "head");
  for (const name of names) {
    const value = DOCUMENTS.get(name, doc);
    if (value) list.append(element("dt", "", columnWord("documents", name)), element("dd", "", sayValue("documents", name, value)));
  }
  const link = button(say("copy"), "quiet", () => copyLink(DOCUMENTS.get("doc_id", doc)));
  const print = button(say("print"), "quiet", () => window.print());
  return element("div", "document", element("h2", "", DOCUMENTS.get("title", doc) ?? DOCUMENTS.get("source", doc)), list, element("p", "acts", link, print));
}

function outline(body) {
  return body.sections.filter(([level]) => level > 0).map(([level, marker, heading, kind, , start]) => {
    const item = element("li", `level-${Math.min(level, 5)}`, `${marker ?? ""}${heading ?? ""}`);
    item.title = kind ?? "";
    item.tabIndex = 0;
    const go = () => byId("text").querySelector(`[data-section="${start}"]`)?.scrollIntoView({ block: "start" });
    item.addEventListener("click", go);
    item.addEventListener("keydown", (event) => event.key === "Enter" && go());
    return item;
  });
}

/** What is marked in a text: spans in UTF-16 units with a class and, for a fact, its row; outer ones first. */
function marksOf(doc, body) {
  const marks = [];
  for (const row of rowsOf[doc]) {
    const kind = kindOf(row);
    if (kind !== "tasks" && filter.kinds.has(kind)) marks.push([body.unit(get(row, "start")), body.unit(get(row, "end")), kind, row]);
  }
  for (const [level, , , , , start, , headingEnd] of body.sections) {
    if (level > 0) marks.push([body.unit(start), body.unit(headingEnd), `heading heading-${Math.min(level, 4)}`, start]);
  }
  for (const [start, end] of body.residue) marks.push([body.unit(start), body.unit(end), "residue", -1]);
  return marks.filter(([a, b]) => b > a).sort((x, y) => x[0] - y[0] || y[1] - x[1]);
}

/** The text as paragraphs: cut at every place where a mark begins or ends, each piece with all marks around it. */
function paragraphs(doc, body) {
  const { text } = body;
  const marks = marksOf(doc, body);
  const made = [];
  let next = 0;
  let open = [];
  pieces = [];
  for (const line of text.matchAll(/([^\r\n]*)(?:\r\n|\r|\n|$)/g)) {
    const [from, to] = [line.index, line.index + line[1].length];
    const here = open.filter((mark) => mark[1] > from);
    while (next < marks.length && marks[next][0] < to) here.push(marks[next++]);
    open = here.filter((mark) => mark[1] > to);
    if (from === to) continue;
    const paragraph = element("p");
    const cuts = new Set([from, to]);
    for (const [a, b, name, at] of here) {
      if (a > from) cuts.add(a);
      if (b < to) cuts.add(b);
      if (name.startsWith("heading") && a >= from) paragraph.dataset.section = at;
    }
    const sorted = [...cuts].sort((a, b) => a - b);
    for (let k = 0; k + 1 < sorted.length; k++) {
      const [a, b] = [sorted[k], sorted[k + 1]];
      const around = here.filter((mark) => mark[0] <= a && mark[1] >= b);
      const node = document.createTextNode(text.slice(a, b));
      paragraph.append(around.length ? marked(node, around) : node);
      pieces.push([a, node]);
    }
    made.push(paragraph);
  }
  return made;
}

function marked(node, around) {
  const rows = around.filter(([, , name]) => name in FIRST).map(([, , , row]) => row);
  const names = [...new Set(around.map(([, , name]) => (name in FIRST ? `k-${name}` : name)))];
  const made = element(rows.length ? "mark" : "span", names.join(" "), node);
  if (rows.length) {
    made.dataset.rows = rows.join(" ");
    if (rows.some((row) => stateOf(row) === "rejected")) made.classList.add("rejected");
  }
  return made;
}

/** Mark the words of the row that is chosen, also those of a task, and bring them into sight. */
function markCurrent(scroll = false) {
  const box = byId("text");
  box.querySelectorAll("mark.current").forEach((mark) => mark.classList.remove("current"));
  if (currentRow < 0 || docOf(currentRow) !== shownDoc || !bodyOf(shownDoc)) return;
  const marks = [...box.querySelectorAll("mark")].filter((mark) => mark.dataset.rows.split(" ").includes(String(currentRow)));
  marks.forEach((mark) => mark.classList.add("current"));
  const range = rangeOf(bodyOf(shownDoc), get(currentRow, "start"), get(currentRow, "end"));
  if (globalThis.CSS?.highlights) CSS.highlights.set("current", new Highlight(...(marks.length || !range ? [] : [range])));
  if (!scroll || !range) return;
  range.startContainer.parentElement.scrollIntoView({ block: "center" });
  const [frame, at] = [box.getBoundingClientRect(), range.getBoundingClientRect()];
  if (at.top < frame.top || at.top > frame.bottom - 20) box.scrollTop += at.top - frame.top - frame.height / 3;
}

/** The part of the shown text from one code point to another; null where nothing of it is shown. */
function rangeOf(body, start, end) {
  const [from, to] = [body.unit(start), body.unit(end)];
  const inside = pieces.filter(([at, node]) => at < to && at + node.data.length > from);
  if (!inside.length) return null;
  const [[first, opening], [last, closing]] = [inside[0], inside[inside.length - 1]];
  const range = document.createRange();
  range.setStart(opening, Math.max(0, from - first));
  range.setEnd(closing, Math.min(closing.data.length, to - last));
  return range;
}

/** Mark what is searched for in the shown text. */
function markHits() {
  if (!globalThis.CSS?.highlights) return;
  const ranges = [];
  const patterns = terms();
  if (patterns.length) {
    for (const paragraph of byId("text").querySelectorAll(":scope > p")) {
      for (const one of patterns) {
        for (const found of paragraph.textContent.matchAll(one)) {
          if (found[0] && ranges.length < 2000) ranges.push(within(paragraph, found.index, found.index + found[0].length));
        }
      }
    }
  }
  CSS.highlights.set("hit", new Highlight(...ranges));
}

function within(paragraph, from, to) {
  const range = document.createRange();
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  let at = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const end = at + node.data.length;
    if (from >= at && from < end) range.setStart(node, from - at);
    if (to > at && to <= end) {
      range.setEnd(node, to - at);
      break;
    }
    at = end;
  }
  return range;
}
