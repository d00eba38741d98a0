/** Errors in words. */

import { t, tOr } from "./i18n.js";
import { reasonText } from "./reasons.js";

/**
 * What happened and what to try.
 * @param {any} error usually an `ApiError`
 * @returns {string}
 */
export function errorText(error) {
  const text = reasonText(String(error?.message || ""));
  const fallback = text || t("error.Failed");
  const code = error?.status === 429 ? "Delayed" : error?.code;
  return code ? tOr(`error.${code}`, fallback) : fallback;
}
