"""Sessions and replay in a browser: what was printed is seen again, a search jumps to it, a large log opens at once, and nothing is sent."""

import re
import time
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.steps import sign_in

pytestmark = pytest.mark.browser
BOOT = [
    "\x1b[2J\x1b[H",
    "kernel starts\r\n",
    "\x1b[32mdisk found\x1b[0m\r\n",
    "needle in the log\r\n",
    "login: ",
]
LINE = (
    "[   12.345678] systemd[1]: Started unit number %05d of many, and this line is as long as lines are\r\n"
)
READS = "Storage Blob Data Reader"
MARKED = "[...(CSS.highlights.get('replay-found') ?? [])].map(String).join()"
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


class Seen:
    """What a page asked for, and whether it opened a socket."""

    def __init__(self, page: Page) -> None:
        self.methods: set[str] = set()
        self.sockets: list[str] = []
        page.context.on("request", lambda request: self.methods.add(request.method))
        page.on("websocket", lambda socket: self.sockets.append(socket.url))


@pytest.fixture(scope="module")
def house(portal: Portal) -> dict[str, str]:
    machines = {"replayed": "stopped", "shared": "stopped", "large": "stopped", "live": "running"}
    made = portal.hands("house", name=f"replay-{uuid4().hex[:8]}", vms=machines)
    name = {"name": f"replayer-{uuid4().hex[:8]}", "display_name": "replayer"}
    owner = portal.hands("person", tenant=made["tenant"], role="Owner", **name)
    portal.hands("give", user=owner["id"], tenant=made["tenant"], role=READS)
    return {**owner, **made}


def scope(house: dict[str, str], vm: str) -> str:
    return f"{house['group']}/providers/Microsoft.Compute/virtualMachines/{vm}"


def at(house: dict[str, str], vm: str, path: str) -> str:
    return f"/vms/{house['subscription']}/web/{vm}/{path}"


@pytest.fixture(scope="module")
def recorded(portal: Portal, house: dict[str, str]) -> str:
    """A session on `replayed` that saw its boot."""
    end = portal.hands("printed", scope=scope(house, "replayed"), texts=BOOT, apart_ms=4000)
    found: str = portal.hands(
        "session", scope=scope(house, "replayed"), user=house["id"], from_offset=0, to_offset=end
    )
    return found


def screen(page: Page) -> Any:
    return page.locator("[data-screen]")


def test_what_was_printed_plays_again_and_nothing_is_sent(
    page: Page, house: dict[str, str], recorded: str
) -> None:
    seen = Seen(page)
    sign_in(page, house, at=at(house, "replayed", f"replay/?session={recorded}"))
    seen.methods.clear()
    expect(page.get_by_role("heading", name="what replayer saw on replayed")).to_be_visible()
    expect(screen(page)).to_have_attribute("data-state", "playing")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_label("Speed").select_option("16")
    expect(screen(page)).to_contain_text("disk found")
    expect(screen(page)).to_contain_text("login:")
    expect(screen(page)).to_have_attribute("data-state", "ended")
    expect(page.locator("[data-place]")).to_have_text(page.locator("[data-length]").inner_text())
    assert faults(page) == []
    assert seen.methods == {"GET"}
    assert seen.sockets == []


def test_a_session_plays_from_when_it_came_over_the_screen_as_it_stood(
    page: Page, portal: Portal, house: dict[str, str]
) -> None:
    shared, came = scope(house, "shared"), sum(len(text) for text in BOOT[:3])
    end = portal.hands("printed", scope=shared, texts=BOOT, apart_ms=4000)
    stretch = {"from_offset": 0, "live_offset": came, "to_offset": end}
    own = portal.hands("session", scope=shared, user=house["id"], lasted=11, **stretch)
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, house, at=at(house, "shared", f"replay/?session={own}"))
    expect(page.locator("[data-length]")).to_have_text("0:00:06")
    expect(screen(page)).to_have_attribute("data-state", "ready")
    expect(screen(page)).to_contain_text("disk found")
    expect(screen(page)).not_to_contain_text("needle")
    assert page.locator("[data-moments] li").all_inner_texts()[0].endswith("replayer attached")
    page.locator("[data-moments]").get_by_text("replayer left").click()
    expect(screen(page)).to_contain_text("login:")


