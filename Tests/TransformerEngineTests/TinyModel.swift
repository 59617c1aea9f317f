import Bytes
import Foundation
import GGUF
import JSONText
import Tensors
import TestSupport
import Testing
import TransformerEngine

/// The tiny random models beside this file, with the logits that `make.py`'s float64 reference gives for them.
struct TinyModel: CustomTestStringConvertible {
    let name: String
    var testDescription: String { name }

    static let all = [
        "llama-biases", "llama-factors-tied", "llama-window", "llama-linear", "llama-yarn", "llama-multi-query", "qwen2", "qwen3",
    ].map(TinyModel.init)

    private static let folder = SharedData.packageRoot.appendingPathComponent("Tests/Fixtures/TransformerEngine")

    private static let expected: Result<JSONValue, any Error> = Result {
        try JSONValue(parsing: [UInt8](Data(contentsOf: folder.appendingPathComponent("expected.json"))))
    }

    func file() throws -> GGUFFile { try GGUFFile(path: Self.folder.appendingPathComponent(name + ".gguf").path) }
    func model() throws -> TransformerModel { try TransformerModel(file: file()) }

    func tokens() throws -> [Int32] {
        try Self.expected.get()[name]?["tokens"]?.array?.compactMap(\.int).map(Int32.init) ?? []
    }

    /// A row for each token.
    func logits() throws -> [[Double]] {
        try Self.expected.get()[name]?["logits"]?.array?.map { $0.array?.compactMap(\.double) ?? [] } ?? []
    }

    /// The model with changed metadata or tensors, as a file in memory. The bytes of tensors whose shape grows are filled up
    /// with zeros.
    func edited(
        _ change: (inout GGUFMetadata) -> Void = { _ in }, shapes: [String: [Int]] = [:], without: String? = nil,
        types: [String: TensorType] = [:],
        firstFloat: [String: Float] = [:]
    ) throws -> GGUFFile {
        let file = try file()
        var metadata = file.metadata
        change(&metadata)
        var tensors: [(name: String, type: TensorType, shape: TensorShape)] = []
        for tensor in file.tensors where tensor.name != without {
            let shape = shapes[tensor.name].flatMap { TensorShape($0) } ?? tensor.shape
            tensors.append((tensor.name, types[tensor.name] ?? tensor.type, shape))
        }
        let layout = try GGUFLayout(metadata: metadata, tensors: tensors)
        var bytes = layout.header
        for placement in layout.tensors {
            bytes += [UInt8](repeating: 0, count: placement.fileOffset - bytes.count)
            var data = file.tensor(named: placement.tensor.name).map { file.bytes(of: $0).bytes() } ?? []
            if let value = firstFloat[placement.tensor.name] {
                withUnsafeBytes(of: value) { data.replaceSubrange(0..<4, with: $0) }
            }
            data += [UInt8](repeating: 0, count: max(0, placement.tensor.byteCount - data.count))
            bytes += data.prefix(placement.tensor.byteCount)
        }
        bytes += [UInt8](repeating: 0, count: layout.totalByteCount - bytes.count)
        return try GGUFFile(ByteRegion(bytes), name: name)
    }
}

/// Mean squared error over the mean square of what was wanted.
func normalizedError(_ found: [Float], _ wanted: [Double]) -> Double {
    guard found.count == wanted.count else { return .infinity }
    let errors = zip(found, wanted).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
    return errors / wanted.reduce(0) { $0 + $1 * $1 }
}

extension InferenceSession {
    /// All rows that the last evaluation left.
    func allLogits() -> [[Float]] { (0..<logitCount).map { logits($0) } }
}
