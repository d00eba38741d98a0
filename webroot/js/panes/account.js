/** Changing one's own password later on, in a panel. */

import { el } from "../dom.js";
import { t } from "../i18n.js";
import { openDialog } from "../dialog.js";
import { PasswordForm } from "../password_form.js";
import { currentSession } from "../session.js";
import { toast } from "../toast.js";

/** Open the panel. */
export function openPasswordPanel() {
  const save = el("button", { type: "submit", class: "button button-primary", disabled: true }, t("password.submit"));
  const form = new PasswordForm({
    account: currentSession().account.name,
    onReady: (isReady) => {
      save.disabled = !isReady;
    },
    onDone: () => {
      dialog.close();
      toast(t("password.done"));
    },
  });
  form.append(el("div", { class: "entrance-actions" }, save));
  const dialog = openDialog({ title: t("password.title"), content: form.element, actions: [] });
  form.element.querySelector("input[type=password]").focus();
}
