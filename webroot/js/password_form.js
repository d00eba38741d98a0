/** Changing one's own password, with the rules ticked off while it is typed. */

import { el, fill } from "./dom.js";
import { errorText } from "./errors.js";
import { Form } from "./form.js";
import { t, tOr } from "./i18n.js";
import { icon } from "./icons.js";
import { passwordRules } from "./password_rules.js";
import { changePassword } from "./session.js";

/** A form with the old password, the new one and its confirmation. */
export class PasswordForm {
  #form = new Form({ onChange: () => this.#look(), onSubmit: () => this.submit() });
  #rules = el("ul", { class: "rules", "aria-label": t("password.rules") });
  #options;
  #isReady = false;

  /**
   * @param {{account: string, onReady: (isReady: boolean) => void, onDone: () => void}} options
   */
  constructor(options) {
    this.#options = options;
    const type = "password";
    this.#form.append(
      el("input", { type: "text", value: options.account, autocomplete: "username", hidden: true, "aria-hidden": "true", tabindex: "-1" }),
    );
    this.#form.add({ name: "old", label: t("password.old"), type, autocomplete: "current-password", required: true });
    this.#form.add({ name: "new", label: t("password.new"), type, autocomplete: "new-password", required: true });
    this.#form.add({ name: "again", label: t("password.again"), type, autocomplete: "new-password", required: true });
    this.#form.append(this.#rules);
    this.#look();
  }

  /** @returns {HTMLElement} */
  get element() {
    return this.#form.element;
  }

  /** Whether something has been typed. */
  get isDirty() {
    return this.#form.isDirty;
  }

  /** @param {...any} nodes that stand below the fields */
  append(...nodes) {
    this.#form.append(...nodes);
  }

  /** Change the password, if all rules are kept. */
  async submit() {
    if (!this.#isReady) {
      return;
    }
    this.#setReady(false);
    this.#form.clearErrors();
    const values = this.#form.values();
    try {
      await changePassword(values.old, values.new);
    } catch (error) {
      this.#form.showErrors(errorText(error), named(error));
      this.#setReady(true);
      return;
    }
    this.#options.onDone();
  }

  #look() {
    const { old, new: wanted, again } = this.#form.values();
    const known = { account: this.#options.account, host: location.hostname, old };
    const rules = passwordRules(wanted, known);
    rules.push({ id: "again", isMet: wanted !== "" && wanted === again });
    fill(this.#rules, rules.map((rule) => ruleLine(rule, wanted !== "")));
    this.#setReady(old !== "" && rules.every((rule) => rule.isMet));
  }

  #setReady(isReady) {
    this.#isReady = isReady;
    this.#options.onReady(isReady);
  }
}

function ruleLine({ id, isMet }, isTyped) {
  const isShown = isTyped && isMet;
  return el(
    "li",
    { class: isShown ? "is-met" : "", data: { rule: id } },
    icon(isShown ? "ok" : "dot"),
    el("span", {}, t(`password.rule.${id}`), isShown && el("span", { class: "visually-hidden" }, ` (${t("password.met")})`)),
  );
}

/** The server's names of fields as those of the form, with texts in the user's language. */
function named({ fields = {}, code }) {
  const texts = Object.entries(fields).map(([name, text]) => [
    name === "password" ? "new" : name,
    tOr(`password.refused.${code}`, text),
  ]);
  return Object.fromEntries(texts);
}
