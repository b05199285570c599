"""Conventions of transcripts: whatever the form, no interviewer's word comes out as an informant's."""

import pytest

from kube_research.corpus import Document
from kube_research.model import Speaker
from kube_research.readers.plain import from_text
from kube_research.readers.source import Mapped
from kube_research.turns import segment
from kube_research.turns.page import CELL, OPEN_ROW, ROW
from tests.readers.talk import GROUP, HEAD, PAIR, Page, interjected, leaks, written

LABELLED = {
    "colon": ("%L: @", {}), "space before": ("%L : @", {}), "no space": ("%L:@", {}), "tanya jawab": ("%L: @", {"names": ("T", "J")}), "i and r": ("%L: @", {"names": ("I", "R")}), "i and p": ("%L: @", {"names": ("I", "P")}),
    "words": ("%L : @", {"names": ("Peneliti", "Informan")}), "names": ("%L: @", {"names": ("Dian", "Bu Entin")}), "capitals": ("%L: @", {"names": ("DIAN", "BU ENTIN")}), "q and a": ("%L. @", {"names": ("Q", "A")}),
    "angle": ("%L> @", {}), "double angle": ("%L >> @", {}), "square": ("[%L] @", {}), "round": ("(%L) @", {}), "pointed": ("<%L> @", {"names": ("Peneliti", "Bu Entin")}), "one letter pointed": ("<%L> @", {}), "curly": ("{%L} @", {}),
    "dash": ("%L - @", {}), "long dash": ("%L — @", {"names": ("Peneliti", "Ibu")}), "equals": ("%L = @", {}), "semicolon": ("%L; @", {}), "arrow": ("%L -> @", {}), "tab": ("%L\t@", {}), "tab and colon": ("%L:\t@", {}),
    "gap": ("%L    @", {}), "space": ("%L @", {}), "slash": ("%L/ @", {}), "pipe": ("%L | @", {}), "tilde": ("%L ~ @", {}), "bracket behind": ("%L) @", {}), "comma": ("%L, @", {}), "wide colon": ("%L：@", {}), "hash": ("#%L: @", {}),
    "childes": ("*%L:\t@", {"names": ("INV", "INF")}), "numbered": ("%n. %L: @", {}), "number in brackets": ("(%n) %L. @", {"names": ("T", "J")}), "no.": ("No. %n %L: @", {}), "counted labels": ("%L%n: @", {}), "counted with dots": ("%L.%n. @", {"names": ("Q", "A")}), "counted with dots and a gap": ("%L.%n.  @", {"names": ("Q", "A")}), "digits": ("%L: @", {"names": ("01", "02")}),
    "speaker 1": ("%L: @", {"names": ("Speaker 1", "Speaker 2")}), "low": ("%L: @", {"names": ("p", "n")}), "role in brackets": ("%L: @", {"names": ("Dian (peneliti)", "Bu Entin (anggota)")}),
    "time before": ("[%T] %L: @", {}), "time round": ("(%t) %L: @", {}), "time bare": ("%T %L: @", {}), "time behind label": ("%L [%t]: @", {}), "time span": ("%t - %T %L: @", {}), "time at the end": ("%L: @ #%T-5#", {}),
    "time above": ("%T\n%L: @", {}), "chat": ("12/03/24 10.15 - %L: @", {"names": ("Dian", "Bu Entin")}), "chat in brackets": ("[12/03/24, 10:%t] %L: @", {"names": ("Dian", "Bu Entin")}),
    "own line": ("%L\n@\n", {"names": ("Peneliti", "Informan")}), "own line name": ("%U\n@\n", {"names": ("Dian", "Bu Entin")}), "own line time": ("%L  %T\n@\n", {"names": ("Speaker 1", "Speaker 2")}), "own line pointed": ("<%L>\n@\n", {"names": ("Peneliti", "Bu Entin")}),
    "own line plain name": ("%L\n@\n", {"names": ("Dian", "Bu Entin")}), "bold": ("**%L:** @", {}), "bold before colon": ("**%L**: @", {}), "bold no colon": ("**%L** @", {"names": ("Peneliti", "Bu Entin")}), "italic": ("*%L:* @", {}), "heading": ("### %L\n@\n", {"names": ("Peneliti", "Bu Entin")}),
    "bullet": ("- %L: @", {}), "html": ("<b>%L</b>: @<br>", {}), "table": ("| %L | @ |", {}), "table of four": ("| %n | %T | %L | @ |", {}), "tab table": ("%n\t%L\t@", {}), "tab table with time": ("%T\t%L\t@", {}),
    "hard wrap": ("%L: @", {"wrap": 60}), "hard wrap dot": ("%L. @", {"names": ("Q", "A"), "wrap": 60}), "blank lines": ("%L: @", {"sep": "\n\n"}), "one paragraph": ("%L: @", {"sep": " "}),
}
UNLABELLED = {
    "bold": ("**@**", "@"), "italic": ("*@*", "@"), "quote": ("> @", "@"), "heading": ("### @", "@"), "number": ("%n. @", "@"), "indent": ("@", "    @"), "indented question": ("    @", "@"), "dashes": ("- @", "- @"), "long dashes": ("— @", "— @"),
    "dash of answers": ("@", "- @"), "quotation marks": ('"@"', "@"), "brackets": ("(@)", "@"), "square brackets": ("[@]", "@"), "alternating": ("@", "@"), "answers italic": ("@", "*@*"), "html bold": ("<b>@</b>", "@"),
    "only questions labelled": ("P: @", "@"), "only answers labelled": ("@", "N: @"), "bold and labelled answers": ("**@**", "N: @"), "counted questions": ("Pertanyaan %n: @", "Jawaban: @"), "slashes": ("/@/", "@"),
}


