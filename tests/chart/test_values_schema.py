"""The schema of the values says what values.yaml and the settings say, and Helm refuses what does not fit."""

from __future__ import annotations

import fnmatch
import re
from typing import Any

import pytest

from .renders import CHART, RenderError, render
from .scripts import values_schema

SETTINGS = {
    "title": "Settings",
    "properties": {
        "port": {"type": "integer", "default": 1},
        "redis_url": {"type": "string"},
        "analyzer_target": {"type": "string"},
        "max_running": {"type": "integer", "minimum": 1, "default": 8, "title": "Max", "description": "Calls."},
        "folder": {"anyOf": [{"type": "string", "format": "path"}, {"type": "null"}], "default": None},
    },
}
SERVICES = """
services:
  gateway:
    config: {}
defaults:
  # -- Pods.
  # @schema {minimum: 0}
  replicas: 1
  image:
    tag: ""
"""


def schema(text: str) -> dict[str, Any]:
    """The schema made of the services above and this text."""
    built: dict[str, Any] = values_schema.build(SERVICES + text, {"gateway": SETTINGS})
    return built


def of(text: str) -> Any:
    """The schema of the value `it` in this text."""
    return schema(text)["properties"]["it"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", "integer"),
        ("0.5", "number"),
        ("true", "boolean"),
        ('"1"', "string"),
        ("[a]", "array"),
        ("{a: 1}", "object"),
    ],
)
def test_a_type_follows_from_the_default(value: str, expected: str) -> None:
    assert of(f"it: {value}")["type"] == expected


def test_a_map_takes_its_own_keys_and_no_others() -> None:
    made = of("it:\n  a:\n    b: 1\n")

    assert made["additionalProperties"] is False
    assert made["properties"]["a"]["additionalProperties"] is False
    assert list(made["properties"]["a"]["properties"]) == ["b"]


def test_a_description_goes_on_over_lines() -> None:
    assert of("# -- One\n# and two.\nit: 1")["description"] == "One and two."


@pytest.mark.parametrize(
    "comment",
    [
        "# @schema {minimum: 2}\n# -- Text",
        "# -- Text\n# @schema {minimum: 2}",
        "# heading\n# @schema {minimum: 2}\n# -- Text",
    ],
)
def test_schema_words_and_description_stand_in_any_order(comment: str) -> None:
    assert of(f"{comment}\nit: 3") == {"type": "integer", "minimum": 2, "description": "Text"}


def test_a_comment_without_dashes_is_no_description() -> None:
    assert of("# Only for those who read the file.\nit: 1") == {"type": "integer"}


def test_a_comment_belongs_to_the_key_right_below_it_alone() -> None:
    made = schema("# -- Of it.\nit: 1\n\nother: 1")["properties"]

    assert "description" not in made["other"]


def test_a_comment_does_not_describe_keys_in_braces() -> None:
    made = of("# -- Of it.\nit: {a: 1}")

    assert "description" not in made["properties"]["a"]


def test_a_nested_key_has_its_own_comment() -> None:
    assert of("it:\n  # -- Of a.\n  a: 1")["properties"]["a"]["description"] == "Of a."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# @schema {enum: [a, b]}\nit: a", {"type": "string", "enum": ["a", "b"]}),
        ('# @schema {type: [string, "null"]}\nit: null', {"type": ["string", "null"]}),
        ('# @schema {$ref: "#/definitions/quantities"}\nit: {cpu: 1}', {"$ref": "#/definitions/quantities"}),
        ("# @schema {items: {type: integer}}\nit: []", {"type": "array", "items": {"type": "integer"}}),
    ],
)
def test_schema_words_are_laid_over_what_the_default_says(text: str, expected: dict[str, Any]) -> None:
    assert of(text) == expected


def test_a_map_that_is_free_keeps_what_is_known_of_it() -> None:
    made = of("# @schema {additionalProperties: true}\nit:\n  known: 1")

    assert made["additionalProperties"] is True
    assert made["properties"] == {"known": {"type": "integer"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("it: {}", "it: an empty map needs @schema"),
        ("it: null", "it: no type follows"),
        ("# @schema minimum\nit: 1", "line 11: @schema wants a mapping"),
        ("# @schema {a: [}\nit: 1", "line 11: what follows @schema is not YAML"),
    ],
)
def test_values_that_say_too_little_are_refused(text: str, said: str) -> None:
    with pytest.raises(values_schema.ValuesError, match=f"^{re.escape(said)}"):
        schema(text)


