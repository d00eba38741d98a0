/** Tabs: one of several contents is shown; arrow keys move between them. */

import { el, uniqueId } from "./dom.js";

/**
 * @param {{label: string, tabs: {id: string, title: any, content: HTMLElement}[], active?: string,
 *   onChange?: (id: string) => void}} options
 * @returns {{element: HTMLElement, show: (id: string) => void}} `element` is the list of tabs; the
 *   contents stand where their owner puts them and are hidden and shown
 */
export function tabs({ label, tabs: entries, active = entries[0]?.id, onChange }) {
  const buttons = new Map();
  const show = (id) => {
    for (const entry of entries) {
      const isActive = entry.id === id;
      entry.content.hidden = !isActive;
      const button = buttons.get(entry.id);
      button.setAttribute("aria-selected", String(isActive));
      button.tabIndex = isActive ? 0 : -1;
    }
  };
  const choose = (id) => {
    show(id);
    buttons.get(id).focus();
    onChange?.(id);
  };
  const element = el("div", { class: "tabs", role: "tablist", "aria-label": label });
  for (const entry of entries) {
    entry.content.id ||= uniqueId("tab");
    const button = el(
      "button",
      { type: "button", class: "tab", role: "tab", id: uniqueId("tab"), "aria-controls": entry.content.id, on: { click: () => choose(entry.id) } },
      entry.title,
    );
    entry.content.setAttribute("role", "tabpanel");
    entry.content.setAttribute("aria-labelledby", button.id);
    buttons.set(entry.id, button);
    element.append(button);
  }
  element.addEventListener("keydown", (event) => {
    const at = entries.findIndex((entry) => buttons.get(entry.id) === document.activeElement);
    const target = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: entries.length - 1 }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      choose(entries.at(target % entries.length).id);
    }
  });
  show(active);
  return { element, show };
}
