/** The top bar: system name, search, language, theme, account. */

import { el, fill, setText } from "../dom.js";
import { applyLanguage, currentLanguage, LANGUAGES, t } from "../i18n.js";
import { icon } from "../icons.js";
import { openMenu } from "../menu.js";
import { openPasswordPanel } from "../panes/account.js";
import { address } from "../router.js";
import { currentSession } from "../session.js";
import { applyTheme, currentTheme, THEMES } from "../theme.js";
import { Search } from "./search.js";

const THEME_ICONS = { system: "screen", light: "sun", dark: "moon" };

/** The top bar. */
export class TopBar {
  #name = el("span", { class: "brand-name" }, "MOM");
  #signOut;
  #showKeys;

  /** @param {{signOut: () => void, showKeys: () => void}} options */
  constructor({ signOut, showKeys }) {
    this.#signOut = signOut;
    this.#showKeys = showKeys;
    this.search = new Search();
    this.element = el(
      "header",
      { class: "topbar" },
      el("a", { class: "brand", href: address("health") }, el("img", { src: "/img/mom.svg", alt: "" }), this.#name),
      this.search.element,
      this.#language(),
      this.#theme(),
      this.#account(),
    );
  }

  /** @param {Record<string, any>} status */
  show({ systemName }) {
    setText(this.#name, systemName);
    this.#name.title = systemName;
  }

  /** Nothing is left behind. */
  close() {
    this.search.close();
  }

  #language() {
    const open = (event) =>
      openMenu(
        event.currentTarget,
        Object.entries(LANGUAGES).map(([code, label]) => ({
          label,
          checked: code === currentLanguage(),
          run: () => applyLanguage(code),
        })),
      );
    const code = currentLanguage().toUpperCase();
    return menuButton(`${t("frame.language")} ${code}`, [icon("language"), code], open);
  }

  #theme() {
    const open = (event) => {
      const anchor = event.currentTarget;
      const choose = (theme) => {
        applyTheme(theme);
        fill(anchor, icon(THEME_ICONS[theme]));
      };
      openMenu(
        anchor,
        THEMES.map((theme) => ({
          label: t(`theme.${theme}`),
          checked: theme === currentTheme(),
          run: () => choose(theme),
        })),
      );
    };
    return menuButton(t("frame.theme"), [icon(THEME_ICONS[currentTheme()])], open);
  }

  #account() {
    const { account } = currentSession();
    const open = (event) =>
      openMenu(event.currentTarget, [
        { label: t("account.changePassword"), icon: "key", run: openPasswordPanel },
        { label: t("shortcuts.title"), icon: "keyboard", run: this.#showKeys },
        "line",
        { label: t("account.signOut"), icon: "signout", run: this.#signOut },
      ]);
    const name = el("span", { class: "account-name" }, account.name);
    const chip = !account.write && el("span", { class: "chip" }, t("account.readOnly"));
    return [chip, menuButton(t("account.menu", { name: account.name }), [icon("account"), name, icon("chevron", { class: "icon-small" })], open)];
  }
}

const menuButton = (label, content, open) =>
  el(
    "button",
    {
      type: "button",
      class: "button menu-button",
      "aria-label": label,
      title: label,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      on: { click: open },
    },
    content,
  );
