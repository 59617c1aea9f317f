import ArgumentParser
import Bytes
import GGUF

struct GGUFSplitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split", abstract: "Cut a GGUF file into shards",
        discussion: """
            Shards are named OUT-00001-of-00003.gguf and so on, and have the bytes that llama-gguf-split writes.

            EXAMPLES
              quern gguf split model.gguf model --max-size 2G
              quern gguf split model.gguf model --max-tensors 64 --no-tensor-first-split
            """)

    @Argument(help: "A GGUF file, a first shard, or a model of the store.") var file: String
    @Argument(help: "What the names of the shards start with.") var output: String
    @Option(help: ArgumentHelp("Tensors in a shard; 128 where no size is given.", valueName: "count")) var maxTensors: Int?
    @Option(help: ArgumentHelp("Bytes in a shard: 500M, 2G (decimal), 512MiB, 2GiB.", valueName: "size")) var maxSize: ByteSize?
    @Flag(help: "Put only the metadata into the first shard.") var noTensorFirstSplit = false
    @Flag(help: "Say what would be written, and write nothing.") var dryRun = false

    func validate() throws {
        guard maxTensors == nil || maxSize == nil else {
            throw ValidationError("--max-tensors and --max-size cannot be used together")
        }
        guard (maxTensors ?? 1) > 0 else { throw ValidationError("--max-tensors must be at least 1") }
    }

    func run() throws {
        let input = try GGUFInput.whole(file)
        let limit = maxSize.map { GGUFShards.Limit.bytes($0.bytes) } ?? .tensors(maxTensors ?? 128)
        let shards = try GGUFShards(splitting: input, at: limit, metadataFirst: noTensorFirstSplit)
        let total = shards.assemblies.reduce(0) { $0 + $1.layout.totalByteCount }
        if !dryRun { try FileReplacement.checkRoom(for: total, at: output) }
        for (number, shard) in shards.assemblies.enumerated() {
            let path = GGUFFile.shardPath(output, number, of: shards.assemblies.count)
            if !dryRun { try shard.write(to: path) { _ in try Interruption.check() } }
            try Console.putLine(
                "\(path): \(shard.layout.tensors.count) tensors, \(HumanFormat.bytes(shard.layout.totalByteCount))")
        }
    }
}

struct GGUFMergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Join shards to one GGUF file",
        discussion: "The file has the bytes that llama-gguf-split --merge writes.")

    @Argument(help: "The first shard; the others lie beside it.") var first: String
    @Argument(help: "The GGUF file to write.") var output: String
    @Flag(help: "Replace a file that is there.") var force = false

    func run() throws {
        let assembly = try GGUFShards.merging(first)
        if !force, try FileStatus.ifPresent(output) != nil {
            throw GGUFError.unwritable(problem: "'\(output)' is there already; --force replaces it")
        }
        try assembly.write(to: output) { _ in try Interruption.check() }
        try Console.putLine(
            "\(output): \(assembly.layout.tensors.count) tensors, \(HumanFormat.bytes(assembly.layout.totalByteCount))")
    }
}

/// A number of bytes with or without a unit: M, G and T count in thousands as disks do, MiB, GiB and TiB in 1024s.
struct ByteSize: ExpressibleByArgument, Equatable {
    let bytes: Int

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = argument[digits.endIndex...].lowercased()
        let units: [String: Double] = [
            "": 1, "b": 1, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "t": 1e12, "tb": 1e12,
            "kib": 1024, "mib": 1_048_576, "gib": 1_073_741_824, "tib": 1_099_511_627_776,
        ]
        guard let number = Double(digits), let factor = units[unit], (1..<0x1p62).contains(number * factor) else { return nil }
        bytes = Int(number * factor)
    }
}
