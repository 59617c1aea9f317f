import TestSupport
import Testing

/// Files made to do harm end in one clear error, never in a trap or a hang.
@Suite struct HostileFiles {
    let bench: Workbench
    init() throws { bench = try Workbench() }

    /// Every command that reads a model, on `bad.gguf`.
    static let commands = [
        ["show", "bad.gguf", "--verbose"], ["show", "bad.gguf", "--format", "json", "--verbose"],
        ["tokenize", "bad.gguf", "--json"],
        ["quantize", "bad.gguf", "out.gguf", "Q8_0"], ["create", "bad", "-f", "bad.modelfile"],
        ["create", "bad", "-f", "bad.modelfile", "-q", "Q8_0"], ["run", "bad.gguf", "ab"],
        ["logits", "bad.gguf", "--ids", "1,2"], ["bench", "bad.gguf", "-p", "2", "-n", "1", "-r", "1"],
    ]

    private func outcomes(_ bytes: [UInt8]) throws -> [(command: [String], result: QuernProcess.Result)] {
        try bench.folder.write(bytes, to: "bad.gguf")
        try bench.write("FROM ./bad.gguf\n", to: "bad.modelfile")
        return try Self.commands.map { ($0, try bench.quern.run($0, input: "ab")) }
    }

    /// A broken header: where it is broken, and the bytes.
    struct Header: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: [UInt8]

        /// The tiny model with `patch` written over it at `offset`.
        init(_ name: String, at offset: Int, _ patch: [UInt8]) {
            testDescription = name
            var bytes = TinyModelFile.llama().bytes
            bytes.replaceSubrange(offset..<offset + patch.count, with: patch)
            self.bytes = bytes
        }

