"""What was met in real exports of ATLAS.ti 8 and NVivo 12 for Mac, and in the code of programs that read or write the format: each a small invented project."""

import unicodedata

import pytest

from kube_research.exchange.landing import land
from kube_research.exchange.registry import find
from kube_research.journal import Journal
from kube_research.memo import memos
from kube_research.study import open_study
from tests.exchange.test_carry import export, g
from tests.exchange.test_oddities import WHO, coding, whole
from tests.exchange.test_refi import WORDS, bring, pack

AT = {q: (WORDS.index(q), WORDS.index(q) + len(q)) for q in ("diajak", "gratis", "Uangnya")}


def passage(quote, guid="s1", attrs=WHO[0], inner=None, place=AT):
    a, b = place[quote]
    return f'<PlainTextSelection guid="{g(guid)}" startPosition="{a}" endPosition="{b}" {attrs}>{coding("c" + guid) if inner is None else inner}</PlainTextSelection>'


def text(body, guid="a", name="W"):
    return f'<TextSource guid="{g(guid)}" name="{name}"><PlainTextContent>{WORDS}</PlainTextContent>{body}</TextSource>'


def codings(study):
    return sorted(study.codings().full[["document", "quote", "code", "coder"]].itertuples(index=False, name=None))


def recording(codes="k1 k2"):
    """A recording whose transcript points to the text of a source of its own and repeats its codings, without their users; two sync points stand in one reference."""
    ends = [0, *AT["diajak"], *AT["gratis"], AT["diajak"][0]]
    points = "".join(f'<SyncPoint guid="{g(f"y{n}")}" position="{at}" timeStamp="{n}000"/>' for n, at in enumerate(ends))
    twice = "".join(f'<TranscriptSelection guid="{g(f"t{k}")}" name="r.mp3.transcribed" fromSyncPoint="{a}" toSyncPoint="{g(b)}"><Coding guid="{g(f"x{k}")}"><CodeRef targetGUID="{g(k)}"/></Coding></TranscriptSelection>'
                    for k, a, b in zip(codes.split(), (g("y1") + g("y5"), g("y3")), ("y2", "y4"), strict=True))
    return f'<AudioSource guid="{g("v")}" name="r.mp3" path="internal://r.mp3"><Transcript plainTextPath="internal://t.txt" guid="{g("tr")}" name="r.mp3.transcribed">{points}{twice}</Transcript></AudioSource>'


@pytest.mark.parametrize("first", [True, False])
def test_a_transcript_that_is_a_source_of_its_own_is_read_once(tmp_path, first):
    mine = f'<TextSource guid="{g("a")}" name="r.mp3.transcribed" plainTextPath="internal://t.txt">{passage("diajak")}{passage("gratis", "s2", inner=coding("c2", "k2"))}</TextSource>'
    files = [("sources/t.txt", b"\xef\xbb\xbf" + WORDS.replace("\n", "\r\n").encode()), ("sources/r.mp3", b"mp3")]
    landed, study = bring(pack(tmp_path / "p.qdpx", whole(recording() + mine if first else mine + recording()), files), tmp_path / "s")
    assert [d.id for d in study.corpus] == ["r.mp3.transcribed"] and "1 × transcript that is a source of its own" in "\n".join(landed.losses)
    assert codings(study) == [("r.mp3.transcribed", "diajak", "Ikut", "Tuti"), ("r.mp3.transcribed", "gratis", "Uang", "Tuti")]
    root, entries, _ = export(study, tmp_path)
    transcript = root.find(".//{*}AudioSource/{*}Transcript")
    assert transcript.get("plainTextPath") == root.find(".//{*}TextSource").get("plainTextPath") and "sources/r.mp3" in entries
    assert [int(e.get("position")) for e in transcript.iter("{*}SyncPoint")] == [0, *AT["diajak"], *AT["gratis"], AT["diajak"][0]]
    assert [e.get("fromSyncPoint") for e in transcript.iter("{*}TranscriptSelection")] == [g("y1"), g("y3")]
    assert len(find(p := tmp_path / "out.qdpx", "in")(p).sources) == 1
    for f in (tmp_path / "s/corpus/codings/Tuti").iterdir():
        Journal(f).append(*({"event": "withdraw", "coding": c} for c, x in Journal(f).state().codings.items() if x.quote == "gratis"))
    root, _, _ = export(open_study(tmp_path / "s"), tmp_path)
    assert [e.get("fromSyncPoint") for e in root.iter("{*}TranscriptSelection")] == [g("y1")]  # what was taken back leaves the transcript as well
    (file := next((tmp_path / "s/corpus").glob("*/r.mp3.transcribed.txt"))).write_text(f"{WORDS}Lagi.\n", encoding="utf-8")
    root, _, lines = export(open_study(tmp_path / "s"), tmp_path)
    assert root.find(".//{*}Transcript") is None and "1 × transcript whose text was changed" in "\n".join(lines), file


