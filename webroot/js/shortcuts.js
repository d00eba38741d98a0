/** Keys that do something anywhere on the page; `?` shows them all. */

import { openDialog } from "./dialog.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";

/** @type {Map<string, {key: string, description: string, action: () => void}>} */
const shortcuts = new Map();

/**
 * Do `action` when `key` is typed, unless something is being written or a dialog is open.
 * @param {string} key as in `KeyboardEvent.key`, or two such keys with a space between: `g h`
 * @param {string} description key of the text that says what it does
 * @param {() => void} action
 * @returns {() => void} takes it away
 */
export function registerShortcut(key, description, action) {
  const shortcut = { key, description, action };
  shortcuts.set(key, shortcut);
  return () => shortcuts.get(key) === shortcut && shortcuts.delete(key);
}

/** Listen to the keyboard. */
export function startShortcuts() {
  let first = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) {
      return;
    }
    const found = shortcuts.get(`${first} ${event.key}`) || shortcuts.get(event.key);
    first = event.key;
    if (found) {
      event.preventDefault();
      first = "";
      found.action();
    }
  });
}

/**
 * Show all keys in a dialog.
 * @param {{title: string, keys: [string, string][]}} more keys that are known only in one part of
 *   the page, and what they do
 */
export function showShortcuts(more) {
  const row = ([key, words]) => el("tr", {}, el("td", {}, keys(key)), el("td", {}, words));
  const everywhere = [...shortcuts.values()].map(({ key, description }) => row([key, t(description)]));
  const rows = [...everywhere, el("tr", {}, el("th", { colspan: "2" }, more.title)), ...more.keys.map(row)];
  openDialog({
    title: t("shortcuts.title"),
    content: el("table", { class: "shortcuts" }, el("tbody", {}, rows)),
    actions: [],
  });
}

const keys = (key) => key.split(" ").map((each) => el("kbd", {}, each));

function isBusy(target) {
  return (
    document.querySelector("dialog[open]") !== null ||
    (target instanceof HTMLElement &&
      (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)))
  );
}
