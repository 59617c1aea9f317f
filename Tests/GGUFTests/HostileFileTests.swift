import Bytes
import GGUF
import TestSupport
import Testing

/// Files made to break readers: each must end in one error that names the place. Among them the published attacks on llama.cpp
/// and Ollama (CVE-2024-21802, -21825, -21836, -23496, -23605 and their kin): counts, lengths and shapes near 2^64.
@Suite struct HostileFiles {
    static let nearMax: [UInt64] = [.max, .max - 7, 1 << 63, UInt64(Int.max), 1 << 40]

    func refusal(_ builder: GGUFBuilder) -> String {
        let error = #expect(throws: GGUFError.self) { try builder.read() }
        return error.map { "\($0)" } ?? "no error"
    }

    @Test func everythingThatIsNoGGUF() {
        #expect(refusal(GGUFBuilder(magic: "GGML")).contains("starts with 'GGML'"))
        #expect(refusal(GGUFBuilder(magic: "\u{1}\u{2}\u{3}\u{4}")).contains("bytes [1, 2, 3, 4]"))
        #expect(refusal(GGUFBuilder(version: 1)).contains("version 1; versions 2 and 3"))
        #expect(refusal(GGUFBuilder(version: 4)).contains("version 4"))
        #expect(refusal(GGUFBuilder(version: 0x0300_0000)).contains("big-endian"))
        for length in 0..<24 {
            let bytes = Array(GGUFBuilder().writer.bytes.prefix(length))
            #expect(throws: GGUFError.self) { try GGUFFile(ByteRegion(bytes), name: "cut") }
        }
    }

    @Test(arguments: nearMax) func countsPastTheFile(count: UInt64) {
        #expect(refusal(GGUFBuilder(tensors: count)).contains("\(count) tensors, more than the"))
        #expect(refusal(GGUFBuilder(pairs: count)).contains("\(count) metadata pairs"))
    }

    @Test(arguments: nearMax) func lengthsPastTheFile(length: UInt64) {
        #expect(refusal(GGUFBuilder(pairs: 1).string("key", claiming: length).zeros(64)).contains("metadata key number 0"))
        let value = GGUFBuilder(pairs: 1).string("key").u32(8).string("value", claiming: length).zeros(64)
        #expect(refusal(value).contains("the value of 'key'"))
        for type: UInt32 in [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12] {
            let array = GGUFBuilder(pairs: 1).string("key").u32(9).u32(type).u64(length).zeros(64)
            #expect(refusal(array).contains("'key'"), "element type \(type)")
        }
    }

    @Test func keys() {
        #expect(refusal(GGUFBuilder(pairs: 1).string("").u32(0).u8(1).zeros(32)).contains("number 0 is empty"))
        let twice = GGUFBuilder(pairs: 2).string("key").u32(0).u8(1).string("key").u32(0).u8(2)
        #expect(refusal(twice).contains("'key' comes twice"))
        #expect(refusal(GGUFBuilder(pairs: 1).string("key").u32(13).zeros(32)).contains("unknown value type 13"))
        #expect(refusal(GGUFBuilder(pairs: 1).string("key").u32(7).u8(2).zeros(32)).contains("boolean of value 2"))
        #expect(refusal(GGUFBuilder(pairs: 1).string("key").u32(9).u32(9).u64(1).zeros(32)).contains("array of arrays"))
    }

    @Test(arguments: [0, 3, 33, 1 << 30] as [UInt32]) func alignments(alignment: UInt32) {
        #expect(refusal(GGUFBuilder(pairs: 1).string("general.alignment").u32(4).u32(alignment)).contains("not a power of two"))
        #expect(refusal(GGUFBuilder(pairs: 1).string("general.alignment").u32(10).u64(32)).contains("not a uint32"))
    }

    @Test(arguments: [[1 << 32, 1 << 32], [.max], [1 << 62, 4], [UInt64(Int.max), 2], [1 << 40, 1 << 22]] as [[UInt64]])
    func overflowingShapes(extents: [UInt64]) {
        #expect(refusal(GGUFBuilder(tensors: 1).tensor("w", extents).zeros(64)).contains("tensor 'w': the shape"))
    }

