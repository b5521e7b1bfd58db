"""What the log must not hold (日志脱敏): the secret part of a calendar address, whoever wrote it there."""

from __future__ import annotations

import logging
import re

SECRET = re.compile(r"(/calendar/feed/)[^\s\"'?]+")


class MaskSecrets(logging.Filter):
    """Put dots in the place of secrets before a line is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line pass, without what is secret in it."""
        said = record.getMessage()
        masked = SECRET.sub(r"\1…", said)
        if masked != said:
            record.msg, record.args = masked, ()
        return True
