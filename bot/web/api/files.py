"""Files: kept by their content, named by their SHA-256 in what is done next (act 627, clause 8)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from aiohttp import web

from bot.web.api.models import UploadIn
from bot.web.api.order_answers import ContractOut, FileOut
from bot.web.api.routing import Call, Group, Nothing
from domain.files import FileInfo

routes = Group("files")

# Whatever somebody once sent is nothing that a browser should show or run by itself.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox",
    "Cache-Control": "private, no-cache",
}


@routes.post("/files", UploadIn, FileOut, status=201, upload=True, people=True)
async def keep_file(call: Call, body: UploadIn) -> FileOut:
    """Keep a file, bare or as the part `file` of a form; what nobody names within a day is gone."""
    kept = await call.services.uploads.keep(call.actor, body.file, body.name, body.mime)
    return FileOut.model_validate(kept)


@routes.get("/files/{sha256}", Nothing, None, media="*/*")
async def show_file(call: Call, _: Nothing) -> web.Response:
    """The content of a file of an order, an offer that is no longer sealed, or a contract."""
    sha256 = call.text("sha256").lower()
    return file_response(*await call.services.uploads.content(call.actor, sha256))


def file_response(file: FileInfo, content: bytes) -> web.Response:
    """A file as somebody sent it, to be kept and not to be run."""
    name = f"attachment; filename*=UTF-8''{quote(file.name or 'file', safe='')}"
    return web.Response(
        body=content,
        headers={
            **_HEADERS,
            "Content-Type": file.mime or "application/octet-stream",
            "Content-Disposition": name,
        },
    )


async def contract_files(call: Call, contracts: Sequence[ContractOut]) -> None:
    """Put the files into what is shown of contracts."""
    # Files are read by integrations, and by people in the chat.
    if not contracts or call.actor.kind == "person":
        return
    found = await call.services.uploads.of_contracts(call.actor, [each.id for each in contracts])
    for contract in contracts:
        if contract.id in found:
            contract.file = FileOut.model_validate(found[contract.id])
