"""The version, once: the build, `echograde --version` and every output read it here."""

VERSION = "0.1.0"
