/** The map of sites: a tile per OMM, coloured and marked by state; arrow keys move among them. */

import { get } from "../api.js";
import { el, fill } from "../dom.js";
import { number, t } from "../i18n.js";
import { icon } from "../icons.js";
import { emptyState } from "../pane.js";
import { reasonText } from "../reasons.js";
import { address } from "../router.js";
import { mayWrite } from "../session.js";
import { ommOverall } from "../state.js";
import { toastError } from "../toast.js";

const PAGE = 1000;
/** What the legend counts, in its order; `health-` are connected OMMs that complain. */
const LEGEND = [
  "connected",
  "health-warning",
  "health-error",
  "synchronising",
  "configuring",
  "opening",
  "connecting",
  "waiting",
  "disabled",
];

/** Tiles keep their place; only what has changed is drawn anew. */
export class SiteMap {
  #legend = el("div", { class: "map-legend" });
  #grid = el("div", { class: "map-tiles", role: "group", "aria-label": t("health.map"), on: { keydown: (event) => this.#key(event) } });
  #empty = el("div", { hidden: true });
  #tiles = new Map();
  #names = new Map();
  #known = "";
  #kind = "";
  #sites = [];
  #isClosed = false;

  constructor() {
    this.element = el(
      "section",
      { class: "card map" },
      el("header", { class: "map-head" }, el("h2", {}, t("health.sites")), this.#legend),
      this.#grid,
      this.#empty,
    );
  }

  /** @param {Record<string, any>} status */
  show({ sites }) {
    this.#sites = sites;
    this.#showEmpty(sites.length === 0);
    const ids = sites.map((site) => site.id).join();
    if (ids !== this.#known) {
      this.#known = ids;
      this.#lay(sites);
      this.#loadNames();
    }
    for (const site of sites) {
      this.#draw(site);
    }
    this.#showLegend();
  }

  /** Nothing that is under way is shown any more. */
  close() {
    this.#isClosed = true;
  }

  /** Each count is a button that leaves the tiles of that kind only. */
  #showLegend() {
    const counts = new Map();
    for (const site of this.#sites) {
      counts.set(kindOf(site), (counts.get(kindOf(site)) || 0) + 1);
    }
    if (!counts.has(this.#kind)) {
      this.#kind = "";
    }
    const focused = this.#legend.contains(document.activeElement) ? document.activeElement.dataset.kind : "";
    fill(this.#legend, LEGEND.filter((kind) => counts.has(kind)).map((kind) => this.#count(kind, counts.get(kind))));
    this.#legend.querySelector(`[data-kind="${focused || "none"}"]`)?.focus();
    for (const site of this.#sites) {
      this.#tiles.get(site.id).hidden = this.#kind !== "" && kindOf(site) !== this.#kind;
    }
    this.#keepStop();
  }

  #count(kind, count) {
    const [state, health] = kind.startsWith("health-") ? ["connected", kind.slice("health-".length)] : [kind, "OK"];
    const { icon: name, tone } = ommOverall({ state, health });
    const word = t(`health.many.${health === "OK" ? state : health}`, { count });
    const choose = () => {
      this.#kind = this.#kind === kind ? "" : kind;
      this.#showLegend();
    };
    return el(
      "button",
      {
        type: "button",
        class: `map-count state tone-${tone}`,
        title: t("health.onlyThese"),
        "aria-pressed": String(this.#kind === kind),
        data: { kind },
        on: { click: choose },
      },
      icon(name),
      `${number(count)} ${word}`,
    );
  }

  /** One tile that is shown can be reached with Tab. */
  #keepStop() {
    const shown = [...this.#tiles.values()].filter((tile) => !tile.hidden);
    if (shown.length > 0 && !shown.some((tile) => tile.tabIndex === 0)) {
      shown[0].tabIndex = 0;
    }
  }

  #showEmpty(isEmpty) {
    this.#grid.hidden = isEmpty;
    this.#empty.hidden = !isEmpty;
    if (isEmpty && !this.#empty.hasChildNodes()) {
      const add = mayWrite() && el("a", { class: "button button-primary", href: address("omms", { open: "new" }) }, t("health.addOmm"));
      this.#empty.append(emptyState({ icon: "omms", title: t("health.noOmms"), text: t("health.noOmmsText"), action: add }));
    }
  }

  #lay(sites) {
    this.#tiles = new Map(sites.map((site) => [site.id, this.#tiles.get(site.id) || newTile(site.id)]));
    const tiles = [...this.#tiles.values()];
    for (const [index, tile] of tiles.entries()) {
      tile.tabIndex = index === 0 ? 0 : -1;
    }
    this.#grid.classList.toggle("is-dense", sites.length > 120);
    fill(this.#grid, tiles);
  }

  async #loadNames() {
    try {
      for (let offset = 0; offset < this.#tiles.size; offset += PAGE) {
        const { items } = await get("/omms", { limit: PAGE, offset });
        for (const omm of items) {
          this.#names.set(omm.id, omm.name);
        }
      }
    } catch (error) {
      toastError(error);
    }
    if (!this.#isClosed) {
      for (const tile of this.#tiles.values()) {
        label(tile, this.#names.get(Number(tile.dataset.id)));
      }
    }
  }

  #draw(site) {
    const tile = this.#tiles.get(site.id);
    const state = ommOverall(site);
    const drawn = `${state.tone} ${state.icon} ${state.word} ${site.reason}`;
    if (tile.dataset.drawn !== drawn) {
      tile.dataset.drawn = drawn;
      tile.className = `tile tone-${state.tone}`;
      tile.firstChild.replaceWith(icon(state.icon, { size: 14 }));
      tile.dataset.word = state.word;
      tile.dataset.reason = site.reason && site.reason !== state.word ? reasonText(site.reason) : "";
      label(tile, this.#names.get(site.id));
    }
  }

  #key(event) {
    const tiles = [...this.#tiles.values()].filter((tile) => !tile.hidden);
    const at = tiles.indexOf(document.activeElement);
    const across = tiles.filter((tile) => tile.offsetTop === tiles[0].offsetTop).length;
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across, Home: -at, End: tiles.length - 1 - at };
    const target = at >= 0 && event.key in steps ? tiles[at + steps[event.key]] : null;
    if (target) {
      event.preventDefault();
      tiles[at].tabIndex = -1;
      target.tabIndex = 0;
      target.focus();
    }
  }
}

const newTile = (id) =>
  el(
    "a",
    { class: "tile", href: address("omms", { open: String(id) }), data: { id: String(id) } },
    icon("dot"),
    el("span", { class: "tile-name" }),
  );

const kindOf = ({ state, health }) =>
  state === "connected" && health !== "OK" ? `health-${health}` : state;

function label(tile, name) {
  const { id, word = "", reason } = tile.dataset;
  const shown = name || id.padStart(4, "0");
  tile.lastChild.textContent = shown;
  const text = [`${shown}: ${word}`, reason].filter(Boolean).join("\n");
  tile.title = text;
  tile.setAttribute("aria-label", text.replace("\n", ". "));
}
