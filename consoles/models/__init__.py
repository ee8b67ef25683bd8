from consoles.models.archive import ArchivedPiece, Erasure, LineArchive, LinkForm, LogLink, PieceState
from consoles.models.sessions import ActKind, ConsoleSession, KeyboardAct

__all__ = [
    "ActKind",
    "ArchivedPiece",
    "ConsoleSession",
    "Erasure",
    "KeyboardAct",
    "LineArchive",
    "LinkForm",
    "LogLink",
    "PieceState",
]
