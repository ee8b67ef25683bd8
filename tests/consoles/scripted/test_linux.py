import asyncio
import os
import random

import pytest

from tests.consoles.scripted.terminal import PATIENCE, Terminal, at

LOGIN = "scripted://linux-login/web-1?speed=0"


async def test_it_boots_with_kernel_and_service_lines_to_a_login() -> None:
    async with at(LOGIN) as line:
        boot = await line.until("web-1 login: ")
    assert "[    0.000000] Linux version 6.1.0" in boot
    assert "[\x1b[0;32m  OK  \x1b[0m] Started \x1b[0;1;39mssh.service" in boot
    assert "Debian GNU/Linux 12 web-1 ttyS0" in boot


async def test_a_boot_takes_seconds_at_its_own_speed_and_less_at_a_higher_one() -> None:
    loop = asyncio.get_running_loop()
    async with at("scripted://linux-login/web-1?speed=20") as line:
        began = loop.time()
        await line.until("executed automatically in 5s.")
        await line.until("executed automatically in 1s.")
        await line.until("login: ")
        assert 0.4 < loop.time() - began < PATIENCE


async def test_the_password_is_never_echoed_and_a_wrong_one_refused() -> None:
    async with at(LOGIN) as line:
        await line.until("login: ")
        await line.say("ada", "Password: ")
        assert "wrong" not in await line.say("wrong", "Login incorrect\r\nweb-1 login: ")
        await line.say("ada", "Password: ")
        said = await line.say("homeport", "ada@web-1:~$ ")
    assert "homeport" not in said
    assert "Last login: " in said


async def test_an_empty_name_asks_again() -> None:
    async with at(LOGIN) as line:
        await line.until("login: ")
        await line.say("", "web-1 login: ")


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("help", "systemctl"),
        ("pwd", "/home/ada"),
        ("whoami", "ada"),
        ("id", "uid=1000(ada)"),
        ("hostname", "web-1"),
        ("uname -a", "Linux web-1 6.1.0-26-cloud-amd64"),
        ("uptime", "load average"),
        ("date", "UTC 20"),
        ("dmesg | tail -n 1", "EXT4-fs (vda1)"),
        ("journalctl", "Server listening on 0.0.0.0 port 22."),
        ("systemctl status ssh", "Active: active (running)"),
        ("ip a", "inet 10.0.2.15/24"),
        ("ss -ltnp | grep sshd", 'users:(("sshd",pid=521,fd=3))'),
        ("cat /etc/hostname /etc/os-release", 'PRETTY_NAME="Debian GNU/Linux 12"'),
        ("ls /", "boot  dev  etc"),
        ("ls -l /etc", "fstab"),
        ("cat /nowhere", "cat: /nowhere: No such file or directory"),
        ("echo 'a  b' $USER ${HOME}", "a  b ada /home/ada"),
        ("false_command", "command not found"),
        ("stty size", "24 80"),
        ("stty rows 40 cols 132; stty size", "40 132"),
        ("seq 3", "1\r\n2\r\n3\r\n"),
        ("vi /etc/fstab", "sed -i"),
        ("echo one > /tmp/a; echo two >> /tmp/a; wc /tmp/a", "      2       2       8"),
        ("cd /etc && pwd", "/etc\r\n"),
        ("cat /nowhere || echo $?", "1\r\n"),
        ("echo a > /tmp/a; sed '$d' /tmp/a; echo '$USER' \"$USER\"", "$USER ada"),
        ("cat /etc/hosts # a comment", "localhost"),
        ("cd /etc; cd ~ && pwd", "/home/ada\r\n"),
        ("echo a.b | sed 's/a\\.b/&&/'", "a.ba.b"),
        ("grep '.*.*x' /etc/hosts", "too much for a pretended machine"),
        ("grep -v '^#.*' /etc/fstab | head -n 1", "UUID="),
        ("echo 'open", "unexpected EOF"),
    ],
)
async def test_commands_print_what_one_believes(command: str, printed: str) -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        line.type(f"{command}\r")
        await line.until("\r\n")
        assert printed in await line.until("$ ")


async def edited(line: Terminal, keys: str) -> str:
    """What the shell made of the keys."""
    line.type(f"{keys}\r")
    await line.until("\r\n")
    return (await line.until("$ ")).split("\r\n")[0]


async def test_lines_are_edited() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        assert await edited(line, "echo abx\x7fc") == "abc"
        assert await edited(line, "echo ac\x1b[Db") == "abc"
        assert await edited(line, "garbage\x15echo x") == "x"
        assert await edited(line, "cho x\x01e") == "x"
        assert await edited(line, "echo one two\x17three") == "one three"
        assert await edited(line, "echo xyz\x1b[D\x1b[D\x1b[3~") == "xz"
        assert await edited(line, "echo 日本\x7f語") == "日語"
        assert await edited(line, "\x1b[A") == "日語"
        assert await edited(line, "\x1b[A\x1b[A\x1b[B") == "日語"
        line.type("\t")
        await line.until("\a")
        await line.say("half a line\x03", "^C\r\nada@web-1:~$ ")
        line.type("\x0c")
        await line.until("\x1b[H\x1b[2J")


