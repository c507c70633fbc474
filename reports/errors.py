"""Errors of the reports. Each message says where, what was found, what is expected, and what to do now.

ReportError
 +- FontError      no font of this machine can write the report
 +- TemplateError  the bank's template for slides cannot be used
 +- NothingError   the data hold nothing to report on
 +- MailError      a mail was certainly not sent
 +- InDoubtError   nobody knows whether a mail was sent
"""


class ReportError(Exception):
    """Base of every error raised by the reports. No file was written."""


class FontError(ReportError):
    """No font of this machine can write the report; boxes are never printed in place of letters."""


class TemplateError(ReportError):
    """The bank's template for slides cannot be used."""


class NothingError(ReportError):
    """The data hold nothing to report on, or nothing that this person may see."""


class MailError(ReportError):
    """A mail was certainly not sent."""


class InDoubtError(ReportError):
    """The mail server did not say whether it takes the mail: nobody knows whether it was sent."""
