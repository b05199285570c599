// The right panels: the passage and its codings, memos, quotations, search.

import { h, put } from "./small.js";

export const panels = {
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
  },
  passageSoon() { if (this.drawing) return; this.drawing = true; requestAnimationFrame(() => setTimeout(() => { this.drawing = false; this.passage(); })); },
  passage() {
    if (this.tab !== "passage" || !this.panel || (this.active?.tagName === "TEXTAREA" && this.panel.contains(this.active))) return;
    if (!this.sel) { const m = this.memos.filter((x) => x.about === "document").at(-1); put(this.panel, h("p", { class: "kd-quiet" }, this.t("start1")), h("p", { class: "kd-quiet" }, this.t("start2")), m?.text ? h("p", { class: "kd-def" }, h("b", {}, this.t("memo") + " "), m.text) : "", this.coderList()); return; }
    const list = this.marksAt(this.sel.s, this.sel.e), cards = list.slice(0, 12).map((c) => this.cardFor(c));
    const turn = this.turnAt(this.sel.s);
    put(this.panel, h("p", { class: "kd-where" }, turn ? h("b", {}, turn.label + (turn.speaker && turn.speaker !== turn.label ? ` (${turn.speaker})` : "")) : "", " ", this.t("lineNo", this.blocks[this.blockAt(this.sel.s)].line), turn?.role ? " · " + this.t("role." + turn.role) : ""), this.unquotable(this.hindered(this.sel.s, this.sel.e)),
      h("blockquote", { class: "kd-sel", dir: "auto" }, this.text.slice(this.sel.s, Math.min(this.sel.e, this.sel.s + 320)) + (this.sel.e - this.sel.s > 320 ? " …" : "")),
      ...(cards.length ? cards : [h("p", { class: "kd-quiet" }, this.t("notCoded"))]), this.coderList());
  },
  coderList() {
    const seen = [...this.seenCoders].filter((c) => c && c !== this.coder).sort();
    if (!seen.length && !this.suggestions.size) return "";
    return h("fieldset", { class: "kd-coders" }, h("legend", {}, this.t("alsoShow")), [...seen, ...(this.suggestions.size ? [undefined] : [])].map((c) => h("label", {}, h("input", { type: "checkbox", checked: !this.hidden.has(c), onchange: (e) => { e.target.checked ? this.hidden.delete(c) : this.hidden.add(c); this.redraw(); } }), " ", c ?? this.t("suggestions"))));
  },
  redraw() { for (const x of this.sections || []) { if (x.filled) for (const b of x.blocks) this.drawBlock(b); this.marginSoon(x); } this.mark(this.sel); this.edits = (this.edits || 0) + 1; this.mapSoon(); },
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
  },
  nextHand() { if (!this.sel) return; const list = this.marksAt(this.sel.s, this.sel.e); if (!list.length) return; const c = list[(list.indexOf(this.hand) + 1) % list.length]; this.take(c); this.mark(this.sel); this.passage(); this.say(`${this.codes.get(c.code)?.name || c.code}, ${c.pol === "absent" ? this.t("absent") : this.t("present")}`); },
  memoFor() {
    const own = this.own(this.hand) ? this.hand : null, name = own && (this.codes.get(own.code)?.name || own.code);
    if (own) this.askWords(this.t("memoOn", name), own.note, (v) => this.change(own, { note: v }));
    else { const old = this.memos.filter((m) => m.about === "document").at(-1); this.askWords(this.t("memoOnDocument", this.doc.title), old?.text || "", (v) => this.memo("document", v)); }
  },
  memo(about, text) { this.emit([{ event: "memo", about, text }], {}); if (about.startsWith("code:")) this.showCard(about.slice(5)); this.passage(); },
  quotesOf(code, filters = {}) { this.quoteWish = { code, ...filters }; this.ask("quotes", this.quoteWish); },
  showQuotes(m) { this.quoted = m; this.showTab("quotes"); },
  drawQuotes() {
    const m = this.quoted;
    if (!m) { put(this.panel, h("p", { class: "kd-quiet" }, this.t("quotesHow"))); return; }
    const c = this.codes.get(m.code), w = this.quoteWish;
    const pick = (key, values, words) => (values.length < 2 ? null : h("label", {}, this.t("by." + key), h("select", { "aria-label": this.t("by." + key), onchange: (e) => this.quotesOf(m.code, { ...w, [key]: e.target.value }) }, h("option", { value: "" }, this.t("all")), values.map((v) => h("option", { value: v, ...(w[key] === v ? { selected: "" } : {}) }, words ? this.t(words + v) : v)))));
    put(this.panel, h("h4", {}, h("i", { class: "kd-dot", style: { "--a": this.hue(m.code) } }), c?.name || m.code, h("small", {}, " " + this.t("times", m.total))),
      h("div", { class: "kd-filters" }, pick("case", this.info.attributes.case), pick("role", this.info.attributes.role, "role."), pick("polarity", ["present", "absent"], ""), pick("coder", this.info.blind ? [] : this.coders)),
      this.results(m.items.map((q) => ({ ...q, where: `${q.document}:${q.line} ${q.speaker}${q.polarity === "absent" ? " · " + this.t("absent") : ""}${q.coder !== this.coder ? " · " + q.coder : ""}`, hit: q.quote, id: q.id })), m.total));
  },
  results(items, total) {
    if (!items.length) return h("p", { class: "kd-quiet" }, this.t("noneFound"));
    const list = h("ul", { class: "kd-results" }, items.map((q, i) => h("li", {}, h("button", { tabindex: i ? "-1" : "0", onclick: () => this.visit(q) }, h("small", {}, q.where, q.consent ? [" ", this.unquotable(q.consent)] : null), h("span", { dir: "auto" }, h("i", {}, q.before), h("b", {}, q.hit), h("i", {}, q.after))))));
    this.rove(list);
    return [list, total > items.length ? h("p", { class: "kd-quiet" }, this.t("more", total - items.length)) : null];
  },
  visit(q) {
    const target = { start: q.start, end: q.end };
    if (q.document === this.doc.id) { const s = this.off.units(q.start), e = this.off.units(q.end); this.gotoOffset(s, e); } else this.open(q.document, target);
    this.scroller.focus({ preventScroll: true });
  },
  openSearch() { this.root.classList.remove("no-right"); this.showTab("search"); this.panel.querySelector("input").focus(); this.panel.querySelector("input").select(); },
  showHits(m) { this.hits = m; this.drawSearch(); if (this.active === this.scroller || this.panel.contains(this.active) || this.active === document.body) this.panel.querySelector(".kd-results button")?.focus(); },
  drawSearch() {
    const m = this.hits, input = h("input", { type: "search", "aria-label": this.t("searchWords"), placeholder: "~damping", value: this.pattern || "" });
    const only = h("input", { type: "checkbox", checked: !!this.only });
    const form = h("form", { class: "kd-search", onsubmit: (e) => { e.preventDefault(); this.pattern = input.value; this.only = only.checked; this.ask("search", { pattern: input.value, only: only.checked ? this.doc?.id : "" }); } }, h("div", {}, input, h("button", { type: "submit" }, this.t("search"))), h("label", {}, only, " ", this.t("onlyHere")));
    put(this.panel, form, m ? h("p", { class: "kd-quiet", role: "status" }, this.t("times", m.total) + (m.pattern !== (this.pattern || "").trim() ? " — " + m.pattern : "")) : h("p", { class: "kd-quiet" }, this.t("searchHow")), ...(m ? [this.results(m.items.map((q) => ({ ...q, where: `${q.document}:${q.line} ${q.speaker}` })), m.total)].flat() : []));
  },
};
