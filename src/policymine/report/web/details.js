// The row that is chosen: its values, its evidence, and what the reader decides about it.

let editing = false;

const HIDDEN = new Set(["id", "doc", "section", "task_row", "deadline_row", "cited", "start", "end", "clause_start", "clause_end", "governs_start", "governs_end"]);

function showDetails() {
  const box = byId("details");
  if (currentRow < 0) {
    box.replaceChildren(element("p", "nothing", say("choose")));
    return;
  }
  const row = currentRow;
  const kind = kindOf(row);
  const body = bodyOf(docOf(row));
  const state = stateOf(row);
  const title = element("h3", "", element("span", `tag k-${kind}`, kindWord(kind)), state ? element("span", `state ${state}`, say(state)) : null);
  const parts = [title];
  if (body) parts.push(evidence(row, kind, body));
  parts.push(editing ? form(row, kind) : values(row, kind), links(row, kind));
  if (isJudged(kind) && !editing) parts.push(judgement(row, state));
  box.replaceChildren(...parts);
}

/** The clause as it stands, with the words of the row marked. */
function evidence(row, kind, body) {
  const [start, end] = [get(row, "start"), get(row, "end")];
  const anchor = body.anchors[kind]?.[row - FIRST[kind] - firstIn(kind, docOf(row))];
  const [first, last] = anchor ?? [start, end];
  const words = element("mark", `k-${kind} current`, body.slice(start, end));
  const path = sectionPath(row, body);
  return element("blockquote", "", body.slice(first, start), words, body.slice(end, last), path ? element("cite", "", path) : null);
}

function sectionPath(row, body) {
  const section = body.sections[get(row, "section") ?? -1];
  return section ? `${section[4] ?? ""} ${section[2] ?? ""}`.trim() : "";
}

function values(row, kind) {
  const list = element("dl");
  for (const name of Object.keys(TABLES[kind].columns)) {
    if (HIDDEN.has(name)) continue;
    const value = current(row, name);
    if (value === null || value === "") continue;
    const shown = sayValue(kind, name, value);
    const changed = value !== get(row, name);
    list.append(element("dt", "", columnWord(kind, name)), element("dd", changed ? "changed" : "", shown));
  }
  return list;
}

/** Rows that belong to this one: its task, the deadline that its date comes from, the document that is cited. */
function links(row, kind) {
  const made = element("p", "acts");
  const task = get(row, "task_row");
  const deadline = get(row, "deadline_row");
  const cited = get(row, "cited");
  if (task !== null) made.append(button(say("task"), "quiet", () => choose(FIRST.tasks + task)));
  if (deadline !== null && kind !== "deadlines") made.append(button(kindWord("deadlines"), "quiet", () => choose(FIRST.deadlines + deadline)));
  if (cited !== null) made.append(button(DOCUMENTS.get("title", cited) ?? "", "quiet", () => openDocument(cited)));
  made.append(button(say("copy"), "quiet", () => copyLink(get(row, "id"))));
  return made;
}

function judgement(row, state) {
  const made = element("p", "judge");
  for (const [verdict, now] of [["accept", "accepted"], ["reject", "rejected"], ["edit", "edited"]]) {
    const one = button(say(verdict), verdict, () => judge(verdict));
    one.setAttribute("aria-pressed", state === now);
    made.append(one);
  }
  const undo = button(say("undo"), "quiet", () => judge(null));
  undo.disabled = !decisions.has(row);
  made.append(undo);
  return made;
}

function form(row, kind) {
  const made = element("form");
  const inputs = new Map();
  for (const name of INDEX.editable[kind]) {
    const choices = INDEX.choices[`${kind}.${name}`];
    const input = element(choices ? "select" : "input");
    if (choices) input.append(...["", ...choices].map((value) => new Option(value === "" ? "" : sayValue(kind, name, value), value)));
    else input.autocomplete = "off";
    input.value = current(row, name) ?? "";
    input.name = name;
    inputs.set(name, input);
    made.append(element("label", "", element("span", "", columnWord(kind, name)), input));
  }
  const note = element("input");
  note.name = "note";
  note.value = decisions.get(row)?.note ?? "";
  made.append(element("label", "", element("span", "", say("note")), note));
  const save = element("button", "edit", say("save"));
  made.append(element("p", "judge", save, button(say("cancel"), "quiet", () => {
    editing = false;
    showDetails();
  })));
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    const set = {};
    for (const [name, input] of inputs) {
      const before = get(row, name);
      const value = valueOf(kind, name, input.value.trim());
      input.setCustomValidity(value === undefined ? say("wrong", { value: input.value, column: columnWord(kind, name) }) : "");
      if (value === undefined) {
        input.reportValidity();
        input.addEventListener("input", () => input.setCustomValidity(""), { once: true });
        return;
      }
      if (value !== before) set[name] = value;
    }
    editing = false;
    decide(row, Object.keys(set).length ? "edit" : "accept", set, note.value.trim());
    refresh();
  });
  return made;
}

/** What was entered, as the column takes it (null where it is empty); undefined where it cannot. */
function valueOf(kind, name, entered) {
  const form = { deadline: DATE, start_date: DATE, end_date: DATE, every: PERIOD, period: PERIOD }[name];
  if (entered === "") return INDEX.needed.includes(`${kind}.${name}`) ? undefined : null;
  if (INDEX.numbers.includes(`${kind}.${name}`)) return Number.isFinite(Number(entered)) ? Number(entered) : undefined;
  return !form || form.test(entered) ? entered : undefined;
}

const DATE = /^\d{4}(?:-\d{2}(?:-\d{2})?)?$/;
const PERIOD = /^P[0-9.]+[YMWD]$/;

function judge(verdict) {
  const row = currentRow;
  if (row < 0 || !isJudged(kindOf(row)) || !bodyOf(docOf(row))) return;
  if (verdict === "edit") {
    editing = true;
    showDetails();
    byId("details").querySelector("form input, form select").focus();
    return;
  }
  decide(row, verdict);
  refresh();
}

function copyLink(id) {
  const link = `${location.href.split("#")[0]}#${id}`;
  navigator.clipboard?.writeText(link).catch(() => {});
  location.hash = id;
}
