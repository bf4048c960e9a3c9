// What script adds; every page works whole without it.

// A copy button on each code block.
for (const pre of document.querySelectorAll("pre")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  const frame = document.createElement("div");
  frame.className = "frame";
  pre.before(frame);
  frame.append(pre, button);
}

// Tabs: one open at a time in a group, and the language is remembered.
const key = "tab";
const remembered = () => { try { return localStorage.getItem(key); } catch { return null; } };
for (const group of document.querySelectorAll(".tabs")) {
  const tabs = [...group.querySelectorAll(":scope > details")];
  const open = (tab) => { for (const t of tabs) t.open = t === tab; };
  const kept = tabs.find((t) => t.querySelector("summary").textContent === remembered());
  if (kept) open(kept);
  for (const tab of tabs) {
    tab.querySelector("summary").addEventListener("click", (event) => {
      event.preventDefault();
      open(tab.open ? null : tab);
      try { localStorage.setItem(key, tab.querySelector("summary").textContent); } catch { /* private mode */ }
    });
  }
}

// The entry of the contents list whose section is being read.
const contents = document.querySelector(".contents");
if (contents) {
  const entries = new Map([...contents.querySelectorAll("a")].map((a) => [a.hash.slice(1), a]));
  const sections = [...entries.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let marked;
  const mark = () => {
    const read = sections.findLast((h) => h.getBoundingClientRect().top < innerHeight / 3);
    const entry = read && entries.get(read.id);
    if (entry === marked) return;
    marked?.removeAttribute("aria-current");
    marked = entry;
    marked?.setAttribute("aria-current", "true");
    if (contents.scrollHeight > contents.clientHeight) marked?.scrollIntoView({ block: "nearest" });
  };
  let waits = false;
  addEventListener("scroll", () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => { waits = false; mark(); });
  }, { passive: true });
  mark();
}

// The explanation of a piece of a value, beside it.
const hint = Object.assign(document.createElement("div"), { className: "hint", id: "hint", hidden: true });
hint.setAttribute("role", "tooltip");
let shownFor;
const hide = () => { hint.hidden = true; shownFor?.removeAttribute("aria-describedby"); shownFor = null; };
const show = (piece) => {
  const words = document.getElementById(piece.hash.slice(1));
  if (!words) return;
  hide();
  shownFor = piece;
  if (!hint.isConnected) document.body.append(hint);
  hint.replaceChildren(...[...words.childNodes].map((n) => n.cloneNode(true)));
  hint.hidden = false;
  piece.setAttribute("aria-describedby", "hint");
  const at = piece.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - hint.offsetWidth - 8));
  hint.style.translate = `${left + scrollX}px ${at.bottom + scrollY + 6}px`;
};
for (const piece of document.querySelectorAll(".piece")) {
  piece.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") show(piece); });
  piece.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse" && document.activeElement !== piece) hide(); });
  piece.addEventListener("focus", () => show(piece));
  piece.addEventListener("blur", hide);
  piece.addEventListener("click", (event) => { event.preventDefault(); show(piece); });
}
addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

// Light or dark, where somebody wants another than the system's. The button is
// there from the start and unseen, so that nothing moves when it appears.
const schemes = ["as the system", "light", "dark"];
const store = (name, value) => { try { if (value === undefined) return localStorage.getItem(name); localStorage.setItem(name, value); } catch { /* private mode */ } };
let colors = Math.max(0, schemes.indexOf(store("colors")));
const colorButton = document.querySelector("button.colors");
const paint = () => {
  document.documentElement.dataset.colors = colors ? schemes[colors] : "";
  colorButton.textContent = `Colors: ${schemes[colors]}`;
};
colorButton.addEventListener("click", () => { colors = (colors + 1) % 3; store("colors", schemes[colors]); paint(); });
paint();
colorButton.disabled = false;

// The one box: Enter asks, Shift+Enter makes a line; a token is decoded here
// and not sent.
const box = document.querySelector("textarea#ask");
if (box) {
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    box.form.requestSubmit();
  });
  const token = document.querySelector(".token");
  box.form.addEventListener("submit", (event) => {
    if (!/^\s*(bearer\s+)?eyJ[\w-]+\.[\w-]+\.[\w-]*\s*$/i.test(box.value)) return;
    event.preventDefault();
    import(token.dataset.module).then(({ readToken }) => readToken(box.value, token));
  });
  document.querySelector("#file").addEventListener("change", () => box.form.requestSubmit());
  const found = document.querySelector(".suggestions");
  let timer;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const [titles, addresses] = await suggestions(box);
      found.replaceChildren(...titles.map((title, i) => {
        const entry = document.createElement("li");
        entry.append(Object.assign(document.createElement("a"), { href: new URL(addresses[i]).pathname, textContent: title }));
        return entry;
      }));
    }, 150);
  });
  if (matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
}

// The box above a long list: what does not have its words is hidden.
const narrow = document.querySelector("form.narrow");
if (narrow) {
  const input = narrow.querySelector("input"), count = narrow.querySelector("output");
  const entries = [...document.querySelectorAll(".part li")];
  let texts; // read when somebody types, not before
  const sift = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    texts ??= entries.map((entry) => entry.textContent.toLowerCase());
    entries.forEach((entry, i) => { entry.hidden = !words.every((word) => texts[i].includes(word)); });
    const left = entries.filter((entry) => !entry.hidden);
    for (const box of document.querySelectorAll(".part, .part ul")) box.hidden = !box.querySelector("li:not([hidden])");
    for (const heading of document.querySelectorAll(".part h3")) heading.hidden = heading.nextElementSibling.hidden;
    count.textContent = words.length ? `${left.length} of ${entries.length}` : "";
    return left;
  };
  input.addEventListener("input", sift);
  narrow.addEventListener("submit", (event) => {
    const left = sift();
    if (!left.length) return; // the search may know more
    event.preventDefault();
    if (left.length === 1) left[0].querySelector("a").click();
  });
  if (input.value) sift(); // kept by the browser on the way back
}

// What may be a key, a password, a field or an address is not sent while
// somebody types: histories of proxies keep what is.
const secret = /[=@?]|:\/\/|^(bearer|basic|token)\s|:\s|(?=\S*\d)[^\s_-]{16,}/i;

// What the reference has for the words in a box; nothing if somebody typed on.
async function suggestions(input) {
  const typed = input.value.trim();
  if (typed.length < 2 || typed.length > 60 || typed.includes("\n") || secret.test(typed)) return [[], []];
  try {
    const response = await fetch(`/suggest?q=${encodeURIComponent(typed)}`);
    const [asked, titles, , addresses] = await response.json();
    if (asked === input.value.trim()) return [titles, addresses];
  } catch { /* without suggestions the box works, too */ }
  return [[], []];
}

// Suggestions in the search boxes. A choice leads to its page at once.
for (const input of document.querySelectorAll("#find, #q")) {
  const list = document.createElement("datalist");
  list.id = `${input.id}-suggestions`;
  input.after(list);
  input.setAttribute("list", list.id);
  let to = new Map();
  let timer;
  input.addEventListener("input", () => {
    const chosen = to.get(input.value);
    if (chosen) {
      location.href = new URL(chosen).pathname;
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const [titles, addresses] = await suggestions(input);
      to = new Map(titles.map((title, i) => [title, addresses[i]]));
      list.replaceChildren(...titles.map((title) => Object.assign(document.createElement("option"), { value: title })));
    }, 150);
  });
}
