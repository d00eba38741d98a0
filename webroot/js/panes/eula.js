/** The licence terms, who accepted them, and what version runs. */

import { get } from "../api.js";
import { el, fill } from "../dom.js";
import { errorText } from "../errors.js";
import { t } from "../i18n.js";
import { currentStatus, onStatus } from "../live.js";
import { moment } from "../moment.js";
import { emptyState, paneHead, skeleton } from "../pane.js";
import { termsText } from "../terms_text.js";

const COMPONENTS = [
  ["Twisted", "MIT"],
  ["Klein", "MIT"],
  ["Autobahn", "MIT"],
  ["lxml", "BSD-3-Clause"],
  ["msgspec", "BSD-3-Clause"],
  ["SQLAlchemy", "MIT"],
  ["Alembic", "MIT"],
  ["psycopg", "LGPL-3.0"],
  ["cryptography", "Apache-2.0 / BSD-3-Clause"],
  ["argon2-cffi", "MIT"],
  ["Automat", "MIT"],
  ["prometheus-client", "Apache-2.0"],
  ["Tabulator", "MIT"],
  ["uPlot", "MIT"],
];

/** @type {import("../router.js").Pane} */
export const eulaPane = { id: "eula", title: "eula.title", icon: "scroll", order: 90, load };

function load(container) {
  const head = paneHead({ title: t("eula.title") });
  const body = el("div", { class: "pane-body", tabindex: "0", role: "region", "aria-label": t("eula.title") }, skeleton(10));
  container.append(head.element, body);
  let isClosed = false;
  const stop = onStatus(() => head.setLine(t("eula.version", { version: currentStatus().version })));
  get("/eula").then(
    (eula) => !isClosed && fill(body, content(eula)),
    (error) => !isClosed && fill(body, emptyState({ icon: "error", title: t("error.title"), text: errorText(error) })),
  );
  return {
    close() {
      isClosed = true;
      stop();
    },
  };
}

const content = (eula) =>
  el(
    "div",
    { class: "eula-columns" },
    el("section", { class: "card card-padded" }, el("h2", {}, t("eula.terms")), el("div", { class: "terms-text" }, termsText(eula.text))),
    el(
      "div",
      { class: "eula-side" },
      el("section", { class: "card card-padded" }, el("h2", {}, t("eula.accepted")), acceptances(eula.acceptances)),
      el("section", { class: "card card-padded" }, el("h2", {}, t("eula.components")), components()),
    ),
  );

const acceptances = (list) =>
  el(
    "table",
    { class: "small-table" },
    el("thead", {}, el("tr", {}, ["version", "by", "at"].map((name) => el("th", { scope: "col" }, t(`eula.column.${name}`))))),
    el(
      "tbody",
      {},
      list.map((each) => el("tr", {}, el("td", {}, each.version), el("td", {}, each.by), el("td", {}, moment(each.at)))),
    ),
  );

const components = () =>
  el(
    "table",
    { class: "small-table" },
    el("thead", {}, el("tr", {}, ["component", "license"].map((name) => el("th", { scope: "col" }, t(`eula.column.${name}`))))),
    el("tbody", {}, COMPONENTS.map(([name, license]) => el("tr", {}, el("td", {}, name), el("td", {}, license)))),
  );