async def test_control_d_and_exit_lead_back_to_the_login() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        line.type("\x04")
        await line.log_in()
        await line.say("exit", "logout")
        await line.until("web-1 login: ")


async def test_control_c_ends_what_never_ends() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        await line.say("yes", "y\r\ny\r\ny\r\n")
        line.type("\x03")
        await line.until("^C\r\nada@web-1:~$ ")
        await line.say("seq 1000000000", "\r\n400\r\n")
        line.type("\x03")
        await line.until("^C\r\nada@web-1:~$ ")


async def test_control_c_ends_a_sleep_and_what_is_typed_meanwhile_is_kept() -> None:
    async with at("scripted://linux-login/web-1?speed=100&timeout=0") as line:
        await line.log_in()
        line.type("sleep 100000\r")
        await line.until("\r\n")
        line.type("\x03")
        await line.until("^C\r\nada@web-1:~$ ")
        line.type("sleep 30\r")
        await line.until("\r\n")
        line.type("hostname\r")
        await line.until("$ ")
        await line.until("\r\nweb-1\r\n")


async def test_control_s_stops_the_line_and_control_q_lets_it_go_on() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        line.type("\x13echo out\r")
        guest = line.endpoint._guest  # type: ignore[attr-defined]
        async with asyncio.timeout(PATIENCE):
            while b"out" not in guest.port._out:
                await asyncio.sleep(0)
        line.type("\x11")
        await line.until("\r\nout\r\n")


async def test_top_draws_the_screen_until_it_is_left() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        await line.say("top", "COMMAND")
        line.type("q")
        await line.until("\x1b[?1049l")
        await line.until("$ ")


async def test_resize_asks_the_terminal() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        await line.say("resize", "\x1b[6n")
        line.type("\x1b[50;160R")
        await line.until("LINES=50;")
        await line.say("stty size", "50 160")


async def test_nobody_at_the_prompt_for_long_is_logged_out() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        await line.say("export TMOUT=1", "timed out waiting for input: auto-logout")
        await line.until("web-1 login: ")


async def test_a_hang_up_logs_out() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        await line.say("yes", "y\r\ny\r\n")
        await line.endpoint.hang_up()
        await line.until("web-1 login: ")


async def test_a_hang_up_means_nothing_while_nobody_is_there() -> None:
    async with at("scripted://grub/web-1?speed=0") as line:
        await line.until("*Debian GNU/Linux")
        await line.endpoint.hang_up()
        line.type("\r")
        await line.log_in()


async def test_a_reboot_with_the_output_held_shows_the_boot() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        line.type("\x13")
        await line.endpoint.send_break(0.25)
        line.type("b")
        await line.until("web-1 login: ")


async def test_a_reboot_forgets_nobody_and_comes_back() -> None:
    async with at(LOGIN) as line:
        await line.log_in("root", ":~# ")
        await line.say("echo kept > /root/note; reboot", "reboot: Restarting system")
        await line.log_in("root", ":~# ")
        await line.say("cat /root/note", "\r\nkept\r\n")
        await line.say("poweroff", "reboot: Power down\r\n")
        guest = line.endpoint._guest  # type: ignore[attr-defined]
        assert not guest.kernel_is_up


async def test_every_distribution_has_its_own_words() -> None:
    async with at(f"{LOGIN}&system=rhel") as line:
        assert "Red Hat Enterprise Linux 9.4" in await line.until("web-1 login: ")
        await line.say("ada", "Password: ")
        await line.say("homeport", "[ada@web-1 ~]$ ")
        await line.say("systemctl is-active sshd", "\r\nactive\r\n")
    async with at(f"{LOGIN}&system=ubuntu") as line:
        await line.until("Ubuntu 24.04.1 LTS web-1 ttyS0")


async def test_a_long_line_wraps_and_is_edited_across_the_margin() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        long = "x" * 90
        assert await edited(line, f"echo {long}yz\x7f") == f"{long}y"


async def test_random_input_never_ends_the_line() -> None:
    chance = random.Random(7)
    async with at(LOGIN) as line:
        await line.log_in()
        for _ in range(60):
            os.write(line.endpoint.fd, chance.randbytes(200).replace(b"\x13", b""))
            if chance.random() < 0.2:
                await line.endpoint.hang_up()
            await asyncio.sleep(0)
        await line.endpoint.send_break(0.25)
        line.type("b")
        await line.until("SeaBIOS")
        await line.until("web-1 login: ")
