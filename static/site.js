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

// Suggestions while somebody types. A choice leads to its page at once.
for (const input of document.querySelectorAll("#find, #ask")) {
  const list = document.createElement("datalist");
  list.id = `${input.id}-suggestions`;
  input.after(list);
  input.setAttribute("list", list.id);
  let addresses = new Map();
  let timer;
  input.addEventListener("input", () => {
    const to = addresses.get(input.value);
    if (to) {
      location.href = new URL(to).pathname;
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const typed = input.value.trim();
      if (typed.length < 2 || typed.length > 60) return;
      try {
        const response = await fetch(`/suggest?q=${encodeURIComponent(typed)}`);
        const [asked, titles, , to] = await response.json();
        if (asked !== input.value.trim()) return; // somebody typed on
        addresses = new Map(titles.map((title, i) => [title, to[i]]));
        list.replaceChildren(...titles.map((title) => Object.assign(document.createElement("option"), { value: title })));
      } catch { /* without suggestions the box works, too */ }
    }, 150);
  });
}
