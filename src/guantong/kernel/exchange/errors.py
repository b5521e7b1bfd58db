"""Why an exchange file is not taken in (不予接收的原因): a code for programs, words for people."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from guantong.kernel.acts.act import Fault, Refused


class ExchangeError(Exception):
    """A file that is not taken, or cannot be made; `code` names the cause."""

    def __init__(self, code: str, **words: object) -> None:
        super().__init__(code)
        self.code, self.words = code, words

    @property
    def fault(self) -> Fault:
        """Say it in the reader's language, at the field `message`."""
        reason, remedy = TEXTS[self.code]()
        return Fault("message", reason % self.words if self.words else reason, remedy)

    def refused(self) -> Refused:
        """Return it as the refusal of an act; raise that."""
        return Refused(self.fault)


TEXTS: dict[str, Callable[[], tuple[str, str]]] = {
    "empty": lambda: (_("The file is empty."), _("Copy it from the disc again.")),
    "too_large": lambda: (
        _("The file has more than %(limit)s MB and is not read."),
        _("Ask for a file without the large attachments; those can travel on the disc as they are."),
    ),
    "no_file": lambda: (
        _("This is no exchange file, or it was changed on the way."),
        _("Take the file ending in .gtx (sealed) or .json (answer form) from the disc."),
    ),
    "newer": lambda: (
        _("The file is of format %(version)s; this platform reads up to format %(known)s."),
        _("Bring the platform up to date, or ask the sender to make the file in the older format."),
    ),
    "damaged": lambda: (
        _("The file is damaged: its parts do not fit its length."),
        _("Copy it from the disc again; if it stays so, ask the sender to burn it anew."),
    ),
    "unknown_sender": lambda: (
        _("The file is signed with a key nobody has confirmed here (%(key)s)."),
        _("Let the security administrator import the sender's key and compare its fingerprint by telephone."),
    ),
    "unconfirmed_sender": lambda: (
        _("The key of %(name)s was imported but not confirmed by telephone yet."),
        _("Let the security administrator compare the fingerprint and confirm it."),
    ),
    "revoked_sender": lambda: (
        _("The key with which %(name)s signed was revoked; nothing under it is believed."),
        _("Ask them by telephone, and for a file made with their present key."),
    ),
    "forged": lambda: (
        _("The signature does not fit the content: the file was altered after it was signed."),
        _("Do not use it. Keep the disc, tell the sender by telephone, and ask for the file anew."),
    ),
    "misaddressed": lambda: (
        _("The file is sealed for another body, or for a key that is not held here (%(key)s)."),
        _("Give the disc back unread, or ask the sender whose key it was made for."),
    ),
    "other_body": lambda: (
        _("The file is addressed to %(name)s; you act for another body."),
        _("Switch to a post in that body, or hand the disc to it."),
    ),
    "own_key_revoked": lambda: (
        _("The file is sealed for a key of ours that was revoked."),
        _("Send the sender the present key and ask for the file anew."),
    ),
    "unreadable": lambda: (
        _("The file cannot be opened with the key it names."),
        _("Ask the sender to make it anew."),
    ),
    "not_as_agreed": lambda: (
        _("The content is not as the format says: %(where)s."),
        _("Ask the sender to make it anew with an up-to-date platform."),
    ),
    "locked_key": lambda: (
        _("The private key cannot be opened with this installation's secret."),
        _("Tell the system administrator: secret.key or GUANTONG_EXCHANGE_SECRET is another than before."),
    ),
    "no_own_key": lambda: (
        _("%(name)s has no exchange key yet."),
        _("Let the security administrator make one, or send it on paper."),
    ),
    "no_peer_key": lambda: (
        _("No confirmed exchange key of %(name)s is held here."),
        _("Let the security administrator import and confirm it; or send it on paper, with the answer form."),
    ),
    "repeated": lambda: (
        _("File no. %(number)s of %(name)s is already in, recorded on %(day)s."),
        _("Nothing is to be done; nothing was recorded again."),
    ),
    "same_number": lambda: (
        _("No. %(number)s of %(name)s is already in with another content."),
        _("Ask the sender by telephone which of the two is right; have the other sent under a new number."),
    ),
    "no_matter": lambda: (
        _("It answers something that was not sent from here, or that you may not see."),
        _("Let whoever sent the letter take the file in, or compare the letter number with the sender."),
    ),
    "not_yet": lambda: (
        _("It goes beyond their receipt, and that has not been recorded yet."),
        _("Take in their receipt first (see the missing numbers), or record the receipt that came on paper."),
    ),
}  # fmt: skip
