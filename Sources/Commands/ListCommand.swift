import ArgumentParser
import Bytes
import JSONText
import ModelManifest
import ModelService
import ModelStore

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List models",
        discussion: """
            EXAMPLES
              quern list                   all models, newest first
              quern list llama             those whose name starts so
              quern list --format json     for other programs
            """,
        aliases: ["ls"])

    @Argument(help: "Show only models whose name starts with this.") var prefix = ""
    @OptionGroup var answer: FormatOption

    func run() throws {
        let (models, problems) = try LocalModels.onHost().list(prefix: prefix)
        for problem in problems { Console.note("warning: \(problem)") }
        switch answer.format {
        case .text: try Console.put(Self.table(models))
        case .json: try Console.putLine(JSONValue.object(["models": .array(models.map(Self.json))]).text(.pretty))
        }
    }

    private static func table(_ models: [ModelSummary]) -> String {
        var table = TextTable()
        table.add(["NAME", "ID", "SIZE", "MODIFIED"])
        let now = FileTime.now()
        for summary in models {
            let model = summary.model
            table.add([
                model.name.shortest, model.digest.short, summary.isRemote ? "-" : HumanFormat.bytes(model.size),
                HumanFormat.ago(model.modified.secondsUntil(now)),
            ])
        }
        return table.text
    }

    private static func json(_ summary: ModelSummary) -> JSONValue {
        let (model, config) = (summary.model, summary.config)
        return [
            "name": .string(model.name.shortest),
            "model": .string(model.name.shortest),
            "modified_at": .string(Timestamp.text(of: model.modified)),
            "size": .number(JSONNumber(model.size)),
            "digest": .string(model.digest.hex),
            "details": [
                "parent_model": "",
                "format": .string(config.format),
                "family": .string(config.family),
                "families": config.families.map { .array($0.map { .string($0) }) } ?? .null,
                "parameter_size": .string(config.parameterSize),
                "quantization_level": .string(config.fileType),
            ],
        ]
    }
}
