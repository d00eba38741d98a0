/** States as people see them: a word, an icon and a tone; never a colour alone. */

import { el } from "./dom.js";
import { number, t, tOr } from "./i18n.js";
import { icon } from "./icons.js";

/**
 * `tone` is one of ok, busy, warning, error, off and chooses the colour.
 * @typedef {{word: string, icon: string, tone: string}} State
 */

const OMM_STATES = {
  connected: { icon: "ok", tone: "ok" },
  connecting: { icon: "busy", tone: "busy" },
  opening: { icon: "busy", tone: "busy" },
  configuring: { icon: "busy", tone: "busy" },
  synchronising: { icon: "busy", tone: "busy" },
  waiting: { icon: "waiting", tone: "error" },
  disabled: { icon: "blocked", tone: "off" },
};

const SEVERITIES = {
  OK: { icon: "ok", tone: "ok" },
  warning: { icon: "alert", tone: "warning" },
  error: { icon: "error", tone: "error" },
};

/**
 * The state of an OMM's connection, with how much is read.
 * @param {{state: string, done?: number, total?: number}} omm
 * @returns {State}
 */
export function ommState(omm) {
  const known = OMM_STATES[omm.state] || OMM_STATES.disabled;
  return { ...known, word: wordOf(omm) };
}

function wordOf(omm) {
  const word = t(`state.${omm.state}`);
  if (omm.state === "synchronising" && omm.total) {
    return `${word} ${number(Math.floor((100 * omm.done) / omm.total))} %`;
  }
  return word;
}

/**
 * An OMM in one state: its connection, and where that stands its own health.
 * @param {{state: string, health?: string}} omm
 * @returns {State}
 */
export function ommOverall(omm) {
  return omm.state === "connected" && omm.health && omm.health !== "OK"
    ? severityState(omm.health)
    : ommState(omm);
}

/**
 * A severity of health or event log.
 * @param {string} severity `OK`, `warning` or `error`
 * @returns {State}
 */
export function severityState(severity) {
  const known = SEVERITIES[severity] || SEVERITIES.warning;
  return { ...known, word: tOr(`severity.${severity}`, String(severity)) };
}

/**
 * Icon and word of a state.
 * @param {State} state
 * @param {string} [title] tooltip
 * @returns {HTMLElement}
 */
export function stateBadge(state, title = "") {
  return el(
    "span",
    { class: `state tone-${state.tone}`, title: title || null },
    icon(state.icon),
    el("span", { class: "state-word" }, state.word),
  );
}
