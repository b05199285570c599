// The transcript: blocks, sections filled as they come near, and the codings painted on them.

import { SECTION_TURNS, h, put, newId, lowerBound, store, Offsets, sums, unpackCodings, unpackTurns, SECTION_CHARS, BLOCK_CHARS } from "./small.js";

export const transcript = {
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
  },
  consents() {  // who may not be quoted stands above the text as long as it is read
    const who = new Map(); for (const t of this.turns) if (t.consent) { if (!who.has(t.consent)) who.set(t.consent, new Set()); who.get(t.consent).add(t.label + (t.speaker && t.speaker !== t.label && !t.speaker.includes("█") ? ` (${t.speaker})` : "")); }
    const lines = this.doc.consent ? [this.t("consent." + this.doc.consent)] : [...who].map(([why, names]) => `${[...names].join(", ")}: ${this.t("consent." + why)}`);
    put(this.strip, lines.length ? [h("span", { "aria-hidden": "true" }, "⊘ "), lines.join(" · ")] : ""); this.strip.hidden = !lines.length;
  },
  hindered(s, e) {  // why a passage may not be quoted, "" where it may
    const rank = ["quote-after-check", "analyse", "withdrawn"]; let worst = -1;
    for (let i = Math.max(0, lowerBound(this.turns, s + 1, (t) => t.start) - 1); i < this.turns.length && this.turns[i].start < e; i++) if (this.turns[i].end > s && this.turns[i].consent) worst = Math.max(worst, rank.indexOf(this.turns[i].consent));
    if (this.doc.consent) worst = Math.max(worst, rank.indexOf(this.doc.consent));
    return worst === 0 && this.checked.some(([a, b]) => a <= s && e <= b) ? "" : rank[worst] || "";
  },
  unquotable(why) { return why ? h("span", { class: "kd-unquotable" }, h("span", { "aria-hidden": "true" }, "⊘ "), this.t("consent." + why)) : null; },
  idle(f) { (window.requestIdleCallback || ((g) => setTimeout(g, 30)))(f, { timeout: 1500 }); },
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
  },
  blockAt(offset) { return Math.max(0, lowerBound(this.blocks, offset + 1, (b) => b.s) - 1); },
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
  },
  askPast() { if (this.doc && !this.asked && (this.more.done || this.more.undone)) { this.asked = newId(); this.sinceAsked = 0; this.ask("past", { document: this.doc.id, ref: this.asked }); } },
  past(m) {  // what was done before; gestures since the question were not in the journal yet
    if (m.document !== this.doc?.id || m.ref !== this.asked) return;
    const inner = (list) => list.map((g) => ({ do: g.do.map((e) => this.inner(e)), undo: g.undo.map((e) => this.inner(e)) })), since = this.sinceAsked ? this.done.slice(-this.sinceAsked) : [];
    this.done = [...inner(m.done), ...since]; this.undone = since.length ? [] : inner(m.undone); this.more = m.more; this.asked = false;
    const wishes = this.wished; this.wished = []; for (const w of wishes) this[w](); if (wishes.length) this.status();
  },
  inner(e) { const o = { ...e }; if ("start" in o) { o.s = this.off.units(o.start); o.e = this.off.units(o.end); delete o.start; delete o.end; } return o; },
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
  },
  place(c) {
    (c.sug ? this.suggestions : this.codings).set(c.id, c);
    for (let i = this.blockAt(c.s); i < this.blocks.length && this.blocks[i].s < c.e; i++) if (this.blocks[i].e > c.s) this.blocks[i].marks.push(c);
  },
  unplace(c) { for (let i = this.blockAt(c.s); i < this.blocks.length && this.blocks[i].s < c.e; i++) this.blocks[i].marks = this.blocks[i].marks.filter((x) => x !== c); },
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
  },
  fill(x) {
    if (x.filled) return;
    x.filled = true;
    const all = document.createDocumentFragment();
    for (const b of x.blocks) all.append(this.makeBlock(b));
    x.el.insertBefore(all, x.side);
  },
  makeBlock(b) {
    const t = b.turn, who = t && b.first && t.label;
    b.words = h("div", { class: "kd-words", dir: "auto" });
    b.el = h("div", { class: "kd-block" + (t ? "" : " kd-aside") + (b.first ? " kd-first" : "") + (t && !t.ev ? " kd-asks" : ""), "data-role": t?.role || null, "data-consent": t?.consent || this.doc.consent || null },
      h("span", { class: "kd-line" }, String(b.line)),
      h("span", { class: "kd-speaker" }, who ? h("b", { title: t.speaker }, t.label) : null, who && t.time ? h("time", {}, t.time) : null, who && t.consent && !this.doc.consent ? h("small", { class: "kd-tag", title: this.t("consent." + t.consent) }, this.t("tag." + t.consent)) : null), b.words);
    b.words._block = b;
    this.drawBlock(b);
    return b.el;
  },
  visible(c) { return !c.gone && (this.cmp ? !c.sug && (c.coder === this.cmp.a || c.coder === this.cmp.b) : !this.hidden.has(c.coder)); },
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
  },
  touch(c) {  // paint again what a coding covers
    const sections = new Set();
    for (let i = this.blockAt(c.s); i < this.blocks.length && this.blocks[i].s < c.e; i++) { this.drawBlock(this.blocks[i]); sections.add(this.blocks[i].section); }
    if (this.sel && this.sel.s < c.e && this.sel.e > c.s) this.mark(this.sel);
    for (const x of sections) this.marginSoon(x);
  },
  take(c) {  // the coding in hand: bold, in the text and beside it, without drawing anything anew
    const old = this.hand; this.hand = c || null;
    if (old === this.hand) return;
    for (const x of [old, this.hand]) if (x) for (let i = this.blockAt(x.s); i < this.blocks.length && this.blocks[i].s < x.e; i++) {
      for (const g of this.blocks[i].segs || []) if (g.marks.length) g.el.classList.toggle("hand", g.marks.includes(this.hand));
      for (const el of this.blocks[i].section.side.children) { const on = el._all ? el._all.includes(this.hand) : !!el._c && el._c === this.hand; el.classList.toggle("hand", on); if (on) el._c = this.hand; }
    }
  },
};
