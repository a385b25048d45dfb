// Building elements from data. Text from outside only ever becomes a text node.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  send: "M3 11.5 20.5 4 16 20l-4.6-5.4L3 11.5Zm8.4 3.1 9.1-10.6",
  attach: "M20 11.5 11.7 19.8a5 5 0 0 1-7.1-7.1l8.6-8.6a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.6-7.6",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8",
  slash: "M15 4 9 20",
  more: "M12 5h.01M12 12h.01M12 19h.01",
  close: "M6 6l12 12M18 6 6 18",
  plus: "M12 5v14M5 12h14",
  down: "M6 9l6 6 6-6",
  back: "M15 5l-7 7 7 7",
  pin: "M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v6",
  topic: "M4 5h16v11H11l-5 4v-4H4zM8 9h8M8 12h5",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z",
  desk: "M5 13a7 7 0 0 1 14 0M5 13v4h3v-5H5M19 13v4h-3v-5h3M16 19h-4",
  pulse: "M3 12h4l3-7 4 14 3-7h4",
  play: "M8 5v14l11-7z",
  pause: "M8 5v14M16 5v14",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  photo: "M3 5h18v14H3zM3 16l5-5 4 4 3-3 6 6M15.5 9.5h.01",
  voice: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5 11a7 7 0 0 0 14 0M12 18v3",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 21a8 8 0 0 1 16 0",
  link: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  copy: "M8 8h12v12H8zM16 8V4H4v12h4",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3 2",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
  mail: "M3 6h18v13H3zM3 7l9 7 9-7",
  list: "M5 4h14v17H5zM9 9h6M9 13h6M9 17h3",
  flag: "M5 21V4h13l-3 4 3 4H5",
  reply: "M10 6 4 12l6 6M4 12h10a6 6 0 0 1 6 6",
  panel: "M3 5h18v14H3zM15 5v14",
  forward: "M5 5l7 7-7 7M13 5l7 7-7 7",
  sunrise: "M3 18h18M6 18a6 6 0 0 1 12 0M12 4v4M4.5 10.5l1.8 1.2M19.5 10.5l-1.8 1.2",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
};

/** An icon drawn in the colour of the text around it, hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * An element. Props: `class`, `data` (data-*), `on` (listeners), DOM properties by their own
 * name, anything with a dash and the few attributes without a property as attributes.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "data") {
      for (const [key, item] of Object.entries(value)) {
        if (item !== undefined && item !== null) node.dataset[key] = item;
      }
    } else if (name === "on") {
      for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    } else if (name.includes("-") || name === "role" || name === "for" || name === "list") {
      node.setAttribute(name, value === true ? "true" : value);
    } else node[name] = value;
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A button with a picture only: its label is for screen readers and the tooltip. */
export function iconButton(name, label, testid, click, props = {}) {
  return el(
    "button",
    {
      type: "button",
      class: "icon-button",
      title: label,
      "aria-label": label,
      data: { testid },
      on: click ? { click } : {},
      ...props,
    },
    icon(name),
  );
}

/** Makes `parent` hold exactly `nodes`, moving nothing that already stands right. */
export function place(parent, nodes) {
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/**
 * Scrolls a column into the room it stands in. Columns snap by their left edges: one that was
 * brought in by its right edge would jump back.
 */
export function bringIntoView(column, room) {
  if (!column) return;
  const [seen, all] = [column, room].map((node) => node.getBoundingClientRect());
  const whole = seen.left >= all.left && seen.right <= all.right;
  column.scrollIntoView({ block: "nearest", inline: whole ? "nearest" : "start" });
}
