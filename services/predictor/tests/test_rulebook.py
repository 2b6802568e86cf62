"""Rules are data: what is checked when they are read, and what they say."""

import re

import pytest

from film.movement import Family, Movement, mirrored
from predictor.adapters.rule_files import SHIPPED, RuleFileError, load
from predictor.core.errors import UnknownPack, UnknownRule
from predictor.core.rule import Kind
from predictor.core.vocabulary import VOCABULARY

POLICY = (SHIPPED / "policy.yaml").read_text()
RULE = """
pack: mine
rules:
  - id: rule_900
    name: Mine
    kind: propose
    movements: [dolly_in]
    requires: ["depth.quality >= 0.2"]
    evidence:
      - {expression: "depth.range", weight: 1.0}
    reason: "Depth ({depth.range})"
    citation: "mine"
"""


def folder(tmp_path, text=RULE, policy=POLICY):
    (tmp_path / "policy.yaml").write_text(policy)
    (tmp_path / "mine.yaml").write_text(text)
    return tmp_path


def refusal(tmp_path, text, policy=POLICY) -> RuleFileError:
    with pytest.raises(RuleFileError) as caught:
        load(folder(tmp_path, text, policy))
    return caught.value


def test_every_published_rule_is_known(book):
    for number in range(1, 48):
        assert book.find(f"rule_{number:03}")
    for number in range(1, 9):
        assert book.find(f"movement_{number:03}")


def test_at_least_two_dozen_published_rules_are_in_force(book):
    published = [item for item in book if re.fullmatch(r"(rule|movement)_\d{3}", item.rule.id)]

    assert len(published) >= 24


def test_an_alias_is_the_same_rule(book):
    assert book.find("rule_034") is book.find("rule_005")


def test_an_unknown_rule_names_the_nearest(book):
    with pytest.raises(UnknownRule) as caught:
        book.find("rule_0002")

    assert caught.value.nearest == "rule_002"


def test_an_unknown_pack_names_those_there_are(book):
    with pytest.raises(UnknownPack) as caught:
        book.listed(pack="nope", include_disabled=False)

    assert "composition" in caught.value.known


def test_disabled_rules_are_listed_only_on_request_and_say_why(book):
    listed = {item.rule.id for item in book.listed(pack="environment", include_disabled=False)}
    every = book.listed(pack="environment", include_disabled=True)

    assert "movement_006_rain" not in listed
    assert next(item for item in every if item.rule.id == "movement_006_rain").rule.disabled_because
    assert all(not item.rule.disabled_because for item in book)


def test_a_small_rule_is_read(tmp_path):
    book = load(folder(tmp_path))

    assert [item.rule.id for item in book] == ["rule_900"]
    assert book.find("rule_900").rule.kind is Kind.PROPOSE


def test_the_version_changes_with_any_rule_and_not_with_the_layout(tmp_path):
    one = load(folder(tmp_path)).version
    same = load(folder(tmp_path, RULE + "\n# a remark\n")).version
    other = load(folder(tmp_path, RULE.replace("weight: 1.0", "weight: 1.1"))).version
    policy = load(folder(tmp_path, policy=POLICY.replace("least_quality: 0.15", "least_quality: 0.2"))).version

    assert one == same
    assert len({one, other, policy}) == 3


