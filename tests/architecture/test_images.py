"""Five images in one form: each holds its own service and what that stands on, and nothing else reaches a build."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
HOUSES: Final = {
    "analyzer": "services/analyzer",
    "predictor": "services/predictor",
    "expander": "services/expander",
    "generator": "services/generator",
    "gateway": "gateway",
}
LIBRARIES: Final = {"animatize-chassis": "libs/chassis", "animatize-film": "libs/film"}
# The generator's video library brings the encoder along, see NOTICE.
LICENCES: Final = {"generator": "MIT AND GPL-2.0-or-later"}
PRODUCT_LICENCE: Final = "MIT"
# Denied again after all that is allowed: what running leaves beside the sources.
LEFT_OVER: Final = {"**/__pycache__", "**/*.pyc"}
OTHERS: Final = sorted(ROOT.glob("tests/cluster/images/*.Dockerfile"))
LABEL: Final = "org.opencontainers.image"

Instruction = tuple[str, str]


def dockerfile(house: str) -> str:
    return (ROOT / HOUSES[house] / "Dockerfile").read_text()


def project(folder: str) -> dict[str, Any]:
    return dict(tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"])


def libraries(house: str) -> list[str]:
    """The folders of the libraries that a service declares."""
    declared = {requirement.split("[")[0] for requirement in project(HOUSES[house])["dependencies"]}
    return [folder for name, folder in LIBRARIES.items() if name in declared]


def members(house: str) -> list[str]:
    """The folders whose distributions are in the image, in the order in which they are built."""
    return ["protos", *libraries(house), HOUSES[house]]


def stages(text: str) -> list[list[Instruction]]:
    """The instructions before the first FROM, then those of each stage; comments gone, continued lines joined."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    found: list[list[Instruction]] = [[]]
    for line in re.sub(r"\\\n\s*", "", lines).splitlines():
        if line.strip():
            word, _, rest = line.partition(" ")
            if word == "FROM":
                found.append([])
            found[-1].append((word, rest.strip()))
    return found


def given(stage: list[Instruction], word: str) -> list[str]:
    return [rest for name, rest in stage if name == word]


def pairs(values: list[str]) -> dict[str, str]:
    """The names and values of ENV or LABEL instructions."""
    found = re.findall(r'(\S+?)=("[^"]*"|\S+)', " ".join(values))
    return {name: value.strip('"') for name, value in found}


def copied(stage: list[Instruction]) -> list[str]:
    """What a stage copies, from wherever, when no argument is given."""
    defaults = pairs(given(stage, "ARG"))
    written = [source for rest in given(stage, "COPY") for source in rest.split()[:-1]]
    return [re.sub(r"\$\{(\w+)\}", lambda name: defaults.get(name[1], name[0]), source) for source in written]


def expected_copies(house: str) -> set[str]:
    sources = {folder: "gen" if folder == "protos" else "src" for folder in members(house)}
    own = {f"{folder}/{name}" for folder, inner in sources.items() for name in ("pyproject.toml", inner)}
    return own | {"locks/bootstrap.txt", f"locks/{house}.txt", "locks/dev.txt", "LICENSE", "NOTICE"}


def form(house: str, text: str) -> str:
    """A Dockerfile with all that may differ taken out or called by one name."""
    text = re.sub(rf"^COPY ({'|'.join(LIBRARIES.values())})/.*\n", "", text, flags=re.MULTILINE)
    text = text.replace("".join(f" {folder}" for folder in libraries(house)), "")
    text = re.sub(r"^EXPOSE \d+$", "EXPOSE port", text, flags=re.MULTILINE)
    text = re.sub(rf'({LABEL}\.(description|licenses))="[^"]*"', r"\1", text)
    # The gateway's folder has the gateway's name, so a folder is told by what follows it.
    text = text.replace(f"{HOUSES[house]}/", "FOLDER/").replace(f"{HOUSES[house]};", "FOLDER;")
    return text.replace(house, "service").replace(house.upper(), "SERVICE")


def faults(house: str, text: str) -> set[str]:
    """What is wrong with a service's Dockerfile, each in a word."""
    before, builder, final = stages(text)
    settings = importlib.import_module(f"{house}.settings")
    environment = pairs(given(final, "ENV"))
    labels = pairs(given(final, "LABEL"))
    own = project(HOUSES[house])
    arguments = pairs(given(final, "ARG"))
    base = pairs(given(before, "ARG")).get("BASE_IMAGE", "")
    installs = re.findall(r"(?:pip install|uv pip sync|uv build)[^&;]*", " ".join(given(builder, "RUN")))
    unpinned = [command for command in installs if not {"--require-hashes", "--no-deps"} & set(command.split())]
    built = re.findall(r"for member in ([^;]+);", text)
    checks = {
        "base": base.startswith("python:3.11-slim-") and ":latest" not in text,
        "stages": given(builder, "FROM") == ["${BASE_IMAGE} AS builder"] and given(final, "FROM") == ["${BASE_IMAGE}"],
        "copies": set(copied(builder)) == expected_copies(house),
        "members": built == [" ".join(members(house))],
        "pins": installs != [] and unpinned == [],
        "final copies": given(final, "COPY") == ["--from=builder /venv /venv"],
        "final runs": given(final, "RUN") == [] and given(final, "ADD") == [],
        "user": given(final, "USER") == ["65532:65532"],
        "entry": [json.loads(entry) for entry in given(final, "ENTRYPOINT")] == [["python", "-m", house]],
        "port": given(final, "EXPOSE") == [str(settings.Settings.model_fields["port"].default)],
        "host": environment.get(f"{settings.PREFIX}HOST") == "0.0.0.0",
        "title": labels.get(f"{LABEL}.title") == own["name"],
        "description": labels.get(f"{LABEL}.description") == own["description"],
        "licence": labels.get(f"{LABEL}.licenses") == LICENCES.get(house, PRODUCT_LICENCE),
        "version": arguments.get("VERSION") == own["version"] and labels.get(f"{LABEL}.version") == "${VERSION}",
    }
    return {name for name, holds in checks.items() if not holds}


