import ArgumentParser
import Bytes
import Compute
import GGUF
import JSONText
import ModelService
import Packaging
import Runner
import TransformerEngine

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure how fast a model runs",
        discussion: """
            Tokens per second for a prompt (pp) and for generation (tg), over random tokens, after one round that is not
            counted. The figures mean something beside another program's in the same hour on the same machine only. With a depth
            (-d), the context before each test is filled with random keys and values instead of being computed: the speed is
            the same, and measuring begins at once.

            EXAMPLES
              quern bench chat
              quern bench model.gguf -p 512 -n 32 -r 5 -t 2 --json
              quern bench model.gguf -d 8192 --cache-type q8_0
              quern bench model.gguf -p 0 --parallel 8
              quern bench model.gguf -p 0 --bandwidth
            """)

    @Argument(help: "A model of the store, or a GGUF file.") var model: String
    @Option(name: .short, help: ArgumentHelp("Tokens of the prompt; 0 leaves the test out.", valueName: "count")) var promptLength =
        512
    @Option(name: .customShort("n"), help: ArgumentHelp("Tokens to generate; 0 leaves the test out.", valueName: "count"))
    var generationLength = 128
    @Option(name: .short, help: ArgumentHelp("Rounds that are counted.", valueName: "count")) var repetitions = 5
    @Option(name: .short, help: ArgumentHelp("Threads; all that the process may use if not given.", valueName: "count"))
    var threads: Int?
    @Option(name: .short, help: ArgumentHelp("Tokens that are in the context before each test.", valueName: "count")) var depth = 0
    @Option(name: .short, help: ArgumentHelp("Tokens of a prompt that are computed at once.", valueName: "count")) var batch = 512
    @Option(help: ArgumentHelp("Sequences that generate at the same time; the speed is that of all together.", valueName: "count"))
    var parallel = 1
    @OptionGroup var cache: CacheOption
    @Flag(help: "Measure how fast the mapped weights are read, too: the ceiling of generation.") var bandwidth = false
    @Flag(help: "Print the figures as JSON.") var json = false

    func validate() throws {
        let lengths = 0...1 << 30
        guard [promptLength, generationLength, depth].allSatisfy(lengths.contains) else {
            throw ValidationError("lengths must be from 0 to \(lengths.upperBound)")
        }
        guard repetitions >= 1, batch >= 1 else { throw ValidationError("repetitions and batch must be at least 1") }
        guard (1...256).contains(parallel) else { throw ValidationError("parallel must be from 1 to 256") }
        guard (threads ?? 1) >= 1, (threads ?? 1) <= 1024 else { throw ValidationError("threads must be from 1 to 1024") }
    }

    func run() throws {
        let models = try LocalModels()
        let loaded = try LoadedModel(path: try models.weightsPath(of: try models.reference(model)))
        let pool = ThreadPool(threads: threads ?? ThreadPool.defaultThreadCount())
        let session = try InferenceSession(
            model: loaded.transformer, contextLength: max(depth + max(promptLength, generationLength), 1), batchSize: batch,
            slots: parallel, cacheType: try cache.type, pool: pool)
        var results: [SpeedResult] = []
        if promptLength > 0 {
            results.append(
                try measure("pp\(promptLength)", session, tokens: promptLength) {
                    try session.evaluate($0)
                    try loaded.file.checkIntact()
                })
        }
        if generationLength > 0 {
            results.append(
                try measure(generationTest, session, tokens: generationLength, sequences: parallel) { tokens in
                    for token in tokens {
                        try session.evaluate((0..<parallel).map { TokenRun([token], slot: $0) })
                        try loaded.file.checkIntact()
                        try Interruption.check()
                    }
                })
        }
        let read = bandwidth ? ReadBandwidth.measure(loaded.file.tensors.map(loaded.file.bytes), pool: pool) : nil
        try report(results, loaded, session, read: read)
    }

    private var generationTest: String { "tg\(generationLength)" + (parallel > 1 ? " x \(parallel)" : "") }

    /// Runs one test: the first round warms up pages, caches and clocks.
    private func measure(
        _ name: String, _ session: InferenceSession, tokens count: Int, sequences: Int = 1, _ round: ([Int32]) throws -> Void
    ) throws -> SpeedResult {
        let vocabulary = Int32(clamping: session.model.vocabularySize)
        // A fixed sequence of ids that jumps about, so that rounds and programs compute the same.
        let tokens = (0..<count).map { Int32(truncatingIfNeeded: ($0 &* 7919 &+ 13) % Int(vocabulary)) }
        var speeds: [Double] = []
        for repetition in 0...repetitions {
            try Interruption.check()
            for slot in 0..<sequences { try session.fillForMeasurement(depth: depth, slot: slot) }
            let start = ContinuousClock.now
            try round(tokens)
            let seconds = start.duration(to: .now) / .seconds(1)
            if repetition > 0 { speeds.append(Double(count * sequences) / seconds) }
        }
        return SpeedResult(test: depth > 0 ? "\(name) @ d\(depth)" : name, tokens: count, speeds: speeds)
    }

    /// - Parameter read: bytes per second, where they were measured.
    private func report(_ results: [SpeedResult], _ loaded: LoadedModel, _ session: InferenceSession, read: Double?) throws {
        let kernels = KernelTable.selected.name
        guard !json else {
            var entries: [JSONValue] = results.map { result in
                [
                    "model": .string(model), "size": .number(JSONNumber(loaded.file.tensorByteCount)),
                    "parameters": .number(JSONNumber(loaded.file.parameterCount)), "kernels": .string(kernels),
                    "threads": .number(JSONNumber(session.pool.threads)), "test": .string(result.test),
                    "tokens": .number(JSONNumber(result.tokens)), "depth": .number(JSONNumber(depth)),
                    "cache_type": .string(session.cacheType.rawValue),
                    "peak_memory": .number(JSONNumber(SystemMemory.peakByteCount())),
                    "tokens_per_second": .number(JSONNumber(result.mean)), "median": .number(JSONNumber(result.median)),
                    "standard_deviation": .number(JSONNumber(result.deviation)),
                    "samples": .array(result.speeds.map { .number(JSONNumber($0)) }),
                ]
            }
            if let read { entries.append(["test": "read", "bytes_per_second": .number(JSONNumber(read.rounded()))]) }
            return try Console.putLine(JSONValue.array(entries).text(.pretty))
        }
        var table = TextTable()
        table.add(["MODEL", "SIZE", "PARAMETERS", "KERNELS", "THREADS", "TEST", "TOKENS/S"])
        for result in results {
            table.add([
                model, HumanFormat.bytes(loaded.file.tensorByteCount), ParameterCountText.of(loaded.file.parameterCount), kernels,
                "\(session.pool.threads)", result.test,
                "\(HumanFormat.fixed(result.mean, 2)) ± \(HumanFormat.fixed(result.deviation, 2))",
            ])
        }
        try Console.put(table.text)
        if let read { try Console.putLine("the mapped weights are read at \(HumanFormat.fixed(read / 1e9, 1)) GB/s") }
    }
}

/// The speeds of one test's rounds, in tokens per second.
private struct SpeedResult {
    let test: String
    let tokens: Int
    let speeds: [Double]

    var mean: Double { speeds.reduce(0, +) / Double(speeds.count) }
    var median: Double { speeds.sorted()[speeds.count / 2] }

    var deviation: Double {
        guard speeds.count > 1 else { return 0 }
        let squares = speeds.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(speeds.count - 1)).squareRoot()
    }
}
