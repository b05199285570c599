"""What every picture is: one style and palette, a canvas, alternative text, the same bytes for the same data."""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

# Okabe & Ito (2008): told apart by the colour-blind; the greys differ too
PRESENT, ABSENT, THIRD, DARK, LIGHT = "#0072B2", "#E69F00", "#009E73", "#222222", "#BBBBBB"
LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
MARKS, DASHES = "os^Dv*P", ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), "-")
WIDTH = 6.3  # inches: the text width of a thesis page with margins 4-4-3-3 cm
STYLE = {"font.size": 9, "axes.titlesize": 10, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "kube_research",
         "svg.fonttype": "path", "figure.dpi": 110, "savefig.dpi": 200, "hatch.linewidth": 0.7, "text.parse_math": False,
         "figure.autolayout": False, "figure.constrained_layout.use": False}


@dataclass(frozen=True)
class Picture:
    """A figure with its alternative text."""

    figure: Figure = field(repr=False)
    alt: str

    @cached_property
    def _box(self) -> Bbox:
        """What of the page the picture fills, in inches: it is laid out once, however often it is saved."""
        self.figure.draw_without_rendering()
        with styled():
            self.figure.set_layout_engine(None)  # not "none": that leaves a place-holder, for which every saving draws the figure twice
        return self.figure.get_tightbbox().padded(0.1)

    def png(self, dpi: int = 110) -> bytes:
        """The picture as PNG bytes, the same bytes for the same data."""
        out = io.BytesIO()
        self.figure.savefig(out, format="png", dpi=dpi, bbox_inches=self._box, metadata={"Software": None})
        return out.getvalue()

    def svg(self) -> str:
        """The picture as SVG with title and description for screen readers."""
        import html

        out = io.StringIO()
        with styled():
            self.figure.savefig(out, format="svg", bbox_inches=self._box, metadata={"Date": None, "Creator": None})
        text = out.getvalue()
        at = text.index("<svg")
        end = text.index(">", at) + 1
        return text[at:end].replace("<svg", '<svg role="img" aria-labelledby="alt"', 1) + f'<title id="alt">{html.escape(self.alt)}</title>' + text[end:]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict[str, object], dict[str, object]]:
        import base64

        return {"image/png": base64.b64encode(self.png()).decode(), "text/plain": self.alt}, {"image/png": {"alt": self.alt}}

    def __repr__(self) -> str:
        return self.alt


def save(picture: Picture, path: Path | str) -> list[Path]:
    """Write PATH.png and PATH.svg."""
    base = Path(path)
    base.parent.mkdir(parents=True, exist_ok=True)
    png, svg = base.with_name(base.name + ".png"), base.with_name(base.name + ".svg")
    png.write_bytes(picture.png(200))
    svg.write_text(picture.svg(), encoding="utf-8", newline="\n")
    return [png, svg]


def styled():
    import matplotlib

    return matplotlib.rc_context(STYLE)


def canvas(width: float, height: float, **kw: object):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(**kw)


def wrap(text: object, width: int = 26) -> str:
    return "\n".join(textwrap.wrap(str(text), width)) or str(text)


def foot(figure: Figure, note: str) -> None:
    figure.supxlabel("\n".join(textwrap.wrap(note, 118)), fontsize=6.5, x=0.01, ha="left", color="#444444")
