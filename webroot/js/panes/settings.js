/** The settings of the system in sections, each with Save and Cancel of its own. */

import { get, patch } from "../api.js";
import { el, fill } from "../dom.js";
import { errorText } from "../errors.js";
import { Form } from "../form.js";
import { number, t } from "../i18n.js";
import { icon } from "../icons.js";
import { LicensePicker } from "../license_picker.js";
import { emptyState, paneHead, skeleton } from "../pane.js";
import { reasonText } from "../reasons.js";
import { mayWrite } from "../session.js";
import { toast } from "../toast.js";

const SUPPRESSION = ["Off", "Users / DECT phones", "All"];
const SUBSCRIPTION = ["Off", "Configured", "Wildcard"];

/** @type {import("../router.js").Pane} */
export const settingsPane = { id: "settings", title: "settings.title", icon: "settings", order: 20, load };

function load(container, view) {
  const head = paneHead({ title: t("settings.title") });
  head.setLine(t(mayWrite() ? "settings.line" : "settings.lineReadOnly"));
  const body = el("div", { class: "pane-body" }, skeleton(8));
  container.append(head.element, body);
  let isClosed = false;
  const show = ([settings, license]) => {
    if (!isClosed) {
      fill(body, el("div", { class: "settings" }, sections(settings, license)));
      body.querySelector(`[data-part="${CSS.escape(view.part || "")}"]`)?.scrollIntoView();
    }
  };
  const fail = (error) =>
    !isClosed && fill(body, emptyState({ icon: "error", title: t("error.title"), text: errorText(error) }));
  Promise.all([get("/settings"), get("/license")]).then(show, fail);
  return {
    close() {
      isClosed = true;
    },
  };
}

const sections = (settings, license) => [
  section("general", settings, [
    { name: "systemName", label: t("settings.systemName"), help: t("settings.systemNameHelp") },
    {
      name: "suppressTableUpdates",
      label: t("settings.suppressTableUpdates"),
      help: t("settings.suppressTableUpdatesHelp"),
      type: "select",
      options: SUPPRESSION.map((value) => ({ value, label: t(`suppression.${value}`) })),
    },
    { name: "deletesStick", label: t("settings.deletesStick"), help: t("settings.deletesStickHelp"), type: "checkbox" },
  ]),
  section("dect", settings, [
    { name: "sari", label: "SARI", type: "static", mono: true, help: t("settings.sariHelp") },
    { name: "autoCreate", label: t("settings.autoCreate"), help: t("settings.autoCreateHelp"), type: "checkbox" },
    {
      name: "subscription",
      label: t("settings.subscription"),
      type: "select",
      options: SUBSCRIPTION.map((value) => ({ value, label: t(`subscription.${value}`) })),
    },
    {
      name: "subscriptionTimeout",
      label: t("settings.subscriptionTimeout"),
      help: t("footer.wildcardHelp"),
      type: "number",
      unit: t("footer.minutesUnit"),
      min: 0,
      max: 60,
    },
  ]),
  section("features", settings, [
    { name: "facPrefix", label: t("settings.facPrefix"), help: t("settings.facPrefixHelp"), mono: true },
  ]),
  licenseSection(license),
];

function card(part, content) {
  return el(
    "section",
    { class: "card card-padded settings-section", data: { part } },
    el("div", { class: "settings-about" }, el("h2", {}, t(`settings.part.${part}`)), el("p", { class: "muted" }, t(`settings.about.${part}`))),
    el("div", { class: "settings-fields" }, content),
  );
}

function section(part, settings, fields) {
  const form = new Form({ onChange: () => look(), onSubmit: () => submit() });
  for (const field of fields) {
    const value = field.name === "sari" ? sariOf(settings) : settings[field.name];
    form.add({ ...field, value, disabled: !mayWrite() });
  }
  const save = el("button", { type: "submit", class: "button button-primary", disabled: true }, t("action.save"));
  const cancel = el("button", { type: "button", class: "button", disabled: true, on: { click: () => reset() } }, t("action.cancel"));
  if (mayWrite()) {
    form.append(el("div", { class: "settings-actions" }, save, cancel));
  }

  function look() {
    save.disabled = !form.isDirty;
    cancel.disabled = !form.isDirty;
  }

  function reset() {
    for (const field of form.fields.values()) {
      field.value = field.initial;
    }
    form.clearErrors();
    look();
  }

  async function submit() {
    if (!form.isDirty) {
      return;
    }
    form.clearErrors();
    try {
      await patch("/settings", form.changes());
      form.settle();
      toast(t("settings.saved"));
    } catch (error) {
      form.showErrors(errorText(error), error.fields);
    }
    look();
  }

  return card(part, form.element);
}

const sariOf = ({ sari, sariKeypad }) => (sari ? `${sariKeypad} / ${sari}` : t("footer.noSari"));

function licenseSection(view) {
  const facts = el("dl", { class: "facts" });
  const show = ({ license, installationId, warning }) => {
    const limit = (value) => (value ? number(value) : t("license.noLimit"));
    const rows = license
      ? [
          ["customer", license.customer],
          ["country", license.country],
          ["systemLicense", license.systemLicense],
          ["version", license.version],
          ["sari", license.sari],
          ["installationId", license.installationId],
          ["maxSites", limit(license.maxSites)],
          ["maxUsers", limit(license.maxUsers)],
        ]
      : [["installationId", installationId]];
    fill(
      facts,
      !license && el("p", { class: "facts-none" }, t("license.none")),
      warning && el("div", { class: "facts-none notice tone-warning" }, el("p", {}, icon("alert"), reasonText(warning))),
      rows.filter(([, value]) => value).map(([name, value]) => [el("dt", {}, t(`license.${name}`)), el("dd", {}, value)]),
    );
  };
  show(view);
  const picker = mayWrite() && new LicensePicker({
    onDone: (answer) => {
      show(answer);
      toast(t("license.imported"), { tone: answer.warning ? "warning" : "ok" });
    },
  });
  return card("license", [facts, picker && picker.element]);
}