@pytest.mark.parametrize("gone", ["withdrawn", "deleted"])
def test_a_recording_stays_where_one_who_speaks_in_it_withdrew(tmp_path, gone):
    mine = f'<TextSource guid="{g("a")}" name="r.mp3.transcribed" plainTextPath="internal://t.txt">{passage("diajak")}{passage("gratis", "s2", inner=coding("c2", "k2"))}</TextSource>'
    bring(pack(tmp_path / "p.qdpx", whole(mine + recording()), [("sources/t.txt", b"Rapat: " + WORDS.encode()[7:]), ("sources/r.mp3", b"mp3")]), tmp_path / "s")
    if gone == "withdrawn":
        (tmp_path / "s/corpus/speakers.csv").write_text("document,label,speaker,role,consent\nr.mp3.transcribed,Rapat,ANI,member,withdrawn\n")
    else:
        (tmp_path / "s/corpus/documents.csv").write_text("document,kind,case,language,date,source,sha256,consent\n")
    root, entries, lines = export(open_study(tmp_path / "s"), tmp_path)
    assert root.find(".//{*}AudioSource") is None and not any(b"mp3" in data for name, data in entries.items() if name.endswith(".mp3"))
    assert "picture, PDF or recording of a document that stays behind" in "\n".join(lines)


def test_a_transcript_that_is_coded_otherwise_than_its_source_is_read_as_well(tmp_path):
    mine = f'<TextSource guid="{g("a")}" name="r" plainTextPath="internal://t.txt">{passage("diajak")}</TextSource>'
    _, study = bring(pack(tmp_path / "p.qdpx", whole(mine + recording()), [("sources/t.txt", WORDS.encode())]), tmp_path / "s")
    assert sorted((q, c) for _, q, c, _ in codings(study)) == [("diajak", "Ikut"), ("diajak", "Ikut"), ("gratis", "Uang")] and len(study.corpus) == 2
    export(study, tmp_path)


@pytest.mark.parametrize("columns", [True, False])
def test_who_changed_a_passage_last_stands_in_for_who_made_it(tmp_path, columns):
    last = WHO[1].replace("creatingUser", "modifyingUser").replace("creationDateTime", "modifiedDateTime")
    inner = f'<Coding guid="{g("c1")}"><CodeRef targetGUID="{g("k1")}"/></Coding>'
    body = passage("diajak", attrs=last, inner=inner) + passage("gratis", "s2", attrs=f"{WHO[0]} {last}" if columns else WHO[0])
    _, study = bring(pack(tmp_path / "p.qdpx", whole(text(body))), tmp_path / "s")
    assert codings(study) == [("W", "diajak", "Ikut", "Wati"), ("W", "gratis", "Ikut", "Tuti")]
    assert study.codings().full.set_index("quote")["created"]["diajak"].startswith("2024-02-02T03:04:05")
    export(study, tmp_path)


