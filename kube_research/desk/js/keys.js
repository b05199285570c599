// Keys, and the box in which a code is found by a few letters.

import { COMMANDS, h, fold } from "./small.js";

export const keys = {
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
  },
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
  },
  pane(by) {
    const drawers = this.width === "narrow", side = (p) => (this.right.contains(p) ? "right" : this.left.contains(p) ? "left" : "");
    const panes = [this.scroller, this.panel.querySelector("button, input, textarea, select") || this.panel, this.docBox.querySelector("button[tabindex='0']"), this.codeFind].filter((p) => p && (p.offsetParent || (drawers && side(p))));
    const at = panes.findIndex((p) => p === this.active || (p !== this.scroller && p.parentElement?.contains(this.active))), to = panes[(at + by + panes.length) % panes.length];
    if (drawers && to) for (const s of ["left", "right"]) this.root.classList.toggle("no-" + s, side(to) !== s);  // a closed drawer opens for the hands
    to?.focus();
  },

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
  },
  openBox(mode = "code", letter = "") {
    if (this.readonly) { this.say(this.t("readonly")); return; }
    if (mode === "recode" && !(this.hand && this.own(this.hand))) { this.say(this.t("noneInHand")); return; }
    if (!this.sel) this.sentence(1);
    if (!this.sel) return;
    this.mode = mode; this.bubble.hidden = true;
    this.find.value = letter; this.find.placeholder = mode === "recode" ? this.t("recodeTo") : this.t("typeCode");
    this.boxHint.textContent = this.t("boxHint");
    this.offer(); this.putNear(this.box); this.find.focus();
  },
  closeBox() { this.box.hidden = true; this.scroller.focus({ preventScroll: true }); },
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
  },
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
  },
  pick(i) {
    const n = this.options.length; if (!n) return;
    this.picked = (i + n) % n;
    [...this.offers.children].forEach((li, k) => li.setAttribute("aria-selected", k === this.picked ? "true" : "false"));
    this.find.setAttribute("aria-activedescendant", `kd-o${this.picked}-${this.view}`);
    this.offers.children[this.picked].scrollIntoView({ block: "nearest" });
  },
  choose(i) {
    const o = this.options?.[i]; if (!o) return;
    const mode = this.mode;
    this.closeBox();
    if (o.fresh) this.ask("book", { what: "new", name: o.fresh, then: { mode, s: this.sel.s, e: this.sel.e, hand: this.hand?.id } });
    else if (mode === "recode") this.recode(o.code); else this.code(o.code);
  },
  inVivo() {
    if (!this.sel || this.readonly) return;
    const name = this.text.slice(this.sel.s, this.sel.e).replace(/\s+/g, " ").slice(0, 80).replace(/[.,;:!?…]+$/, "");
    const why = this.hindered(this.sel.s, this.sel.e); if (why) { this.told({ level: "info", text: this.t("noVivo", this.t("consent." + why)) }); return; }  // its name would quote them, in the codebook
    const known = this.codeList.find((c) => fold(c.name) === fold(name));
    if (known) this.code(known.id); else this.ask("book", { what: "new", vivo: true, name, at: [this.doc.id, this.off.point(this.sel.s), this.off.point(this.sel.e)], then: { mode: "code", s: this.sel.s, e: this.sel.e } });
  },
};
