// Long polling of what happens in all chats, with reconnection and a look for gaps.

import { api } from "./api.js";

const WAIT_SECONDS = 25;
const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 8000;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Follows the events after `version` for ever.
 *
 * `onEvents(list)` gets events in order, each once. `onGap(version)` says that some were lost
 * (the server restarted or dropped old ones): what is on the screen has to be fetched anew.
 * `onState(online)` tells when the connection is lost and found again.
 */
export async function follow(version, { onEvents, onGap, onState }) {
  let after = version;
  let wait = FIRST_PAUSE;
  let online = true;
  for (;;) {
    let answer;
    try {
      // Right after a break no waiting: a server that counts anew has to be noticed at once.
      answer = await api.events(after, online ? WAIT_SECONDS : 0);
    } catch {
      if (online) onState((online = false));
      await pause(wait);
      wait = Math.min(wait * 2, LONGEST_PAUSE);
      continue;
    }
    wait = FIRST_PAUSE;
    if (!online) onState((online = true));
    const fresh = answer.events.filter((event) => event.n > after);
    if (isGap(after, answer.version, fresh)) await onGap(answer.version);
    else if (fresh.length) onEvents(fresh);
    after = answer.version;
    // A server that answers at once with nothing must not be asked a thousand times a second.
    if (!fresh.length) await pause(50);
  }
}

/** True when events between `after` and what came were never seen. */
export function isGap(after, version, fresh) {
  if (version < after) return true;
  if (!fresh.length) return version > after;
  return fresh[0].n > after + 1;
}
