// The desk's browser side, one ES module put together by `module.py`: no dependency, no build step.
//
// Each file beside this one holds a part of the desk's methods.  A participant's text is never markup: it goes to the screen
// through text nodes only (`h` makes no other).

import { h, newId } from "./small.js";
import { messages } from "./messages.js";
import { frame } from "./frame.js";
import { transcript } from "./transcript.js";
import { margin } from "./margin.js";
import { cursor } from "./cursor.js";
import { keys } from "./keys.js";
import { coding } from "./coding.js";
import { tree } from "./tree.js";
import { dialogs } from "./dialogs.js";
import { panels } from "./panels.js";
import { compare } from "./compare.js";
import { waiting } from "./waiting.js";
import { page } from "./page.js";

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
}
Object.assign(Desk.prototype, messages, frame, transcript, margin, cursor, keys, coding, tree, dialogs, panels, compare, waiting, page);

export default {
  render({ model, el }) {
    const desk = new Desk(model, el);
    el._kubeDesk = desk;  // for tests and measurements
    return () => desk.close();
  },
};
