// What the desk and Python say to each other: start, saved, refused, sent again; the line that says what is saved, and notices.

import { h, Unsaved } from "./small.js";

export const messages = {
  silent() { this.lost = true; this.status(); },
  receive(m) {
    if (!m || typeof m !== "object" || (m.view && m.view !== this.view)) return;
    if (this.lost && m.kind !== "told") { this.lost = false; this.status(); }
    const to = { start: "started", document: "show", layer: "layer", saved: "saved", refused: "refused", codes: "newCodes", progress: "progress", looked: "looked", past: "past", quotes: "showQuotes", hits: "showHits",
      compare: "showCompare", steps: "showSteps", documents: "newDocuments", told: "told", changed: "changed", choices: "choices", pong: "pong" }[m.kind];
    try { if (to) this[to](m); } catch (e) { console.error(e); this.told({ level: "error", text: `${e.name}: ${e.message}` }); }
  },
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
  },
  takeFocus(inside = this.scroller) {  // after the cell was run by key, the hands stay on the keys
    const a = this.active, r = this.root.getBoundingClientRect();
    const free = !a || a === document.body || this.root.contains(a) || a.matches(".jp-Notebook, .jp-Cell, .jp-WindowedPanel-outer, .jp-OutputArea, .jp-OutputArea-output, button") || (a.matches(".cm-content") && !a.textContent.trim());
    if (free && r.top < innerHeight && r.bottom > 0 && this.root.offsetParent) inside?.focus({ preventScroll: true });
  },
  saved(m) {
    for (const id of m.ids) { this.unsaved.done(id); this.waiting.delete(id); }
    this.problem = ""; this.savedAt = new Date(); this.onDisk = performance.now(); this.status();
  },
  refused(m) {
    if (m.final) { for (const id of m.ids) { this.unsaved.done(id); this.waiting.delete(id); } this.told({ level: "error", text: m.text }); this.refresh(); return; }
    for (const id of m.ids) this.waiting.delete(id);
    this.problem = m.text; this.retryAt = Date.now() + 4000; this.status();
  },
  resend() {  // everything that is not acknowledged, in order, one message a document; the ids make it harmless
    const groups = new Map();
    for (const item of this.unsaved.list()) { const k = item.document + (item.consensus ? "|c" : ""); if (!groups.has(k)) groups.set(k, []); groups.get(k).push(item); }
    for (const items of groups.values()) {
      for (const i of items) this.waiting.set(i.event.id, Date.now());
      this.ask("save", { document: items[0].document, consensus: items[0].consensus, events: items.map((i) => i.event) });
    }
  },
  kernel() { const m = this.model.widget_manager; return m?.kernel ?? m?.context?.sessionContext?.session?.kernel ?? null; },
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
  },
  looked() { this.looking = false; this.lookedAt = Date.now(); },
  pong() { this.status(); },
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
    else if (this.savedAt) [text, level] = [this.t("savedAt", this.savedAt.toLocaleTimeString(this.info.language === "id" ? "id-ID" : [], { hour: "2-digit", minute: "2-digit", second: "2-digit" })), "good"];
    else [text, level] = [this.t("nothingToSave"), "quiet"];
    if (this.state.textContent !== text) this.state.textContent = text;
    this.state.dataset.level = level; this.root.dataset.saved = n || this.wished.length ? "no" : "yes"; this.root.dataset.lost = this.lost ? "yes" : "no";
  },
  told(m) {
    if (!this.notices) { this.root.append(h("p", { role: "alert", class: "kd-notice", "data-level": "error" }, m.text)); return; }
    if ([...this.notices.children].some((n) => n.firstChild.textContent === m.text)) return;
    if (m.level === "info") for (const n of [...this.notices.children]) if (n.dataset.level === "info") n.remove();  // news of before
    const close = h("button", { class: "kd-icon", "aria-label": this.t("close"), onclick: () => { note.remove(); this.scroller?.focus(); } }, "×");
    const act = m.act && h("button", { class: "kd-small kd-main-act", onclick: () => { note.remove(); this.scroller?.focus(); typeof m.act === "string" ? this.ask(m.act, { document: m.document }) : m.act(); } }, this.t(m.label || m.act));
    const note = h("div", { class: "kd-notice", "data-level": m.level || "error" }, h("span", {}, m.text), act, close);
    this.notices.append(note);
    while (this.notices.children.length > 4) this.notices.firstChild.remove();
  },
  say(text) { if (this.voice) { this.voice.textContent = ""; this.voice.textContent = text; } },
  refresh() { this.refreshed = Date.now(); if (this.doc) this.ask("refresh", { document: this.doc.id }); },
  changed(m) { if (m.from !== this.view && m.document === this.doc?.id) this.refresh(); },
};
