from consoles.models.archive import ArchivedPiece, Erasure, LineArchive, LinkForm, LogLink, PieceState
from consoles.models.sessions import ConsoleSession

__all__ = ["ArchivedPiece", "ConsoleSession", "Erasure", "LineArchive", "LinkForm", "LogLink", "PieceState"]
