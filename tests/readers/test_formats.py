"""The other formats: turns, times, speakers, print; what is dropped is told."""

import json

import pytest

from kube_research.corpus import Document
from kube_research.model import KubeError
from kube_research.readers import REGISTRY, read
from kube_research.words import using
from tests.readers.build import odt, pdf
from tests.readers.talk import PAIR, written


def source(tmp_path, data, name):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return read(path)[0]


def pairs(s):
    return [(t.label, s.text[t.body:t.end]) for t in Document("x", s.text, s.kind).turns if t.label != "Catatan"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings(tmp_path, encoding):
    s = source(tmp_path, written([(x, w + " é 😀") for x, w in PAIR], "%L: @", sep="\r\n").text.encode(encoding), "a.txt")
    assert pairs(s) == [(x, w + " é 😀") for x, w in PAIR] and "\r" not in s.text


def test_windows_1252_and_mixed_files(tmp_path):
    text = "P: Apa?\nN: Harga 5 € – “mahal”, café.\nP: Oh?\nN: Iya.\n"
    assert pairs(source(tmp_path, text.encode("cp1252"), "a.txt"))[1][1] == "Harga 5 € – “mahal”, café."
    mixed = source(tmp_path, text.encode("utf-8") + "P: ça?\n".encode("cp1252"), "b.txt")
    assert pairs(mixed)[1][1] == "Harga 5 € – “mahal”, café." and pairs(mixed)[-1][1] == "ça?" and mixed.repaired


def test_garbled_letters_are_restored_and_mapped(tmp_path):
    s = source(tmp_path, "P: Apa?\nN: Dia bilang â€œayoâ€\x9d cafÃ©.\nP: Oh?\nN: Iya.\n", "a.txt")
    assert pairs(s)[1][1] == "Dia bilang “ayo” café."
    at = s.text.index("é")
    assert s.raw[slice(*s.raw_span(at, at + 1))] == "Ã©"


def test_nfd_bom_and_invisible_marks(tmp_path):
    s = source(tmp_path, "\ufeffP: Apa?\nN: e\u0301\u200b\u00ad ya.\nP: Oh?\nN: I\u2028ya.\n", "a.txt")
    assert pairs(s)[1] == ("N", "é ya.") and pairs(s)[3] == ("N", "I\nya.")
    at = s.text.index("é")
    assert s.raw_span(at, at + 1)[1] - s.raw_span(at, at + 1)[0] == 2


def test_html(tmp_path):
    rows = "".join(f"<p class={'q' if x == 'P' else 'a'}>{w}</p>" for x, w in PAIR)
    assert pairs(source(tmp_path, f"<html><head><title>T</title><style>p{{}}</style></head><body>{rows}<script>alert(1)</script></body></html>", "a.html")) == PAIR
    spans = "".join(f"<div><span class=who>{'Peneliti' if x == 'P' else 'Bu Entin'}</span><span class=txt>{w}</span></div>" for x, w in PAIR)
    s = source(tmp_path, spans, "b.html")
    assert [w for _, w in pairs(s)] == [w for _, w in PAIR] and s.roles["Peneliti"].role == "researcher"
    hidden = source(tmp_path, "<p>P: Apa?<p>N: Iya<br>ya <span style='display:none'>x</span><b>tebal</b>.<p>P: Oh?<p>N: &lt;b&gt;", "c.html")
    assert pairs(hidden)[1] == ("N", "Iya\nya tebal.") and pairs(hidden)[3] == ("N", "<b>") and any("hidden" in str(r) for r in hidden.dropped)


def test_odt(tmp_path):
    bold = '<style:style style:name="B" style:family="paragraph"><style:text-properties fo:font-weight="bold"/></style:style><style:style style:name="Q" style:parent-style-name="B" style:family="paragraph"/>'
    body = "".join(f'<text:p text:style-name="{"Q" if x == "P" else "N"}">{w}</text:p>' for x, w in PAIR)
    assert pairs(source(tmp_path, odt(body, bold), "a.odt")) == PAIR
    body = ('<text:tracked-changes><text:changed-region><text:deletion><text:p>tidak</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>P: Apa<text:s text:c="2"/>itu?</text:p>'
            '<text:p>N: Kas<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>uang</text:p></text:note-body></text:note><text:line-break/>ya <text:span>itu</text:span>.</text:p><text:p>P: Oh?</text:p><text:p>N: Iya.</text:p>')
    s = source(tmp_path, odt(body), "b.odt")
    assert pairs(s)[0][1] == "Apa  itu?" and pairs(s)[1][1] == "Kas [note: uang]\nya itu." and any("deletion" in str(r) for r in s.dropped)


def test_rtf(tmp_path):
    rows = "".join(r"{\b " + w + r"}\par " if x == "P" else r"\plain " + w + r"\par " for x, w in PAIR)
    data = (r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator x;}\pard " + rows + "}").encode("cp1252")
    assert pairs(source(tmp_path, data, "a.rtf")) == PAIR
    s = source(tmp_path, rb"{\rtf1\ansi P: Apa?\par N: caf\'e9 \u-10179?\u-8704? ya.\par P: Oh?\par N: Iya.\par}", "b.rtf")
    assert pairs(s)[1] == ("N", "café 😀 ya.")


