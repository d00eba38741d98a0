/** The first steps of a new installation: system name, licence, first OMM. */

import { get, patch, post } from "../api.js";
import { el } from "../dom.js";
import { errorText } from "../errors.js";
import { Form } from "../form.js";
import { t } from "../i18n.js";
import { LicensePicker } from "../license_picker.js";
import { address, place } from "../router.js";
import { entrancePage } from "./card.js";

const ORDER = ["name", "license", "omm"];

/**
 * The step that the URL names, the first one if it names none.
 * @param {{next: () => void}} options
 * @returns {HTMLElement}
 */
export function welcomePage({ next }) {
  const named = place().view.step;
  const step = ORDER.includes(named) ? named : ORDER[0];
  const forward = () => {
    const following = ORDER[ORDER.indexOf(step) + 1];
    const target = following ? address("welcome", { step: following }) : address("health");
    history.replaceState(null, "", target);
    next();
  };
  return { name: nameStep, license: licenseStep, omm: ommStep }[step](forward);
}

function nameStep(forward) {
  const form = new Form({ onSubmit: () => run(form, save, forward) });
  const field = form.add({ name: "systemName", label: t("welcome.systemName"), help: t("welcome.systemNameHelp"), required: true });
  get("/settings").then(
    (settings) => {
      field.value = settings.systemName;
      field.input.select();
    },
    (error) => form.showErrors(errorText(error)),
  );
  const save = () => patch("/settings", { systemName: field.value });
  form.append(actions());
  return entrancePage({
    title: t("welcome.nameTitle"),
    line: t("welcome.nameLine"),
    step: "name",
    content: [form.element],
  });
}

function licenseStep(forward) {
  const picker = new LicensePicker({ onDone: forward });
  return entrancePage({
    title: t("welcome.licenseTitle"),
    line: t("welcome.licenseLine"),
    step: "license",
    content: [picker.element, el("div", { class: "entrance-actions" }, skip(forward))],
  });
}

function ommStep(forward) {
  const form = new Form({ onSubmit: () => run(form, save, forward) });
  form.add({ name: "name", label: t("welcome.ommName"), placeholder: t("welcome.ommNameExample"), required: true });
  form.add({ name: "omm1", label: t("welcome.ommAddress"), help: t("welcome.ommAddressHelp"), required: true });
  form.add({ name: "port", label: t("welcome.ommPort"), type: "number", value: 12622, min: 1, max: 65535 });
  form.add({ name: "username", label: t("welcome.ommUser"), value: "omm" });
  form.add({ name: "password", label: t("welcome.ommPassword"), type: "password", autocomplete: "new-password" });
  const save = () => post("/omms", form.values());
  form.append(actions(skip(forward)));
  return entrancePage({
    title: t("welcome.ommTitle"),
    line: t("welcome.ommLine"),
    step: "omm",
    content: [form.element],
  });
}

const actions = (...before) =>
  el(
    "div",
    { class: "entrance-actions" },
    before,
    el("button", { type: "submit", class: "button button-primary" }, t("action.continue")),
  );

const skip = (forward) =>
  el("button", { type: "button", class: "button", on: { click: forward } }, t("welcome.skip"));

async function run(form, save, forward) {
  form.clearErrors();
  try {
    await save();
    forward();
  } catch (error) {
    form.showErrors(errorText(error), error.fields);
  }
}
