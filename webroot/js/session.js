/** Who is signed in, and what has to be done before anything else. */

import { del, get, post, put, useCsrf } from "./api.js";

/**
 * @typedef {{account: {id: number, name: string, write: boolean}, mustChangePassword: boolean,
 *   eulaAccepted: boolean, hasOmms: boolean, csrf: string}} Session
 */

/** @type {Session | null} */
let session = null;

/** @returns {Session | null} */
export const currentSession = () => session;

/** @returns {boolean} whether the account may change anything; controls that do are left out else */
export const mayWrite = () => session?.account.write ?? false;

function keep(found) {
  session = found;
  useCsrf(found?.csrf || "");
  return found;
}

/**
 * The session that the browser has still, from before a reload.
 * @returns {Promise<Session | null>}
 */
export async function resume() {
  try {
    return keep(await get("/session"));
  } catch (error) {
    if (error.status === 401) {
      return keep(null);
    }
    throw error;
  }
}

/** @param {string} name @param {string} password */
export const signIn = async (name, password) => keep(await post("/session", { name, password }));

/** End the session; it is over here even if the server cannot be told. */
export async function signOut() {
  try {
    await del("/session");
  } finally {
    keep(null);
  }
}

/** The server has ended the session. */
export const forgetSession = () => keep(null);

/** @param {string} before @param {string} after */
export const changePassword = async (before, after) =>
  keep(await put("/session/password", { old: before, new: after }));

/** @param {string} version whose terms are accepted */
export async function acceptEula(version) {
  await post("/eula", { version });
  return resume();
}