def test_pdf(tmp_path):
    lines = "\n\n".join(f"*{w}*" if x == "P" else w.replace("*", "") for x, w in PAIR)
    s = source(tmp_path, pdf(f'#set page(width: 12cm, height: 10cm, header: [Transkrip rahasia], numbering: "1")\n#set text(lang: "id")\n{lines}'), "a.pdf")
    assert [x for x, _ in pairs(s)] == [x for x, _ in PAIR]
    assert [" ".join(w.split()) for _, w in pairs(s)] == [w.replace("\"", "”").replace("”ayo", "“ayo") for _, w in PAIR]
    assert "rahasia" not in s.text and any("running heads" in str(r) for r in s.dropped)


def test_pdf_hyphens(tmp_path):
    s = source(tmp_path, pdf("#set text(hyphenate: false)\nP: Apa?\n\nN: Kami berkum-\\\npul di rumah masing-\\\nmasing saja.\n\nP: Oh?\n\nN: Iya."), "a.pdf")
    assert pairs(s)[1][1].replace("\n", "") == "Kami berkumpul di rumah masing-masing saja." and any("hyphenated" in str(r) for r in s.repaired)


def test_vtt_and_srt(tmp_path):
    vtt = "WEBVTT\n\nNOTE x\n\n1\n00:00:01.000 --> 00:00:03.000\n<v Dian>Apa kabar, Bu?</v>\n\n2\n00:00:03.000 --> 00:00:05.000\n<v Bu Entin>Baik &amp; sehat.\n\n3\n00:01:05.000 --> 00:01:07.000 align:start\n<v Bu Entin><i>Kopinya</i> diminum.\n\n00:01:08.000 --> 00:01:09.000\n<v Dian>Siapa ketuanya?\n\n"
    s = source(tmp_path, vtt, "a.vtt")
    assert pairs(s)[:2] == [("Dian", "Apa kabar, Bu?"), ("Bu Entin", "Baik & sehat.\nKopinya diminum.")] and "[00:00:03] Bu Entin" in s.text and s.roles["Dian"].role == "researcher"
    srt = "".join(f"{n}\n00:00:{n:02d},000 --> 00:00:{n + 1:02d},000\n{x}: {w}\n\n" for n, (x, w) in enumerate(PAIR, 1))
    labelled = source(tmp_path, srt, "a.srt")
    assert pairs(labelled) == PAIR and "[00:00:02] N: " in labelled.text and not any("no speaker" in str(r) for r in labelled.repaired)
    assert "[00:00:01] P: " in source(tmp_path, "1\n00:00:01,000 --> 00:00:02,000\nP: Apa kabar?\n\n2\n00:00:03,000 --> 00:00:04,000\nI: Baik, Bu.\n", "two.srt").text
    bare = source(tmp_path, "".join(f"{n}\n00:00:{n:02d},000 --> 00:00:{n + 1:02d},000\n{w}\n\n" for n, (_, w) in enumerate(PAIR, 1)), "b.srt")
    assert any("no speaker" in str(r) for r in bare.repaired) and not bare.dropped and [t.time for t in Document("x", bare.text, bare.kind).turns][:2] == ["00:00:01", "00:00:02"]
    silent = source(tmp_path, "1\n00:00:01,000 --> 00:00:02,000\nKami jual keripik.\n\n2\n00:00:03,000 --> 00:00:04,000\nUangnya dipegang ketua.\n", "c.srt")
    assert any("no turns can be guessed" in str(r) for r in silent.repaired), "no guess is told where none was made"
    assert silent.text == "[00:00:01] Kami jual keripik. Uangnya dipegang ketua.\n"


