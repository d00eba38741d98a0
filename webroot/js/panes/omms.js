/** The pane of the OMMs. */

import { get } from "../api.js";
import { el } from "../dom.js";
import { t } from "../i18n.js";
import { onStatus } from "../live.js";
import { ommNumber } from "../numbers.js";
import { button, emptyState, paneHead } from "../pane.js";
import { reasonText } from "../reasons.js";
import { noteView } from "../router.js";
import { mayWrite } from "../session.js";
import { ommState, severityState, stateBadge } from "../state.js";
import { DataTable } from "../table/table.js";
import { toastError } from "../toast.js";
import { ommActions, ommBulk } from "./omm_actions.js";
import { ommColumns } from "./omm_columns.js";
import { openOmmPanel } from "./omm_panel.js";

const NEW = "new";

/** The pane as the router takes it. */
export const ommsPane = {
  id: "omms",
  title: "omms.title",
  icon: "omms",
  order: 40,
  load: (container, view) => new OmmsPane(container, view),
};

class OmmsPane {
  #head = paneHead({ title: t("omms.title"), actions: [mayWrite() && addButton(() => this.#open(NEW))] });
  #table;
  #view;
  #stopStatus;

  constructor(container, view) {
    this.#view = view;
    this.#table = new DataTable({
      name: "omms",
      label: t("omms.title"),
      topic: "omms",
      path: "/omms",
      key: "id",
      columns: ommColumns(),
      view,
      nameOf: (omm) => omm.name,
      search: t("omms.search"),
      empty: () => this.#empty(),
      onOpen: (omm) => this.#edit(omm),
      actions: (omm) => ommActions(omm, { edit: (each, tab) => this.#edit(each, tab), changed: () => this.#table.refresh() }),
      bulk: ommBulk(() => this.#table.refresh()),
      onView: (kept) => this.#note(kept),
      rowClass: (omm) => (omm.enabled ? "" : "is-row-off"),
    });
    container.append(this.#head.element, el("div", { class: "pane-fill" }, this.#table.element));
    this.#table.start();
    this.#stopStatus = onStatus((status) => this.#count(status));
    if (view.open) {
      this.#open(view.open);
    }
    if (view.filter) {
      this.#note({ ...view, filter: "" });
    }
  }

  /** @param {Record<string, string>} view */
  show(view) {
    const { open, ...rest } = view;
    this.#view = view;
    this.#table.show(rest);
    if (open) {
      this.#open(open);
    }
  }

  close() {
    this.#stopStatus();
    this.#table.close();
  }

  #note(change) {
    this.#view = { ...this.#view, ...change };
    noteView(this.#view);
  }

  async #open(id) {
    if (id === NEW) {
      this.#panel(null);
      return;
    }
    try {
      this.#edit(await get(`/omms/${Number(id)}`));
    } catch (error) {
      this.#note({ open: "" });
      toastError(error);
    }
  }

  #edit(omm, tab) {
    this.#note({ open: String(omm.id) });
    this.#panel(omm, tab);
  }

  #panel(omm, tab) {
    openOmmPanel(omm, { tab, saved: () => this.#table.refresh(), closed: () => this.#note({ open: "" }) });
  }

  #empty() {
    return emptyState({
      icon: "omms",
      title: t("omms.none"),
      text: t("omms.noneText"),
      action: mayWrite() && addButton(() => this.#open(NEW)),
    });
  }

  #count({ states = {}, omms = 0, sites = [] }) {
    const state = (name) => ({ ...ommState({ state: name }), word: t(`omms.count.${name}`, { count: states[name] }) });
    const shown = ["synchronising", "waiting", "disabled"].filter((name) => states[name]);
    const connected = states.connected || 0;
    const bad = sites.filter((site) => site.state === "connected" && site.health === "error");
    const known = connected ? severityState(bad.length > 0 ? "warning" : "OK") : ommState({ state: "disabled" });
    const well = { ...known, word: t("omms.connectedOf", { connected, total: omms }) };
    const wrong = { ...severityState("error"), word: t("omms.count.error", { count: bad.length }) };
    const reasons = bad.map((site) => `${ommNumber(site.id)}: ${reasonText(site.reason)}`).join("\n");
    this.#head.setLine(omms > 0 && stateBadge(well), bad.length > 0 && stateBadge(wrong, reasons), shown.map((name) => stateBadge(state(name))));
  }
}

const addButton = (run) => button({ label: t("omms.add"), icon: "add", kind: "primary", run });
