"""Agreement between coders: units out of the corpus, coefficients out of `stats`, disagreements with both coders' words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..adjudication import first_of, is_consensus
from ..consent import hinders, restricted, withheld
from ..finding import Finding
from ..journal import Journal
from ..ledger import read_bytes
from ..model import Fault, KubeError, unknown
from ..study import Study
from ..words import say
from .units import domains, marks, units_of

UNITS = ("turn", "sentence", "span")
OVERLAPS = ("all", "two")
ALL = "all codes"
NOTHING = float("nan")


@dataclass(frozen=True, repr=False)
class Agreement(Finding):
    """Agreement of coders, code by code and pooled: a finding with `disagreements` (the places), `documents`, `blind`, and the bootstrap's seed and rounds."""

    disagreements: pd.DataFrame = field(default_factory=pd.DataFrame)
    documents: tuple[str, ...] = ()
    blind: str = ""
    seed: int = 0
    rounds: int = 0

    @property
    def note(self) -> str:
        """Unit, n, coders, rule, what is missing, limits; documents, blindness, how the interval was had."""
        text = super().note + " " + say(f"{len(self.documents)} dokumen bersama. {self.blind}", f"{len(self.documents)} shared documents. {self.blind}")
        if self.rounds:
            text += say(f" Selang 95 %: bootstrap, {self.rounds} putaran, benih {self.seed}; di bawah 10 satuan hanya hitungan.", f" Interval 95 %: bootstrap, {self.rounds} rounds, seed {self.seed}; under 10 units counts only.")
        return text


def agreement(study: Study, coders: Sequence[str], *, unit: str = "turn", codes: Iterable[str] | None = None, overlap: str = "all", gamma: bool = False, rounds: int = 1000, seed: int = 1) -> Agreement:
    """Agreement of coders over the documents that they share.

    unit     "turn" or "sentence" (a code is present or absent on each unit, any polarity), or "span" (free spans of informants' words)
    codes    which codes (default: every code that one of them used)
    overlap  "all": documents that all of them coded; "two": that at least two did, the judgements of the others are missing
    gamma    for spans: also Mathet's gamma of each document (slow with three coders or more)
    Columns for units: code, units (bearing it), both, polarity (same pole / both), percent, alpha, low, high, then for two coders kappa
    (Cohen) and pi (Scott), for more conger and fleiss, then bp (Brennan–Prediger, q = 2) and ac1 (Gwet).  `more`: several codes on a
    unit (mv-alpha) by codebook, and every document.  For spans: code, spans, alpha_u, coverage, precision, recall, f1 (IoU ≥ .5),
    characters, char_kappa (as NVivo prints them, no interval); `more`: the u-alpha family of every domain.
    """
    if unit not in UNITS:
        raise KubeError(unknown("satuan", "unit", unit, UNITS))
    if overlap not in OVERLAPS:
        raise KubeError(unknown("tumpang-tindih", "overlap", overlap, OVERLAPS))
    coders = tuple(dict.fromkeys(coders))
    if len(coders) < 2:
        raise KubeError(Fault(say("Kesepakatan membutuhkan sedikitnya dua pengode.", "Agreement needs at least two coders."), "", say(f"Yang ada: {', '.join(study.coders) or '-'}.", f"There is: {', '.join(study.coders) or '-'}.")))
    tables = {c: study.codings(coder=c) for c in coders}
    least = len(coders) if overlap == "all" else 2
    begun = {c: {d.id for d in t.corpus} for c, t in tables.items()}
    shared = [d.id for d in study.corpus if sum(d.id in b for b in begun.values()) >= least]
    if not shared:
        raise KubeError(Fault(say(f"Tidak ada dokumen yang dikodekan oleh {' dan '.join(coders)} bersama-sama.", f"No document was coded by all of {', '.join(coders)}."), "corpus/codings",
                              say("Kesepakatan hanya dapat dihitung atas dokumen yang sama.", "Agreement can only be computed on the same documents.")))
    frames = {c: t.full[t.full["document"].isin(shared)] for c, t in tables.items()}
    single = len(set().union(*begun.values()) - set(shared))
    missing = say(f"{single} dokumen tidak dikodekan bersama", f"{single} documents were not coded by {'all' if overlap == 'all' else 'two'}") if single else ""
    blind = _blind(study, coders, shared)
    if made := [c for c in coders if is_consensus(c)]:
        blind += " " + say(f"{', '.join(made)} dibuat dari pengodean orang lain: tidak bebas darinya.", f"{', '.join(made)} was made out of others' codings: it is not independent of them.")
    if twice := [(c, first_of(c, coders)) for c in coders if first_of(c, coders) != c]:
        blind += " " + "; ".join(say(f"{c} adalah pengodean ulang oleh {f}: satu orang, bukan dua (kr.recode)", f"{c} is the second coding by {f}: one person, not two (kr.recode)") for c, f in twice) + "."
    return compute(study, frames, shared, blind, missing, unit=unit, codes=codes, begun=begun, gamma=gamma, rounds=rounds, seed=seed)


