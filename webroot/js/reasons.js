/**
 * What the server says, in the user's language where it is known: reasons, events, refusals, the
 * history and the marks of records, names of jobs.
 *
 * The texts stand below `said` in the language's file, as the server writes them. `{name}` there
 * is whatever the server put in that place; `{name?}` is itself said in the user's language if it
 * is known, and `{name!}` must be known; `{name^}` is an error code, `{name#}` a known field,
 * `{name*}` a list of fields with or without values, `{name@}` a time, which is shown in the
 * reader's zone. The parts of such lists stand below `saidInLists`; `{value~}` there is a value of
 * the part's field. Of those that fit the one with the most words of its own is taken; one with `!`
 * or `*` only if no other does, not even to what stands behind a name and before a semicolon, or to
 * the parts between semicolons; and of these the first.
 */

import { clockTime, sayings, sayingsInLists, tOr } from "./i18n.js";

const PLACES = /\{(\w+)([?!#*~^@]?)\}/g;
/** What stands between quotes is one piece. */
const PIECES = { "; ": /(?:"[^"]*"|'[^']*'|(?!; ).)+/gs, ", ": /(?:"[^"]*"|'[^']*'|(?!, ).)+/gs };
/** What can stand in places with these marks. */
const SHAPES = { "#": "\\w+", "^": "E[A-Z]\\w+", "@": "[^()]+?" };
/** Marks of places without which a text does not fit. */
const MUST = new Set(["!", "#", "*"]);
const BARE = /^\w+$/;
/** A name, as of an OMM, and what is said of it. */
const NAMED = /^([^:;"'()]+): (.+)$/s;
const QUOTED = /^["'].*["']$/s;
/** A time as the server writes it: `2026-11-30 20:32:40 UTC`. */
const TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/;
/** As it was written once, without date and zone; such lines are still with records. */
const FORMER_TIME = /^\d\d:\d\d:\d\d$/;
/** How values were written once; such lines are still with records. */
const FORMER = { True: "on", False: "off", None: "nothing" };
const MOST_KEPT = 2000;

let compiledFrom;
let compiled = { whole: [], composed: [], parts: [] };
let kept = new Map();

/**
 * A reason, an event, a line or a mark for people; as the server gave it where it is not known here.
 * @param {string} text
 * @param {(field: string) => string | undefined} [labels] what fields are called where this
 *   language's file does not say it
 * @returns {string}
 */
export function reasonText(text, labels) {
  table();
  if (labels) {
    return known(text, labels) ?? text;
  }
  if (!kept.has(text)) {
    kept = kept.size < MOST_KEPT ? kept : new Map();
    kept.set(text, known(text) ?? text);
  }
  return kept.get(text);
}

function known(text, labels) {
  const { whole, composed } = compiled;
  const found = firstThatFits(whole, text, labels);
  if (found !== undefined || !text.includes("; ")) {
    return found ?? firstThatFits(composed, text, labels);
  }
  return behindName(text, labels) ?? inParts(text, labels) ?? firstThatFits(composed, text, labels);
}

function behindName(text, labels) {
  const [, name, rest] = NAMED.exec(text) ?? [];
  const said = rest && (firstThatFits(compiled.whole, rest, labels) ?? behindName(rest, labels));
  return said && `${firstThatFits(compiled.whole, name, labels) ?? labelOf(name, labels) ?? name}: ${said}`;
}

function firstThatFits(entries, text, labels) {
  for (const { pattern, marks, said } of entries) {
    const found = pattern.exec(text);
    const values = found && filled(found.groups ?? {}, marks, labels);
    if (values) {
      return said.replace(PLACES, (_, name) => values[name]);
    }
  }
  return undefined;
}

function inParts(text, labels) {
  const parts = pieces(text, "; ");
  const said = parts.length > 1 ? parts.map((part) => known(part, labels)) : [];
  return said.some((each) => each !== undefined) ? parts.map((part, at) => said[at] ?? part).join("; ") : undefined;
}

const pieces = (text, separator) =>
  [...text.matchAll(PIECES[separator])].map(([piece], at) => (at > 0 ? piece.slice(1) : piece));

/** The values of the places; `undefined` if one of them must be known and is not. */
function filled(groups, marks, labels) {
  const values = { ...groups };
  for (const [name, mark] of marks) {
    const value = inPlace(mark, groups[name], groups.field, labels);
    if (value === undefined && MUST.has(mark)) {
      return undefined;
    }
    values[name] = value ?? groups[name];
  }
  return values;
}

function inPlace(mark, value, field, labels) {
  switch (mark) {
    case "#":
      return labelOf(value, labels);
    case "*":
      return listOf(pieces(value, ", "), labels);
    case "~":
      return valueOf(field, value, labels);
    case "@":
      return timeOf(value);
    case "":
      return value;
    default:
      return known(value, labels);
  }
}

/** A list in words; `undefined` if a part is neither known nor the bare name of a field. */
function listOf(parts, labels) {
  const said = parts.map((part) => firstThatFits(compiled.parts, part, labels) ?? (BARE.test(part) ? part : undefined));
  return said.includes(undefined) ? undefined : said.join(", ");
}

/** What a field is called; `undefined` for what is no field. */
const labelOf = (field, labels) =>
  tOr(`field.${field}`, labels?.(field) ?? tOr(`omms.field.${field}`, tOr(`settings.${field}`, undefined)));

function valueOf(field, value, labels) {
  const present = FORMER[value] ?? value;
  return QUOTED.test(present) ? present : tOr(`word.${field}.${present}`, tOr(`word.any.${present}`, known(present, labels)));
}

function timeOf(value) {
  const [, day, time] = TIME.exec(value) ?? [];
  if (day) {
    return clockTime(Date.parse(`${day}T${time}Z`) / 1000);
  }
  return FORMER_TIME.test(value) ? `${value} UTC` : known(value);
}

/** Make the texts of the present language into patterns, once for each language. */
function table() {
  const texts = sayings();
  if (texts !== compiledFrom) {
    compiledFrom = texts;
    kept = new Map();
    const entries = entriesOf(texts);
    const isComposed = ({ marks }) => marks.some(([, mark]) => mark === "!" || mark === "*");
    compiled = {
      whole: entries.filter((each) => !isComposed(each)).sort((a, b) => b.words - a.words),
      composed: entries.filter(isComposed),
      parts: entriesOf(sayingsInLists()),
    };
  }
}

const entriesOf = (texts) =>
  Object.entries(texts).map(([server, said]) => ({
    pattern: patternOf(server),
    words: server.replace(PLACES, "").length,
    marks: [...server.matchAll(PLACES)].map(([, name, mark]) => [name, mark]),
    said,
  }));

function patternOf(server) {
  const places = server.split(PLACES);
  let source = "";
  for (let at = 0; at < places.length; at += 3) {
    source += escaped(places[at]);
    source += at + 1 < places.length ? `(?<${places[at + 1]}>${SHAPES[places[at + 2]] ?? ".+?"})` : "";
  }
  return new RegExp(`^${source}$`, "s");
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
