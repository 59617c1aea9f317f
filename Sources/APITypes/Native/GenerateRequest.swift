public import ChatPrompt
public import JSONText
public import ModelManifest

/// What `/api/generate` and `/api/chat` have in common.
public struct ReplySettings: Sendable {
    public var model: String
    /// Whether the answer comes piece by piece.
    public var streams = true
    /// As it was given: `"json"`, a schema, or nothing.
    public var format: JSONValue?
    public var keepAlive: KeepAlive?
    public var options = JSONObject()
    public var think = ThinkSetting.unset
    public var truncates = true
    public var shifts = true
    public var logprobs = false
    public var topLogprobs = 0
    /// Whether only the prompt is wanted.
    public var rendersOnly = false

    public init(model: String) { self.model = model }

    static let fields = [
        "model", "stream", "format", "keep_alive", "options", "think", "truncate", "shift", "logprobs", "top_logprobs",
        "_debug_render_only",
    ]

    init(_ reader: RequestReader) throws(RequestError) {
        model = try reader.string("model")
        streams = try reader.flag("stream") ?? true
        format = reader.value("format")
        keepAlive = try reader.keepAlive()
        options = try reader.object("options") ?? JSONObject()
        think = try reader.think()
        truncates = try reader.flag("truncate") ?? true
        shifts = try reader.flag("shift") ?? true
        logprobs = try reader.flag("logprobs") ?? false
        topLogprobs = try reader.integer("top_logprobs") ?? 0
        rendersOnly = try reader.flag("_debug_render_only") ?? false
        guard (0...20).contains(topLogprobs) else { throw RequestError("top_logprobs must be between 0 and 20") }
    }
}

/// `POST /api/generate`
public struct GenerateRequest: Sendable {
    public var settings: ReplySettings
    public var prompt: String
    public var suffix: String
    public var system: String
    public var template: String
    /// Tokens of an earlier answer; nil where the request has none.
    public var context: [Int]?
    public var isRaw: Bool
    public var imageCount: Int

    public static let fields = ReplySettings.fields + ["prompt", "suffix", "system", "template", "context", "raw", "images"]

    public init(_ reader: RequestReader) throws(RequestError) {
        settings = try ReplySettings(reader)
        prompt = try reader.string("prompt")
        suffix = try reader.string("suffix")
        system = try reader.string("system")
        template = try reader.string("template")
        context = try reader.integers("context")
        isRaw = try reader.flag("raw") ?? false
        imageCount = try reader.array("images")?.count ?? 0
    }
}

/// `POST /api/chat`
public struct ChatRequest: Sendable {
    public var settings: ReplySettings
    public var messages: [ChatMessage]
    public var tools: [ToolDefinition]

    public static let fields = ReplySettings.fields + ["messages", "tools"]

    public init(_ settings: ReplySettings, messages: [ChatMessage], tools: [ToolDefinition] = []) {
        (self.settings, self.messages, self.tools) = (settings, messages, tools)
    }

    public init(_ reader: RequestReader) throws(RequestError) {
        settings = try ReplySettings(reader)
        (messages, tools) = ([], [])
        do {
            for (index, message) in (try reader.array("messages") ?? []).enumerated() {
                messages.append(try ChatMessage(message, path: "messages[\(index)]"))
            }
            for (index, tool) in (try reader.array("tools") ?? []).enumerated() {
                tools.append(try ToolDefinition(tool, path: "tools[\(index)]"))
            }
        } catch let error as RequestError {
            throw error
        } catch {
            throw RequestError("\(error)")
        }
    }
}

extension RequestReader {
    /// `keep_alive`: seconds, or a duration such as `5m`.
    func keepAlive() throws(RequestError) -> KeepAlive? {
        switch value("keep_alive") {
        case nil: return nil
        case .number(let seconds)?: return KeepAlive(seconds: seconds.double)
        case .string(let text)?:
            if let keepAlive = KeepAlive(text) { return keepAlive }
            throw RequestError("time: invalid duration \"\(text)\"")
        case let other?: throw RequestError("Unsupported type: '\(other.text(.go))'")
        }
    }

    /// `think`: true, false or a degree.
    func think() throws(RequestError) -> ThinkSetting {
        switch value("think") {
        case nil: return .unset
        case .bool(let flag)?: return flag ? .on : .off
        case .string(let level)?:
            if let setting = ThinkSetting(level: level) { return setting }
            throw RequestError(
                "invalid think value: \"\(level)\" (must be \"high\", \"medium\", \"low\", \"max\", true, or false)")
        case .some: throw RequestError("think must be a boolean or string (\"high\", \"medium\", \"low\", \"max\", true, or false)")
        }
    }
}

extension ThinkSetting {
    /// A degree that Ollama knows; nil for any other text.
    public init?(level: String) {
        guard ["low", "medium", "high", "max"].contains(level) else { return nil }
        self = .level(level)
    }
}
