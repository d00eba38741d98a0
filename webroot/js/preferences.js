/** What this browser remembers for its user; without storage it lasts until the reload. */

const PREFIX = "mom.";
const forgotten = new Map();

/**
 * A remembered value.
 * @template T
 * @param {string} name
 * @param {T} fallback given where nothing is remembered
 * @returns {T}
 */
export function recall(name, fallback) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return forgotten.has(name) ? forgotten.get(name) : fallback;
  }
}

/**
 * Remember a value that JSON can hold.
 * @param {string} name
 * @param {unknown} value
 */
export function remember(name, value) {
  forgotten.set(name, value);
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    return;
  }
}
