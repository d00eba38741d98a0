/** Fields with label, help, unit and error, and forms made of them. */

import { el, fill, uniqueId } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { reasonText } from "./reasons.js";

/**
 * @typedef {{name: string, label: string, type?: "text" | "password" | "number" | "checkbox" |
 *   "select" | "textarea" | "static", value?: any, help?: any, unit?: string,
 *   options?: {value: string, label: string}[], required?: boolean, mono?: boolean,
 *   disabled?: boolean, placeholder?: string, autocomplete?: string, min?: number, max?: number,
 *   rows?: number, spellcheck?: boolean}} FieldOptions
 */

/** One field. Values: text, `number | null`, or boolean, by its type. */
export class Field {
  /** @param {FieldOptions} options */
  constructor(options) {
    this.options = options;
    this.name = options.name;
    this.input = inputOf(options);
    this.initial = this.value;
    this.#error = el("p", { class: "field-error", id: uniqueId("error"), hidden: true });
    this.element = this.#layout();
  }

  #error;

  /** What is in it now. */
  get value() {
    if (this.options.type === "checkbox") {
      return this.input.checked;
    }
    if (this.options.type === "number") {
      return this.input.value === "" ? null : Number(this.input.value);
    }
    return this.options.type === "static" ? this.options.value : this.input.value;
  }

  set value(value) {
    if (this.options.type === "checkbox") {
      this.input.checked = Boolean(value);
    } else {
      this.input.value = value ?? "";
    }
  }

  /** Whether it holds something else than at first. */
  get isChanged() {
    return this.value !== this.initial;
  }

  /**
   * Show what is wrong with it; empty = nothing.
   * @param {string} text
   */
  setError(text) {
    fill(this.#error, text && icon("error"), text);
    this.#error.hidden = !text;
    this.element.classList.toggle("has-error", Boolean(text));
    this.input.setAttribute("aria-invalid", String(Boolean(text)));
  }

  #layout() {
    const { label, help, unit, type, required } = this.options;
    const helpId = uniqueId("help");
    this.input.id = uniqueId("field");
    this.input.setAttribute("aria-describedby", `${this.#error.id}${help ? ` ${helpId}` : ""}`);
    const text = el("label", { for: this.input.id, class: "field-label" }, label);
    if (required) {
      this.input.setAttribute("aria-required", "true");
    }
    const shown = el("div", { class: "field-input" }, this.input, unit && el("span", { class: "field-unit" }, unit));
    const below = [help && el("p", { class: "field-help", id: helpId }, help), this.#error];
    const kind = `field field-${type || "text"}`;
    return type === "checkbox"
      ? el("div", { class: kind }, el("div", { class: "field-check" }, this.input, text), below)
      : el("div", { class: kind }, text, shown, below);
  }
}

function inputOf(options) {
  const { type = "text", value, disabled = false, placeholder, autocomplete = "off" } = options;
  const shared = { name: options.name, disabled, class: options.mono ? "mono" : null };
  if (type === "static") {
    return el("output", shared, value ?? "");
  }
  if (type === "checkbox") {
    return el("input", { ...shared, type, checked: Boolean(value) });
  }
  if (type === "select") {
    const choices = (options.options || []).map((each) => el("option", { value: each.value }, each.label));
    const select = el("select", shared, choices);
    select.value = value ?? "";
    return select;
  }
  const text = { ...shared, placeholder, spellcheck: options.spellcheck ? "true" : "false" };
  if (type === "textarea") {
    return el("textarea", { ...text, rows: options.rows || 4, value });
  }
  const { min, max } = options;
  return el("input", { ...text, type, autocomplete, min, max, value });
}

/** Fields in groups, with a summary of what was refused. */
export class Form {
  /** @type {Map<string, Field>} */
  fields = new Map();

  #group;
  #summary = el("div", { class: "form-summary", role: "alert", tabindex: "-1", hidden: true });

  /** @param {{onChange?: () => void, onSubmit?: () => void}} [options] */
  constructor({ onChange, onSubmit } = {}) {
    this.element = el("form", { class: "form", novalidate: true }, this.#summary);
    this.#group = this.element;
    this.element.addEventListener("input", () => onChange?.());
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      onSubmit?.();
    });
  }

  /**
   * Begin a group of fields under a heading.
   * @param {string} title
   * @returns {HTMLElement} the group
   */
  group(title) {
    this.#group = el("fieldset", { class: "form-group" }, el("legend", {}, title));
    this.element.append(this.#group);
    return this.#group;
  }

  /**
   * Add a field to the group that was begun last.
   * @param {FieldOptions} options
   * @returns {Field}
   */
  add(options) {
    const field = new Field(options);
    this.fields.set(field.name, field);
    this.#group.append(field.element);
    return field;
  }

  /**
   * Add anything else to the group that was begun last.
   * @param {...any} nodes
   */
  append(...nodes) {
    this.#group.append(...nodes);
  }

  /** @returns {Record<string, any>} the values of all fields */
  values() {
    return Object.fromEntries([...this.fields.values()].map((field) => [field.name, field.value]));
  }

  /** @returns {Record<string, any>} the values that differ from those at first */
  changes() {
    const changed = [...this.fields.values()].filter((field) => field.isChanged);
    return Object.fromEntries(changed.map((field) => [field.name, field.value]));
  }

  /** Whether something would be lost. */
  get isDirty() {
    return [...this.fields.values()].some((field) => field.isChanged);
  }

  /** What is in it now is what it holds at first. */
  settle() {
    for (const field of this.fields.values()) {
      field.initial = field.value;
    }
  }

  /** Take all errors away. */
  clearErrors() {
    this.showErrors("", {});
  }

  /**
   * Show errors beside their fields and a summary above. What the server says of fields is said in
   * the user's language.
   * @param {string} text
   * @param {Record<string, string>} [errors] by the name of the field
   */
  showErrors(text, errors = {}) {
    for (const field of this.fields.values()) {
      field.setError(reasonText(errors[field.name] || ""));
    }
    const elsewhere = Object.entries(errors).filter(([name]) => !this.fields.has(name));
    const lines = elsewhere.map(([name, what]) => el("li", {}, reasonText(`${name}: ${what}`)));
    const isBeside = Object.keys(errors).length > elsewhere.length;
    fill(
      this.#summary,
      text && el("p", {}, icon("error"), isBeside ? t("form.checkFields") : text),
      lines.length > 0 && el("ul", {}, lines),
    );
    this.#summary.hidden = !text;
    this.#focusFirst(errors);
  }

  #focusFirst(errors) {
    for (const field of this.fields.values()) {
      if (errors[field.name]) {
        field.input.focus();
        return;
      }
    }
  }
}
