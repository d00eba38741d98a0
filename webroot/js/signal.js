/** One thing that others may listen to. */

/** @template T */
export class Signal {
  /** @type {Set<(value: T) => void>} */
  #listeners = new Set();

  /**
   * Call `listener` whenever it is sent.
   * @param {(value: T) => void} listener
   * @returns {() => void} stops that
   */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Tell all listeners; one that fails does not keep the others from hearing.
   * @param {T} [value]
   */
  send(value) {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        console.error(error);
      }
    }
  }
}
