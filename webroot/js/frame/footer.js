/** The status line: subscription, auto-create, SARI, counts, and whether tables follow live. */

import { patch } from "../api.js";
import { openDialog } from "../dialog.js";
import { el, fill } from "../dom.js";
import { errorText } from "../errors.js";
import { Form } from "../form.js";
import { t, timeOfDay, tOr } from "../i18n.js";
import { icon } from "../icons.js";
import { connection, currentStatus, isLive } from "../live.js";
import { openMenu } from "../menu.js";
import { mayWrite } from "../session.js";
import { toast, toastError } from "../toast.js";

const MAX_MINUTES = 60;

/** The footer; what may be changed there is a button for those who may. */
export class Footer {
  #subscription = item("footer-subscription", (event) => this.#chooseSubscription(event.currentTarget));
  #autoCreate = item("footer-autocreate", () => toggleAutoCreate());
  #sari = el("span", { class: "footer-item footer-sari" });
  #count = el("span", { class: "footer-item footer-count" });
  #live = el("span", { class: "footer-item footer-live" });
  #stop = connection.listen(() => this.#showLive());

  constructor() {
    this.element = el(
      "footer",
      { class: "footer", "aria-label": t("footer.label") },
      this.#subscription,
      this.#autoCreate,
      this.#sari,
      el("span", { class: "spread" }),
      this.#count,
      this.#live,
    );
  }

  /** @param {Record<string, any>} status */
  show(status) {
    const { subscription, subscriptionUntil, autoCreate, sari, totals } = status;
    const until = subscriptionUntil ? ` ${t("footer.until", { time: timeOfDay(subscriptionUntil) })}` : "";
    fill(this.#subscription, t("footer.subscription"), el("b", {}, tOr(`subscription.${subscription}`, subscription) + until));
    fill(this.#autoCreate, t("footer.autoCreate"), el("b", {}, t(autoCreate ? "word.on" : "word.off")));
    this.#autoCreate.setAttribute("aria-pressed", String(autoCreate));
    fill(this.#sari, "SARI", sari ? el("b", { class: "mono" }, sari) : el("b", {}, t("footer.noSari")));
    const { users, devices } = totals;
    fill(this.#count, `${t("footer.users", { count: users })} · ${t("footer.devices", { count: devices })}`);
    this.#showLive();
  }

  /** Listen no more. */
  close() {
    this.#stop();
  }

  #showLive() {
    const held = currentStatus().suppressTableUpdates;
    const [tone, name, text] = !isLive()
      ? ["warning", "alert", t("footer.away")]
      : held && held !== "Off"
        ? ["off", "pause", t(held === "All" ? "footer.suppressed" : "footer.suppressedUsers")]
        : ["ok", "live", t("footer.live")];
    this.#live.className = `footer-item footer-live state tone-${tone}`;
    fill(this.#live, icon(name), el("b", {}, text));
  }

  #chooseSubscription(anchor) {
    const { subscription } = currentStatus();
    openMenu(anchor, [
      choice("Off", subscription, () => change({ subscription: "Off" })),
      choice("Configured", subscription, () => change({ subscription: "Configured" })),
      choice("Wildcard", subscription, askForMinutes),
    ]);
  }
}

function item(name, run) {
  return mayWrite()
    ? el("button", { type: "button", class: `footer-item ${name}`, on: { click: run } })
    : el("span", { class: `footer-item ${name}` });
}

const choice = (mode, current, run) => ({ label: t(`subscription.${mode}`), checked: mode === current, run });

function askForMinutes() {
  const form = new Form({ onSubmit: () => start() });
  const minutes = form.add({
    name: "subscriptionTimeout",
    label: t("footer.wildcardFor"),
    type: "number",
    unit: t("footer.minutesUnit"),
    help: t("footer.wildcardHelp"),
    min: 0,
    max: MAX_MINUTES,
    value: currentStatus().subscriptionTimeout,
  });
  const start = async () => {
    try {
      await patch("/settings", { subscription: "Wildcard", subscriptionTimeout: minutes.value });
      close();
    } catch (error) {
      form.showErrors(errorText(error), error.fields);
    }
  };
  const { close } = openDialog({
    title: t("footer.wildcardTitle"),
    content: [el("p", { class: "dialog-text" }, t("footer.wildcardText")), form.element],
    actions: [
      { label: t("action.cancel"), run: (done) => done() },
      { label: t("footer.wildcardStart"), kind: "primary", run: start },
    ],
  });
  minutes.input.select();
}

async function toggleAutoCreate() {
  const before = currentStatus().autoCreate;
  await change({ autoCreate: !before }, {
    label: t("action.undo"),
    run: () => change({ autoCreate: before }),
  });
}

async function change(settings, undo) {
  try {
    await patch("/settings", settings);
    if (undo) {
      toast(t(settings.autoCreate ? "footer.autoCreateOn" : "footer.autoCreateOff"), { action: undo });
    }
  } catch (error) {
    toastError(error);
  }
}
