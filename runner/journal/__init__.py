"""Lines ↔ disk: append-only, locked, repaired when torn."""

from .disk import Journal, JournalWriter, lines_of, parse, read
from .lines import Fingerprint, On, Record, Session, Trace

__all__ = ["Fingerprint", "Journal", "JournalWriter", "On", "Record", "Session", "Trace", "lines_of", "parse", "read"]