def test_pauses_are_cut_short_and_are_as_they_were_on_request(
    page: Page, house: dict[str, str], recorded: str
) -> None:
    sign_in(page, house, at=at(house, "replayed", f"replay/?session={recorded}"))
    expect(page.locator("[data-length]")).to_have_text("0:00:08")
    page.get_by_label("Pauses").select_option("as they were")
    expect(page.locator("[data-length]")).to_have_text("0:00:16")
    page.get_by_label("Screen").select_option("132x43")
    expect(screen(page)).not_to_have_attribute("data-state", "loading")


def test_the_choice_made_last_counts_whichever_answer_comes_last(
    page: Page, house: dict[str, str], recorded: str
) -> None:
    held: list[Route] = []
    page.route("**/*idle=0&*", lambda route: held.append(route))
    sign_in(page, house, at=at(house, "replayed", f"replay/?session={recorded}"))
    pauses, length = page.get_by_label("Pauses"), page.locator("[data-length]")
    expect(length).to_have_text("0:00:08")
    before = pauses.input_value()
    with page.expect_request("**/*idle=0&*"):
        pauses.select_option("as they were")
    with page.expect_response(f"**/*idle={before}&*"):
        pauses.select_option(before)
    held[0].continue_()
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(one => one.name.includes('idle=0&') && one.responseEnd)"
    )
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    expect(length).to_have_text("0:00:08")


def test_a_search_jumps_to_where_it_was_printed(page: Page, house: dict[str, str], recorded: str) -> None:
    sign_in(page, house, at=at(house, "replayed", "replay/"))
    expect(screen(page)).to_have_attribute("data-state", "playing")
    page.get_by_label("Find in what was printed").fill("NEEDLE")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 found")).to_be_visible()
    expect(screen(page)).to_contain_text("needle in the log")
    expect(screen(page)).not_to_contain_text("login:")
    expect(screen(page)).to_have_attribute("data-state", "paused")
    page.get_by_label("Find in what was printed").fill("not there")
    page.keyboard.press("Enter")
    expect(page.locator("[data-found]")).to_have_text("Not found in this part of the log.")


def test_it_is_driven_by_keys(page: Page, house: dict[str, str], recorded: str) -> None:
    sign_in(page, house, at=at(house, "replayed", "replay/"))
    expect(screen(page)).to_have_attribute("data-state", "playing")
    page.keyboard.press(" ")
    expect(screen(page)).to_have_attribute("data-state", "paused")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-place]")).to_have_text(re.compile(r"0:00:0[5678]"))
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-place]")).to_have_text("0:00:00")
    page.get_by_label("Place in the recording").focus()
    page.keyboard.press("End")
    expect(screen(page)).to_contain_text("login:")


def test_what_is_found_stands_out_on_the_screen_and_the_place_is_seen(
    window: Window, house: dict[str, str], recorded: str
) -> None:
    page = window(viewport={"width": 360, "height": 740}, color_scheme="dark", reduced_motion="reduce")
    sign_in(page, house, at=at(house, "replayed", f"replay/?session={recorded}"))
    expect(screen(page)).to_have_attribute("data-state", "ready")
    page.get_by_label("Find in what was printed").fill("DISK f")
    page.keyboard.press("Enter")
    expect(screen(page)).to_contain_text("disk found")
    expect(screen(page)).to_be_in_viewport()
    page.wait_for_function(f"{MARKED} === 'disk f'")
    expect(page.locator("[data-hits] mark")).to_have_text("disk f")
    expect(page.locator("[data-hits] button")).to_have_attribute("aria-current", "true")
    assert page.evaluate(OVERFLOW) <= 0
    assert faults(page) == []


