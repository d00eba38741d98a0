/** Small panels below a button: Escape and a click elsewhere close them and lead back to it. */

import { el } from "../dom.js";

const GAP = 4;
const EDGE = 8;

/**
 * Open a panel below a button.
 * @param {HTMLElement} anchor
 * @param {{label: string, class?: string, content: (close: () => void) => any}} options
 * @returns {() => void} closes it
 */
export function openPopover(anchor, { label, class: kind = "", content }) {
  const close = () => holder.isConnected && holder.hidePopover();
  const holder = el("div", { class: `popover ${kind}`, popover: "auto", role: "dialog", "aria-label": label });
  holder.append(...[content(close)].flat().filter(Boolean));
  holder.addEventListener("toggle", (event) => {
    if (event.newState === "closed") {
      anchor.setAttribute("aria-expanded", "false");
      const wasInside = holder.contains(document.activeElement) || document.activeElement === document.body;
      holder.remove();
      if (wasInside) {
        anchor.focus();
      }
    }
  });
  (anchor.closest("dialog") || document.body).append(holder);
  anchor.setAttribute("aria-expanded", "true");
  holder.showPopover();
  place(holder, anchor.getBoundingClientRect());
  holder.querySelector("input, select, button")?.focus();
  return close;
}

function place(holder, at) {
  const { offsetWidth: width, offsetHeight: height } = holder;
  const isBelow = at.bottom + GAP + height <= window.innerHeight;
  holder.style.left = `${Math.max(EDGE, Math.min(at.left, window.innerWidth - width - EDGE))}px`;
  holder.style.top = `${isBelow ? at.bottom + GAP : Math.max(EDGE, at.top - height - GAP)}px`;
}
