"""Random edits (insert, delete, move, replace, case, white space, Unicode form): what is certain is right, nothing is ever lost, all of it goes back."""

import unicodedata

import docx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kube_research import revise
from kube_research.anchors import VERDICTS, carry
from kube_research.cli import main
from kube_research.codings import make
from kube_research.journal import now
from kube_research.study import Study
from kube_research.text import normalise
from kube_research.waiting import queue
from tests.conftest import TRANSCRIPT_A
from tests.test_anchors import WORD, transcripts

CHECK = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
SYLLABLES = [a + b for a in "bdghjklmnprstwy" for b in "aiueo"]
OPS = ("insert", "delete", "move", "replace", "case", "space")


def word(n):
    """A word of its own for every number: no two are alike."""
    s = SYLLABLES
    return s[n % 75] + s[(n * 7 + 3) % 75] + s[(n // 75 + n * 31) % 75] + s[(n // 5) % 75]


class Told:
    """An interview out of few or many words, edited word by word; it knows where every old word is."""

    def __init__(self, turns, ops, vocabulary=10_000):
        self.lines = [[(word((t * 40 + k) * 2654435761 % 2**32 % vocabulary), t * 40 + k) for k in range(n)] for t, n in enumerate(turns)]
        self.old, self.before = self.write()
        fresh = 10_000
        for kind, a, b in ops:
            line = self.lines[a % len(self.lines)]
            if kind == "move":
                self.lines.insert(b % len(self.lines), self.lines.pop(a % len(self.lines)))
            elif not line:
                continue
            else:
                k, fresh = b % len(line), fresh + 1
                text, n = line[k]
                line[k:k + 1] = {"insert": [(word(fresh), None), (text, n)], "delete": [], "replace": [(word(fresh), n)], "case": [(text.upper(), n)], "space": [(" \t" + text, n)]}[kind]
        self.new, self.after = self.write()

    def write(self):
        out, at, place = [], 0, {}
        for i, line in enumerate(self.lines):
            head = f"{'PN'[i % 2]}: "
            out.append(head)
            at += len(head)
            for k, (text, n) in enumerate(line):
                lead = len(text) - len(text.lstrip())
                if n is not None:
                    place[n] = (at + lead, at + len(text))
                out.append(text + (" " if k < len(line) - 1 else ".\n"))
                at += len(out[-1])
            if not line:
                out.append(".\n")
                at += 2
        return "".join(out), place


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=CHECK)
@given(turns=st.lists(st.integers(1, 30), min_size=6, max_size=14), ops=st.lists(st.tuples(st.sampled_from(OPS), st.integers(0, 99), st.integers(0, 99)), max_size=25), picks=st.lists(st.tuples(st.integers(0, 13), st.integers(0, 29), st.integers(1, 12)), min_size=1, max_size=12), vocabulary=st.sampled_from([60, 300, 10_000]))
def test_what_is_certain_is_right(turns, ops, picks, vocabulary):
    t = Told(turns, ops, vocabulary)
    spans, numbers = [], []
    for turn, k, size in picks:
        n = turns[turn % len(turns)]
        first = (turn % len(turns)) * 40 + k % n
        last = min(first + size - 1, (turn % len(turns)) * 40 + n - 1)
        spans.append((t.before[first][0], t.before[last][1]))
        numbers.append(range(first, last + 1))
    for (a, b), mine, v in zip(spans, numbers, carry(t.old, t.new, spans), strict=True):
        assert v.verdict in VERDICTS and 0 <= v.start <= v.end <= len(t.new)
        if not v.certain:
            continue
        assert v.verdict != "lost" and v.start < v.end
        here = [t.after[n] for n in mine if n in t.after]
        assert here, (t.old[a:b], t.new[v.start:v.end])
        low, high = min(s[0] for s in here), max(s[1] for s in here)
        shared = max(0, min(v.end, high) - max(v.start, low))
        assert shared >= 0.9 * (max(v.end, high) - min(v.start, low)), (t.old[a:b], t.new[v.start:v.end], t.new[low:high])


REAL = sorted(transcripts().items())


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=CHECK)
@given(data=st.data())
def test_white_space_case_and_unicode_form_alone_queue_nothing_wrong(data):
    """Where only the dress of the words changes, every passage is found, and its words are the same."""
    _, text = data.draw(st.sampled_from(REAL))
    spans = [m.span() for m in WORD.finditer(text)]
    picks = data.draw(st.lists(st.integers(0, len(spans) - 4), min_size=1, max_size=20, unique=True))
    assert all(v.verdict == "exact" and v.certain for v in carry(text, normalise(unicodedata.normalize("NFD", text).replace("\n", "\r\n")), [spans[i] for i in picks]))
    wide = data.draw(st.lists(st.integers(0, len(spans) - 1), max_size=30, unique=True))
    new, at, place = [], 0, {}
    for i, (a, b) in enumerate(spans):
        gap = text[at:a]
        new.append(gap + (" " if i in wide and gap.endswith(" ") else ""))
        place[i] = (sum(map(len, new[-1:])), 0)
        new.append(text[a:b])
        at = b
    new.append(text[at:])
    starts, n = [], 0
    for k, piece in enumerate(new):
        if k % 2:
            starts.append(n)
        n += len(piece)
    edited = "".join(new)
    for i, v in zip(picks, carry(text, edited, [(spans[i][0], spans[i + 2][1]) for i in picks]), strict=True):
        assert not v.certain or v.start == starts[i] and " ".join(edited[v.start:v.end].split()) == " ".join(text[spans[i][0]:spans[i + 2][1]].split())
    away = [i for i in picks if not any(i - 3 <= k <= i + 6 for k in wide)]  # whose own blanks and neighbours' are as they were
    assert sum(v.certain for v in carry(text, edited, [(spans[i][0], spans[i + 2][1]) for i in away])) >= 0.9 * len(away) - 1


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from(REAL), st.integers(0, 10_000), st.integers(3, 10), st.sampled_from(["tidak", "nggak", "belum", "bukan", "not", "7"]), st.booleans())
def test_a_negation_or_number_put_in_or_taken_out_is_never_certain(doc, first, size, turned, taken):
    """Inside a passage."""
    spans = [m.span() for m in WORD.finditer(doc[1])]
    i = first % (len(spans) - size - 1)
    a, b, inside = spans[i][0], spans[i + size - 1][1], spans[i + 1][0]
    if "\n" in doc[1][a:b]:
        return
    other = doc[1][:inside] + turned + " " + doc[1][inside:]
    old, new, span = (other, doc[1], (a, b + len(turned) + 1)) if taken else (doc[1], other, (a, b))
    assert not carry(old, new, [span])[0].certain


