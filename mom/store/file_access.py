"""Whether this process may use the files that it needs. Knows no database."""

import os
import pwd
from pathlib import Path


def hindrance(path: Path) -> str:
    """Why a file or folder cannot be read and written, and what to do; empty if it can.

    What is not there hinders nobody: it is made when it is needed.
    """
    if not os.path.exists(path):
        return ""
    wanted = os.R_OK | os.W_OK | (os.X_OK if os.path.isdir(path) else 0)
    if os.access(path, wanted, effective_ids=True):
        return ""
    user = _user()
    return (
        f"user {user} may not read and write {path}; if the file system is writable: "
        f"chown {user} {path}; chmod u+rwX {path}"
    )


def _user() -> str:
    number = os.geteuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
