// Two coders side by side, and the consensus that keeps both.

import { h, put } from "./small.js";

export const compare = {
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
  },
  showCompare(m) { this.cmp = { a: m.a, b: m.b, items: m.items, agreed: m.agreed, alike: m.alike || [], i: -1 }; this.hand = null; this.root.classList.add("comparing"); this.redraw(); this.hints(); this.heads(); this.showTab("compare"); if (m.items.length) this.nextDifference(1); },
  heads() { this.side?.remove(); if (this.cmp) { this.side = h("div", { class: "kd-heads", "aria-hidden": "true" }, h("b", {}, this.cmp.a), h("b", {}, this.cmp.b)); this.centre.append(this.side); } },
  leaveCompare() { this.cmp = null; this.root.classList.remove("comparing"); this.heads(); this.redraw(); this.hints(); this.showTab("passage"); this.scroller.focus(); },
  nextDifference(by) { const c = this.cmp; if (!c.items.length) return; c.i = (c.i + by + c.items.length) % c.items.length; const d = c.items[c.i]; this.gotoOffset(this.off.units(d.start), this.off.units(d.end)); this.drawCompare(); this.say(`${this.codes.get(d.code)?.name || d.code}: ${d.a ? c.a : ""} ${d.b ? c.b : ""}`); },
  copyOf(id, key) { const c = this.codings.get(id); return { event: "code", coding: "con-" + key + "-" + id, s: c.s, e: c.e, code: c.code, pol: c.pol, note: c.note || undefined, agreed: [id] }; },
  judge(v) {
    const d = this.cmp?.items[this.cmp.i]; if (!d || this.readonly) return;
    const ids = { a: [d.a], b: [d.b], both: [d.a, d.b], neither: [] }[v].filter(Boolean);
    this.emit([...ids.map((id) => this.copyOf(id, "d")), { event: "decide", suggestion: d.key, verdict: v, codings: [d.a, d.b].filter(Boolean), code: d.code }], {}, true);
    this.cmp.items.splice(this.cmp.i, 1); this.cmp.i -= 1;
    if (this.cmp.items.length) this.nextDifference(1); else { this.drawCompare(); this.say(this.t("allAgreed")); }
  },
  takeAgreed() { const events = this.cmp.alike.filter((id) => this.codings.has(id)).map((id) => this.copyOf(id, "a")); if (events.length) this.emit(events, {}, true); this.cmp.alike = []; this.drawCompare(); },
};