@st.composite
def edits(draw, text):
    """A few changes of a text, at any character."""
    for _ in range(draw(st.integers(1, 4))):
        a = draw(st.integers(0, len(text)))
        b = draw(st.integers(a, min(len(text), a + draw(st.sampled_from([0, 3, 12, 40])))))
        text = text[:a] + draw(st.sampled_from(["", " ", "\n", "Ya. ", "e\u0301 ", "😀", "nggak ", "N: ", "rapat rutin "])) + text[b:]
    return text


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=CHECK)
@given(data=st.data())
@example(data=None)
def test_any_row_of_updates_loses_nothing_and_goes_back(data, study_dir, tmp_path_factory):
    """On disk: every coding stands on its own words or waits; the first text again gives the first places; yesterday is yesterday."""
    import shutil

    root = tmp_path_factory.mktemp("u") / "s"
    shutil.copytree(study_dir, root)
    study = Study(root)
    ids = set()
    for quote in ("diajak rapat sama ketua", "Nggak kompak", "Iya", "Kasnya sih ada", "N", "😀", "urunan. KUBE Kompak Jaya"):
        at = study.corpus["a1"].text.index(quote)
        ids.add(study.journal("ana", "a1").code(make(study.corpus, "a1", at, at + len(quote), "s.meet")).id)
    first = {c.id: (c.start, c.end) for c in study.codings()}
    yesterday = now()
    texts = [TRANSCRIPT_A.replace("Iya", "Ya")] if data is None else [data.draw(edits(TRANSCRIPT_A)) for _ in range(2)]
    for text in texts:
        if not text.strip():
            continue
        try:
            revise.update(Study(root), "a1", text)
        except revise.KubeError:
            continue
        after = Study(root)
        shown = after.corpus["a1"].text
        assert all(shown[c.start:c.end] == c.quote for c in after.codings())
        assert {c.id for c in after.codings()} | {i.coding.id for i in queue(after)} == ids
        assert revise.update(after, "a1", text).same
    then = Study(root).codings(until=yesterday)
    assert {c.id: (c.start, c.end) for c in then} == first and then.corpus["a1"].text == TRANSCRIPT_A
    revise.update(Study(root), "a1", TRANSCRIPT_A)
    assert {c.id: (c.start, c.end) for c in Study(root).codings()} == first and not queue(Study(root))


@pytest.mark.parametrize("form", ["lines", "table"])
def test_the_transcribers_new_word_file(study, tmp_path, form, capsys):
    """A .docx with the corrected words is taken in as a correction, in the study's form."""
    text = study.corpus["a1"].text
    for quote in ("diajak rapat sama ketua", "Kasnya", "urunan"):
        at = text.index(quote)
        study.journal("ana", "a1").code(make(study.corpus, "a1", at, at + len(quote), "s.meet"))
    file = docx.Document()
    turns = [("P", "Apa Ibu diajak rapat?"), ("N", "Iya, saya diajak rapat sama ketua. (P: kompak ya?) Nggak kompak kok. 😀 Kasnya sih ada."), ("P", "Katanya rapat rutin. Terus?"), ("N", "Nggak pernah ada yang ngajak saya urunan. KUBE Kompak Jaya itu namanya.")]
    if form == "lines":
        for label, words in turns:
            file.add_paragraph(f"{label}: {words}")
    else:
        rows = file.add_table(len(turns), 2)
        for row, (label, words) in zip(rows.rows, turns, strict=True):
            row.cells[0].text, row.cells[1].text = label, words
    path = tmp_path / "a1.docx"
    file.save(path)
    assert main(["update", str(path), "--study", str(study.root)]) in (0, 1)
    done = Study(study.root)
    assert "saya diajak rapat" in done.corpus["a1"].text and done.version("a1", done.versions("a1")[0]["old"]) == text
    assert len(done.codings()) + len(queue(done)) == 3 and {c.quote for c in done.codings()} >= {"Kasnya", "urunan"}
    assert main(["update", str(path), "--study", str(study.root)]) in (0, 1) and len(Study(study.root).versions()) == 1
