/**
 * What the server says, in the user's language where it is known: reasons and events.
 *
 * The texts stand below `said` in the language's file, as the server writes them. `{name}` there
 * is whatever the server put in that place, `{name?}` is itself said in the user's language if it
 * is known, and `{name!}` must be known. The first that fits is taken; one with `!` only if no
 * other does, not even to the parts between semicolons.
 */

import { sayings } from "./i18n.js";

const PLACES = /\{(\w+)([?!]?)\}/g;
const SEPARATOR = "; ";

let compiledFrom;
let compiled = { whole: [], composed: [] };

/**
 * A reason or an event for people; as the server gave it where it is not known here.
 * @param {string} text
 * @returns {string}
 */
export function reasonText(text) {
  return known(text) ?? text;
}

function known(text) {
  const { whole, composed } = table();
  return firstThatFits(whole, text) ?? inParts(text) ?? firstThatFits(composed, text);
}

function firstThatFits(entries, text) {
  for (const { pattern, marks, said } of entries) {
    const found = pattern.exec(text);
    const values = found && filled(found.groups ?? {}, marks);
    if (values) {
      return said.replace(PLACES, (_, name) => values[name]);
    }
  }
  return undefined;
}

function inParts(text) {
  const parts = text.split(SEPARATOR);
  const said = parts.length > 1 ? parts.map(known) : [];
  return said.some((each) => each !== undefined) ? parts.map((part, at) => said[at] ?? part).join(SEPARATOR) : undefined;
}

/** The values of the places; `undefined` if one of them must be known and is not. */
function filled(groups, marks) {
  const values = { ...groups };
  for (const [name, mark] of marks) {
    const value = mark ? known(values[name]) : values[name];
    if (value === undefined && mark === "!") {
      return undefined;
    }
    values[name] = value ?? values[name];
  }
  return values;
}

/** The texts of the present language as patterns, made once for each language. */
function table() {
  const texts = sayings();
  if (texts !== compiledFrom) {
    compiledFrom = texts;
    const entries = Object.entries(texts).map(([server, said]) => ({
      pattern: patternOf(server),
      marks: [...server.matchAll(PLACES)].map(([, name, mark]) => [name, mark]),
      said,
    }));
    const isComposed = ({ marks }) => marks.some(([, mark]) => mark === "!");
    compiled = { whole: entries.filter((each) => !isComposed(each)), composed: entries.filter(isComposed) };
  }
  return compiled;
}

function patternOf(server) {
  const places = server.split(PLACES);
  let source = "";
  for (let at = 0; at < places.length; at += 3) {
    source += escaped(places[at]);
    source += at + 1 < places.length ? `(?<${places[at + 1]}>.+?)` : "";
  }
  return new RegExp(`^${source}$`, "s");
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
