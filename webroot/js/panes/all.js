/** All panes of the page. */

import { register } from "../router.js";
import { eulaPane } from "./eula.js";
import { eventsPane } from "./events.js";
import { healthPane } from "./health.js";
import { ommsPane } from "./omms.js";
import { settingsPane } from "./settings.js";
import { usersPane } from "./users.js";

const PANES = [healthPane, settingsPane, ommsPane, usersPane, eventsPane, eulaPane];

/** Tell the router which panes there are. */
export function registerPanes() {
  for (const pane of PANES) {
    register(pane);
  }
}
