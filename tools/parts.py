"""Draw docs/images/parts.png and parts.id.png: the one picture of the READMEs that names the parts."""

from __future__ import annotations

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

ROOT = Path(__file__).resolve().parent.parent
BLUE, ORANGE, GREEN, GREY, INK = "#DCEAF7", "#FBE9C6", "#D5EFE4", "#EEEEEE", "#222222"
TEXTS = {
    "en": {"src": ("sources", "Word, text, PDF,\nsubtitles, records"), "corpus": ("corpus", "documents, turns,\nspeakers, cases"), "book": ("codebooks", "YAML: definitions,\nindicators, history"), "people": ("people's journals", "the desk in JupyterLab\none line a decision"),
           "rules": ("rule hits", "each with its rule,\nits words, its negator"), "matrix": ("matrix", "persons, segments;\nevery cell its quotations"), "out": ("figure, table, sentence", "notebooks, run again\nin every test"), "report": ("report", "for the supervisor:\nclaim → words"),
           "back": "every number walks back to document : line : character"},
    "id": {"src": ("sumber", "Word, teks, PDF,\ntakarir, rekaman katalog"), "corpus": ("korpus", "dokumen, giliran,\npembicara, kasus"), "book": ("buku kode", "YAML: definisi,\nindikator, riwayat"), "people": ("jurnal para pengode", "meja kode di JupyterLab\nsatu baris satu keputusan"),
           "rules": ("hasil aturan", "dengan aturannya, katanya,\npengingkarnya"), "matrix": ("matriks", "orang, segmen;\ntiap sel ada kutipannya"), "out": ("gambar, tabel, kalimat", "notebook, dijalankan lagi\ndi setiap uji"), "report": ("laporan", "untuk pembimbing:\nklaim → kata"),
           "back": "setiap angka dapat ditelusuri ke dokumen : baris : huruf"},
}
PLACES = {"src": (0.2, 3.0, GREY), "corpus": (2.5, 3.0, BLUE), "book": (2.5, 0.6, ORANGE), "people": (5.0, 3.0, GREEN), "rules": (5.0, 0.6, GREEN), "matrix": (7.6, 1.8, BLUE), "out": (9.9, 1.8, GREY), "report": (12.4, 1.8, GREY)}
ARROWS = (("src", "corpus"), ("corpus", "people"), ("corpus", "rules"), ("book", "rules"), ("book", "people"), ("people", "matrix"), ("rules", "matrix"), ("matrix", "out"), ("out", "report"))
W, H = 2.05, 1.25


def draw(language: str, path: Path) -> None:
    texts = TEXTS[language]
    figure = Figure(figsize=(11.4, 3.9))
    FigureCanvasAgg(figure)
    ax = figure.add_axes((0, 0, 1, 1))
    for a, b in ARROWS:
        (x1, y1, _), (x2, y2, _) = PLACES[a], PLACES[b]
        ax.add_patch(FancyArrowPatch((x1 + W + 0.03, y1 + H / 2), (x2 - 0.04, y2 + H / 2), arrowstyle="-|>", mutation_scale=14, color="#555555", linewidth=1.4, shrinkA=0, shrinkB=0))
    for key, (x, y, color) in PLACES.items():
        ax.add_patch(FancyBboxPatch((x, y), W, H, boxstyle="round,pad=0.02,rounding_size=0.14", facecolor=color, edgecolor="#666666", linewidth=1))
        title, rest = texts[key]
        ax.text(x + W / 2, y + H * 0.74, title, ha="center", va="center", fontsize=10.5 if len(title) < 19 else 9, fontweight="bold", color=INK)
        ax.text(x + W / 2, y + H * 0.34, rest, ha="center", va="center", fontsize=8.6, color="#333333", linespacing=1.25)
    ax.plot([13.42, 13.42, 3.52], [3.1, 4.75, 4.75], linestyle="--", color="#B04A00", linewidth=1.3)
    ax.add_patch(FancyArrowPatch((3.52, 4.78), (3.52, 4.3), arrowstyle="-|>", mutation_scale=14, color="#B04A00", linewidth=1.3, shrinkA=0, shrinkB=0))
    ax.text(8.5, 5.0, texts["back"], ha="center", va="center", fontsize=9.5, color="#B04A00", style="italic")
    ax.set_xlim(0, 14.7)
    ax.set_ylim(0.3, 5.3)
    ax.axis("off")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120, facecolor="white", metadata={"Software": None})


if __name__ == "__main__":
    draw("en", ROOT / "docs/images/parts.png")
    draw("id", ROOT / "docs/images/parts.id.png")
