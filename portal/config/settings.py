"""Every setting of Homeport; docs/configuration.md is generated from the calls to `env`."""

import dj_database_url

from portal.config import env
from portal.config.host_settings import *  # noqa: F403  settings are modules
from portal.config.host_settings import HUB_HOST
from portal.config.secret_key import secret_key
from portal.config.var import BASE_DIR, VAR_DIR

PRODUCTION = env.flag(
    "HOMEPORT_PRODUCTION", False, "Refuse to start unless secrets, TLS and database are fit for real use."
)
DEBUG = env.flag("HOMEPORT_DEBUG", False, "Show tracebacks in the browser. Never in production.")
BIND = env.text("HOMEPORT_BIND", "127.0.0.1", "Address that the web process listens on.")
HTTP_PORT = env.number("HOMEPORT_HTTP_PORT", 8000, "Port for http; 0 turns it off.")
HTTPS_PORT = env.number("HOMEPORT_HTTPS_PORT", 8443, "Port for https; 0 turns it off.")
TLS_NAMES = env.words("HOMEPORT_TLS_NAMES", [], "Extra host names for the certificate that `make run` makes.")
HOSTS = env.words(
    "HOMEPORT_HOSTS", [], "Host names that browsers use to reach the portal, besides localhost."
)
TRUSTED_PROXIES = env.number(
    "HOMEPORT_TRUSTED_PROXIES", 0, "How many proxies in front add X-Forwarded-For and X-Forwarded-Proto."
)
TLS_ELSEWHERE = env.flag(
    "HOMEPORT_TLS_ELSEWHERE", False, "A proxy in front ends TLS and sets X-Forwarded-Proto."
)
WEB_PROCESSES = env.number(
    "HOMEPORT_WEB_PROCESSES", 1, "How many web processes share this database.", at_least=1
)
LOG_FORMAT = env.text("HOMEPORT_LOG_FORMAT", "console", "`console` for people, `json` for collectors.")

SECRET_KEY = secret_key(VAR_DIR, production=PRODUCTION)
AUDIT_KEY = (
    env.secret("HOMEPORT_AUDIT_KEY", "Keys the audit's hash chain. Unset: derived from the secret key.")
    or SECRET_KEY
)

DATABASE_URL = env.text(
    "DATABASE_URL",
    f"sqlite:///{VAR_DIR / 'homeport.sqlite3'}",
    "PostgreSQL in production.",
    shown="sqlite in var",
)
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=0)}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text(
    "REDIS_URL",
    f"unix://{VAR_DIR / 'run' / 'redis.sock'}",
    "Redis or Valkey.",
    shown="a private Redis in var/run",
)
RQ_QUEUES = {name: {"URL": REDIS_URL, "DEFAULT_TIMEOUT": 300} for name in ("default", "alerts", "forwarding")}
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}},
}

INSTALLED_APPS = [
    "daphne",
    "portal.config",
    "accounts",
    "portal.fleet",
    "portal.arm",
    "consoles",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "accounts.admin_site.HomeportAdminConfig",
    "channels",
    "ninja",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_rq",
    "social_django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.config.middleware.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.PrincipalMiddleware",
    "accounts.middleware.RefusalMiddleware",
    "consoles.diagnostics.troubles.StoreTroubleMiddleware",
]
ROOT_URLCONF = "portal.config.urls"
ASGI_APPLICATION = "portal.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.fleet.context.frame",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "accounts.oidc.TenantOpenIdConnect"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "dashboard"
SOCIAL_AUTH_JSONFIELD_ENABLED = True
SOCIAL_AUTH_PIPELINE = (
    "accounts.pipeline.provider_details",
    "social_core.pipeline.social_auth.social_uid",
    "accounts.pipeline.allowed_domain",
    "accounts.pipeline.membership_claim",
    "social_core.pipeline.social_auth.social_user",
    "accounts.pipeline.find_or_create_person",
    "social_core.pipeline.social_auth.associate_user",
    "accounts.pipeline.join_tenant",
)
OTP_TOTP_ISSUER = "Homeport"
OTP_TOTP_THROTTLE_FACTOR = (
    0  # accounts/throttle.py bounds guessing; a second brake would refuse a right code after a slip
)

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ja", "日本語"), ("fr", "français"), ("ko", "한국어"), ("nl", "Nederlands")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.config.static_files.StaticFiles"},
}

TLS = PRODUCTION or TLS_ELSEWHERE
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *TLS_NAMES, *HOSTS]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in [*TLS_NAMES, *HOSTS]]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS_ELSEWHERE else None
SECURE_SSL_REDIRECT = TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * env.number(
    "HOMEPORT_SESSION_MINUTES", 12 * 60, "How long a sign-in lasts.", at_least=5
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "object-src": ["'none'"],
    },
}

EMAIL_HOST = env.text(
    "HOMEPORT_SMTP_HOST",
    "",
    "Mail server for invitations; unset, people copy the link and send it themselves.",
)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
EMAIL_PORT = env.number("HOMEPORT_SMTP_PORT", 25, "Port of the mail server.", at_least=1)
EMAIL_HOST_USER = env.text("HOMEPORT_SMTP_USER", "", "User name at the mail server; unset, nobody signs in.")
EMAIL_HOST_PASSWORD = env.secret("HOMEPORT_SMTP_PASSWORD", "Password at the mail server.")
SMTP_SECURITY = env.choice(
    "HOMEPORT_SMTP_SECURITY", ["none", "starttls", "tls"], "How the way to the mail server is encrypted."
)
EMAIL_USE_TLS, EMAIL_USE_SSL = SMTP_SECURITY == "starttls", SMTP_SECURITY == "tls"
EMAIL_TIMEOUT = 10  # mails are sent while somebody waits for the page; Django would wait for ever
DEFAULT_FROM_EMAIL = env.text("HOMEPORT_MAIL_FROM", "homeport@localhost", "Sender of mails.")
ALERT_NETWORKS = env.networks(
    "HOMEPORT_ALERT_NETWORKS", "Networks besides the internet for webhooks and syslog, as in `10.1.0.0/16`."
)

SIGN_IN_FAILURES = env.number(
    "HOMEPORT_SIGN_IN_FAILURES", 5, "Wrong passwords before a name is locked.", at_least=1
)
SIGN_IN_LOCK_MINUTES = env.number(
    "HOMEPORT_SIGN_IN_LOCK_MINUTES", 15, "How long that lock lasts.", at_least=1
)

for queue in (f"machines.{HUB_HOST}", f"archive.{HUB_HOST}", "records"):
    RQ_QUEUES[queue] = RQ_QUEUES["default"]
SESSIONS_PER_PERSON = env.number("HOMEPORT_SESSIONS_PER_PERSON", 50, "Open consoles a person may have.")
SESSIONS_PER_VM = env.number("HOMEPORT_SESSIONS_PER_VM", 100, "Open consoles a VM may have.")
SESSIONS_PER_TENANT = env.number("HOMEPORT_SESSIONS_PER_TENANT", 500, "Open consoles a tenant may have.")
