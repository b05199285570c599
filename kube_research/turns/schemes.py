"""Schemes: how a transcript marks who speaks, found by what recurs at the beginnings of lines."""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..labels import BRACKET, HEAD_KEYS, INFORMANT, NOT_LABELS, RESEARCHER, key, persona
from .page import Line, Page

_WORDY = r"[^\W_][\w.'’&/-]*(?:[ \t]{1,2}[\w.'’&/()-]+){0,4}?"
_ROLE = r"(?:[ \t]*(?:\([^()\n:]{1,40}\)|\[[^\[\]\n:]{1,40}\]))?"
_OPEN = r"[@#*%&+~^$]?"
_SIGNS: tuple[tuple[str, int, re.Pattern[str]], ...] = (
    # name, strength (3 strong: a few labels suffice; 1 weak: must cover most of the text), pattern at the beginning of a line's words
    ("colon", 3, re.compile(rf"{_OPEN}(?P<l>[^\W_][^:：∶꞉\n\[\]?!|<>=\t*]{{0,39}}?{_ROLE})[ \t*_]*[:：∶꞉]+(?=\s|$|[^\d/\\\s:])")),
    ("bracket:", 3, re.compile(rf"[\[(<{{«](?P<l>{_WORDY}{_ROLE})[\])>}}»][ \t]*[:：.\-–—]+")),
    ("bracket", 2, re.compile(rf"[\[(<{{«][ \t]*(?P<l>{_WORDY}{_ROLE})[ \t]*[:：∶꞉]?[ \t]*[\])>}}»](?=\s|$|[^\W\d])")),
    ("bracketed", 2, re.compile(rf"[\[({{](?P<l>{_WORDY}{_ROLE})[ \t]*[:：∶꞉](?=.*[\])}}]\s*$)")),
    ("gt", 2, re.compile(rf"{_OPEN}(?P<l>{_WORDY}{_ROLE})[ \t]*(?:-+>|=+>|>{{1,3}}|»|→|➔|▶|›)")),
    ("eq", 2, re.compile(rf"{_OPEN}(?P<l>{_WORDY}{_ROLE})[ \t]*={{1,2}}(?!=)")),
    ("dash", 2, re.compile(rf"{_OPEN}(?P<l>{_WORDY}{_ROLE})(?:[ \t]+[-–—]{{1,2}}(?=\s|$)|[–—]{{1,2}}(?=\s|$)|-(?=\s|$))")),
    ("semi", 2, re.compile(rf"{_OPEN}(?P<l>{_WORDY}{_ROLE})[ \t]*;(?=\s|$)")),
    ("pipe", 2, re.compile(rf"(?P<l>{_WORDY}{_ROLE})[ \t]*[|¦](?=\s|$|\w)")),
    ("tab", 2, re.compile(rf"{_OPEN}(?P<l>[^\W_][^:\n\t?!]{{0,39}}?)[ ]*\t+")),
    ("gap", 2, re.compile(rf"{_OPEN}(?P<l>[^\W_][^:\n\t?!]{{0,29}}?)[ ]{{2,}}")),
    ("lead", 2, re.compile(r"(?!)(?P<l>)")),
    ("slash", 1, re.compile(rf"(?P<l>{_WORDY})[ \t]*[/\\]+(?=\s)")),
    ("sign", 1, re.compile(rf"(?P<l>{_WORDY})[ \t]?[~*^%&+@#•·…_]+(?=\s)")),
    ("paren", 1, re.compile(r"(?P<l>[^\W_][\w'’]{0,11}(?: [A-Z\d][\w'’]{0,11})?)[\])}](?=\s|$)")),
    ("dot", 1, re.compile(r"(?P<l>[^\W_][\w'’]{0,11}(?:[ .]?\d{1,2}[a-z]?)?)\.(?=\s|$)")),
    ("comma", 1, re.compile(r"(?P<l>[A-Z]{1,3}\d{0,2}),(?=\s)")),
    ("space", 1, re.compile(r"[@#*%&+~^$]?(?P<l>[A-Z]{1,4}\d{0,2}|[A-Z][a-z]+)(?=[ \t])")),
)
_OWN = re.compile(rf"[@#\[(<{{]?(?P<l>[^\W_][^:\n?!]{{0,39}}?(?:,[^:\n?!;.]{{0,59}}?)?{_ROLE})[\])>}}]?[ \t]*[:：.\-–—]?[ \t]*$")
_TITLES = frozenset("bu ibu pak bapak mbak mas mba bang kak kakak tante om oma opa mak encik inaq amaq uni uda teh teteh kang aa abah emak ummi mr mrs ms pakde bude paklik bulik cak ning "
                    "yu ceu mpok nyai haji hj daeng ndeso ketua sekretaris bendahara anggota semua serentak bersama-sama peserta si nyonya nona".split())


