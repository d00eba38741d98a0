/** Choosing and importing a licence file; a new SARI asks for confirmation. */

import { post } from "./api.js";
import { confirmDialog } from "./dialog.js";
import { el, fill, uniqueId } from "./dom.js";
import { errorText } from "./errors.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

const MAX_BYTES = 256 * 1024;

/** A button that opens the file and imports it. */
export class LicensePicker {
  #input = el("input", { type: "file", id: uniqueId("file"), accept: ".xml,text/xml,application/xml", class: "visually-hidden" });
  #error = el("p", { class: "field-error", role: "alert", hidden: true });
  #onDone;

  /** @param {{onDone: (answer: any) => void}} options */
  constructor({ onDone }) {
    this.#onDone = onDone;
    this.#input.addEventListener("change", () => this.#take());
    this.element = el(
      "div",
      { class: "field" },
      el(
        "div",
        { class: "file-drop" },
        this.#input,
        el("label", { class: "button", for: this.#input.id }, icon("upload"), el("span", {}, t("license.choose"))),
        el("span", { class: "field-help" }, t("license.chooseHelp")),
      ),
      this.#error,
    );
  }

  async #take() {
    const file = this.#input.files[0];
    this.#input.value = "";
    this.#say("");
    if (!file) {
      return;
    }
    if (file.size > MAX_BYTES) {
      this.#say(t("license.tooLarge"));
      return;
    }
    try {
      this.#onDone(await importFile(await file.text()));
    } catch (error) {
      this.#say(error.code === "Confirm" ? "" : errorText(error));
    }
  }

  #say(text) {
    fill(this.#error, text && icon("error"), text);
    this.#error.hidden = !text;
  }
}

async function importFile(text, isConfirmed = false) {
  try {
    return await post(isConfirmed ? "/license?confirmed=true" : "/license", text, { type: "application/xml" });
  } catch (error) {
    if (error.code !== "Confirm" || isConfirmed || !(await askForSari(error))) {
      throw error;
    }
    return importFile(text, true);
  }
}

const askForSari = (error) =>
  confirmDialog({ title: t("license.sariTitle"), text: errorText({ message: error.message }), confirm: t("license.sariConfirm"), danger: true });
