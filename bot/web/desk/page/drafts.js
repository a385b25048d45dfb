// What was typed and not sent: it outlives a lost connection, a reload and the end of a session, as
// the link to sign in again opens in another tab. It is one operator's alone, and of one day.
const ROOT = "desk-draft";
const DAY = 86_400_000;
let owner = 0;

const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(`${ROOT}-`));
const place = (name) => `${ROOT}-${owner}-${name}`;

function read(key) {
  try {
    const found = JSON.parse(localStorage.getItem(key));
    return Date.now() - found.at < DAY ? found.value : null;
  } catch {
    return null;
  }
}

/** Whose drafts these are; what others, or other days, have left on this machine goes. */
export function ownDrafts(person) {
  owner = person;
  for (const key of keys()) if (!key.startsWith(place("")) || read(key) === null) localStorage.removeItem(key);
}

export const draft = (name) => read(place(name));

/** Keeps a value; an empty one is forgotten. */
export function keepDraft(name, value) {
  try {
    if (value) localStorage.setItem(place(name), JSON.stringify({ at: Date.now(), value }));
    else localStorage.removeItem(place(name));
  } catch { /* the store is full or shut: typing goes on without it */ }
}

/** Nothing typed outlives signing out. */
export const forgetDrafts = () => keys().forEach((key) => localStorage.removeItem(key));