def hadolint() -> Path:
    """The linter that the environment brings; a skip where it does not."""
    beside = Path(sys.executable).parent / "hadolint"
    found = beside if beside.exists() else shutil.which("hadolint")
    if found is None:
        pytest.skip("hadolint is not installed")
    return Path(found)


def linted(*files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([hadolint(), "--no-color", *files], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("house", HOUSES)
def test_an_image_holds_its_service_and_what_that_stands_on(house: str) -> None:
    assert faults(house, dockerfile(house)) == set()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("BASE_IMAGE=python:3.11-slim-bookworm", "BASE_IMAGE=python:latest", "base"),
        ("FROM ${BASE_IMAGE}\n", "FROM debian:12\n", "stages"),
        ("COPY protos/gen protos/gen", "COPY protos protos", "copies"),
        ("COPY libs/film/src libs/film/src\n", "", "copies"),
        ("COPY services/analyzer/src services/analyzer/src", "COPY services services", "copies"),
        ("ARG LOCK=analyzer", "ARG LOCK=generator", "copies"),
        ("libs/film services/analyzer; do", "services/analyzer; do", "members"),
        ("--require-hashes --only-binary :all: --requirement", "--requirement", "pins"),
        ("uv pip sync --quiet --require-hashes", "uv pip sync --quiet", "pins"),
        ("--require-hashes --build-constraints", "--build-constraints", "pins"),
        ("COPY --from=builder /venv /venv", "COPY --from=builder / /", "final copies"),
        ("USER 65532:65532", "RUN apt-get update\nUSER 65532:65532", "final runs"),
        ("USER 65532:65532", "USER nobody", "user"),
        ('"-m", "analyzer"]', '"-m", "generator"]', "entry"),
        ("EXPOSE 50051", "EXPOSE 50054", "port"),
        ("ANIMATIZE_ANALYZER_HOST", "ANIMATIZE_GENERATOR_HOST", "host"),
        ('title="animatize-analyzer"', 'title="analyzer"', "title"),
        ("What is in the still.", "A still.", "description"),
        ('licenses="MIT"', 'licenses="GPL-2.0-or-later"', "licence"),
        ("ARG VERSION=0.1.0", "ARG VERSION=0.0.9", "version"),
    ],
)
def test_a_breach_is_found(old: str, new: str, fault: str) -> None:
    text = dockerfile("analyzer")
    assert old in text

    assert fault in faults("analyzer", text.replace(old, new, 1))


def test_the_images_have_one_form() -> None:
    forms = {house: form(house, dockerfile(house)) for house in HOUSES}

    assert {house for house, text in forms.items() if text != forms["analyzer"]} == set()


def test_a_line_that_only_one_image_has_is_found() -> None:
    changed = dockerfile("gateway").replace("PYTHONUNBUFFERED=1 ", "")

    assert form("gateway", changed) != form("analyzer", dockerfile("analyzer"))


def test_a_build_is_given_what_the_dockerfiles_copy_and_nothing_else() -> None:
    text = (ROOT / ".dockerignore").read_text()
    rules = [line for line in text.splitlines() if line and not line.startswith("#")]
    allowed = [rule.removeprefix("!") for rule in rules if rule.startswith("!")]

    assert rules[0] == "*"
    assert set(rules[1 + len(allowed) :]) == LEFT_OVER
    copies = set().union(*(copied(stages(dockerfile(house))[1]) for house in HOUSES))
    # An image may be built with a larger lock of its service.
    larger = {f"locks/{path.name}" for house in HOUSES for path in (ROOT / "locks").glob(f"{house}-*.txt")}
    assert sorted(allowed) == sorted(copies | larger)
    assert [path for path in allowed if not (ROOT / path).exists()] == []


def test_the_linter_finds_nothing_in_any_dockerfile() -> None:
    done = linted(*(ROOT / folder / "Dockerfile" for folder in HOUSES.values()), *OTHERS)

    assert (done.returncode, done.stdout) == (0, "")


def test_the_linter_would_find_an_image_without_a_version(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(dockerfile("analyzer").replace("FROM ${BASE_IMAGE}\n", "FROM python:latest\n"))

    done = linted(path)

    assert done.returncode != 0
    assert "DL3007" in done.stdout
