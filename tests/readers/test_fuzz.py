"""Whatever comes in: a reader returns Sources or a KubeError, keeps every word, and its map leads back."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kube_research.corpus import Document
from kube_research.model import KubeError
from kube_research.readers import bibliography, elan, html, odt, plain, rtf, speech_json, subtitles, tables
from kube_research.readers import docx as docx_reader
from kube_research.readers.encoding import tidy
from kube_research.readers.plain import from_text
from kube_research.turns import segment
from tests.readers.build import docx, odt as build_odt, p
from tests.readers.talk import PAIR

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
LABELS = st.sampled_from(["P", "N", "Peneliti", "Bu Entin", "I 1", "**P**", "A", "1", "NOTE", "Catatan", ""])
SIGNS = st.sampled_from([": ", " : ", ". ", "\t", " - ", "> ", "] ", " | ", "\n", "", "::", " // "])
WORDS = st.text(alphabet=st.sampled_from("abcdeIya iP:N?.!…()[]{}*_#>|/\\\"'“”–—-\t\xa0é\u0301😀0123456789\u200b"), max_size=30)
LINES = st.lists(st.tuples(st.sampled_from(["", "1. ", "[00:01] ", "  ", "| ", "- ", "# ", "> "]), LABELS, SIGNS, WORDS).map("".join), max_size=14).map("\n".join)


def sound(text):
    """What must hold for every text."""
    found = segment(text)
    last = 0
    for t in found.turns:
        assert last <= t.start <= t.body <= t.end <= len(text), (t, last)
        last = t.end
        at = t.body
        for a, b in t.skips:
            assert at <= a <= b <= t.end
            at = b
    for t in Document("x", text).turns:
        assert 0 <= t.start <= t.body <= t.end <= len(text)
        ends = t.body
        for a, b in t.aside:
            assert ends <= a < b <= t.end
            ends = b


@QUICK
@given(LINES)
@example("P: a\n\nN: b\nP:\n\n\nN:\n")
@example("|P|a|\n|N|b|\n|P|\n|")
@example("1. P: a\n2. N: b\n3. P: c\n4. N: d\n")
def test_turns_of_any_text(text):
    sound(text)


@QUICK
@given(LINES)
def test_any_text_is_read_and_mapped(text):
    clean, _ = tidy(text)
    for s in from_text("x", clean, raw=text):
        for at, a, b, exact in s.map.pieces:
            assert not exact or s.text[at:at + b - a] == text[a:b]
        s.text.encode("utf-8")
        sound(s.text)


@QUICK
@given(st.lists(st.tuples(WORDS, WORDS), min_size=3, max_size=8))
def test_words_stay_verbatim(pairs):
    turns = [w.replace("\n", " ").replace("\u0301", "").replace("\u200b", "").strip() for q, a in pairs for w in (f"Apa {q}?", f"Iya {a} begitu.")]
    text = "\n".join(f"{'PN'[n % 2]}: {w}" for n, w in enumerate(turns))
    found = segment(text)
    joined = "".join(found.words(t) for t in found.turns)
    assert "".join("".join(turns).split()) == "".join(joined.split()) or len(found.turns) != len(turns)


@QUICK
@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00")
@example(b"\xff\xfe\x00\xd8")
@example(b"\x00P\x00:\x00 \x00a")
@example(b"\xed\xa0\x80 P: a")
def test_any_bytes(data):
    for reader, name in ((plain, "a.txt"), (html, "a.html"), (subtitles, "a.srt"), (speech_json, "a.json"), (elan, "a.eaf"), (bibliography, "a.ris"), (bibliography, "a.bib"), (bibliography, "a.xml"), (tables, "a.csv"), (tables, "a.xlsx"), (odt, "a.odt"), (rtf, "a.rtf")):
        try:
            for s in reader.read(Path(name), data):
                s.text.encode("utf-8")
        except KubeError as e:
            assert name in str(e)


def spoilt(data, cuts):
    out = bytearray(data)
    for at, value in cuts:
        out[at % len(out)] = value
    return bytes(out)


CUTS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=12)
DOCX, ODT = docx("".join(p(w) for _, w in PAIR[:4])), build_odt("<text:p>P: Apa?</text:p><text:p>N: Iya.</text:p>")
RTF = rb"{\rtf1\ansi{\fonttbl{\f0 A;}}{\b P: Apa?}\par {\*\x y}N: \u233?\'e9 \uc1 Iya\par}"
JSON = json.dumps({"segments": [{"start": 1, "text": "a", "speaker": "A"}, {"start": 2, "text": "b?", "speaker": None}]}).encode()


@settings(QUICK, max_examples=120)
@given(st.sampled_from(["docx", "odt", "rtf", "json"]), CUTS)
def test_damaged_files(kind, cuts):
    data = spoilt({"docx": DOCX, "odt": ODT, "rtf": RTF, "json": JSON}[kind], cuts)
    try:
        if kind == "docx":
            docx_reader.flow(data, "a.docx")
        else:
            {"odt": odt, "rtf": rtf, "json": speech_json}[kind].read(Path(f"a.{kind}"), data)
    except KubeError as e:
        assert f"a.{kind}" in str(e)


@QUICK
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), lambda x: st.lists(x, max_size=4) | st.dictionaries(st.sampled_from(["segments", "text", "speaker", "start", "words", "media", "x"]), x, max_size=5), max_leaves=20))
def test_any_json(value):
    try:
        speech_json.read(Path("a.json"), json.dumps(value).encode())
    except KubeError:
        pass


@pytest.mark.parametrize("text", ["*" * 5000, "(" * 5000, "[" * 2000 + "]" * 2000, "P: " * 3000, "| " * 3000, "_a" * 4000, "**a" * 3000, "1. " * 3000, "<b>" * 3000, "a" * 100_000, "\n" * 50_000, "P:\n" * 5000, "/a" * 4000, "// P: x " * 800, "A " * 5000 + "?", "{" * 3000 + "}" * 3000, "* P: a\n" * 3000, "<v x" * 3000])
def test_no_text_hangs(text):
    import time

    began = time.process_time()
    Document("x", text).turns  # noqa: B018
    from_text("x", tidy(text)[0], raw=text)
    assert time.process_time() - began < 3  # the processor time of this process: a busy machine does not count


RTF_BITS = ["\\u8212 -", "\\u8212\\'97", "\\uc2 \\u233 ab", "\\uc0 ", "\\uc1 ", "\\'e9", "\\b ", "\\b0 ", "\\i\\ul ", "\\plain ", "\\par ", "{", "}", "Saya diajak ikut rapat oleh ketua kelompok", " kas ", "\\~", "\n", "\\{", "\\u-10179?\\u-8704?", "abcdefghi"]


@given(st.lists(st.sampled_from(RTF_BITS), max_size=25))
@example(["\\uc0 ", "\\b ", "tebal", "\\b0 ", "biasa"])  # as programs for the Mac write: what marks bold is no text
@settings(max_examples=300, deadline=None)
def test_marks_and_runs_change_no_word_of_rtf(bits):
    from striprtf.striprtf import rtf_to_text

    raw = "{\\rtf1\\ansi\\ansicpg1252 " + "".join(bits) + "}"
    marked, runs = rtf._marked(raw)
    said = rtf._RUN.sub(lambda m: runs[ord(m.group()) - rtf._FIRST], rtf_to_text(marked, errors="replace"))
    assert re.sub("[\ue100-\ue112]", "", said) == rtf_to_text(raw, errors="replace")
