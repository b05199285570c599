"""Token patterns of spaCy's Matcher inside a codebook: checked and brought into one form; spaCy itself is not needed for that.

>>> read([{"LEMMA": "bantu"}, {"POS": "NOUN", "OP": "?"}])
'[{"LEMMA": "bantu"}, {"OP": "?", "POS": "NOUN"}]'
"""

from __future__ import annotations

import json

from .patterns import PatternError

MAX_TOKENS, MAX_OPEN, MAX_LENGTH = 12, 3, 1000
TEXTS = ("ORTH", "TEXT", "NORM", "LOWER", "SHAPE", "PREFIX", "SUFFIX", "LEMMA", "POS", "TAG", "DEP", "MORPH", "ENT_TYPE", "ENT_IOB", "ENT_ID", "ENT_KB_ID")
FLAGS = ("IS_ALPHA", "IS_ASCII", "IS_DIGIT", "IS_LOWER", "IS_UPPER", "IS_TITLE", "IS_PUNCT", "IS_SPACE", "IS_STOP", "IS_SENT_START", "SPACY", "LIKE_NUM", "LIKE_URL", "LIKE_EMAIL")
OPERATORS = ("!", "?", "+", "*", "1")
LISTS, NUMBERS = ("IN", "NOT_IN", "IS_SUBSET", "IS_SUPERSET", "INTERSECTS"), ("==", "!=", ">=", "<=", ">", "<")


def read(value: object) -> str:
    """A token pattern (a list of maps, every scalar as text) as JSON; raise PatternError in both languages.

    REGEX and FUZZY are refused: a pattern out of a file must not be able to hang the machine.  At most 12 tokens, 3 of them + or *.
    """
    if not isinstance(value, list) or not value or not all(isinstance(t, dict) for t in value):
        raise PatternError("Pola spaCy adalah daftar token, misalnya [{LEMMA: bantu}, {POS: NOUN}].", "A spaCy pattern is a list of tokens, such as [{LEMMA: bantu}, {POS: NOUN}].")
    if len(value) > MAX_TOKENS or sum(t.get("OP") in ("+", "*") for t in value) > MAX_OPEN:
        raise PatternError(f"Paling banyak {MAX_TOKENS} token, {MAX_OPEN} di antaranya + atau *.", f"At most {MAX_TOKENS} tokens, {MAX_OPEN} of them + or *.")
    if all(t.get("OP") in ("?", "*", "!") for t in value):
        raise PatternError("Setidaknya satu token harus ada (bukan ?, * atau !).", "At least one token must be there (not ?, * or !).")
    found = json.dumps([{str(k): _value(str(k), v) for k, v in sorted(t.items())} for t in value], ensure_ascii=False)
    if len(found) > MAX_LENGTH:
        raise PatternError(f"Pola spaCy lebih dari {MAX_LENGTH} karakter.", f"The spaCy pattern is longer than {MAX_LENGTH} characters.")
    return found


def _value(key: str, value: object) -> object:
    if key == "OP":
        if value not in OPERATORS:
            raise PatternError(f"OP bernilai {value!r}; pilihannya {' '.join(OPERATORS)}.", f"OP is {value!r}; the choice is {' '.join(OPERATORS)}.")
        return value
    if key in FLAGS:
        if str(value).lower() not in ("true", "false"):
            raise PatternError(f"{key} bernilai true atau false, bukan {value!r}.", f"{key} is true or false, not {value!r}.")
        return str(value).lower() == "true"
    if key == "LENGTH":
        return {_known(k, NUMBERS, key): _number(v) for k, v in value.items()} if isinstance(value, dict) else _number(value)
    if key not in TEXTS:
        raise PatternError(f"{key!r} tidak diterima dalam pola spaCy; yang dikenal: {', '.join((*TEXTS, *FLAGS, 'LENGTH', 'OP'))}.", f"{key!r} is not accepted in a spaCy pattern; known are: {', '.join((*TEXTS, *FLAGS, 'LENGTH', 'OP'))}.")
    if isinstance(value, dict):
        return {_known(str(k), LISTS, key): [str(x) for x in v] if isinstance(v, list) else [str(v)] for k, v in value.items()}
    if isinstance(value, list) or value is None:
        raise PatternError(f"{key} memerlukan satu kata, atau {{IN: [kata, kata]}}.", f"{key} takes one word, or {{IN: [word, word]}}.")
    return str(value)


def _known(key: str, allowed: tuple[str, ...], inside: str) -> str:
    if key not in allowed:
        raise PatternError(f"{key!r} tidak diterima di dalam {inside}; pilihannya {', '.join(allowed)}.", f"{key!r} is not accepted inside {inside}; the choice is {', '.join(allowed)}.")
    return key


def _number(value: object) -> int:
    if not str(value).isdigit():
        raise PatternError(f"LENGTH memerlukan bilangan, bukan {value!r}.", f"LENGTH takes a number, not {value!r}.")
    return int(str(value))
