// The report's one script: opens cells, draws transcripts, keeps the reader's comments.  Words go in as textContent only; no network.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const [DOC, START, END, CODE, ABSENT, CODER, SPEAKER, ROLE, LINE, NOTE, RULE, ID] = Array.from({ length: 12 }, (_, i) => i);
  const $ = id => document.getElementById(id);
  const el = (tag, props = {}, ...kids) => { const e = document.createElement(tag); for (const [k, v] of Object.entries(props)) if (v !== undefined && v !== null) k in e && k !== "list" ? (e[k] = v) : e.setAttribute(k, v); e.append(...kids.filter(k => k !== null && k !== undefined)); return e; };
  let lang = data.language, W = data.words[lang], names = data.names[lang];
  // what is told stands above an open dialog: the rest of the page is inert behind it
  const say = text => { const box = $("said"), over = [...document.querySelectorAll("dialog[open]")].pop() || document.body; box.textContent = ""; if (box.parentElement !== over) over.append(box); setTimeout(() => { $("said").textContent = text; }, 30); };
  const caseName = c => data.cases[c] || c, roleName = r => W[r] || r, mark = c => (c[ABSENT] ? W.absent : W.present);
  const byKey = new Map(), codeNo = new Map(data.codes.map((c, i) => [c, i])), docNo = new Map(data.documents.map((d, i) => [d.id, i]));
  data.codings.forEach(c => byKey.set("quotation:" + c[ID], c));

  // --- words -----------------------------------------------------------------------------------------------------------
  const quote = c => { const d = data.documents[c[DOC]], said = d.text.slice(c[START], c[END]); return said.trim() && !MASK.test(said) ? said : null; }, MASK = /[░█]/;
  const points = (text, at) => { let n = 0; for (let i = 0; i < at; n++) i += text.codePointAt(i) > 0xffff ? 2 : 1; return n; };
  const targetOf = c => { const d = data.documents[c[DOC]], said = quote(c);
    return { kind: "quotation", key: "quotation:" + c[ID], coding: c[ID], document: d.id, start: d.text ? points(d.text, c[START]) : -1, line: c[LINE], code: data.codes[c[CODE]], polarity: c[ABSENT] ? "absent" : "present", coder: data.coders[c[CODER]], quote: said || "" }; };

  // --- comments: in memory, in localStorage where there is one, saved to a file -------------------------------------------
  const place = "kube-research:" + data.study + ":" + data.report; let mine = new Map(), dirty = false, memory = true, drafts = 0;
  const keep = () => { try { localStorage.setItem(place, JSON.stringify({ reviewer: $("reviewer").value, dirty, mine: [...mine.values()] })); } catch { if (memory) say(W.memory); memory = false; } };
  try { const old = JSON.parse(localStorage.getItem(place) || "null"); if (old && Array.isArray(old.mine)) { mine = new Map(old.mine.filter(c => c && typeof c.id === "string" && typeof c.text === "string" && c.target && typeof c.target.key === "string").map(c => [c.id, c])); dirty = !!old.dirty; $("reviewer").value = String(old.reviewer || ""); } } catch { memory = false; }
  const id = () => Array.from(crypto.getRandomValues(new Uint8Array(13)), b => b.toString(16).padStart(2, "0")).join("");
  const TABLE = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
  const crc = text => { let c = ~0; for (const b of new TextEncoder().encode(text)) c = TABLE[(c ^ b) & 255] ^ (c >>> 8); return (~c >>> 0).toString(16).padStart(8, "0"); };
  function file() {
    const comments = [...mine.values()].map(({ id, thread, target, verdict, text, time }) => ({ id, ...(thread ? { thread } : {}), target, verdict, text, time }));
    const sum = crc(comments.map(c => [c.id, c.thread || "", c.target.key, c.verdict, c.text, c.time].join("\x1f")).join("\x1e"));
    return JSON.stringify({ format: "kube-research-comments", version: 1, study: data.study, report: data.report, as_of: data.as_of, reviewer: $("reviewer").value.trim(), books: data.books, documents: data.texts, sum, comments }, null, 1);
  }
  $("saving").addEventListener("submit", e => { e.preventDefault();
    const who = $("reviewer").value.trim(); if (!who) { say(W.needname); $("reviewer").focus(); return; } if (!mine.size) { say(W.nothing); return; }
    const url = URL.createObjectURL(new Blob([file()], { type: "application/json" })), a = el("a", { href: url, download: `${data.study}-${who}`.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") + "-comments.json" });
    document.body.append(a); a.click(); a.remove(); setTimeout(() => URL.revokeObjectURL(url), 5000); dirty = false; for (const c of mine.values()) c.saved = true; keep(); for (const k of new Set([...mine.values()].map(c => c.target.key))) redraw(k); changed(); say(W.saved); });
  $("reviewer").addEventListener("input", () => mine.size && keep()); $("reviewer").addEventListener("change", () => { for (const k of new Set(data.threads.map(t => t.key))) redraw(k); });
  addEventListener("beforeunload", e => { if (dirty || drafts) { e.preventDefault(); e.returnValue = ""; } });

  const talks = new Map(); // key → elements that show its threads
  const redraw = key => { for (const e of talks.get(key) || []) if (e.isConnected || e.dataset.fresh) draw(e); };
  function changed(key) { const n = mine.size, u = $("unsaved"); u.hidden = !n; u.textContent = n ? `${n}${dirty ? " · " + W.unsaved : ""}` : ""; if (key) redraw(key); markCells(); overview(); }
  const stateOf = t => (t.closed ? W.threadclosed : t.messages.length && t.messages.at(-1)[0] !== t.messages[0][0] ? W.answered : W.threadopen);
  const verdictOf = v => (v ? el("span", { className: "verdict-" + v }, W[v]) : null);
  const message = (by, time, verdict, text, extra = null) => el("div", { className: "message" }, el("p", { className: "meta" }, el("bdi", {}, by), ` · ${time} `, verdictOf(verdict), extra), text ? el("p", { className: "words", dir: "auto" }, text) : null);
  function thread(t, target) {
    const box = el("div", { className: "thread" + (t.closed ? " closed" : "") });
    const now = data.now[t.id], moved = t.target.kind === "cell" && now !== undefined && now !== t.target.value ? ` · ${t.target.value} → ${now}` : "";
    box.append(el("p", { className: "meta" }, stateOf(t), t.place !== "here" ? ` · ${W[t.place]}` : "", moved));
    for (const m of t.messages) { const [by, , event, verdict, text, , id] = m, again = mine.get(id); if (again) { box.append(own(again)); continue; }
      const one = said(m); box.append(one); if (by !== $("reviewer").value.trim() || event !== "comment" && event !== "reply") continue;
      const part = event === "reply" ? t.id : undefined, mend = el("button", { type: "button", className: "link" }, W.edit), back = el("button", { type: "button", className: "link" }, W.withdraw); one.classList.add("own"); one.append(mend, " ", back);
      mend.addEventListener("click", () => form(mend, t.target, part, { id, verdict, text })); back.addEventListener("click", () => takeBack({ id, target: t.target, ...(part ? { thread: part } : {}) }, back)); }
    for (const c of mine.values()) if (c.thread === t.id && !known.has(c.id)) box.append(own(c));
    const b = el("button", { type: "button", className: "link" }, W.reply); b.addEventListener("click", () => form(b, target, t.id)); box.append(b); return box;
  }
  const said = ([by, time, event, verdict, text, edited]) => message(by, time, verdict, text, event === "withdraw" ? ` · ${W.withdrawn}` : edited ? ` · ${W.edited}` : event === "close" ? ` · ${W.closedit}` : event === "reopen" ? ` · ${W.reopened}` : null);
  const known = new Set(data.threads.flatMap(t => t.messages.map(m => m[6]))); // what the study has already
  function takeBack(c, from) { const host = from.closest(".host"); mine.set(c.id, { ...c, verdict: "withdraw", text: "", time: new Date().toISOString(), saved: true }); dirty = true; keep(); changed(c.target.key); say(W.withdrawn); const b = host && host.querySelector("button"); (b || document.body).focus(); }
  function own(c) {
    const taken = c.verdict === "withdraw", box = message(dirty ? W.you : W.yousaved, c.time.slice(0, 10), taken ? "" : c.verdict, c.text, taken ? ` · ${W.withdrawn}` : null); box.classList.add("own");
    const edit = el("button", { type: "button", className: "link" }, W.edit), gone = el("button", { type: "button", className: "link" }, taken || known.has(c.id) ? W.undo : c.saved ? W.withdraw : W.remove); edit.hidden = taken;
    edit.addEventListener("click", () => form(edit, c.target, c.thread, c));
    gone.addEventListener("click", () => { if (c.saved && !taken && !known.has(c.id)) { takeBack(c, gone); return; } const host = gone.closest(".host"); mine.delete(c.id); dirty = mine.size > 0; keep(); changed(c.target.key); say(W.removed); (host && host.querySelector("button") || document.body).focus(); });
    box.append(edit, " ", gone); return box;
  }
  function draw(host) {
    const target = host.target, threads = data.threads.filter(t => t.key === target.key); delete host.dataset.fresh;
    host.replaceChildren(...threads.map(t => thread(t, target)), ...[...mine.values()].filter(c => !c.thread && !known.has(c.id) && c.target.key === target.key).map(own));
    const b = el("button", { type: "button", className: "link talk" }, W.comment); b.addEventListener("click", () => form(b, target)); host.append(b);
  }
  function host(target) { const e = el("div", { className: "host" }); return attach(e, target); }
  function attach(e, target) { e.target = target; e.dataset.fresh = "1"; if (!talks.has(target.key)) talks.set(target.key, new Set()); const all = talks.get(target.key); for (const x of all) if (!x.isConnected && !x.dataset.fresh) all.delete(x); all.add(e); draw(e); return e; }
  function form(button, target, thread, old = null) {
    const n = id().slice(0, 8), area = el("textarea", { id: "t" + n, rows: 3, maxLength: 20000, dir: "auto", value: old ? old.text : "" });
    const radios = [["agree", W.agree], ["disagree", W.disagree], ["", W.noverdict]].map(([v, label]) => el("label", {}, el("input", { type: "radio", name: "v" + n, value: v, checked: (old ? old.verdict : "") === v }), " ", label));
    const box = el("form", { className: "comment", noValidate: true }, el("fieldset", {}, el("legend", {}, W.verdict), ...radios), el("label", { htmlFor: "t" + n }, W.yourcomment), area, el("p", { className: "acts" }, el("button", { type: "submit", className: "strong" }, W.keep), " ", el("button", { type: "button", className: "cancel" }, W.cancel)));
    const done = () => { drafts--; box.remove(); button.hidden = false; };
    drafts++; button.hidden = true; button.after(box); (old ? area : box.querySelector("input:checked")).focus();
    const cancel = () => { done(); button.focus(); };
    box.querySelector(".cancel").addEventListener("click", cancel);
    box.addEventListener("keydown", e => { if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); cancel(); } else if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); box.requestSubmit(); } });
    box.addEventListener("submit", e => { e.preventDefault(); const verdict = box.querySelector("input:checked").value, text = area.value.trim();
      if (!verdict && !text) { say(W.needtext); area.focus(); return; }
      const c = { id: old ? old.id : id(), target, ...(thread ? { thread } : {}), verdict, text, time: new Date().toISOString() }, at = button.closest(".host");
      done(); mine.set(c.id, c); dirty = true; keep(); changed(target.key); say(W.kept); const b = at && at.isConnected && at.querySelector(".talk"); if (b) b.focus(); });
  }
  document.querySelectorAll(".host[data-target]").forEach(e => attach(e, JSON.parse(e.dataset.target)));

  function overview() { // all threads and own comments in one list
    const line = c => message(dirty ? W.you : W.yousaved, c.time.slice(0, 10), c.verdict === "withdraw" ? "" : c.verdict, c.text, c.verdict === "withdraw" ? ` · ${W.withdrawn}` : null);
    const rows = [], label = target => target.kind === "quotation" ? `${target.document}:${target.line || ""} · ${names[codeNo.get(target.code)] || target.code}` : target.kind === "code" ? names[codeNo.get(target.code)] || target.code : target.kind === "cell" ? `${caseName(target.row)} × ${names[codeNo.get(target.column)] || target.column} (${target.source}, ${target.value})` : target.kind === "claim" ? target.text : W.study;
    const go = (target, text) => { if (target.kind === "study") return el("span", {}, text); const b = el("button", { type: "button", className: "link" }, text); b.addEventListener("click", () => goTo(target)); return b; };
    for (const t of data.threads) rows.push(el("li", { className: t.closed ? "closed" : "" }, el("p", { className: "meta" }, W[t.kind] || t.kind, " · ", go(t.target, label(t.target)), ` · ${stateOf(t)}`, t.place !== "here" ? ` · ${W[t.place]}` : "", data.now[t.id] !== undefined && data.now[t.id] !== t.target.value ? ` · ${t.target.value} → ${data.now[t.id]}` : ""), ...t.messages.map(m => mine.has(m[6]) ? line(mine.get(m[6])) : said(m))));
    for (const c of mine.values()) if (!known.has(c.id)) rows.push(el("li", { className: "own" }, el("p", { className: "meta" }, W[c.target.kind], " · ", go(c.target, label(c.target))), line(c)));
    $("threads").replaceChildren(rows.length ? el("ol", { className: "threads" }, ...rows) : el("p", { className: "zero" }, W.nothing));
  }
  function goTo(target) {
    if (target.kind === "quotation") { const c = byKey.get(target.key); if (c) { drawer(W.quotation, [c]); } else if (docNo.has(target.document)) read(docNo.get(target.document), "", null, target.line); }
    else if (target.kind === "cell") openCell(target.key.slice(5));
    else { const at = $((target.kind === "code" ? "code-" + target.code : "claim-" + target.claim)); if (at) { for (let d = at.closest("details"); d; d = d.parentElement.closest("details")) d.open = true; at.scrollIntoView({ block: "center" }); at.tabIndex = -1; at.focus({ preventScroll: true }); } }
  }

  // --- quotations ---------------------------------------------------------------------------------------------------------
  function article(c) {
    const d = data.documents[c[DOC]], said = quote(c), a = el("article", { className: "quote " + (c[ABSENT] ? "absent" : "present") });
    a.append(el("blockquote", { dir: "auto", lang: d.lang }, said || el("span", { className: "zero", lang }, W.hidden)));
    a.append(el("p", { className: "meta" }, el("bdi", {}, data.speakers[c[SPEAKER]]), data.roles[c[ROLE]] ? ` (${roleName(data.roles[c[ROLE]])})` : "", ` · ${d.id}:${c[LINE]}`, d.case ? ` · ${caseName(d.case)}` : ""));
    a.append(el("p", { className: "meta" }, el("span", { className: "chip " + (c[ABSENT] ? "absent" : "present") }, `${c[ABSENT] ? "−" : "+"} ${names[c[CODE]]}`), ` ${mark(c)} · ${data.coders[c[CODER]]}`, c[NOTE] ? el("span", {}, ` · ${W.note}: `, el("bdi", {}, c[NOTE])) : "", data.rules[c[RULE]] ? el("span", {}, ` · ${W.rule}: `, el("code", {}, data.rules[c[RULE]])) : ""));
    const acts = el("div", { className: "acts" });
    if (d.turns.length) { const b = el("button", { type: "button", className: "link" }, W.open); b.addEventListener("click", () => read(c[DOC], data.coders[c[CODER]], c)); acts.append(b); }
    acts.append(host(targetOf(c))); a.append(acts); return a;
  }
  function listing(box, found, size = 40) {
    let shown = 0; const list = el("div"), more = el("button", { type: "button", className: "more" }), rest = el("p", { className: "paper" });
    const add = (n, focus = true) => { const first = shown; for (const c of found.slice(shown, shown + n)) list.append(article(c)); shown = Math.min(found.length, shown + n); more.hidden = shown >= found.length; more.textContent = `${W.more} (${shown} ${W.of} ${found.length})`; rest.hidden = more.hidden; rest.textContent = `${shown} ${W.of} ${found.length}: ${W.onpaper}`; if (first && list.children[first] && focus) { const next = list.children[first]; next.tabIndex = -1; next.focus(); } };
    more.addEventListener("click", () => add(size * 2)); box.replaceChildren(found.length ? list : el("p", { className: "zero" }, W.none), more, rest); add(size); box.all = () => { if (shown < 100) add(100 - shown, false); };
  }
  const filters = $("filters"), KEYS = ["code", "case", "role", "coder", "polarity", "speaker"];
  function fill(select, values, label = v => v) { const was = select.value; select.replaceChildren(el("option", { value: "" }, W.all), ...values.map(v => el("option", { value: v }, label(v)))); select.value = values.includes(was) ? was : ""; }
  const usedCodes = [...new Set(data.codings.map(c => c[CODE]))].sort((a, b) => a - b).map(i => data.codes[i]);
  function fillAll() {
    fill(filters.elements.code, usedCodes, c => names[codeNo.get(c)]); fill(filters.elements.case, [...new Set(data.documents.map(d => d.case).filter(Boolean))], caseName); fill(filters.elements.role, data.roles.filter(Boolean), roleName);
    fill(filters.elements.coder, data.coders); fill(filters.elements.polarity, ["present", "absent"], v => W[v]); fill(filters.elements.speaker, [...data.speakers].filter(Boolean).sort());
  }
  const select = f => { const word = (f.word || "").toLowerCase(); return data.codings.filter(c => (!f.code || data.codes[c[CODE]] === f.code) && (!f.case || data.documents[c[DOC]].case === f.case) && (!f.role || data.roles[c[ROLE]] === f.role) && (!f.coder || data.coders[c[CODER]] === f.coder)
    && (!f.polarity || (f.polarity === "absent") === !!c[ABSENT]) && (!f.speaker || data.speakers[c[SPEAKER]] === f.speaker) && (!f.people || data.coders[c[CODER]] !== "rules") && (!f.theme || f.theme === data.codes[c[CODE]] || data.bookIds[data.bookOf[c[CODE]]] === f.theme || data.codes[c[CODE]].startsWith(f.theme + ".")) && (!word || (quote(c) || "").toLowerCase().includes(word))); };
  function filter() { const found = select(Object.fromEntries([...KEYS, "word"].map(k => [k, filters.elements[k].value]))); $("count").textContent = `${found.length} ${W.quotations}`; listing($("list"), found); }
  let waiting = 0; filters.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); }); filters.addEventListener("submit", e => e.preventDefault()); filters.addEventListener("reset", () => setTimeout(filter));

  // --- the drawer: what stands behind a number ---------------------------------------------------------------------------------
  const box = $("drawer"), reader = $("reader");
  function open(dialog) { if (!dialog.open) dialog.showModal(); dialog.querySelector("h2").focus(); dialog.querySelector(".inside").scrollTop = 0; }
  function drawer(title, found, target = null, note = "") {
    $("drawer-title").textContent = title; const inside = box.querySelector(".inside"), list = el("div");
    inside.replaceChildren(...(note ? [el("p", { className: "note" }, note)] : []), ...(target ? [host(target)] : []), list); listing(list, found, 30); open(box);
  }
  for (const d of [box, reader]) { d.querySelector(".close").addEventListener("click", () => d.close()); d.addEventListener("click", e => { if (e.target === d) d.close(); }); }
  box.addEventListener("close", () => { if (lastCell && lastCell.isConnected) lastCell.focus({ preventScroll: true }); });
  let lastCell = null; const parts = key => { const a = key.indexOf("|"), z = key.lastIndexOf("|"); return [key.slice(0, a), key.slice(a + 1, z), key.slice(z + 1)]; }; // a case may hold a bar itself
  function openCell(key) {
    const [table, row, column] = parts(key), t = data.tables[table]; if (!t) return;
    const [n, absent] = t.cells[`${column}|${row}`] || [0, 0], code = names[codeNo.get(column)] || column;
    const target = { kind: "cell", key: "cell:" + key, book: t.book, source: t.source, rows: t.rows, count: t.count, row, column, code: column, value: n };
    drawer(`${code} · ${caseName(row)}`, select({ code: column, case: row, coder: t.source }), target, `${n} ${W.of} ${t.n[row] || 0} ${W.persons}${absent ? ` · −${absent}` : ""} · ${t.source}`);
  }
  document.addEventListener("click", e => {
    const b = e.target.closest("[data-cell], [data-open], [data-place]"); if (!b) return; lastCell = b;
    if (b.dataset.cell) openCell(b.dataset.cell);
    else if (b.dataset.place) { const [d, line] = [b.dataset.place.replace(/:\d+$/, ""), Number(b.dataset.place.split(":").pop())]; read(docNo.get(d), "", null, line); }
    else { const f = JSON.parse(b.dataset.open); if (f.claim) drawer(`${W.claim} ${f.claim} · ${W[f.side]}`, data.claims[f.claim][f.side].map(i => data.codings[i])); else drawer([f.code && names[codeNo.get(f.code)], f.theme, f.role && roleName(f.role), f.speaker].filter(Boolean).join(" · "), select(f)); }
  });
  // matrices: one tab stop a table, arrows inside
  const grids = [...document.querySelectorAll("table.matrix tbody")].map(body => [...body.rows].map(r => [...r.querySelectorAll(".cell")]));
  for (const g of grids) g.forEach((r, y) => r.forEach((c, x) => { c.tabIndex = x || y ? -1 : 0; c.grid = [g, y, x]; }));
  document.addEventListener("keydown", e => { const at = e.target.grid, step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -99], End: [0, 99] }[e.key]; if (!at || !step || e.ctrlKey || e.altKey || e.metaKey) return;
    const [g, y, x] = at, row = g[Math.max(0, Math.min(g.length - 1, y + step[0]))], to = row && row[Math.max(0, Math.min(row.length - 1, x + step[1]))]; if (!to) return; e.preventDefault(); e.target.tabIndex = -1; to.tabIndex = 0; to.focus(); });
  const cells = new Map(); document.querySelectorAll("[data-cell]").forEach(b => { cells.has("cell:" + b.dataset.cell) ? 0 : cells.set("cell:" + b.dataset.cell, b); });
  function labelCells() { for (const b of cells.values()) { const [table, row, column] = parts(b.dataset.cell), t = data.tables[table], [n, absent] = t.cells[`${column}|${row}`]; b.setAttribute("aria-label", `${names[codeNo.get(column)] || column}, ${caseName(row)}: ${n} ${W.of} ${t.n[row] || 0} ${W.persons}${absent ? `, ${absent} ${W.absent}` : ""}`); } }
  function markCells() { const on = new Set([...data.threads.map(t => t.key), ...[...mine.values()].map(c => c.target.key)]); for (const [k, b] of cells) b.classList.toggle("talked", on.has(k)); }

  // --- the reader: a transcript with its codings, overlapping ones in layers ------------------------------------------------------
  const COLOURS = 6; let reading = null;
  function read(doc, coder = "", here = null, line = 0) {
    const d = data.documents[doc]; if (!d) return; reading = [doc, coder, here, line];
    $("reader-title").textContent = `${d.id}${d.title && d.title !== d.id ? " · " + d.title : ""}`; const whose = $("whose"); fill(whose, data.coders); whose.options[0].textContent = W.allcoders; whose.value = coder;
    const all = data.codings.filter(c => c[DOC] === doc && (!coder || data.coders[c[CODER]] === coder)), tint = new Map(); all.forEach(c => { if (!tint.has(c[CODE])) tint.set(c[CODE], tint.size % COLOURS); });
    let target = null; const text = $("text");
    text.replaceChildren(...(d.turns.length ? d.turns.map(t => {
      const [start, body, end, speaker, role, time, ln] = t, shut = /^[\s░█]+$/.test(d.text.slice(body, end)), row = el("div", { className: "turn " + (role || "") });
      const who = el("p", { className: "who" }, el("span", { className: "ln" }, String(ln)), el("bdi", {}, speaker || "–"), role ? el("span", { className: "role" }, roleName(role)) : null, time ? el("time", {}, time) : null), said = el("p", { className: "said", dir: "auto", lang: d.lang });
      row.append(who, said); if (shut) { said.append(el("span", { className: "zero", lang }, W.hidden)); return row; }
      const cs = all.filter(c => c[START] < end && body < c[END]), cuts = [...new Set([body, end, ...cs.flatMap(c => [Math.max(body, c[START]), Math.min(end, c[END])])])].sort((a, b) => a - b), lanes = new Map(), ends = [];
      for (const c of cs) { let k = ends.findIndex(e => e <= c[START]); if (k < 0) k = ends.length; ends[k] = c[END]; lanes.set(c, k); }
      const deep = Math.max(1, ends.length); if (deep > 1) said.classList.add("deep" + Math.min(deep, 6));
      for (let i = 0; i + 1 < cuts.length; i++) { const [a, b] = [cuts[i], cuts[i + 1]], on = cs.filter(c => c[START] <= a && b <= c[END]), piece = d.text.slice(a, b); if (!on.length) { said.append(piece); continue; }
        const m = el("mark", { title: on.map(c => `${names[c[CODE]]} (${mark(c)}, ${data.coders[c[CODER]]})`).join("\n") }, piece);
        m.style.backgroundImage = on.map(c => c[ABSENT] ? `repeating-linear-gradient(90deg, var(--c${tint.get(c[CODE])}) 0 5px, transparent 5px 8px)` : `linear-gradient(var(--c${tint.get(c[CODE])}), var(--c${tint.get(c[CODE])}))`).join(", ");
        m.style.backgroundPosition = on.map(c => `0 calc(100% - ${(deep - 1 - lanes.get(c)) * 4}px)`).join(", "); m.style.paddingBottom = deep * 4 + "px"; m.codings = on; said.append(m);
        if (here && on.includes(here)) { m.classList.add("here"); target = target || m; } }
      if (cs.length) row.append(el("ul", { className: "tags" }, ...cs.map(c => { const b = el("button", { type: "button", className: "chip " + (c[ABSENT] ? "absent" : "present") }, el("i", { className: "k" + tint.get(c[CODE]) }), `${c[ABSENT] ? "−" : "+"} ${names[c[CODE]]}`, el("small", {}, ` ${data.coders[c[CODER]]}`));
        b.addEventListener("click", () => { text.querySelectorAll("mark.here").forEach(m => m.classList.remove("here")); said.querySelectorAll("mark").forEach(m => m.classList.toggle("here", m.codings.includes(c))); const old = row.querySelector(".talkbox"); const same = old && old.coding === c; if (old) old.remove(); if (!same) { const t = el("div", { className: "talkbox" }, host(targetOf(c))); t.coding = c; row.append(t); t.querySelector(".talk").focus(); } });
        return el("li", {}, b); })));
      if (line === ln && !target) { row.classList.add("there"); target = row; } return row; }) : [el("p", { className: "zero" }, W.hidden)]));
    open(reader); if (!target && line) { const rows = [...text.children], k = d.turns.findIndex(t => t[6] > line); target = rows[(k < 0 ? rows.length : k) - 1]; if (target) target.classList.add("there"); }
    if (target) target.scrollIntoView({ block: "center" });
  }
  $("whose").addEventListener("change", e => { if (reading) read(reading[0], e.target.value, reading[2], reading[3]); });
  function documents() {
    const n = new Map(); data.codings.forEach(c => n.set(c[DOC], (n.get(c[DOC]) || 0) + 1)); const groups = new Map(); data.documents.forEach((d, i) => { if (!groups.has(d.case)) groups.set(d.case, []); groups.get(d.case).push(i); });
    $("documents").replaceChildren(...[...groups].map(([c, list]) => el("div", {}, el("h3", {}, c ? caseName(c) : "–"), el("ul", { className: "docs" }, ...list.map(i => { const d = data.documents[i], b = el("button", { type: "button", className: "link" }, d.id); b.addEventListener("click", () => { lastCell = b; read(i); }); return el("li", {}, b, " ", el("bdi", {}, d.title === d.id ? "" : d.title), el("small", {}, ` ${d.date} · ${n.get(i) || 0}`)); })))));
  }

  // --- language, print, menu ------------------------------------------------------------------------------------------------------
  function language(to) {
    lang = to; W = data.words[to]; names = data.names[to]; document.documentElement.lang = to; document.querySelectorAll("[data-language]").forEach(b => b.setAttribute("aria-pressed", String(b.dataset.language === to)));
    const key = to === "id" ? "lId" : "lEn"; document.querySelectorAll("[data-l]").forEach(e => e.setAttribute(e.dataset.l, e.dataset[key]));
    fillAll(); filter(); listing($("negatives"), data.negative.map(i => data.codings[i]), 20); documents(); labelCells(); document.querySelectorAll(".host[data-target]").forEach(draw); changed();
  }
  document.querySelectorAll("[data-language]").forEach(b => b.addEventListener("click", () => { language(b.dataset.language); try { localStorage.setItem("kube-research:language", lang); } catch { /* it is not remembered, that is all */ } }));
  let shut = []; addEventListener("beforeprint", () => { shut = [...document.querySelectorAll("details:not([open])")]; shut.forEach(d => (d.open = true)); for (const k of ["list", "negatives"]) $(k).all && $(k).all(); }); addEventListener("afterprint", () => shut.forEach(d => (d.open = false)));
  const menu = document.querySelector(".menu"), narrow = matchMedia("(max-width: 1023px)"); const fold = () => { menu.open = !narrow.matches; }; narrow.addEventListener("change", fold); fold(); menu.addEventListener("click", e => { if (e.target.closest("a") && narrow.matches) menu.open = false; });
  if ("IntersectionObserver" in window) { const links = new Map([...document.querySelectorAll(".side a")].map(a => [a.hash.slice(1), a])), seen = new IntersectionObserver(es => { for (const e of es) if (e.isIntersecting) { links.forEach(a => a.removeAttribute("aria-current")); links.get(e.target.id).setAttribute("aria-current", "true"); } }, { rootMargin: "-20% 0px -75% 0px" }); links.forEach((a, k) => seen.observe($(k))); }
  let first = lang; try { first = localStorage.getItem("kube-research:language") || lang; } catch { /* no memory */ } language(data.words[first] ? first : lang);
  document.documentElement.dataset.ready = "1";
})();
