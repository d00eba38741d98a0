/** Filters: the small form of a column, and the chips that say what is filtered. */

import { el, fill } from "../dom.js";
import { absoluteTime, t } from "../i18n.js";
import { icon } from "../icons.js";
import { operatorsOf, recordField } from "./columns.js";
import { openPopover } from "./popover.js";

const NEEDS_NO_VALUE = new Set(["empty", "full"]);

/**
 * Ask for a filter of a column.
 * @param {HTMLElement} anchor
 * @param {import("./columns.js").Column} column
 * @param {import("./query.js").Filter | undefined} current
 * @param {(filter: import("./query.js").Filter | null) => void} choose `null` takes it away
 */
export function askFilter(anchor, column, current, choose) {
  openPopover(anchor, {
    label: t("table.filterBy", { column: column.title }),
    class: "filter-form",
    content: (close) => form(column, current, (filter) => {
      close();
      choose(filter);
    }, close),
  });
}

function form(column, current, done, close) {
  const names = operatorsOf(column);
  const operator = el(
    "select",
    { "aria-label": t("table.operator"), on: { change: () => sync() } },
    names.map((name) => el("option", { value: name }, operatorWord(name, column))),
  );
  operator.value = current?.op ?? names[0];
  const value = valueInput(column, current);
  const sync = () => {
    value.hidden = NEEDS_NO_VALUE.has(operator.value);
  };
  const submit = (event) => {
    event.preventDefault();
    const text = given(column, value);
    if (NEEDS_NO_VALUE.has(operator.value) || text !== "") {
      done({ field: recordField(column), op: operator.value, value: text });
    } else {
      done(null);
    }
  };
  sync();
  return el(
    "form",
    { on: { submit } },
    el("p", { class: "popover-title" }, column.title),
    operator,
    value,
    el(
      "div",
      { class: "popover-foot" },
      current && el("button", { type: "button", class: "button button-plain", on: { click: () => done(null) } }, t("table.clearFilter")),
      el("span", { class: "spread" }),
      el("button", { type: "button", class: "button button-plain", on: { click: close } }, t("action.cancel")),
      el("button", { type: "submit", class: "button button-primary" }, t("table.apply")),
    ),
  );
}

function valueInput(column, current) {
  const label = t("table.value");
  const choices = column.kind === "boolean" ? booleans() : column.kind === "choice" ? column.choices : null;
  if (choices) {
    const select = el("select", { "aria-label": label }, choices.map((each) => el("option", { value: each.value }, each.label)));
    select.value = current?.value || choices[0]?.value;
    return select;
  }
  const type = { number: "number", time: "datetime-local" }[column.kind] || "text";
  const value = column.kind === "time" && current ? localTime(Number(current.value)) : current?.value;
  return el("input", { type, value, "aria-label": label, step: type === "number" ? "any" : null, maxlength: "100", autocomplete: "off" });
}

const booleans = () => [
  { value: "true", label: t("table.yes") },
  { value: "false", label: t("table.no") },
];

function given(column, input) {
  if (column.kind === "time") {
    return input.value ? String(Math.round(new Date(input.value).getTime() / 1000)) : "";
  }
  return input.value.trim();
}

function localTime(seconds) {
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

const operatorWord = (op, column) => t(`table.op.${column.kind === "time" ? `time-${op}` : op}`);

/**
 * Show the filters as chips; each can be taken away.
 * @param {HTMLElement} host
 * @param {import("./query.js").Filter[]} filters
 * @param {import("./columns.js").Column[]} columns
 * @param {(filters: import("./query.js").Filter[]) => void} change
 */
export function showChips(host, filters, columns, change) {
  const chips = filters.map((filter) => {
    const text = words(filter, columns.find((column) => recordField(column) === filter.field));
    const remove = () => change(filters.filter((each) => each !== filter));
    return el(
      "span",
      { class: "chip" },
      el("span", { class: "chip-text", title: text }, text),
      el("button", { type: "button", class: "chip-remove", "aria-label": t("table.removeFilter", { filter: text }), on: { click: remove } }, icon("close", { size: 12 })),
    );
  });
  const all = el("button", { type: "button", class: "button-link", on: { click: () => change([]) } }, t("table.clearFilters"));
  fill(host, chips, filters.length > 1 && all);
  host.hidden = filters.length === 0;
}

function words({ field, op, value }, column = { title: field, kind: "text" }) {
  const operator = operatorWord(op, column);
  if (NEEDS_NO_VALUE.has(op)) {
    return `${column.title} ${operator}`;
  }
  const choices = column.kind === "boolean" ? booleans() : column.choices;
  const label = column.kind === "time" ? absoluteTime(Number(value)) : choices?.find((each) => each.value === value)?.label ?? value;
  return `${column.title} ${operator} ${label}`;
}
