"""ELAN (.eaf): utterances of independent tiers, in the order of time."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from ..model import KubeError
from ..words import say
from . import guard
from .rich import remarks
from .source import Source
from .subtitles import Cue, from_cues


def read(path: Path, data: bytes) -> list[Source]:
    """Read an .eaf file."""
    root = guard.xml(data, path.name)
    if root.tag != "ANNOTATION_DOCUMENT":
        raise KubeError(say("XML ini bukan dokumen ELAN.", "This XML is no ELAN document."), path.name, say("Periksa akhiran namanya.", "Check its extension."))
    slots = {s.get("TIME_SLOT_ID", ""): int(s.get("TIME_VALUE", "") or -1) if (s.get("TIME_VALUE") or "").isdigit() else -1 for s in root.iter("TIME_SLOT")}
    dropped: Counter[str] = Counter()
    found: list[tuple[int, int, Cue]] = []
    for tier in root.iter("TIER"):
        if tier.get("PARENT_REF"):
            dropped["tiers"] += 1
            continue
        label = (tier.get("PARTICIPANT") or tier.get("TIER_ID") or "").strip()
        last = 0
        for a in tier.iter("ALIGNABLE_ANNOTATION"):
            words = " ".join((a.findtext("ANNOTATION_VALUE") or "").split())
            at = slots.get(a.get("TIME_SLOT_REF1", ""), -1)
            last = at = at if at >= 0 else last
            if words:
                s = at // 1000
                found.append((at, len(found), Cue(f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" if s < 360000 else "", label, words)))
    found.sort(key=lambda x: x[:2])
    return from_cues(path.stem, [c for _, _, c in found], data.decode("utf-8", "replace"), dropped=remarks(dropped)) if found else []