@dataclass(frozen=True, slots=True)
class Opener:
    """One line that opens a turn: its label, and where the words begin."""

    line: int
    label: str
    start: int
    body: int
    sign: str


def _round(label: str) -> str:
    """A label whose square brackets are round ("Ratna [mahasiswa]"), its number without full stops ("Q.3a.")."""
    label = re.sub(r"^([^\W\d_]{1,4})\.(\d{1,3}[a-z]?)\.?$", r"\1\2", label.strip())
    return re.sub(r"(?<=\S)[ \t]*\[([^\[\]]*)\]$", r" (\1)", label)


def is_head_key(label: str) -> bool:
    words = re.split(r"[\s/.]+", label.casefold().strip(" .")) or [""]
    return words[0] in HEAD_KEYS or " ".join(words) in HEAD_KEYS


def known(label: str) -> bool:
    """Whether a label is a usual speaker's mark."""
    low = key(label)
    return bool(RESEARCHER.match(low) or INFORMANT.match(low))


def named(label: str) -> bool:
    """Whether a label has the shape of a person's name or title ("Bu Kasmi", "Semua", "Ivon (peneliti)")."""
    words = [w for w in re.split(r"[\s/&]+", re.sub(r"\([^()]*\)", "", label)) if w]
    if not words or len(words) > 4 or words[0].casefold() in NOT_LABELS or words[0].casefold().endswith("nya"):
        return False
    return words[0].casefold() in _TITLES or all(w[0].isupper() or w[0].isdigit() for w in words) and (len(words) > 1 or words[0].isupper() or "(" in label)


def plausible(label: str, n: int) -> bool:
    """Whether words before a sign may be a label at all, when they recur n times."""
    words = re.sub(r"\([^()]*\)", "", label).replace(".", " ").split()
    if not words or len(words) > 6 or words[0].casefold() in NOT_LABELS:
        return False
    if words[0].casefold().endswith("nya") and n < 4 and not words[0].isupper():
        return False
    return n >= 3 or not re.search(r"[,;\"“”]", BRACKET.sub("", label) if persona(label) else label)


def collect(page: Page) -> dict[str, list[Opener]]:
    """For each sign, the lines that it could open."""
    found: dict[str, list[Opener]] = defaultdict(list)
    for line in page.lines:
        if line.blank:
            continue
        for name, _, pattern in _SIGNS:
            m = pattern.match(page.shadow, line.p, line.b)
            if m:
                body = m.end()
                found[name].append(Opener(line.n, _round(m.group("l")), line.p, body, name))
        if line.lead and line.lead < line.b and len(words := page.shadow[line.p:line.lead].strip().rstrip(" :.-–—>")) <= 40 and words and words[0].isalnum() and "?" not in words:
            found["lead"].append(Opener(line.n, _round(words), line.p, line.lead, "lead"))
    return {name: _counted(page, openers) for name, openers in found.items()}


def _counted(page: Page, openers: list[Opener]) -> list[Opener]:
    """Labels that count the turns (`P1: … N1: … P2: …`, `Q.3a.`) without their numbers; participants P1 to P6 keep theirs."""
    stems: dict[str, list[tuple[tuple[int, str], Opener]]] = defaultdict(list)
    for o in openers:
        if m := re.fullmatch(r"(.*?[^\W\d])[ .\-]?(\d{1,3})([a-z]?)", o.label):
            stems[m.group(1).strip()].append(((int(m.group(2)), m.group(3)), o))
    counting = {}
    for stem, hits in stems.items():
        numbers = [n for (n, _), _ in hits]
        rising = sum(0 <= y - x <= 4 for x, y in zip(numbers, numbers[1:], strict=False))
        lettered = sum(bool(letter) for (_, letter), _ in hits)  # "Q.3a." asks on; IW1a and IW1b are two persons
        if len(hits) >= 4 and lettered <= 0.5 * len(hits) and len({n for n, _ in hits}) >= 0.6 * len(hits) and rising >= 0.85 * (len(hits) - 1):
            counting[stem] = hits
    asking = {stem for stem, hits in counting.items() if RESEARCHER.match(stem) and sum("?" in page.shadow[o.body:page.lines[o.line].b] for _, o in hits) >= 0.5 * len(hits)}
    renamed = {o: stem for stem, hits in counting.items() if len(counting) >= 2 or stem in asking for _, o in hits}
    return [replace(o, label=renamed[o]) if o in renamed else o for o in openers]


