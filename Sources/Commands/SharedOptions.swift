import ArgumentParser
import BuildPipeline

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

/// How a command prints its answer.
enum AnswerFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

struct FormatOption: ParsableArguments {
    @Option(help: ArgumentHelp("text, or json for other programs.", valueName: "format"))
    var format: AnswerFormat = .text
}
