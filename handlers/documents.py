"""Documents made when somebody asks for them; drawing runs in a thread, away from the loop."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from domain.documents import render_protocol, render_summary_picture, render_summary_sheet
from domain.documents.labels import Language
from domain.documents.sheets import order_template
from domain.errors import NotFound
from handlers.context import Ctx


@dataclass(frozen=True)
class ProtocolFile:
    """The newest protocol of an order as a PDF; ``digest`` is the hash of its data."""

    number: str
    version: int
    digest: str
    content: bytes


async def protocol_file(ctx: Ctx, order_number: int) -> ProtocolFile:
    """Draw the newest protocol; raises NotFound ``no_protocol``."""
    data, digest = await ctx.services.awards.protocol(ctx.actor, order_number)
    content = await asyncio.to_thread(render_protocol, data)
    return ProtocolFile(data.number, data.version, digest, content)


async def summary_files(ctx: Ctx, order_number: int) -> tuple[list[bytes], bytes]:
    """The pictures and the spreadsheet of the summary, in the reader's language."""
    data = await ctx.services.awards.summary(ctx.actor, order_number, language_of(ctx))
    pictures = await asyncio.to_thread(render_summary_picture, data)
    sheet = await asyncio.to_thread(render_summary_sheet, data)
    return pictures, sheet


async def template_file(ctx: Ctx) -> bytes:
    """The empty order as a spreadsheet, in the reader's language."""
    return await asyncio.to_thread(order_template, language_of(ctx))


async def stored_file(ctx: Ctx, sha256: str) -> bytes:
    """A file somebody attached; raises NotFound ``file_unknown`` when no copy is kept."""
    try:
        return await ctx.services.site.files.get(sha256)
    except KeyError:
        raise NotFound("file_unknown") from None


def language_of(ctx: Ctx) -> Language:
    """The language of documents: Kazakh for its readers, Russian for all others."""
    return "kk" if ctx.t.locale == "kk" else "ru"