def compute(study: Study, frames: Mapping[str, pd.DataFrame], shared: list[str], blind: str, missing: str, *, unit: str, codes: Iterable[str] | None, begun: Mapping[str, set[str]], gamma: bool = False, rounds: int, seed: int) -> Agreement:
    """Agreement of tables of codings (one a name) on shared documents; `begun`: which documents each name judged."""
    used = sorted(set().union(*(f["code"] for f in frames.values())))
    names = list(dict.fromkeys(codes)) if codes is not None else used
    known = {c.id for b in study.sound_codebooks() for c in b} | set(used)
    for code in names:
        if code not in known:
            raise KubeError(unknown("kode", "code", code, sorted(known)))
    if not names:
        raise KubeError(Fault(say("Tidak ada kode pada dokumen bersama.", "There is no code on the shared documents."), "corpus/codings", say("Kodekan dulu, atau sebut kodenya.", "Code first, or name the codes.")))
    if unit == "span":
        from .spans import on_spans

        return on_spans(study, frames, shared, names, blind, missing, begun, gamma, seed)
    return _on_units(study, frames, shared, names, blind, missing, begun, unit, rounds, seed)


def _blind(study: Study, coders: Sequence[str], documents: Sequence[str]) -> str:
    known = {(j.coder, j.path.stem): _says_blind(j) for c in coders for j in study.journals(c)}
    there = [(c, d) for c in coders for d in documents if (c, d) in known]
    yes = sum(known[k] for k in there)
    return say(f"Pengodean buta tercatat pada {yes} dari {len(there)} jurnal.", f"Blind coding is recorded for {yes} of {len(there)} journals.")


def _says_blind(journal: Journal) -> bool:
    """Whether one of a journal's sessions was blind; only lines that speak of sessions are taken apart."""
    data = read_bytes(str(journal.path))
    if b'"blind"' not in data:
        return False
    events, _ = journal.read(b"\n".join(x for x in data.split(b"\n") if b'"session"' in x) + b"\n")
    return any(e.get("event") == "session" and e.get("blind") for e in events)


