import APITypes
import Hummingbird
import JSONText
import Logging
import ModelService
import ModelfilePlan
import NIOCore
import Runner

/// A request and everything that is needed to answer it.
struct Exchange: Sendable {
    let request: Request
    let context: ServerContext
    let server: ServerParts
    /// What stands in the path where the route has a `:name`.
    let parameter: String

    var host: ModelHost { server.host }
    var logger: Logger { context.logger }

    /// The request's body, as long as it is no longer than may be.
    func body() async throws -> [UInt8] {
        do {
            let buffer = try await request.body.collect(upTo: server.settings.longestBody)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw RequestError("request body too large: more than \(server.settings.longestBody) bytes", status: 413)
        }
    }

    /// The members of a JSON body.
    ///
    /// - Parameters:
    ///   - type: what Ollama calls the request, for errors.
    ///   - fields: the members that mean something; others are logged, or refused where the server is strict.
    func read(_ type: String, fields: [String]) async throws -> RequestReader {
        let bytes = try await body()
        guard bytes.contains(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) else { throw RequestError("missing request body") }
        let json: JSONValue
        do { json = try JSONValue(parsing: bytes, limits: .lenient) } catch { throw RequestError("invalid JSON: \(error)") }
        let reader = try RequestReader(json, type: type)
        for (name, suggestion) in reader.unknownFields(known: fields) { try complain(of: "field", name, suggestion) }
        return reader
    }

    /// Looks for options that mean nothing, and for values of the wrong type.
    func check(_ options: JSONObject) throws {
        var checked = RunOptions()
        for name in try checked.apply(options) where !ParameterTable.deprecated.contains(name) {
            try complain(of: "option", name, ParameterTable.suggestion(for: name))
        }
    }

    /// Something of a request means nothing: an error where the server is strict, a line of the log otherwise.
    private func complain(of what: String, _ name: String, _ suggestion: String?) throws {
        let problem = "unknown \(what) '\(name.prefix(100))'" + (suggestion.map { ", did you mean '\($0)'?" } ?? "")
        if server.settings.isStrict { throw RequestError(problem) }
        logger.warning("\(problem)")
    }
}

/// What all requests share.
struct ServerParts: Sendable {
    let host: ModelHost
    let settings: ServerSettings
    let metrics = ServerMetrics()

    var models: LocalModels { host.models }
    var catalogue: ModelCatalogue { host.catalogue }
}
