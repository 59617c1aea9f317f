import BuildPipeline
import Diagnostics
import GGUF
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
        [
            ["architecture", file.metadata.architecture ?? "unknown"], ["parameters", HumanFormat.count(file.parameterCount)],
            ["tensors", String(file.tensors.count)],
        ]
    }

    private static func metadataRows(_ file: GGUFFile) -> [[String]] {
        file.metadata.entries.sorted { $0.key < $1.key }.map { [$0.key, MetadataText.of($0.value)] }
    }

    private static func tensorRows(_ file: GGUFFile) -> [[String]] {
        file.tensors.map { [$0.name, $0.type.name, $0.shape.description] }
    }

    /// The first two lines that say something, and a mark where there are more.
    private static func firstLines(_ text: String) -> [[String]] {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingBlanks() }.filter { !$0.isEmpty }
        return lines.prefix(2).map { [DisplayWidth.truncating($0, to: 100)] } + (lines.count > 2 ? [["..."]] : [])
    }
}

/// Metadata values as one short line each.
enum MetadataText {
    static func of(_ value: GGUFValue) -> String {
        switch value {
        case .string(let string): DisplayWidth.truncating(JSONValue.string(string.text).text(), to: 100)
        case .bool(let value): String(value)
        case .float32(let value): JSONNumber(value).text
        case .float64(let value): JSONNumber(value).text
        case .array(let array): ofArray(array)
        default: value.int.map(String.init) ?? (value.double.map { JSONNumber($0).text } ?? value.kind)
        }
    }

    private static func ofArray(_ array: GGUFArray) -> String {
        let shown = 3
        let elements: [String] =
            switch array {
            case .string(let strings):
                strings.prefix(shown).map { DisplayWidth.truncating(JSONValue.string($0.text).text(), to: 30) }
            case .bool(let flags): flags.prefix(shown).map { String($0) }
            default:
                array.ints?.prefix(shown).map(String.init) ?? array.floats?.prefix(shown).map { JSONNumber($0).text } ?? []
            }
        let more = array.count > shown ? ", ...+\(array.count - shown) more" : ""
        return "[" + elements.joined(separator: ", ") + more + "]"
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
