/** The panes at the left, with a count where it helps. */

import { el, fill } from "../dom.js";
import { feedChanged, feedIsStale, newEvents } from "../feed.js";
import { number, t } from "../i18n.js";
import { icon } from "../icons.js";
import { currentStatus } from "../live.js";
import { address, allPanes, paneShown } from "../router.js";
import { severityState } from "../state.js";

/** The rail. */
export class Rail {
  #links = new Map();
  #badges = new Map();
  #stops;

  constructor() {
    const items = allPanes().map((pane) => this.#item(pane));
    this.element = el("nav", { class: "rail", "aria-label": t("frame.panes") }, el("ul", {}, items));
    this.#stops = [
      paneShown.listen((pane) => this.#mark(pane.id)),
      feedChanged.listen(() => this.#showEvents()),
    ];
  }

  /** @param {Record<string, any>} status */
  show(status) {
    const { health, omms, states } = status;
    const state = severityState(health.severity);
    const isWell = health.severity === "OK";
    this.#badge("health", isWell ? "" : icon(state.icon), state.tone, isWell ? "" : state.word);
    const enabled = omms - (states.disabled || 0);
    const isAway = states.connected < enabled;
    const counts = enabled > 0 ? `${number(states.connected)}/${number(enabled)}` : "";
    this.#badge("omms", counts, isAway ? "warning" : "", t("frame.connected"));
    this.#showEvents();
  }

  /** Listen no more. */
  close() {
    for (const stop of this.#stops) {
      stop();
    }
  }

  #item(pane) {
    const badge = el("span", { class: "rail-badge" });
    const link = el(
      "a",
      { href: address(pane.id), title: t(pane.title) },
      icon(pane.icon),
      el("span", { class: "rail-word" }, t(pane.title)),
      badge,
    );
    this.#links.set(pane.id, link);
    this.#badges.set(pane.id, badge);
    return el("li", {}, link);
  }

  #mark(id) {
    for (const [each, link] of this.#links) {
      link.toggleAttribute("aria-current", each === id);
      if (each === id) {
        link.setAttribute("aria-current", "page");
      }
    }
  }

  #showEvents() {
    const fresh = currentStatus().health ? newEvents() : 0;
    const some = feedIsStale() ? t("frame.newSome") : "";
    this.#badge("events", fresh > 0 ? t("frame.new", { count: fresh }) : some, "busy", "");
  }

  #badge(id, content, tone, word) {
    const badge = this.#badges.get(id);
    if (!badge) {
      return;
    }
    badge.className = `rail-badge ${tone ? `tone-${tone}` : ""}`;
    fill(badge, content, content && word && el("span", { class: "visually-hidden" }, ` ${word}`));
  }
}
