// Photos, albums, documents, voice and contacts inside a bubble.

import { fileUrl } from "./api.js";
import { el, icon, iconButton } from "./dom.js";
import { t } from "./i18n.js";
import { lightbox, toast } from "./popup.js";

let playing = null;

/** The media of one message, or null for a text. */
export function mediaView(message) {
  if (message.photo) return photo(message);
  if (message.voice) return voice(message.voice);
  if (message.audio) return voice(message.audio, message.audio.title ?? message.audio.file_name);
  if (message.animation) return video(message.animation);
  if (message.video ?? message.video_note) return video(message.video ?? message.video_note);
  if (message.document) return file(message.document);
  if (message.contact) return contact(message.contact);
  if (message.location) return place(message.location);
  if (!message.text && !message.caption) return el("em", { class: "unsupported" }, t("unsupported"));
  return null;
}

/** Several photos or files sent as one. */
export function albumView(group) {
  const photos = group.filter((message) => message.photo);
  const rest = group.filter((message) => !message.photo);
  return el(
    "div",
    { class: "album-whole", data: { testid: "album" } },
    photos.length ? el("div", { class: `album album-${Math.min(photos.length, 4)}` }, photos.map(photo)) : null,
    rest.map(mediaView),
  );
}

function photo(message) {
  const sizes = message.photo;
  const big = sizes[sizes.length - 1];
  // The smallest that is sharp in a bubble; a list of sixty messages must not load originals.
  const shown = sizes.find((size) => size.width >= 640) ?? big;
  const name = message.caption ?? t("photo");
  const picture = el("img", {
    src: fileUrl(shown.file_id),
    alt: name,
    loading: "lazy",
    width: shown.width || 320,
    height: shown.height || 240,
  });
  picture.addEventListener("error", () => picture.classList.add("broken"), { once: true });
  return el(
    "button",
    {
      type: "button",
      class: `photo ${message.has_media_spoiler ? "veiled" : ""}`,
      "aria-label": `${t("photo.open")}: ${name}`,
      data: { testid: "photo" },
      on: { click: () => lightbox(fileUrl(big.file_id), name) },
    },
    picture,
  );
}

const KIB = 1024;

/** "340 KB": a file's size. */
export function size(bytes) {
  if (bytes === undefined || bytes === null) return "";
  if (bytes < KIB) return t("size.b", { n: bytes });
  if (bytes < KIB * KIB) return t("size.kb", { n: Math.round(bytes / KIB) });
  return t("size.mb", { n: (bytes / KIB / KIB).toFixed(1) });
}

function file(document_) {
  const name = document_.file_name ?? t("document");
  const kind = name.includes(".") ? name.split(".").pop().slice(0, 4) : "";
  return el(
    "a",
    {
      class: "file",
      href: fileUrl(document_.file_id),
      download: name,
      "aria-label": `${t("download")}: ${name}`,
      data: { testid: "document", name },
    },
    el("span", { class: "file-icon", "aria-hidden": "true" }, kind ? kind.toUpperCase() : icon("file")),
    el("span", { class: "file-name" }, el("bdi", {}, name), el("small", {}, `${size(document_.file_size)} · ${t("download")}`)),
  );
}

function video(item) {
  return el("video", { class: "video", controls: true, preload: "none", src: fileUrl(item.file_id) });
}

function voice(item, title) {
  const audio = new Audio();
  audio.preload = "none";
  audio.src = fileUrl(item.file_id);
  const total = () => (Number.isFinite(audio.duration) ? audio.duration : item.duration || 0);
  const time = el("span", { class: "voice-time" }, seconds(item.duration || 0));
  const bar = el("input", { type: "range", min: "0", max: "100", value: "0", "aria-label": t("voice.position") });
  const button = iconButton("play", t("voice.play"), "voice-play", () => toggle());
  const show = () => {
    button.replaceChildren(icon(audio.paused ? "play" : "pause"));
    button.setAttribute("aria-label", t(audio.paused ? "voice.play" : "voice.pause"));
    button.title = t(audio.paused ? "voice.play" : "voice.pause");
  };
  const toggle = () => {
    if (!audio.paused) return audio.pause();
    playing?.pause();
    playing = audio;
    return audio.play().catch(() => toast(t("voice.broken"), button.closest(".chat") ?? undefined, "error"));
  };
  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, show);
  audio.addEventListener("timeupdate", () => {
    time.textContent = seconds(audio.currentTime);
    if (total()) bar.value = String((audio.currentTime / total()) * 100);
  });
  bar.addEventListener("input", () => {
    if (total()) audio.currentTime = (Number(bar.value) / 100) * total();
  });
  return el("div", { class: "voice", data: { testid: "voice" } }, button, el("div", { class: "voice-body" }, title ? el("bdi", {}, title) : null, bar, time));
}

const seconds = (value) => `${Math.floor(value / 60)}:${String(Math.floor(value % 60)).padStart(2, "0")}`;

function contact(item) {
  const name = [item.first_name, item.last_name].filter(Boolean).join(" ");
  return el(
    "div",
    { class: "contact", data: { testid: "contact" } },
    el("span", { class: "file-icon", "aria-hidden": "true" }, icon("person")),
    el("span", { class: "file-name" }, el("bdi", {}, name), el("small", {}, item.phone_number)),
  );
}

function place(item) {
  return el("span", {}, `${item.latitude.toFixed(5)}, ${item.longitude.toFixed(5)}`);
}
