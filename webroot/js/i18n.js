/** Texts, numbers and times in the user's language. */

import { recall, remember } from "./preferences.js";
import { now } from "./time.js";
import { Signal } from "./signal.js";

export const LANGUAGES = { en: "English", de: "Deutsch" };
/** Sent after the language was changed; whoever shows texts builds itself anew. */
export const languageChanged = new Signal();

const NOTHING_SAID = {};

let language = "en";
let texts = {};

/** Load the remembered language, else the browser's, else English. */
export async function startLanguage() {
  const preferred = recall("language", navigator.language.slice(0, 2));
  await load(preferred in LANGUAGES ? preferred : "en");
}

/**
 * Change the language of the page.
 * @param {keyof typeof LANGUAGES} wanted
 */
export async function applyLanguage(wanted) {
  await load(wanted);
  remember("language", wanted);
  languageChanged.send();
}

/** @returns {string} the language in use: `en` or `de` */
export const currentLanguage = () => language;

async function load(wanted) {
  const response = await fetch(`/i18n/${wanted}.json`);
  texts = await response.json();
  language = wanted;
  document.documentElement.lang = wanted;
}

/**
 * The text of a key such as `events.title`. With the parameter `count` the key may have the forms
 * `one` and `other`. `{name}` in the text becomes the parameter.
 * @param {string} key
 * @param {Record<string, string | number>} [params]
 * @returns {string} the key itself if there is no such text
 */
export function t(key, params = {}) {
  return known(key, params) ?? key;
}

/**
 * As `t`, for keys made from what the server says: `fallback` where there is no such text.
 * @param {string} key
 * @param {string} fallback
 * @param {Record<string, string | number>} [params]
 */
export function tOr(key, fallback, params = {}) {
  return known(key, params) ?? fallback;
}

/** @returns {Record<string, string>} what the server says, as it says it, in the language in use */
export const sayings = () => texts.said ?? NOTHING_SAID;

/** @returns {Record<string, string>} the same for the parts of lists */
export const sayingsInLists = () => texts.saidInLists ?? NOTHING_SAID;

function known(key, params) {
  let found = key.split(".").reduce((node, part) => node?.[part], texts);
  if (typeof found === "object" && found !== null && "count" in params) {
    found = found[new Intl.PluralRules(language).select(Number(params.count))] ?? found.other;
  }
  if (typeof found !== "string") {
    return undefined;
  }
  return found.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = params[name];
    return typeof value === "number" ? number(value) : value ?? whole;
  });
}

/**
 * A number with the language's separators.
 * @param {number} value
 * @param {number} [digits] most digits behind the point
 */
export const number = (value, digits = 1) =>
  new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);

const STEPS = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86400, "hour", 3600],
  [30 * 86400, "day", 86400],
  [365 * 86400, "month", 30 * 86400],
  [Infinity, "year", 365 * 86400],
];

/**
 * How long ago or from now: "2 min. ago". Empty for 0, which means never.
 * @param {number} seconds since 1970
 */
export function relativeTime(seconds) {
  if (!seconds) {
    return "";
  }
  const difference = seconds - now();
  const size = Math.abs(difference);
  if (size < 5) {
    return t("time.now");
  }
  const [, unit, per] = STEPS.find(([below]) => size < below);
  const format = new Intl.RelativeTimeFormat(language, { style: "short", numeric: "always" });
  return format.format(Math.trunc(difference / per), unit);
}

/**
 * Date, time and zone. Empty for 0, which means never.
 * @param {number} seconds since 1970
 */
export function absoluteTime(seconds) {
  if (!seconds) {
    return "";
  }
  return new Intl.DateTimeFormat(language, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  }).format(new Date(seconds * 1000));
}

/**
 * Date and time to the second, short and with 24 hours, as decisions name them.
 * @param {number} seconds since 1970
 */
export const clockTime = (seconds) =>
  new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "medium", hourCycle: "h23" }).format(new Date(seconds * 1000));

/**
 * Hour and minute, for a time of today.
 * @param {number} seconds since 1970
 */
export const timeOfDay = (seconds) =>
  new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(new Date(seconds * 1000));

/**
 * A length of time in words, with its two largest units: "3 h 20 min".
 * @param {number} seconds
 */
export function duration(seconds) {
  const units = [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
    ["second", 1],
  ];
  const parts = [];
  let rest = Math.max(0, seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds));
  for (const [unit, size] of units) {
    const count = unit === "second" ? rest : Math.floor(rest / size);
    if (count > 0 && parts.length < 2) {
      parts.push(amount(count, unit));
    }
    rest -= unit === "second" ? 0 : count * size;
  }
  return parts.join(" ") || amount(0, "second");
}

const amount = (count, unit) =>
  new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 })
    .format(count);