def test_passages_beside_the_sources_and_codes_in_an_attribute(tmp_path):  # Quackdas
    a, b = AT["gratis"]
    beside = f'<Selections><PlainTextSelection guid="{g("s2")}" sourceGUID="{g("a")}" startPosition="{a}" endPosition="{b}"><Coding guid="{g("c2")}" codeGUID="{g("k2")}"/></PlainTextSelection><PlainTextSelection guid="{g("s3")}" sourceGUID="{g("z")}" startPosition="0" endPosition="5"/></Selections>'
    landed, study = bring(pack(tmp_path / "p.qdpx", whole(text(passage("diajak")), f"{beside}<Extensions><Preset/></Extensions>")), tmp_path / "s")
    assert [(q, c) for _, q, c, _ in codings(study)] == [("diajak", "Ikut"), ("gratis", "Uang")]
    told = "\n".join(landed.losses)
    assert "1 × element that the standard does not know; it is in the original only: Extensions" in told and "1 × passage of a source whose text is not there" in told
    export(study, tmp_path)


def test_a_code_that_is_a_case_is_no_code(tmp_path):  # NVivo
    xml = whole(text(passage("diajak") + passage("Uangnya", "s2", inner=coding("c2", "m1")))).replace("</Codes>", f'<Code guid="{g("m1")}" name="Bu Ani"><Code guid="{g("k9")}" name="Anak"/></Code></Codes>').replace("<Sources>", f'<Cases><Case guid="{g("m1")}" name="Bu Ani"/></Cases><Sources>')
    landed, study = bring(pack(tmp_path / "p.qdpx", xml), tmp_path / "s")
    assert codings(study) == [("W", "diajak", "Ikut", "Tuti")] and [d.case for d in study.corpus] == ["Bu-Ani"]
    assert "Bu Ani" not in {c.id for b in study.codebooks() for c in b} and "Anak" in {c.id for b in study.codebooks() for c in b}
    assert "1 × code that is a case" in "\n".join(landed.losses) and "duplicate GUIDs" not in "\n".join(landed.losses)
    root, _, _ = export(study, tmp_path)
    assert sum(e.get("guid") == g("m1") for e in root.iter()) == 1 and any(r.get("targetGUID") == g("m1") for r in root.iter("{*}CodeRef"))


def test_a_note_in_a_file_of_windows(tmp_path):
    note = f'<Notes><Note guid="{g("n1")}" name="memo" plainTextPath="internal://n.txt" {WHO[0]}/></Notes>'
    _, study = bring(pack(tmp_path / "p.qdpx", whole(text(passage("diajak") + f'<NoteRef targetGUID="{g("n1")}"/>'), note), [("sources/n.txt", b"\xef\xbb\xbfsatu\r\ndua\r\n")]), tmp_path / "s")
    assert [m.text for m in memos(study)] == ["satu\ndua\n"]
    root, _, _ = export(study, tmp_path)
    assert [e.text for e in root.iterfind(".//{*}Note/{*}PlainTextContent")] == ["satu\ndua\n"]


def test_a_folder_that_was_zipped_as_a_whole(tmp_path):
    source = f'<TextSource guid="{g("a")}" name="W" plainTextPath="internal://t.txt">{passage("diajak")}</TextSource>'
    droppings = [(f"__MACOSX/P/{name}", b"\0\5\x16\7") for name in ("._project.qde", "sources/._t.txt")]
    _, study = bring(pack(tmp_path / "p.qdpx", whole(source), [*droppings, ("P/Sources/t.txt", WORDS.encode())], name="P/project.qde", last=True), tmp_path / "s")
    assert codings(study) == [("W", "diajak", "Ikut", "Tuti")]


def test_a_coding_of_several_codes(tmp_path):
    inner = f'<Coding guid="{g("c1")}" {WHO[0]}><CodeRef targetGUID="{g("k1")}"/><CodeRef targetGUID="{g("k2")}"/><CodeRef targetGUID="{g("k1")}"/></Coding>'
    _, study = bring(pack(tmp_path / "p.qdpx", whole(text(passage("diajak", inner=inner)))), tmp_path / "s")
    assert codings(study) == [("W", "diajak", "Ikut", "Tuti"), ("W", "diajak", "Uang", "Tuti")]
    root, _, _ = export(study, tmp_path)
    assert [r.get("targetGUID") for r in root.iter("{*}CodeRef")] == [g("k1"), g("k2")] and len({c.get("guid") for c in root.iter("{*}Coding")}) == 2


