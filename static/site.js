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
