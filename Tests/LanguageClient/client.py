"""Drives `quern lsp` with pygls's client, as an editor would, and says what it saw as JSON on standard output.

    python3 client.py PROGRAM FOLDER

FOLDER holds Modelfile, part.modelfile and Modelfile.test.yaml; LanguageServerTests.swift writes them and judges what comes back.
pygls and lsprotocol check every message against the types of the protocol, so a reply of the wrong form is an exception here.
"""

import asyncio
import json
import pathlib
import sys

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient


class Editor:
    def __init__(self, program: str, folder: pathlib.Path):
        self.program, self.folder = program, folder
        self.client = LanguageClient("quern-tests", "1")
        self.diagnostics: dict[str, list[lsp.Diagnostic]] = {}
        self.arrived = asyncio.Event()

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def diagnostics(params: lsp.PublishDiagnosticsParams):
            self.diagnostics[params.uri] = list(params.diagnostics)
            self.arrived.set()

        self.shown: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        @self.client.feature(lsp.WINDOW_SHOW_MESSAGE)
        def show(params: lsp.ShowMessageParams):
            if not self.shown.done():
                self.shown.set_result(params.message)

        @self.client.feature(lsp.WINDOW_LOG_MESSAGE)
        def log(params: lsp.LogMessageParams):
            pass

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    async def told(self, name: str) -> list[dict]:
        """The diagnostics of a file after the change that was just sent."""
        while not self.arrived.is_set():
            await asyncio.wait_for(self.arrived.wait(), 20)
        self.arrived.clear()
        return [
            {
                "code": found.code,
                "message": found.message,
                "severity": int(found.severity),
                "start": [found.range.start.line, found.range.start.character],
                "end": [found.range.end.line, found.range.end.character],
            }
            for found in self.diagnostics.get(self.uri(name), [])
        ]

    async def start(self) -> lsp.InitializeResult:
        await self.client.start_io(self.program, "lsp", "--stdio")
        result = await self.client.initialize_async(
            lsp.InitializeParams(
                capabilities=lsp.ClientCapabilities(
                    general=lsp.GeneralClientCapabilities(position_encodings=[lsp.PositionEncodingKind.Utf16])
                ),
                root_uri=self.folder.as_uri(),
            )
        )
        self.client.initialized(lsp.InitializedParams())
        return result

    async def open(self, name: str) -> list[dict]:
        text = (self.folder / name).read_text()
        self.client.text_document_did_open(
            lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(self.uri(name), "modelfile", 1, text))
        )
        return await self.told(name)

    async def type(self, name: str, line: int, character: int, end: int, text: str) -> list[dict]:
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(version=2, uri=self.uri(name)),
                [
                    lsp.TextDocumentContentChangePartial(
                        range=lsp.Range(lsp.Position(line, character), lsp.Position(line, end)), text=text
                    )
                ],
            )
        )
        return await self.told(name)

    async def features(self, name: str) -> dict:
        """One request of each kind, at places that LanguageServerTests.swift knows."""
        client, document = self.client, lsp.TextDocumentIdentifier(self.uri(name))
        everything = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))

        def at(line, character, kind=lsp.TextDocumentPositionParams, **more):
            return kind(text_document=document, position=lsp.Position(line, character), **more)

        completion = await client.text_document_completion_async(at(4, 14, lsp.CompletionParams))
        hover = await client.text_document_hover_async(at(5, 2, lsp.HoverParams))
        definition = await client.text_document_definition_async(at(3, 9, lsp.DefinitionParams))
        rename = await client.text_document_rename_async(at(1, 5, lsp.RenameParams, new_name="WEIGHT"))
        actions = await client.text_document_code_action_async(
            lsp.CodeActionParams(document, everything, lsp.CodeActionContext([]))
        )
        edits = await client.text_document_formatting_async(
            lsp.DocumentFormattingParams(document, lsp.FormattingOptions(4, True))
        )
        tokens = await client.text_document_semantic_tokens_full_async(lsp.SemanticTokensParams(document))
        lenses = await client.text_document_code_lens_async(lsp.CodeLensParams(document))
        return {
            "completion": [item.label for item in completion],
            "hover": hover.contents.value,
            "definition": definition.uri if isinstance(definition, lsp.Location) else [place.uri for place in definition],
            "rename": {uri: len(found) for uri, found in rename.changes.items()},
            "actions": [action.title for action in actions],
            "formatting": len(edits),
            "tokens": len(tokens.data),
            "foldings": len(await client.text_document_folding_range_async(lsp.FoldingRangeParams(document))),
            "symbols": [s.name for s in await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(document))],
            "links": [link.target for link in await client.text_document_document_link_async(lsp.DocumentLinkParams(document))],
            "hints": [h.label for h in await client.text_document_inlay_hint_async(lsp.InlayHintParams(document, everything))],
            "lenses": [lens.command.title for lens in lenses],
            "highlights": len(await client.text_document_document_highlight_async(at(1, 5, lsp.DocumentHighlightParams))),
            "prepared": (await client.text_document_prepare_rename_async(at(1, 5, lsp.PrepareRenameParams))).placeholder,
        }

    async def run_tests(self, name: str) -> str:
        await self.client.workspace_execute_command_async(
            lsp.ExecuteCommandParams(command="quern.test", arguments=[self.uri(name), None])
        )
        return await asyncio.wait_for(self.shown, 40)

    async def stop(self) -> int:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        return await asyncio.wait_for(self.client._server.wait(), 20)


async def main(program: str, folder: pathlib.Path):
    editor = Editor(program, folder)
    seen: dict = {}
    result = await editor.start()
    seen["encoding"] = result.capabilities.position_encoding
    seen["opened"] = await editor.open("Modelfile")
    seen["part"] = [found.code for found in editor.diagnostics.get(editor.uri("part.modelfile"), [])]
    seen["features"] = await editor.features("Modelfile")
    seen["typed"] = await editor.type("Modelfile", 4, 11, 24, "op_k 3")
    seen["report"] = await editor.run_tests("Modelfile")
    seen["exit"] = await editor.stop()
    json.dump(seen, sys.stdout)


asyncio.run(main(sys.argv[1], pathlib.Path(sys.argv[2]).resolve()))
