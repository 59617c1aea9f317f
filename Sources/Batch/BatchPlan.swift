import Diagnostics
import Quantization
import YAMLText

/// What a plan file says: which inputs become which outputs. Nothing on disk was looked at for it.
///
/// A plan is YAML, or JSON, which is YAML too:
///
///     defaults:                     # for every job; all of them optional
///       folder: out
///       file: "{stem}-{type}.gguf"
///       outputs: [Q4_K_M, Q8_0]
///     jobs:
///       - input: models/*-f16.gguf  # a GGUF file, a checkpoint folder, a model of the store, a pattern, or a list of them
///       - input: ./Qwen2.5-0.5B
///         imatrix: qwen.imatrix
///         outputs:
///           - Q4_K_M
///           - type: IQ2_XXS
///             tensor-types: {ffn_down: Q4_K}
///             create: qwen:iq2
///
/// `Documentation/Batch.md` lists every key.
public struct BatchPlan: Sendable {
    /// Jobs as they are written; each may have several inputs.
    let entries: [Entry]

    struct Entry: Sendable {
        var inputs: [(text: String, place: PlanPlace)]
        var outputs: [Output]
    }

    struct Output: Sendable {
        var target: QuantizationTarget
        var settings: OutputSettings
        var place: PlanPlace
    }

    static let defaultFile = "{stem}-{type}.gguf"
    /// Outputs of one reading; each needs buffers.
    static let outputLimit = 64

    /// Reads a plan.
    /// - Throws: `BatchError.invalidPlan` with everything that is wrong.
    public init(parsing text: String, name: String) throws(BatchError) {
        let source = SourceText(text, name: name)
        let (root, diagnostics) = YAMLDocument.parse(source)
        var reader = PlanReader(source)
        for diagnostic in diagnostics { reader.note(diagnostic.message, at: reader.place(of: diagnostic.range)) }
        entries = root.map { reader.entries($0) } ?? []
        guard reader.problems.isEmpty else {
            throw .invalidPlan(file: name, reader.problems.sorted { $0.place < $1.place })
        }
    }
}

extension PlanReader {
    fileprivate mutating func entries(_ root: YAMLNode) -> [BatchPlan.Entry] {
        let members = members(of: root, "the plan", known: ["defaults", "jobs"])
        var (defaults, outputs) = (OutputSettings(), [BatchPlan.Output]())
        if let node = members["defaults"] {
            let members = self.members(of: node, "'defaults'", known: OutputSettings.keys + ["outputs"])
            defaults = settings(members)
            outputs = members["outputs"].map { self.outputs($0) } ?? []
        }
        guard let jobs = members["jobs"] else {
            if problems.isEmpty { note("the plan has no 'jobs'", at: root) }
            return []
        }
        return elements(of: jobs, "'jobs'").compactMap { entry($0, defaults, outputs) }
    }

    private mutating func entry(
        _ node: YAMLNode, _ defaults: OutputSettings, _ defaultOutputs: [BatchPlan.Output]
    ) -> BatchPlan.Entry? {
        let before = problems.count
        let members = members(of: node, "a job", known: ["input", "outputs"] + OutputSettings.keys)
        let own = settings(members).merging(defaults)
        var outputs = members["outputs"].map { self.outputs($0) } ?? defaultOutputs
        for index in outputs.indices { outputs[index].settings = outputs[index].settings.merging(own) }
        let inputs = members["input"].map { elements(of: $0, "'input'") } ?? []
        if problems.count == before {
            if members["input"] == nil { note("the job has no 'input'", at: node) }
            if outputs.isEmpty { note("the job has no 'outputs', and the defaults have none", at: node) }
            if outputs.count > BatchPlan.outputLimit {
                note("\(outputs.count) outputs of one input; \(BatchPlan.outputLimit) are the most", at: node)
            }
        }
        return BatchPlan.Entry(
            inputs: inputs.compactMap { input in text(input, "'input'").map { ($0, place(of: input)) } }, outputs: outputs)
    }

    private mutating func outputs(_ node: YAMLNode) -> [BatchPlan.Output] {
        elements(of: node, "'outputs'").compactMap { element in
            guard element.members != nil else {
                return target(element).map {
                    BatchPlan.Output(target: $0, settings: OutputSettings(), place: place(of: element))
                }
            }
            let before = problems.count
            let members = members(of: element, "an output", known: ["type"] + OutputSettings.keys)
            let settings = settings(members)
            guard let type = members["type"] else {
                if problems.count == before { note("the output has no 'type'", at: element) }
                return nil
            }
            return target(type).map { BatchPlan.Output(target: $0, settings: settings, place: place(of: element)) }
        }
    }

    private mutating func target(_ node: YAMLNode) -> QuantizationTarget? {
        parse(node, "'type'") { try QuantizationTarget(named: $0) }
    }
}
