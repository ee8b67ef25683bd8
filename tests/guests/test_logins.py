"""A real login on a console that several people share."""

import pytest

from consoles.wire import Op
from tests.guests.product import Product
from tests.guests.terminal import PROMPT

pytestmark = pytest.mark.guest


async def test_a_login_is_taken_over_with_its_shell(product: Product) -> None:
    async with product.running("shared") as owner:
        await owner.logs_in()
        await owner.says(b"cd /etc; mine=kept", PROMPT.replace(b"~", b"/etc"))
        async with product.terminal("shared", "contributor", "watch") as other:
            await other.say(Op.TAKE, **{"from": owner.me["viewer"] if owner.me else None})
            await other.until(lambda: other.writes)
            await other.says(b"echo $mine in $PWD", rb"kept in /etc\r\n")
            await owner.until(lambda: not owner.writes)
            await owner.type(b"echo from the owner\r")
            await owner.heard_out()
            await other.says(b"echo end", rb"end\r\n")
            assert b"from the owner" not in other.text


async def test_hanging_up_ends_the_shell_and_a_new_person_is_asked_for_a_name(product: Product) -> None:
    async with product.running("shared") as owner:
        await owner.logs_in()
        await owner.says(b"sleep 9999 & echo started", rb"started\r\n")
        await product.until_known("shared", "facts")
        await product.act("shared", "hang_up")
        await owner.sees(rb"login: ")
        owner.read -= len(b"login: ")
        await owner.logs_in(b"operator", rb"\$ ")
        await owner.says(b"ps | grep -c '[s]leep 9999'; echo counted", rb"0\r\ncounted")
