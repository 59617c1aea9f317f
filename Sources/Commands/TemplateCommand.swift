import ArgumentParser
import Bytes
import ChatPrompt
import GoTemplate
import JSONText
import JinjaTemplate

struct TemplateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "Work on prompt templates", subcommands: [TemplateRenderCommand.self])
}

struct TemplateRenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Print what a template makes of a context",
        discussion: """
            The context is a JSON object: what the template sees (messages, tools, bos_token, add_generation_prompt, ...). The
            rendering is printed as it is, with nothing added.

            EXAMPLES
              quern template render --jinja chat_template.jinja --context conversation.json
              quern template render --go template.gotmpl --context data.json
            """)

    @Option(help: ArgumentHelp("A Jinja template, as Hugging Face's chat_template.", valueName: "file")) var jinja: String?
    @Option(help: ArgumentHelp("A Go template, as a Modelfile's TEMPLATE.", valueName: "file")) var go: String?
    @Option(help: ArgumentHelp("The context, a JSON object.", valueName: "file")) var context: String
    @Option(
        help: ArgumentHelp(
            "The time that the template is told: 2024-07-26, 2024-07-26T12:30:00, or seconds since 1970.", valueName: "time"))
    var now: String?

    func validate() throws {
        if (jinja == nil) == (go == nil) { throw ValidationError("give either --jinja or --go") }
        if let now, JinjaTime(now) == nil { throw ValidationError("--now: '\(now)' is no time") }
    }

    func run() throws {
        let context = try readContext()
        if let jinja {
            let program = try JinjaProgram(try Self.text(of: jinja), name: jinja)
            let now = now.flatMap { JinjaTime($0) } ?? JinjaTime(secondsSince1970: LocalCalendar.now())
            try StandardStream.output.write(try program.renderBytes(context, now: now))
        } else if let go {
            let days = now.flatMap { JinjaTime($0)?.daysSince1970 }
            let template = try ParsedTemplate(
                try Self.text(of: go), name: go, functions: .ollama(today: { days ?? LocalCalendar.today() }))
            try StandardStream.output.write(try template.renderBytes(TemplateValue(.object(context))))
        }
    }

    private func readContext() throws -> JSONObject {
        let value = try JSONValue(parsing: try ByteRegion.mapping(context).bytes())
        guard let object = value.object else {
            throw ContextError(path: context, found: value.kind)
        }
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
