// Coding and undo: every decision painted, kept and sent, and taken back.

import { newId } from "./small.js";

export const coding = {
  own(c) { return c && !c.sug && c.coder === this.coder; },
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
  },
  recode(code) { const c = this.hand; if (this.own(c) && c.code !== code) { this.lastCode = code; this.change(c, { code }); } },
  resize() { const c = this.hand; if (this.own(c) && this.sel && (c.s !== this.sel.s || c.e !== this.sel.e)) this.change(c, { s: this.sel.s, e: this.sel.e }); else this.say(this.t("noneInHand")); },
  polarity() { const c = this.hand; if (this.own(c)) this.change(c, { pol: c.pol === "absent" ? "present" : "absent" }); else this.say(this.t("noneInHand")); },
  change(c, to) {
    const was = Object.fromEntries(Object.keys(to).map((k) => [k, c[k]]));
    this.gesture([{ event: "change", coding: c.id, ...to }], [{ event: "change", coding: c.id, ...was }]);
    this.passageSoon(); this.mark(this.sel);
    const now = this.codings.get(c.id) || c, words = to.s === undefined ? "" : `: ${this.text.slice(to.s, Math.min(to.e, to.s + 400))}`;
    this.say(`${this.codes.get(now.code)?.name || now.code}, ${this.t(now.pol === "absent" ? "absent" : "present")}${to.note === undefined ? "" : `, ${this.t("memo")}: ${to.note}`}${words}`);
  },
  remove() {
    const c = this.hand; if (!this.own(c)) { this.say(this.t("noneInHand")); return; }
    this.gesture([{ event: "withdraw", coding: c.id }], [{ event: "restore", coding: c.id }]);
    this.say(this.t("removed", this.codes.get(c.code)?.name || c.code));
    this.take(this.sel ? this.marksAt(this.sel.s, this.sel.e)[0] : null); this.passageSoon();
  },
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
  },
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
  },
  gesture(events, back, again = events) {  // one decision: painted, kept, sent; and how to undo it
    this.emit(events, {});
    this.done.push({ do: again, undo: back }); this.undone = []; this.more.undone = false; if (this.asked) this.sinceAsked++;
  },
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
  },
  wire(ev) {  // the journal's form: code points, and the words themselves so that Python can check the place
    const { s, e, pol, ...rest } = ev, out = Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== undefined));
    if (pol !== undefined) out.polarity = pol;
    if (s !== undefined) { out.start = this.off.point(s); out.end = this.off.point(e); out.quote = this.text.slice(s, e); out.before = this.text.slice(Math.max(0, s - 40), s); }
    return out;
  },
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
  },
  refreshSoon() { setTimeout(() => this.refresh(), 600); },
  undo() { this.back(this.done, this.undone, "undo"); },
  redo() { this.back(this.undone, this.done, "redo"); },
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
  },
};
