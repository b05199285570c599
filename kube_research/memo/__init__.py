"""Memos: dated notes in Markdown on a coding, a passage, a code, a document, a case, a day or the study; linked, searched, grown into the write-up.

They are `memo` events: on a document or its codings in the coder's journal, on anything else in `corpus/memos/<coder>.jsonl`.  An event bears
`about` ("code:gd.goal", "case:lentera", "document", "coding:<id>", "day:2026-11-28", "study"), `text`, perhaps `kind` and `memo` (the id it
changes).  Nothing is overwritten: an edit is a later event, an empty text takes the memo away, and the earlier words stay in the journal.
"""

from __future__ import annotations

from .about import KINDS, resolve
from .chapter import Grown, grow, shrink
from .notes import Link, Memo, Memos
from .reading import memos
from .writing import add, edit, restore

__all__ = ["KINDS", "Grown", "Link", "Memo", "Memos", "add", "edit", "grow", "memos", "resolve", "restore", "shrink"]
