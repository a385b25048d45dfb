// Which chats stand open: kept for the time of the browser's tab.

import { fullName } from "./people.js";

const KEPT = "tapsyrys.chats";
const DEFAULT_CHATS = 4;

/** A person's own chat with the bot. */
export const ownChat = (person) => ({ id: person.id, type: "private", title: fullName(person) });

export function keepChats(chats) {
  const keys = chats.map(({ id, person }) => (id === person.id ? String(id) : `${id}:${person.id}`));
  sessionStorage.setItem(KEPT, JSON.stringify(keys));
}

/** What stood open before, or what the story wants: "7" a person's chat, "-5:7" a group as 7 sees it. */
export function firstChats(wanted, people, chats) {
  const groups = chats.filter((chat) => chat.type !== "private");
  for (const keys of [before(), wanted ?? []]) {
    const found = keys.map((key) => chatOf(String(key), people, groups)).filter(Boolean);
    if (found.length) return found;
  }
  return people.slice(0, DEFAULT_CHATS).map((person) => [person, ownChat(person)]);
}

function before() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  } catch {
    // What is kept is only a convenience.
    return [];
  }
}

function chatOf(key, people, groups) {
  const [id, reader] = key.split(":").map(Number);
  const person = people.find((item) => item.id === (reader ?? id));
  const info = reader === undefined ? person && ownChat(person) : groups.find((chat) => chat.id === id);
  return person && info && [person, info];
}
