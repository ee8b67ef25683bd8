"""A typed name and password. In: a request and what was typed. Out: the person, nobody, or Locked.

Whatever fails, fails alike: in words, in work done, and in what is counted.
"""

from collections.abc import Iterable

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.utils.crypto import salted_hmac

from accounts import actions, audit, throttle
from accounts.models import User
from accounts.principals import Principal
from accounts.requests import AnyRequest, PortalRequest
from accounts.throttle import Locked

NOBODY = "Anonymous"
MOST_OF_ONE_ADDRESS = 5


def person_with_password(request: AnyRequest, typed: str, password: str) -> User | None:
    """The person whose name or e-mail address this is and whose password fits; raises Locked when too many did not."""
    typed = typed.strip().lower()
    return _tried(request, typed, people_named(typed), password)


def is_own_password(request: PortalRequest, password: str) -> bool:
    """Asked of whoever is signed in; another person's, whose address is this one's user name, does not do."""
    return _tried(request, request.user.username, [request.user], password) is not None


def _tried(request: AnyRequest | PortalRequest, typed: str, people: list[User], password: str) -> User | None:
    by_name = throttle.key_of("name", typed)
    by_address = throttle.key_of_address("address", request.address)
    for key, factor in ((by_address, throttle.ADDRESS_FACTOR), (by_name, 1)):
        until = throttle.count(key, factor=factor)
        if until is not None:
            raise Locked(until)
    places = _places(typed, people)
    user = _whose(places, password)
    if user is not None:
        throttle.forget(by_name)
        throttle.give_back(by_address)
        return user
    locked = throttle.is_any_locked([by_name, *(key for key, _user in places)])
    target = people[0] if len(people) == 1 else None
    record_failure(request, target, typed=typed, code="Locked" if locked else "WrongPassword")
    return None


def people_named(typed: str) -> list[User]:
    """By user name; by e-mail address those with a password, the oldest first: later accounts push nobody out."""
    named = list(User.objects.filter(username=typed))
    if "@" not in typed:
        return named
    others = User.objects.filter(email__iexact=typed, is_active=True).exclude(username=typed)
    others = others.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).order_by("created_at", "id")
    return [*named, *others[: MOST_OF_ONE_ADDRESS - len(named)]]


def _places(typed: str, people: list[User]) -> list[tuple[str, User | None]]:
    """Each person with what is counted for them, filled up: an address that nobody has costs as much as a shared one."""
    size = MOST_OF_ONE_ADDRESS if "@" in typed else 1
    padded = [*people, *[None] * (size - len(people))]
    whose = (str(user.id) if user else f"{typed} {place}" for place, user in enumerate(padded))
    return list(zip((throttle.key_of("person", one) for one in whose), padded, strict=True))


def _whose(places: Iterable[tuple[str, User | None]], password: str) -> User | None:
    """A person's own lock looks like a wrong password: said aloud, it would tell which address belongs to which name."""
    counted: list[str] = []
    for key, user in places:
        free = throttle.count(key) is None
        if _password_fits(user, password) and free:
            throttle.forget(key)
            for other in counted:
                throttle.give_back(other)
            return user
        if free:
            counted.append(key)
    return None


def _password_fits(user: User | None, password: str) -> bool:
    if user is None:
        make_password(password)  # as much work as for somebody who exists
        return False
    return user.check_password(password) and user.is_active


def record_failure(
    request: AnyRequest | PortalRequest, user: User | None, *, typed: str = "", code: str
) -> None:
    """Who typed is unknown, so the entry names the target only; a name that is nobody's might be a password."""
    nobody = Principal(NOBODY, None, "", address=request.address, request_id=request.request_id)
    details: dict[str, object] = {
        "name_hash": salted_hmac("homeport.audit.name", typed, algorithm="sha256").hexdigest()[:16]
    }
    if user is not None:
        details = {"user": user.username}
    audit.record(
        by=nobody,
        action=actions.SIGN_IN,
        scope=f"/users/{user.id}" if user else "/users",
        tenant_id=None,
        outcome="refused",
        error_code=code,
        details=details,
    )