def test_subtitles_without_speakers_keep_their_times(tmp_path):
    cues = [("00:01", "Bagaimana mulainya?"), ("00:04", "Mulanya sepuluh orang. Kami kumpulkan"), ("00:50", "kas sedikit demi sedikit."), ("01:30", "Lalu siapa yang memegangnya? Bendahara, Bu."), ("01:40", "Tiap bulan dilaporkan."), ("01:50", "Begitu ya?"), ("01:55", "Iya.")]
    s = source(tmp_path, "WEBVTT\n\n" + "".join(f"00:{t}.000 --> 00:{t}.900\n{w}\n\n" for t, w in cues), "a.vtt")
    assert [(t.time, s.text[t.body:t.end]) for t in Document("x", s.text, s.kind).turns] == [
        ("00:00:01", "Bagaimana mulainya?"), ("00:00:04", "Mulanya sepuluh orang. Kami kumpulkan kas sedikit demi sedikit."), ("00:01:30", "Lalu siapa yang memegangnya?"), ("00:01:30", "Bendahara, Bu. Tiap bulan dilaporkan."), ("00:01:50", "Begitu ya?"), ("00:01:55", "Iya.")]
    short = source(tmp_path, "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nSiapa ketuanya?\n\n00:00:03.000 --> 00:00:04.000\nBu Wati.\n", "c.vtt")
    assert short.text == "[00:00:01] Siapa ketuanya?\n\n[00:00:03] Bu Wati.\n" and any("no turns can be guessed" in str(r) for r in short.repaired)
    told = [("00:01", "Kelompok ini mulai tahun lalu."), ("00:10", "Mulanya sepuluh orang."), ("00:40", "Kasnya kecil."), ("01:20", "Lalu bertambah.")]
    s = source(tmp_path, "WEBVTT\n\n" + "".join(f"00:{t}.000 --> 00:{t}.900\n{w}\n\n" for t, w in told), "b.vtt")
    assert s.text == "[00:00:01] Kelompok ini mulai tahun lalu. Mulanya sepuluh orang.\n\n[00:00:40] Kasnya kecil.\n\n[00:01:20] Lalu bertambah.\n"


def test_an_rtf_that_stops_midway_is_told(tmp_path):
    whole = "{\\rtf1\\ansi P: Apa kabar, Bu?\\par N: Baik.}"
    assert not any("midway" in str(r) for r in source(tmp_path, whole, "a.rtf").repaired)
    assert any("midway" in str(r) for r in source(tmp_path, whole[:-9], "b.rtf").repaired)


def test_whisper_and_otranscribe(tmp_path):
    whisper = {"text": "x", "segments": [{"start": 1.5, "end": 3, "text": " Apa kabar?", "speaker": "SPEAKER_00", "words": [{"word": "Apa"}]}, {"start": 65, "text": " Baik.", "speaker": "SPEAKER_01"}, {"start": 70, "text": " Siapa ketuanya?", "speaker": "SPEAKER_00"}]}
    s = source(tmp_path, json.dumps(whisper), "a.json")
    assert pairs(s) == [("SPEAKER 00", "Apa kabar?"), ("SPEAKER 01", "Baik."), ("SPEAKER 00", "Siapa ketuanya?")] and "[00:01:05] SPEAKER 01: Baik." in s.text
    otr = {"text": "".join(f'<p><span class="timestamp" data-timestamp="{n}.1">0:{n:02d}</span>&nbsp;<b>{x}:</b> {w}</p>' for n, (x, w) in enumerate(PAIR, 1)), "media": "a.mp3", "media-time": 3}
    s = source(tmp_path, json.dumps(otr), "a.otr")
    assert pairs(s) == PAIR and "[00:00:02] N: " in s.text


def test_elan(tmp_path):
    slots = "".join(f'<TIME_SLOT TIME_SLOT_ID="t{i}" TIME_VALUE="{i * 1000}"/>' for i in range(9))
    tier = '<TIER TIER_ID="{0}" PARTICIPANT="{1}" LINGUISTIC_TYPE_REF="x">{2}</TIER>'
    say = '<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{0}" TIME_SLOT_REF1="t{0}" TIME_SLOT_REF2="t8"><ANNOTATION_VALUE>{1}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>'
    body = tier.format("A", "Dian", say.format(1, "Sudah lama?") + say.format(3, "Oh ya?")) + tier.format("B", "Bu Entin", say.format(2, "Sudah.") + say.format(4, "Iya."))
    body += '<TIER TIER_ID="g" PARENT_REF="A" LINGUISTIC_TYPE_REF="x"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="r" ANNOTATION_REF="a1"><ANNOTATION_VALUE>gloss</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER>'
    s = source(tmp_path, f"<ANNOTATION_DOCUMENT><TIME_ORDER>{slots}</TIME_ORDER>{body}</ANNOTATION_DOCUMENT>", "a.eaf")
    assert pairs(s) == [("Dian", "Sudah lama?"), ("Bu Entin", "Sudah."), ("Dian", "Oh ya?"), ("Bu Entin", "Iya.")] and "gloss" not in s.text and any("tiers" in str(r) for r in s.dropped)


