/** The rows of a table: asked for by page, and then kept up to date live. */

import { get } from "../api.js";
import { subscribe } from "../live.js";
import { conditionsOf, pagesOf, parametersOf, questionOf } from "./query.js";

const PATIENCE = 200;

/**
 * What a source tells: `waiting` that an answer takes long; `rows` that these are the rows now
 * (`changed` are the ids of those that somebody else changed, `isNew` that it is another page);
 * `error` that there are none, and why; `stale` that there is something new while updates are
 * suppressed.
 * @typedef {{waiting: () => void, rows: (rows: any[], info: {changed: Set<any>, isNew: boolean})
 *   => void, error: (error: any) => void, stale: (isStale: boolean) => void}} Told
 */

/** Asks the server for one table's rows. */
export class TableSource {
  total = 0;
  /** @type {any[]} */
  rows = [];
  isKnown = false;

  #told;
  #window = null;
  #asking = null;
  #path;
  #topic;
  #key;

  /**
   * @param {{topic: string, path: string, key: string, view: Record<string, string>}} options
   * @param {Told} told
   */
  constructor({ topic, path, key, view }, told) {
    this.#topic = topic;
    this.#path = path;
    this.#key = key;
    this.#told = told;
    this.question = questionOf(view);
  }

  /**
   * Ask for something else; what is not said stays. The first page, unless one is said.
   * @param {Partial<import("./query.js").Question>} change
   */
  async ask(change = {}) {
    this.question = { ...this.question, page: 1, ...change };
    this.#asking?.abort();
    const mine = new AbortController();
    this.#asking = mine;
    const timer = setTimeout(() => mine === this.#asking && this.#told.waiting(), PATIENCE);
    try {
      const page = await get(this.#path, parametersOf(this.question), { signal: mine.signal });
      if (mine === this.#asking) {
        this.#answered(page);
      }
    } catch (error) {
      if (mine === this.#asking && error.name !== "AbortError") {
        this.#asking = null;
        this.#unfollow();
        this.#told.error(error);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ask the same again. */
  refresh() {
    return this.ask({ page: this.question.page });
  }

  /** Parameters of the API for all rows under the same conditions. */
  get conditions() {
    return conditionsOf(this.question);
  }

  /** Follow no more. */
  close() {
    this.#asking?.abort();
    this.#asking = null;
    this.#unfollow();
  }

  /** The window is that of the last answer: without a new one its news belong to other rows. */
  #unfollow() {
    this.#window?.stop();
    this.#window = null;
  }

  #answered({ items, total }) {
    this.#asking = null;
    if (items.length === 0 && this.question.page > 1) {
      this.ask({ page: Math.min(this.question.page - 1, pagesOf(total)) });
      return;
    }
    this.rows = items;
    this.total = total;
    this.isKnown = true;
    this.#told.stale(false);
    this.#told.rows(items, { changed: new Set(), isNew: true });
    const parameters = parametersOf(this.question);
    if (this.#window) {
      this.#window.update(parameters);
    } else {
      this.#window = subscribe(this.#topic, parameters, (update) => this.#take(update));
    }
  }

  #take({ changed, order, total, stale, fresh }) {
    if (stale) {
      this.#told.stale(true);
    }
    if (this.#asking || !changed) {
      return;
    }
    const known = new Map(this.rows.map((row) => [row[this.#key], row]));
    const touched = new Set();
    for (const row of changed) {
      const id = row[this.#key];
      if (!isSame(known.get(id), row)) {
        touched.add(id);
      }
      known.set(id, row);
    }
    const ids = order || this.rows.map((row) => row[this.#key]);
    this.rows = ids.map((id) => known.get(id)).filter(Boolean);
    this.total = total;
    if (fresh) {
      this.#told.stale(false);
    }
    this.#told.rows(this.rows, { changed: touched, isNew: false });
  }
}

const isSame = (before, after) => before !== undefined && JSON.stringify(before) === JSON.stringify(after);
