/** The pane of users and DECT phones, in three views. */

import { get } from "../api.js";
import { el, fill } from "../dom.js";
import { errorText } from "../errors.js";
import { t } from "../i18n.js";
import { onStatus } from "../live.js";
import { button, emptyState, paneHead, skeleton } from "../pane.js";
import { navigate, noteView } from "../router.js";
import { segments } from "../segments.js";
import { DataTable } from "../table/table.js";
import { toastError } from "../toast.js";
import { loadCatalogue } from "./record_fields.js";
import { userColumns } from "./user_columns.js";
import { openRecordPanel } from "./user_panel.js";

const VIEWS = {
  overview: { topic: "pairs", key: "id" },
  users: { topic: "users", key: "uid" },
  devices: { topic: "devices", key: "ppn" },
};
const FIRST = "overview";
const ROWS = 16;

/** The pane as the router takes it. */
export const usersPane = {
  id: "users",
  title: "users.title",
  icon: "users",
  order: 50,
  load: (container, view) => new UsersPane(container, view),
};

class UsersPane {
  #head = paneHead({ title: t("users.title") });
  #body = el("div", { class: "pane-fill" });
  #view;
  #table = null;
  #catalogue = null;
  #isClosed = false;
  #stopStatus;

  constructor(container, view) {
    this.#view = view;
    container.append(this.#head.element, this.#body);
    this.#stopStatus = onStatus(({ totals }) => totals && this.#count(totals));
    this.#load();
  }

  /** @param {Record<string, string>} view */
  show(view) {
    const isSameTable = this.#nameOf(view) === this.#nameOf(this.#view);
    this.#view = view;
    if (!this.#catalogue) {
      return;
    }
    if (isSameTable && this.#table) {
      this.#table.show(view);
      this.#openNamed();
    } else {
      this.#build();
    }
  }

  close() {
    this.#isClosed = true;
    this.#stopStatus();
    this.#table?.close();
  }

  #nameOf(view) {
    return view.view in VIEWS ? view.view : FIRST;
  }

  async #load() {
    fill(this.#body, skeleton(ROWS));
    try {
      this.#catalogue = await loadCatalogue(() => this.#table?.repaint());
    } catch (error) {
      const retry = button({ label: t("action.retry"), icon: "refresh", run: () => this.#load() });
      fill(this.#body, emptyState({ icon: "error", title: t("table.failed"), text: errorText(error), action: retry }));
      return;
    }
    if (!this.#isClosed) {
      this.#build();
    }
  }

  #build() {
    this.#table?.close();
    const name = this.#nameOf(this.#view);
    const { topic, key } = VIEWS[name];
    this.#table = new DataTable({
      name: topic,
      label: t(`users.view.${name}`),
      topic,
      path: `/${topic}`,
      key,
      columns: userColumns(topic, this.#catalogue),
      view: this.#view,
      nameOf: (row) => row.name || row.num || row.ipei || String(row[key]),
      search: t("users.search"),
      lead: this.#switch(name),
      empty: () => emptyState({ icon: "users", title: t(`users.none.${name}`), text: t("users.noneText") }),
      onOpen: (row) => this.#open(row),
      actions: (row) => this.#actions(row),
      onView: (kept) => this.#note(kept),
    });
    fill(this.#body, this.#table.element);
    this.#table.start();
    this.#openNamed();
    if (this.#view.filter) {
      this.#note({ filter: "" });
    }
  }

  #switch(active) {
    const views = Object.fromEntries(Object.keys(VIEWS).map((name) => [name, t(`users.view.${name}`)]));
    return segments({ pane: "users", label: t("users.views"), views, active });
  }

  #note(change) {
    this.#view = { ...this.#view, ...change };
    noteView(this.#view);
  }

  #actions(row) {
    const { uid, ppn, omm } = row;
    const go = (view, open) => () => navigate("users", { view, open: String(open) });
    return [
      { label: t("users.action.open"), icon: "info", run: () => this.#open(row) },
      uid && this.#nameOf(this.#view) !== "users" && { label: t("users.action.user"), icon: "account", run: go("users", uid) },
      ppn && this.#nameOf(this.#view) !== "devices" && { label: t("users.action.device"), icon: "phone", run: go("devices", ppn) },
      omm && { label: t("users.action.omm", { name: this.#catalogue.omms.get(omm) || "" }), icon: "omms", run: () => navigate("omms", { open: String(omm) }) },
    ].filter(Boolean);
  }

  #open(row) {
    const { key } = VIEWS[this.#nameOf(this.#view)];
    this.#note({ open: String(row[key]) });
    openRecordPanel(row, this.#catalogue, { closed: () => this.#note({ open: "" }) });
  }

  async #openNamed() {
    const { open } = this.#view;
    if (!open) {
      return;
    }
    try {
      this.#open(await get(`/${VIEWS[this.#nameOf(this.#view)].topic}/${Number(open)}`));
    } catch (error) {
      this.#note({ open: "" });
      toastError(error);
    }
  }

  #count({ users, devices, pairs }) {
    this.#head.setLine(
      el("span", { class: "figure" }, t("users.countUsers", { count: users })),
      el("span", { class: "figure" }, t("users.countDevices", { count: devices })),
      el("span", { class: "figure" }, t("users.countPairs", { count: pairs })),
    );
  }
}
