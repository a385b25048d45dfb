// Files chosen to be sent, as a strip over the input, and the menu of the paper clip.

import { api } from "./api.js";
import { el, icon, iconButton } from "./dom.js";
import { t } from "./i18n.js";
import { size } from "./media.js";
import { menu } from "./popup.js";
import { sampleVoice } from "./sample.js";

const SAMPLE_SECONDS = 2;

export class Attachments {
  constructor(chat, changed) {
    this.chat = chat;
    this.changed = changed;
    this.files = [];
    this.node = el("ul", { class: "attachments", hidden: true, data: { testid: "attachments" } });
    // Always in the page, so that a person's browser and a test's can both fill them.
    this.pickers = ["photo", "document", "voice"].map((kind) => this.picker(kind));
    this.holder = el("div", { hidden: true }, this.pickers);
  }

  picker(kind) {
    const accept = { photo: "image/*", document: "", voice: "audio/*" }[kind];
    return el("input", {
      type: "file",
      accept,
      multiple: kind !== "voice",
      tabIndex: -1,
      data: { testid: `file-${kind}` },
      on: {
        change: (event) => {
          this.add([...event.target.files], kind);
          event.target.value = "";
        },
      },
    });
  }

  openMenu(anchor) {
    const pick = (index) => () => this.pickers[index].click();
    menu(anchor, [
      { label: t("attach.photo"), testid: "attach-photo", run: pick(0) },
      { label: t("attach.file"), testid: "attach-document", run: pick(1) },
      { label: t("attach.voice"), testid: "attach-voice", run: pick(2) },
      { label: t("attach.sample"), testid: "attach-sample", run: () => this.sendSample() },
      { label: t("attach.own-contact"), testid: "attach-own-contact", run: () => this.sendContact(this.chat.person) },
      { label: t("attach.contact"), testid: "attach-contact", run: () => this.chat.hub.pickContact(this.chat, (person) => this.sendContact(person)) },
    ]);
  }

  /** Files from the clipboard or dropped: pictures as photos, everything else as files. */
  addAll(files, event) {
    const list = [...files];
    if (!list.length) return;
    event.preventDefault();
    const pictures = list.filter((file) => file.type.startsWith("image/"));
    this.add(pictures, "photo");
    this.add(list.filter((file) => !pictures.includes(file)), "document");
  }

  add(files, kind) {
    this.files.push(...files.map((file) => ({ file, kind })));
    this.draw();
  }

  clear() {
    this.files = [];
    this.draw();
  }

  draw() {
    this.node.hidden = !this.files.length;
    this.node.replaceChildren(...this.files.map((item, index) => this.chip(item, index)));
    this.changed();
  }

  chip({ file, kind }, index) {
    const drop = () => {
      this.files.splice(index, 1);
      this.draw();
    };
    return el(
      "li",
      { class: "chip" },
      kind === "photo" ? preview(file) : icon(kind === "voice" ? "voice" : "file"),
      el("span", {}, el("bdi", {}, file.name), el("small", {}, size(file.size))),
      iconButton("close", t("attach.remove", { name: file.name }), "attachment-remove", drop),
    );
  }

  /** Sends what was chosen; several photos or several files go as one album. */
  async send(caption) {
    const { chat } = this;
    const items = this.files;
    this.files = [];
    this.draw();
    const alike = items.every((item) => item.kind === items[0].kind) && items[0].kind !== "voice";
    const album = items.length > 1 && alike ? `${Date.now()}${Math.floor(Math.random() * 1000)}` : undefined;
    chat.forgetUnreadMark();
    for (const [index, { file, kind }] of items.entries()) {
      const fields = { ...this.addressed(), kind, caption: index ? "" : caption, media_group_id: album };
      if (kind === "voice") fields.duration = await duration(file);
      const sent = await chat.attempt(() => api.upload(chat.id, fields, file));
      if (!sent) {
        this.files = items.slice(index);
        this.draw();
        return false;
      }
      chat.takeOwn(sent);
    }
    chat.composer.clearTarget();
    return true;
  }

  // A file answers the message under the banner as words would.
  addressed() {
    const { chat } = this;
    return { from: chat.person.id, ...chat.place(), reply_to: chat.composer.target?.message_id };
  }

  async sendSample() {
    const { chat } = this;
    chat.forgetUnreadMark();
    const fields = { ...this.addressed(), kind: "voice", duration: SAMPLE_SECONDS };
    const sent = await chat.attempt(async () => api.upload(chat.id, fields, await sampleVoice()));
    if (sent) chat.composer.clearTarget();
    chat.takeOwn(sent);
  }

  async sendContact(person) {
    const { chat } = this;
    const body = { from: chat.person.id, ...chat.place() };
    if (person.id !== chat.person.id) Object.assign(body, { phone: person.phone, user_id: person.id });
    chat.takeOwn(await chat.attempt(() => api.contact(chat.id, body)));
  }
}

function preview(file) {
  const url = URL.createObjectURL(file);
  const picture = el("img", { src: url, alt: "" });
  picture.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
  picture.addEventListener("error", () => URL.revokeObjectURL(url), { once: true });
  return picture;
}

// How long a chosen recording is; a file the browser cannot read counts as a second.
function duration(file) {
  return new Promise((resolve) => {
    const url = URL.createObjectURL(file);
    const audio = new Audio();
    const done = (seconds) => {
      URL.revokeObjectURL(url);
      resolve(Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : 1);
    };
    audio.addEventListener("loadedmetadata", () => done(audio.duration), { once: true });
    audio.addEventListener("error", () => done(1), { once: true });
    audio.src = url;
  });
}
