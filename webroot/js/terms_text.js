/** The licence terms, which come as plain text with lines of a fixed length, as paragraphs. */

import { el } from "./dom.js";

/**
 * Paragraphs and headings. A short paragraph that begins with a number is a heading.
 * @param {string} text
 * @returns {HTMLElement[]}
 */
export function termsText(text) {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim().split(/\s*\n\s*/).join(" "))
    .filter(Boolean)
    .map((paragraph) => el(isHeading(paragraph) ? "h3" : "p", {}, paragraph));
}

const isHeading = (paragraph) =>
  paragraph.length < 80 && (/^\d+\.\s/.test(paragraph) || paragraph === paragraph.toUpperCase());
