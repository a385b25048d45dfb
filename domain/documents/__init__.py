"""Documents people get and send: the protocol of results, the summary, spreadsheets.

Pure functions of frozen dataclasses: no database, no clock, no network. Fixed wording of the
forms lives in ``labels.json`` in both languages; what a person typed goes to Typst as JSON only.
"""

from domain.documents.protocol import (
    ProtocolData,
    ProtocolOffer,
    ProtocolWinner,
    UncoveredLine,
    data_hash,
    render_protocol,
)
from domain.documents.summary import (
    SummaryData,
    SummaryLine,
    SummaryOffer,
    render_summary_picture,
)
from domain.documents.summary_sheet import render_summary_sheet

__all__ = [
    "ProtocolData",
    "ProtocolOffer",
    "ProtocolWinner",
    "SummaryData",
    "SummaryLine",
    "SummaryOffer",
    "UncoveredLine",
    "data_hash",
    "render_protocol",
    "render_summary_picture",
    "render_summary_sheet",
]
