from collections.abc import AsyncIterator

import pytest

from tests.consoles.scripted.terminal import Terminal, at

SAC = "scripted://windows-sac/dc-1?speed=0"
SHELL = "C:\\Windows\\system32>"


@pytest.fixture
async def line() -> AsyncIterator[Terminal]:
    async with at(SAC) as terminal:
        await terminal.until("EVENT: The CMD command is now available.\r\nSAC>")
        yield terminal


async def test_it_lists_its_commands_and_knows_nothing_else(line: Terminal) -> None:
    assert "Channel management commands" in await line.say("?", "SAC>")
    assert "Unrecognized command." in await line.say("dir", "SAC>")
    assert "DC-1" in await line.say("id", "SAC>")


async def test_arrows_and_delete_print_their_letters(line: Terminal) -> None:
    line.type("\x1b[A\x1b[3~")
    await line.until("[A[3~")


async def test_a_command_channel_is_made_listed_and_switched_to(line: Terminal) -> None:
    await line.say("cmd", "Channel: Cmd0001\r\nSAC>")
    assert "1 (AV)    Cmd0001" in await line.say("ch", "SAC>")
    await line.say("ch -si 1", "Use any other key to view this channel.")
    line.type("\r")
    await line.until("Username: ")


async def signed_in(line: Terminal) -> None:
    await line.say("cmd", "Channel: Cmd0001\r\nSAC>")
    await line.say("ch -sn Cmd0001", "view this channel.")
    line.type(" ")
    await line.until("Username: ")
    await line.say("ada", "Domain  : ")
    await line.say("", "Password: ")
    assert "homeport" not in await line.say("homeport", SHELL)


async def test_a_wrong_password_is_refused_and_never_shown(line: Terminal) -> None:
    await line.say("cmd", "SAC>")
    await line.say("ch -si 1", "view this channel.")
    line.type(" ")
    await line.until("Username: ")
    await line.say("ada", "Domain  : ")
    await line.say("", "Password: ")
    refused = await line.say("wrong", "Username: ")
    assert "The user name or password is incorrect." in refused
    assert "wrong" not in refused
    assert "*****" in refused


async def test_a_command_prompt_answers(line: Terminal) -> None:
    await signed_in(line)
    for command, printed in (
        ("ver", "10.0.20348"),
        ("whoami", "dc-1\\ada"),
        ("ipconfig", "10.0.2.15"),
        ("net user", "Administrator"),
        ("dir", "sacsess.exe"),
        ("nonsense", "'nonsense' is not recognized"),
    ):
        assert printed in await line.say(command, SHELL)
    line.type("\x1b[A\x1b8")
    await line.until("nonsense")


async def test_escape_tab_goes_round_and_zero_leads_back(line: Terminal) -> None:
    await signed_in(line)
    line.type("\x1b\t")
    await line.until("Name:                  SAC")
    line.type("\x1b\t")
    await line.until("Name:                  Cmd0001")
    line.type("\r")
    await line.until(SHELL)
    line.type("\x1b\t\x1b\t\x1b[A")
    await line.until(SHELL)
    line.type("\x1b\t0")
    await line.until("\x1b[1;1HSAC>")


async def test_powershell_doubles_until_the_module_is_removed(line: Terminal) -> None:
    await signed_in(line)
    await line.say("powershell", "PS C:\\Windows\\system32> ")
    line.type("Remove-Module PSReadLine\r")
    await line.until("RReemmoovvee--MMoodduullee  PPSSRReeaaddLLiinnee\r\n")
    await line.until("PS C:\\Windows\\system32> ")
    await line.say("whoami", "whoami\r\ndc-1\\ada")
    await line.say("exit", SHELL)


async def test_exit_closes_the_channel(line: Terminal) -> None:
    await signed_in(line)
    await line.say("exit", "A channel has been closed.")
    await line.until("SAC>")
    assert "Cmd0001" not in await line.say("ch", "SAC>")


async def test_channels_are_bounded(line: Terminal) -> None:
    for number in range(1, 11):
        await line.say("cmd", f"Channel: Cmd{number:04}\r\nSAC>")
    await line.say("cmd", "as many channels as there can be")


async def test_it_restarts(line: Terminal) -> None:
    await line.say("restart", "Computer is booting, SAC started and initialized.")


async def test_without_sac_there_is_a_health_report_and_no_prompt() -> None:
    async with at(f"{SAC}&sac=off") as line:
        assert '"computerName": "dc-1"' in await line.until("Health Report - End\r\n")
        line.type("\r")
        assert "SAC>" not in line.printed
