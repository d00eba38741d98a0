/** The table that all panes with many records are made of. */

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { registerShortcut } from "../shortcuts.js";
import { tipCutCells } from "./cells.js";
import { ColumnLook, recordField } from "./columns.js";
import { chooseColumns } from "./columns_menu.js";
import { askFilter, showChips } from "./filters.js";
import { tableFoot } from "./foot.js";
import { Grid } from "./grid.js";
import { markHeaders } from "./header.js";
import { gridKeyboard } from "./keyboard.js";
import { filtersAfter, nextSort, pagesOf, questionOf, viewOf } from "./query.js";
import { markPage, markRow, Selection, selectionBar } from "./selection.js";
import { TableSource } from "./source.js";
import { tableStates } from "./states.js";
import { toolbar } from "./toolbar.js";
import { actionColumn, selectColumn } from "./tool_columns.js";
import { download, selectEverything } from "./whole.js";

/**
 * @typedef {{name: string, label: string, topic: string, path: string, key: string,
 *   columns: import("./columns.js").Column[], view: Record<string, string>,
 *   nameOf: (row: any) => string, search: string, empty: () => HTMLElement, lead?: any,
 *   onOpen: (row: any) => void, actions: (row: any) => import("../menu.js").Item[],
 *   bulk?: {label: string, icon?: string, danger?: boolean, run: (ids: any[], rows: any[]) => void}[],
 *   onView: (view: Record<string, string>) => void, onTotal?: (total: number) => void,
 *   rowClass?: (row: any) => string}} TableOptions `name` is what this browser remembers the
 *   columns by; `path` is the collection's, `key` its number's field; `onView` is told what belongs
 *   into the URL
 */

/** A table of records, paged, sorted and filtered by the server and kept up to date live. */
export class DataTable {
  #options;
  #look;
  #source;
  #grid;
  #keyboard;
  /** What can be done with several rows; without it there is nothing to select. */
  #bulk;
  #selection = new Selection(() => this.#showSelection());
  #bar;
  #states;
  #tools;
  #foot;
  #jump = false;
  #shortcut;