def test_variables_of_one_name_and_values_of_one_variable(tmp_path):
    names = {"v1": ("Umur", "Text"), "v2": ("Umur", "Integer"), "v3": ("desa 1", "Text"), "v4": ("desa-1", "Text")}
    said = "".join(f'<Variable guid="{g(k)}" name="{name}" typeOfVariable="{kind}"/>' for k, (name, kind) in names.items())
    values = "".join(f'<VariableValue><VariableRef targetGUID="{g(k)}"/><{names[k][1]}Value>{v}</{names[k][1]}Value></VariableValue>' for k, v in (("v1", "tua"), ("v2", "40"), ("v3", "Atas"), ("v4", "Bawah"), ("v1", "muda")))
    landed, study = bring(pack(tmp_path / "p.qdpx", whole(text(passage("diajak") + values)).replace("<Sources>", f"<Variables>{said}</Variables><Sources>")), tmp_path / "s")
    row = study.rows["documents"][0]
    assert {k: row.get(k) for k in ("Umur", "Umur_2", "desa_1", "desa_1_2")} == {"Umur": "tua; muda", "Umur_2": "40", "desa_1": "Atas", "desa_1_2": "Bawah"}
    told = "\n".join(landed.losses)
    assert "1 × variables of one name told apart: Umur" in told and "1 × variable with several values" in told
    root, _, _ = export(study, tmp_path)
    assert {v.get("guid"): (v.get("name"), v.get("typeOfVariable")) for v in root.iter("{*}Variable")} == {g(k): v for k, v in names.items()}
    assert sorted((v[0].get("targetGUID"), v[1].text) for v in root.iter("{*}VariableValue")) == sorted([(g("v1"), "tua; muda"), (g("v2"), "40"), (g("v3"), "Atas"), (g("v4"), "Bawah")])


