/** Icons: lines on a grid of 16, in the colour of the text beside them. */

const NS = "http://www.w3.org/2000/svg";

const PATHS = {
  account: "M8 8.2a2.9 2.9 0 1 0 0-5.8 2.9 2.9 0 0 0 0 5.8ZM2.8 13.6c.5-2.5 2.6-3.9 5.2-3.9s4.7 1.4 5.2 3.9",
  add: "M8 3v10M3 8h10",
  alert: "M8 2.2 14.4 13.4H1.6ZM8 6.4v3.2M8 11.6v.1",
  blocked: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM3.8 3.8l8.4 8.4",
  busy: "M13.5 8A5.5 5.5 0 1 1 10.2 3M13.2 2.2v2.9h-2.9",
  check: "M3.2 8.6 6.4 11.8 12.8 4.6",
  chevron: "M4 6l4 4 4-4",
  close: "M4 4l8 8M12 4l-8 8",
  columns: "M2.5 3h11v10h-11ZM6.2 3v10M9.8 3v10",
  copy: "M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3",
  dot: "M8 10.4a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8Z",
  download: "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.8 13.3h10.4",
  edit: "M3 13l.6-2.8 7.2-7.2 2.2 2.2-7.2 7.2ZM9.4 4.4l2.2 2.2",
  error: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2",
  events: "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1",
  filter: "M2.5 3.5h11L9.4 8.4v4.4l-2.8-1.6V8.4Z",
  health: "M1.8 8.4h3l1.7-4.2 2.8 7.6 1.7-3.4h3.2",
  info: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.4v3.6M8 5.1v.1",
  key: "M5.2 13.2a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2ZM7.1 8.8l5.9-5.9M10.4 5.4l2 2",
  keyboard: "M1.8 4h12.4v8H1.8ZM4.2 6.6h.1M7 6.6h.1M9.6 6.6h.1M12 6.6h.1M5 9.6h6",
  language: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM2.2 8h11.6M8 2c4 3.4 4 8.6 0 12M8 2c-4 3.4-4 8.6 0 12",
  link: "M6.8 9.2 9.2 6.8M7.2 4.6 8.7 3.1a3 3 0 0 1 4.2 4.2l-1.5 1.5M8.8 11.4 7.3 12.9a3 3 0 0 1-4.2-4.2l1.5-1.5",
  live: "M8 9.3a1.3 1.3 0 1 0 0-2.6 1.3 1.3 0 0 0 0 2.6ZM4.9 11.1a4.4 4.4 0 0 1 0-6.2M11.1 4.9a4.4 4.4 0 0 1 0 6.2M2.8 13.2a7.4 7.4 0 0 1 0-10.4M13.2 2.8a7.4 7.4 0 0 1 0 10.4",
  minus: "M3 8h10",
  moon: "M13.4 9.7A5.7 5.7 0 0 1 6.3 2.6a5.7 5.7 0 1 0 7.1 7.1Z",
  more: "M3.5 8h.1M8 8h.1M12.5 8h.1",
  ok: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM5.3 8.2l1.9 1.9 3.5-3.9",
  omms: "M2.5 3h11v4h-11ZM2.5 9h11v4h-11ZM5 5h.1M5 11h.1M8 5h3M8 11h3",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  phone: "M5 1.8h6v12.4H5ZM7 3.9h2M7 12h2",
  refresh: "M13.5 8A5.5 5.5 0 1 1 10.2 3M13.2 2.2v2.9h-2.9",
  restart: "M13.5 8A5.5 5.5 0 1 1 10.2 3M13.2 2.2v2.9h-2.9",
  scroll: "M4 2.5h8.5v11H4ZM6.5 5.5h3.5M6.5 8h3.5M6.5 10.5h2",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3l3.4 3.4",
  settings: "M2.5 4.5h6M11.5 4.5h2M10 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM2.5 11.5h2M7.5 11.5h6M6 13a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z",
  signout: "M9.5 5V2.5h-7v11h7V11M6 8h8M11.5 5.5 14 8l-2.5 2.5",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  screen: "M2 3h12v8H2ZM5.5 13.5h5M8 11v2.5",
  trash: "M3 4.5h10M6 4.5V2.8h4v1.7M4.3 4.5l.6 9h6.2l.6-9",
  upload: "M8 10.5V3M4.8 6 8 2.8 11.2 6M2.8 13.3h10.4",
  users: "M6 7.8a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8ZM1.8 13c.4-2.3 2.1-3.6 4.2-3.6s3.8 1.3 4.2 3.6M10.8 7.6a2.1 2.1 0 1 0-.7-4.1M12 9.7c1.2.5 2 1.6 2.2 3.1",
  waiting: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.5",
};

/**
 * An icon. It is only decoration: the word beside it, or the label of its button, says what it is.
 * @param {keyof typeof PATHS} name
 * @param {{size?: number, class?: string}} [options]
 * @returns {SVGSVGElement}
 */
export function icon(name, options = {}) {
  const svg = document.createElementNS(NS, "svg");
  const size = String(options.size || 16);
  const attributes = {
    viewBox: "0 0 16 16",
    width: size,
    height: size,
    class: `icon icon-${name} ${options.class || ""}`.trim(),
    "aria-hidden": "true",
    focusable: "false",
  };
  for (const [key, value] of Object.entries(attributes)) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(NS, "path");
  path.setAttribute("d", PATHS[name] || PATHS.dot);
  svg.append(path);
  return svg;
}
