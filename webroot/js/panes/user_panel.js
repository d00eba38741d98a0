/** The panel of a user and its phone: every field by tab, and why the record is as it is. */

import { get } from "../api.js";
import { el, fill } from "../dom.js";
import { errorText } from "../errors.js";
import { t, tOr } from "../i18n.js";
import { icon } from "../icons.js";
import { moment } from "../moment.js";
import { skeleton } from "../pane.js";
import { openPanel } from "../panel.js";
import { reasonText } from "../reasons.js";
import { tabs } from "../tabs.js";
import { idWords, labelOf, labelsOf, valueOf } from "./record_fields.js";

const TABS = ["General", "Users", "Devices", "SIP", "Supplementary features", "Messaging/Locating", "Monitoring"];
/** The tab with what was decided about the record. */
export const HISTORY = "History";
const WAITING = 12;
/** What a bound pair has twice: of both records one is enough. */
const TWICE = { user: ["ppn"], device: ["uid", "relType"] };

/**
 * Show a record.
 * @param {{uid?: number, ppn?: number, name?: string, num?: string, ipei?: string}} record a user,
 *   a device or a pair, as the API gives it
 * @param {import("./record_fields.js").Catalogue} catalogue
 * @param {{tab?: string, closed?: () => void}} [options] `tab` is shown first
 */
export function openRecordPanel({ uid, ppn, name, num, ipei }, catalogue, { tab, closed } = {}) {
  const body = el("div", { class: "record" }, skeleton(WAITING));
  const title = [name || ipei, num].filter(Boolean).join(" · ");
  const panel = openPanel({ title, wide: true, build: () => body, onClose: closed });
  show(body, { uid, ppn }, catalogue, tab).catch((error) => fill(body, el("p", { class: "tone-error" }, errorText(error))));
  return panel;
}

async function show(body, { uid, ppn }, catalogue, tab) {
  const none = Promise.resolve(null);
  const [user, device, userLines, deviceLines] = await Promise.all([
    uid ? get(`/users/${uid}`) : none,
    ppn ? get(`/devices/${ppn}`) : none,
    uid ? get(`/users/${uid}/lines`) : none,
    ppn ? get(`/devices/${ppn}/lines`) : none,
  ]);
  const records = { user, device };
  const lines = [...(userLines?.items || []), ...(deviceLines?.items || [])].sort((a, b) => b.at - a.at);
  const contents = TABS.map((tab) => ({ id: tab, title: tabName(tab), content: fieldsOf(tab, records, catalogue) })).filter((each) => each.content);
  const labels = labelsOf(catalogue);
  const history = { id: HISTORY, title: tabName(HISTORY), content: historyOf(lines, labels) };
  const list = tabs({ label: t("users.tabs"), tabs: [...contents, history], active: tab });
  fill(body, marksOf(records, labels), list.element, [...contents, history].map((each) => each.content));
}

const tabName = (tab) => tOr(`users.tab.${tab}`, tab);

function fieldsOf(tab, records, catalogue) {
  const listed = [
    ...catalogue.users.filter((field) => field.of === "user" && records.user),
    ...catalogue.devices.filter((field) => field.of === "device" && records.device),
  ];
  const isPair = records.user && records.device;
  const isShown = (field) => field.tab === tab && field.label && !(isPair && TWICE[field.of].includes(field.name));
  const rows = listed.filter(isShown).map((field) => row(field, records[field.of], catalogue));
  if (tab === "General") {
    rows.unshift(...identities(records));
  }
  return rows.length > 0 && el("div", { class: "record-tab" }, el("dl", { class: "record-facts" }, rows));
}

function identities({ user, device }) {
  return [
    [t("users.user"), user && idWords(user.uid)],
    [t("users.device"), device && idWords(device.ppn)],
  ].map(([name, value]) => [el("dt", {}, name), el("dd", { class: "mono" }, value || t("users.noneBound"))]);
}

function row(field, record, catalogue) {
  const value = field.kind === "secret" ? secret(record[field.flag]) : valueOf(field, record[field.name], catalogue);
  return [el("dt", {}, labelOf(field)), el("dd", {}, value)];
}

const secret = (isSet) =>
  el("span", { class: `state tone-${isSet ? "ok" : "off"}` }, icon(isSet ? "key" : "minus"), el("span", {}, t(isSet ? "users.set" : "users.notSet")));

function marksOf({ user, device }, labels) {
  const marks = [...(user?.marks || []), ...(device?.marks || [])];
  return marks.length > 0 && el("section", { class: "notice tone-warning" }, marks.map((mark) => el("p", {}, icon("alert"), reasonText(mark, labels))));
}

function historyOf(lines, labels) {
  const entries = lines.map((line) => el("li", {}, moment(line.at), el("span", {}, reasonText(line.text, labels))));
  return el(
    "div",
    { class: "record-tab" },
    el("p", { class: "muted" }, t(lines.length > 0 ? "users.historyText" : "users.noHistory")),
    el("ol", { class: "history" }, entries),
  );
}
