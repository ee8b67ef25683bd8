"""Paging by key over a real table: whatever the names, each row is visited once, in either direction."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.http import HttpRequest, QueryDict
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from portal.config import keyset
from portal.config.keyset import Page

Order = tuple[str, ...]
ORDERS: list[Order] = [
    ("display_name", "id"),
    ("-display_name", "-id"),
    ("is_active", "display_name", "id"),
    ("-created_at", "-id"),
]
# few and equal names, so that pages end in the middle of equals
names = st.lists(st.sampled_from(["", "a", "A", "b", "ä", "a b", "z'\"%_"]), max_size=23)


def asked(query: str = "") -> HttpRequest:
    return RequestFactory().get(f"/?{query}")


def people(given_names: list[str]) -> None:
    User.objects.all().delete()
    User.objects.bulk_create(
        User(username=f"{at}-{uuid4()}", display_name=name, is_active=at % 3 == 0)
        for at, name in enumerate(given_names)
    )


def page(order: Order, query: str = "", size: int = 4) -> Page[User]:
    return keyset.page(User.objects.all(), order=order, request=asked(query), size=size)


def walk(order: Order, size: int, start: Page[User], way: Callable[[Page[User]], str]) -> list[Page[User]]:
    pages = [start]
    while way(pages[-1]):
        pages.append(page(order, way(pages[-1]), size))
        assert len(pages) < 100
    return pages


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=names, order=st.sampled_from(ORDERS), size=st.integers(1, 6))
def test_it_visits_every_row_once_forward_and_backward(names: list[str], order: Order, size: int) -> None:
    people(names)
    expected = [row.pk for row in User.objects.order_by(*order)]
    forward = walk(order, size, page(order, size=size), lambda one: one.next)
    assert [row.pk for one in forward for row in one.rows] == expected
    backward = walk(order, size, forward[-1], lambda one: one.previous)
    assert [row.pk for one in reversed(backward) for row in one.rows] == expected


@pytest.mark.django_db
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=st.one_of(st.text(max_size=60), st.binary(max_size=60).map(repr)))
def test_it_shows_the_first_page_for_a_cursor_that_was_tampered_with(token: str) -> None:
    people(["a", "b"])
    query = QueryDict(mutable=True)
    query["after"] = token
    assert [row.display_name for row in page(ORDERS[0], query.urlencode()).rows] == ["a", "b"]


@pytest.mark.django_db
@pytest.mark.parametrize("at", [[], [2], [2, "a"], [2, "a", "not an id"], [2, "a", "b", "c"]])
def test_it_takes_no_cursor_of_another_list(at: list[object]) -> None:
    people(["a", "b"])
    query = QueryDict(mutable=True)
    query["after"] = keyset.SIGNER.sign_object(at)
    assert len(page(ORDERS[0], query.urlencode()).rows) == 2


@pytest.mark.django_db
def test_it_keeps_the_filters_in_the_links() -> None:
    people(["a", "b", "c"])
    first = page(ORDERS[0], "q=web+1&power=running", size=1)
    assert first.next.startswith("q=web+1&power=running&after=")
    second = page(ORDERS[0], first.next, size=1)
    assert second.previous.startswith("q=web+1&power=running&before=")


@pytest.mark.django_db
def test_it_counts_exactly_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    people(["a"] * 6)
    assert page(ORDERS[0]).count == "6"
    monkeypatch.setattr(keyset, "COUNT_LIMIT", 5)
    assert page(ORDERS[0]).count == "5+"


@pytest.mark.django_db
def test_it_asks_for_no_count_when_everything_is_on_the_page(
    django_assert_num_queries: Callable[..., object],
) -> None:
    people(["a"] * 3)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert page(ORDERS[0]).count == "3"


def test_it_refuses_columns_in_two_directions() -> None:
    with pytest.raises(ValueError, match="one direction"):
        page(("-display_name", "id"))
