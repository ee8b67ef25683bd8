"""Waits until the web process really answers on each address that it serves."""

import asyncio
import http.client
import ssl

from portal.run.options import Options

PATH = "/healthz"
PAUSE = 0.1
TIMEOUT = 5.0


async def web(options: Options) -> None:
    while not await asyncio.to_thread(answers, options):
        await asyncio.sleep(PAUSE)


def answers(options: Options) -> bool:
    """A redirect counts: in production http may only point to https."""
    try:
        return all(_status(connection, options) < 400 for connection in _connections(options))
    except (OSError, http.client.HTTPException):
        return False


def _connections(options: Options) -> list[http.client.HTTPConnection]:
    connections: list[http.client.HTTPConnection] = []
    if options.http_port:
        connections.append(http.client.HTTPConnection(options.reached_at, options.http_port, timeout=TIMEOUT))
    if options.https_port:
        context = ssl.create_default_context(cafile=options.var / "tls" / "ca.pem")
        connections.append(
            http.client.HTTPSConnection(
                options.reached_at, options.https_port, timeout=TIMEOUT, context=context
            )
        )
    return connections


def _status(connection: http.client.HTTPConnection, options: Options) -> int:
    try:
        connection.request("GET", PATH, headers={"Host": f"{options.host}:{connection.port}"})
        return connection.getresponse().status
    finally:
        connection.close()
