"""Word bundles: they learn what no sum of words can, add whole numbers, travel with their tables, and say which words woke them."""

import shutil

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from kube_research.codebook import load
from kube_research.corpus import Corpus, Document
from kube_research.engine import autocode, explain
from kube_research.engine.bundles import FILE, Bundles
from kube_research.engine.cue_table import CueModel
from kube_research.fitting import bundled, shared
from kube_research.learning import Sample, _fit
from kube_research.model import KubeError, Speaker

BOOK = "codebook: tiny\ncodes:\n  - id: t.book\n    indicators: {id: [buku kas]}\n"
SPEAKERS = (Speaker("d", "P", "p", "researcher"), Speaker("d", "N", "n", "member"))


def layer(**changes):
    """Two bundles: the first wakes when "tulis" and "malam" are said together (or "buku kas" in a row), the second is silenced by "tidak"."""
    told = {"cues": {"tulis": 0, "malam": 1, "tidak": 2, "?uang": 3, "buku kas": 4}, "size": np.array([100, 100, 100, 70, 70], np.int16),
            "weights": np.array([[60, 10], [60, 10], [0, -127], [0, 20], [127, 0]], np.int8), "scale": np.array([0.02, 0.01]), "bias": np.array([-4.0, 0.0]), **changes}
    return Bundles(**told)


def saved(folder, bundles, threshold=1.5):
    """A codebook with a table that knows nothing but the bundles."""
    (folder / "tiny.yml").write_text(BOOK)
    names = bundles.names
    CueModel(("t.book", "(absent)"), {names[0]: 0, names[1]: 1, "=t.book: id: buku kas": 2}, np.array([[2.0, 0.0], [0.5, 0.0], [0.0, 0.0]]), np.array([0.0, -9.0]), np.array([threshold, 0.0]), bundles).save(folder / "tiny.cues.csv")
    return load(folder / "tiny.yml")


def coded(text, book):
    return [(r.quote, r.rule) for r in autocode(Corpus((Document("d", text, speakers=SPEAKERS),)), book).frame.itertuples()]


def test_two_words_together_wake_what_neither_wakes_alone(tmp_path):
    book = saved(tmp_path, layer())
    assert coded("P: Apa?\nN: Ditulis di rumah.\nP: Apa?\nN: Malam sekali.\n", book) == []
    (quote, rule), = coded("P: Apa?\nN: Ditulis tiap malam.\n", book)
    assert quote == "Ditulis tiap malam" and rule.startswith("cues: ditulis +") and "malam +" in rule
    (quote, rule), = coded("P: Apa?\nN: Lihat buku kas saja.\n", book)
    assert "buku kas +" in rule


def test_a_value_is_what_the_head_of_the_file_says(tmp_path):
    """max(0, bias + 3 · scale · sum / max(1, √ sum of size²)), by hand."""
    book = saved(tmp_path, layer(), threshold=-5.0)
    corpus = Corpus((Document("d", "P: Uangnya?\nN: Ditulis malam, malam.\n", speakers=SPEAKERS),))
    from kube_research.engine import Engine

    e = Engine(corpus)
    bundles = CueModel.load(tmp_path / "tiny.cues.csv").bundles
    sentence = np.flatnonzero(e.features.evidence)
    size = np.sqrt(1 + 2 * 1 + 0.7**2)  # tulis, malam twice, the question's uang
    want = [max(0.0, -4 + 3 * 0.02 * (60 + 120) / size), max(0.0, 3 * 0.01 * (10 + 20 + 20) / size)]
    assert np.allclose(e.features.awake(bundles, sentence), [want]) and want[0] > 0
    hit = autocode(corpus, book).frame.iloc[0]
    assert FILE in explain(hit, book, corpus)
    # the words' shares are what woke the bundle: without its bias they come to its value
    shares = dict(p.rsplit(" +", 1) for p in hit["rule"].removeprefix("cues: ").split(" · "))
    assert abs(sum(map(float, shares.values())) - (2 * (want[0] + 4) + 0.5 * want[1])) < 0.16


