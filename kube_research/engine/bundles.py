"""Bundles: words that are often said together; a bundle wakes once enough of its words are said (one layer of a network, learned once for all books).

What a cue says alone stands in a codebook's cue table, and so does what a bundle says, as a cue called `&1`, `&2`, …; which words wake a
bundle, and which silence it, stands in one file for all books, `bundles.parquet`: one row a cue, one column a bundle (whole numbers of −31 to
31; `size` is how much a cue counts, in hundredths: rare words more).  A bundle's value is

    max(0, bias + 3 · scale · (sum of its weights over the sentence's cues) / max(1, square root of the sum of size²))

Whole numbers are added, so that the value is the same on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from ..files import write_atomic
from ..model import Fault, KubeError
from ..words import say

FILE = "bundles.parquet"
STRETCH = 3.0
LARGEST = 64 << 20  # bytes of a file that is read
BLOCK = 1 << 14  # sentences looked at together


@dataclass(frozen=True)
class Bundles:
    """cues → row; size: cues, hundredths; weights: cues × bundles, int8; scale and bias: bundles."""

    cues: Mapping[str, int]
    size: np.ndarray
    weights: np.ndarray
    scale: np.ndarray
    bias: np.ndarray

    def __repr__(self) -> str:
        return f"Bundles({len(self.scale)} bundles, {len(self.cues)} cues)"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the bundles are called in a cue table: `&`, four signs of this layer's digest, and a number."""
        parts = ("\n".join(self.cues).encode(), *(np.ascontiguousarray(a).tobytes() for a in (self.size, self.weights, self.scale, self.bias)))
        mark = hashlib.sha256(b"\0".join(parts)).hexdigest()[:4]
        return tuple(f"&{mark}.{k}" for k in range(1, len(self.scale) + 1))

    @cached_property
    def table(self) -> np.ndarray:
        """The weights once more, cues × bundles, as numbers that are quickly added: their sums over a sentence are exact."""
        return self.weights.astype(np.float32)

    @cached_property
    def squares(self) -> np.ndarray:
        """The squared size of every cue."""
        return self.size.astype(float) ** 2

    def values(self, added: np.ndarray, squared: np.ndarray) -> np.ndarray:
        """What sentences' cues add up to (sentences × bundles, and their squared sizes) → how much each bundle is awake: sentences × bundles."""
        return np.maximum(0.0, self.bias + added * self.scale * self.stretch(squared)[:, None])

    @staticmethod
    def stretch(squared: np.ndarray) -> np.ndarray:
        """What a sentence's sums are multiplied by: the more cues, the less each."""
        return STRETCH / np.maximum(1.0, np.sqrt(squared) / 100)

    def save(self, path: Path | str) -> None:
        """Write the layer as Parquet (readable with pandas); the same layer gives the same bytes."""
        import json

        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = {"cue": pa.array(list(self.cues), pa.string()), "size": pa.array(self.size, pa.int16())}
        columns |= {f"&{k + 1}": pa.array(self.weights[:, k], pa.int8()) for k in range(len(self.scale))}
        table = pa.table(columns).replace_schema_metadata({"scale": json.dumps(self.scale.tolist()), "bias": json.dumps(self.bias.tolist())})
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink, compression="zstd", compression_level=19)
        write_atomic(Path(path), sink.getvalue().to_pybytes())

    @classmethod
    def load(cls, path: Path | str) -> Bundles:
        """Read a layer; a file that is none is told."""
        path = Path(path)
        stat = path.stat()
        return _load(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4)
def _load(path: Path, _time: int, size: int) -> Bundles:
    import json

    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if size > LARGEST or not path.is_file():
            raise ValueError(size)
        with pq.ParquetFile(path, read_dictionary=["cue"]) as file:  # a cue said again in few bytes is not spelled out
            meta, kinds = file.metadata, file.schema_arrow.types
            if kinds[1:] != [pa.int16(), *[pa.int8()] * (len(kinds) - 2)] or kinds[:1] != [pa.dictionary(pa.int32(), pa.string())]:
                raise ValueError(kinds[:2])
            if sum(meta.row_group(g).total_byte_size for g in range(meta.num_row_groups)) > LARGEST or meta.num_rows * meta.num_columns > LARGEST:
                raise ValueError(size)
            table = file.read()
        told = {k: np.array(json.loads(table.schema.metadata[k.encode()]), np.float64) for k in ("scale", "bias")}
        if sum(len(c.dictionary) for c in table["cue"].chunks) < len(table) or table["cue"].null_count:
            raise ValueError("cue")
        cues = table["cue"].to_pylist()
        weights = np.column_stack([c.to_numpy() for c in table.columns[2:]]).astype(np.int8, casting="safe")
        layer = Bundles({c: i for i, c in enumerate(cues)}, table["size"].to_numpy().astype(np.int16, casting="safe"), weights, told["scale"], told["bias"])
        if not len(layer.cues) == len(cues) == len(weights) or any(a.shape != (weights.shape[1],) or not (np.abs(a) < 1e6).all() for a in told.values()) or any(c.count(" ") > 1 for c in cues):
            raise ValueError(len(cues))
    except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError, pa.ArrowException) as e:
        raise KubeError(Fault(say("Berkas ikatan kata ini rusak.", "This file of word bundles is damaged."), f"{path.parent.name}/{path.name}", say("Salin lagi `bundles.parquet` dari buku kode awal (`kube-research new` membuatnya di folder baru).", "Copy `bundles.parquet` again from the starter codebooks (`kube-research new` makes it in a new folder)."))) from e
    return layer
