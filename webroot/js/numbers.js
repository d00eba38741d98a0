/** Numbers as the guide writes them. Empty for none. */

/** @param {number} id of an OMM @returns {string} `0001` */
export const ommNumber = (id) => (id ? String(id).padStart(4, "0") : "");

/** @param {number} id of a user @returns {string} 10 digits */
export const recordNumber = (id) => (id ? String(id).padStart(10, "0") : "");

/** @param {number} id of a device or user @returns {string} `0x0001` */
export const hexNumber = (id) => (id ? `0x${id.toString(16).toUpperCase().padStart(4, "0")}` : "");
