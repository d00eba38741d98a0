/** The view of the event log that tells why records are as they are: all decisions in one table. */

import { get } from "../api.js";
import { el } from "../dom.js";
import { t } from "../i18n.js";
import { recordNumber } from "../numbers.js";
import { emptyState, paneHead } from "../pane.js";
import { navigate, noteView } from "../router.js";
import { DataTable } from "../table/table.js";
import { toastError } from "../toast.js";
import { decisionColumns } from "./decision_columns.js";
import { labelsOf, loadCatalogue } from "./record_fields.js";
import { HISTORY, openRecordPanel } from "./user_panel.js";

/** Where several records are shown, and by which number. */
const PLACES = { user: { view: "users", key: "uid" }, device: { view: "devices", key: "ppn" } };

/** A table of decisions; a row leads to its record. */
export class DecisionTable {
  #table;
  #catalogue = null;
  #isClosed = false;

  /**
   * @param {HTMLElement} container
   * @param {Record<string, string>} view
   * @param {HTMLElement} lead stands before the tools
   */
  constructor(container, view, lead) {
    this.#table = new DataTable({
      name: "decisions",
      label: t("events.view.decisions"),
      topic: "lines",
      path: "/lines",
      key: "id",
      columns: decisionColumns((field) => this.#catalogue && labelsOf(this.#catalogue)(field)),
      view,
      nameOf: (row) => row.key || row.name || recordNumber(row.number),
      search: t("decisions.search"),
      lead,
      empty: () => emptyState({ icon: "events", title: t("decisions.none"), text: t("decisions.noneText") }),
      onOpen: (row) => this.#open(row),
      actions: (row) => this.#actions(row),
      onView: (kept) => noteView({ view: "decisions", ...kept }),
    });
    const head = paneHead({ title: t("events.title") });
    head.setLine(t("decisions.line"));
    container.append(head.element, el("div", { class: "pane-fill" }, this.#table.element));
    this.#table.start();
    this.#load();
  }

  /** @param {Record<string, string>} view */
  show(view) {
    this.#table.show(view);
  }

  close() {
    this.#isClosed = true;
    this.#table.close();
  }

  async #load() {
    try {
      this.#catalogue = await loadCatalogue(() => undefined);
      if (!this.#isClosed) {
        this.#table.repaint();
      }
    } catch (error) {
      toastError(error);
    }
  }

  #actions(row) {
    return [
      isShown(row) && { label: t("users.action.open"), icon: "info", run: () => this.#open(row) },
      !row.last && { label: t("decisions.only"), icon: "filter", run: () => this.#only(row) },
    ].filter(Boolean);
  }

  /** Where a record cannot be shown, all that was decided about it is. */
  #open(row) {
    if (!isShown(row)) {
      this.#only(row);
    } else if (row.last) {
      const { view, key } = PLACES[row.noun];
      navigate("users", { view, filter: `${key}:gt:${row.number - 1}\n${key}:lt:${row.last + 1}` });
    } else if (this.#catalogue) {
      this.#openRecord(row);
    }
  }

  async #openRecord({ noun, number }) {
    try {
      openRecordPanel(await get(`/${PLACES[noun].view}/${number}`), this.#catalogue, { tab: HISTORY });
    } catch (error) {
      toastError(error);
    }
  }

  #only({ noun, number }) {
    this.#table.only([
      { field: "noun", op: "eq", value: noun },
      { field: "number", op: "eq", value: String(number) },
    ]);
  }
}

/** Whether the page can show what a decision is about. */
const isShown = ({ noun, deleted, last }) => noun in PLACES && (!deleted || last > 0);
