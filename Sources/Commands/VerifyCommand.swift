import ArgumentParser
import Bytes
import GGUF
import JSONText
import ModelService
import PromptProof

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Prove that a TEMPLATE says what the model was trained on",
        discussion: """
            Renders conversations of many kinds with the TEMPLATE, by Ollama's rules, and with the model's own Jinja template, compares
            the tokens that the model would read, and tells where they part and why. Then looks at stops, special tokens and
            capabilities.

            Exit code 0: no difference and no error; 1: there are some.

            EXAMPLES
              quern verify chat                              a model of the store
              quern verify .                                 ./Modelfile, before it is built
              quern verify model.gguf --go template.gotmpl
              quern verify --jinja chat_template.jinja --go template.gotmpl
            """)

    @Argument(help: "A model of the store, a Modelfile or its folder, a checkpoint's folder, or a GGUF file.") var model: String?
    @Option(help: ArgumentHelp("Compare with this Jinja template instead of the model's own.", valueName: "file"))
    var jinja: String?
    @Option(help: ArgumentHelp("Prove this Go template instead of the model's TEMPLATE.", valueName: "file")) var go: String?
    @Option(help: ArgumentHelp("A PARAMETER stop, for the audit; may be given several times.", valueName: "text")) var stop:
        [String] = []
    @Flag(help: "Only the audit of stops, special tokens and capabilities.") var audit = false
    @Flag(help: "Print the report as JSON.") var json = false
    @OptionGroup var superset: SupersetOptions

    func validate() throws {
        if model == nil, jinja == nil || go == nil { throw ValidationError("give a model, or both --jinja and --go") }
    }

    func run() throws {
        var subject = try subject()
        if let jinja { subject.reference = try ByteRegion.mapping(jinja).text() }
        if let go { subject.template = try ByteRegion.mapping(go).text() }
        subject.stops += stop
        let verification = try PromptVerification(subject, scope: audit ? .audit : .all)
        if json {
            try Console.putLine(verification.json.text(.pretty))
        } else {
            try Console.put(verification.text(color: Console.allowsColour(.output)))
        }
        if verification.hasErrors { throw AlreadyReported() }
    }

    private func subject() throws -> PromptSubject {
        guard let model else { return PromptSubject(name: go ?? "template") }
        guard let status = try FileStatus.ifPresent(model) else { return try LocalModels.onHost(for: model).promptSubject(model) }
        if status.kind == .folder {
            let folder = Folder(model)
            if folder.hasFile("Modelfile") { return try planned(folder.path(of: "Modelfile")) }
            // A folder of the same name as a model is not meant where it holds nothing of use.
            guard folder.hasFile("config.json") || model.contains("/") || model.hasPrefix(".") else {
                return try LocalModels.onHost(for: model).promptSubject(model)
            }
            return try LocalModels().promptSubject(checkpoint: model)
        }
        let region = try ByteRegion.mapping(model)
        let isWeights = GGUFFile.hasMagic(region.part(0..<min(4, region.count))?.bytes() ?? [])
        return isWeights ? try LocalModels().promptSubject(Self.asPath(model)) : try planned(model)
    }

    private func planned(_ path: String) throws -> PromptSubject {
        let plan = try ModelfileReading(path: path).plan(superset, quantization: nil)
        return try LocalModels().promptSubject(plan, folder: ModelfileReading.folder(of: path), name: path)
    }

    /// A file that is there is no model's name, whatever it is called.
    private static func asPath(_ path: String) -> String { path.hasPrefix("/") || path.hasPrefix(".") ? path : "./" + path }
}
