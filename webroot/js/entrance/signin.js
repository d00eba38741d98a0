/** The sign-in page. */

import { el } from "../dom.js";
import { errorText } from "../errors.js";
import { Form } from "../form.js";
import { t } from "../i18n.js";
import { signIn } from "../session.js";
import { entrancePage } from "./card.js";

/**
 * @param {{notice: string, next: () => void}} options `notice`: why one is here again
 * @returns {HTMLElement}
 */
export function signInPage({ notice, next }) {
  const form = new Form({ onSubmit: submit });
  form.add({ name: "name", label: t("signin.name"), autocomplete: "username", required: true });
  form.add({
    name: "password",
    label: t("signin.password"),
    type: "password",
    autocomplete: "current-password",
    required: true,
  });
  const button = el("button", { type: "submit", class: "button button-primary button-block" }, t("signin.submit"));
  form.append(button);

  async function submit() {
    const { name, password } = form.values();
    const missing = missingFields({ name, password });
    if (Object.keys(missing).length > 0) {
      form.showErrors(t("form.checkFields"), missing);
      return;
    }
    button.disabled = true;
    form.clearErrors();
    try {
      await signIn(name, password);
      next();
    } catch (error) {
      form.showErrors(errorText(error), error.fields);
      form.fields.get("password").input.select();
    } finally {
      button.disabled = false;
    }
  }

  return entrancePage({
    title: "MOM",
    line: t("signin.line"),
    content: [notice && el("p", { class: "form-notice", role: "status" }, notice), form.element],
  });
}

function missingFields(values) {
  const empty = Object.entries(values).filter(([, value]) => !value);
  return Object.fromEntries(empty.map(([name]) => [name, t("form.required")]));
}
