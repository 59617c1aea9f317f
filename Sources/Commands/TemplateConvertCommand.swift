import ArgumentParser
import Bytes
import ChatPrompt
import JSONText
import ModelService
import PromptProof

struct TemplateConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Write the Go TEMPLATE that says what a Jinja template says",
        discussion: """
            For Ollama before 0.30, which runs Go templates only. The template is printed if conversations of every kind give the same
            prompts; else what differs is told, nothing is printed, and the exit code is 1.

            EXAMPLES
              quern template convert chat > template.gotmpl
              quern template convert --jinja chat_template.jinja
              quern template convert model.gguf --unproven > draft.gotmpl
            """)

    @Argument(help: "A model of the store, or a GGUF file, whose own template is converted.") var model: String?
    @Option(help: ArgumentHelp("Convert this Jinja template.", valueName: "file")) var jinja: String?
    @Flag(help: "Print the template even where it is not proven.") var unproven = false
    @Flag(help: "Print template and report as JSON.") var json = false

    func validate() throws {
        if model == nil, jinja == nil { throw ValidationError("give a model or --jinja") }
    }

    func run() throws {
        var subject =
            try model.map { try LocalModels.onHost(for: $0).promptSubject($0) } ?? PromptSubject(name: jinja ?? "template")
        if let jinja { subject.reference = try ByteRegion.mapping(jinja).text() }
        subject.template = nil
        let prepared = try PreparedSubject(subject)
        guard let reference = prepared.reference else {
            throw ConversionProblem(reason: prepared.notes.last ?? "the model brings no template of its own")
        }
        let conversion = try TemplateConverter(reference: reference, tokenizer: prepared.tokenizer).convert()
        if json {
            try Console.putLine(
                JSONValue.object([
                    "proven": .bool(conversion.isProven), "template": .string(conversion.template),
                    "report": conversion.report.json,
                ]).text(.pretty))
        } else {
            if !conversion.isProven { Console.note(conversion.report.text(color: Console.allowsColour(.error))) }
            if conversion.isProven || unproven { try Console.put(conversion.template) }
        }
        if !conversion.isProven { throw AlreadyReported() }
    }
}