def _on_units(study: Study, frames: Mapping[str, pd.DataFrame], shared: list[str], names: list[str], blind: str, missing: str, begun: Mapping[str, set[str]], unit: str, rounds: int, seed: int) -> Agreement:
    from ..stats.agreement import brennan_prediger, cohen_kappa, conger_kappa, encode, fleiss_kappa, gwet_ac, percent_agreement, scott_pi
    from ..stats.resample import agreement_per_code

    corpus, coders = study.corpus, tuple(frames)
    spans = [(d, a, b) for d in shared for a, b in units_of(corpus[d], corpus, unit)]
    index = {c: i for i, c in enumerate(names)}
    put = np.zeros((len(spans), len(coders), len(names)), bool)
    absent = put.copy()
    for k, f in enumerate(frames.values()):
        put[(u := marks(spans, f[f["polarity"] == "present"], index))[0], k, u[1]] = True
        absent[(u := marks(spans, f[f["polarity"] == "absent"], index))[0], k, u[1]] = True
    same = (put == put[:, :1]).all(1) & (absent == absent[:, :1]).all(1)  # one pole for all who judged
    put |= absent
    documents = np.array([s[0] for s in spans])
    seen = np.stack([np.isin(documents, sorted(begun[c])) for c in coders], 1) if spans else np.zeros((0, len(coders)), bool)
    judged = None if seen.all() else seen
    whole = seen.all(1)
    results = agreement_per_code(put, judged=judged, codes=names, documents=documents if len(shared) >= 8 else None, rounds=rounds, seed=seed, unit=unit)
    marked = np.where(seen[:, :, None], put, np.nan)
    two = len(coders) == 2
    coefficients = {"percent": percent_agreement, **({"kappa": cohen_kappa, "pi": scott_pi} if two else {"conger": conger_kappa, "fleiss": fleiss_kappa}), "bp": brennan_prediger, "ac1": gwet_ac}
    rows = []
    for r in results:
        pooled = r.code not in index
        ratings = encode(np.concatenate([marked[:, :, j] for j in range(len(names))]) if pooled else marked[:, :, index[r.code]], [0.0, 1.0])
        j = slice(None) if pooled else [index[r.code]]
        both = (put[:, :, j].all(1) & whole[:, None])
        got = {k: round(f(ratings).value, 3) for k, f in coefficients.items()}
        rows.append({"code": ALL if pooled else r.code, "units": r.positives, "both": r.both, "polarity": f"{int((both & same[:, j]).sum())}/{int(both.sum())}", "percent": got.pop("percent"), "alpha": round(r.alpha.value, 3), "low": round(r.alpha.low, 3), "high": round(r.alpha.high, 3), **got})
    frame = pd.DataFrame(rows)
    reasons = {r.alpha.reason for r in results if r.alpha.reason}
    limits = (say("satuan dari wawancara yang sama tidak saling bebas", "units of one interview are not independent"), say("AC1 tinggi bila kode jarang: baca di samping alfa", "AC1 is high where a code is rare: read it beside alpha"),
              *(say(f"alfa kosong: {why}", f"no alpha: {why}") for why in sorted(reasons)), *dict.fromkeys(x for r in results for x in r.alpha.limits if r.code not in index))
    drawn = results[-1].alpha.resampled
    cites = say("ada/tidak per satuan; alfa nominal (Krippendorff 2019)", "present or not on each unit; nominal alpha (Krippendorff 2019)") + ("; kappa (Cohen 1960), pi (Scott 1955)" if two else "; Conger 1980, Fleiss 1971") + "; Brennan–Prediger 1981 (q = 2); AC1 (Gwet 2008)" + (
        say(f"; diambil ulang: {'dokumen' if drawn == 'documents' else 'satuan'}", f"; resampled: {drawn}") if drawn else "")
    more = {"several codes": _several(study, put, seen, names, unit), "documents": _each(documents, shared, put, marked)}
    return Agreement(frame, {"turn": say("giliran bicara informan", "informants' turns"), "sentence": say("kalimat informan", "informants' sentences")}[unit], len(spans), cites, _meaning(frame, coders), coders, missing, limits, more,
                     _disagreements(study, spans, put, seen, coders, names, frames), tuple(shared), blind, seed, rounds)


def _meaning(frame: pd.DataFrame, coders: Sequence[str]) -> str:
    """One sentence on the pooled alpha, by Krippendorff's customary marks, and what may not be concluded."""
    last, who = frame.iloc[-1], " – ".join(coders)
    a = float(last["alpha"])
    if a != a:
        return say(f"{who}: alfa tidak dapat dihitung (tidak ada variasi); persentase setuju {last['percent']:.2f} saja bukan bukti keandalan.", f"{who}: alpha cannot be computed (no variation); percent agreement of {last['percent']:.2f} alone is no evidence of reliability.")
    weak = frame.iloc[:-1][(frame["alpha"].iloc[:-1] < 0.667) & (frame["units"].iloc[:-1] >= 10)]["code"].tolist()
    mark = (say("di atas .800: lazim dianggap andal", "above .800: customarily taken as reliable") if a >= 0.8 else say("antara .667 dan .800: hanya kesimpulan sementara", "between .667 and .800: tentative conclusions only") if a >= 0.667
            else say("di bawah .667: belum cukup andal untuk disimpulkan", "below .667: not reliable enough to conclude from"))
    named = say(f"; di bawah .667: {', '.join(weak[:6])}{' …' if len(weak) > 6 else ''}", f"; below .667: {', '.join(weak[:6])}{' …' if len(weak) > 6 else ''}") if weak else ""
    return say(f"{who}: alfa semua kode {a:.3f}, {mark} (Krippendorff 2019){named}. Kesepakatan bukan kebenaran: keduanya dapat keliru bersama, dan angka gabungan tidak boleh menutupi kode yang lemah.",
               f"{who}: alpha over all codes {a:.3f}, {mark} (Krippendorff 2019){named}. Agreement is not truth: both may be wrong together, and it may not be concluded from the pooled figure that each code is reliable.")


