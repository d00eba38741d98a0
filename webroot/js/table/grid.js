/** The rows and columns on the screen: Tabulator, told what to show and never asked to decide. */

import { TabulatorFull as Tabulator } from "/vendor/tabulator.js";
import { el } from "../dom.js";
import { contentOf, title } from "./cells.js";
import { isNumeric, recordField } from "./columns.js";
import { headerOf } from "./header.js";

const ROW = 32;
const NARROWEST = 56;
const FLASH = 1400;

/** Fields of the columns that are no data. */
export const SELECT = "__select";
export const ACTIONS = "__actions";

/**
 * @typedef {{key: string, label: string, look: import("./columns.js").ColumnLook,
 *   lead: import("./columns.js").Column[], trail: import("./columns.js").Column[],
 *   onSort: (column: any) => void, onFilter: (column: any, anchor: HTMLElement) => void,
 *   rowClass?: (row: any) => string, decorate: (element: HTMLElement, row: any) => void}} GridOptions
 */

/** One grid. */
export class Grid {
  #options;
  #tabulator;
  #built;
  #drawn;
  #ids = [];

  /** @param {HTMLElement} host @param {GridOptions} options */
  constructor(host, options) {
    this.host = host;
    this.#options = options;
    this.#tabulator = new Tabulator(host, {
      index: options.key,
      height: "100%",
      layout: "fitColumns",
      rowHeight: ROW,
      columns: this.#columns(),
      columnDefaults: { headerSort: false, minWidth: NARROWEST },
      movableColumns: true,
      resizableColumnFit: false,
      placeholder: "",
      rowFormatter: (row) => this.#decorate(row),
      sortMode: "remote",
      filterMode: "remote",
      keybindings: false,
      autoResize: true,
    });
    host.setAttribute("aria-label", options.label);
    this.#built = new Promise((resolve) => this.#tabulator.on("tableBuilt", resolve));
    this.#drawn = this.#built;
    this.#tabulator.on("columnResized", (column) => this.#options.look.resize(column.getField(), column.getWidth()));
    this.#tabulator.on("columnMoved", () => this.#moved());
    this.#built.then(() => this.#settle());
  }

  /** Cells have the focus, not the room they scroll in; a header that has it takes them along. */
  #settle() {
    const holder = this.host.querySelector(".tabulator-tableholder");
    const heads = this.host.querySelector(".tabulator-header-contents");
    holder.removeAttribute("tabindex");
    heads.addEventListener("scroll", () => {
      if (Math.abs(holder.scrollLeft - heads.scrollLeft) > 1) {
        holder.scrollLeft = heads.scrollLeft;
      }
    });
  }

  /**
   * Show these rows, after what was asked for before. Those that are there already stay where they
   * are and only change their cells.
   * @param {any[]} rows
   * @param {{changed: Set<any>, isNew: boolean}} info
   * @param {() => void} onDraw called when it is their turn, before anything changes
   */
  setRows(rows, info, onDraw) {
    this.#drawn = this.#drawn.then(() => {
      onDraw();
      return this.#draw(rows, info);
    });
    return this.#drawn;
  }

  /** @param {() => void} listener called whenever rows are on the screen anew */
  onRendered(listener) {
    this.#tabulator.on("renderComplete", listener);
  }

  async #draw(rows, { changed, isNew }) {
    const ids = rows.map((row) => row[this.#options.key]);
    const isSameOrder = ids.length === this.#ids.length && ids.every((id, at) => id === this.#ids[at]);
    if (isSameOrder && !isNew) {
      const touched = rows.filter((row) => changed.has(row[this.#options.key]));
      await Promise.all(touched.map((row) => this.#replace(row)));
    } else {
      this.#ids = ids;
      await (isNew ? this.#tabulator.setData(rows) : this.#tabulator.replaceData(rows));
    }
    for (const id of isNew ? [] : changed) {
      this.#flash(id);
    }
  }

  /** Show other columns, or the same anew. */
  refreshColumns() {
    this.#drawn = this.#drawn.then(() => {
      this.#tabulator.setColumns(this.#columns());
      this.#tabulator.redraw(true);
    });
    return this.#drawn;
  }

  /** Draw all cells anew. */
  repaint() {
    this.#drawn = this.#drawn.then(() => {
      for (const row of this.#tabulator.getRows()) {
        row.reformat();
      }
    });
  }

  /** @returns {any[]} Tabulator's rows in their order */
  rows() {
    return this.#tabulator.getRows();
  }

  /** @returns {any[]} Tabulator's columns that are shown, in their order */
  columns() {
    return this.#tabulator.getColumns().filter((column) => column.isVisible());
  }

  /** @param {any} row of Tabulator; @returns {Promise<void>} when it is on the screen */
  async reveal(row) {
    await this.#tabulator.scrollToRow(row, "nearest", false).catch(() => undefined);
  }

  /** Take it off the screen. */
  close() {
    this.#tabulator.destroy();
  }

  async #replace(row) {
    const found = this.#tabulator.getRow(row[this.#options.key]);
    if (found) {
      const gone = Object.keys(found.getData()).filter((field) => !(field in row));
      await found.update({ ...row, ...Object.fromEntries(gone.map((field) => [field, undefined])) });
      found.reformat();
    }
  }

  #flash(id) {
    const found = this.#tabulator.getRow(id);
    const element = found && found.getElement();
    if (element) {
      element.classList.remove("is-flashing");
      element.getBoundingClientRect();
      element.classList.add("is-flashing");
      setTimeout(() => element.classList.remove("is-flashing"), FLASH);
    }
  }

  #decorate(row) {
    const element = row.getElement();
    const data = row.getData();
    element.setAttribute("aria-rowindex", String(row.getPosition() + 1));
    element.className = `${element.className.replace(/ ?\bis-row-\S+/g, "")} ${this.#options.rowClass?.(data) || ""}`.trim();
    this.#options.decorate(element, data);
  }

  #moved() {
    const fields = this.columns().map((column) => column.getField());
    this.#options.look.reorder(fields.filter((field) => field !== SELECT && field !== ACTIONS));
  }

  #columns() {
    const { lead, trail, look } = this.#options;
    return [
      ...lead.map((column) => this.#tool(column)),
      ...look.visible().map((column) => this.#column(column)),
      ...trail.map((column) => this.#tool(column)),
    ];
  }

  #tool(column) {
    return { ...this.#column(column), frozen: true, resizable: false, minWidth: column.width };
  }

  #column(column) {
    const chosen = this.#options.look.width(column);
    const grows = column.grow && chosen === undefined;
    return {
      field: column.field,
      title: column.title,
      ...(grows ? { minWidth: column.width, widthGrow: 1 } : { width: chosen ?? column.width }),
      frozen: Boolean(column.pinned),
      hozAlign: isNumeric(column) ? "right" : "left",
      headerHozAlign: isNumeric(column) ? "right" : "left",
      cssClass: classesOf(column),
      titleFormatter: () => headerOf(column, this.#options),
      formatter: (cell) => this.#cell(cell, column),
    };
  }

  #cell(cell, column) {
    const element = cell.getElement();
    element.tabIndex = -1;
    const row = cell.getData();
    const value = row[recordField(column)];
    const content = contentOf(column, value, row);
    title(element, column, value, row);
    return content instanceof Node ? content : el("span", { class: "cell-text" }, content);
  }
}

const classesOf = (column) =>
  [
    column.mono && "is-code",
    isNumeric(column) && "is-amount",
    (column.field === SELECT || column.field === ACTIONS) && "is-tool",
  ]
    .filter(Boolean)
    .join(" ");
