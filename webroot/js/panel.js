/** A form in a panel at the side; what is behind it stays visible. */

import { confirmDialog } from "./dialog.js";
import { el, uniqueId } from "./dom.js";
import { errorText } from "./errors.js";
import { Form } from "./form.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { standsOver } from "./over.js";

/**
 * Open the panel. `build` puts fields into the form and may give back more content to stand below
 * it; `onSave` saves and closes the panel by not failing. An `ApiError` from it is shown beside the
 * fields it names. Without `onSave` the panel only shows. Save is enabled when something changed,
 * or at once with `canSave` (a new record). Escape and Cancel ask when something would be lost, and
 * so does an address that leads elsewhere; `onClose` is not called for that one.
 * @param {{title: string, line?: any, wide?: boolean, saveLabel?: string, canSave?: boolean,
 *   build: (form: Form, panel: Panel) => any, onSave?: (form: Form) => Promise<any>,
 *   isDirty?: () => boolean, onClose?: () => void}} options
 * @returns {Panel}
 * @typedef {{element: HTMLDialogElement, form: Form, close: () => void,
 *   refresh: () => void}} Panel `close` does not ask; `refresh` looks anew whether Save is possible
 */
export function openPanel(options) {
  const label = uniqueId("panel");
  const isDirty = () => form.isDirty || Boolean(options.isDirty?.());
  const refresh = () => {
    save.disabled = !(options.canSave || isDirty());
  };
  const form = new Form({ onChange: refresh, onSubmit: () => submit() });
  const save = el(
    "button",
    { type: "submit", class: "button button-primary" },
    options.saveLabel || t("action.save"),
  );
  form.element.id = uniqueId("form");
  save.setAttribute("form", form.element.id);
  const close = () => dialog.close();
  const leave = async () => {
    if (!holds() || (await askToLose())) {
      close();
    }
  };
  const holds = () => Boolean(options.onSave) && isDirty();
  let isLeft = false;
  const dialog = frame(options, label, form, save, leave);
  const panel = { element: dialog, form, close, refresh };

  async function submit() {
    if (save.disabled || !options.onSave) {
      return;
    }
    save.disabled = true;
    form.clearErrors();
    try {
      await options.onSave(form);
      close();
    } catch (error) {
      form.showErrors(errorText(error), error.fields);
      refresh();
    }
  }

  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  const giveWay = () => {
    isLeft = true;
    close();
  };
  const gone = standsOver({ close: giveWay, isDirty: holds, ask: askToLose });
  dialog.addEventListener("close", () => {
    gone();
    dialog.remove();
    if (!isLeft) {
      options.onClose?.();
    }
  });
  const more = options.build(form, panel);
  if (more) {
    form.element.after(...[more].flat());
  }
  form.settle();
  refresh();
  document.body.append(dialog);
  dialog.showModal();
  focusFirst(form);
  return panel;
}

function frame(options, label, form, save, leave) {
  const cancel = options.onSave ? t("action.cancel") : t("action.close");
  return el(
    "dialog",
    { class: `panel ${options.wide ? "panel-wide" : ""}`, "aria-labelledby": label },
    el(
      "header",
      { class: "panel-head" },
      el("div", {}, el("h2", { id: label }, options.title), options.line && el("p", { class: "panel-line" }, options.line)),
      el(
        "button",
        { type: "button", class: "button-icon", "aria-label": t("action.close"), on: { click: leave } },
        icon("close"),
      ),
    ),
    el("div", { class: "panel-body" }, form.element),
    el(
      "footer",
      { class: "panel-foot" },
      el("button", { type: "button", class: "button button-plain", on: { click: leave } }, cancel),
      options.onSave && save,
    ),
  );
}

function focusFirst(form) {
  const first = [...form.fields.values()].find(
    (field) => !field.input.disabled && field.options.type !== "static",
  );
  first?.input.focus();
}

const askToLose = () =>
  confirmDialog({
    title: t("form.loseTitle"),
    text: t("form.loseText"),
    confirm: t("form.lose"),
    danger: true,
  });
