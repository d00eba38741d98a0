/** Menus that open below a button; arrow keys move, Escape closes and returns to the button. */

import { el } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @typedef {{label: string, icon?: string, run?: () => void, href?: string, danger?: boolean,
 *   checked?: boolean, disabled?: boolean} | "line"} Item
 */

/**
 * Open a menu at a button, or close it if it is open there.
 * @param {HTMLElement} anchor
 * @param {Item[]} items
 * @param {{head?: any}} [options] `head` stands above the items
 */
export function openMenu(anchor, items, { head } = {}) {
  if (anchor.getAttribute("aria-expanded") === "true") {
    return;
  }
  const menu = el("div", { class: "menu", role: "menu" }, items.map((item) => entry(item, close)));
  const holder = el("div", { class: "menu-holder", popover: "auto" }, head && el("div", { class: "menu-head" }, head), menu);

  function close() {
    holder.hidePopover();
  }

  holder.addEventListener("toggle", (event) => {
    if (event.newState === "closed") {
      anchor.setAttribute("aria-expanded", "false");
      const isInside = holder.contains(document.activeElement) || document.activeElement === document.body;
      holder.remove();
      if (isInside) {
        anchor.focus();
      }
    }
  });
  menu.addEventListener("keydown", (event) => move(event, menu));
  (anchor.closest("dialog") || document.body).append(holder);
  anchor.setAttribute("aria-expanded", "true");
  holder.showPopover();
  put(holder, anchor);
  menu.querySelector("[role^=menuitem]:not([aria-disabled=true])")?.focus();
}

function entry(item, close) {
  if (item === "line") {
    return el("div", { class: "menu-line", role: "separator" });
  }
  const isChoice = item.checked !== undefined;
  const run = (event) => {
    if (item.disabled) {
      event.preventDefault();
      return;
    }
    close();
    item.run?.();
  };
  return el(
    item.href ? "a" : "button",
    {
      type: item.href ? null : "button",
      href: item.href,
      class: `menu-item ${item.danger ? "is-danger" : ""}`,
      role: isChoice ? "menuitemradio" : "menuitem",
      "aria-checked": isChoice ? String(item.checked) : null,
      "aria-disabled": item.disabled ? "true" : null,
      tabindex: "-1",
      on: { click: run },
    },
    isChoice ? (item.checked ? icon("check") : el("span", { class: "icon-space" })) : item.icon && icon(item.icon),
    el("span", {}, item.label),
  );
}

function move(event, menu) {
  const items = [...menu.querySelectorAll("[role^=menuitem]")];
  const at = items.indexOf(document.activeElement);
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  if (event.key in steps) {
    event.preventDefault();
    items.at(steps[event.key] % items.length).focus();
  }
}

/** Below the button, inside the window. Distances set by script pass the content policy. */
function put(holder, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = holder;
  const below = at.bottom + 4 + height <= window.innerHeight;
  holder.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - width - 8))}px`;
  holder.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
}
