"""What every page has: the rail, the banner over a staff grant, the theme, the way out of a refusal, nothing inline."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.models import StaffGrant
from accounts.roles import READER
from tests.world import World, role

ClientOf = Callable[[str], Client]
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


def let_in(world: World) -> StaffGrant:
    return StaffGrant.objects.create(
        staff=world.people["staff"],
        tenant=world.contoso,
        role=role(READER),
        reason="ticket 4711",
        until=timezone.now() + timedelta(hours=1),
        granted_by_name="tests",
    )


def test_staff_are_reminded_of_the_grant_they_act_under(world: World, client_of: ClientOf) -> None:
    let_in(world)
    text = client_of("staff").get("/vms/").content.decode()
    assert "ticket 4711" in text
    assert "web-1" in text
    assert "ticket 4711" not in client_of("owner").get("/vms/").content.decode()


def test_the_rail_of_staff_is_what_their_grant_allows(world: World, client_of: ClientOf) -> None:
    let_in(world)
    urls = [item.url for item in client_of("staff").get("/").context["frame"].rail]
    assert "/vms/" in urls
    assert f"/activity/tenants/{world.contoso.id}" in urls


@pytest.mark.parametrize("theme", ["", "light", "dark"])
def test_the_theme_of_the_profile_is_on_the_page(theme: str, world: World, client_of: ClientOf) -> None:
    client = client_of("owner")
    world.people["owner"].theme = theme
    world.people["owner"].save()
    assert f'data-theme="{theme}"' in client.get("/").content.decode()


def test_a_page_that_is_not_there_has_the_frame_for_people_and_none_for_strangers(
    world: World, client_of: ClientOf
) -> None:
    inside = client_of("owner").get("/no/such/page/")
    assert inside.status_code == 404
    assert b'id="rail-menu"' in inside.content
    outside = Client().get("/no/such/page/")
    assert outside.status_code == 404
    assert b'id="rail-menu"' not in outside.content


def test_the_page_of_an_accident_needs_nothing_to_be_shown() -> None:
    assert "Something broke" in render_to_string("500.html", {}, RequestFactory().get("/"))
    assert "Something broke" in render_to_string("500.html")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(settings.BASE_DIR).as_posix())
def test_no_template_has_inline_scripts_or_styles(path: Path) -> None:
    text = re.sub(r"{%.*?%}|{{.*?}}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|\shx-on|javascript:", text)


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    listed = set((settings.BASE_DIR / "static" / "icons.txt").read_text().split("\n"))
    used = {
        name
        for path in TEMPLATES
        for name in re.findall(
            r'icon\.html" with name="([a-z0-9-]+)"|empty\.html" with icon="([a-z0-9-]+)"', path.read_text()
        )
        for name in name
        if name
    }
    assert used - listed == set()