def _slips(openers: list[Opener], good: set[str]) -> list[Opener]:
    """A label with a slip of the pen ("Penelti") as the label that was meant."""
    shown = {key(o.label): o.label for o in openers if key(o.label) in good}
    long = [g for g in shown if len(g) >= 4]
    out = []
    counts = Counter(key(o.label) for o in openers)
    for o in openers:
        k = key(o.label)
        rare = k in good and " " not in k and len(k) >= 6 and k.isalpha()
        if (k not in good and len(k) >= 4 or rare) and long:
            often = [g for g in long if g != k and (not rare or counts[k] <= 0.3 * counts[g] and g.isalpha())]
            close = difflib.get_close_matches(k, often, 1, 0.8)
            if close and re.sub(r"\D", "", k) == re.sub(r"\D", "", close[0]) and (" " not in k or k.split()[-1] == close[0].split()[-1] or k.split()[0] != close[0].split()[0]):
                o = replace(o, label=shown[close[0]])
        out.append(o)
    return out


def accept(page: Page, openers: list[Opener], strength: int, blocks: int, listed: Iterable[str] = ()) -> set[str]:
    """Which labels (as keys) a sign really carries: those that recur, are known marks, or look like names among many turns."""
    counts = Counter(key(o.label) for o in openers)
    shown = {key(o.label): o.label for o in openers}
    listed = {key(x) for x in listed}
    good = {k for k, n in counts.items() if k in listed}
    for k, n in counts.items():
        label = shown[k]
        if not plausible(label, n) or strength < 3 and not label[0].isalpha() and n < 3:
            continue
        if label[0].isdigit() and (n < 4 or len(k) > 2 and " " not in k):
            continue
        if is_head_key(label) and n < (2 if known(label) else 4):
            continue
        short = len(k) <= 3 or known(label)
        if strength == 3 and (known(label) or n >= 2 and (label[0].isupper() or len(k) <= 3)):
            good.add(k)
        elif strength == 2 and (n >= 3 or n >= 2 and known(label)) and (label[0].isupper() or known(label)):
            good.add(k)
        elif strength == 1 and n >= 3 and (short or n >= 6) and label[0].isupper():
            good.add(k)
    quoted = Counter(key(o.label) for o in openers if page.shadow[o.body:o.body + 3].lstrip()[:1] in "\"“‘'")
    if quoted and sum(quoted.values()) < 0.5 * len(openers):  # "Pak RT: "jangan ribut."" tells what he said
        told = {k for k, n in quoted.items() if n == counts[k] and k not in listed and not RESEARCHER.match(k)}
    else:
        told = set()
    good -= told
    if strength == 2:  # a small group, each of whom says who he is: "Siti (40 tahun) – …"
        persons = {k for k, n in counts.items() if _person(shown[k]) and plausible(_bare(shown[k]), 1)} - told
        if len(persons) >= 2 and sum(counts[k] for k in persons) >= 4 and any(counts[k] >= 2 for k in persons):
            good |= persons
    total = sum(counts[k] for k in good)
    if strength == 3 and total >= 0.5 * blocks and total >= 2:
        good |= {k for k in counts if (named(shown[k]) or _person(shown[k])) and not is_head_key(shown[k]) and plausible(_bare(shown[k]), 1) and "//" not in shown[k]} - told
    if strength == 3 and total < 0.25 * blocks and not any(known(shown[k]) and counts[k] >= 2 for k in good):
        return good & listed
    if strength < 3:
        sequence = [key(o.label) for o in openers if key(o.label) in good]
        changes = sum(x != y for x, y in zip(sequence, sequence[1:], strict=False))
        need = 0.6 if strength == 1 else 0.4
        if len(good) < 2 or total < need * blocks or changes < 0.5 * max(1, len(sequence) - 1) or len(good) > max(12, total / 4):
            return good & listed
        if strength == 1:  # a third voice that comes in late: "Bang Jali/ …"
            late = {key(o.label) for o in openers if not _free(page, page.lines[o.line])}
            good |= {k for k, n in counts.items() if n >= 2 and " " in k and named(shown[k]) and k.split()[0] in _TITLES and k not in late} - told
        else:  # or says where from: "Ibu O. (dari dapur) – …"
            good |= {key(o.label) for o in openers if _free(page, page.lines[o.line]) and o.label.endswith(")") and named(o.label) and key(o.label).split()[0] in _TITLES} - told
    return good


def _free(page: Page, line: Line) -> bool:
    """Whether a line may begin a paragraph, or at least follows a finished sentence."""
    return line.opens or line.n > 0 and page.shadow[page.lines[line.n - 1].p:page.lines[line.n - 1].b].rstrip()[-1:] in tuple(".?!…\"”)")


