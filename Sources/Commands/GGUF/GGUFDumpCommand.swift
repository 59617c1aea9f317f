import ArgumentParser
import Bytes
import GGUF
import JSONText
import ModelService
import Tensors

struct GGUFDumpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump", abstract: "Show all metadata and tensors of a GGUF file")

    @Argument(help: "A GGUF file, one shard of several, or a model of the store.") var file: String
    @Flag(help: "Print JSON.") var json = false
    @Flag(help: "Show long arrays and strings whole.") var full = false
    @Flag(help: "Leave the tensors out.") var noTensors = false
    @Option(help: ArgumentHelp("Print only this key's value, as it is.", valueName: "key")) var value: String?

    func run() throws {
        let input = try GGUFInput.single(file)
        if let value {
            guard let found = input.metadata[value] else { throw GGUFError.missingKey(value) }
            return try Console.put(Self.bare(found))
        }
        let dump = GGUFDump(input, path: file, isFull: full, tensors: !noTensors)
        try json ? Console.putLine(dump.json.text(.pretty)) : Console.put(dump.text)
    }

    /// A string as it is; anything else as JSON on a line.
    private static func bare(_ value: GGUFValue) -> String {
        if case .string(let string) = value { return string.text }
        return MetadataJSON.of(value, arrays: true).text() + "\n"
    }
}

/// A file's header, for people and for programs.
struct GGUFDump {
    private let file: GGUFFile
    private let path: String
    private let isFull: Bool
    private let showsTensors: Bool

    /// Elements of an array that are shown, unless all are asked for.
    private static let shownElements = 8

    init(_ file: GGUFFile, path: String, isFull: Bool, tensors: Bool) {
        (self.file, self.path, self.isFull, showsTensors) = (file, path, isFull, tensors)
    }

    /// The start of the tensor data, from which a file counts offsets.
    private var dataOffset: Int { file.tensors.map { file.bytes(of: $0).offsetInStorage }.min() ?? 0 }

    var text: String {
        var head = TextTable()
        for (name, value) in [
            ("version", "\(file.version)"), ("alignment", "\(file.alignment)"), ("metadata pairs", "\(file.metadata.count)"),
            ("tensors", "\(file.tensors.count)"), ("weights", "\(file.parameterCount)"), ("data offset", "\(dataOffset)"),
        ] { head.add([name, value]) }
        var pairs = TextTable()
        pairs.add(["KEY", "TYPE", "VALUE"])
        for entry in file.metadata.entries { pairs.add([entry.key, Self.type(entry.value), shown(entry.value)]) }
        var text = head.text + "\n" + pairs.text
        if showsTensors {
            var tensors = TextTable()
            tensors.add(["TENSOR", "TYPE", "SHAPE", "OFFSET", "SIZE"])
            for tensor in file.tensors {
                let offset = file.bytes(of: tensor).offsetInStorage
                tensors.add([tensor.name, tensor.type.name, tensor.shape.description, "\(offset)", "\(tensor.byteCount)"])
            }
            text += "\n" + tensors.text
        }
        return text
    }

    var json: JSONValue {
        var metadata = JSONObject()
        for entry in file.metadata.entries { metadata[entry.key] = pair(entry.value) }
        var object: JSONObject = [
            "file": .string(path), "version": .number(JSONNumber(Int(file.version))),
            "alignment": .number(JSONNumber(file.alignment)), "data_offset": .number(JSONNumber(dataOffset)),
            "parameter_count": .number(JSONNumber(file.parameterCount)), "metadata": .object(metadata),
        ]
        if showsTensors {
            object["tensors"] = .array(
                file.tensors.map { tensor in
                    [
                        "name": .string(tensor.name), "type": .string(tensor.type.name),
                        "shape": .array(tensor.shape.dimensions.map { .number(JSONNumber($0)) }),
                        "offset": .number(JSONNumber(file.bytes(of: tensor).offsetInStorage)),
                        "size": .number(JSONNumber(tensor.byteCount)),
                    ]
                })
        }
        return .object(object)
    }

    /// A value with its type; of a long array its length and its first elements.
    private func pair(_ value: GGUFValue) -> JSONValue {
        var object: JSONObject = ["type": .string(value.typeName)]
        if case .array(let array) = value {
            object["count"] = .number(JSONNumber(array.count))
            let isWhole = isFull || array.count <= Self.shownElements
            if !isWhole { object["shortened"] = true }
            object["value"] = MetadataJSON.of(isWhole ? value : .array(array.prefix(Self.shownElements)), arrays: true)
        } else {
            object["value"] = MetadataJSON.of(value, arrays: true)
        }
        return .object(object)
    }

    private func shown(_ value: GGUFValue) -> String {
        guard isFull else { return MetadataText.of(value) }
        if case .string(let string) = value { return string.text }
        return MetadataJSON.of(value, arrays: true).text()
    }

    private static func type(_ value: GGUFValue) -> String {
        if case .array(let array) = value { "\(value.typeName) \(array.count)" } else { value.typeName }
    }
}
