/** The columns of the three views of users and phones, made from the fields the server names. */

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { ommNumber, recordNumber } from "../numbers.js";
import { reasonText } from "../reasons.js";
import { choicesOf, isListed, labelOf, labelsOf, valueOf } from "./record_fields.js";

/** Which columns are shown at first, in which order; all others can be added. */
const SHOWN = {
  pairs: ["num", "name", "ipei", "omm", "s", "relType", "hwType", "ac", "encrypt", "addId", "hierarchy1", "hierarchy2", "permanent", "ppn", "uid"],
  users: ["num", "name", "addId", "hierarchy1", "hierarchy2", "omm", "relType", "ppn", "permanent"],
  devices: ["ipei", "omm", "s", "relType", "uid", "ppn", "ac", "encrypt", "hwType"],
};
const PINNED = { pairs: ["num"], users: ["num"], devices: ["ipei"] };
/** The column whose cell also says what is wrong with the record. */
const MARKED = { pairs: "name", users: "name", devices: "ipei" };
const NUMBERS = { pairs: "id", users: "uid", devices: "ppn" };
const WIDTHS = { num: 112, name: 160, ipei: 148, omm: 132, s: 122, relType: 106, hwType: 104, ac: 116, encrypt: 116, addId: 150, hierarchy1: 128, hierarchy2: 128, permanent: 104, ppn: 98, uid: 98 };
const GROWING = new Set(["name", "omm", "s", "relType", "hwType", "hierarchy1", "hierarchy2"]);
const MONO = new Set(["num", "ipei", "ac", "addId", "ppn", "uid", "ommId", "ethAddr"]);
const USUAL = 132;

/**
 * @param {"pairs" | "users" | "devices"} view
 * @param {import("./record_fields.js").Catalogue} catalogue
 * @returns {import("../table/columns.js").Column[]}
 */
export function userColumns(view, catalogue) {
  const fields = catalogue[view].filter(isListed);
  const shown = SHOWN[view];
  const rank = (field) => (shown.includes(field.name) ? shown.indexOf(field.name) : shown.length);
  const sorted = [...fields].sort((a, b) => rank(a) - rank(b));
  const own = NUMBERS[view];
  const columns = sorted.filter((field) => !(view === "users" && field.name === "uid")).map((field) => columnOf(view, field, catalogue));
  return [identity(own), ...columns];
}

/** The number of the record in 10 digits, as the guide's ID. */
const identity = (own) => ({
  field: "__number",
  from: own,
  title: t("users.column.id"),
  width: 104,
  kind: "number",
  mono: true,
  pinned: true,
  render: recordNumber,
});

function columnOf(view, field, catalogue) {
  const { name } = field;
  const isMarked = name === MARKED[view];
  return {
    field: name,
    title: field.attribute === "num" ? t("users.column.num") : labelOf(field),
    width: WIDTHS[name] || USUAL,
    grow: GROWING.has(name),
    pinned: PINNED[view].includes(name),
    hidden: !SHOWN[view].includes(name),
    mono: MONO.has(name),
    sortable: field.sortable,
    help: labelOf(field),
    ...filterOf(field, catalogue),
    render: (value, row) => (isMarked ? marked(value, row, labelsOf(catalogue)) : valueOf(field, value, catalogue)),
    words: name === "omm" ? (value) => (value ? t("users.ommNumber", { id: ommNumber(value) }) : "") : undefined,
  };
}

function filterOf(field, catalogue) {
  if (field.name === "omm") {
    return { kind: "choice", choices: catalogue.ommChoices, operators: field.operators };
  }
  if (field.choices.length > 0) {
    return { kind: "choice", choices: choicesOf(field), operators: field.operators };
  }
  const isCode = field.attribute === "ppn" || field.attribute === "uid";
  return { kind: { boolean: "boolean", number: isCode ? "text" : "number" }[field.kind] || "text", operators: field.operators };
}

/** What is wrong with a record stands beside its name. */
function marked(value, row, labels) {
  const marks = [...(row.marks || []), ...(row.userMarks || [])];
  if (marks.length === 0) {
    return value ?? "";
  }
  const text = marks.map((mark) => reasonText(mark, labels)).join("\n");
  return el(
    "span",
    { class: "cell-marked", title: text },
    el("span", { class: "tone-warning mark" }, icon("alert", { size: 14 }), el("span", { class: "visually-hidden" }, text)),
    el("span", { class: "cell-text" }, value ?? ""),
  );
}
