/** Headers of columns: a click sorts, the funnel filters. */

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { operatorsOf, recordField } from "./columns.js";

/**
 * What stands in the header of a column.
 * @param {import("./columns.js").Column} column
 * @param {{onSort: (column: any) => void, onFilter: (column: any, anchor: HTMLElement) => void}} told
 * @returns {HTMLElement}
 */
export function headerOf(column, told) {
  if (column.header) {
    return column.header();
  }
  const canFilter = operatorsOf(column).length > 0;
  const name = el("span", { class: "head-name" }, column.title);
  const isSorted = column.sortable !== false;
  const sort = el(
    isSorted ? "button" : "span",
    {
      type: isSorted ? "button" : null,
      class: "head-sort",
      tabindex: isSorted ? "-1" : null,
      title: column.help || column.title,
      on: isSorted ? { click: () => told.onSort(column) } : {},
    },
    name,
    isSorted && icon("chevron", { size: 12, class: "head-arrow" }),
  );
  const filter =
    canFilter &&
    el(
      "button",
      {
        type: "button",
        class: "head-filter",
        tabindex: "-1",
        "aria-label": t("table.filterBy", { column: column.title }),
        title: t("table.filterBy", { column: column.title }),
        "aria-haspopup": "dialog",
        on: { click: (event) => told.onFilter(column, event.currentTarget) },
      },
      icon("filter", { size: 12 }),
    );
  return el("div", { class: "head", data: { field: recordField(column) } }, sort, filter);
}

/**
 * Show in the headers how rows are sorted and by which columns they are filtered.
 * @param {HTMLElement} host
 * @param {import("./query.js").Question} question
 */
export function markHeaders(host, { sort, filters }) {
  const sorted = sort.replace(/^-/, "");
  const filtered = new Set(filters.map((filter) => filter.field));
  for (const head of host.querySelectorAll(".head")) {
    const { field } = head.dataset;
    const order = field !== sorted ? "none" : sort.startsWith("-") ? "descending" : "ascending";
    head.closest("[role=columnheader]")?.setAttribute("aria-sort", order);
    head.dataset.order = order;
    head.classList.toggle("is-filtered", filtered.has(field));
  }
}
