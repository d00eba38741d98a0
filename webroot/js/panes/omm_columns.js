/** The columns of the table of OMMs. */

import { el } from "../dom.js";
import { clockTime, number, t } from "../i18n.js";
import { moment } from "../moment.js";
import { ommNumber } from "../numbers.js";
import { reasonText } from "../reasons.js";
import { ommState, severityState, stateBadge } from "../state.js";

const STATES = ["connected", "connecting", "opening", "configuring", "synchronising", "waiting", "disabled"];
const SEVERITIES = ["OK", "warning", "error"];

/** @returns {import("../table/columns.js").Column[]} */
export function ommColumns() {
  const title = (name) => t(`omms.column.${name}`);
  const states = STATES.map((value) => ({ value, label: t(`state.${value}`) }));
  const severities = SEVERITIES.map((value) => ({ value, label: t(`severity.${value}`) }));
  const column = (field, width, more = {}) => ({ field, title: title(field), width, ...more });
  return [
    column("id", 92, { kind: "number", mono: true, pinned: true, render: ommNumber }),
    column("name", 128, { pinned: true }),
    column("state", 264, { kind: "choice", choices: states, grow: true, render: connection, words: why }),
    column("since", 116, { kind: "time", operators: [], sortable: false, render: since }),
    column("health", 112, { kind: "choice", choices: severities, grow: true, render: health, words: (_, omm) => omm.healthReasons.map(reasonText).join("\n") }),
    column("omm1", 108, { mono: true, render: ownPage }),
    column("nUsers", 98, { kind: "number", render: counted }),
    column("nDevs", 90, { kind: "number", render: counted }),
    column("nRfps", 86, { kind: "number", help: t("omms.baseStationsHelp"), render: baseStations }),
    column("omm2", 108, { mono: true, render: ownPage }),
    column("cloudId", 120, { mono: true }),
    column("ommVersion", 150, { render: release, words: (version) => version }),
    column("lastSync", 112, { kind: "time" }),
    column("enabled", 84, { kind: "boolean" }),
    column("username", 100),
    column("description", 200),
    column("port", 76, { kind: "number", hidden: true, render: (value) => String(value) }),
    column("park", 112, { mono: true, hidden: true }),
    column("clockOffset", 110, { kind: "number", hidden: true, render: offset }),
    column("provisioning", 112, { kind: "boolean", hidden: true }),
    column("missing", 110, { kind: "number", hidden: true, render: (value) => (value ? number(value) : "") }),
  ];
}

/**
 * The address of an OMM's own page.
 * @param {string} address
 */
export function pageOf(address) {
  return `https://${address.includes(":") ? `[${address}]` : address}/`;
}

function ownPage(address) {
  return address && el("a", { href: pageOf(address), target: "_blank", rel: "noopener noreferrer", tabindex: "-1" }, address);
}

function connection(_, omm) {
  const badge = stateBadge(ommState(omm));
  const isReading = omm.state === "synchronising" && omm.total > 0;
  const bar = isReading && el("progress", { max: String(omm.total), value: omm.done, "aria-label": t("omms.progress", { done: omm.done, total: omm.total }), title: t("omms.progress", { done: omm.done, total: omm.total }) });
  const reason = omm.state !== "connected" && omm.state !== "disabled" && !isReading && shortReason(omm);
  return el("span", { class: "cell-state" }, badge, bar, reason && el("span", { class: "cell-reason" }, reason));
}

/** Since when it is connected or away; what is disabled is neither. */
const since = (at, omm) => (omm.enabled ? moment(at) : "");

/** The whole reason, and when it is tried again. */
function why(_, omm) {
  const next = omm.state === "waiting" && omm.nextTry > 0 && t("omms.nextTry", { time: clockTime(omm.nextTry) });
  return [reasonText(omm.reason), next].filter(Boolean).join("\n");
}

/** With one address only, the reason need not name it: it stands in the same row. */
function shortReason({ reason, omm1, omm2 }) {
  const text = reasonText(reason);
  const named = `${omm1}: `;
  return !omm2 && text.startsWith(named) ? text.slice(named.length) : text;
}

function health(_, omm) {
  if (!omm.enabled && omm.health === "OK") {
    return "";
  }
  const reasons = omm.state === "connected" ? omm.healthReasons.map(reasonText).join("; ") : "";
  const badge = stateBadge(severityState(omm.health));
  return el("span", { class: "cell-state" }, badge, reasons && el("span", { class: "cell-reason" }, reasons));
}

/** The number of a release; its full name stands in the tooltip. */
const release = (version) => version.slice(Math.max(0, version.indexOf("SIP-DECT")));

const counted = (value, omm) => (value || omm.state === "connected" ? number(value) : "");

function baseStations(_, omm) {
  if (!omm.nRfps) {
    return counted(0, omm);
  }
  return t("omms.ofBaseStations", { connected: omm.nRfpsConnected, total: omm.nRfps });
}

const offset = (seconds) => (seconds ? t("omms.seconds", { seconds: number(seconds, 1) }) : "");
