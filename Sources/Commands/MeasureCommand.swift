import ArgumentParser
import Bytes
import Compute
import Evaluation
import JSONText
import ModelService
import QualityPages
import TransformerEngine

struct MeasureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure", abstract: "Measure the quality of models",
        discussion: """
            Perplexity on a text, as llama-perplexity computes it. Against a reference also the divergence of the distributions
            position by position, and with --tensors the error of each tensor. Questions (--choices) are JSON lines with `context`,
            `endings` and `label`, or llama-perplexity's text form of HellaSwag.

            EXAMPLES
              quern measure chat-q4.gguf --text wiki.test.raw
              quern measure q8.gguf q4.gguf q2.gguf --text wiki.test.raw --against f16.gguf --tensors -o report.html
              quern measure chat --choices hellaswag.jsonl --format json
              quern measure chat --text wiki.test.raw --attach && quern show chat --quality
            """)

    @Argument(help: "Models of the store, or GGUF files.") var models: [String]
    @Option(name: [.long, .customShort("f")], help: ArgumentHelp("The text to read.", valueName: "path")) var text: String?
    @Option(help: ArgumentHelp("The model to compare with, as a rule in F16 or F32.", valueName: "model")) var against: String?
    @Option(help: ArgumentHelp("A file of multiple-choice questions.", valueName: "path")) var choices: String?
    @Flag(help: "Compare the tensors with the reference's, value by value.") var tensors = false
    @Option(help: ArgumentHelp("table, json or html; by the name of the output file if not given.", valueName: "format"))
    var format: MeasureFormat?
    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write, instead of standard output.", valueName: "path"))
    var output: String?
    @Option(name: [.customShort("c"), .customLong("ctx-size")], help: ArgumentHelp("Tokens of a chunk.", valueName: "count"))
    var contextLength = 512
    @Option(help: ArgumentHelp("Chunks at most.", valueName: "count")) var chunks: Int?
    @OptionGroup var cache: CacheOption
    @Option(name: .shortAndLong, help: ArgumentHelp("Threads; all that the process may use if not given.", valueName: "count"))
    var threads: Int?
    @Flag(help: "Keep the report with the package (one model of the store); `quern show --quality` prints it.") var attach = false
    @OptionGroup var progress: ProgressOptions

    func validate() throws {
        guard (threads ?? 1) >= 1, (threads ?? 1) <= 1024 else { throw ValidationError("threads must be from 1 to 1024") }
        guard (8...(1 << 20)).contains(contextLength) else { throw ValidationError("ctx-size must be from 8 to \(1 << 20)") }
        guard (chunks ?? 1) >= 1 else { throw ValidationError("chunks must be at least 1") }
        guard text != nil || choices != nil || tensors else {
            throw ValidationError("nothing to measure: give --text, --choices, or --against with --tensors")
        }
        guard against != nil || !tensors else { throw ValidationError("--tensors needs a reference: --against") }
        guard models.count == 1 || !attach else { throw ValidationError("--attach takes one model") }
    }

    func run() throws {
        // Asked before the work: a name that cannot take the report shows at once.
        if attach { try LocalModels().checkTakesQuality(models[0]) }
        if let output { try OutputPlace.check(output, isNoneOf: models + [against, text, choices]) }
        let report = try measurement.run()
        if attach { _ = try LocalModels().attachQuality(report.json.bytes(.compact), to: models[0]) }
        let format = self.format ?? MeasureFormat(fileName: output)
        let bytes = Array(format.text(of: report).utf8)
        if let output { return try FileReplacement.write(bytes, to: output) }
        try StandardStream.output.write(bytes)
    }

    private var measurement: ModelMeasurement {
        get throws {
            var measurement = ModelMeasurement(
                models: models, pool: ThreadPool(threads: threads ?? ThreadPool.defaultThreadCount()), progress: progress)
            (measurement.textPath, measurement.choicesPath, measurement.reference) = (text, choices, against)
            (measurement.comparesTensors, measurement.contextLength, measurement.chunkLimit) = (tensors, contextLength, chunks)
            measurement.cacheType = try cache.type
            return measurement
        }
    }

}

/// The forms of a report.
enum MeasureFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, html

    /// The form that a file's name asks for.
    init(fileName: String?) {
        let name = fileName?.lowercased() ?? ""
        self = name.hasSuffix(".html") || name.hasSuffix(".htm") ? .html : name.hasSuffix(".json") ? .json : .table
    }

    func text(of report: QualityReport) -> String {
        switch self {
        case .table: QualityTable(report).text
        case .json: report.json.text(.pretty) + "\n"
        case .html: QualityPage(report).html
        }
    }
}
