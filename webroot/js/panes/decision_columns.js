/** The columns of the table of decisions. */

import { el } from "../dom.js";
import { absoluteTime, clockTime, t } from "../i18n.js";
import { recordNumber } from "../numbers.js";
import { reasonText } from "../reasons.js";

const NOUNS = ["user", "device", "room"];
const CODES = ["eq", "ne", "gt", "lt"];

/**
 * @param {(field: string) => string | undefined} labels what fields are called
 * @returns {import("../table/columns.js").Column[]}
 */
export function decisionColumns(labels) {
  const column = (field, width, more) => ({ field, title: t(`decisions.column.${field}`), width, ...more });
  const shownOnly = { operators: [], sortable: false };
  const choices = NOUNS.map((value) => ({ value, label: t(`decisions.noun.${value}`) }));
  return [
    column("at", 168, { kind: "time", render: time }),
    column("noun", 104, { kind: "choice", choices, operators: ["eq", "ne"] }),
    column("key", 144, { ...shownOnly, mono: true }),
    column("name", 212, { ...shownOnly, render: nameOf }),
    column("text", 320, { grow: true, sortable: false, help: t("decisions.help"), render: (text) => reasonText(text, labels) }),
    column("number", 112, { hidden: true, mono: true, operators: CODES, render: recordNumber }),
    column("last", 112, { hidden: true, mono: true, operators: ["empty"], sortable: false, render: recordNumber }),
  ];
}

const time = (seconds) =>
  el("time", { datetime: new Date(seconds * 1000).toISOString(), title: absoluteTime(seconds) }, clockTime(seconds));

function nameOf(name, { number, last, deleted }) {
  if (last) {
    return t("decisions.andMore", { name, count: last - number });
  }
  return deleted ? [name, t("decisions.deleted")].filter(Boolean).join(" · ") : name;
}
