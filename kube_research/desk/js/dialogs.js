// Dialogs: a new code, words to ask for, a code to choose, help.

import { h, put, newId, fold } from "./small.js";

export const dialogs = {
  newCodeDialog(parent = "") {
    if (this.readonly) return;
    const books = [...new Map(this.codeList.map((c) => [c.book, c.bookLabel]))], fields = [["name", this.t("name"), "", "text"]];
    if (!parent && books.length > 1) fields.push(["book", this.t("codebook"), this.codes.get(this.chosen)?.book || books[0][0], "select", books]);
    fields.push(["definition", this.t("definition"), "", "area"]);
    this.askForm(parent ? this.t("newCodeUnder", this.codes.get(parent).name) : this.t("newCode"), fields, (v) => { if (v.name) this.bookStep("new", { ...v, parent }); });
  },
  askWords(label, value, done) { this.askForm(label, [["words", "", value, "text"]], (v) => { if (v.words) done(v.words); }); },
  askForm(label, fields, done, { more = null, note = "" } = {}) {  // a small dialog; Enter saves, Esc leaves
    const inputs = [], box = h("div", { class: "kd-fieldset" });
    const add = ([key, name, value, kind, options]) => {
      const input = kind === "area" ? h("textarea", { rows: 3, value }) : kind === "select" ? h("select", {}, options.map(([v, text]) => h("option", { value: v, ...(v === value ? { selected: "" } : {}) }, text))) : h("input", { value });
      input.setAttribute("aria-label", name || label); input.dataset.key = key; inputs.push(input);
      if (kind === "area") input.addEventListener("keydown", (e) => { if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); form.requestSubmit(); } });
      box.append(name ? h("label", {}, name, input) : input); return input;
    };
    const form = h("form", { class: "kd-ask", role: "dialog", "aria-modal": "true", "aria-label": label, onsubmit: (e) => { e.preventDefault(); const out = Object.fromEntries(inputs.map((i) => [i.dataset.key, i.value.trim()])); this.closeDialog(); done(out); } }, h("p", { class: "kd-asked" }, label), box, note ? h("p", { class: "kd-quiet" }, note) : null,
      h("p", { class: "kd-acts" }, h("button", { type: "submit", class: "kd-main-act" }, this.t("ok")), h("button", { type: "button", onclick: () => this.closeDialog() }, this.t("cancel")), more ? h("button", { type: "button", onclick: (e) => { const f = more(inputs.length); if (f) add(f).focus(); if (!more(inputs.length)) e.target.remove(); } }, this.t("oneMore")) : null));
    fields.forEach(add);
    this.openDialog(form); inputs[0].focus(); inputs[0].select?.();
  },
  askCode(label, list, done, top = "") {  // choose one of some codes: letters, arrows, Enter
    const id = newId(), allowed = new Set(list.map((c) => c.id)); let shown = [], at = 0;
    const pick = (i) => { at = (i + shown.length) % shown.length; [...ul.children].forEach((li, k) => li.setAttribute("aria-selected", k === at ? "true" : "false")); if (shown.length) { input.setAttribute("aria-activedescendant", `${id}-${at}`); ul.children[at].scrollIntoView({ block: "nearest" }); } else input.removeAttribute("aria-activedescendant"); };
    const take = (i) => { const c = shown[i]; if (!c) return; this.closeDialog(); done(c.id); };
    const draw = () => {
      const q = input.value.trim(); shown = q ? this.rank(q).filter((c) => allowed.has(c.id)) : [...list];
      if (top && (!q || fold(top).includes(fold(q)))) shown.unshift({ id: "", name: top });
      put(ul, shown.map((c, i) => h("li", { role: "option", id: `${id}-${i}`, onmousedown: (e) => { e.preventDefault(); take(i); } }, c.hue ? h("i", { class: "kd-dot", style: { "--a": c.hue } }) : h("i", { class: "kd-dot new" }, "↑"), h("span", {}, c.name), h("small", {}, c.id)))); pick(0);
      none.hidden = !!shown.length;
    };
    const ul = h("ul", { role: "listbox", id, "aria-label": this.t("codes") }), none = h("p", { class: "kd-quiet", role: "status" }, this.t("noneFound"));
    const input = h("input", { role: "combobox", "aria-expanded": "true", "aria-controls": id, "aria-autocomplete": "list", "aria-label": label, placeholder: this.t("typeCode"), autocomplete: "off", spellcheck: "false", oninput: draw, onkeydown: (e) => {
      if (e.isComposing) return;
      if (e.key === "ArrowDown" || e.key === "ArrowUp") { pick(at + (e.key === "ArrowDown" ? 1 : -1)); e.preventDefault(); } else if (e.key === "Enter") { take(at); e.preventDefault(); }
    } });
    this.openDialog(h("div", { class: "kd-ask kd-askcode", role: "dialog", "aria-modal": "true", "aria-label": label }, h("p", { class: "kd-asked" }, label), input, ul, none, h("p", { class: "kd-boxhint" }, this.t("boxHint"))));
    draw(); input.focus();
  },
  openDialog(el, from) {
    from = from || this.dialog?._from || this.active; this.closeDialog(false);
    this.dialog = h("div", { class: "kd-veil", onmousedown: (e) => { if (e.target === this.dialog) this.closeDialog(); } }, el); this.dialog._from = from; this.root.append(this.dialog);
    for (const part of this.parts) part.inert = true;
  },
  closeDialog(back = true) { if (!this.dialog) return; const f = this.dialog._from; this.dialog.remove(); this.dialog = null; for (const part of this.parts) part.inert = false; if (back) (f?.isConnected ? f : this.scroller)?.focus(); },
  help() {
    const rows = this.words.keyTable.map(([k, what]) => h("tr", {}, h("td", {}, k.split(" ").map((x) => (x === "–" || x === "/ " ? x : h("kbd", {}, x)))), h("td", {}, what)));
    const box = h("div", { class: "kd-help", role: "dialog", "aria-modal": "true", "aria-label": this.t("keys"), tabindex: "-1" }, h("h3", {}, this.t("keys")), h("div", { class: "kd-cols", tabindex: "0", role: "group", "aria-label": this.t("keys") }, h("table", {}, h("tbody", {}, rows))), h("p", { class: "kd-acts" }, h("button", { onclick: () => this.closeDialog() }, this.t("close"))));
    this.openDialog(box, this.scroller); box.querySelector("button").focus();
  },
};
