// The desk's browser side: one ES module, no dependency, no build step.
//
//   1 small things      2 offsets        3 the unsaved      4 the desk: life and messages   5 the frame
//   6 the transcript    7 margin, map    8 the cursor       9 keys                         10 the code box
//  11 coding and undo  12 left panels   13 right panels    14 compare    15 waiting        16 the coding page
//
// A participant's text is never markup: it goes to the screen through text nodes only (`h` makes no other).

// --- 1 small things ------------------------------------------------------------------------------------------------------
const SVG_HUES = [252, 28, 150, 330, 85, 200, 300, 55, 120, 5, 225, 175];
const SECTION_TURNS = 20, SECTION_CHARS = 14000, BLOCK_CHARS = 1600, LANES = 6, LABEL = 18;
const COMMANDS = new Set("acijknprsuvx");

function h(tag, props = {}, ...children) {
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
function put(el, ...children) { el.replaceChildren(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false && c !== "")); }
let lastMicro = 0;
function newId() {  // sorts by time: microseconds, then chance
  lastMicro = Math.max(Math.round((performance.timeOrigin + performance.now()) * 1000), lastMicro + 1);
  const r = crypto.getRandomValues(new Uint8Array(6));
  return lastMicro.toString(16).padStart(14, "0") + Array.from(r, (b) => b.toString(16).padStart(2, "0")).join("");
}
function lowerBound(array, value, get = (x) => x) {  // first index whose value is >= value
  let a = 0, b = array.length;
  while (a < b) { const m = (a + b) >> 1; if (get(array[m]) < value) a = m + 1; else b = m; }
  return a;
}
const fold = (s) => s.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const WORD = /[\p{L}\p{M}\p{N}\p{Pc}\u2019'\u200c\u200d\ufe0f\u00ad]|\p{Extended_Pictographic}|\p{Emoji_Modifier}/u;
const store = {
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

function sums(gaps) { let at = 0; return gaps.map((g) => (at += g)); }
function unpackCodings(p) {  // columns, as `packed.py` makes them, to rows in the order of the text
  const { id } = p; if (!id.length) return [];
  const start = sums(p.start), out = new Array(id.length);
  for (let i = 0; i < id.length; i++) out[i] = { id: id[i], start: start[i], end: start[i] + p.long[i], code: p.codes[p.code[i]], pol: "present", coder: p.coders[p.coder[i]], note: p.notes[i] || "", gone: false };
  for (const i of p.absent) out[i].pol = "absent";
  for (const i of p.gone) out[i].gone = true;
  return out;
}
function unpackTurns(p, u) {
  const at = sums(p.at);
  return p.n.map((n, i) => { const [speaker, label, role, ev, consent] = p.who[p.which[i]]; return { n, start: u(at[3 * i]), body: u(at[3 * i + 1]), end: u(at[3 * i + 2]), speaker, label, role, time: p.time[i] || "", ev, consent }; });
}

// --- 3 the unsaved: each decision waits in the browser until Python has said "saved" ---------------------------------------
class Unsaved {
  constructor(prefix) {
    this.prefix = prefix; this.items = new Map();
    for (const k of store.keys(prefix)) { try { this.items.set(k.slice(prefix.length), JSON.parse(store.get(k))); } catch { store.del(k); } }
  }
  add(item) { this.items.set(item.event.id, item); this.kept = store.set(this.prefix + item.event.id, JSON.stringify(item)); }
  done(id) { store.del(this.prefix + id); return this.items.delete(id); }
  list() { return [...this.items.values()].sort((a, b) => (a.event.id < b.event.id ? -1 : 1)); }
  get size() { return this.items.size; }
}

// --- 4 the desk: life and messages -------------------------------------------------------------------------------------------
class Desk {
  constructor(model, el) {
    this.model = model; this.view = newId(); this.words = {}; this.codes = new Map(); this.codeList = []; this.docs = []; this.doc = null;
    this.codings = new Map(); this.suggestions = new Map(); this.memos = []; this.done = []; this.undone = []; this.far = {}; this.totals = {};
    this.sel = null; this.hand = null; this.lastCode = null; this.cmp = null; this.waiting = new Map(); this.lost = false; this.sent = 0; this.tab = "passage"; this.hidden = new Set(); this.seenCoders = new Set(); this.queue = []; this.more = {}; this.wished = [];
    this.root = h("div", { class: "kube-desk", "data-lm-suppress-shortcuts": "true" });
    this.root.append(h("p", { class: "kd-wait" }, "…"));
    el.append(this.root);
    this.heard = (m) => this.receive(m);
    model.on("msg:custom", this.heard);
    this.live = () => this.watch();
    model.on("comm_live_update", this.live);
    for (const type of ["keydown", "keyup", "keypress"]) this.root.addEventListener(type, (e) => { e.stopPropagation(); if (type === "keydown") this.key(e); });
    this.root.addEventListener("focusin", (e) => e.target.setAttribute("data-lm-suppress-shortcuts", "true"));  // a shortcut is matched against what has the focus before its ancestors are asked
    this.root.addEventListener("copy", (e) => { if (this.sel && this.active === this.scroller) { const why = this.hindered(this.sel.s, this.sel.e); e.clipboardData.setData("text/plain", this.text.slice(this.sel.s, this.sel.e) + (why ? ` [${this.t("consent." + why)}]` : "")); e.preventDefault(); } });
    for (const type of ["copy", "cut", "paste", "contextmenu"]) this.root.addEventListener(type, (e) => e.stopPropagation());
    this.clock = setInterval(() => this.watch(), 1000);
    this.onFocus = () => { if (document.visibilityState === "visible" && this.doc && Date.now() - (this.refreshed || 0) > 2000) this.refresh(); };
    window.addEventListener("focus", this.onFocus); document.addEventListener("visibilitychange", this.onFocus);
    this.acted = 0; this.onAct = () => { this.acted = performance.now(); };
    for (const type of ["pointerdown", "keydown"]) window.addEventListener(type, this.onAct, true);
    this.onMove = (e) => { if (this.drag) this.mouseMove(e); }; this.onRelease = (e) => { if (this.drag) this.mouseUp(e); };
    window.addEventListener("mousemove", this.onMove); window.addEventListener("mouseup", this.onRelease);
    this.ask("hello");
  }
  close() {
    clearInterval(this.clock); this.model.off("msg:custom", this.heard); this.model.off("comm_live_update", this.live);
    window.removeEventListener("focus", this.onFocus); document.removeEventListener("visibilitychange", this.onFocus); for (const type of ["pointerdown", "keydown"]) window.removeEventListener(type, this.onAct, true); window.removeEventListener("mousemove", this.onMove); window.removeEventListener("mouseup", this.onRelease);
    this.seen?.disconnect(); this.sized?.disconnect(); this.mark(null); this.root.remove();
  }
  get active() { return this.root.getRootNode().activeElement ?? document.activeElement; }  // marimo keeps the desk in a shadow tree
  t(key, ...values) { let s = this.words[key] ?? key; values.forEach((v, i) => { s = s.replaceAll(`{${i}}`, v); }); return s; }
  ask(kind, data = {}) {
    try { const p = this.model.send({ kind, view: this.view, ...data }); if (p?.catch) p.catch(() => this.silent()); return true; } catch { this.silent(); return false; }
  }
  silent() { this.lost = true; this.status(); }
  receive(m) {
    if (!m || typeof m !== "object" || (m.view && m.view !== this.view)) return;
    if (this.lost && m.kind !== "told") { this.lost = false; this.status(); }
    const to = { start: "started", document: "show", layer: "layer", saved: "saved", refused: "refused", codes: "newCodes", progress: "progress", looked: "looked", past: "past", quotes: "showQuotes", hits: "showHits",
      compare: "showCompare", steps: "showSteps", documents: "newDocuments", told: "told", changed: "changed", choices: "choices", pong: "pong" }[m.kind];
    try { if (to) this[to](m); } catch (e) { console.error(e); this.told({ level: "error", text: `${e.name}: ${e.message}` }); }
  }
  started(m) {
    this.words = m.words; this.info = m; this.docs = m.documents; this.coder = m.coder; this.readonly = m.readonly; this.coders = m.coders;
    this.base = `kube-desk/${m.key}/${m.coder}/`;
    this.unsaved = new Unsaved(this.base + "unsaved/");
    this.setCodes(m.codes);
    this.frame(m);
    if (!this.docs.length) this.told({ level: "error", text: this.t("noDocuments") });
    for (const n of m.notices) this.told({ level: "warning", text: n });
    this.resend();
    if (this.unsaved.size) this.status();
    this.takeFocus();
  }
  takeFocus(inside = this.scroller) {  // after the cell was run by key, the hands stay on the keys
    const a = this.active, r = this.root.getBoundingClientRect();
    const free = !a || a === document.body || this.root.contains(a) || a.matches(".jp-Notebook, .jp-Cell, .jp-WindowedPanel-outer, .jp-OutputArea, .jp-OutputArea-output, button") || (a.matches(".cm-content") && !a.textContent.trim());
    if (free && r.top < innerHeight && r.bottom > 0 && this.root.offsetParent) inside?.focus({ preventScroll: true });
  }
  saved(m) {
    for (const id of m.ids) { this.unsaved.done(id); this.waiting.delete(id); }
    this.problem = ""; this.savedAt = new Date(); this.onDisk = performance.now(); this.status();
  }
  refused(m) {
    if (m.final) { for (const id of m.ids) { this.unsaved.done(id); this.waiting.delete(id); } this.told({ level: "error", text: m.text }); this.refresh(); return; }
    for (const id of m.ids) this.waiting.delete(id);
    this.problem = m.text; this.retryAt = Date.now() + 4000; this.status();
  }
  resend() {  // everything that is not acknowledged, in order, one message a document; the ids make it harmless
    const groups = new Map();
    for (const item of this.unsaved.list()) { const k = item.document + (item.consensus ? "|c" : ""); if (!groups.has(k)) groups.set(k, []); groups.get(k).push(item); }
    for (const items of groups.values()) {
      for (const i of items) this.waiting.set(i.event.id, Date.now());
      this.ask("save", { document: items[0].document, consensus: items[0].consensus, events: items.map((i) => i.event) });
    }
  }
  kernel() { const m = this.model.widget_manager; return m?.kernel ?? m?.context?.sessionContext?.session?.kernel ?? null; }
  watch() {
    const k = this.kernel();
    const gone = k && (k.connectionStatus === "disconnected" || ["dead", "terminating", "restarting", "autorestarting"].includes(k.status) || k.isDisposed);
    const oldest = Math.min(...this.waiting.values(), Infinity);
    this.busy = k?.status === "busy" && Date.now() - oldest > 1500;
    if (gone || Date.now() - oldest > (k?.status === "busy" ? 20000 : 4000)) { if (!this.lost) { this.lost = true; this.status(); } }
    if (this.unsaved?.size && ((this.problem && Date.now() > this.retryAt) || (this.lost && !gone && Date.now() - (this.tried || 0) > 5000))) { this.tried = Date.now(); this.retryAt = Date.now() + 4000; this.resend(); }
    else if (this.lost && !gone && Date.now() - (this.tried || 0) > 5000) { this.tried = Date.now(); this.ask("ping"); }
    if (this.unsaved && (this.busy || this.lost)) this.status();
    // what others, another tab or another program changed on disk comes by itself
    if (this.doc && !this.lost && !this.looking && !this.unsaved.size && k?.status !== "busy" && document.visibilityState === "visible" && Date.now() - (this.lookedAt || 0) > 4000 && this.root.offsetParent) { this.looking = true; this.lookedAt = Date.now(); this.ask("look", { document: this.doc.id }); }
  }
  looked() { this.looking = false; this.lookedAt = Date.now(); }
  pong() { this.status(); }
  status() {
    if (!this.state) return;
    const n = this.unsaved?.size || 0;
    let text, level;
    if (this.readonly) [text, level] = [this.t("readonly"), "quiet"];
    else if (n && this.problem) [text, level] = [this.t("notSavedWhy", n, this.problem), "alarm"];
    else if (n && this.lost) [text, level] = [this.t("notSaved", n), "alarm"];
    else if (this.lost) [text, level] = [this.t("kernelGone"), "alarm"];
    else if (n && this.busy) [text, level] = [this.t("kernelBusy", n), "warn"];
    else if (n) [text, level] = [this.t("saving"), "quiet"];
    else if (this.savedAt) [text, level] = [this.t("savedAt", this.savedAt.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" })), "good"];
    else [text, level] = [this.t("nothingToSave"), "quiet"];
    if (this.state.textContent !== text) this.state.textContent = text;
    this.state.dataset.level = level; this.root.dataset.saved = n || this.wished.length ? "no" : "yes"; this.root.dataset.lost = this.lost ? "yes" : "no";
  }
  told(m) {
    if (!this.notices) { this.root.append(h("p", { role: "alert", class: "kd-notice", "data-level": "error" }, m.text)); return; }
    if ([...this.notices.children].some((n) => n.firstChild.textContent === m.text)) return;
    if (m.level === "info") for (const n of [...this.notices.children]) if (n.dataset.level === "info") n.remove();  // news of before
    const close = h("button", { class: "kd-icon", "aria-label": this.t("close"), onclick: () => { note.remove(); this.scroller?.focus(); } }, "×");
    const act = m.act && h("button", { class: "kd-small kd-main-act", onclick: () => { note.remove(); this.scroller?.focus(); typeof m.act === "string" ? this.ask(m.act, { document: m.document }) : m.act(); } }, this.t(m.label || m.act));
    const note = h("div", { class: "kd-notice", "data-level": m.level || "error" }, h("span", {}, m.text), act, close);
    this.notices.append(note);
    while (this.notices.children.length > 4) this.notices.firstChild.remove();
  }
  say(text) { if (this.voice) { this.voice.textContent = ""; this.voice.textContent = text; } }
  refresh() { this.refreshed = Date.now(); if (this.doc) this.ask("refresh", { document: this.doc.id }); }
  changed(m) { if (m.from !== this.view && m.document === this.doc?.id) this.refresh(); }

  // --- 5 the frame ---------------------------------------------------------------------------------------------------------
  frame(m) {
    const t = (k, ...v) => this.t(k, ...v);
    const icon = (sign, label, act, extra = {}) => h("button", { class: "kd-icon", "aria-label": label, title: label, onclick: act, ...extra }, h("span", { "aria-hidden": "true" }, sign));
    this.title = h("h2", { class: "kd-title" });
    this.bar = h("header", { class: "kd-bar" },
      icon("☰", t("toggleLeft"), () => this.toggle("left")),
      h("span", { class: "kd-study" }, m.study), this.title,
      icon("‹", t("previousDocument"), () => this.step(-1)), icon("›", t("nextDocument"), () => this.step(1)),
      icon("↶", t("undo") + " (u)", () => this.undo()), icon("↷", t("redo") + " (U)", () => this.redo()),
      icon("⟳", t("refresh") + " (R)", () => this.refresh()),
      icon("⤢", t("fullscreen"), () => (document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen?.())),
      icon("?", t("keys"), () => this.help()), icon("☷", t("toggleRight"), () => this.toggle("right")));
    this.docBox = h("ul", { class: "kd-docs" });
    this.codeBox = h("ul", { class: "kd-codes", "aria-label": t("codes") });
    this.codeFind = h("input", { type: "search", placeholder: t("findCode"), "aria-label": t("findCode"), oninput: () => this.tree() });
    this.card = h("section", { class: "kd-card", "aria-label": t("codeCard") });
    this.left = h("nav", { class: "kd-left", "aria-label": t("documentsAndCodes") },
      h("details", { open: true }, h("summary", {}, h("h3", {}, t("documents"))), this.docBox),
      h("div", { class: "kd-codehead" }, h("h3", {}, t("codes")), h("span", {}, icon("↺", t("bookHistory"), () => this.ask("steps", { book: this.codes.get(this.chosen)?.book || "" }), { class: "kd-icon kd-history" }), icon("+", t("newCode"), () => this.newCodeDialog()))),
      this.codeFind, this.codeBox, this.card);
    this.paper = h("div", { class: "kd-paper" });
    this.scroller = h("div", { class: "kd-scroll", tabindex: "0", role: "application", "aria-roledescription": t("transcript"), "aria-label": t("transcript"), "aria-describedby": "kd-hint-" + this.view }, this.paper);
    this.map = h("canvas", { class: "kd-map", role: "img", "aria-label": t("map"), title: t("map") });
    this.box = this.makeBox(); this.bubble = h("div", { class: "kd-bubble", role: "toolbar", "aria-label": t("codeSelection"), hidden: true });
    this.mapFrame = h("i", { class: "kd-mapframe", "aria-hidden": "true" });
    this.centre = h("div", { class: "kd-centre" }, this.scroller, this.map, this.mapFrame, this.bubble, this.box);
    this.tabs = h("div", { class: "kd-tabs", role: "tablist", "aria-label": t("panels") });
    this.panel = h("div", { class: "kd-panel", role: "tabpanel", tabindex: "0", id: "kd-panel-" + this.view, "aria-label": t("panels") });
    this.right = h("aside", { class: "kd-right", "aria-label": t("passageAndReading") }, this.tabs, this.panel);
    this.state = h("span", { class: "kd-state", role: "status" });
    this.voice = h("div", { class: "kd-voice", "aria-live": "polite" });
    this.strip = h("p", { class: "kd-consent", role: "note", hidden: true });
    this.notices = h("div", { class: "kd-notices", role: "alert" });
    this.hint = h("span", { class: "kd-hint", id: "kd-hint-" + this.view });
    this.foot = h("footer", { class: "kd-foot" }, this.state, this.hint, h("span", { class: "kd-who" }, m.coder ? t("coderIs", m.coder) : "", m.blind ? h("b", { class: "kd-blind" }, t("blind")) : null));
    this.main = h("div", { class: "kd-main" }, this.left, this.centre, this.right); this.parts = [this.bar, this.notices, this.main];  // still behind an open dialog
    this.root.replaceChildren(this.bar, this.strip, this.notices, this.main, this.foot, this.voice);
    this.root.setAttribute("role", "region"); this.root.setAttribute("aria-label", t("desk", m.study)); this.root.lang = m.language;
    const hue = h("style", {}); this.root.append(hue); this.paint = hue;
    this.scroller.addEventListener("scroll", () => { this.unfloat(); this.frameMap(); }, { passive: true });
    this.paper.addEventListener("mousedown", (e) => this.mouseDown(e));
    this.paper.addEventListener("click", (e) => this.click(e));
    this.map.addEventListener("pointerdown", (e) => { const to = (y) => { const r = this.map.getBoundingClientRect(); this.gotoOffset(Math.round(((y - r.top) / r.height) * this.text.length)); }; to(e.clientY); this.map.setPointerCapture(e.pointerId); this.map.onpointermove = (v) => to(v.clientY); this.map.onpointerup = () => { this.map.onpointermove = null; this.scroller.focus(); }; });
    this.scroller.addEventListener("blur", (e) => {  // a notebook that arranges its cells anew takes the focus; nobody pressed anything
      if (document.hasFocus() && performance.now() - this.acted > 400 && (!e.relatedTarget || e.relatedTarget.matches(".jp-Cell, .jp-Notebook, .jp-Notebook-footer, .jp-WindowedPanel-outer"))) setTimeout(() => this.takeFocus(), 60);
    });
    this.scroller.addEventListener("focus", () => this.root.scrollIntoView({ block: "nearest" }));
    this.sized = new ResizeObserver(() => { clearTimeout(this.sizing); this.sizing = setTimeout(() => { this.fit(); for (const s of this.sections || []) this.marginSoon(s); this.mapSoon(); }, 80); });
    this.sized.observe(this.scroller);
    this.sized.observe(this.root); this.fit();
    this.listDocs(); this.tree(); this.showTab("passage"); this.hints(); this.status();
  }
  hints() {
    this.hint.textContent = this.t(this.cmp ? "hintCompare" : this.settling ? (this.settling.codes ? "hintSplit" : "hintSettle") : this.readonly ? "hintRead" : "hint");
  }
  fit() {  // in a narrow desk the text comes first and the panels are drawers
    const w = this.root.offsetWidth, width = w < 720 ? "narrow" : w < 1000 ? "middle" : "wide";
    if (!w || width === this.width) return;
    this.width = width; this.root.dataset.width = width;
    this.root.classList.toggle("no-left", width === "narrow"); this.root.classList.toggle("no-right", width === "narrow");
  }
  toggle(side, open = this.root.classList.contains("no-" + side)) {
    this.root.classList.toggle("no-" + side, !open);
    if (this.width === "narrow" && open) { this.root.classList.add(side === "left" ? "no-right" : "no-left"); (side === "left" ? this.docBox.querySelector("button[tabindex='0']") : this.tabs.querySelector("[aria-selected=true]"))?.focus(); }
    else if (!open) this.scroller.focus({ preventScroll: true });
  }
  step(by) { const i = this.docs.findIndex((d) => d.id === this.doc?.id) + by; if (this.docs[i]) this.open(this.docs[i].id); }
  open(id, goto) { this.keepPlace(); this.ask("open", { document: id, goto }); }
  keepPlace() { if (this.doc) store.set(this.base + "place/" + this.doc.id, String(this.off.point(this.sel ? this.sel.s : 0))); }

  // --- 6 the transcript ------------------------------------------------------------------------------------------------------
  show(m) {
    const began = performance.now();
    this.doc = m; this.text = m.text; this.off = new Offsets(m.text); this.sel = null; this.hand = null; this.anchor = null;
    const u = (p) => this.off.units(p);
    this.wished = [];
    this.turns = unpackTurns(m.turns, u);
    this.checked = m.checked.map(([a, b]) => [u(a), u(b)]); this.consents();
    this.s0 = []; this.s1 = [];
    sums(m.sentences).forEach((at, i) => (i % 2 ? this.s1 : this.s0).push(u(at)));
    this.title.textContent = m.title; this.paper.lang = m.language || "id";
    this.makeBlocks(); this.takeLayer(m);
    this.makeSections();
    this.listDocs(); this.idle(() => this.counts());
    if (m.goto) this.gotoOffset(u(m.goto.start), u(m.goto.end));
    else { const at = Number(store.get(this.base + "place/" + m.id)); if (at && at < this.text.length) this.gotoOffset(u(at), null, true); else this.scroller.scrollTop = 0; }
    for (const f of m.faults) this.told({ level: "warning", text: f });
    this.settling = null; this.showTab(m.goto && ["quotes", "search"].includes(this.tab) ? this.tab : "passage"); this.hints(); this.offerQueue();  // who follows a list keeps it
    this.root.dataset.document = m.id; this.opened = performance.now() - began;
    requestAnimationFrame(() => { this.shownAt = performance.now(); this.root.dataset.ready = m.id; });
    this.idle(() => this.ask("progress"));
  }
  consents() {  // who may not be quoted stands above the text as long as it is read
    const who = new Map(); for (const t of this.turns) if (t.consent) { if (!who.has(t.consent)) who.set(t.consent, new Set()); who.get(t.consent).add(t.label + (t.speaker && t.speaker !== t.label && !t.speaker.includes("█") ? ` (${t.speaker})` : "")); }
    const lines = this.doc.consent ? [this.t("consent." + this.doc.consent)] : [...who].map(([why, names]) => `${[...names].join(", ")}: ${this.t("consent." + why)}`);
    put(this.strip, lines.length ? [h("span", { "aria-hidden": "true" }, "⊘ "), lines.join(" · ")] : ""); this.strip.hidden = !lines.length;
  }
  hindered(s, e) {  // why a passage may not be quoted, "" where it may
    const rank = ["quote-after-check", "analyse", "withdrawn"]; let worst = -1;
    for (let i = Math.max(0, lowerBound(this.turns, s + 1, (t) => t.start) - 1); i < this.turns.length && this.turns[i].start < e; i++) if (this.turns[i].end > s && this.turns[i].consent) worst = Math.max(worst, rank.indexOf(this.turns[i].consent));
    if (this.doc.consent) worst = Math.max(worst, rank.indexOf(this.doc.consent));
    return worst === 0 && this.checked.some(([a, b]) => a <= s && e <= b) ? "" : rank[worst] || "";
  }
  unquotable(why) { return why ? h("span", { class: "kd-unquotable" }, h("span", { "aria-hidden": "true" }, "⊘ "), this.t("consent." + why)) : null; }
  idle(f) { (window.requestIdleCallback || ((g) => setTimeout(g, 30)))(f, { timeout: 1500 }); }
  makeBlocks() {  // a block is a line of a turn (a piece of it when it is very long), or text that belongs to nobody's turn
    const { text } = this; this.blocks = [];
    let line = 1, counted = 0, at = this.off.units(this.doc.body);
    const lineAt = (o) => { for (let i = text.indexOf("\n", counted); i >= 0 && i < o; i = text.indexOf("\n", i + 1)) { line++; counted = i + 1; } return line; };
    const put = (s, e, turn, first) => {
      while (s < e && /\s/.test(text[s])) s++;
      while (e > s && /\s/.test(text[e - 1])) e--;
      if (s < e) this.blocks.push({ i: this.blocks.length, s, e, turn, first, line: lineAt(s), marks: [] });
      return s < e;
    };
    const split = (from, to, turn) => {
      let first = true;
      for (let a = from; a < to;) {
        let b = text.indexOf("\n", a); if (b < 0 || b > to) b = to;
        while (b - a > BLOCK_CHARS * 1.5) {
          const k = lowerBound(this.s0, a + BLOCK_CHARS); let cut = k < this.s0.length && this.s0[k] < a + BLOCK_CHARS * 1.4 ? this.s0[k] : text.lastIndexOf(" ", a + BLOCK_CHARS) + 1;
          if (cut <= a) cut = a + BLOCK_CHARS + (text.charCodeAt(a + BLOCK_CHARS) >= 0xdc00 && text.charCodeAt(a + BLOCK_CHARS) < 0xe000 ? 1 : 0);
          if (put(a, cut, turn, first)) first = false;
          a = cut;
        }
        if (put(a, b, turn, first)) first = false;
        a = b + 1;
      }
    };
    for (const turn of this.turns) { if (turn.start > at) split(at, turn.start, null); split(turn.body, turn.end, turn); at = Math.max(at, turn.end); }
    if (at < text.length) split(at, text.length, null);
  }
  blockAt(offset) { return Math.max(0, lowerBound(this.blocks, offset + 1, (b) => b.s) - 1); }
  takeLayer(m) {
    const u = (p) => this.off.units(p);
    for (const b of this.blocks) b.marks = [];
    this.codings = new Map(); this.suggestions = new Map(); this.memos = m.memos || [];
    this.queue = (m.waiting || []).map((w) => ({ ...w, s: u(w.start), e: w.end ? u(w.end) : null, places: w.places.map(([a, b]) => ({ s: u(a), e: u(b) })) }));
    let near = 0; this.seenCoders = new Set();
    for (const { start, end, ...c } of unpackCodings(m.codings)) {  // they come in the order of the text: the place of one is near that of the one before
      c.s = u(start); c.e = u(end); this.codings.set(c.id, c); this.seenCoders.add(c.coder);
      while (near + 1 < this.blocks.length && this.blocks[near + 1].s <= c.s) near++;
      for (let i = near; i < this.blocks.length && this.blocks[i].s < c.e; i++) if (this.blocks[i].e > c.s) this.blocks[i].marks.push(c);
    }
    for (const [id, start, end, code, pol, rule] of m.suggestions) this.place({ id, s: u(start), e: u(end), code, pol, rule, sug: true });
    this.done = []; this.undone = []; this.more = { done: true, undone: true }; this.asked = false;
    for (const item of this.unsaved.list()) if (item.document === this.doc.id && !item.consensus) this.apply(this.inner(item.event), true);
    this.lastCode ||= m.last || null;
    if (!this.readonly) this.idle(() => this.askPast());
  }
  askPast() { if (this.doc && !this.asked && (this.more.done || this.more.undone)) { this.asked = newId(); this.sinceAsked = 0; this.ask("past", { document: this.doc.id, ref: this.asked }); } }
  past(m) {  // what was done before; gestures since the question were not in the journal yet
    if (m.document !== this.doc?.id || m.ref !== this.asked) return;
    const inner = (list) => list.map((g) => ({ do: g.do.map((e) => this.inner(e)), undo: g.undo.map((e) => this.inner(e)) })), since = this.sinceAsked ? this.done.slice(-this.sinceAsked) : [];
    this.done = [...inner(m.done), ...since]; this.undone = since.length ? [] : inner(m.undone); this.more = m.more; this.asked = false;
    const wishes = this.wished; this.wished = []; for (const w of wishes) this[w](); if (wishes.length) this.status();
  }
  inner(e) { const o = { ...e }; if ("start" in o) { o.s = this.off.units(o.start); o.e = this.off.units(o.end); delete o.start; delete o.end; } return o; }
  layer(m) {  // the same text, what lies on it anew
    if (m.id !== this.doc?.id) return;
    const hand = this.hand?.id;
    this.takeLayer(m);
    this.hand = this.codings.get(hand) || this.suggestions.get(hand) || null;
    for (const s of this.sections) { if (s.filled) for (const b of s.blocks) this.drawBlock(b); this.marginSoon(s); }
    this.edits = (this.edits || 0) + 1; this.counts(); this.mark(this.sel); this.passage(); this.mapSoon(); this.offerQueue();
    if (this.tab === "waiting" || this.queueTab !== !!this.waits().length) this.showTab(this.settling && !this.waits().length ? "passage" : this.tab);
    for (const f of m.faults) this.told({ level: "warning", text: f });
    this.idle(() => this.ask("progress"));
  }
  place(c) {
    (c.sug ? this.suggestions : this.codings).set(c.id, c);
    for (let i = this.blockAt(c.s); i < this.blocks.length && this.blocks[i].s < c.e; i++) if (this.blocks[i].e > c.s) this.blocks[i].marks.push(c);
  }
  unplace(c) { for (let i = this.blockAt(c.s); i < this.blocks.length && this.blocks[i].s < c.e; i++) this.blocks[i].marks = this.blocks[i].marks.filter((x) => x !== c); }
  makeSections() {
    this.seen?.disconnect(); this.paper.replaceChildren(); this.sections = [];
    let s = null, turns = 0, chars = 0;
    for (const b of this.blocks) {
      if (!s || (b.first && turns >= SECTION_TURNS) || chars > SECTION_CHARS) { s = { i: this.sections.length, blocks: [], filled: false, near: false }; this.sections.push(s); turns = 0; chars = 0; }
      s.blocks.push(b); b.section = s; if (b.first) turns++; chars += b.e - b.s;
    }
    const all = document.createDocumentFragment();
    for (const x of this.sections) {
      const height = x.blocks.reduce((n, b) => n + (b.first ? 14 : 4) + 27 * Math.ceil((b.e - b.s) / 68), 0);
      x.side = h("div", { class: "kd-side", "aria-hidden": "true" });
      x.el = h("div", { class: "kd-section", style: { "contain-intrinsic-size": `auto ${height}px` } }, x.side);
      x.el._section = x; all.append(x.el);
    }
    this.paper.append(all);
    this.seen = new IntersectionObserver((entries) => {
      for (const e of entries) { const x = e.target._section; x.near = e.isIntersecting; if (x.near) { this.fill(x); this.marginSoon(x); } }
    }, { root: this.scroller, rootMargin: "900px", delay: 100 });
    for (const x of this.sections) this.seen.observe(x.el);
    if (this.sections[0]) this.fill(this.sections[0]);
    const more = (deadline) => {  // the rest while nobody waits, so that the browser's own find sees all of it
      const until = performance.now() + Math.min(8, deadline?.timeRemaining?.() || 6);
      for (const x of this.sections) { if (x.filled) continue; if (performance.now() > until) { this.idle(more); return; } this.fill(x); }
      this.allFilled = true;
    };
    this.allFilled = false; const mine = this.doc; this.idle((d) => { if (this.doc === mine) more(d); });
    this.mapSoon();
  }
  fill(x) {
    if (x.filled) return;
    x.filled = true;
    const all = document.createDocumentFragment();
    for (const b of x.blocks) all.append(this.makeBlock(b));
    x.el.insertBefore(all, x.side);
  }
  makeBlock(b) {
    const t = b.turn, who = t && b.first && t.label;
    b.words = h("div", { class: "kd-words", dir: "auto" });
    b.el = h("div", { class: "kd-block" + (t ? "" : " kd-aside") + (b.first ? " kd-first" : "") + (t && !t.ev ? " kd-asks" : ""), "data-role": t?.role || null, "data-consent": t?.consent || this.doc.consent || null },
      h("span", { class: "kd-line" }, String(b.line)),
      h("span", { class: "kd-speaker" }, who ? h("b", { title: t.speaker }, t.label) : null, who && t.time ? h("time", {}, t.time) : null, who && t.consent && !this.doc.consent ? h("small", { class: "kd-tag", title: this.t("consent." + t.consent) }, this.t("tag." + t.consent)) : null), b.words);
    b.words._block = b;
    this.drawBlock(b);
    return b.el;
  }
  visible(c) { return !c.gone && (this.cmp ? !c.sug && (c.coder === this.cmp.a || c.coder === this.cmp.b) : !this.hidden.has(c.coder)); }
  drawBlock(b) {  // flat segments: the block is cut wherever a coding begins or ends
    if (!b.words) return;
    const marks = b.marks.filter((c) => this.visible(c)), { text } = this;
    b.segs = [];
    if (!marks.length) { const el = h("span", {}, text.slice(b.s, b.e)); el._s = b.s; b.segs.push({ s: b.s, e: b.e, el, marks }); b.words.replaceChildren(el); return; }
    const cuts = new Set([b.s, b.e]);
    for (const c of marks) { if (c.s > b.s) cuts.add(c.s); if (c.e < b.e) cuts.add(c.e); }
    const at = [...cuts].sort((x, y) => x - y);
    marks.sort((x, y) => x.s - y.s || y.e - x.e);
    const els = [];
    for (let i = 0; i + 1 < at.length; i++) {
      const [s, e] = [at[i], at[i + 1]];
      const here = marks.filter((c) => c.s < e && c.e > s), own = here.filter((c) => !c.sug);
      const el = document.createElement("span");
      el.append(text.slice(s, e)); el._s = s;
      if (here.length) {
        el.className = "kd-seg n" + Math.min(own.length, 3) + (here.length > own.length ? " sug" : "") + (own.some((c) => c.pol === "absent") ? " abs" : "") + (this.hand && here.includes(this.hand) ? " hand" : "");
        own.slice(-3).forEach((c, k) => el.style.setProperty("--" + "abc"[k], this.hue(c.code)));
        const g = here.find((c) => c.sug); if (g) el.style.setProperty("--s", this.hue(g.code));
      }
      els.push(el); b.segs.push({ s, e, el, marks: here });
    }
    b.words.replaceChildren(...els);
  }
  touch(c) {  // paint again what a coding covers
    const sections = new Set();
    for (let i = this.blockAt(c.s); i < this.blocks.length && this.blocks[i].s < c.e; i++) { this.drawBlock(this.blocks[i]); sections.add(this.blocks[i].section); }
    if (this.sel && this.sel.s < c.e && this.sel.e > c.s) this.mark(this.sel);
    for (const x of sections) this.marginSoon(x);
  }
  take(c) {  // the coding in hand: bold, in the text and beside it, without drawing anything anew
    const old = this.hand; this.hand = c || null;
    if (old === this.hand) return;
    for (const x of [old, this.hand]) if (x) for (let i = this.blockAt(x.s); i < this.blocks.length && this.blocks[i].s < x.e; i++) {
      for (const g of this.blocks[i].segs || []) if (g.marks.length) g.el.classList.toggle("hand", g.marks.includes(this.hand));
      for (const el of this.blocks[i].section.side.children) { const on = el._all ? el._all.includes(this.hand) : !!el._c && el._c === this.hand; el.classList.toggle("hand", on); if (on) el._c = this.hand; }
    }
  }

  // --- 7 margin and map --------------------------------------------------------------------------------------------------------
  hue(code) { return this.codes.get(code)?.hue || "oklch(0.6 0.02 250)"; }
  marginSoon(x) {  // all of a frame in one go: first every place is read, then everything is written
    this.stale ||= new Set(); this.stale.add(x);
    if (this.stale.size === 1) requestAnimationFrame(() => { const list = [...this.stale].filter((s) => s.near); this.stale.clear(); for (const d of list.map((s) => this.measure(s))) if (d) this.margin(d); });
  }
  measure(x) {  // where the codings of a section stand
    const spans = new Map();
    for (const b of x.blocks) for (const g of b.segs || []) for (const c of g.marks) { const p = spans.get(c); if (p) p.last = g.el; else spans.set(c, { c, first: g.el, last: g.el }); }
    if (!spans.size) { if (x.side.firstChild) x.side.replaceChildren(); return null; }
    const list = [...spans.values()];
    for (const p of list) { p.top = p.first.offsetTop; p.bottom = p.last.offsetTop + p.last.offsetHeight; }
    return { x, list, height: x.el.offsetHeight };
  }
  margin({ x, list, height }) {
    list.sort((p, q) => p.top - q.top || q.bottom - p.bottom);
    const out = [], side = (c) => (this.cmp ? (c.coder === this.cmp.a ? 0 : 1) : 0), lanes = [[], []], next = [0, 0], over = [0, 0];
    for (const p of list) {
      const k = side(p.c); let lane = lanes[k].findIndex((end) => end <= p.top);
      if (lane < 0) lane = Math.min(lanes[k].length, LANES - 1);
      lanes[k][lane] = p.bottom; p.lane = lane; p.k = k;
    }
    const same = new Map();
    for (const p of list) {
      const { c } = p, color = this.hue(c.code), hand = c === this.hand ? " hand" : "";
      const stripe = h("i", { class: "kd-stripe" + (c.sug ? " sug" : c.pol === "absent" ? " abs" : "") + hand, style: { "--a": color, top: p.top + "px", height: Math.max(8, p.bottom - p.top - 2) + "px", left: `calc(${p.k} * var(--half) + ${p.lane * 6}px)` } });
      stripe._c = c; out.push(stripe);
      if (c.s < x.blocks[0].s && x.i > 0) continue;  // its name stands where it begins
      const key = `${p.k} ${c.code} ${c.pol}`, twin = same.get(key);
      if (twin && p.top - twin.top < LABEL + 8) { twin.label._all.push(c); twin.label.classList.remove("sug"); if (hand) twin.label.classList.add("hand"); if (c.sug) twin.label.dataset.sug = ""; else if (c.coder !== this.coder && !this.cmp && !twin.coders.has(c.coder)) { twin.coders.add(c.coder); twin.label.append(h("small", {}, " " + c.coder)); } if (this.own(c) || c === this.hand) twin.label._c = c; continue; }
      const y = Math.max(p.top + 2, next[p.k]);
      if (y > height - LABEL + 6) { over[p.k]++; continue; }
      next[p.k] = y + LABEL;
      const name = this.codes.get(c.code)?.name || c.code;
      const text = (c.pol === "absent" ? "¬ " : "") + name + (c.sug ? " ?" : "") + (c.note ? " ✎" : "");
      const label = h("span", { class: "kd-label" + (c.sug ? " sug" : "") + hand, title: name + (c.coder && c.coder !== this.coder ? " — " + c.coder : ""), style: { top: y + "px", "--a": color, "--x": `calc(${p.k} * var(--half) + ${Math.min(LANES, lanes[p.k].length) * 6 + 18}px)` } },
        text, !this.cmp && c.coder && c.coder !== this.coder ? h("small", {}, " " + c.coder) : null);
      label._c = c; label._all = [c]; out.push(label); same.set(key, { top: p.top, label, coders: new Set([c.coder]) });
    }
    over.forEach((n, k) => { if (n) out.push(h("span", { class: "kd-label more", style: { top: height - 14 + "px", left: `calc(${k} * var(--half) + 44px)` } }, "+" + n)); });
    x.side.replaceChildren(...out);
  }
  mapSoon() { if (this.mapping) return; this.mapping = true; requestAnimationFrame(() => { this.mapping = false; this.drawMap(); }); }
  drawMap() {  // where the codes fall; each row of the map takes the colour of the coding that covers it last
    if (!this.doc || !this.map.clientHeight) return;
    this.frameMap();
    const d = Math.min(2, devicePixelRatio || 1), w = this.map.clientWidth, H = Math.round(this.map.clientHeight * d);
    const stamp = `${w} ${H} ${this.codings.size} ${this.edits || 0} ${this.doc.id} ${this.cmp ? 1 : 0} ${this.suggestions.size} ${[...this.hidden]}`;
    if (this.mapStamp === stamp) return;
    this.mapStamp = stamp;
    if (this.map.width !== w * d || this.map.height !== H) { this.map.width = w * d; this.map.height = H; }
    const g = this.map.getContext("2d"), scale = H / this.text.length, least = Math.round(1.5 * d), rows = new Array(H), hints = new Array(H);
    g.clearRect(0, 0, w * d, H);
    for (const c of this.codings.values()) if (this.visible(c)) { const y = Math.floor(c.s * scale); rows.fill(c.code, y, Math.max(y + least, Math.ceil(c.e * scale))); }
    for (const c of this.suggestions.values()) if (this.visible(c)) hints.fill(c.code, Math.floor(c.s * scale), Math.floor(c.s * scale) + least);
    const stripes = (list, x, wide, alpha) => { g.globalAlpha = alpha; for (let y = 0; y < H;) { const c = list[y]; let to = y + 1; while (to < H && list[to] === c) to++; if (c !== undefined) { g.fillStyle = this.hue(c); g.fillRect(x, y, wide, to - y); } y = to; } };
    stripes(rows, 3 * d, (w - 6) * d, 0.8); stripes(hints, 0, 2 * d, 0.6);
  }
  frameMap() {  // the part on the screen: moved by the compositor, nothing is drawn
    const S = this.scroller, H = this.map.clientHeight, all = S.scrollHeight || 1;
    const size = Math.max(10, Math.round((S.clientHeight / all) * H));
    if (this.frameSize !== size) { this.frameSize = size; this.mapFrame.style.height = size + "px"; }
    this.mapFrame.style.transform = `translateY(${Math.round((S.scrollTop / all) * H)}px)`;
  }

  // --- 8 the cursor ---------------------------------------------------------------------------------------------------------------
  node(offset, end = false) {  // where an offset stands on the screen: [text node, units into it]
    const b = this.blocks[this.blockAt(end ? Math.max(0, offset - 1) : offset)];
    this.fill(b.section);
    const o = Math.min(Math.max(offset, b.s), b.e);
    const k = end ? Math.max(0, lowerBound(b.segs, o, (g) => g.e)) : Math.max(0, lowerBound(b.segs, o + 1, (g) => g.s) - 1);
    const g = b.segs[Math.min(k, b.segs.length - 1)];
    return [g.el.firstChild, Math.min(Math.max(0, o - g.s), g.e - g.s)];
  }
  range(s, e) { const r = document.createRange(); r.setStart(...this.node(s)); r.setEnd(...this.node(e, true)); return r; }
  mark(sel) {  // paint the selection without touching the text
    const H = globalThis.Highlight && CSS.highlights;
    if (H) {
      let all = H.get("kube-selection"); if (!all) { all = new Highlight(); all.priority = 10; H.set("kube-selection", all); }
      if (this.marked) all.delete(this.marked);
      this.marked = sel ? this.range(sel.s, sel.e) : null;
      if (this.marked) all.add(this.marked);
    } else if (sel) { const w = getSelection(); w.removeAllRanges(); w.addRange(this.range(sel.s, sel.e)); }
    const here = sel ? this.blocks[this.blockAt(sel.s)] : null;
    if (this.at?.el) this.at.el.classList.remove("here");
    this.at = here; here?.el?.classList.add("here");
  }
  select(s, e, { scroll = true, quiet = false, hand = undefined } = {}) {
    this.sel = { s, e }; this.unfloat();
    this.take(hand !== undefined ? hand : this.marksAt(s, e)[0]);
    this.mark(this.sel);
    if (scroll) this.bring();
    this.passage();
    if (!quiet) { const names = this.marksAt(s, e).map((c) => (c.sug ? this.t("suggested") + " " : "") + (this.codes.get(c.code)?.name || c.code)); const turn = this.turnAt(s); this.say(`${turn ? turn.label + ": " : ""}${turn?.consent ? this.t("tag." + turn.consent) + ". " : ""}${turn?.consent === "withdrawn" ? "" : this.text.slice(s, Math.min(e, s + 400))}${names.length ? ". " + this.t("coded") + " " + names.join(", ") : ""}`); }
  }
  unfloat() { if (!this.bubble.hidden) this.bubble.hidden = true; }
  bring() {
    const r = this.range(this.sel.s, this.sel.e).getBoundingClientRect(), p = this.scroller.getBoundingClientRect(), pad = Math.min(70, p.height / 5);
    if (r.top < p.top + pad) this.scroller.scrollTop -= p.top + pad * 1.6 - r.top;
    else if (r.bottom > p.bottom - pad) this.scroller.scrollTop += Math.min(r.bottom - p.bottom + pad * 1.6, r.top - p.top - pad);
  }
  gotoOffset(s, e = null, quiet = false) {
    const i = Math.max(0, lowerBound(this.s0, s + 1) - 1), x = this.blocks[this.blockAt(s)].section;
    this.fill(x);
    this.scroller.scrollTop = x.el.offsetTop;  // not scrollIntoView: the notebook around the desk stays where it is
    const [from, to] = e ? [s, e] : this.s0.length ? [this.s0[i], this.s1[i]] : [s, Math.min(s + 1, this.text.length)];
    this.select(from, to, { quiet });
    const r = this.range(from, to).getBoundingClientRect(), p = this.scroller.getBoundingClientRect();
    this.scroller.scrollTop += r.top - p.top - p.height / 3;
  }
  turnAt(o) { const i = lowerBound(this.turns, o + 1, (t) => t.start) - 1; return i >= 0 && o < this.turns[i].end ? this.turns[i] : null; }
  marksAt(s, e) {
    const out = new Set();
    for (let i = this.blockAt(s); i < this.blocks.length && this.blocks[i].s < e; i++) for (const c of this.blocks[i].marks) if (this.visible(c) && c.s < e && c.e > s) out.add(c);
    return [...out].sort((a, b) => (a.coder === this.coder ? 0 : 1) - (b.coder === this.coder ? 0 : 1) || a.e - a.s - (b.e - b.s) || a.s - b.s);
  }
  sentence(by, extend) {
    if (!this.s0.length) return;
    let i;
    if (!this.sel) i = lowerBound(this.s0, this.topOffset());
    else if (extend) {
      this.anchor ??= { s: this.sel.s, e: this.sel.e, head: by > 0 ? lowerBound(this.s0, this.sel.e) - 1 : Math.max(0, lowerBound(this.s0, this.sel.s + 1) - 1) };
      const a = this.anchor; a.head = Math.min(this.s0.length - 1, Math.max(0, a.head + by));
      this.select(Math.min(a.s, this.s0[a.head]), Math.max(a.e, this.s1[a.head])); return;
    } else {
      const whole = this.turnAt(this.sel.s);
      if (this.byTurn && whole && this.sel.s === whole.body && by > 0) i = lowerBound(this.s0, whole.body);
      else if (by > 0) { i = lowerBound(this.s0, this.sel.s + 1); }
      else i = lowerBound(this.s0, this.sel.s) - 1;
    }
    this.byTurn = false; this.anchor = null;
    i = Math.min(this.s0.length - 1, Math.max(0, i));
    this.select(this.s0[i], this.s1[i]);
  }
  turn(by, extend) {
    if (!this.turns.length) return;
    let i = this.sel ? lowerBound(this.turns, (extend && by > 0 ? this.sel.e - 1 : this.sel.s) + 1, (t) => t.start) - 1 + by : Math.max(0, lowerBound(this.turns, this.topOffset() + 1, (t) => t.start) - 1);
    i = Math.min(this.turns.length - 1, Math.max(0, i));
    const t = this.turns[i]; this.byTurn = true; this.anchor = null;
    if (t.body >= t.end) { if (this.turns[i + by]) { this.sel = { s: t.start, e: t.start + 1 }; this.turn(by, extend); } return; }
    if (extend && this.sel) this.select(Math.min(this.sel.s, t.body), Math.max(this.sel.e, t.end)); else this.select(t.body, t.end);
  }
  topOffset() { const p = this.scroller.getBoundingClientRect(); for (const b of this.blocks) if (b.el && b.el.getBoundingClientRect().bottom > p.top + 30) return b.s; return 0; }
  edge(which, by) {  // move one end of the selection by a word
    if (!this.sel) return;
    let { s, e } = this.sel; const { text } = this;
    const on = (o) => o < text.length && !/\s/.test(text[o]), lo = this.blocks[0].s, hi = this.blocks.at(-1).e;
    if (which === "e" && by > 0) { while (e < hi && !on(e)) e++; while (e < hi && on(e)) e++; }
    if (which === "e" && by < 0) { while (e > s && on(e - 1)) e--; while (e > s && !on(e - 1)) e--; }
    if (which === "s" && by < 0) { while (s > lo && !on(s - 1)) s--; while (s > lo && on(s - 1)) s--; }
    if (which === "s" && by > 0) { while (s < e && on(s)) s++; while (s < e && !on(s)) s++; }
    if (s < e) this.select(s, e, { hand: this.hand });
  }
  // the mouse
  offsetOf(node, o) {
    if (node.nodeType === 3 && node.parentNode?._s !== undefined) return node.parentNode._s + o;
    const inside = node.nodeType === 1 ? node.childNodes[Math.min(o, node.childNodes.length - 1)] || node : node;
    const words = inside.nodeType === 1 && (inside._block ? inside : inside.closest?.(".kd-words") || inside.querySelector?.(".kd-words") || inside.closest?.(".kd-block")?.querySelector(".kd-words"));
    const b = words?._block; if (!b) return null;
    return inside._s !== undefined && o > 0 ? inside._s + inside.textContent.length : inside._s ?? b.s;
  }
  snap(s, e) {  // to whole words
    const { text } = this, is = (o) => { if (o < 0 || o >= text.length) return false; let c = text.codePointAt(o); if (c >= 0xdc00 && c < 0xe000 && o) c = text.codePointAt(o - 1); return WORD.test(String.fromCodePoint(c)); };
    while (s < e && /\s/.test(text[s])) s++;
    while (e > s && /\s/.test(text[e - 1])) e--;
    if (s >= e) return null;
    while (s > 0 && is(s) && is(s - 1)) s--;
    while (e < text.length && is(e - 1) && is(e)) e++;
    return [s, e];
  }
  pointed(e) {  // the offset under the mouse; beside the words, that of the nearest ones
    const p = this.scroller.getBoundingClientRect(), w = (this.sections.find((x) => x.near && x.filled) || this.sections[0]).blocks[0].words.getBoundingClientRect(), home = this.root.getRootNode();
    const at = (x, y) => {
      if (document.caretPositionFromPoint) { const c = document.caretPositionFromPoint(x, y, home instanceof ShadowRoot ? { shadowRoots: [home] } : undefined); return c && this.paper.contains(c.offsetNode) ? this.offsetOf(c.offsetNode, c.offset) : null; }
      const r = document.caretRangeFromPoint?.(x, y); return r && this.paper.contains(r.startContainer) ? this.offsetOf(r.startContainer, r.startOffset) : null;
    };
    const y = Math.min(Math.max(e.clientY, p.top + 3), p.bottom - 3);
    return at(Math.min(Math.max(e.clientX, w.left + 1), w.right - 1), y) ?? at(w.left + 2, y) ?? at(w.left + 2, Math.min(y + 16, p.bottom - 3));
  }
  unit(kind, o) {  // the word, sentence or turn at an offset
    if (kind === 3) { const t = this.turnAt(o); if (t && t.body < t.end) return [t.body, t.end]; }
    if (kind >= 2 && this.s0.length) { const i = Math.max(0, lowerBound(this.s0, o + 1) - 1); return [this.s0[i], this.s1[i]]; }
    return this.snap(o, Math.min(o + 1, this.text.length)) || (o > 0 && this.snap(o - 1, o)) || [o, o];
  }
  mouseDown(e) {  // we select by words ourselves: what will be coded is what is marked while dragging
    if (e.button !== 0 || !this.doc || e.target.closest(".kd-side > *")) return;
    const o = this.pointed(e); if (o === null) return;
    e.preventDefault(); getSelection().removeAllRanges(); this.scroller.focus({ preventScroll: true }); this.anchor = null;
    const more = e.shiftKey && this.sel, kind = Math.min(3, e.detail);
    this.drag = { o, kind, base: more ? [this.sel.s, this.sel.e] : this.unit(kind, o), x: e.clientX, y: e.clientY, moved: more || kind > 1, hand: this.hand };
    this.bubble.hidden = true;
    if (this.drag.moved) this.mouseMove(e);
  }
  mouseMove(e) {
    const d = this.drag; if (!e.buttons && e.type === "mousemove") { this.mouseUp(e); return; }
    if (!d.moved && Math.hypot(e.clientX - d.x, e.clientY - d.y) < 4) return;
    d.moved = true; d.last = e;
    const o = this.pointed(e) ?? d.to ?? d.o, [s, t] = this.unit(d.kind, o); d.to = o;
    let from = Math.min(d.base[0], s); const to = Math.max(d.base[1], t);
    while (d.kind === 1 && from < to - 1 && /[\s.,;:!?…)\]”]/.test(this.text[from])) from++;  // what closed the words before belongs to them
    this.sel = { s: from, e: to }; this.mark(this.sel);
    const p = this.scroller.getBoundingClientRect(), by = e.clientY < p.top + 12 ? -22 : e.clientY > p.bottom - 12 ? 22 : 0;
    if (by && !d.rolling) { d.rolling = true; requestAnimationFrame(() => { d.rolling = false; if (this.drag === d && d.last) { this.scroller.scrollTop += by; this.mouseMove(d.last); } }); }
  }
  mouseUp(e) {
    const d = this.drag; this.drag = null; this.byTurn = false;
    if (!d.moved) {  // a click: the coding there, else the sentence
      const g = this.marksAt(d.o, d.o + 1), [s, t] = this.unit(2, d.o);
      if (g.length) this.select(g[0].s, g[0].e, { scroll: false, hand: g[0] }); else if (t > s) this.select(s, t, { scroll: false });
      return;
    }
    const { s, e: t } = this.sel; if (t <= s) { this.select(...this.unit(2, d.o), { scroll: false }); return; }
    this.byTurn = d.kind === 3;
    const keep = d.hand && !d.hand.sug && d.hand.s < t && d.hand.e > s ? d.hand : undefined;
    this.select(s, t, { scroll: false, hand: keep });
    this.float(e);
  }
  click(e) { const c = e.target.closest?.(".kd-label, .kd-stripe")?._c; if (c) { this.select(c.s, c.e, { hand: c, scroll: false }); this.scroller.focus({ preventScroll: true }); } }
  float(e) {  // favourites beside a selection made by mouse
    if (this.readonly || this.cmp) return;
    const favs = this.favourites(), chip = (c, key) => { const o = this.codes.get(c); return h("button", { style: { "--a": o.hue }, class: "kd-chip", onclick: () => { this.code(c); this.bubble.hidden = true; this.scroller.focus(); } }, h("kbd", {}, key), o.name); };
    const last = this.lastCode && this.codes.has(this.lastCode) ? [chip(this.lastCode, ".")] : [];
    put(this.bubble, h("button", { class: "kd-chip main", onclick: () => this.openBox() }, h("kbd", {}, "c"), this.t("codeWith")), ...last, ...favs.slice(0, 5).map((c, i) => chip(c, String(i + 1))),
      this.hand && this.own(this.hand) && (this.hand.s !== this.sel.s || this.hand.e !== this.sel.e) ? h("button", { class: "kd-chip", onclick: () => { this.resize(); this.bubble.hidden = true; } }, h("kbd", {}, "="), this.t("resizeTo")) : null);
    this.putNear(this.bubble);
  }
  putNear(el) {
    el.hidden = false;
    const p = this.centre.getBoundingClientRect(), r = this.range(this.sel.s, this.sel.e).getBoundingClientRect(), w = el.offsetWidth, t = el.offsetHeight;
    let y = r.bottom - p.top + 8; if (y + t > p.height - 8) y = r.top - p.top - t - 8; if (y < 8) y = Math.max(8, p.height - t - 8);
    el.style.top = y + "px"; el.style.left = Math.max(8, Math.min(r.left - p.left, p.width - w - 24)) + "px";
  }

  // --- 9 keys ---------------------------------------------------------------------------------------------------------------------
  key(e) {
    const inText = e.target === this.scroller || e.target === this.root;
    if (e.key === "F6") { this.pane(e.shiftKey ? -1 : 1); e.preventDefault(); return; }
    if (e.key === "Escape" && !this.box.contains(e.target)) {
      if (this.menu || this.dialog) { e.preventDefault(); if (this.menu) this.closeMenu(); else this.closeDialog(); return; }  // back to where one was
      if (this.cmp && inText) this.leaveCompare(); else if (this.settling && inText) this.leaveQueue(); else if (this.width === "narrow" && !inText) { this.root.classList.add("no-left", "no-right"); } else if (inText) { this.bubble.hidden = true; }
      this.scroller?.focus(); e.preventDefault(); return;
    }
    if (!inText || e.isComposing || !this.doc) return;
    const mod = e.ctrlKey || e.metaKey;
    if (mod && e.key.toLowerCase() === "z") { e.shiftKey ? this.redo() : this.undo(); e.preventDefault(); return; }
    if (mod && e.key.toLowerCase() === "y") { this.redo(); e.preventDefault(); return; }
    if (mod) { if (e.key === "Enter") e.preventDefault(); return; }
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(e.code)?.[1];
    const act = this.action(e, digit);
    if (act) { e.preventDefault(); act(); }
  }
  action(e, digit) {
    const k = e.key, shift = e.shiftKey;
    if (e.altKey) return { ArrowRight: () => this.edge(shift ? "s" : "e", 1), ArrowLeft: () => this.edge(shift ? "s" : "e", -1), ArrowUp: () => this.step(-1), ArrowDown: () => this.step(1) }[k];
    const moves = { ArrowRight: () => this.sentence(1, shift), ArrowDown: () => this.sentence(1, shift), ArrowLeft: () => this.sentence(-1, shift), ArrowUp: () => this.sentence(-1, shift),
      j: () => (this.cmp ? this.nextDifference(1) : this.turn(1)), k: () => (this.cmp ? this.nextDifference(-1) : this.turn(-1)), J: () => this.turn(1, true), K: () => this.turn(-1, true),
      "]": () => this.edge("e", 1), "[": () => this.edge("e", -1), "}": () => this.edge("s", 1), "{": () => this.edge("s", -1),
      Home: () => this.gotoOffset(this.s0[0] || 0), End: () => this.gotoOffset(this.s0.at(-1) || 0),
      "?": () => this.help(), "/": () => this.openSearch(), W: () => this.openQueue(), v: () => this.nextHand(), R: () => this.refresh(), "<": () => this.step(-1), ">": () => this.step(1), u: () => this.undo(), U: () => this.redo() };
    if (moves[k] && !(this.settling && /^[jk]$/.test(k))) return moves[k];
    if (this.cmp) { const v = { 1: "a", 2: "b", 3: "both", 0: "neither" }[digit]; return v ? () => this.judge(v) : null; }
    if (this.readonly) return null;
    if (this.settling) {
      const q = { j: () => this.nextWaiting(1), k: () => this.nextWaiting(-1), "=": () => this.settle(this.sel), Delete: () => this.letGo(), Backspace: () => this.letGo() }[k];
      if (q) return q;
      if (digit && digit !== "0" && !shift) return () => { const w = this.settling, p = (w.codes || w.places)[digit - 1]; if (p) w.codes ? this.settleCode(p) : this.settle(p); };
    }
    if (digit && !shift && digit !== "0") return () => { const c = this.favourites()[digit - 1]; if (c) this.code(c); else this.say(this.t("noFavourite", digit)); };
    const acts = { Enter: () => { if (!shift) this.openBox(); }, c: () => this.openBox(), ".": () => (this.lastCode ? this.code(this.lastCode) : this.openBox()), n: () => this.memoFor(), i: () => this.inVivo(), p: () => this.polarity(),
      a: () => this.verdict("accepted"), x: () => this.verdict("rejected"), r: () => this.openBox("recode"), s: () => this.split(), "=": () => this.resize(), Delete: () => this.remove(), Backspace: () => this.remove() };
    if (acts[k]) return acts[k];
    if (/^\p{L}$/u.test(k) && !COMMANDS.has(k.toLowerCase())) return () => this.openBox("code", k);
    return null;
  }
  pane(by) {
    const panes = [this.scroller, this.panel.querySelector("button, input, textarea, select") || this.panel, this.docBox.querySelector("button[tabindex='0']"), this.codeFind].filter((p) => p && p.offsetParent);
    const at = panes.findIndex((p) => p === this.active || (p !== this.scroller && p.parentElement?.contains(this.active)));
    panes[(at + by + panes.length) % panes.length]?.focus();
  }

  // --- 10 the code box ---------------------------------------------------------------------------------------------------------------
  makeBox() {
    const id = "kd-list-" + this.view;
    this.picked = -1;
    this.find = h("input", { role: "combobox", "aria-expanded": "true", "aria-controls": id, "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", oninput: () => this.offer() });
    this.offers = h("ul", { role: "listbox", id });
    this.boxHint = h("p", { class: "kd-boxhint" });
    const box = h("div", { class: "kd-box", role: "dialog", "aria-label": this.t("codeBox"), hidden: true }, this.find, this.offers, this.boxHint);
    this.find.setAttribute("aria-label", this.t("codeBox")); this.offers.setAttribute("aria-label", this.t("codes"));
    this.find.addEventListener("keydown", (e) => {
      if (e.isComposing) return;
      if (e.key === "Enter" && (e.shiftKey || e.ctrlKey || e.metaKey || e.altKey)) e.preventDefault();
      else if (e.key === "Enter") { if (this.picked < 0) { this.pick(0); this.say(this.t("enterAgain")); this.boxHint.textContent = this.t("enterAgain"); } else this.choose(this.picked); e.preventDefault(); }
      else if (e.key === "ArrowDown" || e.key === "ArrowUp") { this.pick(this.picked + (e.key === "ArrowDown" ? 1 : -1)); e.preventDefault(); }
      else if (e.key === "Escape") { this.closeBox(); e.preventDefault(); e.stopPropagation(); }
      else if (e.key === "Tab") { this.closeBox(); }
    });
    box.addEventListener("focusout", (e) => { if (e.relatedTarget && !box.contains(e.relatedTarget)) box.hidden = true; });
    return box;
  }
  openBox(mode = "code", letter = "") {
    if (this.readonly) { this.say(this.t("readonly")); return; }
    if (mode === "recode" && !(this.hand && this.own(this.hand))) { this.say(this.t("noneInHand")); return; }
    if (!this.sel) this.sentence(1);
    if (!this.sel) return;
    this.mode = mode; this.bubble.hidden = true;
    this.find.value = letter; this.find.placeholder = mode === "recode" ? this.t("recodeTo") : this.t("typeCode");
    this.boxHint.textContent = this.t("boxHint");
    this.offer(); this.putNear(this.box); this.find.focus();
  }
  closeBox() { this.box.hidden = true; this.scroller.focus({ preventScroll: true }); }
  rank(word) {  // codes whose name or id has words that begin so; the best first
    const q = fold(word.trim()), used = this.used || new Map(), out = [];
    for (const c of this.codeList) {
      if (c.retired) continue;
      if (!q) { out.push([-(used.get(c.id) || 0), c]); continue; }
      let score = 99;
      c.parts.forEach((p) => { if (p.startsWith(q)) score = Math.min(score, p === q ? 0 : 1); });
      if (c.whole.startsWith(q) || c.low.startsWith(q)) score = Math.min(score, 0.5);
      if (score > 2 && q.includes(" ") && q.split(" ").every((w) => c.parts.some((p) => p.startsWith(w)))) score = 1.5;
      if (score > 2 && (c.whole.includes(q) || c.low.includes(q))) score = 3;
      if (score < 99) out.push([score * 1000 - Math.min(900, used.get(c.id) || 0), c]);
    }
    return out.sort((a, b) => a[0] - b[0] || a[1].n - b[1].n).map((x) => x[1]);
  }
  offer() {
    const word = this.find.value.trim(), found = this.rank(word).slice(0, 9);
    this.options = found.map((c) => ({ code: c.id }));
    if (word && !found.some((c) => fold(c.name) === fold(word))) this.options.push({ fresh: word });
    this.offers.replaceChildren(...this.options.map((o, i) => {
      const c = o.code && this.codes.get(o.code);
      const li = h("li", { role: "option", id: `kd-o${i}-${this.view}`, onmousedown: (e) => { e.preventDefault(); this.choose(i); } },
        c ? [h("i", { class: "kd-dot", style: { "--a": c.hue } }), h("span", {}, c.name), h("small", {}, c.id)] : [h("i", { class: "kd-dot new" }, "+"), h("span", {}, this.t("newCodeNamed", o.fresh))]);
      return li;
    }));
    if (this.options[0]?.code) this.pick(0); else this.picked = -1;  // a new code is never made by one Enter too many
  }
  pick(i) {
    const n = this.options.length; if (!n) return;
    this.picked = (i + n) % n;
    [...this.offers.children].forEach((li, k) => li.setAttribute("aria-selected", k === this.picked ? "true" : "false"));
    this.find.setAttribute("aria-activedescendant", `kd-o${this.picked}-${this.view}`);
    this.offers.children[this.picked].scrollIntoView({ block: "nearest" });
  }
  choose(i) {
    const o = this.options?.[i]; if (!o) return;
    const mode = this.mode;
    this.closeBox();
    if (o.fresh) this.ask("book", { what: "new", name: o.fresh, then: { mode, s: this.sel.s, e: this.sel.e, hand: this.hand?.id } });
    else if (mode === "recode") this.recode(o.code); else this.code(o.code);
  }
  inVivo() {
    if (!this.sel || this.readonly) return;
    const name = this.text.slice(this.sel.s, this.sel.e).replace(/\s+/g, " ").slice(0, 80).replace(/[.,;:!?…]+$/, "");
    const why = this.hindered(this.sel.s, this.sel.e); if (why) { this.told({ level: "info", text: this.t("noVivo", this.t("consent." + why)) }); return; }  // its name would quote them, in the codebook
    const known = this.codeList.find((c) => fold(c.name) === fold(name));
    if (known) this.code(known.id); else this.ask("book", { what: "new", vivo: true, name, at: [this.doc.id, this.off.point(this.sel.s), this.off.point(this.sel.e)], then: { mode: "code", s: this.sel.s, e: this.sel.e } });
  }

  // --- 11 coding and undo ----------------------------------------------------------------------------------------------------------------
  own(c) { return c && !c.sug && c.coder === this.coder; }
  code(code, s = this.sel?.s, e = this.sel?.e, extra = {}) {
    if (this.readonly) { this.say(this.t("readonly")); return; }
    if (s === undefined) { this.sentence(1); s = this.sel?.s; e = this.sel?.e; if (s === undefined) return; }
    this.lastCode = code;
    const twin = [...this.blocks[this.blockAt(s)].marks].find((c) => this.own(c) && !c.gone && c.code === code && c.s === s && c.e === e);
    if (twin) { this.take(twin); this.say(this.t("already", this.codes.get(code)?.name || code)); return; }
    const id = newId();
    this.gesture([{ event: "code", coding: id, s, e, code, pol: extra.pol || "present", codebook: this.codes.get(code)?.book, ...extra.fields }, ...(extra.more || [])],
      [...(extra.back || []), { event: "withdraw", coding: id }], [{ event: "restore", coding: id }, ...(extra.again || [])]);
    this.take(this.codings.get(id));
    this.passageSoon();
    this.say(this.t("codedAs", this.codes.get(code)?.name || code));
  }
  recode(code) { const c = this.hand; if (this.own(c) && c.code !== code) { this.lastCode = code; this.change(c, { code }); } }
  resize() { const c = this.hand; if (this.own(c) && this.sel && (c.s !== this.sel.s || c.e !== this.sel.e)) this.change(c, { s: this.sel.s, e: this.sel.e }); else this.say(this.t("noneInHand")); }
  polarity() { const c = this.hand; if (this.own(c)) this.change(c, { pol: c.pol === "absent" ? "present" : "absent" }); else this.say(this.t("noneInHand")); }
  change(c, to) {
    const was = Object.fromEntries(Object.keys(to).map((k) => [k, c[k]]));
    this.gesture([{ event: "change", coding: c.id, ...to }], [{ event: "change", coding: c.id, ...was }]);
    this.passageSoon(); this.mark(this.sel);
  }
  remove() {
    const c = this.hand; if (!this.own(c)) { this.say(this.t("noneInHand")); return; }
    this.gesture([{ event: "withdraw", coding: c.id }], [{ event: "restore", coding: c.id }]);
    this.say(this.t("removed", this.codes.get(c.code)?.name || c.code));
    this.take(this.sel ? this.marksAt(this.sel.s, this.sel.e)[0] : null); this.passageSoon();
  }
  split() {
    const c = this.hand; let at = this.sel?.s;
    if (this.own(c) && !(at > c.s && at < c.e)) { at = this.sel && this.sel.e > c.s && this.sel.e < c.e ? this.sel.e : null; }
    if (!this.own(c) || !at) { this.say(this.t("splitHow")); return; }
    const id = newId(), { s, e } = c; let left = at, right = at;
    while (left > s && /\s/.test(this.text[left - 1])) left--;
    while (right < e && /\s/.test(this.text[right])) right++;
    this.gesture([{ event: "change", coding: c.id, s, e: left }, { event: "code", coding: id, s: right, e, code: c.code, pol: c.pol, note: c.note || undefined }],
      [{ event: "withdraw", coding: id }, { event: "change", coding: c.id, s, e }], [{ event: "change", coding: c.id, s, e: left }, { event: "restore", coding: id }]);
    this.mark(this.sel); this.passageSoon();
  }
  verdict(verdict) {
    const list = [...this.suggestions.values()].filter((c) => !c.gone).sort((a, b) => a.s - b.s || a.e - b.e);
    const from = this.sel?.s ?? 0;
    const here = this.hand?.sug && !this.hand.gone ? this.hand : list.find((c) => this.sel && c.s < this.sel.e && c.e > this.sel.s);
    if (!here) { const next = list.find((c) => c.s > from) || list[0]; if (next) this.select(next.s, next.e, { hand: next }); else this.say(this.t("noSuggestions")); return; }
    const decide = { event: "decide", suggestion: here.id, verdict, code: here.code }, open = { ...decide, verdict: "open" };
    if (verdict === "accepted") this.code(here.code, here.s, here.e, { pol: here.pol, fields: { suggestion: here.id }, more: [decide], back: [open], again: [decide] });
    if (!here.gone) this.gesture([decide], [open]);
    const next = list.find((c) => !c.gone && c !== here && c.s >= here.s) || list.find((c) => !c.gone && c !== here);
    if (next) this.select(next.s, next.e, { hand: next }); else { this.take(null); this.passageSoon(); this.say(this.t("lastSuggestion")); }
  }
  gesture(events, back, again = events) {  // one decision: painted, kept, sent; and how to undo it
    this.emit(events, {});
    this.done.push({ do: again, undo: back }); this.undone = []; this.more.undone = false; if (this.asked) this.sinceAsked++;
  }
  emit(events, marks, consensus = false) {
    const gesture = newId(), began = performance.now();
    const wires = [];
    for (const ev of events) { const w = this.wire({ ...ev, id: newId(), gesture, ...marks }); wires.push(w); if (!consensus) this.apply(ev); }
    this.painted = performance.now() - began; this.edits = (this.edits || 0) + 1;
    const document = this.doc.id;
    for (const event of wires) { this.unsaved.add({ document, event, consensus: consensus || undefined }); this.waiting.set(event.id, Date.now()); }
    if (this.unsaved.kept === false) this.told({ level: "warning", text: this.t("noStore") });
    this.sentAt = performance.now();
    if (!this.lost || Date.now() - (this.tried || 0) > 5000) this.ask("save", { document, consensus: consensus || undefined, events: wires });
    this.status(); this.countsSoon();
  }
  wire(ev) {  // the journal's form: code points, and the words themselves so that Python can check the place
    const { s, e, pol, ...rest } = ev, out = Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== undefined));
    if (pol !== undefined) out.polarity = pol;
    if (s !== undefined) { out.start = this.off.point(s); out.end = this.off.point(e); out.quote = this.text.slice(s, e); out.before = this.text.slice(Math.max(0, s - 40), s); }
    return out;
  }
  apply(ev, quiet = false) {
    const draw = (c) => { if (!quiet) this.touch(c); };
    const pol = ev.pol ?? ev.polarity, c = this.codings.get(ev.coding);
    if (ev.event === "code" && !c) { const n = { id: ev.coding, s: ev.s, e: ev.e, code: ev.code, pol: pol || "present", coder: this.coder, note: ev.note || "", created: "9", gone: false }; this.place(n); draw(n); }
    else if (ev.event === "change" && ev.settles && !c) {
      const w = this.queue.find((x) => x.id === ev.coding); if (!w || ev.s === undefined) return;
      w.done = true; const n = { id: w.id, s: ev.s, e: ev.e, code: w.code, pol: w.polarity, coder: this.coder, note: w.note || "", created: "9", gone: false }; this.place(n); draw(n);
    } else if (ev.event === "wait" && c) { const w = this.queue.find((x) => x.id === ev.coding); if (w) { w.done = false; this.unplace(c); this.codings.delete(c.id); draw(c); } else this.refreshSoon(); }
    else if ((ev.event === "withdraw" || ev.event === "restore") && !c && this.queue.some((x) => x.id === ev.coding)) this.queue.find((x) => x.id === ev.coding).done = ev.event === "withdraw";
    else if (ev.event === "change" && c) { const was = { s: c.s, e: c.e }; this.unplace(c); if (ev.s !== undefined) { c.s = ev.s; c.e = ev.e; } if (ev.code) c.code = ev.code; if (pol) c.pol = pol; if (ev.note !== undefined) c.note = ev.note; this.place(c); draw(was); draw(c); }
    else if (ev.event === "withdraw" && c) { c.gone = true; draw(c); }
    else if (ev.event === "restore" && c) { c.gone = false; draw(c); }
    else if (ev.event === "decide") { const g = this.suggestions.get(ev.suggestion); if (g) { g.gone = ev.verdict !== "open"; draw(g); } }
    else if (ev.event === "memo") { this.memos.push({ about: ev.about, text: ev.text, time: "" }); }
  }
  refreshSoon() { setTimeout(() => this.refresh(), 600); }
  undo() { this.back(this.done, this.undone, "undo"); }
  redo() { this.back(this.undone, this.done, "redo"); }
  back(from, to, via) {
    if (this.readonly) return;
    if (this.asked || (!from.length && this.more[via === "undo" ? "done" : "undone"])) {  // the journal knows more: it is asked first
      this.wished.push(via); this.askPast(); this.status(); if (this.lost) this.say(this.t("kernelGone")); return;
    }
    const g = from.pop(); if (!g) { this.say(this.t(via === "undo" ? "nothingToUndo" : "nothingToRedo")); return; }
    const events = via === "undo" ? g.undo : g.do;
    this.emit(events, { via }); to.push(g);
    const c = this.codings.get(events.find((e) => e.coding)?.coding) || this.suggestions.get(events[0].suggestion);
    if (c) this.select(c.s, c.e, { hand: c.gone ? this.marksAt(c.s, c.e)[0] || null : c, quiet: true });
    if (this.queue.length) this.showTab(this.tab === "waiting" && !this.waits().length ? "passage" : this.tab);
    this.say(this.t(via === "undo" ? "undone" : "redone"));
  }

  // --- 12 left panels --------------------------------------------------------------------------------------------------------------------------
  setCodes(list) {
    this.codeList = list; this.codes = new Map();
    try { this.inks ||= JSON.parse(store.get(this.base + "hues") || "{}"); } catch { this.inks = {}; }  // a code keeps its colour when the tree changes
    const used = new Map(); for (const c of list) { const k = this.inks[c.id]; if (k !== undefined) used.set(k, (used.get(k) || 0) + 1); }
    const free = (n) => { if (!used.get(n)) return n; for (let least = 1; ; least++) for (let k = 0; k < SVG_HUES.length * 3; k++) if ((used.get(k) || 0) < least) return k; };
    list.forEach((c, n) => {
      c.n = n; c.low = fold(c.id); c.whole = fold(c.name); c.parts = [...new Set(fold(c.names + " " + c.name + " " + c.id).split(/[^\p{L}\p{N}]+/u).filter(Boolean))];
      if (this.inks[c.id] === undefined) { this.inks[c.id] = free(n); used.set(this.inks[c.id], (used.get(this.inks[c.id]) || 0) + 1); }
      const i = this.inks[c.id], k = SVG_HUES[i % SVG_HUES.length], ring = Math.floor(i / SVG_HUES.length) % 3;
      c.hue = /^#[0-9a-f]{3,8}$/i.test(c.color) ? c.color : `oklch(${[0.62, 0.52, 0.7][ring]} ${[0.14, 0.12, 0.1][ring]} ${k + ring * 11})`;
      this.codes.set(c.id, c);
    });
    store.set(this.base + "hues", JSON.stringify(this.inks));
  }
  newCodes(m) {
    if (m.made?.what === "rename" && this.inks[m.made.code] !== undefined) this.inks[m.made.to] = this.inks[m.made.code];
    const others = [...this.codes.values()].filter((c) => c.elsewhere);
    this.setCodes(m.codes); for (const c of others) if (!this.codes.has(c.id)) this.codes.set(c.id, c);
    if (m.coders && m.coders.length !== this.coders.length) { this.coders = m.coders; this.showTab(this.tab); }
    this.tree(); this.redraw(); this.passage();
    if (this.chosen && this.codes.has(this.chosen)) this.showCard(this.chosen);
    const made = m.made; if (!made) return;
    if (made.what === "new") { this.say(this.t("codeMade", made.name, made.code)); if (m.then) { const c = this.codings.get(m.then.hand); if (m.then.mode === "recode" && c) { this.hand = c; this.recode(made.code); } else this.code(made.code, m.then.s, m.then.e); return; } }
    else if (made.what === "name" || made.what === "define" || !made.version) this.say(made.said);
    else this.told({ level: "info", text: [made.said, ...made.notes].join("\n"), act: made.what === "undo" ? null : () => this.ask("book", { what: "undo", book: made.book, version: made.version }), label: "undoStep" });
    const at = { merge: made.to, rename: made.to, split: made.into?.[0] }[made.what] || made.code;
    if (this.codes.has(at)) { this.chosen = at; this.showCard(at); for (const li of this.codeBox.children) li.classList.toggle("chosen", li.dataset.code === at); }
    if (this.treeWaits) { this.treeWaits = false; this.focusCode(at); }
  }
  focusCode(id) { const all = [...this.codeBox.querySelectorAll("button.kd-go")], b = all.find((x) => x._code === id) || all[0]; if (!b) return; all.forEach((x) => x.setAttribute("tabindex", x === b ? "0" : "-1")); b.focus(); b.scrollIntoView({ block: "nearest" }); }
  newDocuments(m) { this.docs = m.documents; if (this.doc && !this.docs.some((d) => d.id === this.doc.id)) { this.doc = null; this.text = ""; this.sel = null; this.hand = null; this.mark(null); this.paper.replaceChildren(); put(this.panel, ""); this.title.textContent = ""; } this.listDocs(); }
  listDocs() {
    const had = this.docBox.contains(this.active) ? this.active.dataset.id : null;  // news must not take the focus away
    this.docBox.replaceChildren(...this.docs.map((d) => {
      const p = this.far[d.id], share = p ? (p.turns ? p.coded / p.turns : 0) : 0, here = d.id === this.doc?.id;
      return h("li", {}, h("button", { "data-id": d.id, tabindex: here || (!this.doc && d === this.docs[0]) ? "0" : "-1", "aria-current": here ? "true" : null, onclick: () => { this.open(d.id); this.scroller.focus(); } },
        h("span", { class: "kd-doc" }, h("b", {}, d.id), d.quotable === false ? h("span", { class: "kd-tag", role: "img", "aria-label": this.t("notAllQuotable"), title: this.t("notAllQuotable") }, "⊘") : "", " ", d.title === d.id ? "" : d.title), h("span", { class: "kd-far", title: p ? this.t("turnsCoded", p.coded, p.turns) : null }, p?.waiting ? h("b", { class: "kd-count", title: this.t("waitingN", p.waiting), "aria-label": this.t("waitingN", p.waiting) }, String(p.waiting)) : null, p ? [h("span", { "aria-hidden": "true" }, `${p.coded}/${p.turns}`), h("span", { class: "kd-voice" }, this.t("turnsCoded", p.coded, p.turns))] : ""), h("span", { class: "kd-bar2", "aria-hidden": "true" }, h("i", { style: { width: Math.round(share * 100) + "%" } }))));
    }));
    this.rove(this.docBox);
    if (had !== null) ([...this.docBox.querySelectorAll("button")].find((b) => b.dataset.id === had) || this.docBox.querySelector("button[tabindex='0']") || this.scroller).focus({ preventScroll: true });
  }
  rove(list) {  // one stop for Tab, arrows inside
    list.onkeydown = (e) => {
      const all = [...list.querySelectorAll(list === this.codeBox ? "button.kd-go" : ":scope > li > button")].filter((b) => b.offsetParent), i = all.indexOf(this.active);
      if (list === this.codeBox && i >= 0 && this.treeKey(e, all[i])) { e.preventDefault(); return; }
      const to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: all.length - 1 }[e.key];
      if (to === undefined || !all[to]) return;
      all.forEach((b) => b.setAttribute("tabindex", "-1")); all[to].setAttribute("tabindex", "0"); all[to].focus(); e.preventDefault();
    };
  }
  treeKey(e, button) {  // keys on a code in the tree
    const id = button._code; if (!id || e.ctrlKey || e.metaKey || e.altKey) return false;
    const digit = /^Digit([1-9])$/.exec(e.code || "")?.[1];
    if (digit && !e.shiftKey) { this.setFavourite(digit, id); return true; }
    if (this.readonly) return false;
    const act = { F2: () => this.stepName(id), Delete: () => this.stepRetire(id), m: () => this.codeMenu(id, button), ContextMenu: () => this.codeMenu(id, button), F10: () => e.shiftKey && this.codeMenu(id, button), u: () => this.ask("steps", { book: this.codes.get(id).book }) }[e.key];
    if (act) act();
    return !!act;
  }
  progress(m) {
    const retired = (t) => this.codeList.filter((c) => c.retired && t[c.id]).length, before = retired(this.totals);
    this.far = m.documents; this.totals = m.codes; if (before !== retired(this.totals)) this.tree();
    const fresh = Object.keys(m.names || {}).filter((k) => !this.codes.has(k));
    if (fresh.length) { fresh.forEach((k, n) => this.codes.set(k, { id: k, name: m.names[k], hue: `oklch(0.6 0.07 ${(n * 67) % 360})`, elsewhere: true, definition: "", examples: [] })); for (const x of this.sections || []) { if (x.filled) for (const b of x.blocks) this.drawBlock(b); this.marginSoon(x); } this.mark(this.sel); } for (const f of m.faults || []) this.told({ level: "warning", text: f }); this.listDocs(); this.counts();
  }
  countsSoon() { clearTimeout(this.counting); this.counting = setTimeout(() => { this.counts(); this.mapSoon(); }, 250); }
  counts() {
    const n = new Map(); for (const c of this.codings.values()) if (!c.gone && this.own(c)) n.set(c.code, (n.get(c.code) || 0) + 1);
    this.used = n;
    const far = this.far[this.doc?.id];
    if (far) {
      const turns = new Set(); for (const c of this.codings.values()) if (!c.gone && this.own(c)) { const t = this.turnAt(c.s); if (t?.ev) turns.add(t.n); }
      if (far.coded !== turns.size) { far.coded = turns.size; if (!this.docBox.contains(this.active)) this.listDocs(); }
    }
    for (const el of this.codeBox.querySelectorAll("[data-code]")) { const c = el.dataset.code; el.querySelector(".kd-n").textContent = this.totals[c] > (n.get(c) || 0) ? `${n.get(c) || 0}/${this.totals[c]}` : n.get(c) || ""; }
  }
  favourites() {
    if (!this.favs) { try { this.favs = JSON.parse(store.get(this.base + "favourites") || "null"); } catch { this.favs = null; } this.favs ||= this.codeList.filter((c) => !c.retired).slice(0, 9).map((c) => c.id); }
    return this.favs.map((c) => (this.codes.get(c) && !this.codes.get(c).elsewhere ? c : null));
  }
  setFavourite(digit, code) { const f = [...this.favourites()]; const i = f.indexOf(code); if (i >= 0) f[i] = null; f[digit - 1] = code; this.favs = f; store.set(this.base + "favourites", JSON.stringify(f)); this.tree(); this.say(this.t("favouriteSet", digit, this.codes.get(code).name)); }
  tree() {
    const q = fold(this.codeFind.value.trim()), favs = this.favourites(), kids = new Map(), rows = [], had = this.codeBox.contains(this.active) && this.active.closest("[data-code]")?.dataset.code, kept = this.codeBox.querySelector("button.kd-go[tabindex='0']")?._code;
    for (const c of this.codeList) { const k = c.book + "|" + (this.codes.get(c.parent)?.book === c.book ? c.parent : ""); if (!kids.has(k)) kids.set(k, []); kids.get(k).push(c); }
    const fits = (c) => !q || c.whole.includes(q) || c.low.includes(q) || c.parts.some((p) => p.startsWith(q)) || fold(c.definition).includes(q);
    let first = true;
    const row = (c, depth) => {
      const below = (kids.get(c.book + "|" + c.id) || []).map((k) => row(k, depth + 1)).filter(Boolean);
      if ((c.retired && !this.totals[c.id]) || (!fits(c) && !below.length)) return below.length ? below : null;  // a code out of use stands here as long as codings bear it
      const f = favs.indexOf(c.id);
      const go = h("button", { class: "kd-go", tabindex: first ? "0" : "-1", "aria-label": c.name + (c.retired ? ", " + this.t("retired") : "") + (f >= 0 ? ", " + this.t("favourite", f + 1) : ""), "aria-haspopup": this.readonly ? null : "menu", onclick: () => this.pickCode(c.id) }, h("i", { class: "kd-dot", style: { "--a": c.hue } }), h("span", { class: "kd-name" }, c.name), f >= 0 ? h("kbd", {}, String(f + 1)) : null, h("span", { class: "kd-n" }));
      go._code = c.id; first = false;
      const plus = this.readonly || c.retired ? null : h("button", { class: "kd-plus", tabindex: "-1", "aria-label": this.t("codeWithThis", c.name), title: this.t("codeWithThis", c.name), onclick: () => { this.code(c.id); this.scroller.focus(); } }, "+");
      const li = h("li", { "data-code": c.id, class: (c.id === this.chosen ? "chosen" : "") + (c.retired ? " retired" : ""), style: { "--d": depth }, draggable: this.readonly ? null : "true" }, go, plus);
      if (!this.readonly) this.movable(li, c);
      return [li, ...below];
    };
    let book = "";
    const many = new Set(this.codeList.map((c) => c.book)).size > 1;
    for (const c of this.codeList) {
      if (this.codes.get(c.parent)?.book === c.book) continue;
      const r = row(c, 0); if (!r) continue;
      if (many && c.book !== book) { book = c.book; rows.push(h("li", { class: "kd-book" }, c.bookLabel)); }
      rows.push(r);
    }
    if (!rows.length) rows.push(h("li", { class: "kd-none" }, this.codeList.length ? this.t("noneFound") : this.t("noCodes")));
    this.codeBox.replaceChildren(...rows.flat(Infinity)); this.rove(this.codeBox); this.counts();
    const all = [...this.codeBox.querySelectorAll("button.kd-go")], stop = all.find((b) => b._code === (had || kept));
    if (stop) all.forEach((b) => b.setAttribute("tabindex", b === stop ? "0" : "-1"));
    if (had) (stop || all[0] || this.codeFind).focus();
  }
  pickCode(id) { this.chosen = id; for (const li of this.codeBox.children) li.classList.toggle("chosen", li.dataset.code === id); this.showCard(id); this.quotesOf(id); }
  definition(c) {
    const line = (k, v) => (v ? h("p", { class: "kd-def" }, h("b", {}, this.t(k) + " "), v) : null);
    return [h("p", { class: "kd-def", dir: "auto" }, c.definition || this.t("noDefinition")), line("include", c.include), line("exclude", c.exclude), line("example", c.examples[0]), line("source", c.source)];
  }
  showCard(id) {
    const c = this.codes.get(id); if (!c) { put(this.card, ); return; }
    const act = (k, f) => h("button", { class: "kd-small", onclick: f }, this.t(k));
    const memo = this.memos.filter((m) => m.about === "code:" + id).at(-1);
    put(this.card, h("h4", {}, h("i", { class: "kd-dot", style: { "--a": c.hue } }), c.name, " ", h("small", {}, c.id)), ...this.definition(c), memo?.text ? h("p", { class: "kd-def" }, h("b", {}, this.t("memo") + " "), memo.text) : null,
      this.readonly ? "" : h("p", { class: "kd-acts" }, c.retired || c.elsewhere ? null : act("codeWithIt", () => { this.code(id); this.scroller.focus(); }), act("memo", () => this.memoOnCode(id)), c.elsewhere ? null : h("button", { class: "kd-small", "aria-haspopup": "menu", onclick: (e) => this.codeMenu(id, e.currentTarget) }, this.t("changeCode"), h("kbd", { "aria-hidden": "true" }, "m"))));
  }
  memoOnCode(id) { const c = this.codes.get(id), memo = this.memos.filter((m) => m.about === "code:" + id).at(-1); this.askWords(this.t("memoOn", c.name), memo?.text || "", (v) => this.memo("code:" + id, v)); }
  codeMenu(id, anchor) {  // everything that can be done to a code, each with its letter
    const c = this.codes.get(id); if (!c || this.readonly) return;
    const items = [["n", "rename", "F2", () => this.stepName(id)], ["d", "editDefinition", "", () => this.stepDefine(id)], ["b", "newBelow", "", () => this.newCodeDialog(id)], ["v", "moveUnder", "", () => this.stepMove(id)],
      ["g", "mergeInto", "", () => this.stepMerge(id)], ["s", "splitCode", "", () => this.stepSplit(id)], ["i", "newId", "", () => this.stepRename(id)], ["r", "retire", "Del", () => this.stepRetire(id)], ["h", "bookHistory", "u", () => this.ask("steps", { book: c.book })]]
      .filter(([k]) => !c.retired || "ndvih".includes(k));
    this.closeMenu();
    const list = items.map(([k, label, key, act]) => h("button", { role: "menuitem", tabindex: "-1", onclick: () => { this.closeMenu(); act(); } }, h("kbd", { "aria-hidden": "true" }, k), h("span", {}, this.t(label)), key ? h("kbd", { "aria-hidden": "true" }, key) : null));
    const menu = h("div", { class: "kd-menu", role: "menu", "aria-label": c.name, onkeydown: (e) => {
      const i = list.indexOf(this.active), to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: -1 }[e.key], letter = items.findIndex(([k]) => k === e.key);
      if (to !== undefined) list.at(to % list.length).focus();
      else if (e.key === "Escape" || e.key === "Tab") { this.closeMenu(); e.stopPropagation(); }
      else if (letter >= 0) list[letter].click(); else return;
      e.preventDefault();
    }, onfocusout: (e) => { if (e.relatedTarget && !menu.contains(e.relatedTarget)) this.closeMenu(false); } }, h("p", { class: "kd-where" }, c.name), list);
    this.menu = menu; menu._from = anchor; this.root.append(menu);
    const r = this.root.getBoundingClientRect(), a = anchor.getBoundingClientRect();
    menu.style.left = Math.max(6, Math.min(a.left - r.left + 18, r.width - menu.offsetWidth - 6)) + "px";
    menu.style.top = Math.max(6, Math.min(a.bottom - r.top + 2, r.height - menu.offsetHeight - 6)) + "px";
    list[0].focus();
  }
  closeMenu(back = true) { const m = this.menu; if (!m) return; this.menu = null; const from = m._from; m.remove(); if (back) (from?.isConnected ? from : this.scroller)?.focus(); }
  bookStep(what, data) { this.treeWaits = true; this.ask("book", { what, ...data }); }
  others(id) {  // the codes of the same book that it can go under or into: not itself, not what lies below it
    const c = this.codes.get(id), below = new Set([id]);
    for (let n = 0; n !== below.size;) { n = below.size; for (const o of this.codeList) if (o.book === c.book && below.has(o.parent)) below.add(o.id); }
    return this.codeList.filter((o) => o.book === c.book && !below.has(o.id) && !o.retired);
  }
  stepName(id) { const c = this.codes.get(id); this.askWords(this.t("newName", c.name), c.name, (v) => this.bookStep("name", { code: id, name: v })); }
  stepRename(id) { this.askWords(this.t("newIdFor", id), id, (v) => this.bookStep("rename", { code: id, to: v })); }
  stepRetire(id) { this.bookStep("retire", { code: id }); }
  stepMove(id) { const c = this.codes.get(id); this.askCode(this.t("moveWhich", c.name), this.others(id).filter((o) => o.id !== c.parent), (to) => this.bookStep("move", { code: id, to }), c.parent ? this.t("topLevel") : ""); }
  stepMerge(id) { const c = this.codes.get(id); this.askCode(this.t("mergeWhich", c.name), this.others(id), (to) => this.bookStep("merge", { code: id, to })); }
  stepDefine(id) {
    const c = this.codes.get(id);
    this.askForm(this.t("definitionOf", c.name), [["definition", this.t("definition"), c.definition, "area"], ["include", this.t("include"), c.include, "area"], ["exclude", this.t("exclude"), c.exclude, "area"]], (v) => this.bookStep("define", { code: id, ...v }));
  }
  stepSplit(id) {
    const c = this.codes.get(id), field = (n) => [`part${n}`, this.t("partName", n), "", "text"];
    this.askForm(this.t("splitWhich", c.name), [field(1), field(2)], (v) => this.bookStep("split", { code: id, into: Object.values(v) }), { more: (n) => (n < 9 ? field(n + 1) : null), note: this.t("splitMeans") });
  }
  movable(li, c) {  // dragged onto another code of its book, it goes below that one
    const over = (e) => { const d = this.dragged && this.codes.get(this.dragged); return d && d.book === c.book && this.others(this.dragged).some((o) => o.id === c.id) && d.parent !== c.id && (e.preventDefault(), true); };
    li.addEventListener("contextmenu", (e) => { e.preventDefault(); this.codeMenu(c.id, li.querySelector("button")); });
    li.addEventListener("dragstart", (e) => { this.dragged = c.id; e.dataTransfer.setData("text/plain", c.id); e.dataTransfer.effectAllowed = "move"; e.stopPropagation(); });
    li.addEventListener("dragover", (e) => { if (over(e)) li.classList.add("drop"); });
    li.addEventListener("dragleave", () => li.classList.remove("drop"));
    li.addEventListener("drop", (e) => { li.classList.remove("drop"); if (over(e)) { this.bookStep("move", { code: this.dragged, to: c.id }); e.stopPropagation(); } });
    li.addEventListener("dragend", () => { this.dragged = null; });
  }
  showSteps(m) {  // the history of a codebook: every step can be taken back
    const row = (s) => h("li", { class: s.undone ? "undone" : "" }, h("span", {}, h("b", {}, s.version), " ", s.why || "–", h("small", {}, ` ${s.date} ${s.who}${s.undone ? " · " + this.t("isUndone") : ""}`)),
      s.can && !this.readonly ? h("button", { class: "kd-small", "aria-label": `${this.t("undoStep")}: ${s.version} ${s.why}`, onclick: () => { this.closeDialog(); this.bookStep("undo", { book: m.book, version: s.version }); } }, this.t("undoStep")) : null);
    const pick = m.books.length > 1 ? h("select", { "aria-label": this.t("codebook"), onchange: (e) => this.ask("steps", { book: e.target.value }) }, m.books.map((b) => h("option", { value: b, ...(b === m.book ? { selected: "" } : {}) }, b))) : null;
    const box = h("div", { class: "kd-help kd-steps", role: "dialog", "aria-modal": "true", "aria-label": this.t("bookHistory") }, h("h3", {}, this.t("bookHistory"), " ", pick || h("small", {}, m.book)),
      m.steps.length ? h("ul", { class: "kd-cols" }, m.steps.map(row)) : h("p", { class: "kd-quiet" }, this.t("noSteps")), h("p", { class: "kd-acts" }, h("button", { onclick: () => this.closeDialog() }, this.t("close"))));
    this.openDialog(box, this.dialog?._from || this.active);
    (pick || box.querySelector("button")).focus();
  }
  newCodeDialog(parent = "") {
    if (this.readonly) return;
    const books = [...new Map(this.codeList.map((c) => [c.book, c.bookLabel]))], fields = [["name", this.t("name"), "", "text"]];
    if (!parent && books.length > 1) fields.push(["book", this.t("codebook"), this.codes.get(this.chosen)?.book || books[0][0], "select", books]);
    fields.push(["definition", this.t("definition"), "", "area"]);
    this.askForm(parent ? this.t("newCodeUnder", this.codes.get(parent).name) : this.t("newCode"), fields, (v) => { if (v.name) this.bookStep("new", { ...v, parent }); });
  }
  askWords(label, value, done) { this.askForm(label, [["words", "", value, "text"]], (v) => { if (v.words) done(v.words); }); }
  askForm(label, fields, done, { more = null, note = "" } = {}) {  // a small dialog; Enter saves, Esc leaves
    const inputs = [], box = h("div", { class: "kd-fieldset" });
    const add = ([key, name, value, kind, options]) => {
      const input = kind === "area" ? h("textarea", { rows: 3, value }) : kind === "select" ? h("select", {}, options.map(([v, text]) => h("option", { value: v, ...(v === value ? { selected: "" } : {}) }, text))) : h("input", { value });
      input.setAttribute("aria-label", name || label); input.dataset.key = key; inputs.push(input);
      if (kind === "area") input.addEventListener("keydown", (e) => { if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); form.requestSubmit(); } });
      box.append(name ? h("label", {}, name, input) : input); return input;
    };
    const form = h("form", { class: "kd-ask", role: "dialog", "aria-modal": "true", "aria-label": label, onsubmit: (e) => { e.preventDefault(); const out = Object.fromEntries(inputs.map((i) => [i.dataset.key, i.value.trim()])); this.closeDialog(); done(out); } }, h("p", { class: "kd-asked" }, label), box, note ? h("p", { class: "kd-quiet" }, note) : null,
      h("p", { class: "kd-acts" }, h("button", { type: "submit", class: "kd-main-act" }, this.t("ok")), h("button", { type: "button", onclick: () => this.closeDialog() }, this.t("cancel")), more ? h("button", { type: "button", onclick: (e) => { const f = more(inputs.length); if (f) add(f).focus(); if (!more(inputs.length)) e.target.remove(); } }, this.t("oneMore")) : null));
    fields.forEach(add);
    this.openDialog(form); inputs[0].focus(); inputs[0].select?.();
  }
  askCode(label, list, done, top = "") {  // choose one of some codes: letters, arrows, Enter
    const id = newId(), allowed = new Set(list.map((c) => c.id)); let shown = [], at = 0;
    const pick = (i) => { at = (i + shown.length) % shown.length; [...ul.children].forEach((li, k) => li.setAttribute("aria-selected", k === at ? "true" : "false")); if (shown.length) { input.setAttribute("aria-activedescendant", `${id}-${at}`); ul.children[at].scrollIntoView({ block: "nearest" }); } else input.removeAttribute("aria-activedescendant"); };
    const take = (i) => { const c = shown[i]; if (!c) return; this.closeDialog(); done(c.id); };
    const draw = () => {
      const q = input.value.trim(); shown = q ? this.rank(q).filter((c) => allowed.has(c.id)) : [...list];
      if (top && (!q || fold(top).includes(fold(q)))) shown.unshift({ id: "", name: top });
      put(ul, shown.map((c, i) => h("li", { role: "option", id: `${id}-${i}`, onmousedown: (e) => { e.preventDefault(); take(i); } }, c.hue ? h("i", { class: "kd-dot", style: { "--a": c.hue } }) : h("i", { class: "kd-dot new" }, "↑"), h("span", {}, c.name), h("small", {}, c.id)))); pick(0);
      none.hidden = !!shown.length;
    };
    const ul = h("ul", { role: "listbox", id, "aria-label": this.t("codes") }), none = h("p", { class: "kd-quiet", role: "status" }, this.t("noneFound"));
    const input = h("input", { role: "combobox", "aria-expanded": "true", "aria-controls": id, "aria-autocomplete": "list", "aria-label": label, placeholder: this.t("typeCode"), autocomplete: "off", spellcheck: "false", oninput: draw, onkeydown: (e) => {
      if (e.isComposing) return;
      if (e.key === "ArrowDown" || e.key === "ArrowUp") { pick(at + (e.key === "ArrowDown" ? 1 : -1)); e.preventDefault(); } else if (e.key === "Enter") { take(at); e.preventDefault(); }
    } });
    this.openDialog(h("div", { class: "kd-ask kd-askcode", role: "dialog", "aria-modal": "true", "aria-label": label }, h("p", { class: "kd-asked" }, label), input, ul, none, h("p", { class: "kd-boxhint" }, this.t("boxHint"))));
    draw(); input.focus();
  }
  openDialog(el, from) {
    from = from || this.dialog?._from || this.active; this.closeDialog(false);
    this.dialog = h("div", { class: "kd-veil", onmousedown: (e) => { if (e.target === this.dialog) this.closeDialog(); } }, el); this.dialog._from = from; this.root.append(this.dialog);
    for (const part of this.parts) part.inert = true;
  }
  closeDialog(back = true) { if (!this.dialog) return; const f = this.dialog._from; this.dialog.remove(); this.dialog = null; for (const part of this.parts) part.inert = false; if (back) (f?.isConnected ? f : this.scroller)?.focus(); }
  help() {
    const rows = this.words.keyTable.map(([k, what]) => h("tr", {}, h("td", {}, k.split(" ").map((x) => (x === "–" || x === "/ " ? x : h("kbd", {}, x)))), h("td", {}, what)));
    const box = h("div", { class: "kd-help", role: "dialog", "aria-modal": "true", "aria-label": this.t("keys"), tabindex: "-1" }, h("h3", {}, this.t("keys")), h("div", { class: "kd-cols", tabindex: "0", role: "group", "aria-label": this.t("keys") }, h("table", {}, h("tbody", {}, rows))), h("p", { class: "kd-acts" }, h("button", { onclick: () => this.closeDialog() }, this.t("close"))));
    this.openDialog(box, this.scroller); box.querySelector("button").focus();
  }

  // --- 13 right panels ----------------------------------------------------------------------------------------------------------------------------
  showTab(name) {
    if (name === "waiting" && !this.waits().length) name = "passage";
    this.tab = name;
    if (this.settling && name !== "waiting") { this.settling = null; this.hints(); }
    const list = [["passage", "passage"], ["quotes", "quotations"], ["search", "search"], ...(this.info.blind || this.coders.length < 2 ? [] : [["compare", "compare"]]), ...(this.waits().length ? [["waiting", "waiting", this.waits().length]] : [])];
    this.queueTab = !!this.waits().length;
    this.tabs.replaceChildren(...list.map(([k, w, n]) => h("button", { role: "tab", id: `kd-tab-${k}-${this.view}`, "aria-selected": k === name ? "true" : "false", "aria-controls": this.panel.id, tabindex: k === name ? "0" : "-1", onclick: () => { this.showTab(k); this.tabs.querySelector("[aria-selected=true]").focus(); } }, this.t(w), n ? h("b", { class: "kd-count" }, String(n)) : null)));
    this.tabs.onkeydown = (e) => { const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key]; if (by) { const i = list.findIndex(([k]) => k === name); this.showTab(list[(i + by + list.length) % list.length][0]); this.tabs.querySelector("[aria-selected=true]").focus(); e.preventDefault(); } };
    this.panel.setAttribute("aria-label", this.t(list.find(([k]) => k === name)?.[1] || "passage"));
    ({ passage: () => this.passage(), quotes: () => this.drawQuotes(), search: () => this.drawSearch(), compare: () => this.drawCompare(), waiting: () => this.drawQueue() })[name]();
  }
  passageSoon() { if (this.drawing) return; this.drawing = true; requestAnimationFrame(() => setTimeout(() => { this.drawing = false; this.passage(); })); }
  passage() {
    if (this.tab !== "passage" || !this.panel || (this.active?.tagName === "TEXTAREA" && this.panel.contains(this.active))) return;
    if (!this.sel) { const m = this.memos.filter((x) => x.about === "document").at(-1); put(this.panel, h("p", { class: "kd-quiet" }, this.t("start1")), h("p", { class: "kd-quiet" }, this.t("start2")), m?.text ? h("p", { class: "kd-def" }, h("b", {}, this.t("memo") + " "), m.text) : "", this.coderList()); return; }
    const list = this.marksAt(this.sel.s, this.sel.e), cards = list.slice(0, 12).map((c) => this.cardFor(c));
    const turn = this.turnAt(this.sel.s);
    put(this.panel, h("p", { class: "kd-where" }, turn ? h("b", {}, turn.label + (turn.speaker && turn.speaker !== turn.label ? ` (${turn.speaker})` : "")) : "", " ", this.t("lineNo", this.blocks[this.blockAt(this.sel.s)].line), turn?.role ? " · " + this.t("role." + turn.role) : ""), this.unquotable(this.hindered(this.sel.s, this.sel.e)),
      h("blockquote", { class: "kd-sel", dir: "auto" }, this.text.slice(this.sel.s, Math.min(this.sel.e, this.sel.s + 320)) + (this.sel.e - this.sel.s > 320 ? " …" : "")),
      ...(cards.length ? cards : [h("p", { class: "kd-quiet" }, this.t("notCoded"))]), this.coderList());
  }
  coderList() {
    const seen = [...this.seenCoders].filter((c) => c && c !== this.coder).sort();
    if (!seen.length && !this.suggestions.size) return "";
    return h("fieldset", { class: "kd-coders" }, h("legend", {}, this.t("alsoShow")), [...seen, ...(this.suggestions.size ? [undefined] : [])].map((c) => h("label", {}, h("input", { type: "checkbox", checked: !this.hidden.has(c), onchange: (e) => { e.target.checked ? this.hidden.delete(c) : this.hidden.add(c); this.redraw(); } }), " ", c ?? this.t("suggestions"))));
  }
  redraw() { for (const x of this.sections || []) { if (x.filled) for (const b of x.blocks) this.drawBlock(b); this.marginSoon(x); } this.mark(this.sel); this.edits = (this.edits || 0) + 1; this.mapSoon(); }
  cardFor(c) {
    const o = this.codes.get(c.code), mine = this.own(c) && !this.readonly, act = (k, f, key) => h("button", { class: "kd-small", onclick: () => { this.take(c); f(); } }, this.t(k), key ? h("kbd", { "aria-hidden": "true" }, key) : null);
    const state = c.pol === "absent" ? this.t("absent") : this.t("present");
    const out = h("article", { class: "kd-coding" + (c === this.hand ? " hand" : "") + (c.sug ? " sug" : ""), style: { "--a": this.hue(c.code) }, "aria-label": o?.name || c.code, onclick: (e) => { if (!e.target.closest("button, textarea")) { this.select(c.s, c.e, { hand: c }); this.scroller.focus(); } } },
      h("h4", {}, o?.name || c.code, h("small", {}, ` ${state}${c.coder && c.coder !== this.coder ? " · " + c.coder : ""}${c.sug ? " · " + this.t("suggested") : ""}`)));
    if (c.rule) out.append(h("p", { class: "kd-rule" }, h("b", {}, this.t("rule") + " "), c.rule));
    if (mine) {
      const note = h("textarea", { rows: c.note ? 2 : 1, placeholder: this.t("memoHere"), "aria-label": this.t("memoOn", o?.name || c.code), value: c.note, onchange: () => this.change(c, { note: note.value.trim() }) });
      note.addEventListener("keydown", (e) => { if (e.key === "Enter" && !e.shiftKey) { note.blur(); this.scroller.focus(); e.preventDefault(); } });
      out.append(note, h("p", { class: "kd-acts" }, act("polarity", () => this.polarity(), "p"), act("recode", () => this.openBox("recode"), "r"), act("split", () => this.split(), "s"), this.sel && (c.s !== this.sel.s || c.e !== this.sel.e) ? act("resizeTo", () => this.resize(), "=") : null, act("remove", () => this.remove(), "⌫")));
    } else if (c.note) out.append(h("p", { class: "kd-def" }, c.note));
    if (c.sug && !this.readonly) out.append(h("p", { class: "kd-acts" }, act("accept", () => { this.verdict("accepted"); this.scroller.focus(); }, "a"), act("reject", () => { this.verdict("rejected"); this.scroller.focus(); }, "x")));
    if (c === this.hand && o) out.append(h("details", { open: true }, h("summary", {}, this.t("definition")), ...this.definition(o)));
    return out;
  }
  nextHand() { if (!this.sel) return; const list = this.marksAt(this.sel.s, this.sel.e); if (!list.length) return; const c = list[(list.indexOf(this.hand) + 1) % list.length]; this.take(c); this.mark(this.sel); this.passage(); this.say(`${this.codes.get(c.code)?.name || c.code}, ${c.pol === "absent" ? this.t("absent") : this.t("present")}`); }
  memoFor() {
    const own = this.own(this.hand) ? this.hand : null, name = own && (this.codes.get(own.code)?.name || own.code);
    if (own) this.askWords(this.t("memoOn", name), own.note, (v) => this.change(own, { note: v }));
    else { const old = this.memos.filter((m) => m.about === "document").at(-1); this.askWords(this.t("memoOnDocument", this.doc.title), old?.text || "", (v) => this.memo("document", v)); }
  }
  memo(about, text) { this.emit([{ event: "memo", about, text }], {}); if (about.startsWith("code:")) this.showCard(about.slice(5)); this.passage(); }
  quotesOf(code, filters = {}) { this.quoteWish = { code, ...filters }; this.ask("quotes", this.quoteWish); }
  showQuotes(m) { this.quoted = m; this.showTab("quotes"); }
  drawQuotes() {
    const m = this.quoted;
    if (!m) { put(this.panel, h("p", { class: "kd-quiet" }, this.t("quotesHow"))); return; }
    const c = this.codes.get(m.code), w = this.quoteWish;
    const pick = (key, values, words) => (values.length < 2 ? null : h("label", {}, this.t("by." + key), h("select", { "aria-label": this.t("by." + key), onchange: (e) => this.quotesOf(m.code, { ...w, [key]: e.target.value }) }, h("option", { value: "" }, this.t("all")), values.map((v) => h("option", { value: v, ...(w[key] === v ? { selected: "" } : {}) }, words ? this.t(words + v) : v)))));
    put(this.panel, h("h4", {}, h("i", { class: "kd-dot", style: { "--a": this.hue(m.code) } }), c?.name || m.code, h("small", {}, " " + this.t("times", m.total))),
      h("div", { class: "kd-filters" }, pick("case", this.info.attributes.case), pick("role", this.info.attributes.role, "role."), pick("polarity", ["present", "absent"], ""), pick("coder", this.info.blind ? [] : this.coders)),
      this.results(m.items.map((q) => ({ ...q, where: `${q.document}:${q.line} ${q.speaker}${q.polarity === "absent" ? " · " + this.t("absent") : ""}${q.coder !== this.coder ? " · " + q.coder : ""}`, hit: q.quote, id: q.id })), m.total));
  }
  results(items, total) {
    if (!items.length) return h("p", { class: "kd-quiet" }, this.t("noneFound"));
    const list = h("ul", { class: "kd-results" }, items.map((q, i) => h("li", {}, h("button", { tabindex: i ? "-1" : "0", onclick: () => this.visit(q) }, h("small", {}, q.where, q.consent ? [" ", this.unquotable(q.consent)] : null), h("span", { dir: "auto" }, h("i", {}, q.before), h("b", {}, q.hit), h("i", {}, q.after))))));
    this.rove(list);
    return [list, total > items.length ? h("p", { class: "kd-quiet" }, this.t("more", total - items.length)) : null];
  }
  visit(q) {
    const target = { start: q.start, end: q.end };
    if (q.document === this.doc.id) { const s = this.off.units(q.start), e = this.off.units(q.end); this.gotoOffset(s, e); } else this.open(q.document, target);
    this.scroller.focus({ preventScroll: true });
  }
  openSearch() { this.root.classList.remove("no-right"); this.showTab("search"); this.panel.querySelector("input").focus(); this.panel.querySelector("input").select(); }
  showHits(m) { this.hits = m; this.drawSearch(); if (this.active === this.scroller || this.panel.contains(this.active) || this.active === document.body) this.panel.querySelector(".kd-results button")?.focus(); }
  drawSearch() {
    const m = this.hits, input = h("input", { type: "search", "aria-label": this.t("searchWords"), placeholder: "~damping", value: this.pattern || "" });
    const only = h("input", { type: "checkbox", checked: !!this.only });
    const form = h("form", { class: "kd-search", onsubmit: (e) => { e.preventDefault(); this.pattern = input.value; this.only = only.checked; this.ask("search", { pattern: input.value, only: only.checked ? this.doc?.id : "" }); } }, h("div", {}, input, h("button", { type: "submit" }, this.t("search"))), h("label", {}, only, " ", this.t("onlyHere")));
    put(this.panel, form, m ? h("p", { class: "kd-quiet", role: "status" }, this.t("times", m.total) + (m.pattern !== (this.pattern || "").trim() ? " — " + m.pattern : "")) : h("p", { class: "kd-quiet" }, this.t("searchHow")), ...(m ? [this.results(m.items.map((q) => ({ ...q, where: `${q.document}:${q.line} ${q.speaker}` })), m.total)].flat() : []));
  }

  // --- 14 compare: two coders side by side, and the consensus that keeps both ---------------------------------------------------------------------------
  drawCompare() {
    const others = this.coders.filter((c) => !c.endsWith("-consensus")), [a, b] = this.cmp ? [this.cmp.a, this.cmp.b] : [others[0], others[1]];
    const pick = (v, k) => h("select", { "aria-label": this.t("coderNo", k), onchange: (e) => { this.cmpWish = { a, b, ...this.cmpWish, [k]: e.target.value }; } }, others.map((o) => h("option", { value: o, ...(o === v ? { selected: "" } : {}) }, o)));
    const head = h("div", { class: "kd-pair" }, pick(a, "a"), h("span", {}, "↔"), pick(b, "b"), h("button", { onclick: () => { const w = { a, b, ...this.cmpWish }; this.ask("compare", { ...w, document: this.doc.id }); } }, this.t("compareGo")), this.cmp ? h("button", { onclick: () => this.leaveCompare() }, this.t("leave")) : null);
    if (!this.cmp) { put(this.panel, head, h("p", { class: "kd-quiet" }, this.t("compareHow"))); return; }
    const { items, i } = this.cmp, d = items[i];
    const name = (id) => { const c = this.codings.get(id); return c ? `${this.codes.get(c.code)?.name || c.code} (${c.pol === "absent" ? this.t("absent") : this.t("present")})` : "—"; };
    const act = (v, k, key) => h("button", { onclick: () => { this.judge(v); this.scroller.focus(); } }, h("kbd", {}, key), this.t(k, v === "a" ? a : b));
    put(this.panel, head, h("p", { role: "status" }, this.t("differences", items.length, this.cmp.agreed)),
      d ? h("article", { class: "kd-diff", style: { "--a": this.hue(d.code) } }, h("h4", {}, this.codes.get(d.code)?.name || d.code, h("small", {}, ` ${i + 1} / ${items.length} · ` + this.t("lineNo", d.line))),
        h("table", {}, h("tbody", {}, h("tr", {}, h("th", { scope: "row" }, a), h("td", {}, name(d.a))), h("tr", {}, h("th", { scope: "row" }, b), h("td", {}, name(d.b))))), h("blockquote", { dir: "auto" }, d.quote), this.unquotable(this.hindered(this.off.units(d.start), this.off.units(d.end))),
        this.readonly ? null : h("p", { class: "kd-acts" }, act("a", "take", "1"), act("b", "take", "2"), act("both", "takeBoth", "3"), act("neither", "takeNeither", "0"))) : h("p", { class: "kd-quiet" }, this.t("allAgreed")),
      this.readonly || !this.cmp.alike.length ? "" : h("p", {}, h("button", { onclick: () => this.takeAgreed() }, this.t("takeAgreed", this.cmp.alike.length))), h("p", { class: "kd-quiet" }, this.t("consensusWhere", this.coder)));
  }
  showCompare(m) { this.cmp = { a: m.a, b: m.b, items: m.items, agreed: m.agreed, alike: m.alike || [], i: -1 }; this.hand = null; this.root.classList.add("comparing"); this.redraw(); this.hints(); this.heads(); this.showTab("compare"); if (m.items.length) this.nextDifference(1); }
  heads() { this.side?.remove(); if (this.cmp) { this.side = h("div", { class: "kd-heads", "aria-hidden": "true" }, h("b", {}, this.cmp.a), h("b", {}, this.cmp.b)); this.centre.append(this.side); } }
  leaveCompare() { this.cmp = null; this.root.classList.remove("comparing"); this.heads(); this.redraw(); this.hints(); this.showTab("passage"); this.scroller.focus(); }
  nextDifference(by) { const c = this.cmp; if (!c.items.length) return; c.i = (c.i + by + c.items.length) % c.items.length; const d = c.items[c.i]; this.gotoOffset(this.off.units(d.start), this.off.units(d.end)); this.drawCompare(); this.say(`${this.codes.get(d.code)?.name || d.code}: ${d.a ? c.a : ""} ${d.b ? c.b : ""}`); }
  copyOf(id, key) { const c = this.codings.get(id); return { event: "code", coding: "con-" + key + "-" + id, s: c.s, e: c.e, code: c.code, pol: c.pol, note: c.note || undefined, agreed: [id] }; }
  judge(v) {
    const d = this.cmp?.items[this.cmp.i]; if (!d || this.readonly) return;
    const ids = { a: [d.a], b: [d.b], both: [d.a, d.b], neither: [] }[v].filter(Boolean);
    this.emit([...ids.map((id) => this.copyOf(id, "d")), { event: "decide", suggestion: d.key, verdict: v, codings: [d.a, d.b].filter(Boolean), code: d.code }], {}, true);
    this.cmp.items.splice(this.cmp.i, 1); this.cmp.i -= 1;
    if (this.cmp.items.length) this.nextDifference(1); else { this.drawCompare(); this.say(this.t("allAgreed")); }
  }
  takeAgreed() { const events = this.cmp.alike.filter((id) => this.codings.has(id)).map((id) => this.copyOf(id, "a")); if (events.length) this.emit(events, {}, true); this.cmp.alike = []; this.drawCompare(); }

  // --- 15 waiting: codings whose place in the corrected text is unsure ----------------------------------------------------------------------------------------
  waits() { return this.queue.filter((w) => { if (!w.codes) return !w.done; const c = this.codings.get(w.id); return c && !c.gone && c.code === w.code; }); }
  waitingText() { const list = this.waits(); return this.t(list.every((w) => w.codes) ? "waitingSplit" : list.some((w) => w.codes) ? "waitingBoth" : "waitingHere", list.length); }
  offerQueue() {
    const n = this.waits().length; if (!n || this.readonly || this.settling) return;
    this.told({ level: "warning", text: this.waitingText(), act: () => this.openQueue(), label: "settleNow" });
  }
  openQueue() {
    const first = this.waits()[0]; if (!first) { this.say(this.t("noneWaits")); return; }
    for (const n of [...this.notices.children]) if (n.firstChild.textContent === this.waitingText()) n.remove();
    this.root.classList.remove("no-right"); if (this.width === "narrow") this.root.classList.add("no-left");
    this.settling = first; this.showTab("waiting"); this.hints(); this.showWaiting(); this.scroller.focus({ preventScroll: true });
  }
  leaveQueue() { this.settling = null; this.hints(); this.showTab("passage"); this.scroller.focus(); }
  nextWaiting(by) { const list = this.waits(), i = list.indexOf(this.settling); if (!list.length) { this.leaveQueue(); this.say(this.t("noneWaits")); return; } this.settling = list[((i < 0 ? 0 : i + by) + list.length) % list.length]; this.hints(); this.showTab("waiting"); this.showWaiting(); }
  showWaiting() {
    const w = this.settling, p = w?.places[0]; if (!w) return;
    if (w.codes) { this.gotoOffset(w.s, w.e, true); this.take(this.codings.get(w.id)); } else if (p) this.gotoOffset(p.s, p.e, true); else this.gotoOffset(Math.min(this.off.units(w.start), this.text.length - 1), null, true);
    this.drawQueue();
    if (w.codes) this.say(`${w.quote}. ${this.t("whichCode")} ${w.codes.map((x, k) => `${k + 1} ${this.codes.get(x)?.name || x}`).join(", ")}`);
    else this.say(`${this.t("oldWords")}: ${w.quote}. ${w.places.length ? this.t("newWords") + ": " + this.text.slice(p.s, p.e) : this.t("noPlace")}`);
  }
  drawQueue() {
    const list = this.waits(), w = this.settling && list.includes(this.settling) ? this.settling : list[0]; if (!w) { this.showTab("passage"); return; }
    const c = this.codes.get(w.code), i = list.indexOf(w);
    const take = (key, label, f, extra) => h("li", {}, h("button", { onclick: () => { this.settling = w; f(); this.scroller.focus({ preventScroll: true }); } }, h("span", { class: "kd-pickhead" }, h("kbd", {}, key), " ", label), extra));
    const places = w.codes ? w.codes.map((code, k) => take(String(k + 1), "", () => this.settleCode(code), h("span", { class: "kd-newwords" }, h("i", { class: "kd-dot", style: { "--a": this.hue(code) } }), " ", this.codes.get(code)?.name || code, " ", h("small", {}, this.codes.get(code)?.definition || "")))) : w.places.map((p, k) => take(String(k + 1), this.t("lineNo", this.blocks[this.blockAt(p.s)].line), () => this.settle(p), h("span", { class: "kd-newwords", dir: "auto" }, this.difference(w.quote, this.text.slice(p.s, p.e)))));
    put(this.panel, h("p", { role: "status", class: "kd-quiet" }, this.t("waitingOf", i + 1, list.length)),
      h("article", { class: "kd-diff", style: { "--a": this.hue(w.code) } }, h("h4", {}, c?.name || w.code, h("small", {}, " " + this.t(w.polarity))),
        h("p", { class: "kd-where" }, h("b", {}, this.t(w.codes ? "passage" : "oldWords"))), h("blockquote", { dir: "auto" }, h("i", {}, w.before), h("b", {}, w.quote), h("i", {}, w.after)), w.note ? h("p", { class: "kd-def" }, "✎ " + w.note) : null),
      h("p", { class: "kd-where" }, h("b", {}, this.t(w.codes ? "whichCode" : w.places.length ? "newWords" : "noPlace"))),
      h("ul", { class: "kd-places" }, places, w.codes ? null : take("=", this.t("settleHere"), () => this.settle(this.sel)), take("⌫", this.t("letGo"), () => this.letGo())), h("p", { class: "kd-quiet" }, this.t(w.codes ? "splitWaits" : "settleHow")));
  }
  difference(old, now) {  // word by word: what went struck through, what came underlined
    const a = old.split(/\s+/).filter(Boolean), b = now.split(/\s+/).filter(Boolean), n = a.length, m = b.length;
    if (n * m > 60000) return [now];
    const L = Array.from({ length: n + 1 }, () => new Uint16Array(m + 1));
    for (let i = n - 1; i >= 0; i--) for (let j = m - 1; j >= 0; j--) L[i][j] = a[i] === b[j] ? L[i + 1][j + 1] + 1 : Math.max(L[i + 1][j], L[i][j + 1]);
    const out = []; let gone = [], come = [];
    const flush = () => { for (const [tag, words] of [["del", gone], ["ins", come]]) if (words.length) out.push(h(tag, {}, words.join(" ")), " "); gone = []; come = []; };
    for (let i = 0, j = 0; i < n || j < m;) { if (i < n && j < m && a[i] === b[j]) { flush(); out.push(b[j] + " "); i++; j++; } else if (j < m && (i >= n || L[i][j + 1] >= L[i + 1][j])) come.push(b[j++]); else gone.push(a[i++]); }
    flush(); return out;
  }
  settle(place) {
    const w = this.settling; if (!w || w.codes || !place || this.readonly) return;
    this.gesture([{ event: "change", coding: w.id, s: place.s, e: place.e, settles: true }], [{ event: "wait", coding: w.id }]);
    this.say(this.t("settled", this.codes.get(w.code)?.name || w.code)); this.nextWaiting(0);
  }
  settleCode(code) {
    const w = this.settling; if (!w?.codes || !code || this.readonly) return;
    this.gesture([{ event: "change", coding: w.id, code, settles: true }], [{ event: "change", coding: w.id, code: w.code }]);
    this.say(this.t("codedAs", this.codes.get(code)?.name || code)); this.nextWaiting(0);
  }
  letGo() {
    const w = this.settling; if (!w || this.readonly) return;
    this.gesture([{ event: "withdraw", coding: w.id, why: "update" }], [{ event: "restore", coding: w.id }]);
    this.say(this.t("removed", this.codes.get(w.code)?.name || w.code)); this.nextWaiting(0);
  }

  // --- 16 the coding page -------------------------------------------------------------------------------------------------------------------------------------
  choices(m) {
    this.words = m.words; let at = 0;
    const t = (k, ...v) => this.t(k, ...v), mem = "kube-desk/";
    const draw = () => {
      const s = m.studies[at] || { documents: [], coders: [], codebooks: [] };
      const coder = h("input", { value: store.get(mem + "coder") || s.coders[0] || "", placeholder: t("yourName"), "aria-label": t("yourName"), list: "kd-known-" + this.view });
      const book = h("select", { "aria-label": t("codebook") }, h("option", { value: "" }, t("allCodebooks")), s.codebooks.map((b) => h("option", { value: b, ...(store.get(mem + "book") === b ? { selected: "" } : {}) }, b)));
      const suggest = h("input", { type: "checkbox" }), blind = h("input", { type: "checkbox" });
      const go = (d) => { const name = coder.value.trim(); if (!name) { coder.focus(); coder.setAttribute("aria-invalid", "true"); note.textContent = t("nameFirst"); return; } store.set(mem + "coder", name); store.set(mem + "book", book.value); note.textContent = t("opening"); this.ask("choose", { study: at, coder: name, document: d, codebook: book.value, suggest: suggest.checked, blind: blind.checked }); };
      const note = h("p", { role: "status", class: "kd-quiet" }, m.told.join(" "));
      this.root.replaceChildren(h("div", { class: "kd-page" }, h("h2", {}, t("codingPage")), note,
        h("div", { class: "kd-fields" }, h("label", {}, t("study"), h("select", { onchange: (e) => { at = Number(e.target.value); draw(); } }, m.studies.map((x, i) => h("option", { value: i, ...(i === at ? { selected: "" } : {}) }, x.name)))), h("label", {}, t("yourName"), coder, h("datalist", { id: "kd-known-" + this.view }, s.coders.map((c) => h("option", { value: c })))), h("label", {}, t("codebook"), book), h("label", { class: "kd-check" }, suggest, " ", t("withSuggestions")), h("label", { class: "kd-check" }, blind, " ", t("blindLong"))),
        h("h3", {}, t("chooseDocument")), h("ul", { class: "kd-cards" }, s.documents.map((d) => h("li", {}, h("button", { onclick: () => go(d.id) }, h("b", {}, d.title), h("small", {}, [d.id, d.case, d.date].filter(Boolean).join(" · "))))))));
    };
    draw();
    const page = this.root.querySelector(".kd-page");
    this.takeFocus(page.querySelector("input").value ? page.querySelector(".kd-cards button") : page.querySelector("input"));
  }
}

export default {
  render({ model, el }) {
    const desk = new Desk(model, el);
    el._kubeDesk = desk;  // for tests and measurements
    return () => desk.close();
  },
};
