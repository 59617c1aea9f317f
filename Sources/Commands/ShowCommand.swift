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

    /// The shape of Ollama's `/api/show`, and the digest.
    private func json(_ inspection: ModelInspection) throws -> JSONValue {
        var object = try inspection.showJSON(arrays: verbose)
        if let package = inspection.package { object["digest"] = .string(package.digest.hex) }
        return .object(object)
    }
}
