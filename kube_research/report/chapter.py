"""A chapter of a thesis in Word or PDF, made from Markdown or a notebook whose numbers, tables and quotations are bound to the study.

`--chapter FILE.md|.ipynb`; without it the case-study chapter that `casestudy` writes.  The head of a chapter (between `---` lines) may
name `bab: 4`, `lang: id`, `bibliography: references.bib`.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

from ..bind import Binder, bind, changes, fill, lock_path, write_lock
from ..model import Fault, KubeError
from ..study import Study, write_atomic
from ..words import say
from . import campus, fields
from . import pandoc as p
from .maker import UNNUMBERED, Made, make, text_of
from .references import citing


def write_docx(study: Study, path: Path | str, *, chapter: Path | str = "", accept: bool = True, binder: Binder | None = None, **_: object) -> Path:
    """Write a chapter as .docx; the same study and chapter give the same bytes.  `accept`: a chapter without a lock gets one."""
    path = Path(path)
    p.pandoc()
    with tempfile.TemporaryDirectory() as folder:
        given = campus.word(study)
        made = make(study, chapter, "docx", Path(folder), binder, typed=given is not None and not given[1])
        from ..verify.pages import of_docx
        from ..verify.retyped import surroundings
        from .reference import reference, rezip

        (Path(folder) / "reference.docx").write_bytes(given[0] if given else reference(made.number, made.language))
        target = Path(folder) / "chapter.docx"
        p.convert(made.tree, "docx", output=target, extra=("--resource-path", folder, "--reference-doc", str(Path(folder) / "reference.docx"), *citing(study, folder)), epoch=315532800)
        around = surroundings(of_docx(target.read_bytes(), path.name).paragraphs)
        record = _record([{**r, **around.get(r["id"], {})} for r in made.bound])
        data = rezip(target.read_bytes(), change={"word/_rels/document.xml.rels": _related, "word/document.xml": _finish, "docProps/custom.xml": _nameless}, add={"customXml/item1.xml": record})
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, data)
    if accept:
        _lock(chapter, made)
    return path


def write_pdf(study: Study, path: Path | str, *, chapter: Path | str = "", accept: bool = True, binder: Binder | None = None, **_: object) -> Path:
    """Write a chapter as PDF (pandoc, then typst, with fonts that come along); the same study and chapter give the same bytes."""
    import datetime

    import matplotlib
    import typst

    path = Path(path)
    p.pandoc()
    with tempfile.TemporaryDirectory() as folder:
        made = make(study, chapter, "typst", Path(folder), binder, typed=True)
        body = p.convert(made.tree, "typst", extra=citing(study, folder))
        (Path(folder) / "chapter.typ").write_text(campus.text(study, "thesis.typ").replace("LANGUAGE", str(made.tree["meta"]["lang"]["c"][0]["c"])) + "\n" + body, encoding="utf-8")
        fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        try:
            data = typst.compile(str(Path(folder) / "chapter.typ"), root=folder, font_paths=[str(fonts)], ignore_system_fonts=True, timestamp=datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
        except RuntimeError as e:
            raise KubeError(Fault(say(f"Typst menolak bab ini: {str(e).strip()[:300]}", f"Typst refuses this chapter: {str(e).strip()[:300]}"), str(path), say("Periksa babnya.", "Look at the chapter."))) from None
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, data)
    if accept:
        _lock(chapter, made)
    return path


def _lock(chapter: Path | str, made: Made) -> None:
    """The first making of a chapter accepts its values; later ones leave the lock, so that a change is seen."""
    if chapter and made.values.values and not lock_path(Path(chapter)).exists():
        write_lock(Path(chapter), made.values)


def changed(study: Study, chapter: Path | str, binder: Binder | None = None) -> list[Fault]:
    """The bound values of a chapter that are no longer the accepted ones.  `binder`: one that has counted already."""
    text, name = text_of(Path(chapter)), Path(chapter).name
    return [c.fault() for c in changes(Path(chapter), fill(binder, text, name) if binder else bind(study, text, where=name))]


def _record(bound: list[dict[str, str]]) -> bytes:
    from ..readers.docx import BOUND

    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<{BOUND}>{fields.escaped(json.dumps(bound, ensure_ascii=False))}</{BOUND}>'.encode()


def _related(rels: bytes) -> bytes:
    link = b'<Relationship Id="rIdKubeBound" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml" Target="../customXml/item1.xml"/>'
    return rels.replace(b"</Relationships>", link + b"</Relationships>")


def _finish(document: bytes) -> bytes:
    """No row of a table is cut in two; the head over the references bears no number."""
    return fields.unnumbered(re.sub(rb"<w:tr>(?!<w:trPr>)", b"<w:tr><w:trPr><w:cantSplit/></w:trPr>", document), UNNUMBERED)


def _nameless(properties: bytes) -> bytes:
    """Pandoc notes where the citation style lay: a folder of this computer, and the name of who works on it."""
    return re.sub(rb"<vt:lpwstr>[^<]*?([\w.-]+\.csl)</vt:lpwstr>", rb"<vt:lpwstr>\1</vt:lpwstr>", properties)


__all__ = ["changed", "write_docx", "write_pdf"]
