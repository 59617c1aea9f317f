import ArgumentParser
import Bytes
import GGUF

struct GGUFHashCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash", abstract: "Digests of a file's tensors, each alone and all together",
        discussion: """
            Metadata does not count: a file whose template was changed, or that was split, keeps its digests. Lines are those of
            llama.cpp's gguf-hash, and --check takes its files too.

            EXAMPLES
              quern gguf hash model.gguf > model.sums
              quern gguf hash model.gguf --check model.sums
            """)

    @Argument(help: "A GGUF file, a first shard, or a model of the store.") var file: String
    @Flag(help: "SHA-256, which is what is printed if nothing is asked for.") var sha256 = false
    @Flag(help: "SHA-1.") var sha1 = false
    @Flag(help: "XXH64.") var xxh64 = false
    @Flag(help: "All of them.") var all = false
    @Flag(help: "Only the digest of all tensors together.") var noLayer = false
    @Option(name: .shortAndLong, help: ArgumentHelp("Compare with the digests in this file.", valueName: "file")) var check: String?

    func run() throws {
        let input = try GGUFInput.whole(file)
        if let check { return try compare(input, with: try DigestList(path: check)) }
        for function in functions {
            let digest = try GGUFDigest(of: input, function) { _ in try Interruption.check() }
            for tensor in noLayer ? [] : digest.tensors {
                try Console.putLine("\(Self.column(function))  \(tensor.digest)  \(file):\(tensor.name)")
            }
            try Console.putLine("\(Self.column(function))  \(digest.whole)  \(file)")
        }
    }

    private var functions: [GGUFDigest.Function] {
        let asked = [(xxh64, GGUFDigest.Function.xxh64), (sha1, .sha1), (sha256, .sha256)].filter { $0.0 || all }.map(\.1)
        return asked.isEmpty ? [.sha256] : asked
    }

    private static func column(_ function: GGUFDigest.Function) -> String {
        function.rawValue + String(repeating: " ", count: 8 - function.rawValue.count)
    }

    /// Compares by the strongest function that the list has.
    private func compare(_ input: GGUFFile, with list: DigestList) throws {
        let asked = Set(functions)
        let isChosen = sha256 || sha1 || xxh64 || all
        guard let function = list.strongest(among: isChosen ? asked : Set(GGUFDigest.Function.allCases)) else {
            throw GGUFError.unreadable("'\(list.path)' has no digests that can be compared")
        }
        let digest = try GGUFDigest(of: input, function) { _ in try Interruption.check() }
        var (compared, wrong) = (0, 0)
        let found: [(name: String?, value: String)] = digest.tensors.map { ($0.name, $0.digest) } + [(nil, digest.whole)]
        for (name, value) in found {
            let wanted = list.digest(function, of: name)
            let verdict = wanted.map { $0 == value ? "Ok" : "Mismatch" } ?? "Not in manifest"
            if wanted != nil { compared += 1 }
            if verdict == "Mismatch" { wrong += 1 }
            if name == nil || !noLayer || verdict == "Mismatch" {
                try Console.putLine("\(Self.column(function))  \(value)  \(name.map { "\(file):\($0)" } ?? file)  -  \(verdict)")
            }
        }
        let missing = list.tensorNames(function).subtracting(digest.tensors.map(\.name))
        for name in missing.sorted() { try Console.putLine("\(Self.column(function))  -  \(file):\(name)  -  Missing") }
        guard compared > 0 else { throw GGUFError.unreadable("'\(list.path)' has no digest of anything in '\(file)'") }
        if wrong + missing.count > 0 { throw AlreadyReported() }
    }
}

/// Lines of `FUNCTION DIGEST FILE[:TENSOR]`, as gguf-hash and `quern gguf hash` print them.
private struct DigestList {
    let path: String
    private var digests: [GGUFDigest.Function: [String: String]] = [:]
    private static let wholeName = ""

    init(path: String) throws {
        self.path = path
        let text = String(decoding: try OpenFile.contents(of: path, limit: 1 << 26), as: UTF8.self)
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
            guard words.count == 3, let function = GGUFDigest.Function(rawValue: String(words[0])) else { continue }
            let name = words[2].drop { $0 == " " }
            // Names of tensors have no colons, names of files may.
            let tensor = name.contains(":") ? name.split(separator: ":").last.map(String.init) : nil
            digests[function, default: [:]][tensor ?? Self.wholeName] = words[1].lowercased()
        }
    }

    func strongest(among functions: Set<GGUFDigest.Function>) -> GGUFDigest.Function? {
        [.sha256, .sha1, .xxh64].first { functions.contains($0) && digests[$0] != nil }
    }

    func digest(_ function: GGUFDigest.Function, of tensor: String?) -> String? { digests[function]?[tensor ?? Self.wholeName] }

    func tensorNames(_ function: GGUFDigest.Function) -> Set<String> {
        Set(digests[function]?.keys.filter { $0 != Self.wholeName } ?? [])
    }
}
