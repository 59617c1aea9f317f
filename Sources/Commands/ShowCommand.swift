import ArgumentParser
import Bytes
import Evaluation
import GGUF
import JSONText
import ModelManifest
import ModelService
import Packaging
import Tensors

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show information for a model",
        discussion: """
            EXAMPLES
              quern show chat
              quern show chat --modelfile > Modelfile
              quern show model.gguf --verbose
              quern show chat --format json
              quern show chat --memory --num-ctx 32768 --cache-type q8_0
              quern show chat --template-route             which template will run, and why
            """)

    @Argument(help: "A model of the store, or a GGUF file.") var model: String
    @Flag(help: "Show the licence.") var license = false
    @Flag(help: "Show a Modelfile that makes this model again.") var modelfile = false
    @Flag(help: "Show the parameters.") var parameters = false
    @Flag(help: "Show the prompt template.") var template = false
    @Flag(help: "Show which template each program would run, and why.") var templateRoute = false
    @Flag(help: "Show the system message.") var system = false
    @Flag(help: "Show what was measured and attached (`quern measure --attach`).") var quality = false
    @Flag(name: .shortAndLong, help: "Show all metadata and tensors too.") var verbose = false
    @Flag(help: "Short for --format json.") var json = false
    @OptionGroup var memory: MemoryOptions
    @OptionGroup var answer: FormatOption

    func validate() throws {
        let texts = [license, modelfile, parameters, template, templateRoute, system, quality, memory.memory]
        guard texts.count(where: { $0 }) <= 1 else {
            throw ValidationError(
                "only one of '--license', '--memory', '--modelfile', '--parameters', '--system', or '--template' can be specified")
        }
        try memory.check()
    }

    private var format: AnswerFormat { json ? .json : answer.format }

    func run() throws {
        if quality { return try showQuality() }
        if memory.memory { return try memory.report(model, format) }
        if templateRoute { return try Console.put(TemplateRouteReport(model).text(format)) }
        let inspection = try LocalModels.onHost(for: model).inspect(model)
        let package = inspection.package
        if license { return try Console.putLine(package?.licenseText ?? "") }
        if parameters { return try Console.putLine(package?.parametersText ?? "") }
        if template { return try Console.put(package?.template ?? "") }
        if system { return try Console.put(package?.system ?? "") }
        if modelfile { return try Console.putLine(try package?.modelfileText() ?? "FROM \(model)") }
        switch format {
        case .text: try Console.put(ModelReport(inspection, verbose: verbose).text)
        case .json: try Console.putLine(try json(inspection).text(.pretty))
        }
    }

    private func showQuality() throws {
        guard let bytes = try LocalModels.onHost(for: model).quality(of: model) else {
            throw ServiceError.noQuality(model)
        }
        guard let report = QualityReport(try JSONValue(parsing: bytes)) else { throw ServiceError.unknownQuality(model) }
        try Console.put((format == .json ? MeasureFormat.json : .table).text(of: report))
    }

    /// The shape of Ollama's `/api/show`.
    private func json(_ inspection: ModelInspection) throws -> JSONValue {
        let package = inspection.package
        let facts = ModelFacts(file: inspection.file, package: package)
        var object = JSONObject()
        if let package {
            if !package.licenses.isEmpty { object["license"] = .string(package.licenseText) }
            object["modelfile"] = .string(try package.modelfileText())
            if !package.parameters.isEmpty { object["parameters"] = .string(package.parametersText) }
            object["template"] = package.template.map { .string($0) }
            object["system"] = package.system.map { .string($0) }
            object["modified_at"] = .string(Timestamp.text(of: package.modified))
            object["digest"] = .string(package.digest.hex)
            object["messages"] =
                package.messages.isEmpty
                ? nil : .array(package.messages.map { ["role": .string($0.role), "content": .string($0.content)] })
            for (key, text) in [
                ("remote_model", package.config.remoteModel), ("remote_host", package.config.remoteHost),
                ("requires", package.config.requires),
            ] where !text.isEmpty { object[key] = .string(text) }
        }
        object["details"] = [
            "parent_model": .string(package?.details.parentModel ?? ""), "format": .string(package?.details.format ?? "gguf"),
            "family": .string(facts.architecture), "families": Self.families(package, facts),
            "parameter_size": .string(facts.parameterSize), "quantization_level": .string(facts.quantization),
        ]
        if let file = inspection.file {
            object["model_info"] = .object(Self.modelInfo(file, arrays: verbose))
            if let projector = package?.projectors.first {
                object["projector_info"] = .object(Self.modelInfo(projector.file, arrays: verbose))
            }
            object["tensors"] = .array(
                file.tensors.map { tensor in
                    [
                        "name": .string(tensor.name), "type": .string(tensor.type.name),
                        "shape": .array(tensor.shape.dimensions.map { .number(JSONNumber($0)) }),
                    ]
                })
        }
        object["capabilities"] = .array(inspection.capabilities.map { .string($0) })
        return .object(object)
    }

    private static func modelInfo(_ file: GGUFFile, arrays: Bool) -> JSONObject {
        var info = JSONObject()
        for entry in file.publicMetadata { info[entry.key] = MetadataJSON.of(entry.value, arrays: arrays) }
        return info
    }

    /// `null` where a package's config has none; a file by itself is of its own family.
    private static func families(_ package: PackageView?, _ facts: ModelFacts) -> JSONValue {
        guard let package else { return .array([.string(facts.architecture)]) }
        return package.details.families.map { .array($0.map { .string($0) }) } ?? .null
    }
}

/// Metadata values as JSON; arrays are null unless asked for, since vocabularies are long.
enum MetadataJSON {
    static func of(_ value: GGUFValue, arrays: Bool) -> JSONValue {
        switch value {
        case .string(let string): return .string(string.text)
        case .bool(let flag): return .bool(flag)
        case .float32(let number): return .number(JSONNumber(number))
        case .float64(let number): return .number(JSONNumber(number))
        case .uint64(let number): return .number(JSONNumber(number))
        case .array(let array): return arrays ? .array(elements(array)) : .null
        default: return value.int.map { .number(JSONNumber($0)) } ?? .null
        }
    }

    private static func elements(_ array: GGUFArray) -> [JSONValue] {
        switch array {
        case .string(let strings): strings.map { .string($0.text) }
        case .bool(let flags): flags.map { .bool($0) }
        case .float64(let numbers): numbers.map { .number(JSONNumber($0)) }
        case .uint64(let numbers): numbers.map { .number(JSONNumber($0)) }
        default: array.ints?.map { .number(JSONNumber($0)) } ?? array.floats?.map { .number(JSONNumber($0)) } ?? []
        }
    }
}
