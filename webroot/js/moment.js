/** Times on the page: relative to now in the text, in full in the tooltip. */

import { absoluteTime, relativeTime } from "./i18n.js";
import { el, setText } from "./dom.js";

const REFRESH = 5000;

/**
 * An element with a time that keeps itself up to date while it is on the page.
 * @param {number} seconds since 1970; 0 = never, which shows nothing
 * @returns {HTMLElement}
 */
export function moment(seconds) {
  if (!seconds) {
    return el("span");
  }
  return el(
    "time",
    {
      datetime: new Date(seconds * 1000).toISOString(),
      title: absoluteTime(seconds),
      data: { at: String(seconds) },
    },
    relativeTime(seconds),
  );
}

/** Keep the times of the whole page up to date. */
export function startMoments() {
  setInterval(() => {
    for (const element of document.querySelectorAll("time[data-at]")) {
      setText(element, relativeTime(Number(element.dataset.at)));
    }
  }, REFRESH);
}
