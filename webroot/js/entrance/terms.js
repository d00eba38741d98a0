/** The licence terms, which are accepted before anything else. */

import { get } from "../api.js";
import { el, fill } from "../dom.js";
import { t } from "../i18n.js";
import { skeleton } from "../pane.js";
import { acceptEula, currentSession } from "../session.js";
import { termsText } from "../terms_text.js";
import { toastError } from "../toast.js";
import { entrancePage } from "./card.js";

/**
 * @param {{next: () => void, leave: () => void}} options
 * @returns {HTMLElement}
 */
export function termsPage({ next, leave }) {
  let version = "";
  const text = el("div", { class: "terms terms-text", tabindex: "0", role: "region", "aria-label": t("eula.terms") }, skeleton(6));
  const accept = el(
    "button",
    { type: "button", class: "button button-primary", disabled: true, on: { click: agree } },
    t("eula.accept"),
  );

  async function agree() {
    accept.disabled = true;
    try {
      await acceptEula(version);
      next();
    } catch (error) {
      accept.disabled = false;
      toastError(error);
    }
  }

  async function load() {
    try {
      const eula = await get("/eula");
      version = eula.version;
      fill(text, termsText(eula.text));
      accept.disabled = false;
      accept.focus();
    } catch (error) {
      fill(text);
      toastError(error);
    }
  }

  load();
  return entrancePage({
    title: t("eula.terms"),
    line: t("eula.first"),
    step: currentSession()?.mustChangePassword ? "terms" : "",
    isWide: true,
    content: [
      el(
        "div",
        { class: "entrance-actions" },
        el("button", { type: "button", class: "button", on: { click: leave } }, t("eula.decline")),
        accept,
      ),
      text,
    ],
  });
}
