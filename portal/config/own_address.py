from django.conf import settings


def own_address() -> str:
    """Where a browser on this very machine finds the portal."""
    if settings.HTTPS_PORT:
        return f"https://localhost:{settings.HTTPS_PORT}"
    return f"http://localhost:{settings.HTTP_PORT}"
