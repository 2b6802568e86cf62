"""YAML files as checked models that still know the line of each of their parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)

Step = str | int


class RuleFileError(Exception):
    """A rule file that cannot be used. path, line (from 1): where; problem: what is wrong there."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path.name}:{line}: {problem}")
        self.path = path
        self.line = line
        self.problem = problem


class Unfit(Exception):
    """A file that is YAML, but not what it should be; each fault with its line."""

    def __init__(self, faults: Sequence[RuleFileError]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Document(Generic[M]):
    """A file's content, and where its parts stand."""

    path: Path
    content: M
    tree: yaml.Node

    def line(self, part: Sequence[Step]) -> int:
        """The line, from 1, of the deepest step of the path that is there."""
        return _line(self.tree, part)


def parsed(model: type[M], path: Path) -> Document[M]:
    """The document in a file. Raises RuleFileError for what is no YAML, Unfit for what the model refuses."""
    if path.exists() and not path.is_file():
        # A pipe or a device would be read for ever.
        raise RuleFileError(path, 1, "cannot be read: it is no regular file")
    try:
        text = path.read_text(encoding="utf-8")
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except OSError as error:
        raise RuleFileError(path, 1, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RuleFileError(path, 1, "is not text in UTF-8") from error
    except RecursionError as error:
        raise RuleFileError(path, 1, "is nested too deeply") from error
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        raise RuleFileError(path, line, f"is not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise RuleFileError(path, 1, "is not YAML: it holds characters that text does not have") from error
    if tree is None:
        raise RuleFileError(path, 1, "is empty")
    try:
        return Document(path, model.model_validate(content), tree)
    except ValidationError as error:
        every = error.errors(include_url=False)
        # Items that are refused leave a list too short, which is no fault of its own.
        inner = [item["loc"][:-depth] for item in every for depth in range(1, len(item["loc"]))]
        found = [item for item in every if item["type"] != "too_short" or item["loc"] not in inner]
        raise Unfit([_fault(path, tree, item["loc"], item["msg"]) for item in found]) from error


def _fault(path: Path, tree: yaml.Node, place: Sequence[Step], message: str) -> RuleFileError:
    where = ".".join(str(step) for step in place)
    return RuleFileError(path, _line(tree, place), f"{where}: {message.removeprefix('Value error, ')}")


def _line(tree: yaml.Node, part: Sequence[Step]) -> int:
    node: yaml.Node = tree
    line = node.start_mark.line
    for step in part:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == step), None)
            if found is None:
                continue
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line
        else:
            break
    return line + 1
