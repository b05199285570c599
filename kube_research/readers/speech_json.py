"""Machine transcripts (.json): Whisper and its kin, oTranscribe (.otr)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..model import KubeError
from ..turns.page import hms
from ..words import say
from .encoding import decode
from .html import from_html
from .source import Source
from .subtitles import Cue, from_cues

_DEPTH = 60


def read(path: Path, data: bytes) -> list[Source]:
    """Read a .json or .otr file."""
    raw, _, _ = decode(data, path.name)
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as e:
        raise KubeError(say(f"JSON ini rusak: {e}", f"This JSON is damaged: {e}"), path.name, say("Ekspor ulang dari program asalnya.", "Export it again from its program.")) from None
    if isinstance(value, dict) and isinstance(value.get("text"), str) and ("media" in value or "media-time" in value or "<p" in value["text"] or "timestamp" in value["text"]):
        return from_html(path.stem, _times(value["text"]), path.name)
    segments = _segments(value, 0)
    if segments:
        return from_cues(path.stem, segments, raw)
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        return from_cues(path.stem, [Cue("", "", value["text"])], raw)
    raise KubeError(say("JSON ini bukan transkrip yang dikenal (tidak ada 'segments' berisi 'text').", "This JSON is no transcript that is known (no 'segments' with 'text')."), path.name,
                    say("Ekspor sebagai .txt, .vtt atau .srt.", "Export it as .txt, .vtt or .srt."))


def _times(html: str) -> str:
    """oTranscribe's time marks as [hh:mm:ss]."""
    import re

    return re.sub(r"<span[^>]*class=\"timestamp\"[^>]*?>\s*([\d:.]+)\s*</span>", lambda m: f"[{hms(m.group(1)) or m.group(1)}] ", html)


def _segments(value: Any, depth: int) -> list[Cue]:
    """The first list of pieces with a text in them."""
    if depth > _DEPTH:
        return []
    if isinstance(value, list):
        pieces = [v for v in value if isinstance(v, dict) and isinstance(_first(v, ("text", "transcript", "content", "utterance", "sentence")), str)]
        if pieces and len(pieces) >= 0.5 * len(value):
            out = []
            for v in pieces:
                words = str(_first(v, ("text", "transcript", "content", "utterance", "sentence"))).strip()
                label = _first(v, ("speaker", "speaker_label", "speaker_name", "speaker_id", "name", "role", "channel"))
                if words:
                    out.append(Cue(_clock(_first(v, ("start", "start_time", "startTime", "begin", "from", "timestamp", "offset"))), _name(label), words))
            return out
        for v in value[:50]:
            if found := _segments(v, depth + 1):
                return found
    if isinstance(value, dict):
        for key in ("segments", "utterances", "monologues", "paragraphs", "results", "turns", "entries", "chunks"):
            if key in value and (found := _segments(value[key], depth + 1)):
                return found
        for key, v in value.items():
            if key not in ("words", "tokens") and isinstance(v, (dict, list)) and (found := _segments(v, depth + 1)):
                return found
    return []


def _first(value: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((value[k] for k in keys if value.get(k) is not None), None)


def _name(label: Any) -> str:
    if isinstance(label, dict):
        label = label.get("name") or label.get("id")
    if label is None or isinstance(label, (list, bool)):
        return ""
    words = str(label).strip()
    return f"Speaker {words}" if words.isdigit() else words.replace("_", " ")


def _clock(value: Any) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, str):
        if not value.replace(".", "", 1).isdigit():
            return hms(value)
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        return ""
    seconds = int(value / 1000 if isinstance(value, int) and value > 36000 else value)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}" if seconds < 360000 else ""