def test_focus_group_tables(tmp_path):
    rows = "Waktu;Nama;Ucapan;Koding\n" + "".join(f"00:00:{n:02d};{'Dian' if x == 'P' else 'Bu Entin'};\"{w.replace(chr(34), chr(34) * 2)}\";tema\n" for n, (x, w) in enumerate(PAIR, 1))
    s = source(tmp_path, rows, "a.csv")
    assert [w for _, w in pairs(s)] == [w for _, w in PAIR] and "tema" not in s.text and s.roles["Dian"].role == "researcher"
    import io

    import openpyxl

    book = openpyxl.Workbook()
    for n, (x, w) in enumerate(PAIR, 1):
        book.active.append([n, "Dian" if x == "P" else "Bu Entin", w])
    out = io.BytesIO()
    book.save(out)
    assert [w for _, w in pairs(source(tmp_path, out.getvalue(), "a.xlsx"))] == [w for _, w in PAIR]


def test_survey_answers(tmp_path):
    s = source(tmp_path, "kode,umur,Apa manfaat kelompok?,Apa kendalanya?\nR1,40,Bisa nabung tiap minggu buat sekolah anak,Yang datang itu-itu saja terus\nR2,35,Jadi kenal tetangga yang dulu nggak pernah ngobrol,\n", "a.csv")
    assert pairs(s) == [("P", "Apa manfaat kelompok?"), ("R1", "Bisa nabung tiap minggu buat sekolah anak"), ("R2", "Jadi kenal tetangga yang dulu nggak pernah ngobrol"), ("P", "Apa kendalanya?"), ("R1", "Yang datang itu-itu saja terus")]
    assert {x: g.role for x, g in s.roles.items()} == {"P": "researcher", "R1": "member", "R2": "member"}


def test_unknown_extensions_name_what_can_be_read(tmp_path):
    for language, words in (("en", "Cannot read .pages; can read"), ("id", "Tidak dapat membaca .pages; yang dapat dibaca:")):
        with using(language), pytest.raises(KubeError) as e:
            read(tmp_path / "a.pages")
        assert words in str(e.value) and all(x in str(e.value) for x in REGISTRY)


def test_every_module_of_the_registry_is_there():
    import importlib

    for module, indonesian, english in REGISTRY.values():
        assert importlib.import_module(f"kube_research.readers.{module}").read and indonesian and english


def test_long_runs_of_an_rtf_come_through_as_they_are(tmp_path):
    long = "Kelompok kami mulai dari sepuluh orang, dan kasnya\r\n disimpan bergilir sejak awal."
    rows = [rf"\b N\b0 : {long} caf\'e9 itu \u8217?{long}\par", rf'P: {{\uc2 \u8212--}}{long} {{\field{{\*\fldinst{{HYPERLINK "https://x"}}}}{{\fldrslt{{tautan yang panjang sekali di sini}}}}}}\par', rf"N: Iya\~begitu {long}{{\*\bkmk {long}}}\par"] * 3
    s = source(tmp_path, "{\\rtf1\\ansi{\\fonttbl{\\f0 A;}}" + "\n".join(rows) + "}", "a.rtf")
    said = " ".join(long.replace("\r\n", "").split())
    assert s.text.count(said) == 3 * 4 and s.text.count("’" + said) == 3 and s.text.count("—" + said) == 3 and "tautan yang panjang" in s.text
    assert not any(0xF0000 <= ord(c) for c in s.text)


def test_an_rtf_that_names_private_characters_itself(tmp_path):
    s = source(tmp_path, r"{\rtf1\ansi N: \u983040? Kelompok kami mulai dari sepuluh orang, dan kasnya bergilir.\par P: Apa?\par N: Iya.\par}", "a.rtf")
    assert s.text.count("Kelompok kami mulai") == 1


def test_the_names_of_a_tables_columns_are_no_title(tmp_path):
    s = source(tmp_path, "pembicara,ucapan\nModerator,Siapa ketua?\nBu Wati,Saya.\nBu Ani,Betul.\n", "fgd.csv")
    assert not s.title and "Kepala: pembicara ucapan" in s.text
