// The frame around the text: header, panes, the line of keys, what fits in a narrow desk, and the way from document to document.

import { h, store } from "./small.js";

export const frame = {
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
  },
  hints() {
    this.hint.textContent = this.t(this.cmp ? "hintCompare" : this.settling ? (this.settling.codes ? "hintSplit" : "hintSettle") : this.readonly ? "hintRead" : "hint");
  },
  fit() {  // in a narrow desk the text comes first and the panels are drawers
    const low = innerHeight < 560, view = low && this.root.closest(".jp-WindowedPanel-outer");  // 200 % zoom: no taller than what the notebook shows, so that nothing of the desk lies outside
    this.root.style.setProperty("--room", view ? Math.max(220, view.clientHeight - 8) + "px" : "100vh"); this.root.dataset.low = low ? "yes" : "no";
    const w = this.root.offsetWidth, width = w < 720 ? "narrow" : w < 1000 ? "middle" : "wide";
    if (!w || width === this.width) return;
    this.width = width; this.root.dataset.width = width;
    this.root.classList.toggle("no-left", width === "narrow"); this.root.classList.toggle("no-right", width === "narrow");
  },
  toggle(side, open = this.root.classList.contains("no-" + side)) {
    this.root.classList.toggle("no-" + side, !open);
    if (this.width === "narrow" && open) { this.root.classList.add(side === "left" ? "no-right" : "no-left"); (side === "left" ? this.docBox.querySelector("button[tabindex='0']") : this.tabs.querySelector("[aria-selected=true]"))?.focus(); }
    else if (!open) this.scroller.focus({ preventScroll: true });
  },
  step(by) { const i = this.docs.findIndex((d) => d.id === this.doc?.id) + by; if (this.docs[i]) this.open(this.docs[i].id); },
  open(id, goto) { this.keepPlace(); this.ask("open", { document: id, goto }); },
  keepPlace() { if (this.doc) store.set(this.base + "place/" + this.doc.id, String(this.off.point(this.sel ? this.sel.s : 0))); },
};