        init(_ name: String, _ bytes: [UInt8]) { (testDescription, self.bytes) = (name, bytes) }
    }

    static let ones = [UInt8](repeating: 0xFF, count: 8)

    static let headers: [Header] = {
        let whole = TinyModelFile.llama().bytes
        return [
            Header("empty", []), Header("the magic alone", Array("GGUF".utf8)),
            Header("no magic", Array("FUGG".utf8) + whole.dropFirst(4)),
            Header("version 0", at: 4, [0, 0, 0, 0]), Header("version 1", at: 4, [1, 0, 0, 0]),
            Header("big endian", at: 4, [0, 0, 0, 3]),
            Header("2^64 - 1 tensors", at: 8, ones), Header("2^63 tensors", at: 8, [0, 0, 0, 0, 0, 0, 0, 0x80]),
            Header("2^64 - 1 pairs", at: 16, ones), Header("2^40 pairs", at: 16, [0, 0, 0, 0, 0, 1, 0, 0]),
            Header("a key of 2^64 - 1 bytes", at: 24, ones), Header("a key of no bytes", at: 24, [0, 0, 0, 0, 0, 0, 0, 0]),
            Header("a type that is none", at: 24 + 8 + 20, [99, 0, 0, 0]),
            Header("cut in the metadata", Array(whole.prefix(200))), Header("cut in the vocabulary", Array(whole.prefix(5000))),
            Header("cut in the tensor infos", Array(whole.prefix(9900))), Header("cut in the data", Array(whole.dropLast(5000))),
        ]
    }()

    @Test(arguments: headers)
    func aBrokenHeaderIsAnError(header: Header) throws {
        for (command, result) in try outcomes(header.bytes) { #expect(result.isOneClearError, "\(command): \(result)") }
        #expect(bench.blobs.isEmpty && bench.leftovers.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: bench.folder.file("out.gguf").path))
    }

    @Test func whatIsNoFileIsNotWaitedFor() throws {
        try #require(try bench.shell("mkfifo pipe.gguf").exitCode == 0)
        try bench.write("FROM ./pipe.gguf\n", to: "pipe.modelfile")
        for path in ["./pipe.gguf", "/dev/zero", "/proc"] {
            // A Modelfile may come through a pipe, so `create -f` waits for one as every reader does.
            let creating = path.hasPrefix("/") ? [["create", "x", "-f", path]] : []
            for command in [["show", path], ["run", path, "ab"], ["quantize", path, "out.gguf", "Q8_0"]] + creating {
                let result = try bench.quern.run(command)
                #expect(result.isOneClearError, "\(command): \(result)")
            }
        }
        #expect(try bench.quern.run("create", "x", "-f", "pipe.modelfile").isOneClearError)
    }

    /// A well-formed file of a model that cannot be.
    struct Impossible: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: [UInt8]

        init(_ name: String, _ change: (inout TinyModelFile) -> Void) {
            testDescription = name
            var file = TinyModelFile.llama()
            change(&file)
            bytes = file.bytes
        }

        static func number(_ key: String, _ value: UInt32) -> Impossible {
            Impossible("\(key) \(value)") { file in
                file.remove(key)
                file.add(key, value)
            }
        }

        static func missing(_ key: String) -> Impossible { Impossible("no \(key)") { $0.remove(key) } }
    }

    static let impossible: [Impossible] =
        [
            .number("llama.block_count", 0), .number("llama.block_count", .max), .number("llama.block_count", 2),
            .number("llama.embedding_length", 0), .number("llama.embedding_length", 64), .number("llama.embedding_length", .max),
            .number("llama.attention.head_count", 0), .number("llama.attention.head_count", 5),
            .number("llama.attention.head_count", .max), .number("llama.attention.head_count_kv", 0),
            .number("llama.attention.head_count_kv", 3), .number("llama.feed_forward_length", .max),
            .number("llama.rope.dimension_count", 7), .number("llama.rope.dimension_count", .max),
            .number("llama.context_length", 0), .number("general.architecture", 3), .number("tokenizer.ggml.tokens", 3),
            .missing("general.architecture"), .missing("llama.block_count"), .missing("tokenizer.ggml.model"),
            .missing("tokenizer.ggml.tokens"),
            Impossible("an unknown architecture") { file in
                file.remove("general.architecture")
                file.add("general.architecture", "nonsense\u{1B}[31m")
            },
            Impossible("too few tokens") { file in
                file.remove("tokenizer.ggml.tokens")
                file.add("tokenizer.ggml.tokens", ["a", "b"])
            },
            Impossible("no tokens") { file in
                file.remove("tokenizer.ggml.tokens")
                file.add("tokenizer.ggml.tokens", [String]())
            },
            Impossible("a tensor twice") { $0.add(tensor: "output_norm.weight", [32]) },
        ]

    @Test(arguments: impossible)
    func anImpossibleModelDoesNotRun(model: Impossible) throws {
        for (command, result) in try outcomes(model.bytes) {
            #expect(result.exitCode == 0 || result.isOneClearError, "\(command): \(result)")
            #expect(!result.errors.contains("\u{1B}"), "\(command)")
            if command[0] == "run" { #expect(result.isOneClearError, "\(result)") }
        }
    }

    @Test(arguments: 0..<6)
    func aChangedByteIsNoTrap(part: Int) throws {
        let whole = TinyModelFile.llama().bytes
        var random = SplitMix(state: UInt64(part) + 300)
        for number in 0..<50 {
            // Most of them in the header, where numbers and lengths are.
            let position = number % 5 == 0 ? random.below(whole.count) : random.below(10_500)
            var bytes = whole
            bytes[position] = number % 3 == 0 ? 0xFF : UInt8(truncatingIfNeeded: random.next())
            try bench.folder.write(bytes, to: "fuzz.gguf")
            for command in [["show", "fuzz.gguf"], ["tokenize", "fuzz.gguf", "--json"], ["logits", "fuzz.gguf", "--ids", "1,2"]] {
                let result = try bench.quern.run(command, input: "ab")
                let isFine = result.exitCode == 0 && !result.output.isEmpty || result.isOneClearError
                #expect(isFine, "byte \(position) as \(bytes[position]): \(command): \(result)")
            }
        }
    }
}
