/** The fields of users and devices as the server describes them, and their values in words. */

import { get } from "../api.js";
import { number, t, tOr } from "../i18n.js";
import { hexNumber, recordNumber } from "../numbers.js";
import { stateBadge } from "../state.js";
import { yesNo } from "../table/cells.js";
import { toastError } from "../toast.js";

/**
 * @typedef {{name: string, of: "user" | "device", attribute: string, label: string, tab: string,
 *   kind: "text" | "number" | "boolean" | "secret" | "other", sortable: boolean,
 *   operators: string[], choices: string[], flag: string}} Field as `/fields` gives it
 * @typedef {{users: Field[], devices: Field[], pairs: Field[], omms: Map<number, string>,
 *   ommChoices: {value: string, label: string}[], labels: Map<string, string>}} Catalogue `labels` by the field's name in the protocol
 */

const CLOCKS = /^timeStamp/;
/** Numbers that name something, and so have no separators. */
const CODES = /(Port|ProfileId)$/;
const SUBSCRIBED = {
  Yes: { icon: "ok", tone: "ok" },
  Unconfirmed: { icon: "busy", tone: "busy" },
  No: { icon: "blocked", tone: "off" },
};
const MONITORED = {
  Available: { icon: "ok", tone: "ok" },
  Warning: { icon: "alert", tone: "warning" },
  Unavailable: { icon: "error", tone: "error" },
  Escalated: { icon: "error", tone: "error" },
  Unknown: { icon: "info", tone: "off" },
};
const MONITORS = new Set(["CUS", "HAS", "HSS", "HRS", "HCS", "SRS", "SCS", "CDS", "HBS", "BTS", "SWS"]);

/**
 * The fields of all views, and the names of the OMMs, which may come later.
 * @param {() => void} named is called when the names are there
 * @returns {Promise<Catalogue>}
 */
export async function loadCatalogue(named) {
  const omms = new Map();
  const ommChoices = [];
  const naming = loadNames(omms, ommChoices);
  const fields = await get("/fields");
  const labels = new Map([...fields.devices, ...fields.users].map((field) => [field.attribute, labelOf(field)]));
  naming.then(named, toastError);
  return { ...fields, labels, omms, ommChoices };
}

async function loadNames(omms, choices) {
  const { items } = await get("/omms", { limit: 1000 });
  for (const { id, name } of items) {
    omms.set(id, name);
    choices.push({ value: String(id), label: name });
  }
}

/** @param {Field} field @returns {string} its label in the user's language */
export const labelOf = (field) => tOr(`field.${field.attribute}`, field.label || field.attribute);

/**
 * What a field of a record is called, for the server's texts that name it.
 * @param {Catalogue} catalogue
 * @returns {(name: string) => string | undefined}
 */
export const labelsOf = (catalogue) => (name) => catalogue.labels.get(name);

/**
 * A word of an enumeration.
 * @param {string} attribute
 * @param {string} value
 */
export const wordOf = (attribute, value) => tOr(`word.${attribute}.${value}`, tOr(`word.any.${value}`, value));

/** @param {Field} field @returns {{value: string, label: string}[]} */
export const choicesOf = (field) => field.choices.map((value) => ({ value, label: wordOf(field.attribute, value) }));

/**
 * A value in words, with an icon where it is a state. Empty for none.
 * @param {Field} field
 * @param {any} value
 * @param {Catalogue} catalogue
 * @returns {any} text or an element
 */
export function valueOf(field, value, catalogue) {
  if (value === undefined || value === null || value === "") {
    return "";
  }
  if (field.name === "omm") {
    return catalogue.omms.get(value) || "";
  }
  if (field.attribute === "ppn" || field.attribute === "uid") {
    return hexNumber(value);
  }
  if (field.attribute === "s" && value in SUBSCRIBED) {
    return stateBadge({ ...SUBSCRIBED[value], word: wordOf("s", value) });
  }
  if (MONITORS.has(field.attribute) && value in MONITORED) {
    return stateBadge({ ...MONITORED[value], word: wordOf("monitored", value) });
  }
  if (field.kind === "boolean") {
    return yesNo(value);
  }
  if (field.kind === "number") {
    return CODES.test(field.attribute) ? String(value) : number(value);
  }
  const isWord = field.choices.length > 0 || field.attribute === "roaming";
  return isWord ? wordOf(field.attribute, value) : String(value);
}

/** Whether a field is of use to people who look at a table. */
export const isListed = (field) => Boolean(field.label) && field.kind !== "secret" && !CLOCKS.test(field.attribute) && field.attribute !== "revision";

/** @param {number} id @returns {string} */
export const idWords = (id) => (id ? t("users.number", { id: recordNumber(id), hex: hexNumber(id) }) : "");
