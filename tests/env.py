"""Loaded before Django's settings: what tests set, they set through the environment, like an operator would."""

import os
import tempfile

os.environ.setdefault("HOMEPORT_VAR", tempfile.mkdtemp(prefix="homeport-tests-"))
os.makedirs(os.path.join(os.environ["HOMEPORT_VAR"], "static"), exist_ok=True)
os.environ.setdefault("HOMEPORT_TEST_RUN", tempfile.mkdtemp(prefix="homeport-run-"))  # what its workers share
os.environ.setdefault("HOMEPORT_SECRET_KEY", "tests-only-" + "0123456789" * 5)
os.environ.setdefault("HOMEPORT_LAB", "0")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

if os.environ.get("HOMEPORT_TEST_DATABASE") == "postgres" and "DATABASE_URL" not in os.environ:
    import pgserver

    SERVER = pgserver.get_server(os.path.join(os.environ["HOMEPORT_VAR"], "postgres"))
    os.environ["DATABASE_URL"] = SERVER.get_uri()
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        SERVER.psql(f"ALTER SYSTEM SET {setting} = off")
    SERVER.psql("SELECT pg_reload_conf()")
