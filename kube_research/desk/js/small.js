// Small things: elements, identifiers, searching, the browser's store; offsets; what came packed; what is not yet saved.

export const SVG_HUES = [252, 28, 150, 330, 85, 200, 300, 55, 120, 5, 225, 175];
export const SECTION_TURNS = 20, SECTION_CHARS = 14000, BLOCK_CHARS = 1600, LANES = 6, LABEL = 18;
export const COMMANDS = new Set("acijknprsuvx");

export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [k, v] of Object.entries(props)) {
    if (v === undefined || v === null || v === false) continue;
    if (k.startsWith("on")) el.addEventListener(k.slice(2), v);
    else if (k === "class") el.className = v;
    else if (k === "style") for (const [p, x] of Object.entries(v)) el.style.setProperty(p, x);
    else if (k === "value" || k === "checked" || k === "hidden" || k === "disabled") el[k] = v;
    else el.setAttribute(k, v === true ? "" : v);
  }
  for (const c of children.flat(Infinity)) if (c !== null && c !== undefined && c !== false) el.append(c.nodeType ? c : String(c));
  return el;
}
export function put(el, ...children) { el.replaceChildren(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false && c !== "")); }
let lastMicro = 0;
export function newId() {  // sorts by time: microseconds, then chance
  lastMicro = Math.max(Math.round((performance.timeOrigin + performance.now()) * 1000), lastMicro + 1);
  const r = crypto.getRandomValues(new Uint8Array(6));
  return lastMicro.toString(16).padStart(14, "0") + Array.from(r, (b) => b.toString(16).padStart(2, "0")).join("");
}
export function lowerBound(array, value, get = (x) => x) {  // first index whose value is >= value
  let a = 0, b = array.length;
  while (a < b) { const m = (a + b) >> 1; if (get(array[m]) < value) a = m + 1; else b = m; }
  return a;
}
export const fold = (s) => s.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
export const WORD = /[\p{L}\p{M}\p{N}\p{Pc}\u2019'\u200c\u200d\ufe0f\u00ad]|\p{Extended_Pictographic}|\p{Emoji_Modifier}/u;
export const store = {
  get(k) { try { return localStorage.getItem(k); } catch { return null; } },
  set(k, v) { try { localStorage.setItem(k, v); return true; } catch { return false; } },
  del(k) { try { localStorage.removeItem(k); } catch { /* a browser without store: the memory holds it */ } },
  keys(prefix) { try { return Object.keys(localStorage).filter((k) => k.startsWith(prefix)); } catch { return []; } },
};

// --- 2 offsets: the only place where code points (Python, files) and UTF-16 units (JavaScript) meet --------------------------
export class Offsets {
  constructor(text) {
    this.wide = [];  // units at which a character of two units begins
    for (let i = 0; i < text.length; i++) { const c = text.charCodeAt(i); if (c >= 0xd800 && c < 0xdc00 && i + 1 < text.length) { const d = text.charCodeAt(i + 1); if (d >= 0xdc00 && d < 0xe000) { this.wide.push(i); i++; } } }
    this.points = this.wide.map((u, n) => u - n);  // the same places in code points
  }
  units(point) { return this.wide.length ? point + lowerBound(this.points, point) : point; }
  point(unit) { return this.wide.length ? unit - lowerBound(this.wide, unit) : unit; }
}

export function sums(gaps) { let at = 0; return gaps.map((g) => (at += g)); }
export function unpackCodings(p) {  // columns, as `packed.py` makes them, to rows in the order of the text
  const { id } = p; if (!id.length) return [];
  const start = sums(p.start), out = new Array(id.length);
  for (let i = 0; i < id.length; i++) out[i] = { id: id[i], start: start[i], end: start[i] + p.long[i], code: p.codes[p.code[i]], pol: "present", coder: p.coders[p.coder[i]], note: p.notes[i] || "", gone: false };
  for (const i of p.absent) out[i].pol = "absent";
  for (const i of p.gone) out[i].gone = true;
  return out;
}
export function unpackTurns(p, u) {
  const at = sums(p.at);
  return p.n.map((n, i) => { const [speaker, label, role, ev, consent] = p.who[p.which[i]]; return { n, start: u(at[3 * i]), body: u(at[3 * i + 1]), end: u(at[3 * i + 2]), speaker, label, role, time: p.time[i] || "", ev, consent }; });
}

// --- 3 the unsaved: each decision waits in the browser until Python has said "saved" ---------------------------------------
export class Unsaved {
  constructor(prefix) {
    this.prefix = prefix; this.items = new Map();
    for (const k of store.keys(prefix)) { try { this.items.set(k.slice(prefix.length), JSON.parse(store.get(k))); } catch { store.del(k); } }
  }
  add(item) { this.items.set(item.event.id, item); this.kept = store.set(this.prefix + item.event.id, JSON.stringify(item)); }
  done(id) { store.del(this.prefix + id); return this.items.delete(id); }
  list() { return [...this.items.values()].sort((a, b) => (a.event.id < b.event.id ? -1 : 1)); }
  get size() { return this.items.size; }
}
