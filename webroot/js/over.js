/** What stands over the page: panels and dialogs. It goes when the address leads elsewhere. */

/**
 * @typedef {{close: () => void, isDirty?: () => boolean, ask?: () => Promise<boolean>}} Over `close`
 *   closes without asking; `ask` asks whether what was entered may be lost
 */

/** @type {Set<Over>} the last one is on top */
const standing = new Set();

/**
 * Something stands over the page now.
 * @param {Over} over
 * @returns {() => void} to be called when it does no more
 */
export function standsOver(over) {
  standing.add(over);
  return () => standing.delete(over);
}

/**
 * Close all that stands over the page, from the top. What holds something unsaved is asked for
 * first, and stays.
 * @param {() => void} go called if it is given up after all
 * @returns {boolean} whether nothing stands there any more
 */
export function clearPage(go) {
  for (const over of [...standing].reverse()) {
    if (over.isDirty?.()) {
      giveUp(over, go);
      return false;
    }
    standing.delete(over);
    over.close();
  }
  return true;
}

async function giveUp(over, go) {
  if (await over.ask()) {
    standing.delete(over);
    over.close();
    go();
  }
}
