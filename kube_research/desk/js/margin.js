// The margin beside the text and the map of the whole document.

import { h, LANES, LABEL } from "./small.js";

export const margin = {
  hue(code) { return this.codes.get(code)?.hue || "oklch(0.6 0.02 250)"; },
  marginSoon(x) {  // all of a frame in one go: first every place is read, then everything is written
    this.stale ||= new Set(); this.stale.add(x);
    if (this.stale.size === 1) requestAnimationFrame(() => { const list = [...this.stale].filter((s) => s.near); this.stale.clear(); for (const d of list.map((s) => this.measure(s))) if (d) this.margin(d); });
  },
  measure(x) {  // where the codings of a section stand
    const spans = new Map();
    for (const b of x.blocks) for (const g of b.segs || []) for (const c of g.marks) { const p = spans.get(c); if (p) p.last = g.el; else spans.set(c, { c, first: g.el, last: g.el }); }
    if (!spans.size) { if (x.side.firstChild) x.side.replaceChildren(); return null; }
    const list = [...spans.values()];
    for (const p of list) { p.top = p.first.offsetTop; p.bottom = p.last.offsetTop + p.last.offsetHeight; }
    return { x, list, height: x.el.offsetHeight };
  },
  margin({ x, list, height }) {
    list.sort((p, q) => p.top - q.top || q.bottom - p.bottom);
    const out = [], side = (c) => (this.cmp ? (c.coder === this.cmp.a ? 0 : 1) : 0), lanes = [[], []], next = [0, 0], over = [0, 0];
    for (const p of list) {
      const k = side(p.c); let lane = lanes[k].findIndex((end) => end <= p.top);
      if (lane < 0) lane = Math.min(lanes[k].length, LANES - 1);
      lanes[k][lane] = p.bottom; p.lane = lane; p.k = k;
    }
    const same = new Map();
    for (const p of list) {
      const { c } = p, color = this.hue(c.code), hand = c === this.hand ? " hand" : "";
      const stripe = h("i", { class: "kd-stripe" + (c.sug ? " sug" : c.pol === "absent" ? " abs" : "") + hand, style: { "--a": color, top: p.top + "px", height: Math.max(8, p.bottom - p.top - 2) + "px", left: `calc(${p.k} * var(--half) + ${p.lane * 6}px)` } });
      stripe._c = c; out.push(stripe);
      if (c.s < x.blocks[0].s && x.i > 0) continue;  // its name stands where it begins
      const key = `${p.k} ${c.code} ${c.pol}`, twin = same.get(key);
      if (twin && p.top - twin.top < LABEL + 8) { twin.label._all.push(c); twin.label.classList.remove("sug"); if (hand) twin.label.classList.add("hand"); if (c.sug) twin.label.dataset.sug = ""; else if (c.coder !== this.coder && !this.cmp && !twin.coders.has(c.coder)) { twin.coders.add(c.coder); twin.label.append(h("small", {}, " " + c.coder)); } if (this.own(c) || c === this.hand) twin.label._c = c; continue; }
      const y = Math.max(p.top + 2, next[p.k]);
      if (y > height - LABEL + 6) { over[p.k]++; continue; }
      next[p.k] = y + LABEL;
      const name = this.codes.get(c.code)?.name || c.code;
      const text = (c.pol === "absent" ? "¬ " : "") + name + (c.sug ? " ?" : "") + (c.note ? " ✎" : "");
      const label = h("span", { class: "kd-label" + (c.sug ? " sug" : "") + hand, title: name + (c.coder && c.coder !== this.coder ? " — " + c.coder : ""), style: { top: y + "px", "--a": color, "--x": `calc(${p.k} * var(--half) + ${Math.min(LANES, lanes[p.k].length) * 6 + 18}px)` } },
        text, !this.cmp && c.coder && c.coder !== this.coder ? h("small", {}, " " + c.coder) : null);
      label._c = c; label._all = [c]; out.push(label); same.set(key, { top: p.top, label, coders: new Set([c.coder]) });
    }
    over.forEach((n, k) => { if (n) out.push(h("span", { class: "kd-label more", style: { top: height - 14 + "px", left: `calc(${k} * var(--half) + 44px)` } }, "+" + n)); });
    x.side.replaceChildren(...out);
  },
  mapSoon() { if (this.mapping) return; this.mapping = true; requestAnimationFrame(() => { this.mapping = false; this.drawMap(); }); },
  drawMap() {  // where the codes fall; each row of the map takes the colour of the coding that covers it last
    if (!this.doc || !this.map.clientHeight) return;
    this.frameMap();
    const d = Math.min(2, devicePixelRatio || 1), w = this.map.clientWidth, H = Math.round(this.map.clientHeight * d);
    const stamp = `${w} ${H} ${this.codings.size} ${this.edits || 0} ${this.doc.id} ${this.cmp ? 1 : 0} ${this.suggestions.size} ${[...this.hidden]}`;
    if (this.mapStamp === stamp) return;
    this.mapStamp = stamp;
    if (this.map.width !== w * d || this.map.height !== H) { this.map.width = w * d; this.map.height = H; }
    const g = this.map.getContext("2d"), scale = H / this.text.length, least = Math.round(1.5 * d), rows = new Array(H), hints = new Array(H);
    g.clearRect(0, 0, w * d, H);
    for (const c of this.codings.values()) if (this.visible(c)) { const y = Math.floor(c.s * scale); rows.fill(c.code, y, Math.max(y + least, Math.ceil(c.e * scale))); }
    for (const c of this.suggestions.values()) if (this.visible(c)) hints.fill(c.code, Math.floor(c.s * scale), Math.floor(c.s * scale) + least);
    const stripes = (list, x, wide, alpha) => { g.globalAlpha = alpha; for (let y = 0; y < H;) { const c = list[y]; let to = y + 1; while (to < H && list[to] === c) to++; if (c !== undefined) { g.fillStyle = this.hue(c); g.fillRect(x, y, wide, to - y); } y = to; } };
    stripes(rows, 3 * d, (w - 6) * d, 0.8); stripes(hints, 0, 2 * d, 0.6);
  },
  frameMap() {  // the part on the screen: moved by the compositor, nothing is drawn
    const S = this.scroller, H = this.map.clientHeight, all = S.scrollHeight || 1;
    const size = Math.max(10, Math.round((S.clientHeight / all) * H));
    if (this.frameSize !== size) { this.frameSize = size; this.mapFrame.style.height = size + "px"; }
    this.mapFrame.style.transform = `translateY(${Math.round((S.scrollTop / all) * H)}px)`;
  },
};
