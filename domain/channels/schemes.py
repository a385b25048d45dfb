"""Schemes of Apprise that nobody may use here."""

from __future__ import annotations

#: They act on this very machine (its desktop, log, devices or key files): whatever else the
#: settings allow, no address of a gateway or of a person may be one.
LOCAL_SCHEMES = frozenset(
    {
        *("dbus", "qt", "kde", "glib", "gio", "gnome", "macosx", "windows", "syslog"),
        *("blink1", "vapid", "fcm", "file", "exec", "cmd", "shell", "unix"),
    }
)
