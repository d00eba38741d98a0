/** The panel of one OMM: its fields, and what is known of its certificate and PARK. */

import { ApiError, get, patch, post } from "../api.js";
import { el, fill } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { moment } from "../moment.js";
import { ommNumber } from "../numbers.js";
import { button } from "../pane.js";
import { openPanel } from "../panel.js";
import { reasonText } from "../reasons.js";
import { mayWrite } from "../session.js";
import { ommState, severityState, stateBadge } from "../state.js";
import { tabs } from "../tabs.js";
import { toast, toastError } from "../toast.js";
import { missingActions } from "./omm_actions.js";

const STARS = "*****";

/**
 * Add an OMM, or show and edit one.
 * @param {any | null} omm `null` = a new one
 * @param {{saved: () => void, closed: () => void, tab?: string}} told
 */
export function openOmmPanel(omm, { saved, closed, tab }) {
  const isNew = omm === null;
  const save = async (form) => {
    const fields = checked(form, isNew);
    const kept = isNew ? await post("/omms", fields) : await patch(`/omms/${omm.id}`, fields, { revision: omm.revision });
    toast(t(isNew ? "omms.added" : "omms.saved", { name: kept.name }));
    saved();
  };
  openPanel({
    title: isNew ? t("omms.add") : `${ommNumber(omm.id)} ${omm.name}`,
    line: isNew ? null : stateLine(omm),
    saveLabel: isNew ? t("omms.addDo") : undefined,
    canSave: isNew,
    build: (form) => {
      fieldsOf(form, omm);
      if (isNew) {
        return null;
      }
      const more = certificateTab(form, omm, tab, saved);
      form.element.parentElement.prepend(missingNotice(omm, saved));
      return more;
    },
    onSave: mayWrite() ? save : undefined,
    onClose: closed,
  });
}

/** How the OMM is and why: where it is connected, its own health tells. */
function stateLine(omm) {
  const isUnwell = omm.state === "connected" && omm.health !== "OK";
  const reasons = isUnwell ? omm.healthReasons : [!isReading(omm) && omm.reason].filter(Boolean);
  const why = reasons.map((reason) => reasonText(reason)).join("; ");
  return el(
    "span",
    { class: "cell-state" },
    stateBadge(ommState(omm)),
    isUnwell && stateBadge(severityState(omm.health)),
    why && el("span", { class: "cell-reason", title: why }, why),
    omm.enabled && moment(omm.since),
  );
}

/** How far it is then stands in the word of its state. */
const isReading = ({ state, total }) => state === "synchronising" && total > 0;

/** What vanished from the OMM, and what can be done about it; empty if nothing did, or any more. */
function missingNotice(omm, saved) {
  const notice = el("div", {});
  if (!omm.missing) {
    return notice;
  }
  const decided = () => {
    fill(notice);
    saved();
  };
  const counted = { count: omm.missing, name: omm.name };
  const decisions = missingActions(omm, decided).map(({ label, icon: name, danger, run }) => button({ label, icon: name, kind: danger ? "danger" : "primary", run }));
  fill(
    notice,
    el(
      "section",
      { class: "notice tone-warning" },
      el("h3", {}, icon("alert"), t("omms.missingTitle", counted)),
      el("p", {}, t("omms.missingText", counted)),
      el("div", { class: "notice-actions" }, decisions),
    ),
  );
  return notice;
}

