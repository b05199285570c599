"""The sentence reader: a small language model that reads a sentence after its question and the sentence before, and says how far it speaks for each code.

Cues and bundles count words; the reader knows what a word means beside the others ("dia yang pegang uangnya", "bendaharanya dia").  It is a
small multilingual model (XLM-R's vocabulary; Wang et al. 2021, "MiniLMv2"; Wang et al. 2024, "Multilingual E5"; MIT licence) taught further with the
project's coded sentences (`tools/learn_reader.py`), and stands in one file for all books, `reader.npz`: weights as whole numbers of −127 to 127 and a scale a
row.  What it says of a code is a sum over the sentence's pieces of words plus a constant, so that each word's share can be named.

It works offline in numpy: about a hundredth of a second a sentence.  Figures are rounded to thousandths; machines differ in the seventh place.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from ..files import write_atomic
from ..model import Fault, KubeError
from ..words import say
from .pieces import Pieces

FILE = "reader.npz"
LARGEST = 128 << 20  # bytes of a file that is read, and of what it holds
CONTEXT, OWN, WINDOW = 24, 40, 72  # pieces of the question and the sentence before, of the sentence, of all together
TOGETHER = 32  # sentences read at a time: their numbers stay in the processor's cache
HEADS = 12
MOST = 1e6  # what is said of a code, up or down: whole thousandths of it are kept
Sentence = tuple[list[int], list[int]]  # pieces of the context, pieces of the sentence


@dataclass(frozen=True)
class Reader:
    """codes: what it speaks for (the last is "(absent)"); weights: by name, as `reader.npz` holds them."""

    codes: tuple[str, ...]
    pieces: Pieces
    weights: dict[str, np.ndarray]
    digest: str = ""  # of the file's bytes; nothing where it was read from none

    def __repr__(self) -> str:
        return f"Reader({len(self.codes)} codes, {len(self.pieces.number)} pieces, {self._layers} layers)"

    @property
    def mark(self) -> str:
        """What a cue table calls the reader: four signs of its digest."""
        return self.digest[:4]

    @cached_property
    def _layers(self) -> int:
        return sum(n.endswith(".qkv") for n in self.weights)

    @cached_property
    def _w(self) -> dict[str, np.ndarray]:
        """The weights as numbers: rows of whole numbers times their scale, turned so that a row of values is multiplied from the left."""
        out = {}
        for name, a in self.weights.items():
            if a.dtype == np.int8:
                whole = a.astype(np.float32) * self.weights[name + ".scale"].astype(np.float32)[:, None]
                out[name] = whole if name == "emb" else np.ascontiguousarray(whole.T)
            elif not name.endswith(".scale"):
                out[name] = a.astype(np.float32)
        return out

    @property
    def constant(self) -> np.ndarray:
        """What is said of each code before a word is read."""
        return self.weights["head.b"].astype(float)

    def sequence(self, question: list[int], before: list[int], own: list[int]) -> Sentence:
        """What is read of a sentence: its pieces, behind the end of the question and of the sentence before."""
        p = self.pieces
        asked = question[-(CONTEXT // 2):] if before else question[-CONTEXT:]
        earlier = before[-(CONTEXT - len(asked)):] if before else []
        context = [*asked, p.end, *earlier] if earlier else asked
        return [p.start, *context, p.end], [*own[:OWN], p.end]

    def says(self, sentences: Sequence[Sentence]) -> np.ndarray:
        """How far each sentence speaks for each code: sentences × codes, logits, to thousandths."""
        out = np.zeros((len(sentences), len(self.codes)))
        for rows in self.blocks(sentences):
            x, own = self._read([sentences[i] for i in rows])
            mean, most = self._pooled(x, own)
            out[rows] = mean @ self._head[0] + most @ self._head[1] + self._w["head.b"]
        return out.clip(-MOST, MOST).round(3)

    def shares(self, sentences: Sequence[Sentence], code: Sequence[int]) -> list[np.ndarray]:
        """What each piece of each sentence adds to what is said of one code (the sum with the code's constant is what `says` gives)."""
        out: list[np.ndarray] = [np.zeros(0)] * len(sentences)
        for rows in self.blocks(sentences):
            x, own = self._read([sentences[i] for i in rows])
            peak = np.where(own[..., None], x, np.float32(-1e9)).argmax(1)  # which piece has most of each value
            for k, i in enumerate(rows.tolist()):
                mean, most = (h[:, code[i]] for h in self._head)
                share = x[k] @ mean / own[k].sum()
                np.add.at(share, peak[k], x[k, peak[k], np.arange(len(most))] * most)
                out[i] = share[own[k]].astype(np.float64)
        return out

    @staticmethod
    def blocks(sentences: Sequence[Sentence]) -> list[np.ndarray]:
        """Numbers of sentences that are read together: of about one length."""
        order = np.argsort([len(c) + len(o) for c, o in sentences], kind="stable")
        return [order[a:a + TOGETHER] for a in range(0, len(order), TOGETHER)]

    @staticmethod
    def _pooled(x: np.ndarray, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of each value the mean over the sentence's own pieces, and the most."""
        return np.einsum("ijk,ij->ik", x, own.astype(np.float32)) / own.sum(1)[:, None].astype(np.float32), np.where(own[..., None], x, np.float32(-1e9)).max(1)

    @cached_property
    def _head(self) -> tuple[np.ndarray, np.ndarray]:
        """What the mean and the most of each value say for each code."""
        mean, most = np.split(self._w["head"], 2)
        return mean, most

    def _read(self, sentences: Sequence[Sentence]) -> tuple[np.ndarray, np.ndarray]:
        """What stands for each piece after the last layer (sentences × pieces × values), and which pieces are the sentence's own."""
        w, n = self._w, len(sentences)
        length = np.array([min(WINDOW, len(c) + len(o)) for c, o in sentences])
        begin = np.array([len(c) for c, _ in sentences])
        long = int(length.max())
        ids = np.zeros((n, long), np.int64)
        for i, (c, o) in enumerate(sentences):
            ids[i, :length[i]] = (c + o)[:WINDOW]
        place = np.arange(long)
        there = place < length[:, None]
        own = there & (place >= begin[:, None])
        x = _norm(w["emb"][ids] + w["pos"][:long] + w["seg"][own.astype(np.int64)], w["ln.w"], w["ln.b"])
        size = x.shape[-1]
        far = np.where(there, np.float32(0), np.float32(-1e9))[:, None, None]
        x = x.reshape(-1, size)
        for k in range(self._layers):
            q, key, value = (x @ w[f"{k}.qkv"] + w[f"{k}.qkv.b"]).reshape(n, long, 3, HEADS, size // HEADS).transpose(2, 0, 3, 1, 4)
            heed = q @ key.swapaxes(-1, -2)
            heed *= np.float32((size // HEADS) ** -0.5)
            heed += far
            heed -= heed.max(-1, keepdims=True)
            np.exp(heed, out=heed)
            heed /= heed.sum(-1, keepdims=True)
            x = _norm(x + (heed @ value).transpose(0, 2, 1, 3).reshape(-1, size) @ w[f"{k}.o"] + w[f"{k}.o.b"], w[f"{k}.ln1.w"], w[f"{k}.ln1.b"])
            x = _norm(x + _bend(x @ w[f"{k}.i"] + w[f"{k}.i.b"]) @ w[f"{k}.f"] + w[f"{k}.f.b"], w[f"{k}.ln2.w"], w[f"{k}.ln2.b"])
        return x.reshape(n, long, size), own

    def save(self, path: Path | str) -> None:
        """Write the reader as a NumPy archive; the same reader gives the same bytes."""
        import zipfile

        held = self.weights | {k: np.frombuffer("\n".join(v).encode(), np.uint8) for k, v in (("codes", self.codes), ("pieces", self.pieces.number))}
        held["likely"] = np.array([self.pieces.likely.get(p, -np.inf) for p in self.pieces.number], np.float32)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            for name in sorted(held):
                array = io.BytesIO()
                np.lib.format.write_array(array, np.ascontiguousarray(held[name]), allow_pickle=False)
                z.writestr(zipfile.ZipInfo(name + ".npy", (1980, 1, 1, 0, 0, 0)), array.getvalue(), zipfile.ZIP_DEFLATED, 9)
        write_atomic(Path(path), out.getvalue())

    @classmethod
    def load(cls, path: Path | str) -> Reader:
        """Read a reader's file; one that is none is told."""
        path = Path(path)
        stat = path.stat()
        return _load(path, stat.st_mtime_ns, stat.st_size)


def _norm(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Each row brought to mean 0 and spread 1, then weighed."""
    x = x - x.mean(-1, keepdims=True)
    x /= np.sqrt(np.einsum("...i,...i->...", x, x)[..., None] / np.float32(x.shape[-1]) + np.float32(1e-12))
    x *= weight
    x += bias
    return x


def _bend(x: np.ndarray) -> np.ndarray:
    """GELU (Hendrycks & Gimpel 2016), by its tanh."""
    y = x * x
    y *= np.float32(0.7978845608 * 0.044715)
    y += np.float32(0.7978845608)
    y *= x
    np.tanh(y, out=y)
    y += np.float32(1)
    y *= x
    y *= np.float32(0.5)
    return y


def _sound(w: dict[str, np.ndarray], pieces: int, codes: int) -> bool:
    """Whether the weights are all there, of the shapes that belong together, and so small that no sum of them overflows."""
    size, layers = w["emb"].shape[1], sum(n.endswith(".qkv") for n in w)
    whole = {"emb": (pieces, size)}
    some = {"pos": (max(WINDOW, len(w["pos"])), size), "seg": (2, size), "head": (2 * size, codes), "head.b": (codes,), "ln.w": (size,), "ln.b": (size,)}
    for k in range(layers):
        wide = len(w[f"{k}.i"])
        of = {f"{k}.qkv": (3 * size, size), f"{k}.o": (size, size), f"{k}.i": (wide, size), f"{k}.f": (size, wide)}
        whole |= of
        some |= {f"{n}.b": shape[:1] for n, shape in of.items()} | {f"{k}.{n}": (size,) for n in ("ln1.w", "ln1.b", "ln2.w", "ln2.b")}
    some |= {f"{n}.scale": shape[:1] for n, shape in whole.items()}
    kinds = all(a.dtype == np.int8 if n in whole else a.dtype.kind == "f" for n, a in w.items())
    return {n: a.shape for n, a in w.items()} == whole | some and kinds and layers > 0 and size % HEADS == 0 and all((np.abs(a) <= 127).all() for a in w.values())


@lru_cache(maxsize=2)
def _load(path: Path, _time: int, size: int) -> Reader:
    from ..readers.guard import unzip

    try:
        if size > LARGEST:
            raise ValueError(size)
        data = path.read_bytes()
        found = {n.removesuffix(".npy"): np.load(io.BytesIO(b), allow_pickle=False) for n, b in unzip(data, path.name, total=LARGEST).items()}
        text = {k: found.pop(k).tobytes().decode("utf-8").split("\n") for k in ("codes", "pieces")}
        likely = found.pop("likely").astype(float)
        number = {p: i for i, p in enumerate(text["pieces"])}
        if likely.shape != (len(number),) or len(number) != len(text["pieces"]) or not _sound(found, len(number), len(text["codes"])):
            raise ValueError(likely.shape)
        reader = Reader(tuple(text["codes"]), Pieces(number, {p: float(likely[i]) for p, i in number.items() if np.isfinite(likely[i])}), found, hashlib.sha256(data).hexdigest())
    except Exception as e:  # NumPy raises what it meets in a made-up head: EOFError, MemoryError, TokenError
        raise KubeError(Fault(say("Berkas pembaca kalimat ini rusak.", "This file of the sentence reader is damaged."), f"{path.parent.name}/{path.name}", say(f"Salin lagi `{FILE}` dari buku kode awal (`kube-research new` membuatnya di folder baru).", f"Copy `{FILE}` again from the starter codebooks (`kube-research new` makes it in a new folder)."))) from e
    return reader
