"""The gate as one would write it on a napkin: slow, without SQL, obviously right. Property tests hold the real one against it."""

import fnmatch
from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    name: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assignment:
    holder: str
    role: Role
    scope: str
    expired: bool = False


def role_grants(role: Role, action: str) -> bool:
    def hit(patterns: tuple[str, ...]) -> bool:
        return any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)

    return hit(role.actions) and not hit(role.not_actions)


def is_within(inner: str, outer: str) -> bool:
    inner_parts, outer_parts = inner.lower().split("/"), outer.lower().split("/")
    return inner_parts[: len(outer_parts)] == outer_parts


def may(
    person: str, groups: set[str], assignments: list[Assignment], action: str, scope: str, root: str
) -> bool:
    for held in assignments:
        belongs = held.holder == person or held.holder in groups
        covers = held.scope == root or is_within(scope, held.scope)
        if belongs and covers and not held.expired and role_grants(held.role, action):
            return True
    return False
