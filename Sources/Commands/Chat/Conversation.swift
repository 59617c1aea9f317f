import ArgumentParser
import Bytes
import ChatPrompt
import ModelManifest
import ModelService
import ModelStore
import ModelfilePlan
import Packaging
import Runner

/// A conversation in the terminal: lines in, answers out, until `/bye`.
struct Conversation {
    private var chat: ChatModel
    private var options: RunOptions
    private var think: ThinkSetting
    private let hidesThinking: Bool
    private var isVerbose: Bool
    private var wrapsWords: Bool
    private var editor: LineEditor
    private var messages: [ChatMessage]
    private var system: String?
    private var userParameters = ParameterSet()

    init(_ chat: ChatModel, options: RunOptions, think: ThinkSetting, hidesThinking: Bool, verbose: Bool, wrapsWords: Bool) {
        self.chat = chat
        self.options = options
        self.think = think
        self.hidesThinking = hidesThinking
        isVerbose = verbose
        self.wrapsWords = wrapsWords
        messages = chat.history
        let keepsHistory = !OllamaEnvironment.ofProcess.isOn("OLLAMA_NOHISTORY")
        editor = LineEditor(
            history: LineHistory(file: keepsHistory ? Environment.home + "/.ollama/history" : nil),
            isInteractive: Console.isTerminal(.error))
    }

    mutating func run() throws {
        try replayHistory()
        while true {
            switch try nextMessage() {
            case .endOfInput: return
            case .interrupted: Console.note("\nUse Ctrl + d or /bye to exit.")
            case .line(let line):
                if let message = QuotedText.message(line) {
                    try say(message)
                } else if let command = SlashCommand(line) {
                    if try !obey(command) { return }
                } else if !line.allSatisfy(\.isWhitespace) {
                    try say(line)
                }
            }
        }
    }

    /// Keeps the context of the last answer for a later run.
    func keepContext(in path: String?) throws { if let path { try chat.keepContext(in: path) } }

    /// A line, or several where three quotes open in it; the quotes stay.
    private mutating func nextMessage() throws -> LineEditor.Outcome {
        let first = try editor.readLine(prompt: ">>> ", continuation: "... ", placeholder: "Send a message (/? for help)")
        guard case .line(var text) = first else { return first }
        while QuotedText.isOpen(text) {
            let next = try editor.readLine(prompt: "... ", continuation: "... ", placeholder: "Use \"\"\" to end multi-line input")
            guard case .line(let more) = next else { return next }
            text += "\n" + more
        }
        return .line(text)
    }

    private func replayHistory() throws {
        for message in messages {
            try Console.putLine(message.role == "user" ? ">>> \(message.content)" : message.content)
        }
    }

    private mutating func say(_ text: String) throws {
        messages.append(ChatMessage(role: "user", content: text))
        var printer = ReplyPrinter(hidesThinking: hidesThinking, wrapsWords: wrapsWords)
        let summary: GenerationSummary
        do {
            summary = try chat.reply(
                to: withSystem(messages), think: think, options: options, isCancelled: { Interruption.isRequested }
            ) { try printer.print($0) }
        } catch {
            messages.removeLast()
            throw error
        }
        Interruption.clear()
        try printer.finish()
        try Console.put("\n\n")
        messages.append(
            ChatMessage(role: "assistant", content: printer.answer, thinking: printer.thinking, toolCalls: printer.toolCalls))
        if let note = SpeedReport.note(summary) { Console.note(note) }
        if isVerbose { Console.note(SpeedReport.text(summary, load: .zero) + "\n") }
    }

    private func withSystem(_ messages: [ChatMessage]) -> [ChatMessage] {
        guard let system else { return messages }
        return [ChatMessage(role: "system", content: system)] + messages
    }

