// What was said in a ticket: notes unlike answers, voices with a player, drafts of a machine named so.
import { t } from "./api.js";
import { button, el, uid, words } from "./dom.js";

/**
 * A list of messages that is brought up to date without touching what has not changed;
 * `edit(message)` is for what the reader may say in other words.
 */
export function makeConversation(edit) {
  const list = el("ol", { class: "messages", "data-testid": "messages" });
  const box = el("div", { class: "conversation", tabindex: "0", role: "region", "aria-label": t("conversation") }, list);
  const known = new Map();
  const show = (messages) => {
    const low = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
    let more = false, day = "";
    const nodes = [];
    for (const message of messages) {
      if (message.day !== day) nodes.push(el("li", { class: "day" }, el("span", {}, message.day)));
      day = message.day;
      const spelled = JSON.stringify(message);
      let held = known.get(message.id);
      if (held?.spelled !== spelled) {
        held = { spelled, node: bubble(message, edit) };
        known.set(message.id, held);
        more = true;
      }
      nodes.push(held.node);
    }
    place(list, nodes);
    if (more && low) box.scrollTop = box.scrollHeight;
  };
  return { box, show };
}

/** Puts nodes in their order; a node that stays is not taken out, as a voice in it may be playing. */
function place(list, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, at) => {
    if (list.children[at] !== node) list.insertBefore(node, list.children[at] || null);
  });
}

function bubble(message, edit) {
  const { author } = message;
  if (author === "system") {
    return el("li", { class: "event", "data-author": author }, el("span", {}, `${message.time} · `, words(message.body)));
  }
  const who = message.name || t(author === "user" ? "user" : "support");
  return el("li", { class: `message ${author}`, "data-author": author, "data-testid": "message" },
    author === "note" && el("p", { class: "note-badge" }, t("note_badge")),
    el("p", { class: "meta" }, el("b", {}, who), message.kind_text && author !== "note" && el("span", { class: "chip" }, message.kind_text),
      el("time", { datetime: message.at }, message.time), message.edited && el("span", {}, t("edited")),
      message.editable && button(t("edit"), () => edit(message), { class: "link", "data-testid": "edit" })),
    message.body.length > 0 && el("div", { class: "text" }, words(message.body)),
    message.files.map(file));
}

function file(given) {
  const length = given.duration ? `${Math.floor(given.duration / 60)}:${String(given.duration % 60).padStart(2, "0")}` : "";
  const what = [given.kind_text, given.name, length, given.size_text].filter(Boolean).join(" · ");
  const draft = given.transcript && el("div", { class: "transcript", "data-testid": "transcript" },
    el("p", { class: "transcript-mark" }, t("transcript")), el("p", {}, given.transcript));
  if (!given.url) {
    return el("div", { class: "file missing" }, el("span", {}, what), el("span", { class: "chip warn" }, given.state_text), draft);
  }
  if (given.played) return el("div", { class: "file" }, player(given, what), draft);
  if (given.picture) {
    return el("div", { class: "file" }, el("a", { href: given.url, target: "_blank", rel: "noopener" },
      el("img", { src: given.url, alt: what, loading: "lazy" })));
  }
  return el("div", { class: "file" }, el("a", { class: "document", href: given.url, download: given.name || true, "data-testid": "document" }, what));
}

function player(given, what) {
  const address = () => `${given.url}?play=${uid()}`;
  const media = el(given.video ? "video" : "audio", { controls: true, preload: "none", controlslist: "nodownload", src: address(), "aria-label": t("listen", { what }), "data-testid": "player" });
  // To hear it once more is one more hearing on record.
  media.addEventListener("ended", () => { media.src = address(); });
  const speeds = [1, 1.5, 2];
  const faster = button("1×", () => {
    const next = speeds[(speeds.indexOf(media.playbackRate) + 1) % speeds.length];
    media.playbackRate = media.defaultPlaybackRate = next;
    faster.textContent = `${next}×`;
  }, { class: "speed", title: t("speed"), "aria-label": t("speed") });
  return el("div", { class: "player" }, el("span", { class: "file-name" }, what), el("div", { class: "player-row" }, media, faster));
}
