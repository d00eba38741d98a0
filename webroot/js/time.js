/** MOM's clock, as far as this browser knows it. Times are seconds since 1970. */

let ahead = 0;

/**
 * Learn the server's time of this moment.
 * @param {number} seconds
 */
export function setClock(seconds) {
  ahead = seconds - Date.now() / 1000;
}

/** @returns {number} the server's time of this moment */
export const now = () => Date.now() / 1000 + ahead;
