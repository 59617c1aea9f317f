import BuildPipeline
import Diagnostics
package import GGUF
import JSONText
import ModelManifest
import ModelService
import Packaging
import Tensors

/// What `show` prints of a model: sections of indented rows.
struct ModelReport {
    private let file: GGUFFile?
    private let package: PackageView?
    private let capabilities: [String]
    var isVerbose = false

    init(_ details: ModelInspection, verbose: Bool = false) {
        (file, package, capabilities) = (details.file, details.package, details.capabilities)
        isVerbose = verbose
    }

    init(_ chat: ChatModel) { self.init(ModelInspection(chat)) }

    var text: String {
        var sections = [section("Model", modelRows)]
        if !capabilities.isEmpty { sections.append(section("Capabilities", capabilities.map { [$0] })) }
        for projector in package?.projectors ?? [] { sections.append(section("Projector", Self.projectorRows(projector.file))) }
        if let rows = parameterRows, !rows.isEmpty { sections.append(section("Parameters", rows)) }
        if isVerbose, let file {
            sections.append(section("Metadata", Self.metadataRows(file)))
            sections.append(section("Tensors", Self.tensorRows(file)))
        }
        if let system = package?.system, !system.isEmpty { sections.append(section("System", Self.firstLines(system))) }
        if let license = package?.licenseText, !license.isEmpty { sections.append(section("License", Self.firstLines(license))) }
        return sections.joined(separator: "\n") + "\n"
    }

    private func section(_ title: String, _ rows: [[String]]) -> String {
        var table = TextTable()
        for row in rows { table.add(["", ""].dropLast() + row) }
        return "  \(title)\n" + table.text
    }

    private var modelRows: [[String]] {
        let facts = ModelFacts(file: file, package: package)
        var rows: [[String]] = []
        func add(_ name: String, _ value: String?) { if let value, !value.isEmpty { rows.append([name, value]) } }
        add("Remote model", package?.config.remoteModel)
        add("Remote URL", package?.config.remoteHost)
        add("architecture", facts.architecture)
        add("parameters", facts.parameterSize)
        add("context length", facts.contextLength.map(String.init))
        add("embedding length", facts.embeddingLength.map(String.init))
        add("quantization", facts.quantization)
        add("requires", package?.config.requires)
        return rows
    }

    private var parameterRows: [[String]]? {
        package?.parametersText.split(separator: "\n").map { line in
            let (name, value) = (line.prefix { $0 != " " }, line.drop { $0 != " " }.drop { $0 == " " })
            return [String(name), String(value)]
        }
    }

    private static func projectorRows(_ file: GGUFFile) -> [[String]] {
        let architecture = file.metadata.architecture ?? "unknown"
        var rows = [["architecture", architecture], ["parameters", ParameterCountText.of(file.parameterCount)]]
        for encoder in ["vision", "audio"] {
            for (title, key) in [("embedding length", "embedding_length"), ("dimensions", "projection_dim")] {
                if let value = file.metadata.int("\(architecture).\(encoder).\(key)") { rows.append([title, String(value)]) }
            }
        }
        return rows
    }

    private static func metadataRows(_ file: GGUFFile) -> [[String]] {
        file.publicMetadata.map { [$0.key, MetadataText.of($0.value)] }
    }

    private static func tensorRows(_ file: GGUFFile) -> [[String]] {
        file.tensors.map { [$0.name, $0.type.name, "[" + $0.shape.dimensions.map(String.init).joined(separator: " ") + "]"] }
    }

    /// The first two lines that say something, and a mark where there are more.
    private static func firstLines(_ text: String) -> [[String]] {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
        return lines.prefix(2).map { [DisplayWidth.truncating($0, to: 100)] } + (lines.count > 2 ? [["..."]] : [])
    }
}

/// Metadata values as one short line each, in the form of Ollama's: arrays without commas, cut after about ten columns.
package enum MetadataText {
    package static func of(_ value: GGUFValue) -> String {
        switch value {
        case .string(let string): DisplayWidth.truncating(string.text, to: 100)
        case .bool(let value): String(value)
        case .float32(let value): JSONNumber(value).text
        case .float64(let value): JSONNumber(value).text
        case .array(let array): ofArray(array)
        default: value.int.map(String.init) ?? (value.double.map { JSONNumber($0).text } ?? value.kind)
        }
    }

    private static let columns = 10

    private static func ofArray(_ array: GGUFArray) -> String {
        // No more than ten elements can fit, so no more are read.
        let elements: [String] =
            switch array {
            case .string(let strings): strings.prefix(columns).map { DisplayWidth.truncating($0.text, to: 30) }
            case .bool(let flags): flags.prefix(columns).map { String($0) }
            default:
                array.ints?.prefix(columns).map(String.init) ?? array.floats?.prefix(columns).map { JSONNumber($0).text } ?? []
            }
        var (shown, width) = (0, 1)
        for element in elements {
            let more = DisplayWidth.of(element) + (shown > 0 ? 2 : 0)
            if width + more > columns, shown > 0 { break }
            (shown, width) = (shown + 1, width + more)
        }
        let rest = array.count > shown ? " ...+\(array.count - shown) more" : ""
        return "[" + elements.prefix(shown).joined(separator: " ") + rest + "]"
    }
}

/// Aligns keys as Ollama's parameter texts do.
enum DisplayPadding {
    static func key(_ name: String) -> String { DisplayWidth.padding(name, to: 30) + " " }
}

extension Substring {
    fileprivate func trimmingBlanks() -> String {
        var copy = self
        while copy.first?.isWhitespace == true { copy.removeFirst() }
        while copy.last?.isWhitespace == true { copy.removeLast() }
        return String(copy)
    }
}
