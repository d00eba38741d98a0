/** Moving through a table without a mouse: one cell at a time has the focus. */

import { t } from "../i18n.js";

const CELL = ".tabulator-cell";
const HEAD = ".head button, .tabulator-header input";
const JUMP = 10;

/**
 * What the keys do in a table, for people.
 * @returns {[string, string][]} keys with spaces between, and what they do
 */
export const tableKeys = () => [
  ["↑ ↓ ← →", t("table.keys.move")],
  ["Home End", t("table.keys.ends")],
  ["PageUp PageDown", t("table.keys.pages")],
  ["Enter", t("table.keys.open")],
  [t("table.keys.space"), t("table.keys.select")],
  [".", t("table.keys.menu")],
];

/**
 * Make a grid usable by keyboard.
 * @param {import("./grid.js").Grid} grid
 * @param {{onOpen: (row: any) => void, onMenu: (row: any, anchor: HTMLElement) => void,
 *   onSelect: (row: any) => void, onPage: (step: -1 | 1) => void}} told `row` is the data
 * @returns {{begin: () => void, end: (toFirst: boolean) => void, settle: () => void}} between
 *   `begin` and `end` rows are drawn anew: a cell that loses the focus by that gets it back;
 *   `toFirst` gives it to the first row in any case
 */
export function gridKeyboard(grid, told) {
  const { host } = grid;
  const at = { row: 0, column: 0 };
  let isInside = false;
  let draws = 0;

  grid.onRendered(settle);
  host.addEventListener("focusin", (event) => {
    const cell = event.target.closest(CELL);
    isInside = cell !== null;
    if (cell) {
      note(cell);
    }
  });
  host.addEventListener("focusout", (event) => {
    isInside = isInside && draws > 0 && !event.relatedTarget;
  });
  host.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const inHead = event.target.closest(".tabulator-header");
    const used = inHead ? inHeader(event) : event.target.closest(CELL) && inRows(event);
    if (used) {
      event.preventDefault();
      event.stopPropagation();
    }
  });

  function note(cell) {
    const row = cell.closest(".tabulator-row");
    at.row = grid.rows().findIndex((each) => each.getElement() === row);
    at.column = [...row.querySelectorAll(CELL)].indexOf(cell);
    settle();
  }

  /** Exactly one cell can be reached with Tab. */
  function settle() {
    for (const cell of host.querySelectorAll(`${CELL}[tabindex="0"]`)) {
      cell.tabIndex = -1;
    }
    const cell = cellAt();
    if (cell) {
      cell.tabIndex = 0;
    }
  }

  const rowAt = () => grid.rows()[at.row];
  const cellAt = () => rowAt()?.getElement().querySelectorAll(CELL)[at.column];

  async function go(row, column) {
    const rows = grid.rows();
    if (rows.length === 0) {
      return;
    }
    at.row = Math.min(Math.max(0, row), rows.length - 1);
    await grid.reveal(rows[at.row]);
    const cells = rows[at.row].getElement().querySelectorAll(CELL);
    at.column = Math.min(Math.max(0, column), cells.length - 1);
    settle();
    const cell = cells[at.column];
    cell?.focus({ preventScroll: true });
    intoView(cell);
  }

  /** Pinned columns stay where they are: what is behind them is not seen. */
  function intoView(cell) {
    const holder = host.querySelector(".tabulator-tableholder");
    if (!cell || cell.classList.contains("tabulator-frozen")) {
      return;
    }
    const box = cell.getBoundingClientRect();
    const frozen = [...cell.parentElement.querySelectorAll(".tabulator-frozen")].map((each) => each.getBoundingClientRect());
    const room = holder.getBoundingClientRect();
    const middle = room.left + room.width / 2;
    const left = Math.max(room.left, ...frozen.filter((each) => each.left < middle).map((each) => each.right));
    const right = Math.min(room.right, ...frozen.filter((each) => each.left >= middle).map((each) => each.left));
    if (box.left < left) {
      holder.scrollLeft -= left - box.left;
    } else if (box.right > right) {
      holder.scrollLeft += box.right - right;
    }
  }

  function inRows(event) {
    const row = rowAt();
    const control = event.target.matches("input, button, a");
    const moves = {
      ArrowDown: () => (at.row === grid.rows().length - 1 ? told.onPage(1) : go(at.row + 1, at.column)),
      ArrowUp: () => (at.row === 0 ? toHeader() : go(at.row - 1, at.column)),
      ArrowLeft: () => go(at.row, at.column - 1),
      ArrowRight: () => go(at.row, at.column + 1),
      Home: () => go(event.ctrlKey ? 0 : at.row, 0),
      End: () => go(at.row, Infinity),
      PageDown: () => (at.row === grid.rows().length - 1 ? told.onPage(1) : go(at.row + JUMP, at.column)),
      PageUp: () => (at.row === 0 ? told.onPage(-1) : go(at.row - JUMP, at.column)),
      Enter: () => enter(row, event.target),
      " ": () => told.onSelect(row.getData()),
      ".": () => told.onMenu(row.getData(), event.target.closest(CELL)),
      ContextMenu: () => told.onMenu(row.getData(), event.target.closest(CELL)),
    };
    if (!row || (control && (event.key === "Enter" || event.key === " "))) {
      return false;
    }
    moves[event.key]?.();
    return event.key in moves;
  }

  function enter(row, target) {
    const link = target.querySelector("a[href], button");
    if (link) {
      link.click();
    } else {
      told.onOpen(row.getData());
    }
  }

  function toHeader() {
    const cell = cellAt();
    const left = cell?.getBoundingClientRect().left ?? 0;
    const heads = headers();
    const above = heads.find((each) => each.getBoundingClientRect().right > left) || heads[0];
    above?.focus();
  }

  const headers = () => [...host.querySelectorAll(HEAD)];

  function inHeader(event) {
    const heads = headers();
    const index = heads.indexOf(event.target);
    const moves = {
      ArrowRight: () => heads[Math.min(index + 1, heads.length - 1)].focus(),
      ArrowLeft: () => heads[Math.max(index - 1, 0)].focus(),
      Home: () => heads[0].focus(),
      End: () => heads.at(-1).focus(),
      ArrowDown: () => go(0, at.column),
    };
    moves[event.key]?.();
    return event.key in moves;
  }

  return {
    settle,
    begin() {
      draws += 1;
    },
    end(toFirst) {
      draws -= 1;
      settle();
      if (toFirst) {
        go(0, at.column);
      } else if (isInside && !host.contains(document.activeElement)) {
        go(at.row, at.column);
      }
    },
  };
}
