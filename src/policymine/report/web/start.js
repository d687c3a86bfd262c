// The page as a whole: what is chosen, what keys do, and the order in which things appear.

let shown = { documents: [], rows: [], counts: new Map() };
let everywhere = true;

const documentList = new LongList(byId("documents"), 58, drawDocument, (doc) => openDocument(doc));
const rowList = new LongList(byId("rows"), 62, drawRow, (row) => choose(row));

function drawDocument(doc) {
  const title = DOCUMENTS.get("title", doc) ?? DOCUMENTS.get("source", doc);
  const small = [placeWord(placeOf(doc)), yearOf(doc)].filter(Boolean).join(" · ");
  const made = element("div", "item", element("b", "", title), element("small", "", small), element("i", "", String(shown.counts.get(doc) ?? 0)));
  made.title = `${title}\n${DOCUMENTS.get("source", doc)}`;
  if (DOCUMENTS.get("flags", doc)) made.classList.add("doubtful");
  return made;
}

function drawRow(row) {
  const kind = kindOf(row);
  const doc = docOf(row);
  const [words, beside, date] = summary(row);
  const state = stateOf(row);
  const where = everywhere ? [placeWord(placeOf(doc)), yearOf(doc), DOCUMENTS.get("title", doc) ?? DOCUMENTS.get("source", doc)].filter(Boolean).join(" · ")
    : bodyOf(doc) ? sectionPath(row, bodyOf(doc)) : "";
  const made = element("div", `item ${state ?? ""}`, element("span", `tag k-${kind}`, kindWord(kind)), element("b", "", words),
    element("span", "amount", beside), element("span", "date", date), element("small", "", where));
  if (state) made.append(element("span", `state ${state}`, { accepted: "✓", rejected: "✗", edited: "✎" }[state] ?? ""));
  if (get(row, "flags")) made.append(element("span", "flag", "⚠"));
  made.title = words;
  return made;
}

/** Work out anew what is shown, after a filter changed. */
function applyFilters() {
  shown = select();
  documentList.set(shown.documents, shownDoc);
  byId("documents-count").textContent = shown.documents.length.toLocaleString();
  showRows();
  if (ready && shown.documents.length && !shown.documents.includes(shownDoc)) openDocument(shown.documents[0], false);
  markHits();
}

function showRows() {
  const rows = everywhere ? shown.rows : shown.rows.filter((row) => docOf(row) === shownDoc);
  rowList.set(rows, currentRow);
  byId("rows-count").textContent = rows.length.toLocaleString();
  byId("rows").classList.toggle("empty", !rows.length);
  byId("rows").dataset.empty = say("nothing");
  byId("here").setAttribute("aria-pressed", !everywhere);
  byId("everywhere").setAttribute("aria-pressed", everywhere);
}

function setScope(all) {
  everywhere = all;
  showRows();
  rowList.mark(currentRow);
}

function openDocument(doc, alone = true) {
  if (doc === null || doc < 0) return;
  if (doc !== shownDoc) {
    currentRow = currentRow >= 0 && docOf(currentRow) === doc ? currentRow : -1;
    showText(doc);
  }
  documentList.mark(doc);
  if (alone) everywhere = false;
  showRows();
  showDetails();
  if (alone) follow(DOCUMENTS.get("doc_id", doc));
}

/** Choose a row: its text is opened and its words are marked and brought into sight. */
function choose(row, tell = true) {
  if (row === null || row < 0) return;
  currentRow = row;
  editing = false;
  if (docOf(row) !== shownDoc) openDocument(docOf(row), false);
  documentList.mark(docOf(row));
  rowList.mark(row);
  markCurrent(true);
  showDetails();
  if (tell) follow(get(row, "id"));
}

/** Draw anew what a decision changes. */
function refresh() {
  if (filter.state) applyFilters();
  rowList.show(true);
  byId("text").querySelectorAll("mark").forEach((mark) => {
    mark.classList.toggle("rejected", mark.dataset.rows.split(" ").some((row) => stateOf(Number(row)) === "rejected"));
  });
  showDetails();
  showDecided();
}

function showDecided() {
  byId("decided").textContent = decisions.size + foreign.length ? say("decided", { n: decisions.size }) : "";
  byId("download").disabled = !(decisions.size + foreign.length);
}

// The address names the row or the document that is shown; what the page writes there it does not read again.
let own = "";

function follow(id) {
  own = `#${id}`;
  if (location.hash !== own) location.hash = own;
}

function openAddress() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!id || location.hash === own) return false;
  own = location.hash;
  if (rowsById.has(id)) choose(rowsById.get(id), false);
  else if (documentsById.has(id)) openDocument(documentsById.get(id));
  else return false;
  return true;
}

