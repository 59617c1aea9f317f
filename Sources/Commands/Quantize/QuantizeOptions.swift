import ArgumentParser
import Bytes
import Quantization

/// Which types tensors get in place of the mix's.
struct TensorTypeOptions: ParsableArguments {
    @Option(
        name: .customLong("tensor-type"),
        help: ArgumentHelp("Give this type to tensors in whose names the regular expression is found.", valueName: "pattern=type"))
    var tensorTypes: [String] = []
    @Option(help: ArgumentHelp("Read such pairs from a file, with blanks or line breaks between them.", valueName: "file"))
    var tensorTypeFile: [String] = []
    @Option(help: ArgumentHelp("The type of output.weight.", valueName: "type")) var outputTensorType: String?
    @Option(help: ArgumentHelp("The type of the token embedding.", valueName: "type")) var tokenEmbeddingType: String?
    @Flag(help: "Leave output.weight as it is.") var leaveOutputTensor = false
    @Flag(help: "No mix: give every tensor the type itself.") var pure = false
    @Flag(
        name: [.customLong("requantize"), .customLong("allow-requantize")],
        help: "Take tensors that are quantized already, at a loss.")
    var requantize = false

    /// - Throws: `QuantizationError` for types and patterns that do not exist.
    func choices(patterns fromFiles: [TypeChoices.Pattern]) throws -> TypeChoices {
        var choices = TypeChoices()
        choices.patterns = try tensorTypes.map { try TypeChoices.Pattern(parsing: $0) } + fromFiles
        choices.outputType = try outputTensorType.map { try TypeChoices.tensorType(named: $0) }
        choices.tokenEmbeddingType = try tokenEmbeddingType.map { try TypeChoices.tensorType(named: $0) }
        choices.leavesOutput = leaveOutputTensor
        choices.isPure = pure
        return choices
    }

    func filePatterns() throws -> [TypeChoices.Pattern] {
        try tensorTypeFile.flatMap { path in
            let text = String(decoding: try OpenFile.contents(of: path, limit: 1 << 24), as: UTF8.self)
            do { return try TypeChoices.patterns(parsing: text) } catch {
                throw QuantizationError.invalidTypeFile(file: path, problem: "\(error)")
            }
        }
    }
}

/// Which importance matrix weighs which tensors.
struct ImportanceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Weigh columns by this importance matrix (GGUF or .dat).", valueName: "file")) var imatrix: String?
    @Option(help: ArgumentHelp("Use the matrix only for tensors in whose names this is found.", valueName: "text"))
    var includeWeights: [String] = []
    @Option(help: ArgumentHelp("Do not use the matrix for tensors in whose names this is found.", valueName: "text"))
    var excludeWeights: [String] = []

    func check() throws {
        guard includeWeights.isEmpty || excludeWeights.isEmpty else {
            throw ValidationError("--include-weights and --exclude-weights cannot be used together")
        }
    }

    func matrix() throws -> ImportanceMatrix? {
        try imatrix.map { try ImportanceMatrix(path: $0).limited(to: includeWeights, without: excludeWeights) }
    }
}

/// What else happens to the model on the way.
struct ModelEditOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Leave these layers out; those behind them move up.", valueName: "l0,l1,...")) var pruneLayers:
        String?
    @Option(help: ArgumentHelp("Set metadata; TYPE is int, float, bool or str.", valueName: "key=type:value"))
    var overrideKv: [String] = []
    @Flag(help: "Write as many shards as the input has; OUT is what their names start with.") var keepSplit = false
    @Flag(help: "Go on where weights are NaN or infinite, taking them as 0.") var allowNan = false
    @Option(help: ArgumentHelp("Taken for llama-quantize's sake; memory stays small anyway.", visibility: .hidden))
    var maxBufferSize: Int?

    func overrides() throws -> [MetadataOverride] { try overrideKv.map { try MetadataOverride(parsing: $0) } }

    func prunedLayers() throws -> Set<Int> {
        guard let pruneLayers else { return [] }
        return Set(
            try pruneLayers.split(separator: ",", omittingEmptySubsequences: false).map { word in
                guard let layer = Int(word), layer >= 0 else { throw ValidationError("'\(word)' is not the number of a layer") }
                return layer
            })
    }
}

/// How large the file may get, in place of a mix.
struct BudgetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Choose a type for each tensor by measured error, so that the file has at most this size.", valueName: "size"))
    var fit: ByteSize?
    @Option(help: ArgumentHelp("The same for this many bits per weight.", valueName: "bits")) var targetBpw: Double?
    @Option(help: ArgumentHelp("Where the choice goes, for --tensor-type-file; OUT.recipe if not given.", valueName: "file"))
    var recipe: String?

    func budget() throws -> FittedTypes.Budget? {
        guard fit == nil || targetBpw == nil else { throw ValidationError("--fit and --target-bpw cannot be used together") }
        if let targetBpw, !(0.5...32).contains(targetBpw) { throw ValidationError("--target-bpw must be from 0.5 to 32") }
        return fit.map { .file($0.bytes) } ?? targetBpw.map { .bitsPerWeight($0) }
    }

    func check(_ types: TensorTypeOptions) throws {
        guard types.tensorTypes.isEmpty, types.tensorTypeFile.isEmpty, types.outputTensorType == nil,
            types.tokenEmbeddingType == nil,
            !types.pure
        else { throw ValidationError("--fit and --target-bpw choose all types themselves") }
    }

    /// Where the recipe goes; nil where none is written.
    func recipePath(output: String, isDryRun: Bool) -> String? {
        fit == nil && targetBpw == nil ? nil : recipe ?? (isDryRun ? nil : output + ".recipe")
    }

    /// Writes the recipe, and says how to use it.
    func write(_ fitted: FittedTypes, output: String, isDryRun: Bool) throws {
        guard let path = recipePath(output: output, isDryRun: isDryRun) else { return }
        try FileReplacement.write(Array(fitted.recipe.utf8), to: path)
        Console.note("recipe: \(fitted.fileType.name) --tensor-type-file \(path)")
    }
}