    @Test func tensors() {
        #expect(refusal(GGUFBuilder(tensors: 1).tensor("", [4]).zeros(64)).contains("an empty name"))
        #expect(refusal(GGUFBuilder(tensors: 1).tensor("w", [], dimensions: 0).zeros(64)).contains("0 dimensions"))
        #expect(refusal(GGUFBuilder(tensors: 1).tensor("w", [1, 1, 1, 1, 1]).zeros(64)).contains("5 dimensions"))
        #expect(refusal(GGUFBuilder(tensors: 1).tensor("w", [4], type: 99).zeros(64)).contains("unknown type 99"))
        #expect(refusal(GGUFBuilder(tensors: 1).tensor("w", [4], type: 4).zeros(64)).contains("unknown type 4"))
        #expect(
            refusal(GGUFBuilder(tensors: 1).tensor("w", [4097], type: 12).zeros(64)).contains(
                "4097 columns, not a multiple of the Q4_K block size 256"))
        #expect(
            refusal(GGUFBuilder(tensors: 1).tensor("w", [4], offset: 8).zeros(64)).contains("not a multiple of the alignment 32"))
        #expect(refusal(GGUFBuilder(tensors: 1).tensor("w", [4], offset: .max - 31).zeros(64)).contains("but the data section has"))
        #expect(
            refusal(GGUFBuilder(tensors: 1).tensor("w", [400]).aligned().zeros(64)).contains(
                "1600 bytes at offset 0, but the data section has 64"))
        let twice = GGUFBuilder(tensors: 2).tensor("w", [4]).tensor("w", [4], offset: 32).aligned().zeros(64)
        #expect(refusal(twice).contains("'w' comes twice"))
        let overlapping = GGUFBuilder(tensors: 2).tensor("a", [12]).tensor("b", [4], offset: 32).aligned().zeros(64)
        #expect(refusal(overlapping).contains("overlap those of 'a'"))
    }

    @Test func everyCutOfAGoodFileIsAnErrorOrAPrefix() throws {
        let good = GGUFBuilder(tensors: 1, pairs: 2).string("general.architecture").u32(8).string("llama")
            .string("list").u32(9).u32(8).u64(2).string("a").string("bc").tensor("w", [8]).aligned().zeros(32)
        #expect(try good.read().tensors.count == 1)
        for length in 0..<good.writer.count {
            #expect(throws: GGUFError.self) { try GGUFFile(ByteRegion(Array(good.writer.bytes.prefix(length))), name: "cut") }
        }
    }

    /// Every single byte of a header changed to every awkward value: an error or a file, never a trap.
    @Test func noChangedByteTraps() {
        let good = GGUFBuilder(tensors: 2, pairs: 2).string("general.architecture").u32(8).string("llama")
            .string("list").u32(9).u32(8).u64(2).string("a").string("bc").tensor("w", [8]).tensor(
                "v", [32, 2], type: 8, offset: 32
            )
            .aligned().zeros(128)
        var refused = 0
        for position in good.writer.bytes.indices {
            for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
                var bytes = good.writer.bytes
                bytes[position] = value
                do { _ = try GGUFFile(ByteRegion(bytes), name: "changed") } catch { refused += 1 }
            }
        }
        #expect(refused > 500)
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func filesFromTheWildLoadOrSayWhy() throws {
        var outcomes: [String: String] = [:]
        for url in try SharedData.files(in: "gguf-legacy") + SharedData.files(in: "gguf-malformed") {
            do { outcomes[url.lastPathComponent] = "\(try GGUFFile(path: url.path).tensors.count) tensors" } catch {
                outcomes[url.lastPathComponent] = "\(error)"
            }
        }
        #expect(outcomes["ggufv1-llama.gguf"]?.contains("version 1") == true)
        #expect(outcomes["ggjt-llama.bin"]?.contains("format GGJT of 2023") == true)
        #expect(outcomes["ggufv2-falcon-a.gguf"]?.hasSuffix("tensors") == true, "\(outcomes)")
        #expect(outcomes["crlf-mangled-gpt-2.gguf"]?.hasSuffix("tensors") == false, "\(outcomes)")
        #expect(outcomes["test_writer.gguf"]?.contains("'dict1' has the unknown value type 13") == true, "\(outcomes)")
    }
}