def test_saved_and_read_again(tmp_path):
    bundles = layer()
    book = saved(tmp_path, bundles)
    again = CueModel.load(tmp_path / "tiny.cues.csv").bundles
    assert again.names == bundles.names and list(again.cues) == list(bundles.cues)
    assert all(np.array_equal(getattr(again, k), getattr(bundles, k)) for k in ("size", "weights", "scale", "bias"))
    first = (tmp_path / FILE).read_bytes()
    bundles.save(tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == first
    assert layer(bias=np.array([-4.0, 0.5])).names != bundles.names
    layer(bias=np.array([-4.0, 0.5])).save(tmp_path / FILE)
    with pytest.raises(KubeError, match="other word bundles"):
        coded("N: Ditulis tiap malam.\n", book)
    (tmp_path / FILE).unlink()
    with pytest.raises(KubeError, match="does not lie beside it"):
        coded("N: Ditulis tiap malam.\n", book)


@pytest.mark.parametrize("spoil", ["cut", "other", "nan", "wide", "twice", "folder", "deep", "large", "far", "numbers", "empty", "three", "bomb"])
def test_a_damaged_file_is_told(tmp_path, spoil):
    import pyarrow as pa
    import pyarrow.parquet as pq

    book = saved(tmp_path, layer())
    path = tmp_path / FILE
    table = pq.read_table(path)
    if spoil == "cut":
        path.write_bytes(path.read_bytes()[:-20])
    elif spoil == "other":
        pq.write_table(pa.table({"x": [1]}), path)
    elif spoil == "nan":
        pq.write_table(table.replace_schema_metadata({"scale": "[NaN, 1]", "bias": "[0, 0]"}), path)
    elif spoil == "wide":
        pq.write_table(table.set_column(2, "&1", pa.array([300] * 5)), path)
    elif spoil == "folder":
        path.unlink()
        path.mkdir()
    elif spoil in ("deep", "large", "far"):
        pq.write_table(table.replace_schema_metadata({"scale": {"deep": "[" * 100_000, "large": f"[1{'0' * 400}, 1]", "far": "[1e308, 1]"}[spoil], "bias": "[0, 0]"}), path)
    elif spoil == "bomb":  # 3 kB that would be 100 GB of cues
        n = 100_000
        cue = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array(["x" * 1_000_000]))
        one = pa.array(np.zeros(n, np.int8))
        pq.write_table(pa.table({"cue": cue, "size": pa.array(np.zeros(n, np.int16)), "&1": one, "&2": one}).replace_schema_metadata(table.schema.metadata), path)
        assert path.stat().st_size < 60_000
    else:
        cues = {"twice": ["tulis"] * 5, "numbers": [1, 2, 3, 4, 5], "empty": ["a", "b", "c", "d", None], "three": ["a", "b", "c", "d", "a b c"]}[spoil]
        pq.write_table(table.set_column(0, "cue", pa.array(cues)), path)
    with pytest.raises(KubeError, match=f"damaged.*{FILE}|{FILE}.*damaged"):
        coded("N: Ditulis tiap malam.\n", book)


def test_bundles_learn_what_no_sum_of_words_can():
    """A code that holds where exactly one of two words is said: a linear layer cannot tell, bundles do."""
    dice = np.random.default_rng(3)
    x = csr_matrix((dice.random((512, 4)) < 0.4).astype(float))
    one = np.asarray((x[:, 0] != x[:, 1]).todense()).ravel()
    y = np.column_stack((one, np.asarray((x[:, 2] > 0).todense()).ravel()))
    names = ["kata0", "kata1", "kata2", "=t.book: id: buku kas"]
    weights, bias = shared(x, y, rounds=300, seeds=1)
    linear = x @ weights + bias
    bundles, mix, base = bundled(x, names, y, width=32, rounds=300, seeds=2)
    assert len(bundles.names) == 64 and list(bundles.cues) == [n for n in names if n[0] != "="] and mix.shape == (64, 2)
    counts = x[:, [i for i, n in enumerate(names) if n[0] != "="]]
    score = bundles.values(counts @ bundles.table, counts @ bundles.squares) @ mix + base

    def right(z):
        return float(((z > np.quantile(z, 1 - one.mean())) == one).mean())

    assert right(score[:, 0]) > 0.95 > 0.75 > right(linear[:, 0])
    again, _, _ = bundled(x, names, y, width=32, rounds=300, seeds=2)
    assert again.names == bundles.names


