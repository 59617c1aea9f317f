import ArgumentParser
import BuildPipeline
import Compute
import ModelService
import Quantization

struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize", abstract: "Quantize a GGUF file or a checkpoint",
        discussion: """
            The bytes are those that llama-quantize writes. OUT gets its name when it is whole.

            TYPES
              \(FileType.allCases.map(\.name).joined(separator: " "))

            EXAMPLES
              quern quantize model-f16.gguf model-q4.gguf Q4_K_M
              quern quantize ./Qwen2.5-0.5B-Instruct model.gguf Q8_0 --threads 4
              quern quantize in.gguf out.gguf Q3_K_M --imatrix imatrix.gguf
              quern quantize in.gguf out.gguf Q4_K_M --tensor-type ffn_down=Q6_K --output-tensor-type Q8_0
            """)

    @Argument(help: "A GGUF file, a checkpoint folder, or a model of the store.") var input: String
    @Argument(help: "The GGUF file to write.") var output: String
    @Argument(help: "The type to quantize to.") var type: String
    @Option(help: ArgumentHelp("Weigh columns by this importance matrix (GGUF or .dat).", valueName: "file")) var imatrix: String?
    @Option(help: ArgumentHelp("Threads; all that the process may use if not given.", valueName: "count")) var threads: Int?
    @Option(
        name: .customLong("tensor-type"),
        help: ArgumentHelp("Give this type to tensors in whose names the regular expression is found.", valueName: "pattern=type"))
    var tensorTypes: [String] = []
    @Option(help: ArgumentHelp("The type of output.weight.", valueName: "type")) var outputTensorType: String?
    @Option(help: ArgumentHelp("The type of the token embedding.", valueName: "type")) var tokenEmbeddingType: String?
    @Flag(help: "Leave output.weight as it is.") var leaveOutputTensor = false
    @Flag(help: "No mix: give every tensor the type itself.") var pure = false
    @Flag(help: "Take tensors that are quantized already, at a loss.") var requantize = false
    @OptionGroup var progress: ProgressOptions

    func validate() throws {
        guard (threads ?? 1) >= 1, (threads ?? 1) <= 1024 else { throw ValidationError("threads must be from 1 to 1024") }
    }

    func run() throws {
        let fileType = try FileType(named: type)
        let models = try LocalModels()
        var job = QuantizedFile(input: try models.inputPath(input), output: output, fileType: fileType)
        job.importance = imatrix
        job.choices = try choices()
        job.allowsRequantizing = requantize
        let display = progress.display
        defer { display.finish() }
        let pool = ThreadPool(threads: threads ?? ThreadPool.defaultThreadCount())
        let report = try job.make(on: pool, events: display.handler)
        display.finish()
        guard !progress.quiet else { return }
        try Console.putLine(
            "\(output): \(fileType.name), \(HumanFormat.bytes(report.outputByteCount)) from \(HumanFormat.bytes(report.inputByteCount)), "
                + "\(HumanFormat.fixed(report.bitsPerWeight, 2)) bits per weight")
    }

    private func choices() throws -> TypeChoices {
        var choices = TypeChoices()
        choices.patterns = try tensorTypes.map { try TypeChoices.Pattern(parsing: $0) }
        choices.outputType = try outputTensorType.map { try TypeChoices.tensorType(named: $0) }
        choices.tokenEmbeddingType = try tokenEmbeddingType.map { try TypeChoices.tensorType(named: $0) }
        choices.leavesOutput = leaveOutputTensor
        choices.isPure = pure
        return choices
    }
}
