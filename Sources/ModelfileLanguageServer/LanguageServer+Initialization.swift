import JSONText

/// The first request: what the client can, and what this server can.
extension LanguageServer {
    mutating func initialize(_ parameters: JSONValue) -> JSONValue {
        phase = .running
        let client = parameters["capabilities"]
        encoding = .chosen(from: client?["general"]?["positionEncodings"])
        takesSnippets = client?["textDocument"]?["completion"]?["completionItem"]?["snippetSupport"]?.bool ?? false
        return [
            "capabilities": .object(Self.capabilities(encoding)),
            "serverInfo": ["name": "quern", "version": .string(version)],
        ]
    }

    private static func capabilities(_ encoding: PositionEncoding) -> JSONObject {
        [
            "positionEncoding": .string(encoding.rawValue),
            "textDocumentSync": ["openClose": true, "change": 2, "save": true],
            "completionProvider": ["triggerCharacters": [" ", ".", "$", "{", "/", "@"]],
            "hoverProvider": true,
            "definitionProvider": true,
            "referencesProvider": true,
            "documentHighlightProvider": true,
            "documentSymbolProvider": true,
            "documentLinkProvider": ["resolveProvider": false],
            "documentFormattingProvider": true,
            "codeActionProvider": ["codeActionKinds": ["quickfix", .string(CodeActionKind.fixAll)]],
            "codeLensProvider": ["resolveProvider": false],
            "renameProvider": ["prepareProvider": true],
            "foldingRangeProvider": true,
            "inlayHintProvider": true,
            "semanticTokensProvider": [
                "legend": [
                    "tokenTypes": .array(SemanticToken.Kind.allCases.map { .string($0.rawValue) }),
                    "tokenModifiers": ["declaration", "deprecated"],
                ],
                "full": true,
            ],
            "executeCommandProvider": ["commands": [.string(Self.testCommand)]],
        ]
    }
}