def test_a_service_takes_every_default_and_its_settings() -> None:
    made = schema("")
    gateway = made["properties"]["services"]["properties"]["gateway"]

    assert gateway["properties"]["replicas"] == {"$ref": "#/definitions/service/properties/replicas"}
    assert made["definitions"]["service"]["properties"]["replicas"]["minimum"] == 0
    assert gateway["additionalProperties"] is False
    assert list(gateway["properties"]) == ["config", "replicas", "image"]


def test_a_key_of_a_service_that_defaults_lack_is_refused() -> None:
    with pytest.raises(values_schema.ValuesError, match=r"services\.gateway: replica is not among defaults"):
        values_schema.build(SERVICES.replace("    config: {}", "    replica: 1"), {"gateway": SETTINGS})


def test_config_takes_the_settings_that_the_chart_does_not_set() -> None:
    config = schema("")["properties"]["services"]["properties"]["gateway"]["properties"]["config"]

    assert config == {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "max_running": {"type": "integer", "minimum": 1, "description": "Calls."},
            "folder": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
    }


def test_an_umbrella_chart_may_set_global_and_enabled() -> None:
    made = schema("")

    assert made["properties"]["global"] == {"type": "object"}
    assert made["properties"]["enabled"]["type"] == "boolean"
    assert made["additionalProperties"] is False


def test_what_the_templates_set_is_what_config_does_not_take() -> None:
    template = (CHART / "templates" / "_settings.tpl").read_text() + (
        CHART / "templates" / "_container.tpl"
    ).read_text()
    names = set(re.findall(r'set \$settings "(\w+)"', template)) | set(
        re.findall(r"^(redis_\w+):", template, re.MULTILINE)
    )
    names |= {name.lower() for name in re.findall(r"\.facts\.prefix \}\}([A-Z_]+)", template)} - {"config_file"}
    names |= {"analyzer_target"} if 'printf "%s_target"' in template else set()

    patterns = set(values_schema.SET_BY_CHART)
    unset = {pattern for pattern in patterns if not any(fnmatch.fnmatch(name, pattern) for name in names)}
    taken = {name for name in names if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)}

    assert (unset, taken) == (set(), set())


def test_the_schema_is_current() -> None:
    assert (CHART / "values.schema.json").read_text() == values_schema.written(CHART), "run `make chart`"


def test_schema_words_stand_above_the_description() -> None:
    # The README is made of the descriptions, and what follows their first line is taken for more of them.
    lines = (CHART / "values.yaml").read_text().splitlines()
    described = False
    late = []
    for number, line in enumerate(lines, start=1):
        words = line.strip()
        described = words.startswith("#") and (described or words.startswith("# -- "))
        if described and words.startswith("# @schema"):
            late.append(number)

    assert late == []


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("services.gateway.config.max_runing=3", "additional properties 'max_runing' not allowed"),
        ("services.gateway.config.port=1", "additional properties 'port' not allowed"),
        ("services.gateway.config.max_running=0", "minimum"),
        ("services.gateway.replica=3", "additional properties 'replica' not allowed"),
        ("services.gateways.replicas=3", "additional properties 'gateways' not allowed"),
        ("services.gateway.replicas=-1", "minimum"),
        ("services.gateway.image.tag=latest", "'not' failed"),
        ("services.gateway.image.digest=sha256:12", "does not match pattern"),
        ("services.gateway.resources.limits.memory=1GB", "does not match pattern"),
        ("redis.mode=cluster", "value must be one of"),
        ("redis.mod=external", "additional properties 'mod' not allowed"),
        ("unknown=1", "additional properties 'unknown' not allowed"),
    ],
)
def test_helm_refuses_what_does_not_fit(assignment: str, said: str) -> None:
    with pytest.raises(RenderError, match=re.escape(said)):
        render(sets=[assignment])


def test_helm_takes_what_fits() -> None:
    render(
        sets=[
            "services.gateway.config.max_running=3",
            "services.gateway.replicas=2",
            "global.free.word=1",
            "enabled=true",
        ]
    )