def _person(label: str) -> bool:
    """Whether a label is a name with an age or a job in brackets ("Pak Tukijan (61, buruh tani)")."""
    return bool(persona(label)) and named(_bare(label) + " ()")


def _bare(label: str) -> str:
    """A name without the few words behind a comma that say who it is ("Bu Ramlah, 57 tahun, pedagang nasi")."""
    if persona(label):
        label = BRACKET.sub("", label)
    name, comma, about = label.partition(",")
    return name if comma and (named(name) or re.fullmatch(r"[A-Z]\w+", name)) and len(about.split()) <= 7 and not re.search(r"[;.!?\"]", about) and all(len(x.split()) <= 4 for x in about.split(",")) else label


def _below_time(page: Page, line: Line) -> bool:
    """Whether the line just above holds a time and nothing else."""
    above = page.lines[line.n - 1] if line.n else line
    return bool(above is not line and above.stamp and not page.shadow[above.stamp[1]:above.b].strip())


def _listing(page: Page, told: set[int]) -> set[int]:
    """The lines of a list of those present: three names or more one below the other, then an empty line."""
    out: set[int] = set()
    for n in sorted(told):
        if n - 1 not in told:
            stop = n
            while stop in told:
                stop += 1
            if stop - n >= 3 and page.lines[stop].blank:
                out.update(range(n, stop))
    return out


def own_lines(page: Page, listed: Iterable[str] = ()) -> list[Opener]:
    """Labels on a line of their own, with the speech below."""
    candidates: dict[str, list[tuple[Line, re.Match[str]]]] = defaultdict(list)
    full = [x for x in page.lines if not x.blank]
    for i, line in enumerate(full[:-1]):
        words = page.shadow[line.p:line.b].rstrip()
        tail = re.search(r"[ \t|,–—-]*[\[(<]?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?[\])>]?$", words)
        stop = line.p + (tail.start() if tail else len(words))
        m = _OWN.match(page.shadow[line.p:stop])
        if m and plausible(_bare(m.group("l")), 3) and len(_bare(m.group("l")).split()) <= 5 and not re.search(r"[,;\"]", _bare(m.group("l"))):
            follows = full[i + 1]
            if follows.n - line.n <= 2:
                candidates[key(m.group("l"))].append((line, m))
    listed = {key(x) for x in listed}
    blocks = sum(1 for x in full if x.opens)
    listing = _listing(page, {line.n for hits in candidates.values() for line, m in hits if _person(m.group("l"))})
    candidates = {k: left for k, hits in candidates.items() if (left := [h for h in hits if h[0].n not in listing])}
    above = {x.n: y.n for x, y in zip(full[1:], full, strict=False)}
    who = {hits[0][0].n for hits in candidates.values() if len(hits) > 3 and not hits[0][0].opens and all(line.opens for line, _ in hits[1:])}  # who is who, in a list at the head
    who |= {above[n] for n in who}
    candidates = {k: left for k, hits in candidates.items() if (left := [h for h in hits if h[0].n not in who])}
    below = {x.n: y.n for x, y in zip(full, full[1:], strict=False)}
    told = {line.n for hits in candidates.values() for line, m in hits if _person(m.group("l"))}
    told -= {n for n in told if below[n] in told}  # who is there, in a list
    persons = {k: left for k, hits in candidates.items() if (left := [h for h in hits if h[0].n in told])}
    if len(persons) < 2 or sum(map(len, persons.values())) < max(4, 0.25 * len(full)):
        persons = {}
    good: dict[str, list[tuple[Line, re.Match[str]]]] = dict(persons)
    shape = {}
    for k, hits in candidates.items():
        label = hits[0][1].group("l")
        marked = sum(1 for line, m in hits if line.features & {"bold", "caps", "heading", "italic", "underline", "bracketed"} or line.stamp or m.group().rstrip().endswith((":", "：")) or m.group()[0] in "[(<{@#"
                     or re.search(r"\d{1,2}[:.]\d{2}", page.shadow[line.p:line.b]) or _below_time(page, line))
        if k in persons or is_head_key(label) and len(hits) < 3 and not known(label):
            continue
        if k in listed or len(hits) >= 2 and (marked >= 0.7 * len(hits) or known(label)) or known(label) and marked:
            good[k] = hits
        elif len(hits) >= 3 and (named(label) or label[0].isupper()) and all(line.opens for line, _ in hits):
            shape[k] = hits
    dotted = any(len(hits) >= 3 and all(m.group().rstrip().endswith(".") for _, m in hits) for hits in good.values())
    shape = {k: hits for k, hits in shape.items() if not any(m.group().rstrip().endswith(".") for _, m in hits) or dotted and not re.search("[aeiou]", k)}  # "Pnny." where "KTA." stands; "Iya." is an answer
    if sum(map(len, (*good.values(), *shape.values()))) >= 0.35 * len(full):
        good |= shape
    total = sum(map(len, good.values()))
    if (len(good) < 2 or total < 4 or total < 0.25 * len(full) and total < 0.4 * blocks) and not set(good) & listed:
        return []
    first = min(line.n for hits in good.values() for line, _ in hits)
    for k, hits in candidates.items():
        label = hits[0][1].group("l")
        if hits[0][0].n < first and not known(label) and not _below_time(page, hits[0][0]):
            continue  # a title
        if k not in good and named(label) and not (hits[0][1].group()[0] == "(" and label[0].islower()) and not is_head_key(label) and all(line.features & {"bold", "caps", "heading"} or m.group().rstrip().endswith(":") or line.opens and total >= 0.35 * len(full) and not m.group().rstrip().endswith(".") for line, m in hits):
            good[k] = hits
    out = []
    for hits in good.values():
        out += [Opener(line.n, _round(m.group("l")), line.p, line.b, "own") for line, m in hits]
    return sorted(out, key=lambda o: o.line)


