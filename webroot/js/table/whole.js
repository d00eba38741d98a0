/** What concerns all rows that the filters leave, not only those of a page. */

import { BASE, get, queryText } from "../api.js";
import { el } from "../dom.js";
import { t } from "../i18n.js";
import { progress, toastError } from "../toast.js";
import { recordField } from "./columns.js";

const CHUNK = 1000;

/**
 * Select all rows.
 * @param {import("./selection.js").Selection} selection
 * @param {{path: string, key: string, conditions: object, total: number}} rows
 */
export async function selectEverything(selection, { path, key, conditions, total }) {
  let isCancelled = false;
  const entry = progress(t("table.selecting"), () => {
    isCancelled = true;
  });
  try {
    for (let offset = 0; offset < total && !isCancelled; offset += CHUNK) {
      const { items } = await get(path, { ...conditions, offset, limit: CHUNK });
      selection.toggleAll(items.map((row) => [row[key], row]), true);
      entry.update(Math.min(offset + CHUNK, total), total);
    }
    entry.finish(t("table.selected", { count: selection.size }));
  } catch (error) {
    entry.fail(t("table.failed"));
    toastError(error);
  }
}

/**
 * Have the browser download all rows as CSV, with these columns.
 * @param {string} path
 * @param {object} conditions
 * @param {import("./columns.js").Column[]} columns
 */
export function download(path, conditions, columns) {
  const field = [...new Set(columns.map(recordField))];
  el("a", { href: `${BASE}${path}.csv${queryText({ ...conditions, field })}`, download: "" }).click();
}
