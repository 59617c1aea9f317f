import ArgumentParser
import Bytes
import Compute
import Evaluation
import GGUF
import ModelService
import Quantization
import Runner
import TransformerEngine

struct ImatrixCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imatrix", abstract: "Compute an importance matrix from a text",
        discussion: """
            Runs the model over the text and adds up the squares of what meets each tensor's columns, expert by expert. The result
            is what llama-imatrix computes, in its formats; give it to `quern quantize --imatrix`.

            Work that was stopped or killed goes on where its last checkpoint (OUT.resume) left it. Without a text, matrices
            given by --in-file are merged.

            EXAMPLES
              quern imatrix -m model-f16.gguf -f calibration.txt -o imatrix.gguf
              quern imatrix -m chat -f text.txt --chunks 100 --process-output
              quern imatrix --in-file a.gguf --in-file b.dat -o both.gguf
              quern imatrix --in-file imatrix.gguf --show-statistics
            """)

    @Option(name: .shortAndLong, help: ArgumentHelp("A model of the store, or a GGUF file.", valueName: "model"))
    var model: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("The text to compute it on.", valueName: "path")) var file: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "path")) var output = "imatrix.gguf"
    @Option(
        name: .customLong("output-format"), help: ArgumentHelp("gguf, or dat for llama.cpp before 2025.", valueName: "format"),
        transform: ImportanceFormat.named)
    var outputFormat: ImportanceSums.Format = .gguf
    @Option(name: [.customShort("c"), .customLong("ctx-size")], help: ArgumentHelp("Tokens of a chunk.", valueName: "count"))
    var contextLength = 512
    @Option(help: ArgumentHelp("Chunks at most.", valueName: "count")) var chunks: Int?
    @Option(
        name: [.customLong("from-chunk"), .customLong("chunk")],
        help: ArgumentHelp("Leave out the chunks before this one.", valueName: "number"))
    var fromChunk = 0
    @Flag(name: .customLong("process-output"), help: "Collect for output.weight, too.") var processesOutput = false
    @Flag(name: .customLong("no-ppl"), help: "Do not compute the text's perplexity on the way.") var skipsPerplexity = false
    @Flag(name: .customLong("parse-special"), help: "Read special tokens in the text as tokens.") var parsesSpecial = false
    @Option(
        name: .customLong("output-frequency"), help: ArgumentHelp("Write a checkpoint after so many chunks.", valueName: "count"))
    var outputFrequency = 10
    @Option(
        name: .customLong("save-frequency"),
        help: ArgumentHelp("Keep a copy OUT.at_N after so many chunks; 0 for none.", valueName: "count"))
    var saveFrequency = 0
    @Option(name: .customLong("in-file"), help: ArgumentHelp("A matrix to add to; may be given several times.", valueName: "path"))
    var inFiles: [String] = []
    @Flag(name: .customLong("show-statistics"), help: "Print figures of the matrix, tensor by tensor; write nothing.")
    var showsStatistics = false
    @Option(name: .shortAndLong, help: ArgumentHelp("Threads; all that the process may use if not given.", valueName: "count"))
    var threads: Int?
    @OptionGroup var progress: ProgressOptions

    func validate() throws {
        guard (threads ?? 1) >= 1, (threads ?? 1) <= 1024 else { throw ValidationError("threads must be from 1 to 1024") }
        guard (8...(1 << 20)).contains(contextLength) else { throw ValidationError("ctx-size must be from 8 to \(1 << 20)") }
        guard (chunks ?? 1) >= 1, fromChunk >= 0 else { throw ValidationError("chunks must be at least 1, from-chunk at least 0") }
        guard outputFrequency >= 1, saveFrequency >= 0 else {
            throw ValidationError("output-frequency must be at least 1, save-frequency at least 0")
        }
        if file != nil {
            guard model != nil else { throw ValidationError("a text needs a model to read it: --model") }
            guard !showsStatistics else { throw ValidationError("--show-statistics takes matrices (--in-file), not a text") }
        } else if inFiles.isEmpty {
            throw ValidationError("give a text (--file), or matrices to merge (--in-file)")
        }
    }

    func run() throws {
        var sums = ImportanceSums(chunkSize: contextLength)
        for path in try matrices { try sums.add(try ImportanceSums(path: path), file: path) }
        if showsStatistics { return try Console.put(ImportanceReport(sums).statistics) }
        try OutputPlace.check(output, isNoneOf: [model, file])
        if let file, let model { sums = try collect(file, model, addingTo: sums) }
        try FileReplacement.write(try bytes(sums), to: output)
        if file != nil { try? FileSystem.removeFile(checkpointPath) }
        guard !progress.quiet else { return }
        for line in ImportanceReport(sums).coverage { Console.note("warning: \(line)") }
        try Console.putLine("\(output): \(sums.entries.count) tensors, \(sums.chunkCount) chunks of \(sums.chunkSize) tokens")
    }

    /// The files of `--in-file`, which llama-imatrix takes as one list with commas.
    private var matrices: [String] {
        get throws {
            try inFiles.flatMap { try FileStatus.ifPresent($0) == nil ? $0.split(separator: ",").map(String.init) : [$0] }
        }
    }

    private var checkpointPath: String { output + ".resume" }

    private func bytes(_ sums: ImportanceSums) throws -> [UInt8] {
        outputFormat == .gguf ? try sums.ggufBytes() : sums.legacyBytes()
    }

    private func collect(_ path: String, _ model: String, addingTo start: ImportanceSums) throws -> ImportanceSums {
        let models = try LocalModels()
        let text = try OpenFile.stream(path, limit: 1 << 30)
        let loaded = try LoadedModel(path: try models.weightsPath(of: try models.reference(model)))
        let chunks = try TextChunks(
            text: text, tokenizer: loaded.tokenizer, contextLength: contextLength, skipped: fromChunk, limit: chunks,
            parseSpecial: parsesSpecial)
        var options = ImportanceCollection.Options()
        (options.includesOutput, options.computesPerplexity) = (processesOutput, !skipsPerplexity)
        var collection = ImportanceCollection(chunks, options: options, addingTo: start)
        let fingerprint = try ImportanceCollection.fingerprint(
            of: loaded.file, chunks, options, start: try matrices.map { "\($0) \(try FileStatus(path: $0).size)" })
        try resume(&collection, fingerprint)
        let session = try InferenceSession(
            model: loaded.transformer, contextLength: contextLength, batchSize: min(contextLength, 512),
            pool: ThreadPool(threads: threads ?? ThreadPool.defaultThreadCount()))
        session.keepMemorySmall(weightsOf: loaded.file)
        try read(&collection, session, loaded, fingerprint, path)
        if let perplexity = collection.perplexity, !progress.quiet {
            Console.note(
                "perplexity \(HumanFormat.fixed(perplexity.value, 4)) ± \(HumanFormat.fixed(perplexity.uncertainty, 5))")
        }
        return finished(collection, path)
    }

    private func resume(_ collection: inout ImportanceCollection, _ fingerprint: String) throws {
        guard try FileStatus.ifPresent(checkpointPath) != nil else { return }
        do {
            guard try collection.resume(from: checkpointPath, fingerprint: fingerprint) else {
                return Console.note("warning: '\(checkpointPath)' is of another model, text or options; it is not used")
            }
            guard !progress.quiet else { return }
            Console.note("going on after chunk \(collection.chunksDone) of \(collection.chunks.count) (\(checkpointPath))")
        } catch {
            Console.note("warning: the checkpoint is damaged and is not used: \(error)")
        }
    }

    /// Reads what is left of the text; stopped by the user, it leaves a checkpoint of all that is done.
    private func read(
        _ collection: inout ImportanceCollection, _ session: InferenceSession, _ loaded: LoadedModel, _ fingerprint: String,
        _ path: String
    ) throws {
        var display = ChunkProgress(
            progress, step: "computing \(output)", total: collection.chunks.count, before: collection.chunksDone)
        defer { display.finish() }
        while !collection.isDone {
            do {
                try Interruption.check()
                try collection.readNextChunk(session)
                try loaded.file.checkIntact()
            } catch let error as Interrupted {
                if collection.chunksDone > 0 {
                    try FileReplacement.write(try collection.checkpoint(fingerprint: fingerprint), to: checkpointPath)
                }
                throw error
            }
            display.show(
                collection.chunksDone,
                figure: collection.perplexity.map { "perplexity \(HumanFormat.fixed($0.value, 4))" } ?? "")
            if collection.chunksDone % outputFrequency == 0, !collection.isDone {
                try FileReplacement.write(try collection.checkpoint(fingerprint: fingerprint), to: checkpointPath)
            }
            if saveFrequency > 0, collection.chunksDone % saveFrequency == 0 {
                try FileReplacement.write(
                    try bytes(finished(collection, path)), to: "\(output).at_\(collection.chunksDone)")
            }
        }
    }

    /// The sums as they are written, with the text's name.
    private func finished(_ collection: ImportanceCollection, _ path: String) -> ImportanceSums {
        var sums = collection.sums
        sums.datasets.append(path)
        return sums
    }
}

/// The values of `--output-format`.
private enum ImportanceFormat {
    static func named(_ text: String) throws -> ImportanceSums.Format {
        guard let format = ImportanceSums.Format(rawValue: text) else {
            throw ValidationError("'\(text)' is not a format of importance matrices; gguf and dat are")
        }
        return format
    }
}
