/** Columns as panes describe them, and what this browser remembers of their look. */

import { recall, remember } from "../preferences.js";

/**
 * A column. `render` gives what stands in a cell (text or an element), `words` the same as text for
 * tooltips; without them the value stands as it is. `kind` says how it is filtered and aligned,
 * `operators` which filters the server takes (none: not filtered). `pinned` columns stay at the
 * left. `grow`: takes the room that is left, beginning with `width`. `help` is the
 * tooltip of the header, `header` replaces it. `from` is the field
 * of the record where `field` is only the column's own name.
 * @typedef {{field: string, title: string, width: number, grow?: boolean, pinned?: boolean,
 *   hidden?: boolean, mono?: boolean, kind?: "text" | "number" | "time" | "boolean" | "choice",
 *   choices?: {value: string, label: string}[], operators?: string[], sortable?: boolean,
 *   help?: string, from?: string, header?: () => HTMLElement, render?: (value: any, row: any) => any,
 *   words?: (value: any, row: any) => string}} Column
 * @typedef {{order: string[], shown: Record<string, boolean>, widths: Record<string, number>}} Look
 */

const ALL_OPERATORS = ["contains", "eq", "ne", "starts", "empty", "gt", "lt"];
const OPERATORS = {
  text: ALL_OPERATORS,
  choice: ["eq", "ne", "empty"],
  boolean: ["eq", "ne", "empty"],
  number: ["eq", "ne", "gt", "lt", "empty"],
  time: ["gt", "lt", "empty"],
};

/** The columns of one table in the order and width its user gave them. */
export class ColumnLook {
  /** @type {Look} */
  #look;

  /** @param {string} name of the table @param {Column[]} columns */
  constructor(name, columns) {
    this.name = `table.${name}`;
    this.columns = columns;
    this.#look = { order: [], shown: {}, widths: {}, ...recall(this.name, {}) };
  }

  /** @returns {Column[]} all columns in their order, pinned ones first */
  ordered() {
    const place = new Map(this.#look.order.map((field, index) => [field, index]));
    const at = (column, index) => place.get(column.field) ?? place.size + index;
    const ranked = this.columns.map((column, index) => ({ column, rank: at(column, index) }));
    ranked.sort((a, b) => Number(Boolean(b.column.pinned)) - Number(Boolean(a.column.pinned)) || a.rank - b.rank);
    return ranked.map(({ column }) => column);
  }

  /** @returns {Column[]} the columns that are shown, in their order */
  visible() {
    return this.ordered().filter((column) => this.isShown(column));
  }

  /** @param {Column} column */
  isShown(column) {
    return column.pinned || (this.#look.shown[column.field] ?? !column.hidden);
  }

  /** @param {Column} column @returns {number | undefined} the width its user gave it, in pixels */
  width(column) {
    return this.#look.widths[column.field];
  }

  /** @param {string} field @param {boolean} shown */
  show(field, shown) {
    this.#look.shown[field] = shown;
    this.#keep();
  }

  /** @param {string} field @param {number} width in pixels */
  resize(field, width) {
    this.#look.widths[field] = Math.round(width);
    this.#keep();
  }

  /** @param {string[]} fields the shown columns in their new order; others keep their place */
  reorder(fields) {
    const others = this.ordered().map((column) => column.field).filter((field) => !fields.includes(field));
    this.#look.order = [...fields, ...others];
    this.#keep();
  }

  /**
   * Put a column one place further to the front or the end.
   * @param {string} field
   * @param {-1 | 1} step
   */
  move(field, step) {
    const fields = this.ordered().map((column) => column.field);
    const from = fields.indexOf(field);
    const to = from + step;
    if (to >= 0 && to < fields.length) {
      [fields[from], fields[to]] = [fields[to], fields[from]];
      this.#look.order = fields;
      this.#keep();
    }
  }

  /** Forget everything: columns look as at first. */
  reset() {
    this.#look = { order: [], shown: {}, widths: {} };
    this.#keep();
  }

  #keep() {
    remember(this.name, this.#look);
  }
}

/**
 * The operators a column can be filtered by; `full` (not empty) comes with `empty`.
 * @param {Column} column
 * @returns {string[]}
 */
export function operatorsOf(column) {
  const known = OPERATORS[column.kind || "text"];
  const taken = known.filter((each) => (column.operators || ALL_OPERATORS).includes(each));
  return taken.includes("empty") ? [...taken, "full"] : taken;
}

/** Whether a column holds amounts, which stand at the right; numbers of records are codes. */
export const isNumeric = (column) => column.kind === "number" && !column.mono;

/** @param {Column} column @returns {string} the field of the record that it shows */
export const recordField = (column) => column.from || column.field;