def check(page, lost=0.1):
    turns = Document("x", page.text).turns
    leaked, missing = leaks(page, turns)
    assert leaked == "" and missing <= lost, (leaked[:80], missing, [(t.label, t.role, page.text[t.start:t.start + 40]) for t in turns[:5]])
    source = from_text("x", Mapped.of(page.text), raw=page.text)[0]
    listed = tuple(Speaker("x", label, label, g.role) for label, g in source.roles.items())
    for speakers in (listed, ()):  # our own form says the same, with and without speakers.csv
        again = Document("x", source.text, speakers=speakers).turns
        said = ["".join(c for i, c in enumerate(source.text[t.body:t.end], t.body) if not any(a <= i < b for a, b in t.aside)) for t in again if t.role != "researcher"]
        want = [w for label, w in written_answers(page)]
        assert squeeze("".join(said)) == squeeze("".join(want)) or missing > 0 or "⟦" in page.text


ODD = {
    "table with labels in its cells": ("| %n | %L: @ | kohesi |", None, {"head": "| No | Transkrip | Tema |\n|---|---|---|\n"}), "tabs with labels in the cells": ("%n\t%L: @\tpemadatan fakta di sini", None, {"head": "No\tTranskrip wawancara\tPemadatan fakta\n"}),
    "codes": ("W1-S2-%n %L: @", None, {}), "codes in brackets": ("(W1.S1.%n) %L: @", None, {}), "plus and minus": ("+ @", "- @", {}), "signs": ("? @", "! @", {}), "two bullets": ("• @", "◦ @", {}), "emoji": ("🎤 @", "👩 @", {}), "chevrons": (">> @", "<< @", {}),
    "laughing": ("%L (sambil tertawa): @", None, {}), "records": ("Pembicara: %L\nIsi: @\n", None, {"names": ("Dian", "Bu Entin")}), "xml": ("<%L>@</%L>", None, {}), "xml words": ("<%L>@</%L>", None, {"names": ("interviewer", "informan")}),
    "all in brackets": ("[%L: @]", None, {}), "colon after a bracket": ("%L) : @", None, {}), "bold whole question": ("**%L: @**", "%L: @", {}), "bullet, bold, dash": ("* **%L** — @", None, {}), "machine subtitles": ("%n\n00:%t.000 --> 00:%t.500\n%L: @\n", None, {"names": ("Dian", "Bu Entin")}),
    "machine, time above": ("%t\n%L\n@\n", None, {"names": ("Dian Sari", "Bu Entin")}), "telephone numbers": ("3/5/24, 10:%t - %L: @", None, {"names": ("+62 812-1111-2222", "Bu Entin")}), "numbered own line": ("%n\n%L\n@\n", None, {}), "semicolons": ('%n;%L;"@"', None, {}),
    "nearly a word": ("%L berkata: @", None, {}), "wrapped, bold": ("**@**", "@", {"wrap": 60, "sep": "\n\n"}), "wrapped, nothing": ("@", "@", {"wrap": 60, "sep": "\n\n"}), "hash signs": ("#%L# @", None, {}), "heading words": ("Pertanyaan\n@", "Jawaban\n@", {"sep": "\n\n"}),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_ones(name):
    form, answer, how = ODD[name]
    page = written(PAIR, form, answer=answer, **how)
    leaked, missing = leaks(page, Document("x", page.text).turns)
    assert leaked == "" and missing <= 0.05


def by_hand(names, sign=": ", between=None):
    page = Page()
    for n, (x, w) in enumerate(PAIR):
        if between and n in (6, 12):
            page.put(between, "X")
        page.put({"P": names[n // 2 % len(names)], "N": "Informan"}[x] + sign)
        page.put(w, x)
        page.put("\n")
    return page


@pytest.mark.parametrize("names", [["Peneliti", "Peneliti", "P"], ["Peneliti", "Peneliti", "Peneliti", "Penelti"], ["Pewawancara"] * 4 + ["Pewancara"], ["P", "P", "P", "p"]], ids=" ".join)
def test_slips_of_the_pen_in_labels(names):
    page = by_hand(names)
    leaked, missing = leaks(page, Document("x", page.text).turns)
    assert leaked == "" and missing == 0


@pytest.mark.parametrize("between", ["\nB. Pendampingan dan modal\n\n", "\nTopik: Pendampingan\n\n", "\n**Modal awal**\n\n", "\nHalaman 3\n", "\n- 4 -\n", "\n=====\n"])
def test_headings_between_turns_are_nobodys(between):
    page = by_hand(["Peneliti"], between=between)
    leaked, missing = leaks(page, Document("x", page.text).turns)
    assert leaked == "" and missing == 0


def test_question_and_answer_on_one_line():
    page = Page()
    for q, a in zip(PAIR[::2], PAIR[1::2], strict=True):
        for words, whose in ((q[1], "P"), (" – ", ""), (a[1], "N"), ("\n", "")):
            page.put(words, whose)
    leaked, missing = leaks(page, Document("x", page.text).turns)
    assert leaked == "" and missing == 0


def test_participants_who_are_numbered_keep_their_numbers():
    turns = [("Dian" if x == "P" else f"P{n // 2 + 1}", w) for n, (x, w) in enumerate(PAIR)]
    assert {t.label for t in Document("x", written(turns, "%L: @", keep=True).text, "focus-group").turns} == {"Dian", *(f"P{n}" for n in range(1, 11))}


def test_a_facilitator_leads_a_group_whoever_asks_more():
    turns = [("Fasilitator", "Mari kita mulai dengan doa."), ("Bu A", "Boleh tanya?"), ("Fasilitator", "Silakan."), ("Bu A", "Uangnya berapa?"), ("Pak B", "Dua juta."), ("Bu A", "Kapan?"), ("Fasilitator", "Jumat."), ("Pak B", "Iya.")]
    roles = {t.label: t.role for t in Document("x", "\n".join(f"{x}: {w}" for x, w in turns), "session").turns}
    assert roles == {"Fasilitator": "researcher", "Bu A": "member", "Pak B": "member"}


def test_questions_of_an_interview_without_speakers_are_no_evidence():
    text = "Wawancara dengan Bu Entin\n\nKami berkumpul tiap Jumat dan tiap orang bayar dua ribu.\n\nSiapa ketuanya?\n\nUangnya dipegang bendahara, bukunya ada.\n"
    assert [t.role for t in Document("x", text).turns] == ["researcher", "member", "researcher", "member"]


def written_answers(page):
    out, now = [], ""
    for c, o in zip(page.text, page.own, strict=True):
        if o == "N":
            now += c
        elif now:
            out.append(("N", now))
            now = ""
    return [*out, ("N", now)]


def squeeze(words):
    return "".join(words.split())


@pytest.mark.parametrize("name", LABELLED)
@pytest.mark.parametrize("head", ["", HEAD], ids=["", "head"])
def test_labelled(name, head):
    form, how = LABELLED[name]
    check(written(PAIR, form, head=head, **how))


@pytest.mark.parametrize("name", [n for n in LABELLED if not n.startswith("counted") and n != "i and p"])
def test_focus_groups(name):
    form, how = LABELLED[name]
    how = {k: v for k, v in how.items() if k != "names"}
    page = written(GROUP, form, **how, names=("M", "I") if form != "%L @" else ("P", "N"))
    leaked, missing = leaks(page, Document("x", page.text, "focus-group").turns)
    assert leaked == "" and missing <= 0.1


@pytest.mark.parametrize("form", ["%L: @", "%L - @", "[%L] @", "%L\n@\n", "%L > @", "%L; @", "[%T] %L: @", "%n\t%L\t@", "**%L:** @", "<%L> @"])
def test_focus_groups_by_name(form):
    page = written(GROUP, form, keep=True)
    leaked, missing = leaks(page, Document("x", page.text, "focus-group").turns)
    assert leaked == "" and missing <= 0.1


@pytest.mark.parametrize("above", ["[%T]\n", ""], ids=["time above", "no time"])
def test_names_with_ages_on_their_own_lines(above):
    """A title in capitals is nobody's label, and what stands behind the comma of a name is no speech."""
    who = {"Dian": "Sdri. Dian Puspa (moderator)", "Bu Kasti": "Sdri. Hajah Kasti, 57 tahun, pedagang nasi", "Neng Iis": "Iis, 29 tahun", "Mak Onih": "Mak Onih, bendahara"}
    turns = [(who[name], words) for name, words in GROUP]
    page = written(turns, above + "%L\n@\n", keep=True, head="DISKUSI KELOMPOK TERFOKUS (FGD-2)\nKelompok Keripik, Dusun Cibeureum\nTeras rumah, Minggu siang\n\n")
    found = Document("x", page.text, "focus-group").turns
    shown = {name: label if len(label) <= 40 else label.rpartition(",")[0] for name, label in who.items()}
    assert {t.label for t in found} == set(shown.values()) and len(found) == len(GROUP)
    assert {t.label for t in found if t.role == "researcher"} == {shown["Dian"]}


@pytest.mark.parametrize("voice", ["[Empat belas. ((istri dari dapur))]", "((dari dapur)) Sidodadi!"], ids=["in brackets", "as a line"])
def test_a_third_voice_does_not_turn_question_and_answer_round(voice):
    """Two speak in turn without labels, and once the informant's wife puts in a word: what stands before and behind keeps its speakers."""
    lines = [words for _, words in PAIR]
    at = next(i for i in range(7, len(lines)) if PAIR[i][0] == PAIR[1][0])
    told = [*lines[:at + 1], voice, "Ya itu, yang kemarin.", *lines[at + 1:]]
    d = Document("x", "\n".join(f"-- {x}" for x in told) + "\n")
    asked = {d.text[t.body:t.end].strip() for t in d.turns if t.role == "researcher"}
    said = " ".join(d.text[t.body:t.end] for t in d.turns if t.role != "researcher")
    assert {w for who, w in PAIR if who == PAIR[0][0]} <= asked and all(w in said for who, w in PAIR if who == PAIR[1][0])


def test_a_second_interviewer_asks_behind_the_first():
    """Without labels, two questions in a row are not told as an informant's."""
    asked = ["Sudah lama ikut?", "Modalnya dari mana?", "Siapa yang memegang kas?", "Kalau macet?", "Rapatnya kapan?", "Apa harapannya?", "Hasilnya dibagi bagaimana?", "Pernah ribut?", "Pendamping sering datang?", "Gagal panen bagaimana?", "Belanja gantian?", "Anak-anak sekolah semua?"]
    told = ["Tiga tahun, sejak awal berdiri.", "Dari dinas, lalu iuran sendiri.", "Bendahara, dicatat tiap minggu.", "Kami datangi baik-baik ke rumah.", "Tanggal lima, di balai dusun.", "Semoga bisa membeli mesin.", "Disisihkan dulu untuk kas, sisanya rata.", "Satu kali, waktu minyak naik.", "Sebulan sekali, kadang dua kali.", "Ya puasa dulu, pinjam saudara.", "Yang punya motor yang berangkat.", "Alhamdulillah, semuanya."]
    lines = [x for n, (q, a) in enumerate(zip(asked, told, strict=True)) for x in (q, *(["Lalu siapa yang mengurusnya?"] if n in (3, 8) else []), a)]
    d = Document("x", "\n\n".join(lines) + "\n")
    said = " ".join(d.text[t.body:t.end] for t in d.turns if t.role != "researcher")
    assert "?" not in said and all(x in said for x in lines if x.endswith("."))


ASKED = ["Sudah lama ikut?", "Modalnya dari mana?", "Siapa yang memegang kas?", "Kalau macet?", "Rapatnya kapan?", "Hasilnya dibagi bagaimana?", "Pernah ribut?", "Pendamping sering datang?"]
TOLD = ["Tiga tahun, sejak awal berdiri.", "Dari dinas, lalu iuran sendiri.", "Bendahara, dicatat tiap minggu.", "Kami datangi baik-baik ke rumah.", "Tanggal lima, di balai dusun.", "Disisihkan dulu untuk kas, sisanya rata.", "Satu kali, waktu minyak naik.", "Sebulan sekali, kadang dua kali."]


def voices(lines):
    """Label → (role, words) of a transcript."""
    d = Document("x", "\n\n".join(lines) + "\n")
    out = {}
    for t in d.turns:
        out.setdefault(t.label, (t.role, []))[1].append(d.text[t.body:t.end].strip())
    return out


@pytest.mark.parametrize("gap", [" ", "  "])
def test_labels_that_count_with_letters_and_another_who_only_asks(gap):
    """`Q.3a.` asks on behind `Q.3.`; whoever says nothing but questions is no informant."""
    lines = []
    for n, (q, a) in enumerate(zip(ASKED, TOLD, strict=True), 1):
        asker, number = ("SPV.", f"{n - 1}a") if n in (3, 5, 7) else (f"Q.{n}.", str(n))
        lines += [f"{asker}{gap}{q}", f"A.{number}.{gap}{a}"]
    found = voices(lines)
    assert {x: r for x, (r, _) in found.items()} == {"Q": "researcher", "A": "member", "SPV": "researcher"} and found["A"][1] == TOLD


def test_a_label_with_a_full_stop_on_its_own_line_that_is_no_capitals():
    """Where labels on their own lines end in a full stop, one that is shortened half way ends so too."""
    found = voices([f"{who}\n{x}" for q, a in (("PENANYA", "INF-01/KTA"), ("Pnny.", "KTA.")) for ask, told in zip(ASKED, TOLD, strict=True) for who, x in ((q, ask), (a, told))])
    assert {x: r for x, (r, _) in found.items() if r == "researcher"} == {"PENANYA": "researcher", "Pnny": "researcher"} and found["KTA"][1] == found["INF-01/KTA"][1] == TOLD


def test_a_husband_who_joins_late_has_a_label_of_his_own():
    lines = [x for q, a in zip(ASKED, TOLD, strict=True) for x in (f"T1/ {q}", f"Mpok Nur/ {a}")]
    found = voices([*lines, "Bang Jali/ Ini siapa yang datang.", "T1/ Saya dari kampus, Bang?", "Bang Jali/ Oh, kelompok yang itu."])
    assert found["Bang Jali"][1] == ["Ini siapa yang datang.", "Oh, kelompok yang itu."] and found["Mpok Nur"][1] == TOLD


@pytest.mark.parametrize(("form", "more"), [("{} {}", ("Ibu saya juga ikut dulu.", "Ibu saya bendahara.")), ("{}/ {}", ("Bapak/ ibu yang datang banyak.", "Bapak/ ibu semua makan.")), ("{} - {}", ("Pak RT — orangnya baik — datang.", "Pak RT — seperti biasa — pulang."))])
def test_a_paragraph_that_begins_with_a_title_is_no_third_voice(form, more):
    lines = [x for q, a in zip(ASKED, TOLD, strict=True) for x in (form.format("P", q), form.format("N", a))]
    assert set(voices([*lines[:6], more[0], *lines[6:], more[1]])) == {"P", "N"}


@pytest.mark.parametrize("short", ["Iya.", "Sudah.", "Selesai."])
def test_a_short_answer_is_no_label_with_a_full_stop(short):
    found = voices([f"{who}\n{x}" if x != short else f"{who}\n\n{x}" for n, q in enumerate(ASKED) for who, x in (("P.", q), ("N.", short if n % 2 else TOLD[n]))])
    assert set(found) == {"P", "N"} and len(found["N"][1]) == len(ASKED)


def test_who_joins_late_and_asks_is_no_interviewer():
    lines = [x for q, a in zip(ASKED, TOLD, strict=True) for x in (f"PENELITI: {q}", f"SRI: {a}")]
    late = ("SITI: Boleh saya tanya, ini nanti buat apa?", "PENELITI: Untuk skripsi saya, Bu.", "SITI: Oh, jadi bukan dari dinas?", "PENELITI: Bukan, Bu.", "SITI: Nanti ada bantuannya?", "PENELITI: Tidak ada.")
    assert voices([*lines, *late])["SITI"][0] == "member"


def test_participants_counted_with_a_full_stop_are_persons():
    """`P.1.` to `P.4.` are four people, as `P1:` to `P4:` are; `IW1a` and `IW1b` are two."""
    lines = [x for n, (q, a) in enumerate(zip(ASKED, TOLD, strict=True)) for x in (f"M. {q}", f"P.{n % 4 + 1}. {a}", f"P.{(n + 2) % 4 + 1}. {a}")]
    assert {x: r for x, (r, _) in voices(lines).items()} == {"M": "researcher"} | dict.fromkeys(("P1", "P2", "P3", "P4"), "member")
    lines = [x for n, (q, a) in enumerate(zip(ASKED, TOLD, strict=True), 1) for x in (f"P{n}: {q}", f"IW{n}a: {a}", f"IW{n}b: Sama.")]
    assert "IW" not in voices(lines)


def test_a_list_of_participants_at_the_head_is_no_speech():
    """Names with ages and work, each a line of the head and then a label on a line of its own."""
    who = ["Bu Ramlah, 57 tahun, pedagang nasi", "Bu Sitor, 43 tahun, penjahit"]
    talk = "\n".join(f"Peneliti\nBagaimana soal nomor {n}?\n\n{who[n % 2]}\nSoal {n} kami urus bersama.\n" for n in range(8))
    d = Document("x", "FGD Melati\nPeserta:\n" + "\n".join(who) + "\n\n" + talk, "focus-group")
    assert [t.label for t in d.turns if t.role != "researcher"] == who * 4
    assert all(d.text[t.body:t.end].strip() == f"Soal {n} kami urus bersama." for n, t in enumerate(t for t in d.turns if t.role != "researcher"))


@pytest.mark.parametrize("name", UNLABELLED)
@pytest.mark.parametrize("sep", ["\n\n", "\n"], ids=["paragraphs", "lines"])
def test_unlabelled(name, sep):
    question, answer = UNLABELLED[name]
    if name in ("indent", "indented question", "html bold") and sep == "\n":
        sep = "\n\n"
    check(written(PAIR, question, answer=answer, sep=sep, head="TRANSKRIP 3\n\nInforman: Bu Entin, 40 tahun. Waktu: malam.\n\n"))


@pytest.mark.parametrize("form", ["(@)", "(P: @)", "[@]", "// P: @ //", "*P: @*", "<P: @>", "{P: @}"])
@pytest.mark.parametrize("labels", ["%L: @", "[%T] %L: @", "%n. %L: @"])
def test_interjections_stay_the_interviewers(form, labels):
    page = written(interjected(PAIR, form), labels)
    leaked, missing = leaks(page, Document("x", page.text).turns)
    assert leaked == "" and missing < 0.02


@pytest.mark.parametrize("tail", [
    "\n\nCatatan peneliti:\nInforman ramah. Kelompoknya kurang kompak menurut saya.", "\nWawancara selesai pukul 11.20 WIB.", "\n\n-- selesai --", "\n\nRefleksi:\nKetua tidak hadir.", "\n(rekaman berakhir)", "\n\nDitranskrip oleh: Dian",
    "\n\n---\nObservasi setelah wawancara: ibu-ibu membagi uang kas.", "\n\nCATATAN LAPANGAN\nKetua tidak hadir. Anggota tidak kompak."])
@pytest.mark.parametrize(("form", "answer"), [("%L: @", None), ("**@**", "@"), ("%L\n@\n", None)], ids=["colon", "bold", "own line"])
def test_closing_notes_are_nobodys(tail, form, answer):
    page = written(PAIR, form, answer=answer, sep="\n\n" if answer else "\n", names=("Peneliti", "Informan"))
    page.put(tail.lstrip("\n") if page.text.endswith("\n\n") else tail, "X")
    leaked, _ = leaks(page, Document("x", page.text).turns)
    assert leaked == ""


@pytest.mark.parametrize("line", ["Masalahnya: uangnya habis duluan.", "Katanya: besok saja.", "Pak RT: \"jangan ribut.\"", "Jadi begini: kami pinjam dulu.", "Contohnya: bulan puasa."])
def test_words_before_a_colon_are_no_speaker(line):
    turns = [(x, w + ("\n" + line if x == "N" and len(w) > 120 else "")) for x, w in PAIR]
    page = written(turns, "%L: @")
    assert {t.label for t in Document("x", page.text).turns} == {"P", "N"}


def test_head_lines_are_no_turns():
    page = written(PAIR, "%L: @", names=("Pewawancara", "Informan"), head="Tanggal : 3 Mei 2024\nInforman : Bu Sarmi (bendahara)\nPewawancara : Dian\nLama : 30 menit\n\n")
    d = Document("x", page.text)
    assert len(d.turns) == len(PAIR) and {t.label: t.role for t in d.turns} == {"Pewawancara": "researcher", "Informan": "officer"}


@pytest.mark.parametrize(("legend", "names", "role"), [("I = Interviewer, R = Responden (bendahara)\n\n", ("I", "R"), "officer"), ("Ket: TNY = penanya; BJ = Bang Jali (ketua)\n\n", ("TNY", "BJ"), "officer"),
                                                       ("P : Peneliti\nPD : Pendamping\n\n", ("P", "PD"), "mentor"), ("R: researcher; P: participant\n\n", ("R", "P"), "member")])
def test_a_legend_tells_the_roles(legend, names, role):
    page = written(PAIR, "%L: @", names=names, head=legend)
    d = Document("x", page.text)
    assert {t.label: t.role for t in d.turns} == {names[0]: "researcher", names[1]: role} and len(d.turns) == len(PAIR)


def test_questions_and_not_letters_tell_the_interviewer():
    page = written(PAIR, "%L: @", names=("N", "P"))
    assert {t.label: t.role for t in Document("x", page.text).turns}["N"] == "researcher"


def test_times_are_read():
    turns = Document("x", written(PAIR, "%L (%T): @").text).turns
    assert [t.time for t in turns[:2]] == ["00:00:07", "00:00:14"]


def test_a_literature_text_has_no_speakers():
    text = "Pembahasan\n\nMasalah: kemiskinan terus menjadi kajian.\n\nTujuan: menjelaskan dinamika kelompok.\n\nMetode: kualitatif.\n"
    assert not any(t.label for t in Document("x", text).turns)


def test_our_own_form_is_read_as_written():
    text = "# Status: sintetis\n# Informan: Bu X (anggota)\n\nP: Apa?\nN: Rapat: tiap Jumat. (P: oh ya?) Iya.\n\n[00:01:05] P: Terus?\nCatatan: hujan.\nN: Iya.\n"
    speakers = (Speaker("x", "P", "R", "researcher"), Speaker("x", "N", "S", "member"))
    d = Document("x", text, speakers=speakers)
    assert [(t.label, t.time) for t in d.turns if t.label != "Catatan"] == [("P", ""), ("N", ""), ("P", "00:01:05"), ("N", "")]
    answer = next(t for t in d.turns if t.label == "N")
    assert [text[a:b] for a, b in answer.aside] == ["(P: oh ya?)"]


def test_lines_about_the_interview_in_the_rows_above_a_tables_header():
    text = "Lampiran 2\tVerbatim\t\t\nInforman\tMS (perempuan, anggota)\t\t\nKelompok\tKelompok Melati\t\t\n\nNo\tPelaku\tVerbatim\tCatatan\n" + "".join(
        f"{n}\t{who}\t{said}\t{'tertawa' if n == 2 else ''}\n" for n, who, said in ((1, "I", "Sejak kapan ikut, Bu?"), (2, "MS", "Sejak awal. Diajak tetangga."), (3, "I", "Terus, rapatnya kapan?"), (4, "MS", "Malam Jumat, habis ngaji.")))
    for sign in ("\t", CELL):
        whole = text if sign == "\t" else "".join(f"{OPEN_ROW}{line.replace(chr(9), CELL)}{ROW}\n" for line in text.splitlines() if line)
        turns = segment(whole).turns
        assert [t.label for t in turns] == ["I", "MS", "I", "MS"]
        assert whole[turns[1].body:turns[1].end].strip() == "Sejak awal. Diajak tetangga."


def test_a_table_above_another_with_a_header_loses_no_word():
    first = "".join(f"{n}\t{who}\t{said}\n" for n, who, said in ((1, "P", "Sejak kapan ikut?"), (2, "N", "Sejak awal."), (3, "P", "Siapa yang mengajak?"), (4, "N", "Tetangga.")))
    second = "No\tPelaku\tVerbatim\n" + "".join(f"{n}\t{who}\t{said}\n" for n, who, said in ((5, "P", "Rapatnya kapan?"), (6, "N", "Malam Jumat."), (7, "P", "Ramai?"), (8, "N", "Ramai.")))
    turns = segment(first + second).turns
    assert "Sejak awal." in " ".join((first + second)[t.body:t.end] for t in turns)
