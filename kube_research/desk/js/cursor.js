// The cursor: the selection, moved by sentences, turns and words, by keys and by mouse.

import { h, put, lowerBound, WORD } from "./small.js";

export const cursor = {
  node(offset, end = false) {  // where an offset stands on the screen: [text node, units into it]
    const b = this.blocks[this.blockAt(end ? Math.max(0, offset - 1) : offset)];
    this.fill(b.section);
    const o = Math.min(Math.max(offset, b.s), b.e);
    const k = end ? Math.max(0, lowerBound(b.segs, o, (g) => g.e)) : Math.max(0, lowerBound(b.segs, o + 1, (g) => g.s) - 1);
    const g = b.segs[Math.min(k, b.segs.length - 1)];
    return [g.el.firstChild, Math.min(Math.max(0, o - g.s), g.e - g.s)];
  },
  range(s, e) { const r = document.createRange(); r.setStart(...this.node(s)); r.setEnd(...this.node(e, true)); return r; },
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
  },
  select(s, e, { scroll = true, quiet = false, hand = undefined } = {}) {
    this.sel = { s, e }; this.unfloat();
    this.take(hand !== undefined ? hand : this.marksAt(s, e)[0]);
    this.mark(this.sel);
    if (scroll) this.bring();
    this.passage();
    if (!quiet) { const names = this.marksAt(s, e).map((c) => (c.sug ? this.t("suggested") + " " : "") + (this.codes.get(c.code)?.name || c.code)); const turn = this.turnAt(s); this.say(`${turn ? turn.label + ": " : ""}${turn?.consent ? this.t("tag." + turn.consent) + ". " : ""}${turn?.consent === "withdrawn" ? "" : this.text.slice(s, Math.min(e, s + 400))}${names.length ? ". " + this.t("coded") + " " + names.join(", ") : ""}`); }
  },
  unfloat() { if (!this.bubble.hidden) this.bubble.hidden = true; },
  bring() {
    const r = this.range(this.sel.s, this.sel.e).getBoundingClientRect(), p = this.scroller.getBoundingClientRect(), pad = Math.min(70, p.height / 5);
    if (r.top < p.top + pad) this.scroller.scrollTop -= p.top + pad * 1.6 - r.top;
    else if (r.bottom > p.bottom - pad) this.scroller.scrollTop += Math.min(r.bottom - p.bottom + pad * 1.6, r.top - p.top - pad);
  },
  gotoOffset(s, e = null, quiet = false) {
    const i = Math.max(0, lowerBound(this.s0, s + 1) - 1), x = this.blocks[this.blockAt(s)].section;
    this.fill(x);
    this.scroller.scrollTop = x.el.offsetTop;  // not scrollIntoView: the notebook around the desk stays where it is
    const [from, to] = e ? [s, e] : this.s0.length ? [this.s0[i], this.s1[i]] : [s, Math.min(s + 1, this.text.length)];
    this.select(from, to, { quiet });
    const r = this.range(from, to).getBoundingClientRect(), p = this.scroller.getBoundingClientRect();
    this.scroller.scrollTop += r.top - p.top - p.height / 3;
  },
  turnAt(o) { const i = lowerBound(this.turns, o + 1, (t) => t.start) - 1; return i >= 0 && o < this.turns[i].end ? this.turns[i] : null; },
  marksAt(s, e) {
    const out = new Set();
    for (let i = this.blockAt(s); i < this.blocks.length && this.blocks[i].s < e; i++) for (const c of this.blocks[i].marks) if (this.visible(c) && c.s < e && c.e > s) out.add(c);
    return [...out].sort((a, b) => (a.coder === this.coder ? 0 : 1) - (b.coder === this.coder ? 0 : 1) || a.e - a.s - (b.e - b.s) || a.s - b.s);
  },
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
  },
  turn(by, extend) {
    if (!this.turns.length) return;
    let i = this.sel ? lowerBound(this.turns, (extend && by > 0 ? this.sel.e - 1 : this.sel.s) + 1, (t) => t.start) - 1 + by : Math.max(0, lowerBound(this.turns, this.topOffset() + 1, (t) => t.start) - 1);
    i = Math.min(this.turns.length - 1, Math.max(0, i));
    const t = this.turns[i]; this.byTurn = true; this.anchor = null;
    if (t.body >= t.end) { if (this.turns[i + by]) { this.sel = { s: t.start, e: t.start + 1 }; this.turn(by, extend); } return; }
    if (extend && this.sel) this.select(Math.min(this.sel.s, t.body), Math.max(this.sel.e, t.end)); else this.select(t.body, t.end);
  },
  topOffset() { const p = this.scroller.getBoundingClientRect(); for (const b of this.blocks) if (b.el && b.el.getBoundingClientRect().bottom > p.top + 30) return b.s; return 0; },
  edge(which, by) {  // move one end of the selection by a word
    if (!this.sel) return;
    let { s, e } = this.sel; const { text } = this;
    const on = (o) => o < text.length && !/\s/.test(text[o]), lo = this.blocks[0].s, hi = this.blocks.at(-1).e;
    if (which === "e" && by > 0) { while (e < hi && !on(e)) e++; while (e < hi && on(e)) e++; }
    if (which === "e" && by < 0) { while (e > s && on(e - 1)) e--; while (e > s && !on(e - 1)) e--; }
    if (which === "s" && by < 0) { while (s > lo && !on(s - 1)) s--; while (s > lo && on(s - 1)) s--; }
    if (which === "s" && by > 0) { while (s < e && on(s)) s++; while (s < e && !on(s)) s++; }
    if (s < e) this.select(s, e, { hand: this.hand });
  },
  // the mouse
  offsetOf(node, o) {
    if (node.nodeType === 3 && node.parentNode?._s !== undefined) return node.parentNode._s + o;
    const inside = node.nodeType === 1 ? node.childNodes[Math.min(o, node.childNodes.length - 1)] || node : node;
    const words = inside.nodeType === 1 && (inside._block ? inside : inside.closest?.(".kd-words") || inside.querySelector?.(".kd-words") || inside.closest?.(".kd-block")?.querySelector(".kd-words"));
    const b = words?._block; if (!b) return null;
    return inside._s !== undefined && o > 0 ? inside._s + inside.textContent.length : inside._s ?? b.s;
  },
  snap(s, e) {  // to whole words
    const { text } = this, is = (o) => { if (o < 0 || o >= text.length) return false; let c = text.codePointAt(o); if (c >= 0xdc00 && c < 0xe000 && o) c = text.codePointAt(o - 1); return WORD.test(String.fromCodePoint(c)); };
    while (s < e && /\s/.test(text[s])) s++;
    while (e > s && /\s/.test(text[e - 1])) e--;
    if (s >= e) return null;
    while (s > 0 && is(s) && is(s - 1)) s--;
    while (e < text.length && is(e - 1) && is(e)) e++;
    return [s, e];
  },
  pointed(e) {  // the offset under the mouse; beside the words, that of the nearest ones
    const p = this.scroller.getBoundingClientRect(), w = (this.sections.find((x) => x.near && x.filled) || this.sections[0]).blocks[0].words.getBoundingClientRect(), home = this.root.getRootNode();
    const at = (x, y) => {
      if (document.caretPositionFromPoint) { const c = document.caretPositionFromPoint(x, y, home instanceof ShadowRoot ? { shadowRoots: [home] } : undefined); return c && this.paper.contains(c.offsetNode) ? this.offsetOf(c.offsetNode, c.offset) : null; }
      const r = document.caretRangeFromPoint?.(x, y); return r && this.paper.contains(r.startContainer) ? this.offsetOf(r.startContainer, r.startOffset) : null;
    };
    const y = Math.min(Math.max(e.clientY, p.top + 3), p.bottom - 3);
    return at(Math.min(Math.max(e.clientX, w.left + 1), w.right - 1), y) ?? at(w.left + 2, y) ?? at(w.left + 2, Math.min(y + 16, p.bottom - 3));
  },
  unit(kind, o) {  // the word, sentence or turn at an offset
    if (kind === 3) { const t = this.turnAt(o); if (t && t.body < t.end) return [t.body, t.end]; }
    if (kind >= 2 && this.s0.length) { const i = Math.max(0, lowerBound(this.s0, o + 1) - 1); return [this.s0[i], this.s1[i]]; }
    return this.snap(o, Math.min(o + 1, this.text.length)) || (o > 0 && this.snap(o - 1, o)) || [o, o];
  },
  mouseDown(e) {  // we select by words ourselves: what will be coded is what is marked while dragging
    if (e.button !== 0 || !this.doc || e.target.closest(".kd-side > *")) return;
    const o = this.pointed(e); if (o === null) return;
    e.preventDefault(); getSelection().removeAllRanges(); this.scroller.focus({ preventScroll: true }); this.anchor = null;
    const more = e.shiftKey && this.sel, kind = Math.min(3, e.detail);
    this.drag = { o, kind, base: more ? [this.sel.s, this.sel.e] : this.unit(kind, o), x: e.clientX, y: e.clientY, moved: more || kind > 1, hand: this.hand };
    this.bubble.hidden = true;
    if (this.drag.moved) this.mouseMove(e);
  },
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
  },
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
  },
  click(e) { const c = e.target.closest?.(".kd-label, .kd-stripe")?._c; if (c) { this.select(c.s, c.e, { hand: c, scroll: false }); this.scroller.focus({ preventScroll: true }); } },
  float(e) {  // favourites beside a selection made by mouse
    if (this.readonly || this.cmp) return;
    const favs = this.favourites(), chip = (c, key) => { const o = this.codes.get(c); return h("button", { style: { "--a": o.hue }, class: "kd-chip", onclick: () => { this.code(c); this.bubble.hidden = true; this.scroller.focus(); } }, h("kbd", {}, key), o.name); };
    const last = this.lastCode && this.codes.has(this.lastCode) ? [chip(this.lastCode, ".")] : [];
    put(this.bubble, h("button", { class: "kd-chip main", onclick: () => this.openBox() }, h("kbd", {}, "c"), this.t("codeWith")), ...last, ...favs.slice(0, 5).map((c, i) => chip(c, String(i + 1))),
      this.hand && this.own(this.hand) && (this.hand.s !== this.sel.s || this.hand.e !== this.sel.e) ? h("button", { class: "kd-chip", onclick: () => { this.resize(); this.bubble.hidden = true; } }, h("kbd", {}, "="), this.t("resizeTo")) : null);
    this.putNear(this.bubble);
  },
  putNear(el) {
    el.hidden = false;
    const p = this.centre.getBoundingClientRect(), r = this.range(this.sel.s, this.sel.e).getBoundingClientRect(), w = el.offsetWidth, t = el.offsetHeight;
    let y = r.bottom - p.top + 8; if (y + t > p.height - 8) y = r.top - p.top - t - 8; if (y < 8) y = Math.max(8, p.height - t - 8);
    el.style.top = y + "px"; el.style.left = Math.max(8, Math.min(r.left - p.left, p.width - w - 24)) + "px";
  },
};
