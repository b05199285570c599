"""Language: Indonesian or English, and nothing else (Malay never competes)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_ID = frozenset("yang dan di itu ini dengan untuk tidak ada saya kita kami dari ke ya pada sudah kalau juga bisa mau sama lagi aja mah kan nggak gak enggak apa orang jadi karena ibu bapak pak bu terus dalam adalah atau oleh akan belum".split())
_EN = frozenset("the and of to in is it that you was for on are with as they be at have this from or had we but not what there when he she i my so do".split())


@lru_cache(maxsize=1)
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    model.set_languages(["id", "en"])
    return model


def language(text: str) -> str:
    """"id" or "en".

    >>> language("Kita kumpul tiap minggu di rumah saya."), language("We met every week at my house.")
    ('id', 'en')
    """
    words = re.findall(r"[^\W\d_]+", text[:20000].lower())
    indonesian, english = sum(w in _ID for w in words), sum(w in _EN for w in words)
    if indonesian + english >= 5 and max(indonesian, english) >= 3 * min(indonesian, english):
        return "id" if indonesian > english else "en"
    return str(_model().classify(text[:20000])[0]) if words else "id"
