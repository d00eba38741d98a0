/** The search over OMMs, users and phones; each hit leads to its pane. */

import { get } from "../api.js";
import { el, fill, uniqueId } from "../dom.js";
import { errorText } from "../errors.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { navigate } from "../router.js";

const DELAY = 150;
const HITS = 6;

const GROUPS = [
  {
    path: "/omms",
    title: "search.omms",
    icon: "omms",
    hit: (omm) => ({ main: omm.name, side: omm.omm1, pane: "omms", view: { open: String(omm.id) } }),
  },
  {
    path: "/users",
    title: "search.users",
    icon: "users",
    hit: (user) => ({
      main: user.name || user.num || "",
      side: user.name ? user.num : "",
      pane: "users",
      view: { view: "users", open: String(user.uid) },
    }),
  },
  {
    path: "/devices",
    title: "search.devices",
    icon: "phone",
    hit: (device) => ({
      main: device.ipei || `0x${device.ppn.toString(16).padStart(4, "0").toUpperCase()}`,
      side: device.hwType || "",
      pane: "users",
      view: { view: "devices", open: String(device.ppn) },
    }),
  },
];

/** A field with a list of hits: a combobox. */
export class Search {
  #list = el("div", { class: "search-results", role: "listbox", id: uniqueId("hits"), "aria-label": t("search.hits"), hidden: true });
  #input;
  #timer = 0;
  #running = null;
  #at = -1;

  constructor() {
    this.#input = el("input", {
      type: "search",
      placeholder: t("search.placeholder"),
      "aria-label": t("search.label"),
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": this.#list.id,
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
      on: {
        input: () => this.#soon(),
        keydown: (event) => this.#key(event),
        focus: () => this.#input.value && this.#soon(),
        blur: () => this.#hide(),
      },
    });
    this.element = el("div", { class: "search", role: "search" }, icon("search"), this.#input, el("kbd", { "aria-hidden": "true" }, "/"), this.#list);
    this.#list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  /** Begin to search. */
  focus() {
    this.#input.focus();
    this.#input.select();
  }

  /** Stop what is under way. */
  close() {
    clearTimeout(this.#timer);
    this.#running?.abort();
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#search(this.#input.value.trim()), DELAY);
  }

  async #search(q) {
    this.#running?.abort();
    if (!q) {
      this.#hide();
      return;
    }
    this.#running = new AbortController();
    const { signal } = this.#running;
    const asked = GROUPS.map((group) => get(group.path, { q, limit: HITS }, { signal }));
    const answers = await Promise.allSettled(asked);
    if (!signal.aborted && document.activeElement === this.#input) {
      this.#show(answers);
    }
  }

  #show(answers) {
    const failed = answers.find((answer) => answer.status === "rejected");
    const groups = GROUPS.flatMap((group, index) => {
      const items = answers[index].value?.items || [];
      return items.length > 0 ? [this.#group(group, items, answers[index].value.total)] : [];
    });
    const none = el("p", { class: "search-none" }, failed ? errorText(failed.reason) : t("search.none"));
    fill(this.#list, groups.length > 0 ? groups : none);
    this.#list.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#choose(groups.length > 0 ? 0 : -1);
  }

  #group(group, items, total) {
    const label = uniqueId("group");
    const title = total > items.length ? `${t(group.title)} · ${t("search.of", { shown: items.length, total })}` : t(group.title);
    return el(
      "div",
      { role: "group", "aria-labelledby": label },
      el("div", { class: "search-group", id: label }, title),
      items.map((item) => this.#hit(group, group.hit(item))),
    );
  }

  #hit(group, { main, side, pane, view }) {
    const go = () => {
      this.#input.value = "";
      this.#hide();
      navigate(pane, view);
    };
    return el(
      "div",
      { class: "search-hit", role: "option", id: uniqueId("hit"), "aria-selected": "false", on: { click: go } },
      icon(group.icon),
      el("span", { class: "search-main" }, main),
      el("span", { class: "search-side" }, side),
    );
  }

  #key(event) {
    const hits = this.#hits;
    if (event.key === "Escape") {
      this.#input.value = "";
      this.#hide();
      this.#input.blur();
    } else if (event.key === "Enter") {
      hits[this.#at]?.click();
    } else if (hits.length > 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#choose((this.#at + step + hits.length) % hits.length);
    }
  }

  get #hits() {
    return [...this.#list.querySelectorAll("[role=option]")];
  }

  #choose(at) {
    this.#at = at;
    const hits = this.#hits;
    for (const [index, hit] of hits.entries()) {
      hit.setAttribute("aria-selected", String(index === at));
    }
    this.#input.setAttribute("aria-activedescendant", hits[at]?.id || "");
    hits[at]?.scrollIntoView({ block: "nearest" });
  }

  #hide() {
    clearTimeout(this.#timer);
    this.#list.hidden = true;
    fill(this.#list);
    this.#at = -1;
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }
}
