"""Rule packs from YAML files: read once at start, checked field by field, refused with file and line."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from film.movement import Family, Movement
from predictor.core.errors import RulebookError
from predictor.core.intent import GENRES, MOODS, PURPOSES
from predictor.core.rule import Kind, Parameters, Policy, Rule, Weighted, Wish
from predictor.core.rulebook import Rulebook
from predictor.core.vocabulary import REGIONS

SHIPPED: Final = Path(__file__).parent.parent / "packs"
"""The folder of the rules that ship with the service."""

POLICY_FILE: Final = "policy.yaml"

M = TypeVar("M", bound=BaseModel)

Text = Annotated[str, Field(min_length=1, max_length=500)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,60}$")]


class RuleFileError(Exception):
    """A rule file that cannot be used. path, line (from 1): where; problem: what is wrong there."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path.name}:{line}: {problem}")
        self.path = path
        self.line = line
        self.problem = problem


def _one_of(names: tuple[str, ...]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in names:
            raise ValueError(f"{value!r} is none of {', '.join(name or repr(name) for name in names)}")
        return value

    return AfterValidator(check)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Weighted(_Strict):
    expression: Text
    # Beyond this one fact would decide alone, whatever else is seen.
    weight: float = Field(gt=0, le=4, allow_inf_nan=False)


class _Parameters(_Strict):
    intensity: str = ""
    intensity_shift: str = ""
    sway_rad: str = ""
    anchor: str | None = None
    easing: Literal["linear", "smooth", "in", "out", "loop"] | None = None
    speed: Literal["slow", "regular", "fast"] | None = None


class _Wish(_Strict):
    moods: tuple[Annotated[str, _one_of(MOODS)], ...] = ()
    genres: tuple[Annotated[str, _one_of(GENRES)], ...] = ()
    purposes: tuple[Annotated[str, _one_of(PURPOSES)], ...] = ()


class _Rule(_Strict):
    id: Id
    aliases: tuple[Id, ...] = ()
    name: Text
    kind: Kind
    movements: tuple[Movement, ...] = ()
    motion: Literal["", "water", "cloud", "foliage", "smoke", "fire", "rain", "snow", "dust", "light", "cloth"] = ""
    region: Annotated[str, _one_of(("", *REGIONS))] = ""
    actions: tuple[Literal["breathe", "turn_head", "gesture", "walk", "travel", "sway"], ...] = ()
    lateral: bool = False
    requires: tuple[Text, ...] = ()
    evidence: tuple[_Weighted, ...] = ()
    contra: tuple[_Weighted, ...] = ()
    excludes: tuple[Movement, ...] = ()
    priority: int = Field(0, ge=-100, le=100)
    parameters: _Parameters = _Parameters()
    wish: _Wish = _Wish()
    phrases: Mapping[Literal["camera", "subject", "environment", "look"], Text] = {}
    reason: Text
    citation: Text
    disabled_because: str = ""


class _Pack(_Strict):
    pack: Id
    rules: tuple[_Rule, ...] = Field(min_length=1)


class _Policy(_Strict):
    priors: Mapping[Family, Annotated[float, Field(ge=-10, le=0)]]
    environment_prior: float = Field(ge=-10, le=0)
    subject_prior: float = Field(ge=-10, le=0)
    information_floor: float = Field(ge=0, le=1)
    probability_floor: float = Field(gt=0, lt=1)
    least_quality: float = Field(ge=0, le=1)


class _PolicyFile(_Strict):
    policy: _Policy


def load(folder: Path) -> Rulebook:
    """The rulebook of a folder: every `*.yaml` in it is a pack, `policy.yaml` is what is common to all.

    Raises RuleFileError naming the file and the line.
    """
    policy_path = folder / POLICY_FILE
    paths = sorted(path for path in folder.glob("*.yaml") if path.name != POLICY_FILE)
    if not policy_path.is_file() or not paths:
        raise RuleFileError(folder, 1, f"the folder of rules needs {POLICY_FILE} and at least one pack")
    policy = _parse(_PolicyFile, policy_path)[0].policy
    rules: list[Rule] = []
    origin: dict[str, tuple[Path, yaml.Node, int]] = {}
    for path in paths:
        pack, tree = _parse(_Pack, path)
        for index, row in enumerate(pack.rules):
            if row.id in origin:
                raise RuleFileError(path, _line(tree, ("rules", index, "id")), f"a rule {row.id} is there already")
            origin[row.id] = (path, tree, index)
            rules.append(_rule(row, pack.pack))
    try:
        return Rulebook(rules, _policy(policy))
    except RulebookError as error:
        if error.rule_id not in origin:
            raise RuleFileError(policy_path, 1, str(error)) from error
        path, tree, index = origin[error.rule_id]
        raise RuleFileError(path, _line(tree, ("rules", index, *error.part)), str(error)) from error


def _parse(model: type[M], path: Path) -> tuple[M, yaml.Node]:
    try:
        text = path.read_text(encoding="utf-8")
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except OSError as error:
        raise RuleFileError(path, 1, f"cannot be read: {error.strerror}") from error
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        raise RuleFileError(path, line, f"is not YAML: {error.problem}") from error
    if tree is None:
        raise RuleFileError(path, 1, "is empty")
    try:
        return model.model_validate(content), tree
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise RuleFileError(path, _line(tree, first["loc"]), f"{where}: {first['msg']}") from error


def _line(tree: yaml.Node, path: Sequence[str | int]) -> int:
    """The line of the deepest part of the path that is there."""
    node: yaml.Node = tree
    line = node.start_mark.line
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        else:
            break
    return line + 1


def _rule(row: _Rule, pack: str) -> Rule:
    plain: dict[str, Any] = {name: getattr(row, name) for name in _Rule.model_fields}
    plain["evidence"] = tuple(Weighted(item.expression, item.weight) for item in row.evidence)
    plain["contra"] = tuple(Weighted(item.expression, item.weight) for item in row.contra)
    plain["parameters"] = Parameters(**row.parameters.model_dump())
    plain["wish"] = Wish(**row.wish.model_dump())
    plain["phrases"] = dict(row.phrases)
    return Rule(pack=pack, **plain)


def _policy(row: _Policy) -> Policy:
    return Policy(**{**row.model_dump(), "priors": dict(row.priors)})
