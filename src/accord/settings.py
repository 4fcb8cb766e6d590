"""Django's settings, from the environment; everything that a firm must not share lies in its data folder.

ACCORD_DATA       the folder of the embedded database, uploads and the secret key (default: ~/.local/share/accord)
ACCORD_DATABASE   postgresql://user:password@host:port/name instead of the embedded database
ACCORD_MAIL       smtp://user:password@host:port (smtps: for TLS from the start); without it mail is written into the data folder
ACCORD_MAIL_FROM  the sender's address
ACCORD_HOSTS      the names under which it is served, separated by commas (default: this machine only)
ACCORD_SITE       the address at which people reach it, for links in mails (default: the first of ACCORD_HOSTS)
ACCORD_HTTPS      1: cookies only over HTTPS, and browsers are told to come back over HTTPS
ACCORD_DEMO       1: the sample firm, where anybody may sign in as anybody
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

HERE = Path(__file__).parent
DATA = Path(os.environ.get("ACCORD_DATA", Path.home() / ".local" / "share" / "accord"))
DEMO = os.environ.get("ACCORD_DEMO") == "1"
HTTPS = os.environ.get("ACCORD_HTTPS") == "1"
DEBUG = False


def _site() -> str:
    """Where a link leads that stands in a mail which no page asked for; with a slash at its end."""
    host = os.environ.get("ACCORD_HOSTS", "").split(",")[0].removeprefix(".")
    usual = f"{'https' if HTTPS else 'http'}://{host}/" if host else "http://localhost:8000/"
    return os.environ.get("ACCORD_SITE", usual).rstrip("/") + "/"


def _secret_key() -> str:
    """Made at the first start and kept in the data folder, readable by its owner only."""
    file = DATA / "secret-key"
    if not file.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
            made.write(secrets.token_urlsafe(50))
    return file.read_text()


def _database() -> dict[str, Any]:
    address = os.environ.get("ACCORD_DATABASE")
    if not address:
        # IMMEDIATE: a transaction that will write waits for its turn at the beginning instead of failing in the middle.
        # Recursive triggers: so that REPLACE cannot pass those that keep the ledger and what was said append-only.
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000; "
        pragmas += "PRAGMA recursive_triggers=ON;"
        options = {"transaction_mode": "IMMEDIATE", "init_command": pragmas}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA / "accord.sqlite3", "OPTIONS": options}
    parts = urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
    }


def _mail() -> dict[str, Any]:
    """The settings of the mail server that ACCORD_MAIL names."""
    address = os.environ.get("ACCORD_MAIL")
    if not address:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}
    parts = urlsplit(address)
    secure = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if secure else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        # A mail server elsewhere is spoken to in secret; one on this machine may not know how.
        "EMAIL_USE_TLS": not secure and parts.hostname not in (None, "localhost", "127.0.0.1", "::1"),
    }


SECRET_KEY = _secret_key()
DATABASES = {"default": _database()}
CACHES = {
    # Wrong sign-ins are counted here, wherever they arrive: one cache for all processes and machines.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    # What a process may forget.
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "accord.ledger",
    "accord.actions",
    "accord.people",
    "accord.relationships",
    "accord.engagements",
    "accord.estimating",
    "accord.planning",
    "accord.proposals",
    "accord.contracts",
    "accord.portfolio",
    "accord.portal",
    "accord.notices",
    "accord.web",
    "accord.demo",
    # After ours, so that our templates come first.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.forms",
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # so that our widgets' templates come first

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accord.web.middleware.PartsKeepTheSession",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accord.web.middleware.FirstAdministrator",
    "accord.web.middleware.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accord.people.middleware.SeenSessions",
    "django_htmx.middleware.HtmxMiddleware",
    "accord.web.middleware.OnePolicy",
    "accord.web.middleware.Refusals",
    "accord.web.middleware.OddAddresses",
]

ROOT_URLCONF = "accord.urls"
WSGI_APPLICATION = "accord.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accord.web.context.firm",
            ],
            "builtins": ["accord.web.templatetags.accord"],
        },
    }
]

# Who may come in

AUTH_USER_MODEL = "people.Member"
AUTHENTICATION_BACKENDS = ["accord.people.backends.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email", "title")},
    },
    {"NAME": "accord.people.passwords.NotCommon"},
]
LOGIN_URL = "demo:people" if DEMO else "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accord.people.accounts.InvitedOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # only invited people come in, and the invitation went to their address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets mail because somebody typed their address here
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Beside the library's own limits, ours: what one link of a client may send.
ACCOUNT_RATE_LIMITS = {"answer_by_link": "20/10m/key"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "change_password": "accord.people.account_forms.ChangePassword",
    "reset_password_from_key": "accord.people.account_forms.ChooseAnew",
    "set_password": "accord.people.account_forms.ChooseFirst",
}
MFA_FORMS = {"add_webauthn": "accord.people.account_forms.AddPasskey"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Accord"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # see above
# Without HTTPS it serves this machine only, the one place where browsers give passkeys without it.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# What a browser may do

ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *filter(None, os.environ.get("ACCORD_HOSTS", "").split(",")),
]
SITE = _site()
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Browsers share cookies between ports: the sample firm and a real one side by side do not sign each other out.
SESSION_COOKIE_NAME = "accord_demo_session" if DEMO else "accord_session"
CSRF_COOKIE_NAME = "accord_demo_csrf" if DEMO else "accord_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "accord.web.views.sent_too_late"

# Jobs run from the database, so that none is lost and each starts with the transaction that asked for it

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "checks"]}}

# Files, words, mail

STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # the files lie in the package: nothing is to be collected
MEDIA_ROOT = DATA / "uploads"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # a page in half a language is worse than one in another
LOCALE_PATHS = [HERE / "locale"]  # what clients read has more languages: relationships.models.Language
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
globals().update(_mail())
EMAIL_TIMEOUT = 20  # seconds
EMAIL_FILE_PATH = DATA / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("ACCORD_MAIL_FROM", "accord@localhost")
