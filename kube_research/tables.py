"""Excel workbooks and CSV that cannot hurt: no formula out of a transcript, no broken character."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from .model import KubeError
from .words import say

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_SHEET = re.compile(r"[\[\]:*?/\\']")


def clean(value: object) -> object:
    """A value fit for a spreadsheet cell: control characters out, at most 32,767 characters (Excel's limit)."""
    return _CONTROL.sub("", value)[:32767] if isinstance(value, str) else value


def workbook(path: Path | str, sheets: Mapping[str, pd.DataFrame]) -> Path:
    """Write one sheet a table, header frozen and bold, columns as wide as their text (60 at most); text is never a formula."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    import xlsxwriter

    try:
        book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True, "default_date_format": "yyyy-mm-dd"})
        book.set_properties({"created": __import__("datetime").datetime(2000, 1, 1)})
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for name, frame in sheets.items():
            sheet = book.add_worksheet(_SHEET.sub("-", name)[:31] or "1")
            sheet.freeze_panes(1, 1)
            for j, column in enumerate(frame.columns):
                values = [clean(v) for v in frame[column].tolist()]
                sheet.write(0, j, str(column), bold)
                for i, v in enumerate(values, 1):
                    if isinstance(v, str):
                        sheet.write_string(i, j, v, wrap)
                    elif v is not None and v == v:
                        sheet.write(i, j, v)
                longest = max([len(str(column)), *(min(60, len(str(v))) for v in values[:200])], default=8)
                sheet.set_column(j, j, min(60, longest + 2))
        book.close()
    except OSError as e:
        raise KubeError(say(f"Tidak dapat menulis: {e.strerror or e}.", f"Cannot write: {e.strerror or e}."), str(path), say("Tutup berkas itu di Excel, lalu coba lagi.", "Close the file in Excel, then try again.")) from e
    except xlsxwriter.exceptions.XlsxWriterException as e:
        raise KubeError(say(f"Tidak dapat menulis: {e}.", f"Cannot write: {e}."), str(path), say("Tutup berkas itu di Excel, lalu coba lagi.", "Close the file in Excel, then try again.")) from e
    return path
