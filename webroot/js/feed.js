/**
 * The newest events, kept for the pane and for the rail, which shows how many are new.
 *
 * New are those that came, or were counted again, after the pane was looked at last.
 */

import { subscribe } from "./live.js";
import { recall, remember } from "./preferences.js";
import { Signal } from "./signal.js";

const SHOWN = 100;
const SEEN = "events.seen";

/** Sent when the events, or what is new of them, have changed. */
export const feedChanged = new Signal();

let window = null;
let rows = new Map();
let order = [];
let isStale = false;
let isKnown = false;

/** Follow the events from now on. */
export function startFeed() {
  window ||= subscribe("events", { limit: SHOWN }, take);
}

/** Forget them and follow no more. */
export function stopFeed() {
  window?.stop();
  window = null;
  rows = new Map();
  order = [];
  isStale = false;
  isKnown = false;
}

/** Get them again, also while updates are suppressed. */
export const refreshFeed = () => window?.update();

/** @returns {any[] | null} the events, newest first; `null` before they are known */
export const feedEvents = () => (isKnown ? order.map((id) => rows.get(id)).filter(Boolean) : null);

/** @returns {boolean} whether there is something that a refresh would show */
export const feedIsStale = () => isStale;

/** @returns {number} how many are new */
export function newEvents() {
  const seen = recall(SEEN, 0);
  return (feedEvents() || []).filter((event) => event.last > seen).length;
}

/** What is there now has been looked at. */
export function markSeen() {
  const newest = Math.max(0, ...(feedEvents() || []).map((event) => event.last));
  if (newest > recall(SEEN, 0)) {
    remember(SEEN, newest);
    feedChanged.send();
  }
}

function take(update) {
  isStale = Boolean(update.stale);
  if (update.fresh) {
    rows = new Map();
  }
  for (const event of update.changed || []) {
    rows.set(event.id, event);
  }
  if (update.order) {
    order = update.order;
    isKnown = true;
  }
  feedChanged.send();
}