def test_moments_are_clicked_and_walked_by_keys(
    window: Window, portal: Portal, house: dict[str, str], recorded: str
) -> None:
    for kind, before in (("break", 11), ("takeover", 7)):
        portal.hands("acted", session=recorded, kind=kind, before=before)
    page = window(reduced_motion="reduce")
    sign_in(page, house, at=at(house, "replayed", "replay/"))
    expect(screen(page)).to_have_attribute("data-state", "ready")
    listed = page.locator("[data-moments] button")
    current = page.locator("[data-moments] [aria-current]")
    expect(listed.first).to_contain_text("replayer sent a BREAK")
    listed.nth(1).click()
    expect(current).to_contain_text("replayer came to the keyboard")
    page.keyboard.press("[")
    expect(current).to_contain_text("replayer sent a BREAK")
    page.keyboard.press("]")
    expect(current).to_contain_text("replayer came to the keyboard")
    page.keyboard.press("ArrowUp")
    expect(listed.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(current).to_contain_text("replayer sent a BREAK")
    expect(page.locator("[data-moments] [tabindex='0']")).to_have_count(1)
    assert faults(page) == []


def test_a_log_of_50_megabytes_opens_within_two_seconds(
    page: Page, portal: Portal, house: dict[str, str]
) -> None:
    lines = [LINE % number for number in range(1000)]
    end = portal.hands(
        "printed", scope=scope(house, "large"), texts=["".join(lines)], apart_ms=500, times=520
    )
    assert end > 50_000_000
    sign_in(page, house)
    parts: list[str] = []
    page.context.on("request", lambda one: parts.append(one.url) if "/cast/part/" in one.url else None)
    began = time.monotonic()
    page.goto(at(house, "large", "replay/"))
    expect(screen(page)).to_contain_text("Started unit number")
    took = time.monotonic() - began
    print(f"50 MB opened in {took:.2f} s, {len(parts)} parts asked for")
    assert took < 2
    assert len(parts) <= 3
    page.get_by_label("Place in the recording").focus()
    page.keyboard.press("End")
    expect(screen(page)).to_contain_text("Started unit number 00999")


def test_the_next_part_follows_by_itself(page: Page, portal: Portal, house: dict[str, str]) -> None:
    sign_in(page, house, at=at(house, "large", "replay/?from=0&to=4000000"))
    expect(page.locator("[data-length]")).to_have_text("0:00:20")
    page.get_by_label("Speed").select_option("16")
    expect(screen(page)).to_have_attribute("data-state", "ended")
    assert faults(page) == []


def test_a_session_has_its_entries_beside_its_output(
    page: Page, house: dict[str, str], recorded: str
) -> None:
    sign_in(page, house, at="/sessions/")
    assert faults(page) == []
    page.get_by_role("link", name="replayer", exact=True).first.click()
    expect(page.get_by_role("heading", name="replayer on replayed")).to_be_visible()
    output = page.get_by_role("region", name="Output")
    expect(output).to_contain_text("needle in the log")
    expect(page.get_by_text("Leave a serial console")).to_be_visible()
    page.get_by_role("button", name=re.compile(r"\d\d:\d\d:\d\d")).first.click()
    expect(output).to_contain_text(re.compile("kernel starts|Nothing was printed|login"))
    assert faults(page) == []
    page.get_by_role("link", name="Replay", exact=True).click()
    expect(screen(page)).to_have_attribute("data-state", re.compile("playing|ended"))


def test_whoever_is_put_out_reads_by_whom(window: Window, portal: Portal, house: dict[str, str]) -> None:
    person = portal.hands(
        "person", name=f"typist-{uuid4().hex[:6]}", tenant=house["tenant"], role="Virtual Machine Contributor"
    )
    console, page = window(), window()
    sign_in(console, person, at=at(house, "live", "console/"))
    expect(console.locator("[data-console]")).to_have_attribute("data-state", "up")
    sign_in(page, house, at="/sessions/?live=1")
    page.get_by_role("link", name=f"End the session of {person['username']} on live").click()
    expect(page.get_by_text(f"End the session of {person['username']} on live?")).to_be_visible()
    page.get_by_role("button", name="End session").click()
    expect(page.get_by_text(f"The session of {person['username']} on live is ended.")).to_be_visible()
    expect(console.get_by_role("paragraph").get_by_text("replayer ended this session.")).to_be_visible()
    expect(console.locator("[data-console]")).to_have_attribute("data-state", "over")
    page.goto("/sessions/?live=0")
    expect(page.get_by_role("row", name=re.compile(person["username"]))).to_contain_text("ended by replayer")
