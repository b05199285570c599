// The left panels: documents and the tree of codes, and every step of the codebook from there.

import { SVG_HUES, h, put, fold, store } from "./small.js";

export const tree = {
  setCodes(list) {
    this.codeList = list; this.codes = new Map();
    try { this.inks ||= JSON.parse(store.get(this.base + "hues") || "{}"); } catch { this.inks = {}; }  // a code keeps its colour when the tree changes
    const used = new Map(); for (const c of list) { const k = this.inks[c.id]; if (k !== undefined) used.set(k, (used.get(k) || 0) + 1); }
    const free = (n) => { if (!used.get(n)) return n; for (let least = 1; ; least++) for (let k = 0; k < SVG_HUES.length * 3; k++) if ((used.get(k) || 0) < least) return k; };
    list.forEach((c, n) => {
      c.n = n; c.low = fold(c.id); c.whole = fold(c.name); c.parts = [...new Set(fold(c.names + " " + c.name + " " + c.id).split(/[^\p{L}\p{N}]+/u).filter(Boolean))];
      if (this.inks[c.id] === undefined) { this.inks[c.id] = free(n); used.set(this.inks[c.id], (used.get(this.inks[c.id]) || 0) + 1); }
      const i = this.inks[c.id], k = SVG_HUES[i % SVG_HUES.length], ring = Math.floor(i / SVG_HUES.length) % 3;
      c.hue = /^#[0-9a-f]{3,8}$/i.test(c.color) ? c.color : `oklch(${[0.62, 0.52, 0.7][ring]} ${[0.14, 0.12, 0.1][ring]} ${k + ring * 11})`;
      this.codes.set(c.id, c);
    });
    store.set(this.base + "hues", JSON.stringify(this.inks));
  },
  newCodes(m) {
    if (m.made?.what === "rename" && this.inks[m.made.code] !== undefined) this.inks[m.made.to] = this.inks[m.made.code];
    const others = [...this.codes.values()].filter((c) => c.elsewhere);
    this.setCodes(m.codes); for (const c of others) if (!this.codes.has(c.id)) this.codes.set(c.id, c);
    if (m.coders && m.coders.length !== this.coders.length) { this.coders = m.coders; this.showTab(this.tab); }
    this.tree(); this.redraw(); this.passage();
    if (this.chosen && this.codes.has(this.chosen)) this.showCard(this.chosen);
    const made = m.made; if (!made) return;
    if (made.what === "new") { this.say(this.t("codeMade", made.name, made.code)); if (m.then) { const c = this.codings.get(m.then.hand); if (m.then.mode === "recode" && c) { this.hand = c; this.recode(made.code); } else this.code(made.code, m.then.s, m.then.e); return; } }
    else if (made.what === "name" || made.what === "define" || !made.version) this.say(made.said);
    else this.told({ level: "info", text: [made.said, ...made.notes].join("\n"), act: made.what === "undo" ? null : () => this.ask("book", { what: "undo", book: made.book, version: made.version }), label: "undoStep" });
    const at = { merge: made.to, rename: made.to, split: made.into?.[0] }[made.what] || made.code;
    if (this.codes.has(at)) { this.chosen = at; this.showCard(at); for (const li of this.codeBox.children) li.classList.toggle("chosen", li.dataset.code === at); }
    if (this.treeWaits) { this.treeWaits = false; this.focusCode(at); }
  },
  focusCode(id) { const all = [...this.codeBox.querySelectorAll("button.kd-go")], b = all.find((x) => x._code === id) || all[0]; if (!b) return; all.forEach((x) => x.setAttribute("tabindex", x === b ? "0" : "-1")); b.focus(); b.scrollIntoView({ block: "nearest" }); },
  newDocuments(m) { this.docs = m.documents; if (this.doc && !this.docs.some((d) => d.id === this.doc.id)) { this.doc = null; this.text = ""; this.sel = null; this.hand = null; this.mark(null); this.paper.replaceChildren(); put(this.panel, ""); this.title.textContent = ""; } this.listDocs(); },
  listDocs() {
    const had = this.docBox.contains(this.active) ? this.active.dataset.id : null;  // news must not take the focus away
    this.docBox.replaceChildren(...this.docs.map((d) => {
      const p = this.far[d.id], share = p ? (p.turns ? p.coded / p.turns : 0) : 0, here = d.id === this.doc?.id;
      return h("li", {}, h("button", { "data-id": d.id, tabindex: here || (!this.doc && d === this.docs[0]) ? "0" : "-1", "aria-current": here ? "true" : null, onclick: () => { this.open(d.id); this.scroller.focus(); } },
        h("span", { class: "kd-doc" }, h("b", {}, d.id), d.quotable === false ? h("span", { class: "kd-tag", role: "img", "aria-label": this.t("notAllQuotable"), title: this.t("notAllQuotable") }, "⊘") : "", " ", d.title === d.id ? "" : d.title), h("span", { class: "kd-far", title: p ? this.t("turnsCoded", p.coded, p.turns) : null }, p?.waiting ? h("b", { class: "kd-count", title: this.t("waitingN", p.waiting), "aria-label": this.t("waitingN", p.waiting) }, String(p.waiting)) : null, p ? [h("span", { "aria-hidden": "true" }, `${p.coded}/${p.turns}`), h("span", { class: "kd-voice" }, this.t("turnsCoded", p.coded, p.turns))] : ""), h("span", { class: "kd-bar2", "aria-hidden": "true" }, h("i", { style: { width: Math.round(share * 100) + "%" } }))));
    }));
    this.rove(this.docBox);
    if (had !== null) ([...this.docBox.querySelectorAll("button")].find((b) => b.dataset.id === had) || this.docBox.querySelector("button[tabindex='0']") || this.scroller).focus({ preventScroll: true });
  },
  rove(list) {  // one stop for Tab, arrows inside
    list.onkeydown = (e) => {
      const all = [...list.querySelectorAll(list === this.codeBox ? "button.kd-go" : ":scope > li > button")].filter((b) => b.offsetParent), i = all.indexOf(this.active);
      if (list === this.codeBox && i >= 0 && this.treeKey(e, all[i])) { e.preventDefault(); return; }
      const to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: all.length - 1 }[e.key];
      if (to === undefined || !all[to]) return;
      all.forEach((b) => b.setAttribute("tabindex", "-1")); all[to].setAttribute("tabindex", "0"); all[to].focus(); e.preventDefault();
    };
  },
  treeKey(e, button) {  // keys on a code in the tree
    const id = button._code; if (!id || e.ctrlKey || e.metaKey || e.altKey) return false;
    const digit = /^Digit([1-9])$/.exec(e.code || "")?.[1];
    if (digit && !e.shiftKey) { this.setFavourite(digit, id); return true; }
    if (this.readonly) return false;
    const act = { F2: () => this.stepName(id), Delete: () => this.stepRetire(id), m: () => this.codeMenu(id, button), ContextMenu: () => this.codeMenu(id, button), F10: () => e.shiftKey && this.codeMenu(id, button), u: () => this.ask("steps", { book: this.codes.get(id).book }) }[e.key];
    if (act) act();
    return !!act;
  },
  progress(m) {
    const retired = (t) => this.codeList.filter((c) => c.retired && t[c.id]).length, before = retired(this.totals);
    this.far = m.documents; this.totals = m.codes; if (before !== retired(this.totals)) this.tree();
    const fresh = Object.keys(m.names || {}).filter((k) => !this.codes.has(k));
    if (fresh.length) { fresh.forEach((k, n) => this.codes.set(k, { id: k, name: m.names[k], hue: `oklch(0.6 0.07 ${(n * 67) % 360})`, elsewhere: true, definition: "", examples: [] })); for (const x of this.sections || []) { if (x.filled) for (const b of x.blocks) this.drawBlock(b); this.marginSoon(x); } this.mark(this.sel); } for (const f of m.faults || []) this.told({ level: "warning", text: f }); this.listDocs(); this.counts();
  },
  countsSoon() { clearTimeout(this.counting); this.counting = setTimeout(() => { this.counts(); this.mapSoon(); }, 250); },
  counts() {
    const n = new Map(); for (const c of this.codings.values()) if (!c.gone && this.own(c)) n.set(c.code, (n.get(c.code) || 0) + 1);
    this.used = n;
    const far = this.far[this.doc?.id];
    if (far) {
      const turns = new Set(); for (const c of this.codings.values()) if (!c.gone && this.own(c)) { const t = this.turnAt(c.s); if (t?.ev) turns.add(t.n); }
      if (far.coded !== turns.size) { far.coded = turns.size; if (!this.docBox.contains(this.active)) this.listDocs(); }
    }
    for (const el of this.codeBox.querySelectorAll("[data-code]")) { const c = el.dataset.code; el.querySelector(".kd-n").textContent = this.totals[c] > (n.get(c) || 0) ? `${n.get(c) || 0}/${this.totals[c]}` : n.get(c) || ""; }
  },
  favourites() {
    if (!this.favs) { try { this.favs = JSON.parse(store.get(this.base + "favourites") || "null"); } catch { this.favs = null; } this.favs ||= this.codeList.filter((c) => !c.retired).slice(0, 9).map((c) => c.id); }
    return this.favs.map((c) => (this.codes.get(c) && !this.codes.get(c).elsewhere ? c : null));
  },
  setFavourite(digit, code) { const f = [...this.favourites()]; const i = f.indexOf(code); if (i >= 0) f[i] = null; f[digit - 1] = code; this.favs = f; store.set(this.base + "favourites", JSON.stringify(f)); this.tree(); this.say(this.t("favouriteSet", digit, this.codes.get(code).name)); },
  tree() {
    const q = fold(this.codeFind.value.trim()), favs = this.favourites(), kids = new Map(), rows = [], had = this.codeBox.contains(this.active) && this.active.closest("[data-code]")?.dataset.code, kept = this.codeBox.querySelector("button.kd-go[tabindex='0']")?._code;
    for (const c of this.codeList) { const k = c.book + "|" + (this.codes.get(c.parent)?.book === c.book ? c.parent : ""); if (!kids.has(k)) kids.set(k, []); kids.get(k).push(c); }
    const fits = (c) => !q || c.whole.includes(q) || c.low.includes(q) || c.parts.some((p) => p.startsWith(q)) || fold(c.definition).includes(q);
    let first = true;
    const row = (c, depth) => {
      const below = (kids.get(c.book + "|" + c.id) || []).map((k) => row(k, depth + 1)).filter(Boolean);
      if ((c.retired && !this.totals[c.id]) || (!fits(c) && !below.length)) return below.length ? below : null;  // a code out of use stands here as long as codings bear it
      const f = favs.indexOf(c.id);
      const go = h("button", { class: "kd-go", tabindex: first ? "0" : "-1", "aria-label": c.name + (c.retired ? ", " + this.t("retired") : "") + (f >= 0 ? ", " + this.t("favourite", f + 1) : ""), "aria-haspopup": this.readonly ? null : "menu", onclick: () => this.pickCode(c.id) }, h("i", { class: "kd-dot", style: { "--a": c.hue } }), h("span", { class: "kd-name" }, c.name), f >= 0 ? h("kbd", {}, String(f + 1)) : null, h("span", { class: "kd-n" }));
      go._code = c.id; first = false;
      const plus = this.readonly || c.retired ? null : h("button", { class: "kd-plus", tabindex: "-1", "aria-label": this.t("codeWithThis", c.name), title: this.t("codeWithThis", c.name), onclick: () => { this.code(c.id); this.scroller.focus(); } }, "+");
      const li = h("li", { "data-code": c.id, class: (c.id === this.chosen ? "chosen" : "") + (c.retired ? " retired" : ""), style: { "--d": depth }, draggable: this.readonly ? null : "true" }, go, plus);
      if (!this.readonly) this.movable(li, c);
      return [li, ...below];
    };
    let book = "";
    const many = new Set(this.codeList.map((c) => c.book)).size > 1;
    for (const c of this.codeList) {
      if (this.codes.get(c.parent)?.book === c.book) continue;
      const r = row(c, 0); if (!r) continue;
      if (many && c.book !== book) { book = c.book; rows.push(h("li", { class: "kd-book" }, c.bookLabel)); }
      rows.push(r);
    }
    if (!rows.length) rows.push(h("li", { class: "kd-none" }, this.codeList.length ? this.t("noneFound") : this.t("noCodes")));
    this.codeBox.replaceChildren(...rows.flat(Infinity)); this.rove(this.codeBox); this.counts();
    const all = [...this.codeBox.querySelectorAll("button.kd-go")], stop = all.find((b) => b._code === (had || kept));
    if (stop) all.forEach((b) => b.setAttribute("tabindex", b === stop ? "0" : "-1"));
    if (had) (stop || all[0] || this.codeFind).focus();
  },
  pickCode(id) { this.chosen = id; for (const li of this.codeBox.children) li.classList.toggle("chosen", li.dataset.code === id); this.showCard(id); this.quotesOf(id); },
  definition(c) {
    const line = (k, v) => (v ? h("p", { class: "kd-def" }, h("b", {}, this.t(k) + " "), v) : null);
    return [h("p", { class: "kd-def", dir: "auto" }, c.definition || this.t("noDefinition")), line("include", c.include), line("exclude", c.exclude), line("example", c.examples[0]), line("source", c.source)];
  },
  showCard(id) {
    const c = this.codes.get(id); if (!c) { put(this.card, ); return; }
    const act = (k, f) => h("button", { class: "kd-small", onclick: f }, this.t(k));
    const memo = this.memos.filter((m) => m.about === "code:" + id).at(-1);
    put(this.card, h("h4", {}, h("i", { class: "kd-dot", style: { "--a": c.hue } }), c.name, " ", h("small", {}, c.id)), ...this.definition(c), memo?.text ? h("p", { class: "kd-def" }, h("b", {}, this.t("memo") + " "), memo.text) : null,
      this.readonly ? "" : h("p", { class: "kd-acts" }, c.retired || c.elsewhere ? null : act("codeWithIt", () => { this.code(id); this.scroller.focus(); }), act("memo", () => this.memoOnCode(id)), c.elsewhere ? null : h("button", { class: "kd-small", "aria-haspopup": "menu", onclick: (e) => this.codeMenu(id, e.currentTarget) }, this.t("changeCode"), h("kbd", { "aria-hidden": "true" }, "m"))));
  },
  memoOnCode(id) { const c = this.codes.get(id), memo = this.memos.filter((m) => m.about === "code:" + id).at(-1); this.askWords(this.t("memoOn", c.name), memo?.text || "", (v) => this.memo("code:" + id, v)); },
  codeMenu(id, anchor) {  // everything that can be done to a code, each with its letter
    const c = this.codes.get(id); if (!c || this.readonly) return;
    const items = [["n", "rename", "F2", () => this.stepName(id)], ["d", "editDefinition", "", () => this.stepDefine(id)], ["b", "newBelow", "", () => this.newCodeDialog(id)], ["v", "moveUnder", "", () => this.stepMove(id)],
      ["g", "mergeInto", "", () => this.stepMerge(id)], ["s", "splitCode", "", () => this.stepSplit(id)], ["i", "newId", "", () => this.stepRename(id)], ["r", "retire", "Del", () => this.stepRetire(id)], ["h", "bookHistory", "u", () => this.ask("steps", { book: c.book })]]
      .filter(([k]) => !c.retired || "ndvih".includes(k));
    this.closeMenu();
    const list = items.map(([k, label, key, act]) => h("button", { role: "menuitem", tabindex: "-1", onclick: () => { this.closeMenu(); act(); } }, h("kbd", { "aria-hidden": "true" }, k), h("span", {}, this.t(label)), key ? h("kbd", { "aria-hidden": "true" }, key) : null));
    const menu = h("div", { class: "kd-menu", role: "menu", "aria-label": c.name, onkeydown: (e) => {
      const i = list.indexOf(this.active), to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: -1 }[e.key], letter = items.findIndex(([k]) => k === e.key);
      if (to !== undefined) list.at(to % list.length).focus();
      else if (e.key === "Escape" || e.key === "Tab") { this.closeMenu(); e.stopPropagation(); }
      else if (letter >= 0) list[letter].click(); else return;
      e.preventDefault();
    }, onfocusout: (e) => { if (e.relatedTarget && !menu.contains(e.relatedTarget)) this.closeMenu(false); } }, h("p", { class: "kd-where" }, c.name), list);
    this.menu = menu; menu._from = anchor; this.root.append(menu);
    const r = this.root.getBoundingClientRect(), a = anchor.getBoundingClientRect();
    menu.style.left = Math.max(6, Math.min(a.left - r.left + 18, r.width - menu.offsetWidth - 6)) + "px";
    menu.style.top = Math.max(6, Math.min(a.bottom - r.top + 2, r.height - menu.offsetHeight - 6)) + "px";
    list[0].focus();
  },
  closeMenu(back = true) { const m = this.menu; if (!m) return; this.menu = null; const from = m._from; m.remove(); if (back) (from?.isConnected ? from : this.scroller)?.focus(); },
  bookStep(what, data) { this.treeWaits = true; this.ask("book", { what, ...data }); },
  others(id) {  // the codes of the same book that it can go under or into: not itself, not what lies below it
    const c = this.codes.get(id), below = new Set([id]);
    for (let n = 0; n !== below.size;) { n = below.size; for (const o of this.codeList) if (o.book === c.book && below.has(o.parent)) below.add(o.id); }
    return this.codeList.filter((o) => o.book === c.book && !below.has(o.id) && !o.retired);
  },
  stepName(id) { const c = this.codes.get(id); this.askWords(this.t("newName", c.name), c.name, (v) => this.bookStep("name", { code: id, name: v })); },
  stepRename(id) { this.askWords(this.t("newIdFor", id), id, (v) => this.bookStep("rename", { code: id, to: v })); },
  stepRetire(id) { this.bookStep("retire", { code: id }); },
  stepMove(id) { const c = this.codes.get(id); this.askCode(this.t("moveWhich", c.name), this.others(id).filter((o) => o.id !== c.parent), (to) => this.bookStep("move", { code: id, to }), c.parent ? this.t("topLevel") : ""); },
  stepMerge(id) { const c = this.codes.get(id); this.askCode(this.t("mergeWhich", c.name), this.others(id), (to) => this.bookStep("merge", { code: id, to })); },
  stepDefine(id) {
    const c = this.codes.get(id);
    this.askForm(this.t("definitionOf", c.name), [["definition", this.t("definition"), c.definition, "area"], ["include", this.t("include"), c.include, "area"], ["exclude", this.t("exclude"), c.exclude, "area"]], (v) => this.bookStep("define", { code: id, ...v }));
  },
  stepSplit(id) {
    const c = this.codes.get(id), field = (n) => [`part${n}`, this.t("partName", n), "", "text"];
    this.askForm(this.t("splitWhich", c.name), [field(1), field(2)], (v) => this.bookStep("split", { code: id, into: Object.values(v) }), { more: (n) => (n < 9 ? field(n + 1) : null), note: this.t("splitMeans") });
  },
  movable(li, c) {  // dragged onto another code of its book, it goes below that one
    const over = (e) => { const d = this.dragged && this.codes.get(this.dragged); return d && d.book === c.book && this.others(this.dragged).some((o) => o.id === c.id) && d.parent !== c.id && (e.preventDefault(), true); };
    li.addEventListener("contextmenu", (e) => { e.preventDefault(); this.codeMenu(c.id, li.querySelector("button")); });
    li.addEventListener("dragstart", (e) => { this.dragged = c.id; e.dataTransfer.setData("text/plain", c.id); e.dataTransfer.effectAllowed = "move"; e.stopPropagation(); });
    li.addEventListener("dragover", (e) => { if (over(e)) li.classList.add("drop"); });
    li.addEventListener("dragleave", () => li.classList.remove("drop"));
    li.addEventListener("drop", (e) => { li.classList.remove("drop"); if (over(e)) { this.bookStep("move", { code: this.dragged, to: c.id }); e.stopPropagation(); } });
    li.addEventListener("dragend", () => { this.dragged = null; });
  },
  showSteps(m) {  // the history of a codebook: every step can be taken back
    const row = (s) => h("li", { class: s.undone ? "undone" : "" }, h("span", {}, h("b", {}, s.version), " ", s.why || "–", h("small", {}, ` ${s.date} ${s.who}${s.undone ? " · " + this.t("isUndone") : ""}`)),
      s.can && !this.readonly ? h("button", { class: "kd-small", "aria-label": `${this.t("undoStep")}: ${s.version} ${s.why}`, onclick: () => { this.closeDialog(); this.bookStep("undo", { book: m.book, version: s.version }); } }, this.t("undoStep")) : null);
    const pick = m.books.length > 1 ? h("select", { "aria-label": this.t("codebook"), onchange: (e) => this.ask("steps", { book: e.target.value }) }, m.books.map((b) => h("option", { value: b, ...(b === m.book ? { selected: "" } : {}) }, b))) : null;
    const box = h("div", { class: "kd-help kd-steps", role: "dialog", "aria-modal": "true", "aria-label": this.t("bookHistory") }, h("h3", {}, this.t("bookHistory"), " ", pick || h("small", {}, m.book)),
      m.steps.length ? h("ul", { class: "kd-cols" }, m.steps.map(row)) : h("p", { class: "kd-quiet" }, this.t("noSteps")), h("p", { class: "kd-acts" }, h("button", { onclick: () => this.closeDialog() }, this.t("close"))));
    this.openDialog(box, this.dialog?._from || this.active);
    (pick || box.querySelector("button")).focus();
  },
};
