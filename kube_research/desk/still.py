"""The still view: what a cell shows where no kernel runs (nbconvert, GitHub, a supervisor's browser).  Escaped HTML, no script.

A participant's words stand in it only where the consent allows quoting ("quote", or none noted).
"""

from __future__ import annotations

from html import escape as e
from typing import TYPE_CHECKING, Any

from ..consent import hinders, strictest, withheld
from ..model import KubeError
from ..words import say
from . import scene

if TYPE_CHECKING:
    from .session import Session

MOST = 40


def invitation(chooser: Any) -> str:
    """What the coding page shows before it is run."""
    return f"<p>{e(repr(chooser))}</p>"  # in both languages, so that a saved notebook reads the same everywhere


def page(session: Session) -> str:
    """Documents and how far they are coded, then the coded passages of the open document."""
    try:
        return _page(session)
    except (KubeError, OSError) as fault:
        return f"<p>{e(str(fault))}</p>"


def _page(s: Session) -> str:
    rows = []
    for d in s.corpus:
        p = scene.progress(d, s.codings(d.id, s.coder) if s.coder else [])
        rows.append(f"<tr><td style='text-align:left'>{e(d.id)}</td><td style='text-align:left'>{e(d.title)}</td><td>{p['coded']} / {p['turns']}</td><td>{p['codings']}</td></tr>")
    title = f"{e(say('Studi', 'Study'))} <strong>{e(s.study.root.name)}</strong>, {e(say('pengode', 'coder'))} <strong>{e(s.coder or '–')}</strong>"
    head = f"<tr><th style='text-align:left'>{e(say('Dokumen', 'Document'))}</th><th></th><th>{e(say('giliran terkode', 'turns coded'))}</th><th>{e(say('pengodean', 'codings'))}</th></tr>"
    return f"<div><p>{title}</p><details><summary>{len(rows)} {e(say('dokumen', 'documents'))}</summary><table>{head}{''.join(rows)}</table></details>{_quotes(s)}</div>"


def _quotes(s: Session) -> str:
    if not s.document:
        return ""
    d = s.corpus[s.document]
    found = sorted((c for coder in s.visible() for c in s.codings(d.id, coder)), key=lambda c: (c.start, c.end))
    if strictest(d.meta.get("consent", "").lower()) in ("analyse", "withdrawn"):
        return f"<p>{e(d.title)}: {len(found)} {e(say('pengodean; persetujuan dokumen ini tidak mengizinkan kutipan di sini.', 'codings; the consent of this document does not allow quotations here.'))}</p>"
    names = {c.id: c.label for b in s.books for c in b}
    items = []
    for c in found[:MOST]:
        turn = d.turn_at(c.start)
        mark = say(" (tidak ada)", " (absent)") if c.polarity == "absent" else ""
        who = (turn.speaker or turn.label) if turn else ""
        items.append(f"<blockquote dir='auto' style='margin:.4em 0;padding-left:.8em;border-left:3px solid #888'>{e(withheld(why) if (why := hinders(d, c.start, c.end)) else c.quote)}<br><small>{e(who)}, {e(say('baris', 'line'))} {d.line(c.start)} — <strong>{e(names.get(c.code, c.code))}</strong>{e(mark)}, {e(c.coder)}{': ' + e(c.note) if c.note else ''}</small></blockquote>")
    more = f"<p>… {len(found) - MOST} {e(say('lagi', 'more'))}</p>" if len(found) > MOST else ""
    empty = "" if found else f"<p>{e(say('Belum ada pengodean di sini.', 'No codings here yet.'))}</p>"
    return f"<h4>{e(d.title)}</h4>{''.join(items)}{empty}{more}"
