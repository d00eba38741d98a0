/** What a table asks for: order, search, filters and page. Pure. */

/**
 * @typedef {{field: string, op: string, value: string}} Filter
 * @typedef {{sort: string, q: string, filters: Filter[], page: number}} Question
 */

/** Rows on a page. */
export const PAGE_SIZE = 100;

/**
 * The question that a view in the URL stands for.
 * @param {Record<string, string>} view
 * @returns {Question}
 */
export function questionOf(view) {
  const filters = (view.filter || "").split("\n").map(filterOf).filter(Boolean);
  const page = Math.max(1, Number.parseInt(view.page, 10) || 1);
  return { sort: view.sort || "", q: view.q || "", filters, page };
}

function filterOf(text) {
  const [field, op, ...value] = text.split(":");
  return field && op ? { field, op, value: value.join(":") } : null;
}

/**
 * What of a question is kept in the URL: filters are not, they are gone after a reload.
 * @param {Question} question
 * @returns {Record<string, string>}
 */
export function viewOf({ sort, q, page }) {
  return { sort, q, page: page > 1 ? String(page) : "" };
}

/**
 * The parameters of the API for a page of rows.
 * @param {Question} question
 */
export function parametersOf(question) {
  return { ...conditionsOf(question), offset: (question.page - 1) * PAGE_SIZE, limit: PAGE_SIZE };
}

/**
 * The parameters of the API without the page: which rows, in which order.
 * @param {Question} question
 */
export function conditionsOf({ sort, q, filters }) {
  return { sort, q, filter: filters.map(filterText) };
}

/** `full` is the API's `empty` with the value `false`. */
const filterText = ({ field, op, value }) =>
  op === "full" ? `${field}:empty:false` : `${field}:${op}:${op === "empty" ? "true" : value}`;

/**
 * The order after a click on a header: ascending, descending, none.
 * @param {string} sort
 * @param {string} field
 * @returns {string}
 */
export function nextSort(sort, field) {
  if (sort === field) {
    return `-${field}`;
  }
  return sort === `-${field}` ? "" : field;
}

const BOUNDS = new Set(["gt", "lt"]);

/**
 * The filters after one was chosen for a field. It takes the place of the one before, but a lower
 * and an upper bound stand together.
 * @param {Filter[]} filters
 * @param {string} field
 * @param {Filter | null} chosen `null`: none
 * @returns {Filter[]}
 */
export function filtersAfter(filters, field, chosen) {
  const isOtherBound = ({ op }) => BOUNDS.has(op) && BOUNDS.has(chosen?.op) && op !== chosen.op;
  const others = filters.filter((each) => each.field !== field || isOtherBound(each));
  return chosen ? [...others, chosen] : others;
}

/** @param {number} total @returns {number} how many pages there are, at least one */
export const pagesOf = (total) => Math.max(1, Math.ceil(total / PAGE_SIZE));
