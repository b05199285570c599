"""Interned words beside the study (`.cache/words-…`; `.cache/block-…` where a selection is too large to be held at once): a selection's words, their places and their index, made once for all sessions.

The key is the digest of everything that decides them: the documents' texts, who speaks there, the filters on turns, the program's source.  Another key,
a damaged file or a folder that cannot be written: the words are read again.
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .. import cache
from ..corpus import Corpus

if TYPE_CHECKING:
    from .words import Words

BLOCKS = 128  # files of blocks, of some 15 MB each
LEAST = 200_000  # characters: a smaller selection is read as quickly as it is looked up
_ARRAYS = ("start", "end", "ids", "sentence", "clause", "segment", "voice", "capital", "question", "meant", "segments", "owners")
_LENGTHS = struct.Struct("<QQ")


def key(corpus: Corpus, everything: bool) -> bytes:
    """The digest of what a selection's words are made from."""
    told = [x for d in corpus.documents for x in (d.kind, d.original, d.meta.get("translation", ""), *(y for s in d.speakers for y in (s.label, s.speaker, s.role)), len(d.speakers))]
    turns = [f for f in corpus.filters if f[0] in corpus._TURN_KEYS]
    return cache.key(json.dumps(("words", sys.byteorder, everything, turns, told)), b"".join(d.digest for d in corpus.documents))


def stale(corpus: Corpus) -> bool:
    """Whether somebody withdrew, or names were replaced, since the selection's study was read: files that are open may be empty by now."""
    return bool(corpus.home) and cache.stamp(Path(corpus.home) / ".cache") != corpus.stamp


def worth(corpus: Corpus) -> bool:
    """Whether a selection is of a study on disk as it is, and large enough."""
    return bool(corpus.home) and not stale(corpus) and sum(len(d.text) for d in corpus.documents) >= LEAST


def read(words: Words, made_from: bytes, blocks: int = 0, *, sound: bool = False) -> bool:
    """Give a Words what is kept of its selection (a block of one, where there are `blocks`; `sound`: written a moment ago); False where nothing is."""
    body = cache.read(Path(words.corpus.home) / ".cache", "block" if blocks else "words", made_from, sound=sound)
    if body is None:
        return False
    size, long = _LENGTHS.unpack(body[-_LENGTHS.size:])
    about = json.loads(bytes(body[size:size + long]))
    found = {n: np.frombuffer(body, kind, int(np.prod(shape)), at).reshape(shape) for n, kind, shape, at in about["arrays"]}
    for name in _ARRAYS:
        setattr(words, name, found[name])
    words.documents = [words.corpus.documents[i] for i in about["documents"]]
    words.bases, words.types = about["bases"], list(map(sys.intern, about["types"])) if blocks else about["types"]  # the words of many blocks are mostly the same
    words._short, words._opens = [], []
    words.__dict__.pop("lookup", None)
    words._voices = {tuple(v): i for i, v in enumerate(about["voices"])}
    words.__dict__["_postings"] = found["order"], found["bounds"]
    words.__dict__["turns"] = found["bodies"], found["ends"], found["firsts"]
    words.mapped, words.rest = True, partial(cache.rest, body)
    return True


def write(words: Words, made_from: bytes, blocks: int = 0) -> bool:
    """Keep the words of a selection; whether they are kept.  The newest three stay; of blocks as many as two selections such as this have, or BLOCKS."""
    kind, most = ("block", max(BLOCKS, 2 * blocks)) if blocks else ("words", 3)
    return cache.write(Path(words.corpus.home) / ".cache", kind, lambda: made_from, _parts(words), most=most, under=words.corpus.stamp) is not None


def _parts(words: Words) -> Iterator[bytes | memoryview]:
    number = {id(d): i for i, d in enumerate(words.corpus.documents)}
    order, bounds = words._postings
    arrays = {n: getattr(words, n) for n in _ARRAYS} | {"order": order.astype(np.int32), "bounds": bounds} | dict(zip(("bodies", "ends", "firsts"), words.turns, strict=True))
    listed, at = [], 0
    for name, array in arrays.items():
        whole = np.ascontiguousarray(array)
        listed.append((name, whole.dtype.str, whole.shape, at))
        yield whole.reshape(-1).view(np.uint8).data
        rest = -whole.nbytes % 64
        yield bytes(rest)
        at += whole.nbytes + rest
    told = json.dumps({"arrays": listed, "documents": [number[id(d)] for d in words.documents], "bases": [int(b) for b in words.bases], "types": words.types, "voices": list(words._voices)}).encode()
    yield told
    yield _LENGTHS.pack(at, len(told))
