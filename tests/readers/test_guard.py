"""Bad input: refused with a message that names the file and what is wrong in it; nothing hangs."""

import io
import time
import zipfile

import pytest

from kube_research.model import KubeError
from kube_research.readers import child, guard, read
from tests.readers.build import docx, odt, p, zipped

ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'


def refused(tmp_path, name, data, *words):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    began = time.monotonic()
    with pytest.raises(KubeError) as e:
        read(path)
    assert time.monotonic() - began < 5
    message = str(e.value)
    assert name in message, message
    for w in words:
        assert w in message, message
    return message


def with_name(name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("word/document.xml", "<x/>")
        z.writestr(name, "x")
    return out.getvalue()


def test_archives(tmp_path):
    good = docx(p("P: Apa?"))
    refused(tmp_path, "a.docx", good[: len(good) // 2], "damaged or cut off")
    refused(tmp_path, "b.docx", b"P: Apa?\nN: Iya.", "damaged")
    refused(tmp_path, "c.docx", with_name("../../evil.txt"), "../../evil.txt", "outside")
    refused(tmp_path, "d.docx", with_name("/etc/x"), "outside")
    refused(tmp_path, "e.docx", with_name("C:\\x"), "outside")
    refused(tmp_path, "f.docx", with_name("WORD/document.xml"), "twice")
    refused(tmp_path, "g.docx", zipped(**{"x.xml": "<x/>"}), "no Word content")
    refused(tmp_path, "h.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password", "old format")
    refused(tmp_path, "i.odt", zipped(**{"META-INF/manifest.xml": "<m><encryption-data/></m>", "content.xml": "x"}), "password")
    refused(tmp_path, "j.odt", zipped(x="y"), "content.xml")
    locked = bytearray(good)
    for at in range(len(locked) - 4):
        if locked[at:at + 4] == b"PK\x01\x02":
            locked[at + 8] |= 1
        if locked[at:at + 4] == b"PK\x03\x04":
            locked[at + 6] |= 1
    refused(tmp_path, "k.docx", bytes(locked), "password")
    broken = bytearray(good)
    at = broken.index(b"word/document.xml") + 30
    broken[at:at + 40] = b"\xff" * 40
    refused(tmp_path, "l.docx", bytes(broken), "damaged")


def test_bombs(tmp_path):
    bomb = docx(p("x") + " " * 60_000_000)
    assert len(bomb) < 200_000
    refused(tmp_path, "a.docx", bomb, "zip bomb", "word/document.xml")
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as z:
        for n in range(guard.MAX_ENTRIES + 1):
            z.writestr(f"{n}", "")
    refused(tmp_path, "b.odt", many.getvalue(), "entries")
    with pytest.raises(KubeError, match="zip bomb"):
        guard.unzip(zipped(a="x" * 1000, b="y" * 1000), "c.zip", total=1500)


def test_a_lying_size_is_counted_while_inflating():
    data = bytearray(zipped(a="x" * 50_000))
    at = data.index(b"PK\x01\x02") + 24
    data[at:at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(KubeError):
        guard.unzip(bytes(data), "a.zip")


@pytest.mark.parametrize(("name", "data"), [("a.docx", lambda: zipped(**{"word/document.xml": ENTITY})), ("b.odt", lambda: zipped(**{"content.xml": ENTITY})), ("c.eaf", lambda: ENTITY), ("d.xml", lambda: ENTITY), ("e.xlsx", lambda: zipped(**{"xl/workbook.xml": ENTITY})),
                                            ("f.eaf", lambda: ENTITY.replace("1.0", "1.0").encode("utf-16")), ("g.docx", lambda: docx(p("x"), **{"word/styles.xml": ENTITY}))])
def test_doctypes_are_refused(tmp_path, name, data):
    refused(tmp_path, name, data(), "DOCTYPE")


def test_files_that_are_not_what_they_say(tmp_path):
    refused(tmp_path, "a.txt", b"", "empty")
    refused(tmp_path, "b.txt", b"\xef\xbb\xbf \r\n", "empty")
    refused(tmp_path, "c.txt", bytes(range(256)) * 50, "not text")
    refused(tmp_path, "d.txt", b"\x89PNG\r\n\x1a\n" + b"\0\1\2\3" * 500, "not text")
    refused(tmp_path, "e.pdf", b"hello", "not PDF")
    refused(tmp_path, "f.pdf", b"%PDF-1.7\n" + b"garbage " * 50, "f.pdf")
    refused(tmp_path, "g.rtf", b"hello", "not RTF")
    refused(tmp_path, "h.json", b"{", "damaged")
    refused(tmp_path, "i.json", b"[1, 2]", "no transcript")
    refused(tmp_path, "j.json", b"[" * 100_000, "damaged")
    refused(tmp_path, "k.eaf", b"<x>", "damaged")
    refused(tmp_path, "l.eaf", b"<x/>", "no ELAN")
    refused(tmp_path, "m.srt", b"hello", "timed")
    refused(tmp_path, "n.ris", b"hello", "no bibliographic records")
    refused(tmp_path, "o.xlsx", zipped(a="x"), "damaged")
    refused(tmp_path, "p.html", b"<html><body></body></html>", "no words")
    refused(tmp_path, "q.docx", docx(""), "no words")


def test_missing_and_huge_files(tmp_path):
    with pytest.raises(KubeError, match="cannot be opened"):
        read(tmp_path / "none.txt")
    big = tmp_path / "big.txt"
    with open(big, "wb") as f:
        f.truncate(1_000_000_001)
    with pytest.raises(KubeError, match="1000 MB"):
        read(big)


def test_a_slow_or_greedy_parser_is_stopped():
    with pytest.raises(KubeError, match="more than 0 seconds"):
        child.parse("docx", docx(p("x")), "a.docx", seconds=0.01)


def test_nul_bytes_and_lone_surrogates(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"P: A\x00pa?\nN: Iya.\nP: Oh?\nN: \xed\xa0\x80 ya.\n")
    (s,) = read(path)
    assert "\x00" not in s.text and "P: Apa?" in s.text
    s.text.encode("utf-8")


def test_odt_survives_deep_nesting():
    from kube_research.readers.odt import read as read_odt
    from pathlib import Path

    body = "<text:span>" * 250 + "x" + "</text:span>" * 250
    assert read_odt(Path("a.odt"), odt(f"<text:p>{body}</text:p>"))
