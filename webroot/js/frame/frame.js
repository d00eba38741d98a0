/** The frame around the panes: top bar, rail, banner, content, footer. */

import { el } from "../dom.js";
import { startFeed } from "../feed.js";
import { t } from "../i18n.js";
import { onStatus } from "../live.js";
import { allPanes, navigate, paneShown, startRouter, stopRouter } from "../router.js";
import { registerShortcut, showShortcuts } from "../shortcuts.js";
import { tableKeys } from "../table/keyboard.js";
import { Banner } from "./banner.js";
import { Footer } from "./footer.js";
import { Rail } from "./rail.js";
import { TopBar } from "./topbar.js";

/** The keys that lead to panes, pressed after `g`. */
const PANE_KEYS = { health: "h", events: "e", omms: "o", users: "u", settings: "s", eula: "v" };

const showKeys = () => showShortcuts({ title: t("table.keys.title"), keys: tableKeys() });

/** Built anew after each sign-in and change of language. */
export class Frame {
  #parts;
  #stops = [];
  #main = el("main", { class: "main", id: "main", tabindex: "-1" });

  /** @param {{signOut: () => void}} options */
  constructor({ signOut }) {
    const top = new TopBar({ signOut, showKeys });
    this.#parts = [top, new Rail(), new Banner(), new Footer()];
    const [, rail, banner, footer] = this.#parts;
    const skip = el("button", { type: "button", class: "skip", on: { click: () => this.#main.focus() } }, t("frame.skip"));
    this.element = el("div", { class: "frame" }, skip, top.element, rail.element, banner.element, this.#main, footer.element);
    this.#registerKeys(top);
  }

  /** Show the pane of the URL, and follow what happens. */
  start() {
    this.#stops.push(onStatus((status) => this.#show(status)));
    this.#stops.push(paneShown.listen((pane) => this.#named(pane)));
    startFeed();
    startRouter(this.#main);
  }

  /** Close the pane and all parts. */
  close() {
    stopRouter();
    for (const stop of this.#stops) {
      stop();
    }
    for (const part of this.#parts) {
      part.close();
    }
  }

  #show(status) {
    this.#systemName = status.systemName;
    this.#setTitle();
    for (const part of this.#parts) {
      part.show?.(status);
    }
  }

  #systemName = "MOM";
  #paneTitle = "";

  #named(pane) {
    this.#paneTitle = t(pane.title);
    this.#setTitle();
  }

  #setTitle() {
    document.title = [this.#paneTitle, this.#systemName].filter(Boolean).join(" · ");
  }

  #registerKeys(top) {
    const keys = [
      ["/", "shortcuts.search", () => top.search.focus()],
      ["?", "shortcuts.show", showKeys],
    ];
    for (const pane of allPanes()) {
      if (PANE_KEYS[pane.id]) {
        keys.push([`g ${PANE_KEYS[pane.id]}`, pane.title, () => navigate(pane.id)]);
      }
    }
    this.#stops.push(...keys.map((key) => registerShortcut(...key)));
  }
}
