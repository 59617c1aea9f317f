import ArgumentParser
import Bytes
import ChatPrompt
import GoTemplate
import JSONText
import JinjaTemplate

struct TemplateRenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Print what a template makes of a context",
        discussion: """
            With --context: the context is a JSON object, what the template sees (messages, tools, bos_token,
            add_generation_prompt, ...). The rendering is printed as it is, with nothing added.

            With a model and --messages: the prompt of a conversation, as the model gets it, coloured by role on a terminal, with the
            number of its tokens. The file is an array of messages, or an object with messages, tools and think.

            EXAMPLES
              quern template render --jinja chat_template.jinja --context conversation.json
              quern template render --go template.gotmpl --context data.json
              quern template render chat --messages conversation.json --tokens
              quern template render chat --go draft.gotmpl --messages conversation.json --watch
            """)

    @Argument(help: "A model of the store, or a GGUF file; with --messages.") var model: String?

    @Option(help: ArgumentHelp("A Jinja template, as Hugging Face's chat_template.", valueName: "file")) var jinja: String?
    @Option(help: ArgumentHelp("A Go template, as a Modelfile's TEMPLATE.", valueName: "file")) var go: String?
    @Option(help: ArgumentHelp("The context, a JSON object.", valueName: "file")) var context: String?
    @Option(help: ArgumentHelp("A conversation, as the chat API takes it.", valueName: "file")) var messages: String?
    @Flag(help: "Show the prompt's tokens.") var tokens = false
    @Option(
        help: ArgumentHelp(
            "Render as often as this and print only the microseconds that one rendering takes, for measurements.",
            valueName: "count"))
    var time: Int?
    @Flag(help: "Print prompt and token ids as JSON.") var json = false
    @Flag(help: "Show the prompt again whenever a file changes, until interrupted.") var watch = false
    @Option(
        help: ArgumentHelp(
            "The time that the template is told: 2024-07-26, 2024-07-26T12:30:00, or seconds since 1970.", valueName: "time"))
    var now: String?

    func validate() throws {
        if let time, time < 1 || context == nil { throw ValidationError("--time: a number of renderings, with --context") }
        if let now, JinjaTime(now) == nil { throw ValidationError("--now: '\(now)' is no time") }
        if jinja != nil, go != nil { throw ValidationError("give either --jinja or --go") }
        guard let context else {
            guard messages != nil else { throw ValidationError("give --context, or a model and --messages") }
            if model == nil, jinja == nil, go == nil { throw ValidationError("give a model, --jinja or --go") }
            if model == nil, tokens { throw ValidationError("--tokens needs a model, whose vocabulary it is") }
            return
        }
        if (jinja == nil) == (go == nil) { throw ValidationError("give either --jinja or --go") }
        if model != nil || messages != nil || tokens || watch || json {
            throw ValidationError("--context '\(context)' goes with --jinja or --go alone")
        }
    }

    func run() throws {
        guard let context else { return try renderConversation() }
        let values = try Self.object(in: context)
        if let jinja {
            let program = try JinjaProgram(try Self.text(of: jinja), name: jinja)
            try write { try program.renderBytes(values, now: moment) }
        } else if let go {
            let template = try ParsedTemplate(try Self.text(of: go), name: go, functions: .ollama(today: { today }))
            try write { try template.renderBytes(TemplateValue(.object(values))) }
        }
    }

    /// The rendering, or how long one takes.
    private func write(_ render: () throws -> [UInt8]) throws {
        guard let time else { return try StandardStream.output.write(try render()) }
        let start = ContinuousClock.now
        for _ in 0..<time { _ = try render() }
        let microseconds = start.duration(to: .now) / .microseconds(1) / Double(time)
        try Console.putLine(JSONNumber(microseconds).text)
    }

    private var moment: JinjaTime { now.flatMap { JinjaTime($0) } ?? JinjaTime(secondsSince1970: LocalCalendar.now()) }
    private var today: Int { moment.daysSince1970 }

    private func renderConversation() throws {
        let view = try PromptView(
            model: model, jinja: jinja, go: go, messages: messages ?? "", seconds: today * 86_400, showsTokens: tokens, isJSON: json
        )
        if watch { try view.watch() } else { try view.show() }
    }

    private static func object(in path: String) throws -> JSONObject {
        let value = try JSONValue(parsing: try ByteRegion.mapping(path).bytes())
        guard let object = value.object else { throw ContextError(path: path, found: value.kind) }
        return object
    }

    private static func text(of path: String) throws -> String {
        try ByteRegion.mapping(path).text()
    }
}

/// A context that is no object.
private struct ContextError: Error, CustomStringConvertible {
    let path: String
    let found: String
    var description: String { "\(path): the context is \(found), not an object" }
}
