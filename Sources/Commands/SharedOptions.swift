import ArgumentParser

/// How a command talks while it works.
struct ProgressOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How progress is shown on standard error: auto, plain, json or none.", valueName: "style"))
    var progress: ProgressStyle = .auto

    @Flag(help: "Say nothing but warnings and errors.")
    var quiet = false

    var display: ProgressDisplay { ProgressDisplay(progress, quiet: quiet) }
}

/// How a command prints its answer.
enum AnswerFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

struct FormatOption: ParsableArguments {
    @Option(help: ArgumentHelp("text, or json for other programs.", valueName: "format"))
    var format: AnswerFormat = .text
}