def labelled(page: Page, listed: Iterable[str] = ()) -> list[Opener]:
    """The lines that open turns by a label, by the sign that explains most of the text; [] when no labels are used."""
    listed = list(listed)
    found = collect(page)
    full = [x for x in page.lines if not x.blank]
    blocks = sum(1 for x in full if x.opens)
    best: tuple[float, list[Opener], set[str]] = (0.0, [], set())
    for name, strength, _ in _SIGNS:
        good = accept(page, found.get(name, []), strength, blocks, listed)
        opens = [o for o in (_slips(found.get(name, []), good) if strength >= 2 else found.get(name, [])) if key(o.label) in good]
        score = len(opens) * (0.6 + 0.2 * strength) * (0.5 if len(good) < 2 else 1)
        if score > best[0]:
            best = (score, opens, good)
    own = own_lines(page, listed)
    if own and len(own) * 1.3 >= best[0]:
        best = (len(own) * 1.3, own, {key(o.label) for o in own})
    if not best[1] or len(best[2]) == 1 and len(best[1]) < 2 and not listed:
        return []
    chosen = {o.line: o for o in best[1]}
    for name, strength, _ in _SIGNS:  # the same labels with another sign now and then ("N;", "P.")
        if strength >= 2 or name in ("dot", "paren", "comma"):
            for o in found.get(name, []):
                if o.line not in chosen and key(o.label) in best[2] and (strength == 3 or o.label in {x.label for x in best[1]} and name not in ("tab", "gap", "dash")):
                    chosen[o.line] = o
    labels = {x.label for x in best[1]}
    last = ""
    for line in full:  # and without any ("N Ora.")
        if line.n in chosen:
            last = key(chosen[line.n].label)
        elif line.opens and (m := re.match(r"(\S+)[ \t]+(?=\S)", page.shadow[line.p:line.b])) and (word := m.group(1)) in labels and key(word) != last and (word.isupper() and len(word) <= 3 or RESEARCHER.match(word)):
            if not (word in ("I", "A") and page.shadow[line.p + m.end()].islower()):
                chosen[line.n] = Opener(line.n, word, line.p, line.p + m.end(), best[1][0].sign)
                last = key(word)
    return [chosen[n] for n in sorted(chosen)]


_RUNNING = re.compile(r"(?:^|(?<=\s))(?P<l>[A-Z]\w{0,20}(?: [A-Z\d]\w{0,15}){0,2})[ \t]*[:：∶꞉](?=\s)", re.M)


def running(page: Page) -> list[Opener]:
    """Labels in the middle of running text ("P: Sudah lama? N: Sudah. P: …"); [] when that is not how it is written."""
    found = [m for m in _RUNNING.finditer(page.shadow) if plausible(m.group("l"), 3)]
    counts = Counter(key(m.group("l")) for m in found)
    good = {k for k, n in counts.items() if n >= 3 and (known(k) or len(k) <= 3 or n >= 5) and not is_head_key(k)}
    openers = [m for m in found if key(m.group("l")) in good]
    changes = sum(key(x.group("l")) != key(y.group("l")) for x, y in zip(openers, openers[1:], strict=False))
    if len(good) < 2 or changes < 0.7 * (len(openers) - 1):
        return []
    return [Opener(0, m.group("l"), m.start(), m.end(), "running") for m in openers]
