import JSONText

/// Requests about open documents.
extension LanguageServer {
    /// The command behind a code lens: arguments are the URI of a Modelfile or test file, and a test's name or null.
    static let testCommand = "quern.test"

    mutating func feature(_ method: String, _ parameters: JSONValue) throws(ServerError) -> JSONValue {
        switch method {
        case "workspace/executeCommand": return try execute(parameters)
        case "textDocument/completion": return try at(parameters) { view, offset in view.completions(at: offset) }
        case "textDocument/hover": return try at(parameters) { view, offset in view.hover(at: offset) }
        case "textDocument/definition": return try at(parameters) { view, offset in view.definition(at: offset) }
        case "textDocument/references": return try at(parameters) { view, offset in view.references(at: offset) }
        case "textDocument/documentHighlight": return try at(parameters) { view, offset in view.highlights(at: offset) }
        case "textDocument/prepareRename": return try at(parameters) { view, offset in view.renamable(at: offset) }
        case "textDocument/rename":
            let (view, offset) = try place(parameters)
            return try view.rename(at: offset, to: parameters["newName"]?.string)
        case "textDocument/codeAction":
            let view = try view(parameters)
            let kinds = parameters["context"]?["only"]?.array?.compactMap(\.string)
            return view.codeActions(in: try view.positions.range(of: parameters["range"]), kinds: kinds)
        case "textDocument/inlayHint":
            let view = try view(parameters)
            return view.inlayHints(in: try view.positions.range(of: parameters["range"]))
        case "textDocument/documentSymbol": return try view(parameters).symbols
        case "textDocument/documentLink": return try view(parameters).links
        case "textDocument/formatting": return try view(parameters).formatting()
        case "textDocument/codeLens": return try view(parameters).lenses
        case "textDocument/foldingRange": return try view(parameters).foldings
        case "textDocument/semanticTokens/full": return try view(parameters).semanticTokens
        default: throw .unknownMethod(method)
        }
    }

    private func view(_ parameters: JSONValue) throws(ServerError) -> DocumentView {
        let uri = try Self.uri(of: parameters)
        guard let document = documents[uri], let analysis = analyses[uri] else { throw .invalidParameters("'\(uri)' is not open") }
        return DocumentView(self, document, analysis)
    }

    private func place(_ parameters: JSONValue) throws(ServerError) -> (view: DocumentView, offset: Int) {
        let view = try view(parameters)
        return (view, try view.positions.offset(of: parameters["position"]))
    }

    private func at(_ parameters: JSONValue, _ answer: (DocumentView, Int) -> JSONValue) throws(ServerError) -> JSONValue {
        let (view, offset) = try place(parameters)
        return answer(view, offset)
    }

    private func execute(_ parameters: JSONValue) throws(ServerError) -> JSONValue {
        guard let command = parameters["command"]?.string, command == Self.testCommand else {
            throw .invalidParameters("no command '\(parameters["command"]?.string ?? "")'")
        }
        guard let uri = parameters["arguments"]?[0]?.string, let path = FileLocation.path(ofURI: uri) else {
            throw .invalidParameters("\(command): the first argument is the URI of a file")
        }
        environment.startTests(path, parameters["arguments"]?[1]?.string.map { "^\(Self.escaped($0))$" })
        return .null
    }

    /// A text as the regular expression that matches it alone.
    private static func escaped(_ text: String) -> String {
        var pattern = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII, "\\^$.|?*+()[]{}/#&~-".unicodeScalars.contains(scalar) { pattern += "\\" }
            pattern.unicodeScalars.append(scalar)
        }
        return pattern
    }
}
