/** What all panes look alike in: title, one line of state, and actions on the right. */

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";

/**
 * The head of a pane.
 * @param {{title: string, actions?: any[]}} options
 * @returns {{element: HTMLElement, setLine: (...content: any[]) => void}}
 */
export function paneHead({ title, actions = [] }) {
  const line = el("p", { class: "pane-line" });
  const element = el(
    "header",
    { class: "pane-head" },
    el("div", { class: "pane-title" }, el("h1", { tabindex: "-1" }, title), line),
    el("div", { class: "pane-actions" }, actions),
  );
  return { element, setLine: (...content) => fill(line, ...content) };
}

/**
 * A button.
 * @param {{label: string, icon?: string, kind?: "plain" | "primary" | "danger", run: (event: Event)
 *   => void, disabled?: boolean, hasMenu?: boolean, iconOnly?: boolean, title?: string}} options
 *   `hasMenu`: it opens a menu; `iconOnly`: the label is only spoken and shown as tooltip
 * @returns {HTMLButtonElement}
 */
export function button({ label, icon: name, kind = "plain", run, disabled = false, hasMenu, iconOnly, title }) {
  return el(
    "button",
    {
      type: "button",
      class: iconOnly ? "button-icon" : `button button-${kind}`,
      disabled,
      title: title || (iconOnly ? label : null),
      "aria-label": iconOnly ? label : null,
      "aria-haspopup": hasMenu ? "menu" : null,
      "aria-expanded": hasMenu ? "false" : null,
      on: { click: run },
    },
    name && icon(name),
    !iconOnly && el("span", {}, label),
    hasMenu && !iconOnly && icon("chevron", { class: "icon-small" }),
  );
}

/**
 * What stands where there is nothing yet, with what to do about it.
 * @param {{icon: string, title: string, text?: any, action?: any}} options
 */
export function emptyState({ icon: name, title, text, action }) {
  return el(
    "div",
    { class: "empty" },
    icon(name, { size: 32 }),
    el("h2", {}, title),
    text && el("p", {}, text),
    action,
  );
}

/**
 * Grey bars in place of rows that are being loaded.
 * @param {number} rows
 */
export function skeleton(rows) {
  return el(
    "div",
    { class: "skeleton", "aria-hidden": "true" },
    Array.from({ length: rows }, () => el("div", { class: "skeleton-row" })),
  );
}
