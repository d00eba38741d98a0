/** Reasons that the server gives, in the user's language where they are known. */

import { tOr } from "./i18n.js";

/** Patterns of the server's sentences, and the key of the text below `reason`. */
const KNOWN = [
  [/^No license available$/, "noLicense"],
  [/^OMM not connected: (?<names>.*?)(?: and (?<more>\d+) more)?$/, "notConnected"],
  [/^There is no certificate$/, "noCertificate"],
  [/^The certificate expired on (?<date>.*)$/, "expired"],
  [/^The certificate expires on (?<date>.*), in (?<days>\d+) days?$/, "expires"],
  [/^The system clock is not synchronised with a time server$/, "clock"],
  [/^Only (?<free>\d+) MiB are free for (?<folder>.*)$/, "disk"],
  [/^wrong user name or password$/, "wrongPassword"],
  [/^account without full access$/, "noAccess"],
  [/^is the standby OMM$/, "standby"],
  [/^(?<address>\S+): connection refused$/, "refused"],
  [/^(?<address>\S+): the name is not known$/, "unknownName"],
  [/^connection lost(?: \(.*\))?$/, "lost"],
  [/^the OMM closed the connection$/, "closed"],
  [/^(?<count>\d+) records? missing: restore or accept\?$/, "missing"],
  [/^The database does not answer$/, "databaseSilent"],
  [/^The database cannot be read$/, "databaseUnreadable"],
  [/^The database is slow: (?<seconds>\d+) s to read$/, "databaseSlow"],
];

/**
 * A reason for people; as the server gave it where it is not known here.
 * @param {string} reason
 * @returns {string}
 */
export function reasonText(reason) {
  for (const [pattern, key] of KNOWN) {
    const found = pattern.exec(reason);
    if (found) {
      const form = found.groups?.more ? `${key}More` : key;
      return tOr(`reason.${form}`, reason, { ...found.groups });
    }
  }
  return reason;
}
