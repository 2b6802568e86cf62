"""Rule files checked and tried at a terminal, without a server."""

import io
import json

import pytest

from predictor import __main__ as door
from predictor.adapters import rule_files, rules_command

RULE = """
pack: mine
rules:
  - id: rule_900
    name: Mine
    kind: propose
    movements: [dolly_in]
    requires: ["depth.quality >= 0.2"]
    evidence:
      - {expression: "ramp(depth.range, 0.2, 0.8)", weight: 1.0}
    reason: "Depth ({depth.range})"
    citation: "mine"
    examples:
      fires:
        - {depth.quality: 0.6, depth.range: 0.5}
      silent:
        - {depth.quality: 0.1, depth.range: 0.5}
        - {depth.quality: {value: 0.6, quality: 0.05}, depth.range: 0.5}
"""
FIRES = "- {depth.quality: 0.6, depth.range: 0.5}"


def ran(*arguments):
    """The exit code and what was written."""
    out = io.StringIO()
    code = rules_command.run(
        [str(item) for item in arguments], review=rule_files.review, shipped=rule_files.SHIPPED, out=out
    )
    return code, out.getvalue()


@pytest.fixture
def pack(tmp_path):
    """Writes a pack and gives its path."""

    def write(text=RULE, name="mine.yaml"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_without_arguments_it_says_how_it_is_used():
    code, text = ran()

    assert code == 2
    assert "lint" in text
    assert "exit codes" in text


@pytest.mark.parametrize("arguments", [["polish"], ["lint", "--loud"]])
def test_what_it_does_not_know_is_misuse(arguments, capsys):
    assert ran(*arguments)[0] == 2
    assert "usage" in capsys.readouterr().err


def test_help_is_no_failure(capsys):
    assert ran("--help")[0] == 0
    assert "lint" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_misuse(tmp_path):
    code, text = ran("lint", tmp_path / "nothing.yaml")

    assert code == 2
    assert "is not there" in text


def test_the_rules_that_ship_are_sound_and_meant_when_no_file_is_named():
    code, text = ran("lint")

    assert code == 0, text
    assert "0 problems" in text


def test_the_rules_that_ship_hold_their_examples():
    code, text = ran("test")

    assert code == 0, text


def test_a_sound_pack_alone_passes_with_the_policy_that_ships(pack):
    code, text = ran("lint", pack())

    assert code == 0
    assert text == "1 pack, 1 rule, 0 problems, 0 advice\n"


def test_every_fault_is_told_with_its_file_and_line(pack):
    text = RULE.replace("name: Mine", "nmae: Mine").replace("weight: 1.0", "weight: 9.0")
    path = pack(text)

    code, told = ran("lint", path)

    assert code == 1
    assert f"{path}:10: rules.0.evidence.0.weight" in told
    assert f"{path}:5: rules.0.nmae" in told
    assert "3 problems" in told


def test_faults_of_several_files_are_told_at_once(pack, tmp_path):
    pack(RULE.replace("depth.quality >= 0.2", "depth.qualty >= 0.2"))
    pack(RULE.replace("rule_900", "rule_901").replace("depth.range, 0.2", "depth.range 0.2"), "other.yaml")
    (tmp_path / "policy.yaml").write_text((rule_files.SHIPPED / "policy.yaml").read_text())

    _, told = ran("lint", tmp_path)

    assert "mine.yaml:8" in told
    assert "other.yaml:10" in told


def test_a_folder_without_a_policy_is_not_sound(pack, tmp_path):
    pack()

    assert "needs policy.yaml" in ran("lint", tmp_path)[1]


def test_a_file_that_is_no_text_or_not_there_is_a_fault_and_raises_nothing(tmp_path):
    for name, content, words in (
        ("latin.yaml", "caf\xe9: 1".encode("latin-1"), "is not text in UTF-8"),
        ("odd.yaml", b"pack: \x01", "characters that text does not have"),
        ("gone.yaml", None, "cannot be read"),
    ):
        if content is not None:
            (tmp_path / name).write_bytes(content)

        found = rule_files.review(tmp_path / name)

        assert words in found.problems[0].text


def test_a_link_that_leads_nowhere_shows_in_stamp_and_digest(pack, tmp_path):
    pack()
    before = rule_files.stamp(tmp_path), rule_files.written(tmp_path)
    (tmp_path / "other.yaml").symlink_to(tmp_path / "nowhere")

    assert rule_files.stamp(tmp_path) == before[0]
    assert rule_files.written(tmp_path) != before[1]


def test_a_policy_can_be_looked_at_alone(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text((rule_files.SHIPPED / "policy.yaml").read_text().replace("crane:", "cran:"))

    code, told = ran("lint", path)

    assert code == 1
    assert "policy.yaml" in told


def test_a_broken_policy_leaves_nothing_to_try(pack, tmp_path):
    (tmp_path / "policy.yaml").write_text("policy: []")

    code, told = ran("test", pack())

    assert code == 1
    assert "0 examples" in told


def test_a_family_that_the_policy_forgets_is_told_in_the_policy(pack, tmp_path):
    text = (rule_files.SHIPPED / "policy.yaml").read_text()
    (tmp_path / "policy.yaml").write_text("\n".join(line for line in text.splitlines() if "crane:" not in line))

    assert "policy.yaml:1: rule policy, priors: the family crane has no prior" in ran("lint", pack())[1]


def test_an_alias_that_is_taken_is_told_at_the_rule_that_takes_it(pack):
    other = RULE.split("rules:\n", 1)[1].replace("id: rule_900", "id: rule_901\n    aliases: [rule_900]")

    assert "already the name of rule_900" in ran("lint", pack(RULE + other))[1]


def test_a_rule_without_examples_is_advised_to_have_some_and_strictly_fails(pack):
    path = pack(RULE.split("    examples:")[0])

    assert ran("lint", path)[0] == 0
    code, told = ran("lint", path, "--strict")
    assert code == 1
    assert (
        "mine.yaml:4: advice: rule_900 (Mine) has no example in which it fires and none in which it is silent" in told
    )


def test_a_disabled_rule_is_advised_to_show_its_figure(pack):
    text = RULE + '    disabled_because: "not better than chance"\n'

    assert "without a figure" in ran("lint", pack(text))[1]
    assert "without a figure" not in ran("lint", pack(text.replace("chance", "chance (AUC 0.52)")))[1]


def test_examples_that_hold_are_counted(pack):
    code, told = ran("test", pack())

    assert code == 0
    assert "held    rule_900  Mine: fires 1, silent 2" in told
    assert told.endswith("1 pack, 1 rule, 3 examples: 3 held, 0 failed\n")


@pytest.mark.parametrize(
    ("example", "why"),
    [
        ("- {depth.quality: 0.1, depth.range: 0.5}", "needs depth.quality >= 0.2 (depth.quality is 0.10)"),
        ("- {depth.range: 0.5}", "depth.quality was not measured"),
        ("- {depth.quality: 0.6, depth.range: 0.1}", "none of its evidence says anything"),
    ],
)
def test_an_example_that_does_not_fire_says_which_requirement_failed(pack, example, why):
    code, told = ran("test", pack(RULE.replace(FIRES, example)))

    assert code == 1
    assert "FAILED  rule_900" in told
    assert "line 15: fires 1 must fire" in told
    assert why in told


def test_an_example_that_should_be_silent_and_fires_says_what_spoke(pack):
    code, told = ran(
        "test", pack(RULE.replace("{depth.quality: 0.1, depth.range: 0.5}", "{depth.quality: 0.6, depth.range: 0.5}"))
    )

    assert code == 1
    assert "line 17: silent 1 must be silent, but it fires: depth.range 0.50 [+0.26]" in told


def test_a_wish_is_part_of_an_example(pack):
    asked = RULE.replace("    reason:", "    wish: {moods: [calm]}\n    reason:")

    without = ran("test", pack(asked))
    told = ran("test", pack(asked.replace("depth.range: 0.5}", "depth.range: 0.5, wish: {mood: calm}}")))

    assert without[0] == 1
    assert "does not ask for it" in without[1]
    assert told[0] == 0


@pytest.mark.parametrize(
    ("example", "words"),
    [
        ("- {depth.qualty: 0.6}", "'depth.qualty' is not a metric; the nearest is depth.quality"),
        ("- {depth.quality: 1.6}", "depth.quality is never 1.6: it lies between 0 and 1"),
        ("- {depth.quality: {value: 0.6, quality: 2.0}}", "less than or equal to 1"),
        ("- {depth.quality: 0.6, wish: {mood: angry}}", "'angry' is none of"),
        ("- depth.quality", "examples.fires.0"),
    ],
)
def test_an_example_that_no_still_could_give_is_refused(pack, example, words):
    path = pack(RULE.replace(FIRES, example))

    code, told = ran("lint", path)

    assert code == 1
    assert words in told
    assert f"{path}:15:" in told


def test_a_lateral_rule_is_tried_as_it_is_written(pack):
    text = """
pack: mine
rules:
  - id: rule_900
    name: Mine
    kind: propose
    lateral: true
    movements: [pan_right]
    requires: ["composition.salient_offset >= 0.2"]
    evidence:
      - {expression: "composition.salient_offset", weight: 1.0}
    reason: "To the {ahead}"
    citation: "mine"
    examples:
      fires: [{composition.salient_offset: 0.5}]
      silent: [{composition.salient_offset: -0.5}]
"""

    assert ran("test", pack(text))[0] == 0


def test_examples_do_not_change_the_version_of_the_rules(pack, tmp_path):
    (tmp_path / "policy.yaml").write_text((rule_files.SHIPPED / "policy.yaml").read_text())
    pack()
    before = rule_files.load(tmp_path).version
    pack(RULE.split("    examples:")[0])

    assert rule_files.load(tmp_path).version == before


def test_programs_get_json(pack):
    code, text = ran("test", pack(RULE.replace(FIRES, "- {depth.range: 0.5}")), "--json")

    found = json.loads(text)
    assert code == 1
    assert not found["ok"]
    assert (found["packs"], found["rules"], found["problems"], found["advice"]) == (1, 1, [], [])
    assert found["examples"][0]["example"] == "fires 1"
    assert found["examples"][0]["line"] == 15
    assert [item["held"] for item in found["examples"]] == [False, True, True]
    assert "examples" not in json.loads(ran("lint", pack(), "--json")[1])


def test_the_front_door_leads_to_it(capsys):
    assert door.main(["rules", "lint"]) == 0
    assert "0 problems" in capsys.readouterr().out


def test_the_front_door_refuses_what_it_does_not_know(capsys):
    assert door.main(["rule"]) == 2
    assert "python -m predictor rules" in capsys.readouterr().err


def test_a_pipe_among_the_rules_is_refused_and_never_waited_for(tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe.yaml")

    code, text = ran("lint", tmp_path / "pipe.yaml")

    assert code == 1
    assert "no regular file" in text
    assert rule_files.written(tmp_path)


@pytest.mark.parametrize("reason", ["half {", "half }"])
def test_braces_that_do_not_match_are_told_with_their_line(pack, reason):
    code, text = ran("lint", pack(RULE.replace('"Depth ({depth.range})"', f'"{reason}"')))

    assert code == 1
    assert "mine.yaml:11" in text
    assert "braces" in text


def test_what_is_nested_too_deeply_is_refused(pack):
    code, text = ran("lint", pack("pack: " + "[" * 3000 + "]" * 3000))

    assert code == 1
    assert "nested too deeply" in text


def test_an_expression_beyond_the_librarys_bounds_counts_as_not_measured(pack):
    bomb = "depth.range >= 0.0"
    for name in "abcdef":
        bomb = f"[1,2,3,4,5,6,7,8,9].all({name},{bomb})"
    text = RULE.replace('"depth.quality >= 0.2"', f'"{bomb}"')

    code, told = ran("test", pack(text))

    # What cannot be worked out holds nothing, so the rule stays silent where it should have spoken.
    assert code == 1
    assert "rule_900" in told