function fieldsOf(form, omm) {
  const disabled = !mayWrite();
  const label = (name) => t(`omms.field.${name}`);
  const add = (name, more = {}) => form.add({ name, label: label(name), value: omm?.[name] ?? "", disabled, ...more });
  form.group(t("omms.group.record"));
  add("name", { required: true });
  add("description");
  add("enabled", { type: "checkbox", value: omm?.enabled ?? true, help: t("omms.help.enabled") });
  form.group(t("omms.group.access"));
  add("omm1", { required: true, mono: true, help: t("omms.help.omm1") });
  add("omm2", { mono: true, help: t("omms.help.omm2") });
  add("port", { type: "number", value: omm?.port ?? 12622, min: 1, max: 65535, help: t("omms.help.port") });
  add("username", { help: t("omms.help.username") });
  const placeholder = omm?.hasPassword ? STARS : "";
  const secret = { type: "password", value: "", placeholder, autocomplete: "new-password" };
  add("password", { ...secret, help: omm?.hasPassword ? t("omms.help.password") : undefined });
  add("passwordAgain", secret);
  form.group(t("omms.group.more"));
  add("provisioning", { type: "checkbox", value: omm?.provisioning ?? false, help: t("omms.help.provisioning") });
  if (omm) {
    add("cloudId", { type: "static", mono: true });
    add("ommVersion", { type: "static" });
  }
}

/** What is sent: of a new record all, of another what changed; the confirmation never. */
function checked(form, isNew) {
  const { passwordAgain, cloudId, ommVersion, ...fields } = isNew ? form.values() : form.changes();
  const { password, passwordAgain: again } = form.values();
  if (password !== again) {
    throw new ApiError(422, t("form.checkFields"), { passwordAgain: t("omms.passwordsDiffer") });
  }
  if (fields.password === "") {
    delete fields.password;
  }
  if ("port" in fields && fields.port === null) {
    delete fields.port;
  }
  return fields;
}

function certificateTab(form, omm, tab, saved) {
  const content = el("div", { class: "panel-section" });
  const accept = async (what) => {
    try {
      const kept = await post(`/omms/${omm.id}/actions/accept`, { what });
      toast(t(`omms.accepted.${what}`, { name: kept.name }));
      show(kept);
      saved();
    } catch (error) {
      toastError(error);
    }
  };
  const show = (shown) => fill(content, waiting(shown, accept), known(shown));
  show(omm);
  const list = tabs({
    label: t("omms.tabs"),
    active: tab || (omm.waitingFor ? "certificates" : "general"),
    tabs: [
      { id: "general", title: t("omms.tab.general"), content: form.element },
      { id: "certificates", title: [t("omms.tab.certificates"), omm.waitingFor && icon("alert", { class: "tab-alert" })], content },
    ],
  });
  form.element.before(list.element);
  get(`/omms/${omm.id}`).then(show, toastError);
  return content;
}

function waiting(omm, accept) {
  if (!omm.waitingFor) {
    return null;
  }
  const isCertificate = omm.waitingFor === "certificate";
  const [address, fingerprint] = isCertificate ? omm.seen.split(" ") : ["", omm.seen];
  const before = isCertificate ? omm.pins[address] : omm.park;
  return el(
    "section",
    { class: "notice tone-warning" },
    el("h3", {}, icon("alert"), t(`omms.waitsFor.${omm.waitingFor}`)),
    el("p", {}, t(`omms.waitsForText.${omm.waitingFor}`, { address })),
    facts([
      [t("omms.before"), before],
      [t("omms.now"), fingerprint],
    ]),
    mayWrite() && button({ label: t(`omms.accept.${omm.waitingFor}`), icon: "check", kind: "primary", run: () => accept(omm.waitingFor) }),
  );
}

function known(omm) {
  const pins = Object.entries(omm.pins).map(([address, pin]) => [address, pin]);
  return el(
    "section",
    {},
    el("h3", {}, t("omms.fingerprints")),
    el("p", { class: "muted" }, t(pins.length > 0 ? "omms.fingerprintsText" : "omms.noFingerprints")),
    facts(pins),
    el("h3", {}, t("omms.identity")),
    facts([
      [t("omms.column.park"), omm.park || t("omms.notLearned")],
      [t("omms.column.cloudId"), omm.cloudId || t("omms.notLearned")],
    ]),
  );
}

const facts = (rows) =>
  el(
    "dl",
    { class: "known-facts" },
    rows.map(([name, value]) => [el("dt", {}, name), el("dd", { class: "mono" }, spaced(value || ""))]),
  );

/** Fingerprints in groups of four, so that people can compare them. */
const spaced = (value) => (value.length === 64 ? value.match(/.{4}/g).join(" ") : value);
