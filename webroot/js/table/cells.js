/** What stands in a cell. Empty values are empty cells. */

import { number, t } from "../i18n.js";
import { moment } from "../moment.js";

/**
 * @param {import("./columns.js").Column} column
 * @param {any} value
 * @param {any} row
 * @returns {any} text or an element
 */
export function contentOf(column, value, row) {
  if (column.render) {
    return column.render(value, row) ?? "";
  }
  if (value === undefined || value === null || value === "") {
    return "";
  }
  switch (column.kind) {
    case "time":
      return moment(value);
    case "boolean":
      return yesNo(value);
    case "number":
      return number(value);
    case "choice":
      return column.choices?.find((choice) => choice.value === value)?.label ?? String(value);
    default:
      return String(value);
  }
}

/** @param {boolean} value @returns {string} */
export const yesNo = (value) => t(value ? "table.yes" : "table.no");

/**
 * Put the whole of a cell into its tooltip where the column says so.
 * @param {HTMLElement} element
 * @param {import("./columns.js").Column} column
 * @param {any} value
 * @param {any} row
 */
export function title(element, column, value, row) {
  const words = column.words?.(value, row);
  if (words) {
    element.title = words;
  } else {
    element.removeAttribute("title");
  }
}

/**
 * Give cells whose text is cut a tooltip with the whole of it, when the pointer comes.
 * @param {HTMLElement} host
 */
export function tipCutCells(host) {
  host.addEventListener("mouseover", (event) => {
    const cell = event.target.closest?.(".tabulator-cell");
    if (!cell || cell.querySelector("[title]")) {
      return;
    }
    const isCut = cell.scrollWidth > cell.clientWidth;
    if (isCut && !cell.title) {
      cell.title = cell.textContent;
      cell.dataset.cut = "";
    } else if (!isCut && "cut" in cell.dataset) {
      cell.removeAttribute("title");
      delete cell.dataset.cut;
    }
  });
}
