// The coding page: choose a study, a coder, a document.

import { h, store } from "./small.js";

export const page = {
  choices(m) {
    this.words = m.words; let at = 0;
    const t = (k, ...v) => this.t(k, ...v), mem = "kube-desk/";
    const draw = () => {
      const s = m.studies[at] || { documents: [], coders: [], codebooks: [] };
      const coder = h("input", { value: store.get(mem + "coder") || m.me || "", placeholder: t("yourName"), "aria-label": t("yourName"), list: "kd-known-" + this.view });
      const book = h("select", { "aria-label": t("codebook") }, h("option", { value: "" }, t("allCodebooks")), s.codebooks.map((b) => h("option", { value: b, ...(store.get(mem + "book") === b ? { selected: "" } : {}) }, b)));
      const suggest = h("input", { type: "checkbox" }), blind = h("input", { type: "checkbox" });
      const go = (d) => { const name = coder.value.trim(); if (!name) { coder.focus(); coder.setAttribute("aria-invalid", "true"); note.textContent = t("nameFirst"); return; } store.set(mem + "coder", name); store.set(mem + "book", book.value); note.textContent = t("opening"); this.ask("choose", { study: at, coder: name, document: d, codebook: book.value, suggest: suggest.checked, blind: blind.checked }); };
      const note = h("p", { role: "status", class: "kd-quiet" }, m.told.join(" "));
      this.root.replaceChildren(h("div", { class: "kd-page" }, h("h2", {}, t("codingPage")), note,
        h("div", { class: "kd-fields" }, h("label", {}, t("study"), h("select", { onchange: (e) => { at = Number(e.target.value); draw(); } }, m.studies.map((x, i) => h("option", { value: i, ...(i === at ? { selected: "" } : {}) }, x.name)))), h("label", {}, t("yourName"), coder, h("datalist", { id: "kd-known-" + this.view }, s.coders.map((c) => h("option", { value: c })))), h("label", {}, t("codebook"), book), h("label", { class: "kd-check" }, suggest, " ", t("withSuggestions")), h("label", { class: "kd-check" }, blind, " ", t("blindLong"))),
        h("h3", {}, t("chooseDocument")), h("ul", { class: "kd-cards" }, s.documents.map((d) => h("li", {}, h("button", { onclick: () => go(d.id) }, h("b", {}, d.title), h("small", {}, [d.id, d.case, d.date].filter(Boolean).join(" · "))))))));
    };
    draw();
    const page = this.root.querySelector(".kd-page");
    this.takeFocus(page.querySelector("input").value ? page.querySelector(".kd-cards button") : page.querySelector("input"));
    if (innerHeight < 560 && page.contains(this.active)) page.scrollIntoView({ block: "start" });
  },
};
