import Diagnostics
import JSONText

/// A text that the editor has open.
struct OpenDocument {
    /// What the text is, by its name.
    enum Kind {
        case modelfile
        /// A template in a file of its own.
        case template
        /// `Modelfile.test.yaml`
        case tests
        /// `.quern.yaml`
        case settings
        case other
    }

    /// Texts longer than this are kept and not looked at.
    static let byteLimit = 1 << 24

    /// As the client writes it.
    let uri: String
    /// Nil where the text has no file yet.
    let path: String?
    let kind: Kind
    var version: JSONValue
    private(set) var source: SourceText

    init(uri: String, language: String, version: JSONValue, text: String) {
        self.uri = uri
        self.version = version
        path = FileLocation.path(ofURI: uri)
        kind = Self.kind(name: FileLocation.name(ofPath: path ?? uri), language: language)
        source = SourceText(text, name: path ?? uri)
    }

    private static func kind(name: String, language: String) -> Kind {
        if name == ".quern.yaml" { return .settings }
        if name.hasSuffix(".test.yaml") || name.hasSuffix(".test.yml") { return .tests }
        if [".gotmpl", ".tmpl"].contains(where: name.hasSuffix) || language == "gotmpl" { return .template }
        if [".yaml", ".yml", ".json", ".md"].contains(where: name.hasSuffix) { return .other }
        return .modelfile
    }

    /// Where the Modelfile's relative paths start.
    var folder: String? { path.map(FileLocation.folder) }

    var isTooLong: Bool { source.count > Self.byteLimit }

    /// Makes the changes of one `didChange`, each to the text that the one before it left.
    mutating func apply(_ changes: [JSONValue], _ encoding: PositionEncoding) throws(ServerError) {
        for change in changes {
            guard let text = change["text"]?.string else { throw .invalidParameters("a change has a text") }
            guard let range = change["range"], !range.isNull else {
                source = SourceText(text, name: source.name)
                continue
            }
            let place = try PositionMap(source: source, encoding: encoding).range(of: range)
            let bytes = source.bytes[..<place.lowerBound] + Array(text.utf8) + source.bytes[place.upperBound...]
            source = SourceText(String(decoding: bytes, as: UTF8.self), name: source.name)
        }
    }
}
