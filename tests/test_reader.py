"""The sentence reader: what it says of a sentence, which words moved it, when it is asked, and what happens to a damaged file."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from kube_research.codebook import load
from kube_research.corpus import Corpus, Document
from kube_research.engine import Engine, autocode, explain
from kube_research.engine.cue_table import CueModel
from kube_research.engine.pieces import Pieces
from kube_research.engine.reader import CONTEXT, FILE, Reader
from kube_research.model import KubeError, Speaker

BOOK = "codebook: tiny\ncodes:\n  - id: t.book\n    indicators: {id: [buku kas]}\n  - id: t.meet\n    indicators: {id: [kumpul]}\n"
SPEAKERS = (Speaker("d", "P", "p", "researcher"), Speaker("d", "N", "n", "member"), Speaker("d", "M", "m", "member"))
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = ("▁buku", "▁kas", "▁kumpul", "▁malam")


def pieces():
    names = ["<s>", "</s>", "<unk>", *WORDS, "▁", *LETTERS]
    return Pieces({p: i for i, p in enumerate(names)}, {p: -2.0 if len(p) > 2 else -5.0 for p in names[3:]})


def tiny(seed=0, size=24, wide=32, layers=2):
    """A reader of two layers with weights at random."""
    dice = np.random.default_rng(seed)
    w = {}

    def whole(name, *shape):
        w[name], w[name + ".scale"] = dice.integers(-127, 128, shape, np.int8), dice.uniform(0.004, 0.012, shape[0]).astype(np.float32)

    def some(name, *shape):
        w[name] = dice.normal(1.0 if name.endswith(('n.w', '1.w', '2.w')) else 0.0, 1.0 if name == 'head' else 0.3, shape).astype(np.float32)

    whole("emb", len(pieces().number), size)
    some("pos", 96, size), some("seg", 2, size), some("ln.w", size), some("ln.b", size), some("head", 2 * size, 3), some("head.b", 3)
    for k in range(layers):
        whole(f"{k}.qkv", 3 * size, size), whole(f"{k}.o", size, size), whole(f"{k}.i", wide, size), whole(f"{k}.f", size, wide)
        for name, n in (("qkv.b", 3 * size), ("o.b", size), ("i.b", wide), ("f.b", size), ("ln1.w", size), ("ln1.b", size), ("ln2.w", size), ("ln2.b", size)):
            some(f"{k}.{name}", n)
    return Reader(("t.book", "t.meet", "(absent)"), pieces(), w)


def saved(folder, threshold=0.0, reads=-9.0, heed=1.0, seed=0):
    """A codebook whose table knows nothing but the rule "kumpul" and the reader."""
    folder.mkdir(exist_ok=True)
    (folder / "tiny.yml").write_text(BOOK)
    tiny(seed).save(folder / FILE)
    reader = Reader.load(folder / FILE)
    table = np.array([[0.0, 2.0, 0.0], [0.0, 0.0, 0.0]])
    CueModel(("t.book", "t.meet", "(absent)"), {"=t.meet: id: kumpul": 0, "=t.book: id: buku kas": 1}, table, np.array([-1.0, -1.0, 0.0]), np.array([threshold, threshold, 0.0]), None, reader, np.array([heed, heed, heed]), np.array([reads, reads, 99.0]), np.array([1, 2, 3])).save(folder / "tiny.cues.csv")
    return load(folder / "tiny.yml")


def by_hand(r, context, own):
    """The same, sentence by sentence and head by head, as the papers write it."""
    w = {n: a.astype(float) * (r.weights[n + ".scale"].astype(float)[:, None] if n + ".scale" in r.weights else 1) for n, a in r.weights.items() if not n.endswith(".scale")}

    def norm(x, name):
        return (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-12) * w[name + ".w"] + w[name + ".b"]

    ids = context + own
    x = norm(w["emb"][ids] + w["pos"][:len(ids)] + w["seg"][[0] * len(context) + [1] * len(own)], "ln")
    for k in range(2):
        q, key, value = np.split(x @ w[f"{k}.qkv"].T + w[f"{k}.qkv.b"], 3, 1)
        heads = []
        for h in range(12):
            at = slice(2 * h, 2 * h + 2)
            heed = np.exp(q[:, at] @ key[:, at].T / np.sqrt(2))
            heads.append(heed / heed.sum(1, keepdims=True) @ value[:, at])
        x = norm(x + np.hstack(heads) @ w[f"{k}.o"].T + w[f"{k}.o.b"], f"{k}.ln1")
        h = x @ w[f"{k}.i"].T + w[f"{k}.i.b"]
        x = norm(x + (0.5 * h * (1 + np.tanh(np.sqrt(2 / np.pi) * (h + 0.044715 * h**3)))) @ w[f"{k}.f"].T + w[f"{k}.f.b"], f"{k}.ln2")
    x = x[len(context):]
    return np.concatenate((x.mean(0), x.max(0))) @ w["head"] + w["head.b"]


def test_what_is_said_is_what_the_model_says():
    r, dice = tiny(), np.random.default_rng(1)
    many = [([0, *dice.integers(2, 30, n).tolist(), 1], [*dice.integers(2, 30, m).tolist(), 1]) for n, m in product((0, 3, 20), (1, 7, 39))] * 5
    says = r.says(many)
    assert np.allclose(says, [by_hand(r, *s) for s in many], atol=0.001) and np.ptp(says, axis=0).min() > 1
    assert np.allclose(says, [r.says([s])[0] for s in many], atol=0.0011)  # whatever else is read with it


def test_the_words_shares_come_to_what_is_said():
    r, dice = tiny(), np.random.default_rng(2)
    many = [([0, 5, 1], [*dice.integers(3, 30, n).tolist(), 1]) for n in (1, 4, 12, 30)]
    for j in range(3):
        total = [s.sum() + r.weights["head.b"][j] for s in r.shares(many, [j] * 4)]
        assert np.allclose(total, r.says(many)[:, j], atol=0.001)


def test_pieces_are_the_likeliest_way_to_cut_a_word():
    p = Pieces({x: i for i, x in enumerate(["<s>", "</s>", "<unk>", "▁", "▁a", "a", "b", "ab", "▁ab", "ba"])}, {"▁": -3.0, "▁a": -2.5, "a": -2.0, "b": -2.2, "ab": -2.9, "▁ab": -6.0, "ba": -3.1})

    def ways(word):
        return [[]] if not word else [[word[:i], *rest] for i in range(1, len(word) + 1) if word[:i] in p.likely for rest in ways(word[i:])]

    for word in map("".join, product("ab", repeat=4)):
        found, places = p.of(f"  {word} {word}")
        best = max(ways("▁" + word), key=lambda parts: sum(p.likely[x] for x in parts))
        names = list(p.number)
        half = [names[i] for i in found[:len(found) // 2]]
        assert np.isclose(sum(p.likely[x] for x in half), sum(p.likely[x] for x in best)) and "".join(half) == "▁" + word
        assert places == [2] * len(half) + [7] * len(half)
    assert p.of("xa")[0] == [3, 2, 5] and p.of("ａｂ")[0] == p.of("ab")[0] and p.of("") == ([], [])


def test_a_sentence_is_read_after_its_question_and_the_sentence_before(tmp_path):
    book = saved(tmp_path)
    text = "P: Buku siapa?\nN: Kumpul malam. Buku kas.\nM: Malam kumpul.\nP: Kas kas?\nN: Malam.\n"
    e = Engine(Corpus((Document("d", text, speakers=SPEAKERS), Document("e", "N: Kas.\n", speakers=tuple(replace(s, document="e") for s in SPEAKERS)))))
    r = CueModel.load(book.path.with_suffix(".cues.csv")).reader
    p = r.pieces.of
    reading = e.features.reading(r)
    said = {i: reading.text(i) for i in np.flatnonzero(e.features.evidence).tolist()}
    given = {said[i]: reading.given(i) for i in said}
    q, s, t = (p(x)[0] for x in ("Buku siapa", "Kumpul malam", "Buku kas"))
    assert list(said.values()) == ["Kumpul malam", "Buku kas", "Malam kumpul", "Malam", "Kas"]
    assert given["Kumpul malam"] == ([0, *q, 1], [*s, 1])
    assert given["Buku kas"] == ([0, *q[-CONTEXT // 2:], 1, *s[-CONTEXT + len(q[-CONTEXT // 2:]):], 1], [*t, 1])
    assert given["Malam kumpul"][0] == [0, *q[-CONTEXT // 2:], 1, *t[-CONTEXT + len(q[-CONTEXT // 2:]):], 1]  # the voice before, in one talk
    assert given["Malam"] == ([0, *p("Kas kas")[0], 1], [*p("Malam")[0], 1]) and given["Kas"] == ([0, 1], [*p("Kas")[0], 1])  # not what another document asked


def test_cues_and_reader_add_up_and_the_words_that_moved_it_are_named(tmp_path, monkeypatch):
    corpus = Corpus((Document("d", "P: Apa?\nN: Kumpul malam di rumah. Buku kas sudah hilang. Anak saya rewel.\n", speakers=SPEAKERS),))
    book = saved(tmp_path, threshold=-50.0)
    model = CueModel.load(tmp_path / "tiny.cues.csv")
    e = Engine(corpus)
    rules, hits = e.find(book)
    at = np.flatnonzero(e.features.evidence)
    total = e.features.scores(model, e.told(rules, hits))[at]
    says = model.reader.says([e.features.reading(model.reader).given(i) for i in at])
    assert np.allclose(total, says + [[-1, 1, 0], [-1, -1, 0], [-1, -1, 0]])  # the rule "kumpul" told of the second code
    frame = autocode(corpus, book).frame
    assert len(frame) == 6 and any("kumpul" in r for r in frame["rule"]) and {r.partition(": ")[0] for r in frame["rule"]} == {"cues"}
    assert FILE in explain(frame.iloc[0], book, corpus)
    # "(reader)" is what it said beyond its constant; explain names the words whose shares those are
    seen = 0
    for row in frame.itertuples():
        i, j = [e.features.reading(model.reader).text(i) for i in at].index(row.quote), model.codes.index(row.code)
        added = says[i, j] - model.reader.constant[j]
        told = dict(x.rsplit(" +", 1) for x in row.rule.partition(": ")[2].split(" · ")) if " +" in row.rule else {}
        assert abs(float(told.get("(reader)", 0)) - max(0.0, added)) < 0.06
        where, moved, share = e.features.reading(model.reader).moved(at[[i]], model.output[[j]] - 1)
        assert set(moved) == {0} and {e.words.types[k] for k in e.words.ids[where]} == set(row.quote.lower().split())
        each = np.bincount(where, share)
        if each.max() >= 0.05:
            assert f"moved it: {e.words.types[e.words.ids[each.argmax()]]} +{each.max():.1f}" in explain(row._asdict(), book, corpus)
            seen += 1
    assert seen > 2
    # read only where the cues come near: the rule lifts the first sentence to +1
    asked = []
    says = Reader.says
    monkeypatch.setattr(Reader, "says", lambda self, sentences: asked.extend(sentences) or says(self, sentences))
    near = saved(tmp_path / "near", threshold=0.7, reads=0.5)
    autocode(Corpus((replace(corpus.documents[0], id="f", speakers=tuple(replace(s, document="f") for s in SPEAKERS)),)), near)
    assert len([s for s in asked if len(s[1]) > 1]) == 1  # (a file that is loaded is tried once)
    silent = saved(tmp_path / "silent", threshold=0.1, heed=0.0)
    assert [r.quote for r in autocode(corpus, silent).frame.itertuples()] == ["Kumpul malam di rumah"]


def test_what_was_said_is_kept_beside_the_study(tmp_path, monkeypatch):
    from kube_research.engine import reading

    monkeypatch.setattr(reading, "WORTH", 2)
    saved(tmp_path)
    r = Reader.load(tmp_path / FILE)
    text = "P: Apa?\nN: Kumpul malam. Buku kas. Malam.\n"
    corpus = Corpus((Document("d", text, speakers=SPEAKERS),), home=str(tmp_path))
    first = Engine(corpus).features.reading(r).says(np.array([1, 2]))
    asked = []
    says = Reader.says
    monkeypatch.setattr(Reader, "says", lambda self, sentences: asked.extend(sentences) or says(self, sentences))
    again = Engine(corpus).features.reading(r)
    assert np.array_equal(again.says(np.array([1, 2])), first) and not asked
    assert again.says(np.array([3])).shape == (1, 3) and len(asked) == 1
    other = Engine(Corpus((Document("d", text.replace("Apa", "Siapa"), speakers=SPEAKERS),), home=str(tmp_path))).features.reading(r)
    assert not np.array_equal(other.says(np.array([1, 2])), first)  # another question: read again
    for kept in (tmp_path / ".cache").glob("read-*"):
        kept.write_bytes(kept.read_bytes()[:-3])
    asked.clear()
    assert np.array_equal(Engine(corpus).features.reading(r).says(np.array([1, 2])), first) and len(asked) == 2
    (tmp_path / ".cache").rename(tmp_path / "gone")
    (tmp_path / ".cache").write_text("no folder")
    assert np.array_equal(Engine(corpus).features.reading(r).says(np.array([1, 2])), first)


def test_what_was_said_is_known_in_another_selection_and_kernel(tmp_path, monkeypatch):
    """By the words given, not by the selection: a transcript that joins is read alone; what two kernels read is kept of both; a cut loses little."""
    from kube_research.engine import reading, said

    monkeypatch.setattr(reading, "WORTH", 2)
    saved(tmp_path)
    r = Reader.load(tmp_path / FILE)
    one = Document("d", "P: Apa?\nN: Kumpul malam. Buku kas. Malam.\n", speakers=SPEAKERS)
    two = Document("e", "P: Siapa?\nN: Malam kas. Kumpul buku. Kas kas kas.\n", speakers=tuple(replace(s, document="e") for s in SPEAKERS))
    three = Document("g", "P: Siapa?\nN: Buku buku. Malam buku. Kas.\n", speakers=tuple(replace(s, document="g") for s in SPEAKERS))

    def opened(*documents):
        return Engine(Corpus(documents, home=str(tmp_path))).features.reading(r)

    asked = []
    says = Reader.says
    monkeypatch.setattr(Reader, "says", lambda self, sentences: asked.extend(sentences) or says(self, sentences))
    a, b = opened(one), opened(two)
    first, second = b.says(np.array([1, 2, 3])), a.says(np.array([1, 2, 3]))  # each knew nothing of the other when it began
    assert len(asked) == 6
    both = opened(two, one)
    assert np.array_equal(both.says(np.array([1, 2, 3, 5, 6, 7])), np.concatenate((first, second))) and len(asked) == 6
    assert len(opened(one, three).says(np.arange(1, 8))) == 7 and len(asked) == 6 + 4  # the other's question and three sentences
    monkeypatch.setattr(reading, "KEEP", 1)
    monkeypatch.setattr(Reader, "blocks", staticmethod(lambda sentences: [np.array([i]) for i in range(len(sentences))]))
    four = Document("h", "P: Mana?\nN: Buku malam. Malam kumpul. Kas.\n", speakers=tuple(replace(s, document="h") for s in SPEAKERS))
    del asked[:]
    with monkeypatch.context() as m:
        m.setattr(Reader, "says", lambda self, sentences: says(self, sentences) if len(asked.append(sentences) or asked) < 3 else 1 / 0)
        with pytest.raises(ZeroDivisionError):
            opened(four).says(np.array([1, 2, 3]))
    del asked[:]
    opened(four).says(np.array([1, 2, 3]))
    assert len(asked) == 1
    monkeypatch.setattr(said, "MOST", 5)
    opened(Document("i", four.text.replace("Mana", "Kapan"), speakers=tuple(replace(s, document="i") for s in SPEAKERS))).says(np.array([1, 2, 3]))
    assert len(said.known(tmp_path / ".cache", r.digest, len(r.codes))[0]) < 5


def test_what_could_not_be_kept_is_kept_the_next_time_and_nothing_after_a_withdrawal(tmp_path, monkeypatch):
    """A file that another kernel holds (Windows), a full file, a cache that was emptied while a kernel went on reading."""
    from kube_research import cache
    from kube_research.engine import reading, said

    monkeypatch.setattr(reading, "WORTH", 2)
    monkeypatch.setattr(reading, "KEEP", 1)
    monkeypatch.setattr(Reader, "blocks", staticmethod(lambda sentences: [np.array([i]) for i in range(len(sentences))]))
    saved(tmp_path)
    r = Reader.load(tmp_path / FILE)
    one, two = (Document(d, f"P: {q}?\nN: Kumpul malam. Buku kas. Malam.\n", speakers=tuple(replace(s, document=d) for s in SPEAKERS)) for d, q in (("d", "Apa"), ("e", "Siapa")))

    def opened(*documents):
        return Engine(Corpus(documents, home=str(tmp_path), stamp=cache.stamp(tmp_path / ".cache"))).features.reading(r)

    def kept():
        return len(said.known(tmp_path / ".cache", r.digest, len(r.codes))[0])

    write, tries = cache.write, []
    with monkeypatch.context() as m:
        m.setattr(cache, "write", lambda *a, **k: None if len(tries.append(0) or tries) < 3 else write(*a, **k))
        opened(one).says(np.array([1, 2, 3]))
    assert kept() == 3
    monkeypatch.setattr(said, "MOST", 4)
    opened(one, two).says(np.array([1, 2, 3, 5, 6, 7]))
    assert kept() == 6  # of the selection that is read nothing is thrown away
    went_on = opened(one)
    cache.purge(tmp_path / ".cache", b"somebody withdrew")
    went_on.says(np.array([1, 2, 3]))
    assert kept() == 0
    opened(one).says(np.array([1, 2, 3]))
    assert kept() == 3


def test_saved_and_read_again(tmp_path):
    book = saved(tmp_path)
    first = (tmp_path / FILE).read_bytes()
    r = Reader.load(tmp_path / FILE)
    assert r.codes == tiny().codes and r.pieces.number == pieces().number and r.pieces.likely == pieces().likely
    assert set(r.weights) == set(tiny().weights) and all(np.array_equal(a, r.weights[n]) for n, a in tiny().weights.items())
    r.save(tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == first
    table = tmp_path / "tiny.cues.csv"
    before = table.read_bytes()
    CueModel.load(table).save(table)
    assert table.read_bytes() == before and b"(reads from)" in before
    text = "P: Apa?\nN: Kumpul malam.\n"
    corpus = Corpus((Document("d", text, speakers=SPEAKERS),))
    tiny(1).save(tmp_path / FILE)
    with pytest.raises(KubeError, match="another sentence reader"):
        autocode(corpus, book)
    (tmp_path / FILE).unlink()
    with pytest.raises(KubeError, match="does not lie beside it"):
        autocode(corpus, book)


def test_one_readers_answers_are_not_anothers(tmp_path, monkeypatch):
    """The cache goes by the whole file; a reader that stands in no file has no name there."""
    from kube_research.engine import reading

    monkeypatch.setattr(reading, "WORTH", 2)
    saved(tmp_path)
    corpus, at = Corpus((Document("d", "P: Apa?\nN: Kumpul malam. Buku kas. Malam.\n", speakers=SPEAKERS),), home=str(tmp_path)), np.array([1, 2])
    r = Reader.load(tmp_path / FILE)
    alike = replace(tiny(1), digest=r.digest[:4] + "0" * (len(r.digest) - 4))
    for many in ((tiny(0), tiny(1)), (r, alike)):
        said = [Engine(corpus).features.reading(x).says(at) for x in many]
        assert not np.array_equal(*said)


def test_a_table_that_lacks_a_row_of_the_reader(tmp_path):
    book = saved(tmp_path)
    table = tmp_path / "tiny.cues.csv"
    lines = table.read_text().splitlines(True)
    corpus = Corpus((Document("d", "P: Apa?\nN: Kumpul malam. Buku kas.\n", speakers=SPEAKERS),))
    first = autocode(corpus, book).frame
    table.write_text("".join(x for x in lines if not x.startswith("(reads")))  # always asked, also when written and read again
    for _ in range(2):
        assert autocode(corpus, book).frame.equals(first) and len(first)
        CueModel.load(table).save(table)
    table.write_text("".join(x for x in lines if not x.startswith("(reader's")))
    with pytest.raises(KubeError, match=r"tiny.cues.csv.*\(reader's code\)"):
        autocode(corpus, book)
    table.write_text("".join(lines) + next(x for x in lines if x.startswith("(reader ")).replace(Reader.load(tmp_path / FILE).mark, "ffff"))
    with pytest.raises(KubeError, match="two sentence readers"):
        autocode(corpus, book)


def test_of_a_coded_turn_the_words_of_its_sentence_are_named(tmp_path):
    """A turn is coded for one of its sentences: the words named are that one's, not the first's."""
    book = saved(tmp_path, threshold=-50.0)
    corpus = Corpus((Document("d", "P: Apa?\nN: Kumpul malam di rumah. Buku kas sudah hilang. Anak saya rewel.\n", speakers=SPEAKERS),))
    model, e = CueModel.load(tmp_path / "tiny.cues.csv"), Engine(corpus)
    reading, others = e.features.reading(model.reader), 0
    for row in autocode(corpus, book, unit="turn").frame.to_dict("records"):
        j = model.codes.index(row["code"])
        most = int(reading.says(np.arange(reading.n))[1:, j].argmax()) + 1
        named = explain(row, book, corpus).partition("moved it: ")[2].partition(";")[0]
        assert named and {x.rsplit(" +", 1)[0] for x in named.split(" · ")} <= set(reading.text(most).lower().split())
        others += most > 1
    assert others


def test_words_that_may_not_be_quoted_are_not_explained(tmp_path):
    book = saved(tmp_path, threshold=-50.0)
    for consent in ("analyse", "withdrawn"):
        speakers = tuple(replace(s, consent=consent) if s.label == "N" else s for s in SPEAKERS)
        corpus = Corpus((Document("d", "P: Apa?\nN: Kumpul malam di rumah.\nM: Buku kas.\n", speakers=speakers),))
        said = {r["quote"]: explain(r | {"rule": "cues: malam +1.2 · (reader) +0.4"}, book, corpus) for r in autocode(Corpus((replace(corpus.documents[0], speakers=SPEAKERS),)), book).frame.to_dict("records")}
        assert not any(w in said["Kumpul malam di rumah"].lower() for w in ("kumpul", "malam", "rumah")) and "moved it" not in said["Kumpul malam di rumah"] and "not quoted" in said["Kumpul malam di rumah"] + "not quoted" * (consent == "withdrawn")
        assert "malam +1.2" in said["Buku kas"]


def header(shape, kind="<f4"):
    """A NumPy array's head with no body behind it."""
    told = f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': {shape}}}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(told).to_bytes(2, "little") + told


