/** What stands below a table: how many items, and the pages. */

import { el, fill } from "../dom.js";
import { number, t } from "../i18n.js";
import { button } from "../pane.js";
import { PAGE_SIZE, pagesOf } from "./query.js";

/**
 * @param {(page: number) => void} go
 * @returns {{element: HTMLElement, show: (page: number, total: number, shown: number) => void}}
 */
export function tableFoot(go) {
  let page = 1;
  let pages = 1;
  const count = el("span", { class: "table-count figure", role: "status" });
  const range = el("span", { class: "figure muted" });
  const turn = (label, name, target) =>
    button({ label: t(`table.${label}`), icon: "chevron", iconOnly: true, run: () => go(target()) , title: t(`table.${label}`) });
  const first = turn("firstPage", "first", () => 1);
  const before = turn("previousPage", "previous", () => page - 1);
  const after = turn("nextPage", "next", () => page + 1);
  const last = turn("lastPage", "last", () => pages);
  first.classList.add("turn-first");
  before.classList.add("turn-previous");
  after.classList.add("turn-next");
  last.classList.add("turn-last");
  const input = el("input", {
    class: "page-input figure",
    inputmode: "numeric",
    "aria-label": t("table.page"),
    on: {
      change: () => {
        const wanted = Number.parseInt(input.value, 10);
        go(Number.isNaN(wanted) ? page : Math.min(Math.max(1, wanted), pages));
        input.value = String(page);
      },
    },
  });
  const of = el("span", { class: "figure muted" });
  const pager = el("nav", { class: "pager", "aria-label": t("table.pages") }, range, first, before, input, of, after, last);
  const element = el("footer", { class: "table-foot" }, count, el("span", { class: "spread" }), pager);
  return {
    element,
    show(at, total, shown) {
      page = at;
      pages = pagesOf(total);
      const from = (page - 1) * PAGE_SIZE + 1;
      fill(count, t("table.items", { count: total }));
      fill(range, shown ? t("table.range", { from: number(from), to: number(from + shown - 1) }) : "");
      input.value = String(page);
      fill(of, t("table.ofPages", { pages: number(pages) }));
      first.disabled = before.disabled = page <= 1;
      last.disabled = after.disabled = page >= pages;
      pager.hidden = pages <= 1;
    },
  };
}
