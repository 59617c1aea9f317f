/// What a line of the conversation that starts with a slash asks for. Pure, so that every spelling can be tested.
package enum SlashCommand: Equatable {
    case setParameter(name: String, values: [String])
    case setSystem(String)
    case setHistory(Bool)
    case setVerbose(Bool)
    case setWordWrap(Bool)
    /// `/set think`, with or without a level, and `/set nothink`.
    case setThink(level: String?)
    case setNoThink
    case show(ShowTopic)
    case load(String)
    case save(String)
    case list
    case clear
    case help(topic: String?)
    case bye
    /// What the program answers to a line that it does not understand.
    case misunderstood(String)

    package enum ShowTopic: String, CaseIterable {
        case info, license, modelfile, parameters, system, template
    }

    /// Reads a line; nil when it is no command but a message.
    package init?(_ line: String) {
        guard line.hasPrefix("/") else { return nil }
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let first = words.first else { return nil }
        switch first {
        case "/set": self = Self.set(words, line)
        case "/show": self = Self.show(words)
        case "/load": self = words.count == 2 ? .load(words[1]) : .misunderstood("Usage:\n  /load <modelname>")
        case "/save": self = words.count == 2 ? .save(words[1]) : .misunderstood("Usage:\n  /save <modelname>")
        case "/list": self = .list
        case "/clear": self = .clear
        case "/help", "/?": self = .help(topic: words.dropFirst().first)
        case "/bye", "/exit": self = .bye
        default: self = .misunderstood("Unknown command '\(first)'. Type /? for help")
        }
    }

    private static func set(_ words: [String], _ line: String) -> SlashCommand {
        guard words.count > 1 else { return .help(topic: "set") }
        switch words[1] {
        case "parameter":
            return words.count < 4 ? .help(topic: "parameters") : .setParameter(name: words[2], values: Array(words[3...]))
        case "system": return words.count < 3 ? .help(topic: "set") : .setSystem(text(after: "system", in: line))
        case "history": return .setHistory(true)
        case "nohistory": return .setHistory(false)
        case "verbose": return .setVerbose(true)
        case "quiet": return .setVerbose(false)
        case "wordwrap": return .setWordWrap(true)
        case "nowordwrap": return .setWordWrap(false)
        case "think": return .setThink(level: words.count > 2 ? words[2] : nil)
        case "nothink": return .setNoThink
        default: return .misunderstood("Unknown command '/set \(words[1])'. Type /? for help")
        }
    }

    private static func show(_ words: [String]) -> SlashCommand {
        guard words.count > 1 else { return .help(topic: "show") }
        guard let topic = ShowTopic(rawValue: words[1]) else {
            return .misunderstood("Unknown command '/show \(words[1])'. Type /? for help")
        }
        return .show(topic)
    }

    /// The rest of the line as it was typed, without the quotes of `"""…"""`.
    private static func text(after word: String, in line: String) -> String {
        guard let start = line.firstRange(of: word)?.upperBound else { return "" }
        return QuotedText.content(line[start...].drop(while: \.isWhitespace))
    }
}
