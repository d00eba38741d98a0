/** What can be done with OMMs, one or many. */

import { del, patch, post } from "../api.js";
import { confirmDialog } from "../dialog.js";
import { el } from "../dom.js";
import { errorText } from "../errors.js";
import { t } from "../i18n.js";
import { ommNumber } from "../numbers.js";
import { navigate } from "../router.js";
import { mayWrite } from "../session.js";
import { progress, toast, toastError, withProgress } from "../toast.js";
import { pageOf } from "./omm_columns.js";

const NAMED = 12;

/**
 * The menu of one OMM.
 * @param {any} omm
 * @param {{edit: (omm: any, tab?: string) => void, changed: () => void}} told
 * @returns {import("../menu.js").Item[]}
 */
export function ommActions(omm, { edit, changed }) {
  const run = (name, text) => () => act(omm, name, text, changed);
  const view = [
    { label: t("omms.action.page"), icon: "link", run: () => window.open(pageOf(omm.omm1), "_blank", "noopener") },
    { label: t("omms.action.events"), icon: "events", run: () => navigate("events", { q: omm.name }) },
    { label: t("omms.action.decisions"), icon: "info", run: () => navigate("events", { view: "decisions", q: `OMM ${ommNumber(omm.id)}` }) },
  ];
  if (!mayWrite()) {
    return [{ label: t("omms.action.show"), icon: "info", run: () => edit(omm) }, ...view];
  }
  const isOn = omm.enabled;
  return [
    { label: t("omms.action.edit"), icon: "edit", run: () => edit(omm) },
    omm.waitingFor && { label: t(`omms.accept.${omm.waitingFor}`), icon: "check", run: () => edit(omm, "certificates") },
    { label: t("omms.action.reconnect"), icon: "refresh", disabled: !isOn, run: run("reconnect", "omms.reconnecting") },
    { label: t("omms.action.update"), icon: "upload", disabled: omm.state !== "connected", run: () => update(omm, changed) },
    { label: t(isOn ? "omms.action.disable" : "omms.action.enable"), icon: isOn ? "pause" : "ok", run: () => enable(omm, !isOn, changed) },
    ...separated(missingActions(omm, changed)),
    "line",
    ...view,
    "line",
    { label: t("omms.action.delete"), icon: "trash", danger: true, run: () => remove([omm], changed) },
  ].filter(Boolean);
}

/**
 * What can be done with the selected OMMs.
 * @param {() => void} changed
 */
export function ommBulk(changed) {
  if (!mayWrite()) {
    return [];
  }
  const each = (title, work) => (_ids, omms) => forEach(t(title, { count: omms.length }), omms, work, changed);
  const enabling = (enabled) => (omm) => patch(`/omms/${omm.id}`, { enabled });
  return [
    { label: t("omms.action.reconnect"), icon: "refresh", run: each("omms.bulk.reconnect", (omm) => post(`/omms/${omm.id}/actions/reconnect`)) },
    { label: t("omms.action.enable"), icon: "ok", run: each("omms.bulk.enable", enabling(true)) },
    { label: t("omms.action.disable"), icon: "pause", run: each("omms.bulk.disable", enabling(false)) },
    { label: t("omms.action.delete"), icon: "trash", danger: true, run: (_ids, omms) => remove(omms, changed) },
  ];
}

/**
 * What can be done with records that vanished from an OMM; nothing if none did.
 * @param {any} omm
 * @param {() => void} changed
 * @returns {import("../menu.js").Item[]}
 */
export function missingActions(omm, changed) {
  if (!omm.missing || !mayWrite()) {
    return [];
  }
  const ask = (name, danger) => async () => {
    const text = explanation(`omms.${name}Text`, omm);
    const confirm = t(`omms.action.${name}`);
    if (await confirmDialog({ title: t(`omms.${name}Title`), text, confirm, danger })) {
      const path = { restore: "restore-missing", accept: "accept-missing" }[name];
      await act(omm, path, `omms.${name}Done`, changed);
    }
  };
  return [
    { label: t("omms.action.restore"), icon: "upload", run: ask("restore", false) },
    { label: t("omms.action.accept"), icon: "trash", danger: true, run: ask("accept", true) },
  ];
}

const separated = (items) => (items.length > 0 ? ["line", ...items] : []);

const explanation = (key, omm) =>
  el(
    "div",
    { class: "dialog-text" },
    el("p", {}, t("omms.missingText", { count: omm.missing, name: omm.name })),
    el("p", {}, t(key, { count: omm.missing, name: omm.name })),
  );

async function act(omm, name, text, changed) {
  try {
    await withProgress(t(text, { name: omm.name }), post(`/omms/${omm.id}/actions/${name}`));
    toast(t(text, { name: omm.name }));
    changed();
  } catch (error) {
    toastError(error);
  }
}

async function update(omm, changed) {
  const question = { title: t("omms.updateTitle", { name: omm.name }), text: t("omms.updateText"), confirm: t("omms.action.update") };
  if (await confirmDialog(question)) {
    await act(omm, "update", "omms.updating", changed);
  }
}

async function enable(omm, enabled, changed) {
  try {
    await patch(`/omms/${omm.id}`, { enabled });
    const undo = { label: t("action.undo"), run: () => enable(omm, !enabled, changed) };
    toast(t(enabled ? "omms.enabled" : "omms.disabled", { name: omm.name }), { action: undo });
    changed();
  } catch (error) {
    toastError(error);
  }
}

async function remove(omms, changed) {
  const names = omms.slice(0, NAMED).map((omm) => el("li", {}, `${ommNumber(omm.id)} ${omm.name}`));
  const more = omms.length - NAMED;
  const text = el(
    "div",
    { class: "dialog-text" },
    el("ul", { class: "named" }, names, more > 0 && el("li", {}, t("omms.andMore", { count: more }))),
    el("p", {}, t("omms.deleteText")),
  );
  const question = { title: t("omms.deleteTitle", { count: omms.length }), text, confirm: t("omms.action.delete"), danger: true };
  if (await confirmDialog(question)) {
    await forEach(t("omms.bulk.delete", { count: omms.length }), omms, (omm) => del(`/omms/${omm.id}`), changed);
  }
}

/** One after the other, so that the first refusal names its OMM and none is lost. */
async function forEach(title, omms, work, changed) {
  let isCancelled = false;
  const entry = progress(title, () => {
    isCancelled = true;
  });
  const failed = [];
  let done = 0;
  for (const omm of omms) {
    if (isCancelled) {
      break;
    }
    try {
      await work(omm);
      done += 1;
    } catch (error) {
      failed.push(`${omm.name}: ${errorText(error)}`);
    }
    entry.update(done + failed.length, omms.length);
  }
  changed();
  if (failed.length > 0) {
    entry.fail(t("omms.bulk.failed", { count: failed.length, first: failed[0] }));
  } else {
    entry.finish(`${title}: ${t("omms.bulk.done", { count: done })}`);
  }
}
