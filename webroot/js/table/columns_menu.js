/** Which columns are shown, and in which order. */

import { el, fill } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { openPopover } from "./popover.js";

/**
 * Let the user choose.
 * @param {HTMLElement} anchor
 * @param {import("./columns.js").ColumnLook} look
 * @param {() => void} changed
 */
export function chooseColumns(anchor, look, changed) {
  openPopover(anchor, {
    label: t("table.columns"),
    class: "columns-menu",
    content: () => {
      const list = el("ul", { class: "columns-list" });
      const show = () => fill(list, look.ordered().map((column) => entry(column, look, refresh)));
      const refresh = (focus) => {
        changed();
        if (focus) {
          show();
          list.querySelector(focus)?.focus();
        }
      };
      const reset = () => {
        look.reset();
        refresh("input");
      };
      show();
      return [
        el("p", { class: "popover-title" }, t("table.columns")),
        list,
        el("div", { class: "popover-foot" }, el("button", { type: "button", class: "button button-plain", on: { click: reset } }, t("table.resetColumns"))),
      ];
    },
  });
}

function entry(column, look, refresh) {
  const { field } = column;
  const box = el("input", {
    type: "checkbox",
    checked: look.isShown(column),
    disabled: Boolean(column.pinned),
    on: {
      change: () => {
        look.show(field, box.checked);
        refresh();
      },
    },
  });
  const step = (by, name) =>
    el(
      "button",
      {
        type: "button",
        class: `button-icon column-step ${name}`,
        "aria-label": t(`table.${name}`, { column: column.title }),
        title: t(`table.${name}`, { column: column.title }),
        data: { field },
        disabled: Boolean(column.pinned),
        on: {
          click: () => {
            look.move(field, by);
            refresh(`.${name}[data-field="${CSS.escape(field)}"]`);
          },
        },
      },
      icon("chevron", { size: 12 }),
    );
  return el("li", {}, el("label", {}, box, el("span", {}, column.title)), step(-1, "earlier"), step(1, "later"));
}
