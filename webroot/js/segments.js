/** The switch between the views of one pane: links, one of which is where one is. */

import { el } from "./dom.js";
import { address } from "./router.js";

/**
 * @param {{pane: string, label: string, views: Record<string, string>, active: string}} options
 *   `views` are the names of the views, as the URL has them, with their titles
 * @returns {HTMLElement}
 */
export function segments({ pane, label, views, active }) {
  const choices = Object.entries(views).map(([view, title]) =>
    el("a", { class: "segment", href: address(pane, { view }), "aria-current": view === active ? "true" : null }, title),
  );
  return el("nav", { class: "segments", "aria-label": label }, choices);
}
