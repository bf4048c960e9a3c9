// Computes the answer to a challenge, and reads a token, in the page alone:
// nothing that is typed leaves it.

const utf8 = (text) => new TextEncoder().encode(text);
const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
const quote = (text) => `"${text.replace(/[\\"]/g, "\\$&")}"`;
const base64 = (text) => btoa(String.fromCharCode(...utf8(text)));

// MD5 (RFC 1321), which browsers have no function for.
const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const sines = Array.from({ length: 64 }, (_, i) => Math.floor(2 ** 32 * Math.abs(Math.sin(i + 1))) | 0);
function md5(text) {
  const input = utf8(text);
  const length = ((input.length + 72) >> 6) << 6;
  const view = new DataView(new ArrayBuffer(length));
  input.forEach((b, i) => view.setUint8(i, b));
  view.setUint8(input.length, 0x80);
  view.setUint32(length - 8, input.length * 8, true);
  let state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let at = 0; at < length; at += 64) {
    let [a, b, c, d] = state;
    for (let i = 0; i < 64; i++) {
      const round = i >> 4;
      const f = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round];
      const g = [i, 5 * i + 1, 3 * i + 5, 7 * i][round] % 16;
      const sum = (a + f + sines[i] + view.getInt32(at + 4 * g, true)) | 0;
      const by = shifts[4 * round + (i % 4)];
      [a, d, c, b] = [d, c, b, (b + ((sum << by) | (sum >>> (32 - by)))) | 0];
    }
    state = [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0];
  }
  const out = new DataView(new ArrayBuffer(16));
  state.forEach((word, i) => out.setInt32(4 * i, word, true));
  return hex(new Uint8Array(out.buffer));
}

async function sha256(text) {
  if (!crypto.subtle) throw new Error("A browser computes SHA-256 only on pages that came over https. Use the command above.");
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text))));
}

// digest is the response of RFC 7616, Section 3.4.
async function digest(c, user, password) {
  const algorithm = c.algorithm || "MD5";
  const [, name, session] = /^(.*?)(-sess)?$/i.exec(algorithm);
  const hash = { "MD5": md5, "SHA-256": sha256 }[name.toUpperCase()];
  if (!hash) throw new Error(`A browser does not compute ${algorithm}. Use the command above.`);
  const offered = (c.qop || "").toLowerCase().split(",").map((q) => q.trim()).filter(Boolean);
  if (offered.length && !offered.includes("auth")) throw new Error("The challenge wants the content to be covered (auth-int). Use the command above.");
  const cnonce = hex(crypto.getRandomValues(new Uint8Array(16)));
  let a1 = await hash(`${user}:${c.realm}:${password}`);
  if (session) a1 = await hash(`${a1}:${c.nonce}:${cnonce}`);
  const a2 = await hash(`${c.method}:${c.uri}`);
  const tail = offered.length ? `00000001:${cnonce}:auth:` : "";
  const response = await hash(`${a1}:${c.nonce}:${tail}${a2}`);
  const hashed = (c.userhash || "").toLowerCase() === "true";
  let who = `username=${quote(user)}`;
  if (hashed) who = `username=${quote(await hash(`${user}:${c.realm}`))}`;
  else if (/[^ -~]/.test(user)) who = `username*=UTF-8''${encodeURIComponent(user)}`;
  return "Digest " + [who, `realm=${quote(c.realm)}`, `uri=${quote(c.uri)}`, c.algorithm && `algorithm=${c.algorithm}`, `nonce=${quote(c.nonce)}`,
    tail && `nc=00000001, cnonce=${quote(cnonce)}, qop=auth`, `response=${quote(response)}`, "opaque" in c && `opaque=${quote(c.opaque)}`, hashed && "userhash=true"].filter(Boolean).join(", ");
}

async function answer(c, form) {
  const value = (name) => form.querySelector(`[data-part=${name}]`)?.value ?? "";
  const user = value("user"), secret = value("secret");
  if (c.scheme === "bearer") {
    if (!/^[-._~+/a-z0-9]+=*$/i.test(secret)) throw new Error("This has characters that a bearer token cannot have.");
    return `Bearer ${secret}`;
  }
  if (!user) throw new Error("Type a user name.");
  if (c.scheme === "digest") return digest(c, user, secret);
  if (user.includes(":")) throw new Error("A user name for Basic cannot hold a colon.");
  return `Basic ${base64(`${user}:${secret}`)}`;
}

// part decodes a part of a JWT.
const part = (text) => JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0))));

// claims lists what a JWT says, its times held against a clock.
function claims(token, clock) {
  const parts = token.split(".");
  if (parts.length !== 3) return [];
  const header = part(parts[0]), body = part(parts[1]);
  const lines = [`signed with ${header.alg}`];
  for (const [name, value] of Object.entries(body)) {
    let text = typeof value === "string" ? value : JSON.stringify(value);
    if (["exp", "nbf", "iat"].includes(name) && Number.isFinite(value)) {
      const off = Math.round(value - clock / 1000);
      text = new Date(value * 1000).toISOString() + (off < 0 ? `, ${-off} seconds ago` : `, in ${off} seconds`);
      if (name === "exp" && off <= 0) text += ": it has expired";
      if (name === "nbf" && off > 0) text += ": it is not valid yet";
    }
    lines.push(`${name}: ${text}`);
  }
  return lines;
}

// readToken writes what a token says into a part of the page.
export function readToken(text, into) {
  const title = Object.assign(document.createElement("p"), { textContent: "A token. It was decoded in this page and not sent; its signature is not checked." });
  const list = document.createElement("ul");
  try {
    const lines = claims(text.trim().replace(/^bearer\s+/i, ""), Date.now());
    list.append(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  } catch {
    title.textContent = "This looks like a token, but its parts are not JSON in base64url. It was not sent.";
  }
  into.replaceChildren(title, list);
  into.hidden = false;
}

for (const form of document.querySelectorAll("form.builder")) {
  const c = { ...form.dataset };
  const output = form.querySelector("output"), list = form.querySelector("ul");
  let turn = 0;
  const compute = async () => {
    const mine = ++turn;
    let text;
    try {
      text = `${c.field}: ${await answer(c, form)}`;
    } catch (error) {
      text = error.message;
    }
    if (mine !== turn) return; // something was typed meanwhile
    output.textContent = text;
    if (!list) return;
    let lines = [];
    try {
      lines = claims(form.querySelector("[data-part=secret]").value.trim(), c.date ? Date.parse(c.date) : Date.now());
    } catch { /* it is no JWT */ }
    list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", compute);
  form.hidden = false;
}
