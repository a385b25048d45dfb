// HTTP calls: the person's side of the sandbox and the demo's own clock, feed and story.

/** A refused or failed call; `status` 0 means that the server was not reached. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, body, signal) {
  const options = { method, signal, cache: "no-store" };
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, error.message);
  }
  let answer = null;
  try {
    answer = await response.json();
  } catch {
    // An answer without JSON still has a status worth telling.
  }
  if (!response.ok) {
    throw new ApiError(response.status, answer?.error ?? answer?.detail ?? `HTTP ${response.status}`);
  }
  return answer;
}

const chatPath = (chat) => `/sandbox/chats/${encodeURIComponent(chat)}`;

export const api = {
  people: () => call("GET", "/sandbox/people"),
  addPerson: (person) => call("POST", "/sandbox/people", person),
  chats: () => call("GET", "/sandbox/chats"),
  chat: (chat, as, limit) =>
    call("GET", `${chatPath(chat)}?as=${as}${limit ? `&limit=${limit}` : ""}`),
  say: (chat, body) => call("POST", `${chatPath(chat)}/messages`, body),
  upload: (chat, fields, file) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined && value !== null && value !== "") form.append(name, String(value));
    }
    form.append("file", file, file.name);
    return call("POST", `${chatPath(chat)}/messages`, form);
  },
  contact: (chat, body) => call("POST", `${chatPath(chat)}/contact`, body),
  press: (chat, body) => call("POST", `${chatPath(chat)}/press`, body),
  edit: (chat, id, body) => call("PATCH", `${chatPath(chat)}/messages/${id}`, body),
  remove: (chat, id, body) => call("DELETE", `${chatPath(chat)}/messages/${id}`, body),
  read: (chat, as) => call("POST", `${chatPath(chat)}/read`, { as }),
  block: (person, yes) => call("POST", `/sandbox/people/${person}/${yes ? "block" : "unblock"}`, {}),
  start: (from, payload) => call("POST", "/sandbox/start", payload ? { from, payload } : { from }),
  events: (after, wait, signal) =>
    call("GET", `/sandbox/events?after=${after}&wait=${wait}`, undefined, signal),
  clock: () => call("GET", "/demo/clock"),
  setClock: (body) => call("POST", "/demo/clock", body),
  feed: (after, lang) => call("GET", `/demo/feed?after=${after}&lang=${lang}`),
  story: () => call("GET", "/demo/story"),
  hub: (lang, person) => call("GET", `/demo/hub?lang=${lang}${person ? `&person=${person}` : ""}`),
  faults: () => call("GET", "/sandbox/faults"),
  addFault: (fault) => call("POST", "/sandbox/faults", fault),
  clearFaults: () => call("DELETE", "/sandbox/faults"),
};

/** Where the bytes of a file are. */
export const fileUrl = (fileId) => `/sandbox/files/${encodeURIComponent(fileId)}`;

/** A file of this origin, as a person would have picked it. Raises ApiError. */
export async function fetchFile(path, name, type) {
  let response;
  try {
    response = await fetch(path);
  } catch (error) {
    throw new ApiError(0, error.message);
  }
  if (!response.ok) throw new ApiError(response.status, `HTTP ${response.status}`);
  return new File([await response.blob()], name, { type });
}
