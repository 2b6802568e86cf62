"""Rule packs in YAML files: read whole or not at all, refused with file and line."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from predictor.adapters.rule_files.documents import Document, M, RuleFileError, Unfit, parsed
from predictor.adapters.rule_files.schema import PackFile, PolicyFile, policy, rule
from predictor.core.errors import RulebookError
from predictor.core.review import Place, Problem, Review
from predictor.core.rule import Rule
from predictor.core.rulebook import Rulebook, compile_rule

__all__ = ["POLICY_FILE", "SHIPPED", "RuleFileError", "load", "review", "stamp", "written"]

SHIPPED: Final = Path(__file__).parent.parent.parent / "packs"
"""The folder of the rules that ship with the service."""

POLICY_FILE: Final = "policy.yaml"

_Packs = Sequence[Document[PackFile]]


def load(folder: Path) -> Rulebook:
    """The rulebook of a folder: every `*.yaml` in it is a pack, `policy.yaml` is what is common to all.

    Raises RuleFileError naming the file and the line.
    """
    paths = _packs(folder)
    policy_path = folder / POLICY_FILE
    if not policy_path.is_file() or not paths:
        raise RuleFileError(folder, 1, f"the folder of rules needs {POLICY_FILE} and at least one pack")
    try:
        common = policy(parsed(PolicyFile, policy_path).content.policy)
        packs = [parsed(PackFile, path) for path in paths]
    except Unfit as error:
        raise error.faults[0] from error
    rules, faults = _usable(packs)
    if faults:
        raise faults[0]
    try:
        return Rulebook(rules, common)
    except RulebookError as error:
        raise _blamed(error, packs, policy_path) from error


def review(path: Path) -> Review:
    """Everything that is wrong with a pack, a policy or a folder of them, and the rules that can be tried.

    A pack alone is read with the policy beside it, or with the one that ships. Nothing is raised.
    """
    folder = path if path.is_dir() else path.parent
    own = folder / POLICY_FILE
    paths = _packs(path) if path.is_dir() else [path] if path.name != POLICY_FILE else []
    faults: list[RuleFileError] = []
    if path.is_dir() and not (own.is_file() and paths):
        faults.append(RuleFileError(path, 1, f"the folder of rules needs {POLICY_FILE} and at least one pack"))
    policies, more = _read(PolicyFile, [own if own.is_file() else SHIPPED / POLICY_FILE])
    packs, others = _read(PackFile, paths)
    rules, unusable = _usable(packs)
    faults += [*more, *others, *unusable]
    common = policy(policies[0].content.policy) if policies else None
    if common is not None:
        try:
            Rulebook(rules, common)
        except RulebookError as error:
            faults.append(_blamed(error, packs, policies[0].path))
    return Review(
        problems=tuple(Problem(str(fault.path), fault.line, fault.problem) for fault in faults),
        files=len(paths),
        rules=tuple(compile_rule(rule) for rule in rules),
        policy=common,
        places={
            row.id: Place(str(pack.path), _Lines(pack, index))
            for pack in packs
            for index, row in enumerate(pack.content.rules)
        },
    )


def stamp(folder: Path) -> tuple[tuple[object, ...], ...]:
    """Tells cheaply whether files may have changed: names, inodes, sizes and times of what the names lead to now."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            state = path.stat()
        except OSError:
            # Gone between the listing and the look, as when a link is being exchanged.
            continue
        # Permissions change the time of the inode alone.
        found.append((path.name, state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns))
    return tuple(found)


def written(folder: Path) -> str:
    """The digest of all that is written in a folder's files: equal as long as the rules' text is."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        try:
            # A pipe or a device would be read for ever.
            content = path.read_bytes() if path.is_file() else b""
        except OSError:
            content = b""
        digest.update(f"{path.name}:{len(content)}:".encode() + content)
    return digest.hexdigest()


class _Lines:
    """Where the parts of one rule stand."""

    def __init__(self, pack: Document[PackFile], index: int) -> None:
        self._pack = pack
        self._index = index

    def __call__(self, part: Sequence[str | int]) -> int:
        return self._pack.line(("rules", self._index, *part))


def _packs(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.yaml") if path.name != POLICY_FILE)


def _read(model: type[M], paths: Sequence[Path]) -> tuple[list[Document[M]], list[RuleFileError]]:
    """The documents that are what they should be, and the faults of the others."""
    read: list[Document[M]] = []
    faults: list[RuleFileError] = []
    for path in paths:
        try:
            read.append(parsed(model, path))
        except RuleFileError as error:
            faults.append(error)
        except Unfit as error:
            faults += error.faults
    return read, faults


def _usable(packs: _Packs) -> tuple[list[Rule], list[RuleFileError]]:
    """The rules that compile and whose id is their own, and the faults of the others."""
    rules: dict[str, Rule] = {}
    faults: list[RuleFileError] = []
    for pack in packs:
        for index, row in enumerate(pack.content.rules):
            made = rule(row, pack.content.pack)
            part: tuple[str | int, ...] = ("id",)
            problem = f"a rule {row.id} is there already" if row.id in rules else ""
            try:
                compile_rule(made)
            except RulebookError as error:
                part, problem = error.part, str(error)
            if problem:
                faults.append(RuleFileError(pack.path, _Lines(pack, index)(part), problem))
            else:
                rules[row.id] = made
    return list(rules.values()), faults


def _blamed(error: RulebookError, packs: _Packs, policy_path: Path) -> RuleFileError:
    """What is wrong between rules, at the line of the rule that it is about; else in the policy."""
    for pack in packs:
        for index, row in enumerate(pack.content.rules):
            if row.id == error.rule_id:
                return RuleFileError(pack.path, _Lines(pack, index)(error.part), str(error))
    return RuleFileError(policy_path, 1, str(error))