def test_nvivo_for_mac_writes_line_feeds_and_counts_units(tmp_path):
    words = "".join(f"@penulis{n}\nTidak ada {w} 🤣🤣 di desa kami, titik.\n{n}\n" for n, w in enumerate(("dana", "rapat", "arisan", "warung", "pupuk")))
    units = {q: tuple(len(words[:words.index(q) + n].encode("utf-16-le")) // 2 for n in (0, len(q))) for q in (f"Tidak ada {w} 🤣🤣 di desa kami, titik." for w in ("dana", "rapat", "arisan", "warung", "pupuk"))}
    body = "".join(passage(q, f"s{n}", place=units) for n, q in enumerate(units))
    source = f'<TextSource creatingUser="{g("u1")}" guid="{g("a")}" name="komentar" plainTextPath="internal://t.txt" richTextPath="internal://t.docx">{body}</TextSource>'
    project = find(p := pack(tmp_path / "p.qdpx", whole(source, origin="NVivo for Mac 12.7.0"), [("sources/t.txt", words.encode())]), "in")(p)
    landed = land(project, tmp_path / "s")
    assert landed.votes[0].chosen == "utf-16+file" and sorted(open_study(tmp_path / "s").codings().full["quote"]) == sorted(units)


def test_a_memo_that_is_commented_and_a_pdf_whose_text_has_a_name_of_its_own(tmp_path):  # ATLAS.ti for Mac
    pdf = f'<PDFSource guid="{g("f1")}" name="Laporan.pdf" path="internal://f1.pdf"><Representation guid="{g("r1")}" name="Representation_for_Laporan.pdf" plainTextPath="internal://r1.txt">{passage("diajak")}</Representation></PDFSource>'
    note = f'<Notes><Note guid="{g("n1")}" name="Rencana" {WHO[0]}><Description>catatan harian</Description><PlainTextContent>Mulai di desa atas. </PlainTextContent></Note></Notes>'
    _, study = bring(pack(tmp_path / "p.qdpx", whole(pdf, note), [("sources/f1.pdf", b"%PDF"), ("sources/r1.txt", WORDS.encode())]), tmp_path / "s")
    assert [d.id for d in study.corpus] == ["Laporan.pdf"] and [m.text for m in memos(study)] == ["Rencana\n\nMulai di desa atas.\n\ncatatan harian"]
    root, entries, _ = export(study, tmp_path)
    assert root.find(".//{*}Representation").get("name") == "Representation_for_Laporan.pdf"
    assert root.findtext(".//{*}Note/{*}Description") == "catatan harian" and entries[f"sources/{g('n1')}.txt"].decode() == "Mulai di desa atas. "


@pytest.mark.parametrize("how", ["apart", "unsigned", "rich", "absolute"])
def test_where_a_text_is(tmp_path, how):
    said, stored = "internal://Wawancara Müller.txt", "Wawancara Müller.txt"
    if how == "apart":
        stored = unicodedata.normalize("NFD", stored)
    elif how == "absolute":
        said, stored = "absolute:///C:/Users/Ani/t.txt", "t.txt"
    path = pack(tmp_path / "p.qdpx", whole(f'<TextSource guid="{g("a")}" name="W" {"rich" if how == "rich" else "plain"}TextPath="{said}">{passage("diajak")}</TextSource>'), [(f"sources/{stored}", WORDS.encode())])
    if how == "unsigned":  # some write UTF-8 and do not say so
        raw = bytearray(path.read_bytes())
        for mark, at in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
            i = -1
            while (i := raw.find(mark, i + 1)) >= 0:
                raw[i + at] &= ~8
        path.write_bytes(bytes(raw))
    _, study = bring(path, tmp_path / "s")
    assert codings(study) == [("W", "diajak", "Ikut", "Tuti")]


def test_boxes_that_stand_twice(tmp_path):
    xml = whole(text(passage("diajak"))).replace("</Codes>", f'</Codes><Codes><Code guid="{g("k8")}" name="Lain"/></Codes>').replace("</Sources>", f'</Sources><Sources>{text(passage("gratis", "s2", inner=coding("c2", "k8")), "b", "V")}</Sources>')
    _, study = bring(pack(tmp_path / "p.qdpx", xml), tmp_path / "s")
    assert codings(study) == [("V", "gratis", "Lain", "Tuti"), ("W", "diajak", "Ikut", "Tuti")]
    export(study, tmp_path)


def test_users_that_are_named_and_notes_that_name_their_passage(tmp_path):
    note = f'<Notes><Note guid="{g("n1")}" name="catatan" {WHO[0]}><PlainTextContent>isi</PlainTextContent><NoteRef targetGUID="{g("s1")}"/></Note></Notes>'
    xml = whole(text(passage("diajak")), note).replace(f'creatingUser="{g("u1").upper()}"', 'creatingUser="tuti"')
    _, study = bring(pack(tmp_path / "p.qdpx", xml), tmp_path / "s")
    assert codings(study) == [("W", "diajak", "Ikut", "Tuti")] and [(m.document, study.corpus["W"].text[m.start:m.end], m.text) for m in memos(study)] == [("W", "diajak", "catatan\n\nisi")]
    export(study, tmp_path)
    project = find(p := tmp_path / "out.qdpx", "in")(p)
    land(project, tmp_path / "s2")
    assert codings(open_study(tmp_path / "s2")) == codings(study) and [m.text for m in memos(open_study(tmp_path / "s2"))] == ["catatan\n\nisi"]


def test_a_closing_tag_with_a_quotation_mark_in_it(tmp_path):  # QualCoder's coded recordings: the whole file could not be read
    video = f'<VideoSource guid="{g("v")}" name="v.mp4" path="internal://v.mp4"><VideoSelection guid="{g("vs")}" begin="0" end="9" name="">{coding("vc")}</Video\'Selection></VideoSource>'
    landed, study = bring(pack(tmp_path / "p.qdpx", whole(text(passage("diajak")) + video, origin="QualCoder 3.8.2")), tmp_path / "s")
    assert codings(study) == [("W", "diajak", "Ikut", "Tuti")] and "a quotation mark in the wrong place had broken; mended" in "\n".join(landed.losses)
    root, _, _ = export(study, tmp_path)
    assert root.find(".//{*}VideoSelection/{*}Coding") is not None


def test_a_codebook_whose_texts_are_not_escaped(tmp_path):
    path = tmp_path / "b.qdc"
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="X"><Codes><Code guid="{g("k1")}" name="Untung & rugi" isCodable="true" color="#00AA00FF"><Description>laba < 0</Description></Code></Codes></CodeBook>', encoding="utf-8")
    project = find(path, "in")(path)
    assert [(c.name, c.description, c.color) for c in project.codes] == [("Untung & rugi", "laba < 0", "#00aa00")] and b"&amp;" in project.raw
    assert any("had broken; mended" in x for x in project.losses.lines())


@pytest.mark.parametrize("lost", ["pdf", "sync"])
def test_what_has_no_guid_goes_out_again(tmp_path, lost):  # found by fuzzing: the export refused itself, or was not valid
    pdf = f'<PDFSource guid="{g("f1")}" name="Laporan.pdf" path="internal://f1.pdf"><Representation guid="{g("r1")}" plainTextPath="internal://r1.txt">{passage("diajak", "s9")}</Representation></PDFSource>'
    xml = whole(pdf.replace(f'guid="{g("f1")}" ', "" if lost == "pdf" else f'guid="{g("f1")}" ') + recording().replace(f'guid="{g("y0")}" position="0" timeStamp="0000"', 'position="0" timeStamp="awal"' if lost == "sync" else 'guid="Y" position="0"'))
    _, study = bring(pack(tmp_path / "p.qdpx", xml, [("sources/f1.pdf", b"%PDF"), ("sources/r1.txt", WORDS.encode()), ("sources/t.txt", WORDS.encode())]), tmp_path / "s")
    root, entries, _ = export(study, tmp_path)
    assert root.find(".//{*}PDFSource") is not None and "sources/f1.pdf" in entries
    assert sum(b == WORDS.encode() for b in entries.values()) == 2 and len(find(p := tmp_path / "out.qdpx", "in")(p).sources) == 2


@pytest.mark.parametrize("which", ["T1", "T2"])
def test_a_recording_stays_behind_where_one_of_its_transcripts_does(tmp_path, which):
    """Two transcripts of one recording; who withdrew speaks in one of them: the other goes as a text, the sound with neither."""
    inside = "".join(f'<Transcript guid="{g(f"tr{n}")}" name="T{n}"><PlainTextContent>{WORDS}</PlainTextContent></Transcript>' for n in (1, 2))
    sound = f'<AudioSource guid="{g("v")}" name="r.mp3" path="internal://r.mp3">{inside}</AudioSource>'
    files = [("sources/t.txt", WORDS.encode()), ("sources/r.mp3", b"mp3")]
    _, s = bring(pack(tmp_path / "p.qdpx", whole(sound), files), tmp_path / "s")
    (tmp_path / "s/corpus/speakers.csv").write_text(f"document,label,speaker,role,consent\n{which},Rapat,ANI,member,withdrawn\n")
    _, entries, lines = export(open_study(tmp_path / "s"), tmp_path)
    assert "sources/r.mp3" not in entries and any("recording of a document that stays behind" in x for x in lines)


def test_a_recording_stays_behind_however_its_transcripts_path_is_written(tmp_path):
    text = f'<TextSource guid="{g("a")}" name="r" plainTextPath="internal://t.txt"></TextSource>'
    files = [("sources/t.txt", WORDS.encode()), ("sources/r.mp3", b"mp3")]
    text = text.replace("></TextSource>", f">{passage('diajak')}{passage('gratis', 's2', inner=coding('c2', 'k2'))}</TextSource>")
    _, s = bring(pack(tmp_path / "p.qdpx", whole(text + recording().replace("internal://t.txt", "internal://T.txt")), files), tmp_path / "s")
    assert [d.id for d in s.corpus] == ["r"]  # read once
    root, entries, _ = export(s, tmp_path)
    assert "sources/r.mp3" in entries and root.find(".//{*}Transcript").get("plainTextPath") == root.find(".//{*}TextSource").get("plainTextPath")
    (tmp_path / "s/corpus/speakers.csv").write_text("document,label,speaker,role,consent\nr,Rapat,ANI,member,withdrawn\n")
    _, entries, _ = export(open_study(tmp_path / "s"), tmp_path)
    assert "sources/r.mp3" not in entries


@pytest.mark.parametrize("how", ["another coder", "in an attribute"])
def test_what_only_the_transcript_says_is_not_lost(tmp_path, how):
    """The same words coded by somebody else, or by a code in an attribute: the transcript is read as well."""
    mine = f'<TextSource guid="{g("a")}" name="r" plainTextPath="internal://t.txt">{passage("diajak")}{passage("gratis", "s2", inner=coding("c2", "k2")) if how == "another coder" else ""}</TextSource>'
    sound = recording().replace(f'<Coding guid="{g("xk1")}">', f'<Coding guid="{g("xk1")}" {WHO[1]}>') if how == "another coder" else recording().replace(f'<Coding guid="{g("xk2")}"><CodeRef targetGUID="{g("k2")}"/></Coding>', f'<Coding guid="{g("xk2")}" codeGUID="{g("k2")}"/>')
    _, s = bring(pack(tmp_path / "p.qdpx", whole(mine + sound), [("sources/t.txt", WORDS.encode())]), tmp_path / "s")
    assert any((q, c, who) == ("diajak", "Ikut", "Wati") if how == "another coder" else (q, c) == ("gratis", "Uang") for _, q, c, who in codings(s))
    export(s, tmp_path)


def test_a_case_that_names_the_recording_has_its_text(tmp_path):
    mine = f'<TextSource guid="{g("a")}" name="r" plainTextPath="internal://t.txt">{passage("diajak")}{passage("gratis", "s2", inner=coding("c2", "k2"))}</TextSource>'
    xml = whole(mine + recording()).replace("<Sources>", f'<Cases><Case guid="{g("m1")}" name="Ani"><SourceRef targetGUID="{g("v")}"/></Case></Cases><Sources>')
    _, s = bring(pack(tmp_path / "p.qdpx", xml, [("sources/t.txt", WORDS.encode()), ("sources/r.mp3", b"mp3")]), tmp_path / "s")
    assert [d.case for d in s.corpus] == ["Ani"]
    root, _, _ = export(s, tmp_path)
    assert {e.get("targetGUID") for e in root.iter("{*}SourceRef")} >= {g("v")}


def test_what_is_meant_as_it_stands_is_not_mended():
    from kube_research.exchange.dialects import mended

    assert mended(b"<a><![CDATA[x & y < z]]> p & q<!-- r & s --></a>") == b"<a><![CDATA[x & y < z]]> p &amp; q<!-- r & s --></a>"
    assert mended(b"<a><![CDATA[x & y]]></a>") is None


def test_a_group_with_a_time_in_its_name_is_a_group(tmp_path):
    from kube_research.exchange.landing import grouped
    from kube_research.exchange.project import Project, ProjectSource

    p = Project(name="P", sources=[ProjectSource("a", "W", "x")], groups={"Rapat 10:30": ["a"], "gender::female": ["a"], "umur : 40": ["a"]})
    grouped(p, "kelompok")
    assert p.sources[0].values == {"kelompok": "Rapat 10:30", "gender": "female", "umur": "40"}
