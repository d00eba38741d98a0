/** The look of the pages before the frame. */

import { el } from "../dom.js";
import { applyLanguage, currentLanguage, LANGUAGES, t } from "../i18n.js";
import { currentSession } from "../session.js";

/** The steps of everybody who is first, and those of an installation that has no OMM yet. */
const STEPS = ["terms", "password"];
const STEPS_OF_A_NEW_ONE = ["name", "license", "omm"];

/**
 * A page with one card in the middle.
 * @param {{title: string, line?: any, step?: string, isWide?: boolean, content: any[],
 *   foot?: any}} options `step`: which step of the first sign-in this is
 * @returns {HTMLElement}
 */
export function entrancePage({ title, line, step, isWide = false, content, foot }) {
  return el(
    "main",
    { class: `entrance ${step ? "has-steps" : ""}`, id: "main" },
    step && stepList(step),
    el(
      "div",
      { class: `entrance-card ${isWide ? "is-wide" : ""}` },
      el(
        "div",
        { class: "entrance-brand" },
        el("img", { src: "/img/mom.svg", alt: "", width: "32", height: "32" }),
        el("div", {}, el("h1", { tabindex: "-1" }, title), line && el("p", {}, line)),
      ),
      content,
    ),
    el("div", { class: "entrance-foot" }, foot, languageLinks()),
  );
}

function stepList(current) {
  const isNew = STEPS_OF_A_NEW_ONE.includes(current) || !currentSession()?.hasOmms;
  const steps = isNew ? [...STEPS, ...STEPS_OF_A_NEW_ONE] : STEPS;
  const at = steps.indexOf(current);
  return el(
    "ol",
    { class: "steps", "aria-label": t("welcome.steps") },
    steps.map((step, index) =>
      el(
        "li",
        { class: index < at ? "is-done" : "", "aria-current": index === at ? "step" : null },
        el("span", { class: "step-number", "aria-hidden": "true" }, index < at ? "✓" : String(index + 1)),
        t(`welcome.step.${step}`),
      ),
    ),
  );
}

const languageLinks = () =>
  Object.entries(LANGUAGES).map(([code, name]) =>
    el(
      "button",
      {
        type: "button",
        class: "button-link",
        lang: code,
        "aria-pressed": String(code === currentLanguage()),
        on: { click: () => applyLanguage(code) },
      },
      name,
    ),
  );
