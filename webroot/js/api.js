/** Requests to MOM's JSON API. Knows no pane. */

import { Signal } from "./signal.js";

export const BASE = "/api/v1";

/** A refusal or failure, with what the server says about it. */
export class ApiError extends Error {
  /**
   * @param {number} status HTTP status; 0 = the server could not be reached
   * @param {string} message for people
   * @param {Record<string, string>} fields messages by field
   * @param {string} code for programs
   */
  constructor(status, message, fields = {}, code = "") {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.fields = fields;
    this.code = code;
  }
}

/** Sent when a request shows that nobody is signed in any more. */
export const signedOut = new Signal();

let csrf = "";

/**
 * The token that goes with each request that changes something.
 * @param {string} token
 */
export function useCsrf(token) {
  csrf = token;
}

/**
 * Send a request.
 * @param {string} method
 * @param {string} path below `/api/v1`
 * @param {unknown} [body] goes as JSON; a `Blob` or text goes as it is
 * @param {{revision?: number, type?: string, signal?: AbortSignal}} [options] `revision` the change
 *   is based on; `type` of a body that is not JSON
 * @returns {Promise<any>} the parsed JSON; text of any other type; `undefined` for no body
 * @throws {ApiError}
 */
export async function request(method, path, body, options = {}) {
  const response = await send(method, path, body, options);
  const content = await contentOf(response);
  if (response.ok) {
    return content;
  }
  const problem = typeof content === "object" && content ? content : {};
  if (response.status === 401 && problem.code === "SignedOut") {
    signedOut.send();
  }
  throw new ApiError(
    response.status,
    problem.error || `${response.status} ${response.statusText}`.trim(),
    problem.fields || {},
    problem.code || "",
  );
}

/** @param {string} path @param {Record<string, any>} [query] @param {object} [options] */
export const get = (path, query, options) =>
  request("GET", path + queryText(query), undefined, options);
/** @param {string} path @param {unknown} [body] @param {object} [options] */
export const post = (path, body, options) => request("POST", path, body, options);
/** @param {string} path @param {unknown} body @param {object} [options] */
export const patch = (path, body, options) => request("PATCH", path, body, options);
/** @param {string} path @param {unknown} body @param {object} [options] */
export const put = (path, body, options) => request("PUT", path, body, options);
/** @param {string} path @param {object} [options] */
export const del = (path, options) => request("DELETE", path, undefined, options);

/**
 * A query as the API takes it: lists several times, empty values not at all.
 * @param {Record<string, any>} [query]
 * @returns {string} empty, or beginning with `?`
 */
export function queryText(query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null && each !== "") {
        search.append(name, String(each));
      }
    }
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

async function send(method, path, body, options) {
  const headers = { Accept: "application/json" };
  const isRaw = typeof body === "string" || body instanceof Blob;
  if (body !== undefined) {
    headers["Content-Type"] = isRaw ? options.type || "text/plain" : "application/json";
  }
  if (method !== "GET" && csrf) {
    headers["X-CSRF-Token"] = csrf;
  }
  if (options.revision !== undefined) {
    headers["If-Match"] = String(options.revision);
  }
  try {
    return await fetch(BASE + path, {
      method,
      headers,
      body: body === undefined || isRaw ? body : JSON.stringify(body),
      credentials: "same-origin",
      signal: options.signal,
    });
  } catch (error) {
    if (error.name === "AbortError") {
      throw error;
    }
    throw new ApiError(0, "", {}, "Unreachable");
  }
}

async function contentOf(response) {
  const text = await response.text();
  if (!text) {
    return undefined;
  }
  const type = response.headers.get("Content-Type") || "";
  return type.startsWith("application/json") ? JSON.parse(text) : text;
}