function sayAll() {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  document.title = INDEX.title || say("title");
  byId("title").textContent = INDEX.title || say("title");
  byId("counts").textContent = say("counts", { documents: DOCUMENTS.n.toLocaleString(), rows: rowCount.toLocaleString() });
  document.querySelectorAll("[data-say]").forEach((one) => (one.textContent = say(one.dataset.say)));
  for (const [id, key] of [["query", "search"], ["reviewer", "reviewer"]]) {
    byId(id).placeholder = say(key);
    byId(id).setAttribute("aria-label", say(key));
  }
  for (const id of ["documents", "rows"]) byId(id).setAttribute("aria-label", say(id));
  byId("download").textContent = say("download");
  byId("load").textContent = say("load");
  byId("language").textContent = lang === "zh" ? "English" : "中文";
  byId("help").setAttribute("aria-label", say("keys"));
  byId("kinds").replaceChildren(...KINDS.map((kind) => {
    const one = button(`${kindWord(kind)} ${TABLES[kind].n.toLocaleString()}`, `chip k-${kind}`, () => {
      if (filter.kinds.has(kind)) filter.kinds.delete(kind);
      else filter.kinds.add(kind);
      one.setAttribute("aria-pressed", filter.kinds.has(kind));
      if (shownDoc >= 0) showText(shownDoc);
      applyFilters();
    });
    one.setAttribute("aria-pressed", filter.kinds.has(kind));
    return one;
  }));
  fillFilters();
  showDecided();
}

function changeLanguage() {
  lang = lang === "zh" ? "en" : "zh";
  sayAll();
  if (shownDoc >= 0) showText(shownDoc);
  applyFilters();
  showDetails();
}

const KEYS = {
  j: ["key_move", () => choose(rowList.beside(1))],
  k: ["key_move", () => choose(rowList.beside(-1))],
  "]": ["key_document", () => openDocument(documentList.beside(1))],
  "[": ["key_document", () => openDocument(documentList.beside(-1))],
  a: ["key_accept", () => judge("accept")],
  x: ["key_reject", () => judge("reject")],
  e: ["key_edit", () => judge("edit")],
  u: ["key_undo", () => judge(null)],
  "/": ["key_search", () => byId("query").focus()],
  s: ["key_scope", () => setScope(!everywhere)],
  g: ["key_language", changeLanguage],
  "?": ["key_help", showKeys],
};

function showKeys() {
  const list = element("dl");
  const named = new Map();
  for (const [key, [words]] of Object.entries(KEYS)) named.set(words, [...(named.get(words) ?? []), key]);
  for (const [words, keys] of named) list.append(element("dt", "", ...keys.flatMap((key) => [element("kbd", "", key), " "])), element("dd", "", say(words)));
  byId("keys").replaceChildren(element("h2", "", say("keys")), list, button(say("key_close"), "", () => byId("keys").close()));
  byId("keys").showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea") || byId("keys").open || event.ctrlKey || event.metaKey || event.altKey) {
    if (event.key === "Escape" && event.target.closest("input")) event.target.blur();
    return;
  }
  const inList = event.target.closest("#documents") ? documentList : rowList;
  const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (arrow && !event.target.closest("#text")) {
    event.preventDefault();
    if (inList === documentList) openDocument(documentList.beside(arrow));
    else choose(rowList.beside(arrow));
    return;
  }
  const act = KEYS[event.key]?.[1];
  if (!act) return;
  event.preventDefault();
  act();
});

byId("text").addEventListener("click", (event) => {
  const mark = event.target.closest("mark");
  if (!mark || String(getSelection())) return;
  // the innermost fact first; a further click on the same words goes to the one around it
  const rows = mark.dataset.rows.split(" ").map(Number).reverse();
  choose(rows[(rows.indexOf(currentRow) + 1) % rows.length]);
});

const FILTERS = ["place", "level", "year", "state", "sample", "department", "indicator", "query"];
let waiting = 0;
for (const name of FILTERS) {
  byId(name).addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      filter[name] = byId(name).value;
      applyFilters();
    }, byId(name).tagName === "SELECT" ? 0 : 150);
  });
}
byId("clear").addEventListener("click", () => {
  for (const name of FILTERS) byId(name).value = filter[name] = "";
  filter.kinds = new Set(KINDS);
  sayAll();
  if (shownDoc >= 0) showText(shownDoc);
  applyFilters();
});
byId("here").addEventListener("click", () => setScope(false));
byId("everywhere").addEventListener("click", () => setScope(true));
byId("language").addEventListener("click", changeLanguage);
byId("help").addEventListener("click", showKeys);
byId("download").addEventListener("click", download);
byId("load").addEventListener("click", () => byId("file").click());
byId("file").addEventListener("change", async () => {
  const message = await loadFiles(byId("file").files);
  byId("file").value = "";
  refresh();
  byId("decided").textContent = message;
});
addEventListener("hashchange", openAddress);
addEventListener("beforeunload", (event) => {
  if (!saved) event.preventDefault();
});

// What is printed: the document that is shown, its marked text, and its rows as a table.
addEventListener("beforeprint", () => {
  if (shownDoc < 0) return;
  const table = element("table");
  for (const row of rowsOf[shownDoc].filter((one) => filter.kinds.has(kindOf(one)))) {
    const state = stateOf(row);
    table.append(element("tr", "", element("td", "", kindWord(kindOf(row))), ...summary(row).map((words) => element("td", "", words)), element("td", "", state ? say(state) : "")));
  }
  byId("printed").replaceChildren(table);
});
addEventListener("afterprint", () => byId("printed").replaceChildren());

let ready = false;
sayAll();
applyFilters();
performance.mark("policymine-first-row");
addEventListener("DOMContentLoaded", () => {
  ready = true;
  recall();
  showDecided();
  if (!openAddress() && shown.documents.length) openDocument(shown.documents[0], false);
  rowList.show(true);
  performance.mark("policymine-text");
});
