/** What goes on at the moment: phones that move from site to site, and messages between them. */

import { el } from "../dom.js";
import { t } from "../i18n.js";

/** @returns {{element: HTMLElement, show: (status: Record<string, any>) => void}} */
export function activityCard() {
  const roams = el("span", { class: "health-figures" });
  const messages = el("span", { class: "health-figures" });
  const row = (name, figures) =>
    el("div", { class: "health-row", role: "listitem" }, el("span", { class: "health-name" }, t(`health.${name}`)), figures);
  const element = el(
    "section",
    { class: "card" },
    el("div", { class: "health-rows", role: "list", "aria-label": t("health.activity") }, row("roams", roams), row("messages", messages)),
  );
  return {
    element,
    show(status) {
      if (status.roams) {
        say(roams, t("health.roamsText", status.roams));
      }
      if (status.messages) {
        say(messages, t("health.messagesText", outcomes(status.messages)), more(status.messages));
      }
    },
  };
}

function outcomes({ openMessages, results }) {
  const delivered = results.Delivered || 0;
  const all = Object.values(results).reduce((sum, count) => sum + count, 0);
  return { open: openMessages, delivered, failed: all - delivered };
}

const more = ({ fromOmms, fromApplications, confirmations, alarms }) =>
  t("health.messagesMore", { omms: fromOmms, applications: fromApplications, confirmations, alarms });

function say(element, text, title = "") {
  if (element.textContent !== text) {
    element.textContent = text;
  }
  if (element.title !== title) {
    element.title = title;
  }
}
