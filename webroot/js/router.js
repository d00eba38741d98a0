/**
 * The panes, and which one is shown. Pane and view are in the URL: `#/users?view=devices`.
 *
 * A pane is loaded into a fresh container and gives back what closes it. If only the view changes
 * and the pane has `show`, it is told; else it is loaded anew. What stands over the page goes with
 * the address it belongs to; while it holds something unsaved, the address stays.
 */

import { clearPage } from "./over.js";
import { Signal } from "./signal.js";

/**
 * @typedef {Record<string, string>} View
 * @typedef {{close?: () => void, show?: (view: View) => void}} Shown
 * @typedef {{id: string, title: string, icon: string, order: number,
 *   load: (container: HTMLElement, view: View) => Shown | void}} Pane
 */

/** @type {Map<string, Pane>} */
const panes = new Map();
/** Sent with the pane after it was shown. */
export const paneShown = new Signal();

let host = null;
let shown = null;
let shownId = "";
let rendered = "";

/**
 * Add a pane. `title` is a key of the texts, `order` its place in the rail (ascending).
 * @param {Pane} pane
 */
export function register(pane) {
  panes.set(pane.id, pane);
}

/** @returns {Pane[]} all panes in the order of the rail */
export const allPanes = () => [...panes.values()].sort((a, b) => a.order - b.order);

/** @returns {{id: string, view: View}} what the URL says */
export function place() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return { id: path, view: Object.fromEntries(new URLSearchParams(query)) };
}

/**
 * The address of a pane, for links.
 * @param {string} id
 * @param {View} [view] empty values are left out
 */
export function address(id, view = {}) {
  const kept = Object.entries(view).filter(([, value]) => value !== "" && value != null);
  const query = new URLSearchParams(kept).toString();
  return `#/${id}${query ? `?${query}` : ""}`;
}

/**
 * Go to a pane; it becomes a step of the browser's history.
 * @param {string} id
 * @param {View} [view]
 */
export function navigate(id, view = {}) {
  const target = address(id, view);
  if (target === location.hash) {
    rendered = "";
    render();
  } else {
    location.hash = target;
  }
}

/**
 * Note the view of the pane that is shown in the URL, without showing anything anew.
 * @param {View} view
 * @param {{step?: boolean}} [options] `step`: back leads to the former view
 */
export function noteView(view, { step = false } = {}) {
  const target = address(place().id, view);
  if (target !== location.hash) {
    history[step ? "pushState" : "replaceState"](null, "", target);
    rendered = target;
  }
}

/**
 * Show panes in `container` from now on, beginning with that of the URL.
 * @param {HTMLElement} container
 */
export function startRouter(container) {
  host = container;
  window.addEventListener("hashchange", render);
  window.addEventListener("popstate", render);
  rendered = "";
  render();
}

/** Close the pane and show none any more. */
export function stopRouter() {
  window.removeEventListener("hashchange", render);
  window.removeEventListener("popstate", render);
  closeShown();
  host = null;
}

function render() {
  if (!host) {
    return;
  }
  const { id, view } = place();
  const pane = panes.get(id);
  if (!pane) {
    history.replaceState(null, "", address(allPanes()[0].id));
    render();
    return;
  }
  if (rendered === location.hash && shownId === id) {
    return;
  }
  const target = location.hash;
  if (rendered && !clearPage(() => (location.hash = target))) {
    history.pushState(null, "", rendered);
    return;
  }
  rendered = target;
  if (shownId === id && shown?.show) {
    shown.show(view);
    return;
  }
  closeShown();
  const container = document.createElement("div");
  container.className = `pane pane-${id}`;
  host.replaceChildren(container);
  shownId = id;
  shown = pane.load(container, view) || null;
  paneShown.send(pane);
}

function closeShown() {
  shown?.close?.();
  shown = null;
  shownId = "";
  host?.replaceChildren();
}
