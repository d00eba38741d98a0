/** The event log in two views: what happened, and what was decided about records. */

import { t } from "../i18n.js";
import { segments } from "../segments.js";
import { DecisionTable } from "./decisions.js";
import { EventList } from "./event_list.js";

const VIEWS = { events: EventList, decisions: DecisionTable };
const FIRST = "events";

/** @type {import("../router.js").Pane} */
export const eventsPane = {
  id: "events",
  title: "events.title",
  icon: "events",
  order: 80,
  load: (container, view) => new EventsPane(container, view),
};

class EventsPane {
  #container;
  #name = "";
  #shown = null;

  constructor(container, view) {
    this.#container = container;
    this.show(view);
  }

  /** @param {Record<string, string>} view */
  show(view) {
    const name = view.view in VIEWS ? view.view : FIRST;
    if (name === this.#name) {
      this.#shown.show(view);
      return;
    }
    this.close();
    this.#container.replaceChildren();
    this.#name = name;
    this.#shown = new VIEWS[name](this.#container, view, lead(name));
  }

  close() {
    this.#shown?.close();
  }
}

function lead(active) {
  const views = Object.fromEntries(Object.keys(VIEWS).map((name) => [name, t(`events.view.${name}`)]));
  return segments({ pane: "events", label: t("events.views"), views, active });
}