@pytest.mark.parametrize("name, body", [
    ("seg", b""), ("seg", header("(10000000000000,)")), ("seg", header("(99999999999999999999999,)")), ("seg", header("(-1, 24)")),
    ("seg", b"\x93NUMPY\x01\x00\xff\x1f" + b"(" * 8190 + b"\n"), ("seg", b"\x93NUMPY\x01\x00\xff\x1f" + b"-" * 8190 + b"\n"), ("more", b""),
    ("pos", lambda a: a[:10]), ("pos", lambda a: a[:, :1]), ("seg", lambda a: a[:1]), ("head", lambda a: a[:, :1]), ("head", lambda a: a + 3e38), ("ln.b", lambda a: a.astype(float) + 1e300),
    ("ln.b", lambda a: a.astype(complex)), ("ln.b", lambda a: a[0]), ("emb", lambda a: a.view(np.uint8)), ("0.qkv.scale", lambda a: a[:1]), ("0.qkv", lambda a: a.astype(np.float32)), ("likely", lambda a: a[:, None].repeat(2, 1)),
])
def test_a_made_up_file_is_told_before_a_sentence_is_read(tmp_path, name, body):
    import io
    import zipfile

    book = saved(tmp_path)
    with zipfile.ZipFile(tmp_path / FILE) as z:
        held = {n: z.read(n) for n in z.namelist()}
    if callable(body):
        out = io.BytesIO()
        np.lib.format.write_array(out, np.ascontiguousarray(body(np.load(io.BytesIO(held[name + ".npy"])))), allow_pickle=False)
        body = out.getvalue()
    with zipfile.ZipFile(tmp_path / FILE, "w") as z:
        for n, data in (held | {name + ".npy": body}).items():
            z.writestr(n, data)
    with pytest.raises(KubeError, match="damaged"):
        Reader.load(tmp_path / FILE)
    with pytest.raises(KubeError, match="damaged"):
        autocode(Corpus((Document("d", "P: Apa?\nN: Kumpul.\n", speakers=SPEAKERS),)), book)


