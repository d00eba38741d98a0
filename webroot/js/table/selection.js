/** Which rows are selected, over all pages, and the bar that says what can be done with them. */

import { el, fill } from "../dom.js";
import { number, t } from "../i18n.js";
import { button } from "../pane.js";

/** The selected rows by id; knows nothing of the screen. */
export class Selection {
  /** @type {Map<any, any>} */
  #rows = new Map();
  #changed;

  /** @param {() => void} changed is called after each change */
  constructor(changed) {
    this.#changed = changed;
  }

  get size() {
    return this.#rows.size;
  }

  /** @returns {any[]} the ids */
  ids() {
    return [...this.#rows.keys()];
  }

  /** @returns {any[]} the rows as they were last seen */
  rows() {
    return [...this.#rows.values()];
  }

  /** @param {any} id */
  has(id) {
    return this.#rows.has(id);
  }

  /** @param {any} id @param {any} row @param {boolean} [wanted] */
  toggle(id, row, wanted = !this.has(id)) {
    if (wanted) {
      this.#rows.set(id, row);
    } else {
      this.#rows.delete(id);
    }
    this.#changed();
  }

  /** @param {[any, any][]} entries ids and rows @param {boolean} wanted */
  toggleAll(entries, wanted) {
    for (const [id, row] of entries) {
      if (wanted) {
        this.#rows.set(id, row);
      } else {
        this.#rows.delete(id);
      }
    }
    this.#changed();
  }

  /** @param {any} id @param {any} row as it is now */
  renew(id, row) {
    if (this.#rows.has(id)) {
      this.#rows.set(id, row);
    }
  }

  /** Select nothing. */
  clear() {
    this.#rows.clear();
    this.#changed();
  }
}

/**
 * The bar of a selection.
 * @param {Selection} selection
 * @param {{label: string, icon?: string, danger?: boolean, run: (ids: any[], rows: any[]) => void}[]
 *   } actions
 * @returns {{element: HTMLElement, show: (total: number, selectAll: (() => void) | null) => void}}
 */
export function selectionBar(selection, actions) {
  const text = el("strong", { role: "status" });
  const everything = el("span");
  const run = (action) => () => action.run(selection.ids(), selection.rows());
  const element = el(
    "div",
    { class: "selection-bar", hidden: true },
    text,
    everything,
    el("span", { class: "spread" }),
    actions.map((action) => button({ label: action.label, icon: action.icon, kind: action.danger ? "danger" : "plain", run: run(action) })),
    button({ label: t("table.clearSelection"), icon: "close", iconOnly: true, run: () => selection.clear() }),
  );
  return {
    element,
    show(total, selectAll) {
      element.hidden = selection.size === 0;
      fill(text, t("table.selected", { count: selection.size }));
      fill(
        everything,
        selectAll && selection.size > 0 && selection.size < total &&
          el("button", { type: "button", class: "button-link", on: { click: selectAll } }, t("table.selectAll", { total: number(total) })),
      );
    },
  };
}

/**
 * Show on a row whether it is selected.
 * @param {HTMLElement} element
 * @param {boolean} isSelected
 */
export function markRow(element, isSelected) {
  element.setAttribute("aria-selected", String(isSelected));
  const box = element.querySelector(".select-row");
  if (box) {
    box.checked = isSelected;
  }
}

/**
 * Show in the header how much of the page is selected.
 * @param {HTMLElement} host
 * @param {number} chosen
 * @param {number} shown
 */
export function markPage(host, chosen, shown) {
  const box = host.querySelector(".select-page");
  if (box) {
    box.checked = chosen > 0 && chosen === shown;
    box.indeterminate = chosen > 0 && chosen < shown;
  }
}
