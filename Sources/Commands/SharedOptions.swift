import ArgumentParser
import BuildPipeline
import Runner

/// How a command talks while it works.
struct ProgressOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How progress is shown on standard error: auto, plain, json or none.", valueName: "style"))
    var progress: ProgressStyle = .auto

    @Flag(help: "Say nothing but warnings and errors.")
    var quiet = false

    var display: ProgressDisplay { ProgressDisplay(progress, quiet: quiet) }
}

/// Adapters that a model is run with.
struct AdapterOptions: ParsableArguments {
    @Option(
        name: .customLong("adapter"),
        help: ArgumentHelp(
            "Add a LoRA adapter to the weights: a GGUF file or a folder of PEFT or MLX, with =0.5 behind it to make it count half; may be given several times.",
            valueName: "file[=scale]"))
    var texts: [String] = []

    func sources() throws -> [AdapterSource] { try texts.map { try AdapterSource($0) } }
}

/// What guesses tokens ahead; the text is the same with it and without.
struct DraftOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A smaller model of the same vocabulary, or a GGUF file, that guesses ahead.", valueName: "model"))
    var draft: String?
    @Flag(help: "Guess from what the text repeats: code, tables, quotations.") var lookup = false
    @Option(
        name: .customLong("draft-tokens"),
        help: ArgumentHelp("Tokens to guess at most, 0 to 64; the package's draft_num_predict, else 8.", valueName: "count"))
    var count: Int?

    func validate() throws {
        guard (0...64).contains(count ?? 0) else { throw ValidationError("--draft-tokens must be from 0 to 64") }
    }

    func apply(to options: inout RunOptions) {
        if lookup { options.usesLookup = true }
        if let count { options.draftPredict = count }
    }
}

/// How a command prints its answer.
enum AnswerFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

struct FormatOption: ParsableArguments {
    @Option(help: ArgumentHelp("text, or json for other programs.", valueName: "format"))
    var format: AnswerFormat = .text
}