    /// Carries out a command; false when it ends the conversation.
    private mutating func obey(_ command: SlashCommand) throws -> Bool {
        switch command {
        case .bye: return false
        case .help(let topic): Console.note(HelpTexts.text(topic: topic) + "\n")
        case .misunderstood(let answer): try Console.putLine(answer)
        case .clear:
            messages = []
            try Console.putLine("Cleared session context")
        case .list: try ListCommand.parse([]).run()
        case .load(let name): try load(name)
        case .save(let name): try save(name)
        case .show(let topic): try show(topic)
        case .setHistory(let isOn): editor.history.isEnabled = isOn
        case .setVerbose(let isOn):
            isVerbose = isOn
            try Console.putLine(isOn ? "Set 'verbose' mode." : "Set 'quiet' mode.")
        case .setWordWrap(let isOn):
            wrapsWords = isOn
            try Console.putLine(isOn ? "Set 'wordwrap' mode." : "Set 'nowordwrap' mode.")
        case .setThink(let level):
            think = level.map { .level($0) } ?? .on
            try Console.putLine(level.map { "Set 'think' mode to '\($0)'." } ?? "Set 'think' mode.")
        case .setNoThink:
            think = .off
            try Console.putLine("Set 'nothink' mode.")
        case .setSystem(let text):
            system = text
            try Console.putLine("Set system message.")
        case .setParameter(let name, let values): try setParameter(name, values)
        }
        return true
    }

    private mutating func setParameter(_ name: String, _ values: [String]) throws {
        do {
            let value = try ParameterTable.value(for: name, values)
            try userParameters.set(name, value)
            try options.apply(userParameters.json)
            try Console.putLine("Set parameter '\(name)' to '\(values.joined(separator: ", "))'")
        } catch { try Console.putLine("Couldn't set parameter: \"\(error)\"") }
    }

    private mutating func load(_ name: String) throws {
        try Console.putLine("Loading model '\(name)'")
        do {
            chat = try LocalModels.onHost(for: name).open(name)
            (messages, system, options) = (chat.history, nil, chat.packageOptions)
            try options.apply(userParameters.json)
        } catch StoreError.modelNotFound {
            try Console.putLine("Couldn't find model '\(name)'")
        } catch { try Console.putLine("Couldn't load model '\(name)': \(error)") }
    }

    /// What was set and said becomes a model of its own; `/load` goes on from there.
    private func save(_ text: String) throws {
        guard let name = try? ModelName(text) else {
            return try Console.putLine("error: The model name '\(text)' is invalid")
        }
        do {
            try SavedSession(base: chat.name, system: system, parameters: userParameters, messages: messages).save(as: name)
            try Console.putLine("Created new model '\(text)'")
        } catch { try Console.putLine("error: \(error)") }
    }

    private func show(_ topic: SlashCommand.ShowTopic) throws {
        let package = chat.package
        switch topic {
        case .info: Console.note(ModelReport(chat).text)
        case .license: try Console.putLine(package.map(\.licenseText).nonEmpty ?? "No license was specified for this model.")
        case .modelfile: try Console.putLine(try package?.modelfileText() ?? "'\(chat.name)' is a file without a Modelfile.")
        case .system:
            try Console.putLine((system ?? chat.system).nonEmpty ?? "No system message was specified for this model.")
        case .template: try Console.putLine(package?.template.nonEmpty ?? "No prompt template was specified for this model.")
        case .parameters:
            try Console.putLine("Model defined parameters:")
            try Console.putLine(
                package.map(\.parametersText).nonEmpty ?? "  No additional parameters were specified for this model.")
            if !userParameters.isEmpty {
                try Console.putLine("\nUser defined parameters:")
                for name in userParameters.names {
                    for text in userParameters[name]?.texts ?? [] { try Console.putLine(DisplayPadding.key(name) + text) }
                }
            }
        }
    }
}

extension Optional where Wrapped == String {
    fileprivate var nonEmpty: String? { self.flatMap { $0.isEmpty ? nil : $0 } }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
