/**
 * Live data over one websocket: windows of collections, and the status that comes unasked.
 *
 * The server keeps one window per topic and browser; whoever subscribes to a topic last has it, and
 * the one before has it again when that stops. After a lost connection all windows are asked for
 * again, so that listeners get fresh data without doing anything.
 */

import { BASE } from "./api.js";
import { setClock } from "./time.js";
import { Signal } from "./signal.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15000;
const SESSION_ENDED = 3000;

/** Sent with `true` when the connection stands, with `false` when it is away. */
export const connection = new Signal();
/** Sent when the server says that the session has ended. */
export const sessionEnded = new Signal();

const statusSignal = new Signal();
/** @type {Map<string, Window[]>} */
const windows = new Map();

let socket = null;
let wanted = false;
let isUp = false;
let isResting = false;
let wait = FIRST_WAIT;
let timer = 0;
let status = {};

/**
 * A message for a window: what changed, the order of all rows if it changed, and how many there are
 * in all; `stale` instead while updates are suppressed; `problem` if the query is refused; `fresh`
 * with the first message after subscribing or reconnecting.
 * @typedef {{changed?: any[], order?: any[], total?: number, stale?: boolean,
 *   problem?: {error: string}, fresh?: boolean}} Update
 */

class Window {
  constructor(topic, query, listener) {
    this.topic = topic;
    this.query = query;
    this.listener = listener;
    this.isFresh = true;
  }

  /** Look at something else from now on; also asks anew for suppressed updates. */
  update(query = this.query) {
    this.query = query;
    this.ask();
  }

  /** Listen no more. */
  stop() {
    const stack = (windows.get(this.topic) || []).filter((each) => each !== this);
    windows.set(this.topic, stack);
    if (stack.length > 0) {
      stack[stack.length - 1].ask();
    } else {
      tell({ unsubscribe: this.topic });
    }
  }

  ask() {
    this.isFresh = true;
    if (windows.get(this.topic)?.at(-1) === this && !isResting) {
      tell({ subscribe: this.topic, query: this.query });
    }
  }

  take(message) {
    const isFresh = this.isFresh && message.order !== undefined;
    this.isFresh = this.isFresh && !isFresh;
    this.listener({ ...message, fresh: isFresh });
  }
}

/**
 * Follow a window of a collection.
 * @param {string} topic as in the API: `omms`, `users`, `devices`, `pairs`, `events`, ...
 * @param {Record<string, any>} query offset, limit, sort, q, filter
 * @param {(update: Update) => void} listener
 * @returns {{update: (query?: Record<string, any>) => void, stop: () => void}}
 */
export function subscribe(topic, query, listener) {
  const window = new Window(topic, query, listener);
  windows.set(topic, [...(windows.get(topic) || []), window]);
  window.ask();
  return window;
}

/**
 * Call `listener` with the status now, if it is known, and whenever it changes.
 * @param {(status: Record<string, any>) => void} listener
 * @returns {() => void} stops that
 */
export function onStatus(listener) {
  if (status.health) {
    listener(status);
  }
  return statusSignal.listen(listener);
}

/** @returns {Record<string, any>} the last status; empty before the first */
export const currentStatus = () => status;

/** @returns {boolean} whether the connection stands */
export const isLive = () => isUp;

/** Connect, and stay connected until `disconnect`. */
export function connect() {
  wanted = true;
  if (!socket) {
    open();
  }
}

/** Part with the server, and forget what it said. */
export function disconnect() {
  wanted = false;
  clearTimeout(timer);
  socket?.close();
  socket = null;
  isUp = false;
  status = {};
}

/** Try again now instead of after the pause. */
export function retryNow() {
  if (wanted && !socket) {
    clearTimeout(timer);
    open();
  }
}

function tell(message) {
  if (socket?.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify(message));
  }
}

function open() {
  const mine = new WebSocket(`wss://${location.host}${BASE}/live`);
  socket = mine;
  mine.addEventListener("open", () => mine === socket && opened());
  mine.addEventListener("message", (event) => mine === socket && take(JSON.parse(event.data)));
  mine.addEventListener("close", (event) => mine === socket && closed(event));
}

function opened() {
  isUp = true;
  wait = FIRST_WAIT;
  forShown((window) => window.ask());
  connection.send(true);
}

function forShown(act) {
  for (const stack of windows.values()) {
    if (stack.length > 0) {
      act(stack.at(-1));
    }
  }
}

/**
 * A page that nobody sees asks for nothing, and for everything anew when it is seen again. One whose
 * tables are suppressed goes on: asking anew would be a refresh that nobody wanted.
 */
function seen() {
  const mayRest = document.hidden && status.suppressTableUpdates === "Off";
  if (mayRest !== isResting) {
    isResting = mayRest;
    forShown((window) => (isResting ? tell({ unsubscribe: window.topic }) : window.ask()));
  }
}

document.addEventListener("visibilitychange", seen);

function closed(event) {
  socket = null;
  isUp = false;
  if (event.code === SESSION_ENDED) {
    wanted = false;
    sessionEnded.send();
    return;
  }
  if (wanted) {
    connection.send(false);
    timer = setTimeout(open, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 1.7, LONGEST_WAIT);
  }
}

function take(message) {
  if (message.topic === "status") {
    const { topic: _, changedSites, ...fields } = message;
    status = { ...status, ...fields };
    if (changedSites) {
      const changed = new Map(changedSites.map((site) => [site.id, site]));
      status.sites = status.sites.map((site) => changed.get(site.id) ?? site);
    }
    if (fields.now) {
      setClock(fields.now);
    }
    statusSignal.send(status);
    return;
  }
  windows.get(message.topic)?.at(-1)?.take(message);
}
