/** Short notices and the progress of long jobs, which survive a change of pane. */

import { el, fill } from "./dom.js";
import { errorText } from "./errors.js";
import { number, t } from "./i18n.js";
import { icon } from "./icons.js";

const LASTS = 6000;
const PATIENCE = 300;

const region = el("div", { class: "toasts", role: "status", "aria-live": "polite" });

/** Put the region of notices into the page. */
export function startToasts() {
  document.body.append(region);
}

/**
 * Show a notice. With an action (such as undo), or an error, it stays until it is closed.
 * @param {string} text
 * @param {{tone?: "ok" | "error" | "warning" | "info",
 *   action?: {label: string, run: () => void}}} [options]
 * @returns {() => void} takes it away
 */
export function toast(text, { tone = "ok", action } = {}) {
  const entry = el("div", { class: `toast tone-${tone}` });
  const close = () => entry.remove();
  const run = () => {
    close();
    action.run();
  };
  fill(
    entry,
    icon({ ok: "ok", error: "error", warning: "alert", info: "info" }[tone]),
    el("span", { class: "toast-text" }, text),
    action && el("button", { type: "button", class: "button button-plain", on: { click: run } }, action.label),
    closeButton(close),
  );
  region.append(entry);
  if (tone !== "error") {
    setTimeout(close, action ? 2 * LASTS : LASTS);
  }
  return close;
}

/**
 * Show an error as a notice.
 * @param {any} error
 */
export const toastError = (error) => toast(errorText(error), { tone: "error" });

/**
 * Show the progress of something long.
 * @param {string} title
 * @param {() => void} [cancel] offered as a button
 * @returns {{update: (done: number, total: number) => void, finish: (text: string) => void,
 *   fail: (text: string) => void}}
 */
export function progress(title, cancel) {
  const bar = el("progress", { "aria-label": title });
  const count = el("span", { class: "toast-count" });
  const entry = el(
    "div",
    { class: "toast toast-progress" },
    icon("busy"),
    el("span", { class: "toast-text" }, title),
    count,
    cancel && el("button", { type: "button", class: "button button-plain", on: { click: cancel } }, t("action.cancel")),
    bar,
  );
  region.append(entry);
  const end = (text, tone) => {
    entry.remove();
    toast(text, { tone });
  };
  return {
    update(done, total) {
      bar.max = total || 1;
      bar.value = done;
      fill(count, total ? `${number(done)} / ${number(total)}` : number(done));
    },
    finish: (text) => end(text, "ok"),
    fail: (text) => end(text, "error"),
  };
}

/**
 * Wait for something that may take a moment: progress is shown if it takes longer than 300 ms.
 * @template T
 * @param {string} title
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withProgress(title, work) {
  let entry = null;
  const timer = setTimeout(() => {
    entry = el("div", { class: "toast toast-progress" }, icon("busy"), el("span", { class: "toast-text" }, title), el("progress", { "aria-label": title }));
    region.append(entry);
  }, PATIENCE);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    entry?.remove();
  }
}

const closeButton = (close) =>
  el("button", { type: "button", class: "button-icon", "aria-label": t("action.close"), on: { click: close } }, icon("close"));
