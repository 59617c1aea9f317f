import ArgumentParser
import BuildPipeline
import Compute
import ModelService
import Quantization

struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize", abstract: "Quantize a GGUF file or a checkpoint",
        discussion: """
            The bytes are those that llama-quantize writes, and so are the options. OUT gets its name when it is whole; without OUT
            the file is ggml-model-TYPE.gguf beside the input.

            TYPES
              \(FileType.allCases.map(\.name).joined(separator: " ")) COPY

            EXAMPLES
              quern quantize model-f16.gguf model-q4.gguf Q4_K_M
              quern quantize ./Qwen2.5-0.5B-Instruct model.gguf Q8_0 4
              quern quantize in.gguf out.gguf Q3_K_M --imatrix imatrix.gguf
              quern quantize in.gguf out.gguf Q4_K_M --tensor-type ffn_down=Q6_K --output-tensor-type Q8_0
              quern quantize model-00001-of-00003.gguf out Q4_K_M --keep-split
              quern quantize in.gguf Q4_K_M --dry-run
              quern quantize in.gguf out.gguf --fit 4GiB --imatrix imatrix.gguf
            """)

    @Argument(help: "A GGUF file, a checkpoint folder, or a model of the store.") var input: String
    @Argument(
        help: ArgumentHelp("[OUT] TYPE [THREADS]: the GGUF file to write, the type, a number of threads.", valueName: "out-type"))
    var words: [String]
    @OptionGroup(title: "Types") var types: TensorTypeOptions
    @OptionGroup(title: "Budget") var budget: BudgetOptions
    @OptionGroup(title: "Importance") var importance: ImportanceOptions
    @OptionGroup(title: "Model") var edits: ModelEditOptions
    @Option(help: ArgumentHelp("Threads; all that the process may use if not given.", valueName: "count")) var threads: Int?
    @Flag(help: "Say what would be written, tensor by tensor, and write nothing.") var dryRun = false
    @Flag(help: "Wait until the output is on the disk for good, for who removes the input next.") var sync = false
    @OptionGroup var progress: ProgressOptions

    func validate() throws { _ = try request() }

    func run() throws {
        let request = try request()
        var job = QuantizedFile(
            input: try LocalModels().inputPath(input), output: request.output(of: input, split: edits.keepSplit),
            fileType: request.type.fileType)
        let read = [job.input, importance.imatrix] + types.tensorTypeFile
        try OutputPlace.check(job.output, isNoneOf: read)
        if let recipe = budget.recipePath(output: job.output, isDryRun: dryRun) {
            try OutputPlace.check(recipe, isNoneOf: read + [job.output])
        }
        job.keepsShards = edits.keepSplit
        job.waitsForDisk = sync
        job.options.choices = try types.choices(patterns: try types.filePatterns())
        job.options.allowsRequantizing = types.requantize
        job.options.copiesTensors = request.type == .copy
        job.options.importance = try importance.matrix()
        job.options.overrides = try edits.overrides()
        job.options.prunedLayers = try edits.prunedLayers()
        job.options.allowsNonFinite = edits.allowNan
        let display = progress.display
        defer { display.finish() }
        let pool = ThreadPool(threads: request.threads ?? ThreadPool.defaultThreadCount())
        if let wanted = try budget.budget() {
            if request.namesType {
                Console.note("warning: --fit and --target-bpw choose the types; '\(request.type.name)' is not used")
            }
            let fitted = try job.fit(wanted, on: pool, events: display.handler)
            display.finish()
            if !progress.quiet { try Console.put(FittedReport(fitted).text) }
            try budget.write(fitted, output: job.output, isDryRun: dryRun)
        }
        if dryRun {
            let plan = try job.plan(events: display.handler)
            return try Console.put(QuantizationReport(plan, name: request.type == .copy ? "COPY" : job.fileType.name).text)
        }
        let report = try job.make(on: pool, events: display.handler)
        display.finish()
        guard !progress.quiet else { return }
        try Console.putLine(
            "\(report.files.joined(separator: " ")): \(request.type == .copy ? "COPY" : job.fileType.name), "
                + "\(HumanFormat.bytes(report.outputByteCount)) from \(HumanFormat.bytes(report.inputByteCount)), "
                + "\(HumanFormat.fixed(report.bitsPerWeight, 2)) bits per weight")
    }

    private func request() throws -> QuantizationRequest {
        do {
            _ = try types.choices(patterns: [])
            _ = try edits.overrides()
            _ = try edits.prunedLayers()
            try importance.check()
            let wanted = try budget.budget()
            if wanted != nil { try budget.check(types) }
            let request = try QuantizationRequest(words, threads: threads, choosesType: wanted != nil)
            if wanted != nil, request.type == .copy { throw ValidationError("COPY leaves nothing to choose for a budget") }
            return request
        } catch let error as QuantizationError {
            throw ValidationError("\(error)")
        }
    }
}

/// What the words after the input ask for. As with llama-quantize, the output may be left out, and threads may follow the type.
struct QuantizationRequest: Equatable {
    var type: QuantizationTarget
    /// Whether the words say the type; a budget can do without.
    var namesType = true
    /// Nil where the name follows from the input and the type.
    var output: String?
    var threads: Int?

    /// - Throws: `ValidationError` for too few or too many words, `QuantizationError.unknownFileType`.
    /// - Parameter choosesType: the type follows from a budget, and one word may be the output.
    init(_ words: [String], threads option: Int?, choosesType: Bool = false) throws {
        guard let first = words.first else { throw ValidationError("missing the type to quantize to") }
        var rest = words.dropFirst()
        if let type = try? QuantizationTarget(named: first) {
            self.type = type
        } else if choosesType, rest.isEmpty || Int(rest[1]) != nil {
            (output, type, namesType) = (first, .mix(.q4_K_M), false)
        } else if let second = rest.popFirst() {
            output = first
            type = try QuantizationTarget(named: second)
        } else {
            // One word that is no type: more likely a misspelt type than an output without one.
            type = try QuantizationTarget(named: first)
        }
        threads = option
        if let word = rest.popFirst() {
            guard let count = Int(word), rest.isEmpty else { throw ValidationError("unexpected argument '\(word)'") }
            threads = option ?? count
        }
        guard (1...1024).contains(threads ?? 1) else { throw ValidationError("threads must be from 1 to 1024") }
    }

    /// The path to write; with `split`, what the shards' names start with.
    func output(of input: String, split: Bool) -> String {
        if let output { return output }
        let folder = input.lastIndex(of: "/").map { input[...$0] } ?? ""
        return "\(folder)ggml-model-\(type.name)" + (split ? "" : ".gguf")
    }
}
