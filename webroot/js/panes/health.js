/** How MOM and its sites are: components with reasons, and a map of all sites. */

import { el, fill } from "../dom.js";
import { number, t, tOr } from "../i18n.js";
import { onStatus } from "../live.js";
import { paneHead, skeleton } from "../pane.js";
import { reasonText } from "../reasons.js";
import { address } from "../router.js";
import { severityState, stateBadge } from "../state.js";
import { activityCard } from "./activity.js";
import { SiteMap } from "./site_map.js";

/** Where to look when a component is not well: pane and view. What only the server's host can mend
 * has a sentence instead: the key of it below `health.help`. */
const HELP = {
  License: ["settings", { part: "license" }],
  "OMM connections": ["omms", { filter: "state:ne:connected" }],
  "Missing records": ["omms", { filter: "missing:gt:0" }],
  Certificate: ["settings", {}],
  Provisioning: ["omms", {}],
  Database: ["events", {}],
  "Disk space": ["events", {}],
  Time: "time",
};

/** @type {import("../router.js").Pane} */
export const healthPane = { id: "health", title: "health.title", icon: "health", order: 10, load };

function load(container) {
  const head = paneHead({ title: t("health.title") });
  const rows = el("div", { class: "health-rows", role: "list", "aria-label": t("health.components") }, skeleton(6));
  const activity = activityCard();
  const sites = new SiteMap();
  const body = el(
    "div",
    { class: "pane-body" },
    el("section", { class: "card" }, rows),
    activity.element,
    sites.element,
  );
  container.append(head.element, body);
  let shown = "";
  const stop = onStatus((status) => {
    head.setLine(stateBadge(severityState(status.health.severity)), summary(status));
    const components = JSON.stringify(status.health.components);
    if (components !== shown) {
      shown = components;
      fill(rows, status.health.components.map(componentRow));
    }
    activity.show(status);
    sites.show(status);
  });
  return {
    close() {
      stop();
      sites.close();
    },
  };
}

function summary({ health, omms, states }) {
  const bad = health.components.filter((component) => component.severity !== "OK").length;
  const well = bad === 0 ? t("health.allWell") : t("health.needLook", { count: bad });
  const enabled = omms - (states.disabled || 0);
  const connected = t("health.connected", { connected: number(states.connected || 0), total: number(enabled) });
  return el("span", {}, enabled > 0 ? `${well} · ${connected}` : well);
}

function componentRow({ name, severity, reason }) {
  const label = tOr(`component.${name}`, name);
  const isWell = severity === "OK";
  return el(
    "div",
    { class: "health-row", role: "listitem", data: { component: name } },
    el("span", { class: "health-name" }, label),
    stateBadge(severityState(severity)),
    el("span", { class: "health-reason", title: reason || null }, reason ? reasonText(reason) : el("span", { class: "muted" }, t("health.noReason"))),
    !isWell && HELP[name] && helpFor(HELP[name], label),
  );
}

function helpFor(help, label) {
  if (typeof help === "string") {
    return el("span", { class: "health-link" }, t(`health.help.${help}`));
  }
  const [pane, view] = help;
  return el("a", { class: "health-link", href: address(pane, view) }, t(`health.help.${pane}`), el("span", { class: "visually-hidden" }, ` (${label})`));
}
