/** What a table shows while it has no rows: that it waits, that there is nothing, what failed. */

import { el, fill } from "../dom.js";
import { errorText } from "../errors.js";
import { t } from "../i18n.js";
import { button, emptyState, skeleton } from "../pane.js";

const ROWS = 16;

/**
 * @param {{empty: () => HTMLElement, onRetry: () => void, onClear: () => void}} told `empty` says
 *   what to do where there is nothing at all; `onClear` takes search and filters away
 * @returns {{element: HTMLElement, wait: (hasRows: boolean) => void, none: (isFiltered: boolean)
 *   => void, fail: (error: any) => void, rows: () => void}}
 */
export function tableStates({ empty, onRetry, onClear }) {
  const element = el("div", { class: "table-state", hidden: true });
  const show = (kind, ...content) => {
    fill(element, ...content);
    element.dataset.kind = kind;
    element.hidden = false;
  };
  const nothingFound = () =>
    emptyState({
      icon: "search",
      title: t("table.nothingFound"),
      text: t("table.nothingFoundText"),
      action: button({ label: t("table.clearAll"), run: onClear }),
    });
  return {
    element,
    wait: (hasRows) => (hasRows ? show("dim") : show("wait", skeleton(ROWS))),
    none: (isFiltered) => show("empty", isFiltered ? nothingFound() : empty()),
    fail: (error) =>
      show(
        "error",
        emptyState({
          icon: "error",
          title: t("table.failed"),
          text: errorText(error),
          action: button({ label: t("action.retry"), icon: "refresh", run: onRetry }),
        }),
      ),
    rows: () => {
      element.hidden = true;
      fill(element);
    },
  };
}
