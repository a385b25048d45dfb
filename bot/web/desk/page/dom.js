// Building the page without a single string of HTML: whatever people wrote stays text.

/** An element. `props`: attributes; `on...` are listeners; `class`, `data-*`, booleans as usual. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

export const button = (label, onclick, props = {}) => el("button", { type: "button", onclick, ...props }, label);

/** Shows something for a moment and lets screen readers say it. */
let hiding = 0;
export function announce(text, bad = false) {
  const box = document.getElementById("announcer");
  box.textContent = text;
  box.classList.toggle("bad", bad);
  box.classList.add("shown");
  clearTimeout(hiding);
  hiding = setTimeout(() => box.classList.remove("shown"), bad ? 8000 : 3500);
}

const TAGS = { b: "b", i: "i", u: "u", s: "s", code: "code", pre: "pre", blockquote: "blockquote", spoiler: "span" };

/** The text of a message, sent as a tree: only tags that are known here are made. */
export function words(nodes) {
  return nodes.map((node) => {
    if (typeof node === "string") return document.createTextNode(node);
    const inside = words(node.of || []);
    if (node.tag === "a" && /^(https?|mailto|tel|tg):/i.test(node.href || "")) {
      return el("a", { href: node.href, target: "_blank", rel: "noopener noreferrer nofollow" }, inside);
    }
    const tag = TAGS[node.tag] || "span";
    return el(tag, { class: node.tag === "spoiler" ? "spoiler" : null }, inside);
  });
}

/** The words of such a tree alone. */
export const said = (nodes) => nodes.map((node) => (typeof node === "string" ? node : said(node.of || []))).join("");

/** A word nobody else has; without a secure context there is no randomUUID. */
export function uid() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
