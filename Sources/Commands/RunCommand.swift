import ArgumentParser
import Bytes
import ChatPrompt
import ConstrainedDecoding
import ModelService
import Runner
import Sampling

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a model",
        discussion: """
            With a prompt, or with something on standard input, answers once; otherwise opens a conversation. Standard input goes
            before the words of the prompt.

            EXAMPLES
              quern run chat "Why is the sky blue?"
              cat report.txt | quern run chat "Summarize:"
              quern run chat --think=false --verbose "What is 2+2?"
              quern run base.gguf --adapter lora.gguf=0.7 "Hello"
              quern run chat --format schema.json "Describe Ada Lovelace"
              quern run chat --prompt-cache long.kv "Summarize" < book.txt
              quern run chat                                 a conversation; /? for help, /bye to leave
              quern run all-minilm "a text"                  the text's vector, as a JSON array
            """)

    @Argument(help: "A model of the store, or a GGUF file.") var model: String
    @Argument(parsing: .remaining, help: "The prompt.") var prompt: [String] = []
    @Option(
        help: ArgumentHelp(
            "Let the model think first: --think, or --think=false, =low, =medium, =high, =max; not apart from its value.",
            valueName: "setting"))
    var think: String?
    @Flag(name: .customLong("hidethinking"), help: "Do not show what the model thinks.") var hidesThinking = false
    @Flag(help: "Show statistics after each answer, on standard error.") var verbose = false
    @Flag(name: .customLong("nowordwrap"), help: "Do not break lines between words.") var noWordWrap = false
    @Option(help: ArgumentHelp("Start random numbers here, so that the answer comes again.", valueName: "number")) var seed: Int?
    @Option(
        name: .customLong("keepalive"),
        help: ArgumentHelp("Accepted for Ollama's sake; the model leaves with the command.", valueName: "duration"))
    var keepAlive: String?
    @Flag(help: ArgumentHelp("Accepted for Ollama's sake; nothing is fetched.", visibility: .hidden)) var insecure = false
    @Option(
        help: ArgumentHelp(
            "Hold the answer to a format: json, a JSON Schema, or a file of one (.json), of a grammar (.gbnf) or of a regular expression (.regex).",
            valueName: "format"))
    var format: String?
    @OptionGroup var adapters: AdapterOptions
    @OptionGroup var drafting: DraftOptions
    @OptionGroup var embedding: EmbeddingOptions
    @OptionGroup var cache: CacheOption
    @Option(
        help: ArgumentHelp(
            "Keep the context in this file, and begin with what an earlier run kept in it: a long prompt is computed once.",
            valueName: "file"))
    var promptCache: String?
    @Flag(help: "Where numbers become infinite or undefined, name the layer.") var debugLayers = false

    func validate() throws { _ = try ThinkOption.setting(think) }

    func run() throws {
        let think = try ThinkOption.setting(self.think)
        let typed = StandardStream.input.isTerminal ? "" : String(decoding: try StandardStream.input.readAll(), as: UTF8.self)
        let text = ([typed.trimmingTrailingNewlines()] + prompt).filter { !$0.isEmpty }.joined(separator: " ")
        let models = try LocalModels.onHost(for: model)
        if try models.makesEmbeddings(model) { return try embedding.embed(text, with: model, adapters, in: models) }
        let chat = try models.open(model, adapters: try adapters.sources(), draft: drafting.draft)
        var options = chat.packageOptions
        if let format { options.format = ReplyFormat(try GrammarSource(format: format)) }
        if let seed { options.sampling.seed = seed }
        if let type = cache.cacheType { options.cacheType = type }
        options.inspectsLayers = debugLayers
        if let note = chat.model.contextNote(for: options) { Console.note("warning: \(note)") }
        drafting.apply(to: &options)
        if let note = chat.draftNote { Console.note("warning: \(note)") }
        if let note = chat.templateNote { Console.note("warning: \(note)") }
        if think.isOn, !chat.canThink { Console.note("warning: model \"\(model)\" does not support thinking output") }
        let setting = think.isOn && !chat.canThink ? .unset : think
        try restoreContext(of: chat, options)
        let isInteractive = text.isEmpty && StandardStream.input.isTerminal && StandardStream.output.isTerminal
        if isInteractive {
            var conversation = Conversation(
                chat, options: options, think: setting, hidesThinking: hidesThinking, verbose: verbose, wrapsWords: !noWordWrap)
            try conversation.run()
            try conversation.keepContext(in: promptCache)
        } else {
            try answer(text, chat, options, setting)
        }
    }

    private func restoreContext(of chat: ChatModel, _ options: RunOptions) throws {
        guard let promptCache else { return }
        if case .unusable(let reason) = try chat.restoreContext(from: promptCache, options: options) {
            Console.note("warning: the prompt cache '\(promptCache)' is made anew: \(reason)")
        }
    }

    private func answer(_ text: String, _ chat: ChatModel, _ options: RunOptions, _ think: ThinkSetting) throws {
        // An empty prompt only loads the model, as in Ollama.
        guard !text.isEmpty else { return }
        var printer = ReplyPrinter(hidesThinking: hidesThinking, wrapsWords: !noWordWrap)
        let summary = try chat.reply(
            to: chat.history + [ChatMessage(role: "user", content: text)], think: think, options: options,
            isCancelled: { Interruption.isRequested }
        ) { try printer.print($0) }
        try printer.finish()
        try Console.put("\n\n")
        if let promptCache { try chat.keepContext(in: promptCache) }
        if let note = SpeedReport.note(summary) { Console.note(note) }
        if verbose { Console.note(SpeedReport.text(summary, load: chat.model.loadDuration)) }
        if summary.endReason == .cancelled { throw Interrupted() }
    }
}

/// The values of `--think`.
enum ThinkOption {
    static func setting(_ text: String?) throws -> ThinkSetting {
        switch text {
        case nil: .unset
        case "true": .on
        case "false": .off
        case let level? where ["low", "medium", "high", "max"].contains(level): .level(level)
        case let other?:
            throw ValidationError("invalid value for --think: \"\(other)\" (must be true, false, high, medium, low, or max)")
        }
    }
}

extension String {
    fileprivate func trimmingTrailingNewlines() -> String {
        var copy = self[...]
        while copy.last?.isNewline == true { copy.removeLast() }
        return String(copy)
    }
}
