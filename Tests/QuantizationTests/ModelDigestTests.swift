import Bytes
import Compute
import Foundation
import GGUF
import Quantization
import Tensors
import TestSupport
import Testing

/// Whole files against digests of what llama-quantize writes for the same small models.
@Suite struct ModelDigestTests {
    static let digests: [String: String] = {
        let file = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/Quantization/models.json")
        guard let data = try? Data(contentsOf: file) else { return [:] }
        return (try? JSONDecoder().decode([String: String].self, from: data)) ?? [:]
    }()

    @Test("whole files equal llama-quantize's, byte for byte", arguments: FixtureModel.all)
    func wholeFiles(model: FixtureModel) throws {
        let file = try model.file()
        let matrix = try ImportanceMatrix(try model.importanceMatrix(), file: "imatrix.gguf")
        let pool = ThreadPool(threads: 3)
        for fileType in FileType.allCases {
            for (kind, importance) in [("none", nil), ("matrix", matrix)] as [(String, ImportanceMatrix?)] {
                let key = "\(model.name), \(fileType.name), \(kind)"
                let wanted = try #require(Self.digests[key], "no digest of \(key)")
                if wanted == "refused" {
                    #expect(throws: QuantizationError.self, "\(key)") {
                        try GGUFQuantization(file, to: fileType, importance: importance)
                    }
                    continue
                }
                var written: [UInt8] = []
                let plan = try GGUFQuantization(file, to: fileType, importance: importance)
                try plan.write(on: pool) { bytes in bytes.withUnsafeBytes { written.append(contentsOf: $0) } }
                #expect(written.count == plan.totalByteCount)
                #expect(sha256(written) == wanted, "\(key)")
            }
        }
    }

    @Test("a quantized file is refused, a file of that very type is copied, and both can be overruled")
    func requantizing() throws {
        let file = try FixtureModel.all[0].file()
        let pool = ThreadPool(threads: 1)
        func quantized(_ file: GGUFFile, _ type: FileType, allow: Bool = false) throws -> [UInt8] {
            var written: [UInt8] = []
            let plan = try GGUFQuantization(file, to: type, allowRequantizing: allow)
            try plan.write(on: pool) { bytes in bytes.withUnsafeBytes { written.append(contentsOf: $0) } }
            return written
        }
        let once = try quantized(file, .q8_0)
        let reread = try GGUFFile(.init(once), name: "q8.gguf")
        #expect(try quantized(reread, .q8_0) == once)
        #expect(throws: QuantizationError.alreadyQuantized(tensor: "output.weight", type: .q8_0)) {
            try quantized(reread, .q4_K_M)
        }
        #expect(try !quantized(reread, .q4_K_M, allow: true).isEmpty)
    }

    @Test("progress counts tensors and bytes up to the whole")
    func progress() throws {
        let plan = try GGUFQuantization(try FixtureModel.all[1].file(), to: .q4_0)
        var seen: [GGUFQuantization.Progress] = []
        try plan.write(on: ThreadPool(threads: 2), to: { _ in }) { seen.append($0) }
        let last = try #require(seen.last)
        #expect(last.tensorsDone == last.tensorCount && last.bytesDone == plan.totalByteCount)
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.bytesDone <= $1.bytesDone && $0.tensorsDone < $1.tensorsDone })
    }
}
