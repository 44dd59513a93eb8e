"""Django's settings. The database's addresses come from `kernel.storage.server`, which starts the embedded server.

`MINZHENG_NO_DATABASE=1` leaves the server alone, for commands that only read the code (type check, message files).
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from minzheng.domains import DOMAINS, ITEM_PACKAGES, REGISTERS
from minzheng.kernel.storage import server
from minzheng.kernel.storage.paths import state_home

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = os.environ.get("MINZHENG_DEBUG") == "1"


def _secret_key() -> str:
    """The signing key: from the environment, else made once and kept in a 0600 file of this installation."""
    named = os.environ.get("MINZHENG_SECRET_KEY")
    if named:
        return named
    path = state_home() / "secret.key"
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as handle:
            handle.write(os.urandom(48).hex())
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("MINZHENG_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("MINZHENG_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "minzheng.kernel.audit",
    "minzheng.kernel.access",
    "minzheng.kernel.places",
    "minzheng.kernel.organisations",
    "minzheng.kernel.facilities",
    "minzheng.kernel.people",
    "minzheng.kernel.sources",
    "minzheng.kernel.linkage",
    "minzheng.kernel.awards",
    "minzheng.kernel.outreach",
    "minzheng.kernel.cases",
    "minzheng.kernel.centres",
    "minzheng.kernel.bookings",
    "minzheng.kernel.stays",
    "minzheng.kernel.inspections",
    "minzheng.kernel.targets",
    "minzheng.kernel.payments",
    "minzheng.kernel.eventgrants",
    "minzheng.domains.price_linkage",
    "minzheng.domains.one_off_subsidies",
    "minzheng.domains.marriage_registration",
    "minzheng.domains.eldercare_facilities",
    "minzheng.domains.eldercare_beds",
    "minzheng.domains.eldercare_supervision",
    "minzheng.domains.eldercare_layout",
    "minzheng.domains.eldercare_workforce",
    "minzheng.domains.dementia_care",
    "minzheng.kernel.monthend",
    "minzheng.kernel.reforms",
    "minzheng.kernel.indicators",
    "minzheng.domains.annual_summary",
    "minzheng.simulation",
    "minzheng.kernel.ui",
    "minzheng.surfaces.web",
    "minzheng.surfaces.web.casework",
    "minzheng.surfaces.web.portal",
    "minzheng.surfaces.web.centres",
    "minzheng.surfaces.web.city",
    "minzheng.surfaces.web.reforms",
    "minzheng.surfaces.web.linkage",
    "minzheng.surfaces.web.marriage",
    "minzheng.surfaces.web.eldercare",
    "minzheng.surfaces.web.beds",
    "minzheng.surfaces.web.supervision",
    "minzheng.surfaces.web.layout",
    "minzheng.surfaces.web.targets",
    "minzheng.surfaces.web.figures",
    "minzheng.surfaces.web.summary",
    "minzheng.surfaces.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "minzheng.kernel.access.middleware.ActingMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "minzheng.surfaces.web.urls"
WSGI_APPLICATION = "minzheng.surfaces.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "minzheng.surfaces.web.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "minzheng.kernel.ui.templatetags.ui_tags",
            ],
        },
    }
]


def _database(address: server.Address) -> dict:
    options: dict = {"application_name": "minzheng"}
    if os.environ.get("MINZHENG_POOL"):
        options["pool"] = {"min_size": 1, "max_size": int(os.environ["MINZHENG_POOL"]), "timeout": 20}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": address.host,
        "PORT": address.port,
        "NAME": address.database,
        "USER": address.user,
        "PASSWORD": address.password,
        "OPTIONS": options,
    }


if os.environ.get("MINZHENG_NO_DATABASE") == "1":
    _nowhere = server.Address("127.0.0.1", 1, "nobody", "", "nothing")
    _addresses = server.Addresses(_nowhere, _nowhere)
else:
    _addresses = server.ready()

DATABASES = {
    # What serves people and jobs: owns nothing, bound by row-level security.
    "default": _database(_addresses.web),
    # What owns the tables: used by migrations alone.
    "owner": _database(_addresses.owner) | {"OPTIONS": {"application_name": "minzheng owner"}},
}
DATABASE_ROUTERS = ["minzheng.kernel.storage.router.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["minzheng.kernel.access.passwords.Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [{"NAME": f"minzheng.kernel.access.passwords.{name}"} for name in ("Length", "CharacterClasses")]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
# Residents sign in with the city's identity where one is named (统一身份认证); nobody signs up by themself.
MINZHENG_OIDC = {
    "url": os.environ.get("MINZHENG_OIDC_URL", ""),
    "client_id": os.environ.get("MINZHENG_OIDC_CLIENT_ID", ""),
    "secret": os.environ.get("MINZHENG_OIDC_SECRET", ""),
    "name": os.environ.get("MINZHENG_OIDC_NAME", "统一身份认证"),
    "number_claim": os.environ.get("MINZHENG_OIDC_NUMBER_CLAIM", "citizen_number"),
    "name_claim": os.environ.get("MINZHENG_OIDC_NAME_CLAIM", "name"),
}


def _origin(address: str) -> list[str]:
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


ACCOUNT_ADAPTER = "minzheng.surfaces.web.oidc.Accounts"
SOCIALACCOUNT_ADAPTER = "minzheng.surfaces.web.oidc.Identities"
SOCIALACCOUNT_STORE_TOKENS = False
ACCOUNT_EMAIL_VERIFICATION = "none"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "web/locked_out.html"
AXES_VERBOSE = False

SESSION_ENGINE = "minzheng.kernel.access.sessions"
SESSION_COOKIE_AGE = 30 * 60  # idle officials are signed out after half an hour
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("MINZHENG_HTTPS") == "1"
if SESSION_COOKIE_SECURE:
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_SSL_REDIRECT = os.environ.get("MINZHENG_BEHIND_PROXY") != "1"
    if os.environ.get("MINZHENG_BEHIND_PROXY") == "1":  # the proxy sets, and strips from outside, this header
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        # The sign-in form leads to the identity provider, and browsers follow that rule over redirects.
        "form-action": ["'self'", *_origin(MINZHENG_OIDC["url"])],
        "frame-ancestors": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = state_home() / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
# A folder with the fonts of official documents that a bureau has a licence for (方正小标宋、仿宋_GB2312).
MINZHENG_FONTS = os.environ.get("MINZHENG_FONTS") or None
# A scanner that each uploaded file is given to; anything but exit code 0 refuses the file.
MINZHENG_SCAN_COMMAND = os.environ.get("MINZHENG_SCAN_COMMAND", "")
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# The programmes of this installation; a new one is listed once, in `minzheng.domains`.
MINZHENG_DOMAINS = DOMAINS
# Folders of service items beside the programmes' own.
MINZHENG_ITEMS = ITEM_PACKAGES
# Folders that keep a register; with the programmes' they bring the figures.
MINZHENG_REGISTERS = REGISTERS
# The list of figures that the annual summary states.
MINZHENG_SUMMARY = BASE_DIR / "domains" / "summary_2022.yaml"
PROCRASTINATE_ON_APP_READY = None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("MINZHENG_LOG", "WARNING")},
}
