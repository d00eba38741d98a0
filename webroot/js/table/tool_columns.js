/** The columns that are no data: the box that selects a row, and the button with its actions. */

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { openMenu } from "../menu.js";
import { ACTIONS, SELECT } from "./grid.js";

/**
 * The column with the boxes.
 * @param {import("./selection.js").Selection} selection
 * @param {{key: string, name: (row: any) => string, onAll: (wanted: boolean) => void}} told
 */
export function selectColumn(selection, { key, name, onAll }) {
  return {
    field: SELECT,
    title: t("table.select"),
    width: 36,
    operators: [],
    sortable: false,
    header: () =>
      el("input", {
        type: "checkbox",
        class: "select-page",
        tabindex: "-1",
        "aria-label": t("table.selectPage"),
        on: { change: (event) => onAll(event.target.checked) },
      }),
    render: (_, row) =>
      el("input", {
        type: "checkbox",
        class: "select-row",
        tabindex: "-1",
        checked: selection.has(row[key]),
        "aria-label": t("table.selectRow", { name: name(row) }),
      }),
  };
}

/**
 * The column with the actions of a row.
 * @param {{name: (row: any) => string, actions: (row: any) => import("../menu.js").Item[]}} told
 */
export function actionColumn({ name, actions }) {
  return {
    field: ACTIONS,
    title: t("table.actions"),
    width: 44,
    operators: [],
    sortable: false,
    header: () => el("span", { class: "visually-hidden" }, t("table.actions")),
    render: (_, row) =>
      el(
        "button",
        {
          type: "button",
          class: "button-icon row-more",
          tabindex: "-1",
          "aria-label": t("table.actionsOf", { name: name(row) }),
          "aria-haspopup": "menu",
          "aria-expanded": "false",
          on: { click: (event) => openMenu(event.currentTarget, actions(row)) },
        },
        icon("more"),
      ),
  };
}
