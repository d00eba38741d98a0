/** All panes of the page. */

import { register } from "../router.js";
import { eulaPane } from "./eula.js";
import { eventsPane } from "./events.js";
import { healthPane } from "./health.js";
import { settingsPane } from "./settings.js";

const PANES = [healthPane, settingsPane, eventsPane, eulaPane];

/** Tell the router which panes there are. */
export function registerPanes() {
  for (const pane of PANES) {
    register(pane);
  }
}
