/** The start of the page: who is signed in decides what is shown. */

import { get, signedOut } from "./api.js";
import { el, fill } from "./dom.js";
import { welcomePage } from "./entrance/welcome.js";
import { signInPage } from "./entrance/signin.js";
import { termsPage } from "./entrance/terms.js";
import { newPasswordPage } from "./entrance/new_password.js";
import { errorText } from "./errors.js";
import { stopFeed } from "./feed.js";
import { Frame } from "./frame/frame.js";
import { languageChanged, startLanguage, t } from "./i18n.js";
import { connect, connection, disconnect, sessionEnded } from "./live.js";
import { startMoments } from "./moment.js";
import { registerPanes } from "./panes/all.js";
import { address, place } from "./router.js";
import { currentSession, forgetSession, resume, signOut } from "./session.js";
import { startShortcuts } from "./shortcuts.js";
import { startTheme } from "./theme.js";
import { startToasts, toastError } from "./toast.js";

const WELCOME = "welcome";

/** One page at a time: sign-in, what has to be done first, or the frame with its panes. */
class App {
  #page = document.getElementById("page");
  #frame = null;
  #notice = "";

  async start() {
    startTheme();
    const known = this.#ask();
    await startLanguage();
    startToasts();
    startMoments();
    startShortcuts();
    registerPanes();
    signedOut.listen(() => this.#ended());
    sessionEnded.listen(() => this.#ended());
    languageChanged.listen(() => this.show());
    connection.listen((isUp) => isUp || this.#checkSession());
    await this.#resume(known);
  }

  /** Who is signed in: asked for while other things load, and shown when these are there. */
  #ask() {
    const known = resume();
    known.catch(() => undefined);
    return known;
  }

  async #resume(known) {
    try {
      await known;
    } catch (error) {
      const again = el("button", { type: "button", class: "button", on: { click: () => this.#resume(this.#ask()) } }, t("action.retry"));
      fill(this.#page, el("div", { class: "entrance" }, el("p", {}, errorText(error)), again));
      return;
    }
    this.show();
  }

  /** Show what is due now. */
  show() {
    this.#leave();
    const session = currentSession();
    const next = () => this.show();
    const leave = () => this.#signOut();
    if (!session) {
      const notice = this.#notice;
      this.#notice = "";
      this.#put(signInPage({ notice, next }));
    } else if (!session.eulaAccepted) {
      this.#put(termsPage({ next, leave }));
    } else if (session.mustChangePassword) {
      this.#put(newPasswordPage({ next: (isNew) => this.#begin(isNew), leave }));
    } else if (place().id === WELCOME && session.account.write) {
      this.#put(welcomePage({ next }));
    } else {
      this.#open(leave);
    }
  }

  #begin(isNew) {
    if (isNew) {
      history.replaceState(null, "", address(WELCOME));
    }
    this.show();
  }

  #open(leave) {
    connect();
    this.#frame = new Frame({ signOut: leave });
    fill(this.#page, this.#frame.element);
    this.#frame.start();
  }

  #put(page) {
    disconnect();
    fill(this.#page, page);
    (page.querySelector("input:not([hidden], [type=file])") || page.querySelector("h1")).focus();
  }

  #leave() {
    this.#frame?.close();
    this.#frame = null;
    for (const dialog of document.querySelectorAll("dialog")) {
      dialog.remove();
    }
  }

  /** A server that was started anew knows no session: a refusal leads to the sign-in page. */
  async #checkSession() {
    try {
      await get("/session");
    } catch (error) {
      if (error.status !== 401 && error.code !== "Unreachable") {
        toastError(error);
      }
    }
  }

  async #signOut() {
    disconnect();
    try {
      await signOut();
    } catch (error) {
      toastError(error);
    }
    this.#end();
  }

  #ended() {
    if (currentSession()) {
      forgetSession();
      this.#notice = t("signin.ended");
      this.#end();
    }
  }

  #end() {
    stopFeed();
    disconnect();
    this.show();
  }
}

await new App().start();
