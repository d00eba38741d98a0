/** What is said while the connection for live data is away. */

import { el, fill } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { connection, retryNow } from "../live.js";

/** The banner; its region is always there, so that screen readers hear what comes into it. */
export class Banner {
  #box = el("div", { class: "banner", hidden: true });
  #stop;

  constructor() {
    this.element = el("div", { class: "banner-region", role: "status", "aria-live": "polite" }, this.#box);
    this.#stop = connection.listen((isUp) => this.#show(isUp));
  }

  /** Listen no more. */
  close() {
    this.#stop();
  }

  #show(isUp) {
    if (isUp) {
      this.#box.hidden = true;
      fill(this.#box);
    } else if (this.#box.hidden) {
      const again = el("button", { type: "button", class: "button", on: { click: retryNow } }, t("banner.retry"));
      fill(this.#box, icon("alert"), el("span", {}, t("banner.away")), again);
      this.#box.hidden = false;
    }
  }
}
