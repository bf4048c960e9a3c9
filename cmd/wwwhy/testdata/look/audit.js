// What is wrong with the layout of the page that is open, as sentences.
(() => {
  const wrong = [];
  const root = document.documentElement;
  const name = (e) => `<${e.localName}${e.id ? "#" + e.id : ""}${e.className && e.className.trim ? "." + e.className.trim().replaceAll(/\s+/g, ".") : ""}> “${(e.textContent || e.name || "").trim().slice(0, 30)}”`;

  // The part of a box that its scrolling or clipping ancestors let through.
  const clips = new Map();
  const clip = (e) => {
    if (!e || e === root) return null;
    if (clips.has(e)) return clips.get(e);
    let box = clip(e.parentElement);
    if (e !== document.body && getComputedStyle(e).overflowX !== "visible") {
      const own = e.getBoundingClientRect();
      box = box ? cut(box, own) : { left: own.left, right: own.right, top: own.top, bottom: own.bottom };
    }
    clips.set(e, box);
    return box;
  };
  const cut = (a, b) => ({ left: Math.max(a.left, b.left), right: Math.min(a.right, b.right), top: Math.max(a.top, b.top), bottom: Math.min(a.bottom, b.bottom) });

  const over = root.scrollWidth - root.clientWidth;
  if (over > 0) {
    const cause = [...document.body.querySelectorAll("*")].filter((e) => {
      const around = clip(e.parentElement), own = e.getBoundingClientRect();
      return (around ? cut(around, own) : own).right > root.clientWidth + 1;
    }).slice(0, 3);
    wrong.push(`the page is ${over} pixels wider than the window: ${cause.map(name).join(", ")}`);
  }

  const controls = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".unseen, .skip"));
  const boxes = [];
  for (const e of controls) {
    const around = clip(e.parentElement);
    for (const r of e.getClientRects()) {
      const box = around ? cut(around, r) : r;
      if (box.right - box.left > 2 && box.bottom - box.top > 2) boxes.push({ e, left: box.left + 1, right: box.right - 1, top: box.top + 1, bottom: box.bottom - 1 });
    }
    const style = getComputedStyle(e);
    if ((e.localName === "button" || e.localName === "summary") && style.display !== "inline" && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
      wrong.push(`the text of ${name(e)} is cut off`);
  }
  boxes.sort((a, b) => a.top - b.top);
  const told = new Set();
  for (let i = 0; i < boxes.length; i++) {
    for (let j = i + 1; j < boxes.length && boxes[j].top < boxes[i].bottom; j++) {
      const a = boxes[i], b = boxes[j];
      if (a.left >= b.right || b.left >= a.right || a.e.contains(b.e) || b.e.contains(a.e) || told.has(a.e)) continue;
      told.add(a.e);
      wrong.push(`${name(a.e)} lies over ${name(b.e)}`);
    }
  }
  return JSON.stringify(wrong);
})()
