// Codings that wait: their place in the corrected text, or the code after a split, is unsure.

import { h, put } from "./small.js";

export const waiting = {
  waits() { return this.queue.filter((w) => { if (!w.codes) return !w.done; const c = this.codings.get(w.id); return c && !c.gone && c.code === w.code; }); },
  waitingText() { const list = this.waits(); return this.t(list.every((w) => w.codes) ? "waitingSplit" : list.some((w) => w.codes) ? "waitingBoth" : "waitingHere", list.length); },
  offerQueue() {
    const n = this.waits().length; if (!n || this.readonly || this.settling) return;
    this.told({ level: "warning", text: this.waitingText(), act: () => this.openQueue(), label: "settleNow" });
  },
  openQueue() {
    const first = this.waits()[0]; if (!first) { this.say(this.t("noneWaits")); return; }
    for (const n of [...this.notices.children]) if (n.firstChild.textContent === this.waitingText()) n.remove();
    this.root.classList.remove("no-right"); if (this.width === "narrow") this.root.classList.add("no-left");
    this.settling = first; this.showTab("waiting"); this.hints(); this.showWaiting(); this.scroller.focus({ preventScroll: true });
  },
  leaveQueue() { this.settling = null; this.hints(); this.showTab("passage"); this.scroller.focus(); },
  nextWaiting(by) { const list = this.waits(), i = list.indexOf(this.settling); if (!list.length) { this.leaveQueue(); this.say(this.t("noneWaits")); return; } this.settling = list[((i < 0 ? 0 : i + by) + list.length) % list.length]; this.hints(); this.showTab("waiting"); this.showWaiting(); },
  showWaiting() {
    const w = this.settling, p = w?.places[0]; if (!w) return;
    if (w.codes) { this.gotoOffset(w.s, w.e, true); this.take(this.codings.get(w.id)); } else if (p) this.gotoOffset(p.s, p.e, true); else this.gotoOffset(Math.min(this.off.units(w.start), this.text.length - 1), null, true);
    this.drawQueue();
    if (w.codes) this.say(`${w.quote}. ${this.t("whichCode")} ${w.codes.map((x, k) => `${k + 1} ${this.codes.get(x)?.name || x}`).join(", ")}`);
    else this.say(`${this.t("oldWords")}: ${w.quote}. ${w.places.length ? this.t("newWords") + ": " + this.text.slice(p.s, p.e) : this.t("noPlace")}`);
  },
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
  },
  difference(old, now) {  // word by word: what went struck through, what came underlined
    const a = old.split(/\s+/).filter(Boolean), b = now.split(/\s+/).filter(Boolean), n = a.length, m = b.length;
    if (n * m > 60000) return [now];
    const L = Array.from({ length: n + 1 }, () => new Uint16Array(m + 1));
    for (let i = n - 1; i >= 0; i--) for (let j = m - 1; j >= 0; j--) L[i][j] = a[i] === b[j] ? L[i + 1][j + 1] + 1 : Math.max(L[i + 1][j], L[i][j + 1]);
    const out = []; let gone = [], come = [];
    const flush = () => { for (const [tag, words] of [["del", gone], ["ins", come]]) if (words.length) out.push(h(tag, {}, words.join(" ")), " "); gone = []; come = []; };
    for (let i = 0, j = 0; i < n || j < m;) { if (i < n && j < m && a[i] === b[j]) { flush(); out.push(b[j] + " "); i++; j++; } else if (j < m && (i >= n || L[i][j + 1] >= L[i + 1][j])) come.push(b[j++]); else gone.push(a[i++]); }
    flush(); return out;
  },
  settle(place) {
    const w = this.settling; if (!w || w.codes || !place || this.readonly) return;
    this.gesture([{ event: "change", coding: w.id, s: place.s, e: place.e, settles: true }], [{ event: "wait", coding: w.id }]);
    this.say(this.t("settled", this.codes.get(w.code)?.name || w.code)); this.nextWaiting(0);
  },
  settleCode(code) {
    const w = this.settling; if (!w?.codes || !code || this.readonly) return;
    this.gesture([{ event: "change", coding: w.id, code, settles: true }], [{ event: "change", coding: w.id, code: w.code }]);
    this.say(this.t("codedAs", this.codes.get(code)?.name || code)); this.nextWaiting(0);
  },
  letGo() {
    const w = this.settling; if (!w || this.readonly) return;
    this.gesture([{ event: "withdraw", coding: w.id, why: "update" }], [{ event: "restore", coding: w.id }]);
    this.say(this.t("removed", this.codes.get(w.code)?.name || w.code)); this.nextWaiting(0);
  },
};
