/** Building the document's elements from data: text is always text, never markup. */

/**
 * @typedef {Node | string | number | null | undefined | false | Child[]} Child
 */

/**
 * Make an element. `class` is its class, `on` maps events to listeners, `data` its data attributes;
 * properties of the element (`value`, `disabled`, ...) are set as such, all else as attributes.
 * `null`, `undefined` and `false` leave an attribute out.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...Child} children
 * @returns {HTMLElement & Record<string, any>}
 */
export function el(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    setProperty(element, name, value);
  }
  append(element, children);
  return element;
}

/**
 * Replace all children of an element.
 * @param {Element} parent
 * @param {...Child} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren();
  append(parent, children);
}

/**
 * Set the text of an element if it is another one; nothing moves otherwise.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

let lastId = 0;

/**
 * An identifier that no other element of the document has.
 * @param {string} [prefix]
 * @returns {string}
 */
export function uniqueId(prefix = "id") {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

const AS_PROPERTY = new Set(["value", "checked", "disabled", "readOnly", "indeterminate", "hidden"]);

function setProperty(element, name, value) {
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) {
      element.addEventListener(event, listener);
    }
  } else if (name === "data") {
    Object.assign(element.dataset, value);
  } else if (AS_PROPERTY.has(name)) {
    element[name] = value ?? "";
  } else if (value !== null && value !== undefined && value !== false) {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) {
      parent.append(child instanceof Node ? child : String(child));
    }
  }
}
