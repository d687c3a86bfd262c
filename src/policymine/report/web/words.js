// What the page says, in Chinese or English.

let lang = INDEX.lang;

function say(key, values = {}) {
  return (INDEX.words[lang][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

const kindWord = (kind) => INDEX.words.kinds[kind][lang === "zh" ? 0 : 1];
/** A value of a column: a code in Chinese words where it has some; several flags one by one. */
function sayValue(table, column, value) {
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  if (typeof value === "number") return number(value);
  const codes = lang === "zh" ? INDEX.codes[`${table}.${column}`] ?? {} : {};
  if (column === "flags") return value.split(";").map((flag) => codes[flag] ?? flag).join("; ");
  return codes[value] ?? String(value);
}

const cell = (row, column) => {
  const value = get(row, column);
  return value === null ? "" : sayValue(kindOf(row), column, value);
};
const columnWord = (table, column) => (lang === "zh" ? INDEX.labels[table][column] ?? column : column);

const number = (value) => (value === null ? "" : Number(value.toPrecision(15)).toLocaleString("en-US", { maximumFractionDigits: 10 }));

/** The number of a target as people write it: ≥ 94%, 3–5家. */
function amount(row) {
  const sign = INDEX.words.signs[get(row, "comparator")] ?? "";
  const most = get(row, "value_max");
  const change = { increase: "↑", decrease: "↓" }[get(row, "change")] ?? "";
  return `${change}${sign}${number(get(row, "value"))}${most === null ? "" : `–${number(most)}`}${get(row, "unit") ?? ""}`;
}

/** What a row says, and beside it what the list shows smaller; null while its text is not read yet. */
function summary(row) {
  const kind = kindOf(row);
  if (kind === "targets") return [get(row, "indicator") ?? "", amount(row), get(row, "deadline") ?? ""];
  if (kind === "responsibilities") {
    return [get(row, "department_name"), cell(row, "role"), cell(row, "function")];
  }
  if (kind === "citations") return [`《${get(row, "title") ?? ""}》`, get(row, "doc_number") ?? "", cell(row, "relation")];
  const body = bodyOf(docOf(row));
  const words = body ? quote(body, get(row, "start"), get(row, "end")) : "…";
  if (kind === "deadlines") {
    return [words, cell(row, "relation"), get(row, "end_date") ?? get(row, "start_date") ?? get(row, "period") ?? ""];
  }
  return [words.slice(0, 120), kind === "goals" ? cell(row, "class") : "", get(row, "deadline") ?? ""];
}

function placeWord(parts) {
  return parts.map((part) => ({ "\u0001": say("national"), "\u0002": say("unknown") })[part] ?? part).join(" ");
}

/** An element with a class and content: text, or other elements. Nothing here is ever read as markup. */
function element(tag, name = "", ...content) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.append(...content.filter((part) => part !== null && part !== ""));
  return made;
}

function button(words, name, act) {
  const made = element("button", name, words);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}
