/** Light, dark, or as the system has it. */

import { recall, remember } from "./preferences.js";

export const THEMES = ["system", "light", "dark"];

/** @returns {string} one of `THEMES` */
export const currentTheme = () => recall("theme", "system");

/** @param {string} theme one of `THEMES` */
export function applyTheme(theme) {
  remember("theme", theme);
  document.documentElement.dataset.theme = theme;
}

/** Apply what was chosen before. */
export function startTheme() {
  document.documentElement.dataset.theme = currentTheme();
}