@pytest.mark.parametrize("spoil", ["cut", "other", "pickle", "short", "codes", "nan", "bomb", "folder"])
def test_a_damaged_file_is_told(tmp_path, spoil):
    import zipfile

    book = saved(tmp_path)
    path = tmp_path / FILE
    r = Reader.load(path)
    if spoil == "cut":
        path.write_bytes(path.read_bytes()[:-40])
    elif spoil == "other":
        path.write_bytes(b"PK nothing")
    elif spoil == "pickle":
        with zipfile.ZipFile(path, "a") as z:
            import io

            held = io.BytesIO()
            np.lib.format.write_array(held, np.array([{}], dtype=object), allow_pickle=True)
            z.writestr("more.npy", held.getvalue())
    elif spoil == "short":
        replace(r, weights={n: a for n, a in r.weights.items() if n != "1.qkv.b"}).save(path)
    elif spoil == "codes":
        replace(r, codes=("t.book",)).save(path)
    elif spoil == "nan":
        replace(r, weights=r.weights | {"seg": r.weights["seg"] * np.float32("nan")}).save(path)
    elif spoil == "bomb":
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as z, z.open("zeros.npy", "w") as f:
            for _ in range(200):
                f.write(bytes(1 << 20))
    else:
        path.unlink()
        path.mkdir()
    with pytest.raises(KubeError, match=f"damaged.*{FILE}|{FILE}.*damaged"):
        autocode(Corpus((Document("d", "P: Apa?\nN: Kumpul.\n", speakers=SPEAKERS),)), book)
