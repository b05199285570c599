"""The five seed documents read to their facts; no sentence of theirs stands here, only lengths, counts and hashes."""

import hashlib

import pytest

from kube_research.corpus import Document, evidence
from kube_research.readers import read

FACTS = {
    "000_338fcb176f862890": {"kind": "abstract", "language": "id+en", "title": 122, "author": "Sri Tresnahati Ashar", "year": "", "keywords": {}, "missing": ("year", "keywords"), "record": "20344538", "halves": {"id": (1, 1652), "en": (3, 1543)}},
    "001_0ee2c4a3afa2fc72": {"kind": "abstract", "language": "id", "title": 119, "author": "A.M. Sasanti", "year": "", "keywords": {}, "missing": ("year", "keywords"), "record": "72547", "halves": {"id": (5, 2466)}},
    "002_9e6b6db209272409": {"kind": "abstract", "language": "id+en", "title": 0, "author": "", "year": "", "keywords": {"id": 5, "en": 5}, "missing": ("title", "author", "year"), "record": "", "halves": {"id": (4, 2286), "en": (4, 2274)}},
    "003_1b37e8d69a65b12a": {"kind": "chapter", "language": "id", "title": 0, "author": "", "year": "", "keywords": {}, "missing": ("title", "author", "year"), "record": "", "halves": {}},
    "004_47bc5dfc02004b15": {"kind": "abstract", "language": "id", "title": 91, "author": "", "year": "2018", "keywords": {"id": 4}, "missing": ("author",), "record": "", "halves": {"id": (1, 1672)}},
}


@pytest.mark.parametrize("name", FACTS)
def test_facts(name, seeds):
    (s,) = read(seeds / f"{name}.txt")
    fact = FACTS[name]
    assert (s.kind, s.language, len(s.title), s.author, s.year, s.missing, s.meta.get("record", "")) == tuple(fact[k] for k in ("kind", "language", "title", "author", "year", "missing", "record"))
    assert {k: len(v) for k, v in s.keywords.items()} == fact["keywords"]
    assert {k: (len(s.text[a:b].split("\n\n")), b - a) for k, (a, b) in s.halves.items()} == fact["halves"]
    assert "<" not in s.text.replace("<https", "") and not any(c in s.text for c in "\r\ufeff")
    for a, ra, rb, exact in s.map.pieces:  # the map leads every kept character to itself
        assert not exact or s.raw[ra:rb] == s.text[a:a + rb - ra]
    assert len(s.split()) == max(1, len(s.halves))


def test_titles_and_keywords(seeds):
    title = read(seeds / "000_338fcb176f862890.txt")[0].title
    assert title.count(" : ") == 1 and title.endswith("Tzu Chi") and not title.startswith("#")
    assert " : Studi" in read(seeds / "001_0ee2c4a3afa2fc72.txt")[0].title
    words = read(seeds / "002_9e6b6db209272409.txt")[0].keywords
    assert words["id"][1] == "partisipasi" and words["en"][-1] == "empowerment" and words["en"][2].startswith("improvemen ")
    s = read(seeds / "004_47bc5dfc02004b15.txt")[0]
    assert s.keywords["id"] == ("KUBE", "Pemberdayaan", "Pendampingan", "Dinamika Kelompok") and s.title.isupper()
    assert s.meta["issn"].split() == ["2089-0338", "2502-7921"] and s.meta["url"].endswith("/1040") and s.meta["series"].count(":") == 1 and "2018" not in s.meta["publisher"]
    assert any("teaser" in str(r) for r in s.dropped) and s.text.count(s.text[slice(*s.halves["id"])][:40]) == 1


def test_apostrophes_are_mended_with_a_map_and_nothing_else(seeds):
    (s,) = read(seeds / "000_338fcb176f862890.txt")
    assert s.text.count("community's") == 2 and s.text.count("?") == 1 and "detail?id=20344538&lokasi" in s.text
    at = s.text.index("community's") + len("community")
    assert s.raw[slice(*s.raw_span(at, at + 1))] == "?"
    assert "Pernda DK!" in s.text and "seltreliance" in s.text and any("misread" in str(r) for r in s.repaired)


def test_a_translation_is_no_second_evidence(seeds):
    first, second = read(seeds / "002_9e6b6db209272409.txt")[0].split()
    assert (first.language, second.language, second.meta["translation"]) == ("id", "en", first.name)
    d = Document("x", first.text, "abstract")
    t = Document("x-en", second.text, "abstract", meta={"translation": "x"})
    assert all(evidence(d, turn) for turn in d.turns) and len(d.turns) == 4 and not any(evidence(t, turn) for turn in t.turns)


def test_the_chapter(seeds):
    (s,) = read(seeds / "003_1b37e8d69a65b12a.txt")
    assert s.meta["chapter"] == "BAB II TINJAUAN PUSTAKA"
    assert [x.split()[0] for x in s.sections] == ["2.1", *(f"2.1.{n}" for n in range(1, 9)), "2.2", "2.3"]
    assert [str(c) for c in s.citations] == [
        "Tampubolon, et al. 2006: 11", "Hermawati 2006: 24", "1995", "Tjiptono 2008: 3", "Muljono 2012: 15", "Mardikanto dan Soebianto 2013: 167", "Mardikanto dan Soebianto 2013: 168", "Suharto 2005: 66", "Tjokrowinoto 2001: 141",
        "Priyono 1996", "Mardikanto dan Soebianto 2017: 170", "Wulandari 2017: 60", "Mardikanto dan Soebiato 2013: 289-290", "Wulandari 2017: 60", "Munawir dan Darmansyah 2018: 16", "Sugiarto 2007: 2", "Jelita Dwi Nissa Lestari 2020",
        "Andi Azhar Mustafa 2015", "Tjokrowinoto 2001: 141", "Tjokrowinoto 2001: 141"]
    for c in s.citations:
        assert c.year in s.text[c.start:c.end]
    assert "sehari-hari mereka" in s.text and "masing-masing kelompok" in s.text and "ekonomi. Menurut" in s.text
    for words in ("lingkungan dan potensi", "bahwa partisipasi", "keinginan masyarakat", "prinsip-prinsip berikut", "dari Program"):
        assert words in s.text
    at = s.text.index("ekonomi. Menurut")
    assert s.raw[slice(*s.raw_span(at, at + 16))] == "ekonomi.Menurut"
    d = Document("x", s.text, "chapter")
    assert d.turns and not any(evidence(d, t) for t in d.turns) and not any(t.label for t in d.turns)


def test_what_was_read_is_what_it_was(seeds):
    """The whole clean text of each seed, by hash: a change must be meant."""
    found = {p.stem: hashlib.sha256(read(p)[0].text.encode()).hexdigest()[:12] for p in sorted(seeds.glob("0*.txt"))}
    assert found == HASHES


HASHES = {
    "000_338fcb176f862890": "d037b28eeb72", "001_0ee2c4a3afa2fc72": "34c660a76e2e", "002_9e6b6db209272409": "7fcb40627b38", "003_1b37e8d69a65b12a": "b1c34e9e7361", "004_47bc5dfc02004b15": "a3e25f516dd6",
}