def test_the_quick_way_gives_what_the_matrix_gives(study):
    """Scores through every word's weights are the products of the matrices that were learned from; the books share one layer."""
    lines = ["P: Rapatnya gimana?", "N: Kumpul tiap malam Jumat. Nggak pernah telat, nggak. Anak saya rewel.", "P: Uangnya dicatat?", "N: Dicatat bendahara. Tidak kumpul lagi sekarang."] * 8
    text = "\n".join(lines) + "\n"
    at, spans = text.find("Kumpul tiap malam Jumat"), []
    while at >= 0:
        spans.append(("d", at, at + 23, "s.meet", "present"))
        at = text.find("Kumpul tiap malam Jumat", at + 1)
    sample = Sample([Document("d", text, speakers=SPEAKERS)], spans, [study.codebook("small")])
    column = np.array([sample.codes.index("s.meet")])
    model = _fit(sample, column, sample.spoken, 2.0, bundles=True)
    assert "malam jumat" in model.bundles.cues and not any(c[0] == "=" for c in model.bundles.cues)
    two, names = sample.pairs
    known = [(i, n) for i, n in enumerate([*sample.names, *names]) if n in model.bundles.cues]
    from scipy.sparse import hstack

    counts = hstack((sample.cues, two)).tocsr()[:, [i for i, _ in known]]
    own = [model.bundles.cues[n] for _, n in known]
    slow = model.bundles.values(counts @ model.bundles.table[own], counts @ model.bundles.squares[own]) @ model.mix
    table = np.array([model.table[model.cues[n]] if n in model.cues else np.zeros(2) for n in sample.names])
    quick = sample.features.scores(model, sample.told)
    assert np.allclose((sample.cues @ table + slow + model.bias)[sample.spoken, 0], quick[sample.spoken, 0], atol=1e-5) and np.ptp(quick[sample.spoken, 0]) > 1


def test_a_new_study_gets_them_and_counts_carry_them(tmp_path):
    from kube_research.scale.counts import Recipe, _books
    from kube_research.starter import new_study

    root = new_study(tmp_path / "mine")
    shutil.copyfile(root / "codebooks" / FILE, tmp_path / FILE)  # shipped with the starter codebooks
    book = load(root / "codebooks" / "mentoring.yml")
    recipe = Recipe.of([book], (), "text", None, True, "pandas")
    shutil.rmtree(root)
    (_, model), = _books(recipe)
    assert model.bundles is not None and model.bundles.names == Bundles.load(tmp_path / FILE).names
    assert recipe.digest != Recipe(recipe.books, (), "text", None, True, "pandas", ((FILE, b"other"),)).digest


def test_counts_on_a_full_disk_say_so(tmp_path, monkeypatch):
    from pathlib import Path

    from kube_research.scale.counts import Recipe, _books

    saved(tmp_path, layer())
    recipe = Recipe.of([load(tmp_path / "tiny.yml")], (), "text", None, True, "pandas")

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(KubeError, match="temporary folder"):
        _books(recipe)


def test_a_cue_of_three_words_in_an_edited_table_says_nothing(tmp_path):
    book = saved(tmp_path, layer())
    path = tmp_path / "tiny.cues.csv"
    path.write_text(path.read_text() + "a b c,,1\n")
    assert len(coded("P: Apa?\nN: Ditulis tiap malam.\n", book)) == 1


def test_books_with_different_bundles_are_not_counted_together(tmp_path):
    from kube_research.scale.counts import Recipe

    books = []
    for name, bias in (("one", -4.0), ("two", -3.0)):
        (tmp_path / name).mkdir()
        books.append(saved(tmp_path / name, layer(bias=np.array([bias, 0.0]))))
    with pytest.raises(KubeError, match="different bundles.parquet"):
        Recipe.of(books, (), "text", None, True, "pandas")


def test_too_few_sentences_for_bundles_are_told():
    with pytest.raises(KubeError, match="Too few sentences"):
        bundled(csr_matrix(np.eye(2)), ["kata0", "kata1"], np.ones((2, 1), bool))
