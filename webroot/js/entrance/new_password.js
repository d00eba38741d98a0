/** The change of password that a new account has to make. */

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { PasswordForm } from "../password_form.js";
import { currentSession } from "../session.js";
import { entrancePage } from "./card.js";

const DEFAULT_ACCOUNT = 0;

/**
 * @param {{next: (isNew: boolean) => void, leave: () => void}} options `isNew`: the installation
 *   has nothing yet, so the first steps may follow
 * @returns {HTMLElement}
 */
export function newPasswordPage({ next, leave }) {
  const { account } = currentSession();
  const save = el("button", { type: "submit", class: "button button-primary", disabled: true }, t("password.submit"));
  const form = new PasswordForm({
    account: account.name,
    onReady: (isReady) => {
      save.disabled = !isReady;
    },
    onDone: () => next(account.id === DEFAULT_ACCOUNT && !currentSession().hasOmms),
  });
  form.append(
    el(
      "div",
      { class: "entrance-actions" },
      el("button", { type: "button", class: "button", on: { click: leave } }, t("account.signOut")),
      save,
    ),
  );
  return entrancePage({
    title: t("password.title"),
    line: t("password.first", { name: account.name }),
    step: account.id === DEFAULT_ACCOUNT ? "password" : "",
    content: [form.element],
  });
}
