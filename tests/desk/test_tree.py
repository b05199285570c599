"""The code tree without a browser: each step through the session's messages, and what the YAML and the journal say afterwards."""

import pytest

from kube_research import history, words
from kube_research.desk import scene
from kube_research.history.kept import bare
from kube_research.study import open_study
from kube_research.waiting import queue, settle
from tests.desk.test_desk import event, one, save, session


def step(s, what, **wanted):
    return one(s.handle({"kind": "book", "what": what, **wanted}), "codes")["made"]


def test_move_retire_define_undo_keep_every_other_byte(study, study_dir):
    path = study_dir / "codebooks/small.yml"
    path.write_text("# by hand\n" + path.read_text().replace("  - id: s.close", "  # close or not\n  - id: s.close"))
    before = path.read_text()
    s = session(study)
    assert step(s, "move", code="s.close", to="s.meet")["said"].endswith("move s.close under s.meet")
    assert step(s, "define", code="s.close", definition="Mereka: kompak #1", include="", exclude="ribut")["notes"] == []
    made = step(s, "retire", code="s.close")
    c = open_study(study_dir).codebook("small")["s.close"]
    assert (c.parent, c.definition["en"], c.exclude, c.retired, made["version"]) == ("s.meet", "Mereka: kompak #1", "ribut", True, "1.0.3")
    assert step(s, "define", code="s.close", definition="Mereka: kompak #1")["version"] == ""  # nothing to do
    rows = one(s.handle({"kind": "steps", "book": "small"}), "steps")["steps"]
    assert [(r["version"], r["can"], r["who"]) for r in rows] == [("1.0.3", True, "ani"), ("1.0.2", True, "ani"), ("1.0.1", True, "ani")]
    for version in ("1.0.3", "1.0.2", "1.0.1"):
        step(s, "undo", book="small", version=version)
    assert bare(path.read_text()) == bare(before)
    assert [r["undone"] for r in history.steps(open_study(study_dir).codebook("small"))] == [False] * 3 + [True] * 3
    for wrong in ({"what": "move", "code": "s.meet", "to": "s.meet"}, {"what": "split", "code": "s.meet", "into": ["one"]}, {"what": "define", "code": "s.meet", "definition": " "}, {"what": "undo", "book": "nix"}, {"what": "rules", "code": "s.meet"}):
        text = path.read_text()
        assert one(s.handle({"kind": "book", **wrong}), "told")["level"] == "error" and path.read_text() == text


def test_a_card_speaks_the_language_of_the_desk_and_is_edited_in_it(study, study_dir):
    path = study_dir / "codebooks/small.yml"
    path.write_text(path.read_text().replace("  - id: s.close\n", "  - id: s.close\n    include: {id: Hangat., en: Warm.}\n    exclude: Ribut.\n"))
    shown = {}
    for language in ("id", "en"):
        with words.using(language):
            shown[language] = next((c["include"], c["exclude"]) for c in scene.codes(open_study(study_dir).codebooks()) if c["id"] == "s.close")
    assert shown == {"id": ("Hangat.", "Ribut."), "en": ("Warm.", "Ribut.")}
    step(session(open_study(study_dir)), "define", code="s.close", include="Warm, near.", exclude="Noise.")
    assert "include: {id: Hangat., en: \"Warm, near.\"}\n    exclude: Noise.\n" in path.read_text()


def test_the_codings_of_a_split_code_are_decided_at_the_desk(study, study_dir):
    s = session(study)
    save(s, event(study, "Nggak kompak kok.", "s.close"), event(study, "Kasnya sih ada.", n=2))
    replies = s.handle({"kind": "book", "what": "split", "code": "s.close", "into": ["Rukun", "", "Setia kawan!"]})
    made, layer = one(replies, "codes")["made"], one(replies, "layer")
    assert made["into"] == ["s.rukun", "s.setia_kawan"] and [(w["id"], w["codes"]) for w in layer["waiting"]] == [("coding00000001", ["s.rukun", "s.setia_kawan"])]
    assert one(s.handle({"kind": "progress"}), "progress")["documents"]["a1"]["waiting"] == 1
    save(s, {"id": "split00000001", "event": "change", "coding": "coding00000001", "code": "s.rukun", "settles": True, "gesture": "g"})
    fresh = open_study(study_dir)
    assert not queue(fresh) and one(s.handle({"kind": "refresh", "document": "a1"}), "layer")["waiting"] == []
    assert "waits again" in settle(fresh, "coding00000001", undo=True, who="ani")  # the command takes back what the desk decided
    assert [i.codes for i in queue(open_study(study_dir))] == [("s.rukun", "s.setia_kawan")]


@pytest.mark.parametrize("value", ["a: b", "- x", "# no", "yes", '"quoted"', "tab\tand\nnewline", "😀 𝒳"])
def test_any_words_can_be_a_definition(study, study_dir, value):
    s = session(study)
    step(s, "define", code="s.meet", definition=value)
    assert open_study(study_dir).codebook("small")["s.meet"].definition["en"] == " ".join(value.split())
