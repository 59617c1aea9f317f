public import ModelManifest
public import ModelStore

/// A model's name as a request writes it: with `:cloud` or `:local` behind it, where the client says where the model is.
public struct RequestedModel: Sendable {
    /// As it was written, without blanks around it.
    public let text: String
    public let name: ModelName

    /// - Throws: `ServiceError.noModel` for an empty text, `.invalidModelName`, `.cloudDisabled` for a model that is not on this
    ///   machine, `.twoSources`.
    public init(_ text: String) throws(ServiceError) {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        self.text = String(rest)
        guard !rest.isEmpty else { throw .noModel }
        let isLocal = Self.drop(":local", from: &rest)
        let isCloud = Self.isCloud(rest)
        if isLocal, isCloud { throw .twoSources(self.text) }
        if isCloud { throw .cloudDisabled }
        if Self.drop(":local", from: &rest) { throw .invalidModelName(self.text) }
        do { name = try ModelName(String(rest)) } catch { throw .invalidModelName(self.text) }
    }

    private static func drop(_ suffix: String, from text: inout Substring) -> Bool {
        guard text.lowercased().hasSuffix(suffix) else { return false }
        text = text.dropLast(suffix.count)
        return true
    }

    /// Whether the tag is `cloud` or ends in `-cloud`.
    private static func isCloud(_ text: Substring) -> Bool {
        guard let colon = text.lastIndex(of: ":"), text.lastIndex(of: "/").map({ $0 < colon }) ?? true else { return false }
        let tag = text[text.index(after: colon)...].lowercased()
        return tag == "cloud" || tag.hasSuffix("-cloud")
    }
}

extension LocalModels {
    /// The stored model that a request names. Never a file: who asks over the network does not choose paths.
    ///
    /// - Throws: `ServiceError.unknownModel` with the text of the request, and what `RequestedModel` throws.
    public func stored(_ requested: RequestedModel) throws -> StoredModel {
        do { return try store.model(requested.name) } catch StoreError.modelNotFound {
            throw ServiceError.unknownModel(requested.text)
        }
    }
}
