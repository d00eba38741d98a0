/** What stands above a table: search, filters, columns, export, and Refresh while it is needed. */

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { button } from "../pane.js";

const TYPING = 150;

/**
 * @param {{q: string, placeholder: string, lead?: any, onSearch: (words: string) => void,
 *   onColumns: (anchor: HTMLElement) => void, onExport: () => void, onRefresh: () => void}} told
 * @returns {{element: HTMLElement, chips: HTMLElement, setSearch: (words: string) => void,
 *   setStale: (isStale: boolean) => void, focusSearch: () => void}}
 */
export function toolbar({ q, placeholder, lead, onSearch, onColumns, onExport, onRefresh }) {
  let timer = 0;
  const search = el("input", {
    type: "search",
    value: q,
    placeholder,
    "aria-label": placeholder,
    spellcheck: "false",
    autocomplete: "off",
    maxlength: "100",
  });
  const send = () => {
    clearTimeout(timer);
    onSearch(search.value.trim());
  };
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(send, TYPING);
  });
  search.addEventListener("keydown", (event) => event.key === "Enter" && send());
  const chips = el("div", { class: "chips", hidden: true });
  const stale = el(
    "button",
    { type: "button", class: "button button-stale", hidden: true, on: { click: onRefresh } },
    icon("refresh"),
    el("span", {}, t("table.stale")),
  );
  const columns = button({ label: t("table.columns"), icon: "columns", hasMenu: true, run: () => onColumns(columns) });
  const element = el(
    "div",
    { class: "table-tools" },
    lead,
    el("div", { class: "table-search" }, icon("search"), search),
    chips,
    el("span", { class: "spread" }),
    el("span", { role: "status" }, stale),
    columns,
    button({ label: t("table.export"), icon: "download", run: onExport, title: t("table.exportHelp") }),
  );
  return {
    element,
    chips,
    setSearch: (words) => {
      search.value = words;
    },
    setStale: (isStale) => {
      stale.hidden = !isStale;
    },
    focusSearch: () => search.focus(),
  };
}
