"""Where things lie on this machine (数据目录): the data folder, its secret, its PostgreSQL."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """Return the data folder, `GUANTONG_DATA` or `./var`; it is not created here."""
    return Path(os.environ.get("GUANTONG_DATA") or "var").expanduser().resolve()


def ensure_data_folder(data: Path) -> Path:
    """Create the data folder so that nobody else can list it (others may only pass through, as root).

    The embedded server refuses to run as root and then runs as another user, who has to pass
    through this folder to reach its own; for everyone else the folder is closed.
    """
    if not data.exists():
        data.mkdir(parents=True)
        data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return data


def secret_key(data: Path) -> str:
    """Return the installation's secret key, making it (0600) when there is none yet.

    Two processes that start at once agree on one key: the file is linked into place whole, and
    the loser reads the winner's.
    """
    given = os.environ.get("GUANTONG_SECRET_KEY")
    if given:
        return given
    file = data / "secret.key"
    if not file.exists():
        ensure_data_folder(data)
        draft = data / f".secret.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(secrets.token_urlsafe(64) + "\n")
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text(encoding="ascii").strip()
