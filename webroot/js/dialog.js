/** Questions in the middle of the page. The browser keeps the focus inside and returns it. */

import { el, uniqueId } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { standsOver } from "./over.js";

/**
 * @typedef {{label: string, kind?: "primary" | "danger" | "plain",
 *   run: (close: () => void) => void}} Action
 */

/**
 * A modal dialog.
 * @param {{title: string, content: any, actions: Action[], class?: string,
 *   onClose?: () => void}} options
 * @returns {{element: HTMLDialogElement, close: () => void}}
 */
export function openDialog({ title, content, actions, class: kind = "", onClose }) {
  const label = uniqueId("dialog");
  const close = () => dialog.close();
  const dialog = el(
    "dialog",
    { class: `dialog ${kind}`, "aria-labelledby": label },
    el(
      "header",
      { class: "dialog-head" },
      el("h2", { id: label }, title),
      el(
        "button",
        { type: "button", class: "button-icon", "aria-label": t("action.close"), on: { click: close } },
        icon("close"),
      ),
    ),
    el("div", { class: "dialog-body" }, content),
    actions.length > 0 && el("footer", { class: "dialog-foot" }, actions.map((a) => button(a, close))),
  );
  const gone = standsOver({ close });
  dialog.addEventListener("close", () => {
    gone();
    dialog.remove();
    onClose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return { element: dialog, close };
}

/**
 * Ask before something is done.
 * @param {{title: string, text: any, confirm: string, danger?: boolean}} options `text` names what
 *   it is about, `confirm` is the label of the button that does it
 * @returns {Promise<boolean>}
 */
export function confirmDialog({ title, text, confirm, danger = false }) {
  return new Promise((resolve) => {
    let answer = false;
    const say = (close) => {
      answer = true;
      close();
    };
    openDialog({
      title,
      content: typeof text === "string" ? el("p", {}, text) : text,
      actions: [
        { label: t("action.cancel"), run: (close) => close() },
        { label: confirm, kind: danger ? "danger" : "primary", run: say },
      ],
      onClose: () => resolve(answer),
    });
  });
}

function button({ label, kind = "plain", run }, close) {
  return el(
    "button",
    { type: "button", class: `button button-${kind}`, on: { click: () => run(close) } },
    label,
  );
}