  /** @param {TableOptions} options */
  constructor(options) {
    this.#options = options;
    this.#bulk = options.bulk || [];
    this.#look = new ColumnLook(options.name, options.columns);
    this.#source = new TableSource(options, {
      waiting: () => this.#states.wait(this.#source.rows.length > 0),
      rows: (rows, info) => this.#show(rows, info),
      error: (error) => this.#states.fail(error),
      stale: (isStale) => this.#tools.setStale(isStale),
    });
    this.#tools = this.#toolbar();
    this.#states = tableStates({ empty: options.empty, onRetry: () => this.refresh(), onClear: () => this.only([]) });
    this.#bar = selectionBar(this.#selection, this.#bulk);
    this.#foot = tableFoot((page) => this.#ask({ page }));
    this.#foot.element.prepend(this.#bar.element);
    const host = el("div", { class: "grid" });
    this.element = el(
      "section",
      { class: "data-table", "aria-label": options.label },
      this.#tools.element,
      el("div", { class: "table-room" }, host, this.#states.element),
      this.#foot.element,
    );
    this.#shortcut = registerShortcut("f", "table.searchShortcut", () => this.#tools.focusSearch());
  }

  /** Begin; the element is in the page by now. */
  start() {
    const host = this.element.querySelector(".grid");
    this.#grid = new Grid(host, this.#gridOptions());
    this.#keyboard = gridKeyboard(this.#grid, {
      onOpen: this.#options.onOpen,
      onMenu: (row, cell) => cell.closest(".tabulator-row").querySelector(".row-more")?.click(),
      onSelect: (row) => this.#bulk.length > 0 && this.#toggle(row),
      onPage: (step) => this.#turn(step),
    });
    host.addEventListener("click", (event) => this.#clicked(event));
    tipCutCells(host);
    this.#chips();
    this.#source.ask({ page: this.#source.question.page });
  }

  /** @param {Record<string, string>} view go where the URL says */
  show(view) {
    const { sort, q, page } = questionOf(view);
    this.#tools.setSearch(q);
    this.#ask({ sort, q, page });
  }

  /** Ask again for what is shown. */
  refresh() {
    return this.#source.refresh();
  }

  /** @param {import("./query.js").Filter[]} filters show what passes these and no others */
  only(filters) {
    this.#tools.setSearch("");
    this.#ask({ q: "", filters });
  }

  /** Draw the cells anew: what they are drawn with has changed. */
  repaint = () => this.#grid?.repaint();

  /** @returns {any[]} the rows of this page */
  get rows() {
    return this.#source.rows;
  }

  /** End. */
  close() {
    this.#shortcut();
    this.#source.close();
    this.#grid?.close();
  }

  #gridOptions() {
    const { key, label, nameOf, actions, rowClass } = this.#options;
    const onAll = (wanted) => this.#selection.toggleAll(this.rows.map((row) => [row[key], row]), wanted);
    return {
      key,
      label,
      look: this.#look,
      lead: this.#bulk.length > 0 ? [selectColumn(this.#selection, { key, name: nameOf, onAll })] : [],
      trail: [actionColumn({ name: nameOf, actions })],
      onSort: (column) => this.#ask({ sort: nextSort(this.#source.question.sort, recordField(column)) }),
      onFilter: (column, anchor) => this.#filter(column, anchor),
      rowClass,
      decorate: (element, row) => this.#decorate(element, row),
    };
  }

  #toolbar() {
    return toolbar({
      q: this.#source.question.q,
      placeholder: this.#options.search,
      lead: this.#options.lead,
      onSearch: (q) => q !== this.#source.question.q && this.#ask({ q }),
      onColumns: (anchor) => chooseColumns(anchor, this.#look, () => this.#columnsChanged()),
      onExport: () => this.#export(),
      onRefresh: () => this.refresh(),
    });
  }

  #ask(change) {
    this.#source.ask(change);
    this.#options.onView(viewOf(this.#source.question));
    this.#chips();
  }

  #chips() {
    const { question } = this.#source;
    showChips(this.#tools.chips, question.filters, this.#options.columns, (filters) => this.#ask({ filters }));
    markHeaders(this.element, question);
  }

  #filter(column, anchor) {
    const { filters } = this.#source.question;
    const field = recordField(column);
    const current = filters.find((filter) => filter.field === field);
    askFilter(anchor, column, current, (filter) => this.#ask({ filters: filtersAfter(filters, field, filter) }));
  }

  async #show(rows, info) {
    for (const row of rows) {
      this.#selection.renew(row[this.#options.key], row);
    }
    await this.#grid.setRows(rows, info, this.#keyboard.begin);
    const { question, total } = this.#source;
    if (rows.length > 0) {
      this.#states.rows();
    } else {
      this.#states.none(question.q !== "" || question.filters.length > 0);
    }
    this.#foot.show(question.page, total, rows.length);
    this.#options.onTotal?.(total);
    this.#showSelection();
    markHeaders(this.element, question);
    this.element.querySelector("[role=grid]")?.setAttribute("aria-rowcount", String(total + 1));
    const jumps = this.#jump && info.isNew;
    this.#jump = this.#jump && !jumps;
    this.#keyboard.end(jumps);
  }

  async #columnsChanged() {
    await this.#grid.refreshColumns();
    this.#chips();
    this.#keyboard.settle();
  }

  #clicked(event) {
    const cell = event.target.closest(".tabulator-cell");
    const row = cell && this.#rowOf(cell.closest(".tabulator-row"));
    if (!row) {
      return;
    }
    if (event.target.matches(".select-row") || cell.querySelector(".select-row")) {
      this.#toggle(row);
    } else if (!event.target.closest("a, button, input") && !String(getSelection())) {
      this.#options.onOpen(row);
    }
  }

  #rowOf(element) {
    return this.#grid.rows().find((row) => row.getElement() === element)?.getData();
  }

  #toggle(row) {
    this.#selection.toggle(row[this.#options.key], row);
  }

  #decorate(element, row) {
    if (this.#bulk.length > 0) {
      markRow(element, this.#selection.has(row[this.#options.key]));
    }
  }

  #showSelection() {
    for (const row of this.#grid?.rows() || []) {
      this.#decorate(row.getElement(), row.getData());
    }
    const { path, key } = this.#options;
    const { total, conditions } = this.#source;
    markPage(this.element, this.rows.filter((row) => this.#selection.has(row[key])).length, this.rows.length);
    this.#bar.show(total, () => selectEverything(this.#selection, { path, key, conditions, total }));
  }

  #turn(step) {
    const page = this.#source.question.page + step;
    if (page >= 1 && page <= pagesOf(this.#source.total)) {
      this.#jump = true;
      this.#ask({ page });
    }
  }

  #export() {
    download(this.#options.path, this.#source.conditions, this.#look.visible());
  }
}
