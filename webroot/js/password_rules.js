/** The rules of passwords, as far as the page can know them; the server has the last word. */

const MIN_LENGTH = 6;
const MIN_GROUPS = 3;
const NEIGHBOURS = 4;
const SHORTEST_NAME = 3;
const ROWS = [
  "1234567890",
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "qwertzuiopü",
  "asdfghjklöä",
  "yxcvbnm",
  "azertyuiop",
  "qsdfghjklm",
  "wxcvbn",
];

/**
 * @typedef {{id: string, isMet: boolean}} Rule `id` is the key of its text below `password.rule`
 */

/**
 * Which rules a password keeps.
 * @param {string} password
 * @param {{account: string, host: string, old: string}} known
 * @returns {Rule[]}
 */
export function passwordRules(password, { account, host, old }) {
  const folded = password.toLowerCase();
  const hosts = /^[\d.:[\]]+$/.test(host) ? [host] : [host, host.split(".")[0]];
  return [
    { id: "length", isMet: password.length >= MIN_LENGTH },
    { id: "groups", isMet: groups(password) >= MIN_GROUPS },
    { id: "repeated", isMet: 2 * mostOfOne(password) < password.length },
    { id: "neighbours", isMet: !hasNeighbours(folded) },
    { id: "name", isMet: ![account, ...hosts].some((name) => holds(folded, name, SHORTEST_NAME)) },
    { id: "old", isMet: !holds(folded, old, 1) },
  ];
}

function groups(password) {
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];
  return kinds.filter((kind) => kind.test(password)).length;
}

function mostOfOne(password) {
  const counts = new Map();
  for (const char of password) {
    counts.set(char, (counts.get(char) || 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

function holds(folded, name, shortest) {
  const wanted = name.toLowerCase();
  return wanted.length >= shortest && (folded.includes(wanted) || folded.includes(reversed(wanted)));
}

function hasNeighbours(folded) {
  for (let start = 0; start + NEIGHBOURS <= folded.length; start += 1) {
    const run = folded.slice(start, start + NEIGHBOURS);
    if (ROWS.some((row) => row.includes(run) || row.includes(reversed(run)))) {
      return true;
    }
  }
  return false;
}

const reversed = (text) => [...text].reverse().join("");
