// The report's one script: filters quotations, opens cells, draws transcripts with overlapping codes.  textContent only.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent), W = data.words;
  const [DOC, START, END, CODE, ABSENT, CODER, SPEAKER, ROLE, LINE, NOTE, RULE] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const el = (tag, cls, text) => { const e = document.createElement(tag); if (cls) e.className = cls; if (text !== undefined) e.textContent = text; return e; };
  const names = {}; document.querySelectorAll("#codebooks dt").forEach(dt => { const id = dt.querySelector("code").textContent; names[id] = dt.firstChild.textContent.trim(); });
  const nameOf = c => names[data.codes[c]] || data.codes[c];
  const form = document.getElementById("filters"), list = document.getElementById("list"), count = document.getElementById("count");
  const PAGE = 50; let limit = PAGE, found = [];

  const fill = (select, values, label = v => v) => { select.replaceChildren(); const all = el("option", "", W.all); all.value = ""; select.append(all);
    for (const v of values) { const o = el("option", "", label(v)); o.value = v; select.append(o); } };
  const used = [...new Set(data.codings.map(c => c[CODE]))].sort((a, b) => a - b);
  fill(form.elements.code, used.map(i => data.codes[i]), id => names[id] || id);
  fill(form.elements.case, [...new Set(data.documents.map(d => d.case).filter(Boolean))].sort());
  fill(form.elements.role, [...new Set(data.codings.map(c => c[ROLE]).filter(Boolean))].sort());
  fill(form.elements.coder, data.coders);
  fill(form.elements.polarity, ["0", "1"], v => v === "1" ? W.absent : W.present);

  const quote = c => { const d = data.documents[c[DOC]]; return d.text ? d.text.slice(c[START], c[END]) : W.hidden; };
  function filter() {
    const f = Object.fromEntries(["code", "case", "role", "coder", "polarity", "word"].map(k => [k, form.elements[k].value])), word = f.word.toLowerCase();
    found = data.codings.filter(c => (!f.code || data.codes[c[CODE]] === f.code) && (!f.case || data.documents[c[DOC]].case === f.case) && (!f.role || c[ROLE] === f.role)
      && (!f.coder || data.coders[c[CODER]] === f.coder) && (!f.polarity || String(c[ABSENT]) === f.polarity) && (!word || quote(c).toLowerCase().includes(word)));
    limit = PAGE; draw();
  }
  function draw() {
    count.textContent = `${found.length} ${W.quotations}` + (found.length > limit ? ` (${limit} ${W.shown})` : "");
    list.replaceChildren(...found.slice(0, limit).map(c => {
      const d = data.documents[c[DOC]], b = el("blockquote", c[ABSENT] ? "absent" : "present"); b.append(el("p", "", quote(c)));
      const foot = el("footer", "", `${c[SPEAKER]} · ${d.id}:${c[LINE]} · ${nameOf(c[CODE])} · ${c[ABSENT] ? W.absent : W.present} · ${data.coders[c[CODER]]}` + (c[NOTE] ? ` · ${W.note}: ${c[NOTE]}` : "") + (c[RULE] ? ` · ${W.rule}: ${c[RULE]}` : "") + " ");
      if (d.text) { const go = el("button", "link", W.open); go.addEventListener("click", () => show(c[DOC], data.coders[c[CODER]], c)); foot.append(go); }
      b.append(foot); return b; }));
    if (!found.length) list.append(el("p", "zero", W.none));
    if (found.length > limit) { const more = el("button", "link", W.more); more.addEventListener("click", () => { limit += 200; draw(); }); list.append(more); }
  }
  form.addEventListener("input", filter); form.addEventListener("submit", e => e.preventDefault());
  document.getElementById("matrices").addEventListener("click", e => { const b = e.target.closest(".cell"); if (!b) return;
    for (const k of ["code", "case", "coder"]) form.elements[k].value = b.dataset[k]; for (const k of ["role", "polarity", "word"]) form.elements[k].value = "";
    filter(); document.getElementById("quotations").scrollIntoView(); form.elements.code.focus({ preventScroll: true }); });

  const which = document.getElementById("which"), whose = document.getElementById("whose"), text = document.getElementById("text");
  data.documents.forEach((d, i) => { if (!d.text) return; const o = el("option", "", `${d.id} · ${d.title}`); o.value = i; which.append(o); });
  fill(whose, data.coders);
  function show(doc, coder = "", here = null) {
    which.value = doc; whose.value = coder; const d = data.documents[doc];
    const mine = data.codings.filter(c => c[DOC] === Number(doc) && (!coder || data.coders[c[CODER]] === coder)); let target = null;
    text.replaceChildren(...d.turns.map(t => {
      const [start, body, end, speaker, role, time, line] = t, row = el("div", "turn " + (role || "")); row.append(el("span", "ln", line), el("span", "who", (time ? `[${time}] ` : "") + speaker)); const said = el("span", "said");
      const cs = mine.filter(c => c[START] < end && body < c[END]), cuts = [...new Set([body, end, ...cs.flatMap(c => [Math.max(body, c[START]), Math.min(end, c[END])])])].sort((a, b) => a - b);
      for (let i = 0; i + 1 < cuts.length; i++) { const [a, b] = [cuts[i], cuts[i + 1]], on = cs.filter(c => c[START] <= a && b <= c[END]), piece = d.text.slice(a, b);
        if (!on.length) { said.append(piece); continue; }
        const m = el("mark", (on.every(c => c[ABSENT]) ? "absent " : "") + (on.length > 1 ? "two " : ""), piece); m.title = on.map(c => `${nameOf(c[CODE])} (${c[ABSENT] ? W.absent : W.present}, ${data.coders[c[CODER]]})`).join("\n");
        if (here && on.includes(here)) { m.classList.add("here"); target = target || m; } said.append(m); }
      if (cs.length) said.append(el("div", "tags", [...new Set(cs.map(c => (c[ABSENT] ? "− " : "+ ") + nameOf(c[CODE])))].join("  ·  ")));
      row.append(said); return row; }));
    if (here) { (target || text).scrollIntoView({ block: "center" }); text.focus({ preventScroll: true }); }
  }
  which.addEventListener("change", () => show(which.value, whose.value)); whose.addEventListener("change", () => show(which.value, whose.value));
  if (which.options.length) show(which.options[0].value); filter();
})();
