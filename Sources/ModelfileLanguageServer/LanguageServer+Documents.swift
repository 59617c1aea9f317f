import Diagnostics
import JSONText
import ModelfileSuperset
import ModelfileSyntax

/// Texts that are opened, changed and closed, and the diagnostics that follow.
extension LanguageServer {
    mutating func note(_ method: String, _ parameters: JSONValue) throws(ServerError) {
        switch method {
        case "textDocument/didOpen": try open(parameters)
        case "textDocument/didChange": try change(parameters)
        case "textDocument/didClose": try close(parameters)
        case "textDocument/didSave", "workspace/didChangeWatchedFiles", "workspace/didChangeConfiguration":
            cache.forget()
            refresh(Array(documents.keys))
        // `initialized`, `$/cancelRequest` (nothing waits here that could be cancelled) and whatever is new.
        default: break
        }
    }

    private mutating func open(_ parameters: JSONValue) throws(ServerError) {
        let item = parameters["textDocument"]
        guard let uri = item?["uri"]?.string, let text = item?["text"]?.string else {
            throw .invalidParameters("a text document has a uri and a text")
        }
        cache.forget()
        documents[uri] = OpenDocument(
            uri: uri, language: item?["languageId"]?.string ?? "", version: item?["version"] ?? JSONValue.null, text: text)
        refresh([uri])
    }

    private mutating func change(_ parameters: JSONValue) throws(ServerError) {
        let uri = try Self.uri(of: parameters)
        guard var document = documents[uri] else { throw .invalidParameters("'\(uri)' is not open") }
        try document.apply(parameters["contentChanges"]?.array ?? [], encoding)
        document.version = parameters["textDocument"]?["version"] ?? JSONValue.null
        documents[uri] = document
        refresh([uri])
    }

    private mutating func close(_ parameters: JSONValue) throws(ServerError) {
        let uri = try Self.uri(of: parameters)
        guard let document = documents.removeValue(forKey: uri) else { return }
        analyses[uri] = nil
        let users = document.path.map(documentsIncluding) ?? []
        refresh(users)
        publish(changed: [uri])
    }

    static func uri(of parameters: JSONValue) throws(ServerError) -> String {
        guard let uri = parameters["textDocument"]?["uri"]?.string else { throw .invalidParameters("no text document is named") }
        return uri
    }

    // MARK: Analyses

    /// Reads documents again, and those that draw them in; tells what changed.
    mutating func refresh(_ uris: [String]) {
        var wanted = Set(uris)
        for uri in uris { wanted.formUnion(documents[uri]?.path.map(documentsIncluding) ?? []) }
        let open = documents.values.compactMap { document in document.path.map { ($0, document.source) } }
        let reader = DocumentReader(
            environment: environment, overlay: Dictionary(open) { first, _ in first }, capturedFacts: cache.facts,
            settings: cache.settings, templates: templates)
        for uri in wanted.sorted() { analyses[uri] = documents[uri].map(reader.read) }
        publish(changed: wanted)
    }

    /// The open documents that draw in the file at `path`.
    private func documentsIncluding(_ path: String) -> [String] {
        analyses.filter { documents[$0.key]?.path != path && $0.value.includedPaths.contains(path) }.map(\.key).sorted()
    }

    /// The document that draws in this one, and which of its files this one is; the document itself if there is none.
    func owner(of uri: String) -> (uri: String, file: Int) {
        guard let path = documents[uri]?.path, let owner = documentsIncluding(path).first,
            let file = analyses[owner]?.program.files.firstIndex(where: { $0.source.name == path })
        else { return (uri, 0) }
        return (owner, file)
    }

    /// The URI of a file, as the client writes it where the client has the file open.
    func uri(ofPath path: String) -> String {
        documents.values.first { $0.path == path || $0.path == nil && $0.uri == path }?.uri ?? FileLocation.uri(ofPath: path)
    }

    // MARK: Diagnostics

    /// Tells the client the diagnostics of every file where they are not what it was told last, and of `changed` ones always: an
    /// editor waits for the answer to a change.
    private mutating func publish(changed: Set<String>) {
        var current: [String: (source: SourceText, diagnostics: [Diagnostic])] = [:]
        for (uri, analysis) in analyses.sorted(by: { $0.key < $1.key }) {
            // A part of another open Modelfile is judged as such: alone it lacks FROM and the names that it is given.
            let isPart = owner(of: uri).uri != uri
            for text in analysis.texts where !isPart || text.source.name != analysis.tree.source.name {
                let place = self.uri(ofPath: text.source.name)
                let known = current[place]?.diagnostics ?? []
                current[place] = (text.source, known + text.diagnostics.filter { !known.contains($0) })
            }
        }
        for uri in Set(current.keys).union(published.keys).union(changed).sorted() {
            let found = current[uri]
            let list = found.map { DiagnosticWriter(server: self, source: $0.source).text($0.diagnostics) } ?? Array("[]".utf8)
            let isEmpty = found?.diagnostics.isEmpty ?? true
            guard changed.contains(uri) || (isEmpty ? published[uri] != nil : list != published[uri]) else { continue }
            published[uri] = isEmpty ? nil : list
            send(ServerMessage.diagnostics(list, of: uri, version: documents[uri]?.version))
        }
    }
}