def _several(study: Study, put: np.ndarray, seen: np.ndarray, names: list[str], unit: str) -> pd.DataFrame:
    """mv-alpha of the sets of codes on a unit, codebook by codebook: identical rows are weighed, not repeated."""
    from ..stats.mvalpha import mv_alpha

    rows = []
    for name, codes in domains(study, names).items():
        columns = [names.index(c) for c in codes]
        sets = [[frozenset(np.flatnonzero(line[k]).tolist()) if ok[k] else None for k in range(len(ok))] for line, ok in zip(put[:, :, columns], seen, strict=True)]
        value = mv_alpha(sets, unit=unit)
        rows.append({"domain": name, "codes": len(columns), "units": value.n, "mv_alpha": round(value.value, 3), "reason": value.reason})
    return pd.DataFrame(rows, columns=["domain", "codes", "units", "mv_alpha", "reason"])


def _each(documents: np.ndarray, shared: list[str], put: np.ndarray, marked: np.ndarray) -> pd.DataFrame:
    """Every shared document: units, those with a code, alpha over all codes."""
    from ..stats.alpha import krippendorff_alpha

    rows = []
    for d in shared:
        at = documents == d
        part = marked[at].transpose(2, 0, 1).reshape(-1, marked.shape[1])
        value = krippendorff_alpha(part, [0.0, 1.0]).value if at.any() else NOTHING
        rows.append({"document": d, "units": int(at.sum()), "both": int(put[at].any(2).all(1).sum()), "alpha": round(value, 3)})
    return pd.DataFrame(rows)


def _disagreements(study: Study, spans: list[tuple[str, int, int]], put: np.ndarray, seen: np.ndarray, coders: tuple[str, ...], names: list[str], frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    said: dict[tuple[str, str, str], list[tuple[int, int, str, str]]] = {}  # (coder, document, code) → its codings, looked up once
    for c, f in frames.items():
        for d, code, a, b, quote, note in zip(f["document"], f["code"], f["start"], f["end"], f["quote"], f["note"], strict=True):
            said.setdefault((c, d, code), []).append((a, b, quote, note))
    rows = []
    some = put.any(axis=1)
    odd = np.argwhere(some & (put.sum(axis=1) < seen.sum(axis=1)[:, None]) & (seen.sum(axis=1) >= 2)[:, None])
    closed = {d: restricted(study.corpus[d]) for d in {s[0] for s in spans}}
    for u, j in odd.tolist():
        d, a, b = spans[u]
        document = study.corpus[d]
        why = hinders(document, a, b) if closed[d] else ""
        yes = [c for k, c in enumerate(coders) if put[u, k, j]]
        words = []
        for c in yes:
            words += [f"{c}: “{' '.join(quote.split())}”" + (f" [{note}]" if note else "") for x, y, quote, note in said.get((c, d, names[j]), ()) if x < b and y > a]
        rows.append({"document": d, "line": document.line(a), "code": names[j], "coded by": ", ".join(yes), "not by": ", ".join(c for k, c in enumerate(coders) if c not in yes and seen[u, k]), "words": "; ".join(words), "unit": withheld(why) if why else " ".join(document.text[a:b].split())})
    return pd.DataFrame(rows, columns=["document", "line", "code", "coded by", "not by", "words", "unit"])


__all__ = ["ALL", "Agreement", "agreement", "compute", "marks", "units_of"]