def test_the_movements_of_a_rule_without_sides_hold_both(book):
    movements = book.find("rule_014_wide").movements

    assert {mirrored(movement) for movement in movements} == set(movements)


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("depth.quality >= 0.2", "depth.qualty >= 0.2"), 7, "undeclared reference to 'depth.qualty'"),
        (("depth.quality >= 0.2", "depth.quality"), 7, "must give true or false"),
        (('"depth.range"', '"depth.range > 0.1"'), 9, "must give a number"),
        (('"depth.range"', '"depth.range +"'), 9, "Syntax error"),
        (('"depth.range"', '"0.7"'), 9, "reads a metric"),
        (('"depth.range"', '"composition.open_left"'), 4, "tells left from right"),
        (("weight: 1.0", "weight: 9.0"), 9, "less than or equal to 4"),
        (("name: Mine", "nmae: Mine"), 4, "name: Field required"),
        (("kind: propose", "kind: suppose"), 6, "rules.0.kind"),
        (("[dolly_in]", "[fly]"), 7, "rules.0.movements.0"),
        (("[dolly_in]", "[pan_left]"), 7, "lateral rule only"),
        (("[dolly_in]", "[]"), 4, "names either movements"),
        (("({depth.range})", "({depth.rnge})"), 12, "is not a metric"),
        (("({depth.range})", "({composition.open_left})"), 12, "only lateral rules may name it"),
        (("citation:", "parameters: {anchor: nowhere}\n    citation:"), 13, "the anchor is one of"),
        (("citation:", "wish: {moods: [angry]}\n    citation:"), 13, "'angry' is none of"),
        (("pack: mine", "pack: [mine"), 3, "is not YAML"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_with_its_line(tmp_path, change, line, words):
    assert change[0] in RULE

    found = refusal(tmp_path, RULE.replace(*change))

    assert words in str(found)
    assert abs(found.line - line) <= 1
    assert str(found).startswith(f"mine.yaml:{found.line}: ")


def test_a_proposal_without_evidence_is_refused(tmp_path):
    text = RULE.replace('    evidence:\n      - {expression: "depth.range", weight: 1.0}\n', "")

    assert "needs evidence" in str(refusal(tmp_path, text))


def test_a_rule_that_weighs_nothing_is_refused(tmp_path):
    text = RULE.replace("kind: propose", "kind: weigh").replace("[dolly_in]", "[]")

    assert "names the movements or actions" in str(refusal(tmp_path, text))


def test_a_rule_that_proposes_two_actions_is_refused(tmp_path):
    text = RULE.replace("movements: [dolly_in]", "actions: [walk, gesture]")

    assert "proposes one action" in str(refusal(tmp_path, text))


def test_the_same_id_twice_is_refused(tmp_path):
    twice = RULE + RULE.split("rules:\n", 1)[1]

    assert "is there already" in str(refusal(tmp_path, twice))


def test_an_alias_that_is_taken_is_refused(tmp_path):
    other = RULE.split("rules:\n", 1)[1].replace("id: rule_900", "id: rule_901\n    aliases: [rule_900]")

    assert "already the name of rule_900" in str(refusal(tmp_path, RULE + other))


def test_a_family_without_a_prior_is_refused(tmp_path):
    found = refusal(tmp_path, RULE, re.sub(r"    crane: .*\n", "", POLICY))

    assert "the family crane has no prior" in str(found)
    assert found.path.name == "policy.yaml"


@pytest.mark.parametrize("name", ["policy.yaml", "mine.yaml"])
def test_a_folder_without_policy_or_packs_is_refused(tmp_path, name):
    (folder(tmp_path) / name).unlink()

    with pytest.raises(RuleFileError, match=r"needs policy\.yaml"):
        load(tmp_path)


def test_an_empty_pack_is_refused(tmp_path):
    assert "is empty" in str(refusal(tmp_path, ""))


def test_a_pack_that_cannot_be_read_is_refused(tmp_path):
    path = folder(tmp_path) / "mine.yaml"
    path.unlink()
    path.mkdir()

    with pytest.raises(RuleFileError, match="cannot be read"):
        load(tmp_path)


def test_every_metric_mirrors_onto_itself_in_two_steps():
    for metric in VOCABULARY.values():
        assert VOCABULARY[metric.twin].twin == metric.name
        assert metric.mirrored(metric.mirrored(0.25)) == 0.25


def test_every_odd_metric_names_its_side():
    odd = [metric for metric in VOCABULARY.values() if metric.odd]

    assert all("left" in metric.sentence(-0.5) and "right" in metric.sentence(0.5) for metric in odd)
    assert all("neither side" in metric.sentence(0.0) for metric in odd)


def test_every_family_has_an_amplitude_that_grows(book):
    from predictor.core.making import AMPLITUDES, UNITS, amplitude

    for name in Family:
        assert amplitude(name, 0.0) <= amplitude(name, 0.25) <= amplitude(name, 0.75) <= amplitude(name, 1.0)
        assert bool(UNITS[name]) == (AMPLITUDES[name][2] > 0)


def test_every_movement_has_words():
    from predictor.core.wording import WORDS

    assert set(WORDS) == set(Movement)
