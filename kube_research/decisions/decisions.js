// The table of names: every decision goes to the kernel as a message; nothing is kept in the notebook.
const h = (tag, props = {}, ...children) => {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(props)) {
    if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
    else if (k in e && k !== "list") e[k] = v;
    else e.setAttribute(k, v);
  }
  e.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
  return e;
};
const label = (text, control, cls = "") => h("label", { className: cls }, h("span", {}, text), control);

function render({ model, el }) {
  const root = h("div", { className: "kn", "data-lm-suppress-shortcuts": "true" });
  for (const kind of ["keydown", "keyup", "keypress"]) root.addEventListener(kind, (e) => e.stopPropagation());
  el.append(root);
  let s = null, shown = { kind: "", decision: "", text: "" }, told = { level: "quiet", text: "" }, busy = false;
  const note = h("p", { className: "kn-told", role: "status" });
  const send = (m) => { if (["open", "apply", "undo", "add"].includes(m.kind)) { busy = true; tell("quiet", s?.words.busy ?? "…"); } model.send(m); };
  const tell = (level, text) => { told = { level, text }; note.className = `kn-told kn-${level}`; note.textContent = text; };

  const heard = (m) => {
    busy = false;
    if (m.kind === "told") tell(m.level, m.text);
    if (m.kind === "state") { s = m; draw(); if (told.text === m.words.busy) tell("quiet", ""); }
  };
  model.on("msg:custom", heard);
  model.send({ kind: "start" });

  const rows = () => s.rows.filter((r) => (!shown.kind || r[1] === shown.kind) && (!shown.decision || r[4] === shown.decision)
    && (!shown.text || `${r[2]} ${r[3]} ${r[5]} ${r[7]} ${r[8]}`.toLowerCase().includes(shown.text)));

  function decide(list, decision) {
    const change = {};
    for (const r of list) { r[4] = decision; change[r[0]] = { decision }; }
    send({ kind: "change", rows: change });
    body(); totals();
  }

  let tbody, total, undecided;
  function body() {
    tbody.replaceChildren(...rows().map((r) => {
      const t = s.words;
      const choose = h("select", { ariaLabel: `${t.decision}: ${r[2]}`, onchange: (e) => { decide([r], e.target.value); } },
        ...["replace", "keep", "?"].map((d) => h("option", { value: d, selected: r[4] === d }, t[d])));
      const surrogate = h("input", { value: r[3], ariaLabel: `${t.surrogate}: ${r[2]}`, spellcheck: false, disabled: r[4] === "keep",
        onchange: (e) => { r[3] = e.target.value; send({ kind: "change", rows: { [r[0]]: { surrogate: r[3] } } }); } });
      return h("tr", { className: `kn-${r[4] === "?" ? "open" : r[4]}` },
        h("td", {}, choose), h("th", { scope: "row", dir: "auto" }, r[2]), h("td", {}, surrogate), h("td", {}, s.kinds[r[1]] ?? r[1], r[5] ? h("small", {}, ` ${r[5]}`) : ""),
        h("td", { className: "kn-n" }, String(r[6])), h("td", { dir: "auto" }, r[7], r[9] ? h("details", {}, h("summary", {}, t.example), h("q", {}, r[9])) : ""), h("td", {}, h("small", {}, r[8])));
    }));
  }
  function totals() {
    const n = s.rows.filter((r) => r[4] === "?").length;
    total.textContent = `${rows().length} / ${s.rows.length} ${s.words.shown}`;
    undecided.textContent = n ? `${n} ${s.words.undecided}` : "";
  }

  function draw() {
    const t = s.words;
    if (s.locked) {
      const secret = h("input", { type: "password", autocomplete: "off" });
      root.replaceChildren(h("h3", {}, t.title), h("p", {}, t.locked), h("form", { className: "kn-row", onsubmit: (e) => { e.preventDefault(); send({ kind: "open", passphrase: secret.value }); secret.value = ""; } }, label(t.passphrase, secret), h("button", { className: "kn-go" }, t.open)), note);
      return;
    }
    const pick = (key, options) => h("select", { onchange: (e) => { shown[key] = e.target.value; body(); totals(); } }, h("option", { value: "" }, t.all), ...options.map(([v, name]) => h("option", { value: v, selected: shown[key] === v }, name)));
    const add = h("input", { placeholder: "…", spellcheck: false });
    total = h("span", { className: "kn-total", role: "status" });
    undecided = h("strong", {});
    tbody = h("tbody");
    const first = h("input", { type: "password", autocomplete: "new-password" }), again = h("input", { type: "password", autocomplete: "new-password" }), understood = h("input", { type: "checkbox" });
    const secrets = s.exists ? "" : h("div", { className: "kn-new" }, h("p", {}, s.loss), h("label", { className: "kn-check" }, understood, h("span", {}, t.understood)), h("div", { className: "kn-row" }, label(t.passphrase, first), label(t.again, again)));
    root.replaceChildren(
      h("h3", {}, t.title), h("p", { className: "kn-quiet" }, s.recall),
      h("div", { className: "kn-row" }, label(t.kind, pick("kind", Object.entries(s.kinds))), label(t.decision, pick("decision", ["?", "replace", "keep"].map((d) => [d, t[d]]))),
        label(t.search, h("input", { type: "search", value: shown.text, oninput: (e) => { shown.text = e.target.value.trim().toLowerCase(); body(); totals(); } })),
        h("button", { onclick: () => decide(rows(), "replace") }, t.allReplace), h("button", { onclick: () => decide(rows(), "keep") }, t.allKeep), total),
      h("div", { className: "kn-scroll", tabIndex: 0, role: "region", ariaLabel: t.title },
        h("table", {}, h("thead", {}, h("tr", {}, ...["decision", "found", "surrogate", "kind", "count", "forms", "where"].map((k) => h("th", { scope: "col" }, t[k])))), tbody)),
      s.rows.length ? "" : h("p", {}, t.none),
      h("form", { className: "kn-row", onsubmit: (e) => { e.preventDefault(); if (add.value.trim()) send({ kind: "add", found: add.value }); } }, label(t.add, add), h("button", {}, "+")),
      secrets, h("p", { className: "kn-quiet" }, t.close, " ", undecided),
      h("div", { className: "kn-row" }, h("button", { onclick: () => send({ kind: "apply", dry: true }) }, t.try),
        h("button", { className: "kn-go", onclick: () => { if (!busy) { send({ kind: "apply", passphrase: first.value, again: again.value, understood: understood.checked }); } } }, t.apply),
        s.undoable ? h("button", { onclick: () => { if (!busy) send({ kind: "undo" }); } }, t.undo) : ""),
      note);
    body(); totals();
  }
  return () => model.off("msg:custom", heard);
}
export default { render };
