"""kube_research: every claim of a thesis walks back to a character in a transcript, and is recomputed by one command.

>>> import kube_research as kr
>>> study = kr.open_study()                                      # doctest: +SKIP
>>> hits = kr.autocode(study.corpus, study.codebook("mentoring"))  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

# public name → the module that holds it; imported when first used, so that `import kube_research` stays quick
_PUBLIC = {
    "open_study": "study", "Study": "study", "KubeError": "model", "Corpus": "corpus", "Document": "corpus", "Codebook": "codebook", "load_codebook": "codebook:load",
    "Codings": "codings", "Coding": "model", "Journal": "journal", "apply_codebook": "scale", "autocode": "engine", "explain": "engine", "families": "engine",
    "cross": "matrix", "Matrix": "matrix", "cooccurrence": "meeting", "framework": "matrix", "quotes": "quotations", "negative_cases": "quotations",
    "agreement": "intercoder", "Agreement": "intercoder", "recode": "intercoder.again", "adjudicate": "desk.adjudicating", "Adjudication": "adjudication", "status": "standing", "memos": "memo", "pseudonyms": "decisions", "Memos": "memo", "kwic": "search", "collocations": "search", "dispersion": "search", "plot": "plot:", "to_doc": "exchange.spacy_docs", "from_doc": "exchange.spacy_docs", "displacy": "exchange.spacy_docs",
    "saturation": "saturation", "compare": "comparison", "keyness": "comparison", "qca": "qca", "evaluate": "evaluate", "elusion": "evaluate", "Finding": "finding",
    "reviews": "review", "claims": "claims",
    "bind": "bind", "verify": "verify",
    "codebook_diff": "history.compare", "queue": "waiting", "decide": "desk.deciding", "coding_diff": "history.changes", "rule_change": "preview",
    "use_language": "words:use", "desk": "desk", "coding_page": "desk",
}
__all__ = sorted([*_PUBLIC, "__version__"])


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'kube_research' has no attribute {name!r}")
    module, colon, attribute = _PUBLIC[name].partition(":")
    value: Any = importlib.import_module(f".{module}", __name__)
    if attribute or not colon:  # "plot:" is the module itself
        value = getattr(value, attribute or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


class _Package(ModuleType):
    """This package: a submodule imported somewhere (`kube_research.claims`) never hides the public function of its name (`kr.claims`)."""

    def __setattr__(self, name: str, value: Any) -> None:
        target, colon, attribute = _PUBLIC.get(name, ":").partition(":")
        if not (isinstance(value, ModuleType) and target == name and (attribute or not colon)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
