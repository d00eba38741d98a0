/** The event log: the newest 100 events, as they come. */

import { BASE, del } from "../api.js";
import { confirmDialog } from "../dialog.js";
import { el, fill } from "../dom.js";
import { feedChanged, feedEvents, feedIsStale, markSeen, refreshFeed } from "../feed.js";
import { number, t, tOr } from "../i18n.js";
import { icon } from "../icons.js";
import { moment } from "../moment.js";
import { button, emptyState, paneHead, skeleton } from "../pane.js";
import { reasonText } from "../reasons.js";
import { noteView } from "../router.js";
import { mayWrite } from "../session.js";
import { severityState, stateBadge } from "../state.js";
import { toast, toastError } from "../toast.js";

const SEVERITIES = ["", "error", "warning", "OK"];

/** The view of the events. */
export class EventList {
  #head;
  #severity;
  #words;
  #body = el("div", { class: "pane-fill" });
  #stop;
  #refresh = button({ label: t("action.refresh"), icon: "refresh", run: () => refreshFeed() });
  #drawn = new Map();

  /**
   * @param {HTMLElement} container
   * @param {Record<string, string>} view
   * @param {HTMLElement} lead stands before the tools
   */
  constructor(container, view, lead) {
    this.#head = paneHead({ title: t("events.title"), actions: this.#actions() });
    this.#severity = this.#severityChoice(view.severity || "");
    this.#words = el("input", {
      type: "search",
      class: "filter-words",
      placeholder: t("events.filter"),
      "aria-label": t("events.filter"),
      value: view.q || "",
      on: { input: () => this.#filtered() },
    });
    const tools = el("div", { class: "toolbar" }, lead, this.#severity, this.#words);
    this.#body.append(skeleton(8));
    container.append(this.#head.element, el("div", { class: "pane-tools" }, tools), this.#body);
    this.#stop = feedChanged.listen(() => this.#show());
    if (feedIsStale()) {
      refreshFeed();
    }
    this.#show();
  }

  /** @param {Record<string, string>} view */
  show(view) {
    this.#severity.value = view.severity || "";
    this.#words.value = view.q || "";
    this.#show();
  }

  close() {
    this.#stop();
  }

  #actions() {
    const csv = el("a", { class: "button", href: `${BASE}/events.csv`, download: "mom_events.csv" }, icon("download"), t("action.exportCsv"));
    const clear = mayWrite() && button({ label: t("events.clear"), icon: "trash", run: () => clearAll() });
    return [this.#refresh, csv, clear];
  }

  #severityChoice(value) {
    const options = SEVERITIES.map((each) => el("option", { value: each }, t(each ? `events.severity.${each}` : "events.anySeverity")));
    const select = el("select", { class: "filter-choice", "aria-label": t("events.column.severity"), on: { change: () => this.#filtered() } }, options);
    select.value = value;
    return select;
  }

  #filtered() {
    noteView({ severity: this.#severity.value, q: this.#words.value });
    this.#show();
  }

  #show() {
    const events = feedEvents();
    this.#refresh.hidden = !feedIsStale();
    if (!events) {
      return;
    }
    const kept = events.filter((event) => this.#isKept(event));
    this.#head.setLine(
      kept.length === events.length
        ? t("events.count", { count: events.length })
        : t("events.countOf", { shown: number(kept.length), total: number(events.length) }),
    );
    this.#lay(kept, events.length);
    queueMicrotask(markSeen);
  }

  #isKept(event) {
    const words = this.#words.value.trim().toLowerCase();
    const text = `${event.subsystem} ${event.text} ${reasonText(event.text)}`.toLowerCase();
    return (!this.#severity.value || event.severity === this.#severity.value) && text.includes(words);
  }

  #lay(kept, total) {
    if (kept.length === 0) {
      const what = total === 0 ? "none" : "noneKept";
      fill(this.#body, emptyState({ icon: "events", title: t(`events.${what}`), text: t(`events.${what}Text`) }));
      return;
    }
    const before = this.#drawn;
    this.#drawn = new Map();
    const rows = kept.map((event) => {
      const key = JSON.stringify(event);
      const known = before.get(event.id);
      const row = known?.key === key ? known.row : eventRow(event, before.size > 0);
      this.#drawn.set(event.id, { key, row });
      return row;
    });
    let body = this.#body.querySelector("tbody");
    if (!body) {
      body = el("tbody");
      fill(this.#body, tableAround(body));
    }
    if (rows.length !== body.children.length || rows.some((row, index) => row !== body.children[index])) {
      body.replaceChildren(...rows);
    }
  }
}

const COLUMNS = ["severity", "subsystem", "count", "time", "event"];

const tableAround = (body) =>
  el(
    "div",
    { class: "plain-table-box", tabindex: "0", role: "region", "aria-label": t("events.title") },
    el(
      "table",
      { class: "plain-table events-table" },
      el("thead", {}, el("tr", {}, COLUMNS.map((name) => el("th", { scope: "col", class: `column-${name}` }, t(`events.column.${name}`))))),
      body,
    ),
  );

function eventRow(event, isNews) {
  const state = severityState(event.severity);
  const word = t(`events.severity.${event.severity}`);
  const text = reasonText(event.text);
  return el(
    "tr",
    { class: isNews ? "is-new" : "" },
    el("td", {}, stateBadge(event.severity === "OK" ? { ...state, icon: "info", tone: "off", word } : { ...state, word })),
    el("td", {}, tOr(`subsystem.${event.subsystem}`, event.subsystem)),
    el("td", { class: "is-number", title: event.count > 1 ? t("events.counted", { count: event.count }) : null }, number(event.count)),
    el("td", { class: "nowrap" }, moment(event.last)),
    el("td", { class: "column-event", title: text }, text),
  );
}

async function clearAll() {
  const isSure = await confirmDialog({
    title: t("events.clearTitle"),
    text: t("events.clearText", { count: (feedEvents() || []).length }),
    confirm: t("events.clear"),
    danger: true,
  });
  if (!isSure) {
    return;
  }
  try {
    await del("/events");
    refreshFeed();
    toast(t("events.cleared"));
  } catch (error) {
    toastError(error);
  }
}
