import Bytes
import Compute
import GGUF
import Quantization
import Synchronization
import Tensors
import TestSupport
import Testing

/// Several files from one reading: each must be what it is when it is made alone.
@Suite struct SharedQuantizations {
    let file: GGUFFile
    let types: [FileType] = [.q4_K_M, .q4_K_S, .q8_0, .q6_K, .f32, .f16, .q2_K]

    init() throws { file = try GGUFFile(ByteRegion(TinyModelFile.llama(width: 256, blocks: 2).bytes), name: "tiny") }

    private func plans() throws -> [GGUFQuantization] { try types.map { try GGUFQuantization(file, to: $0) } }

    private func alone(_ plan: GGUFQuantization) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try plan.write(on: ThreadPool(threads: 1), to: { bytes.append(contentsOf: $0) })
        return bytes
    }

    @Test(arguments: [1, 2, 5]) func eachFileIsWhatItIsAlone(threads: Int) throws {
        let plans = try plans()
        let receivers = plans.map { _ in Collector() }
        var tensors: [String] = []
        let failures = try SharedQuantization(plans).write(on: ThreadPool(threads: threads), to: receivers) { progress in
            tensors.append(progress.tensor)
            #expect(progress.files == Array(plans.indices))
        }
        #expect(failures.allSatisfy { $0 == nil })
        #expect(tensors == plans[0].types.map(\.name))
        for (plan, receiver) in zip(plans, receivers) {
            #expect(receiver.bytes == (try alone(plan)))
            #expect(receiver.ends == plan.layout.tensors.map { $0.fileOffset + $0.tensor.byteCount + $0.padding })
        }
    }

    @Test func aFileGoesOnBehindTheTensorsThatItHas() throws {
        let plans = try plans()
        let whole = try plans.map { try alone($0) }
        let counts = plans.indices.map { $0 * 3 }
        let receivers = zip(plans, counts).map { plan, count in
            let start = count == 0 ? 0 : plan.layout.tensors[count].fileOffset
            return Collector(
                finished: count, bytes: Array(whole[plans.firstIndex { $0.layout.header == plan.layout.header } ?? 0][..<start]))
        }
        var made: [Int] = Array(repeating: 0, count: plans.count)
        _ = try SharedQuantization(plans).write(on: ThreadPool(threads: 2), to: receivers) { progress in
            for file in progress.files { made[file] += 1 }
        }
        for (index, receiver) in receivers.enumerated() {
            #expect(receiver.bytes == whole[index])
            #expect(made[index] == plans[index].layout.tensors.count - counts[index])
        }
    }

    @Test func oneFailureLeavesTheOthersWhole() throws {
        let plans = try plans()
        let receivers = plans.map { _ in Collector() }
        receivers[2].limit = 10_000
        let failures = try SharedQuantization(plans).write(on: ThreadPool(threads: 2), to: receivers)
        #expect(failures.enumerated().allSatisfy { ($1 != nil) == ($0 == 2) })
        for index in plans.indices where index != 2 { #expect(receivers[index].bytes == (try alone(plans[index]))) }
    }

    @Test func valuesThatOneTypeCannotHoldFailThatFileAlone() throws {
        // BF16 holds 1e38, half precision does not.
        let values = [Float](repeating: 1e38, count: 512)
        let source = TensorSource(
            name: "blk.0.ffn_up.weight", storedType: .f32, shape: try #require(TensorShape([256, 2])),
            parts: [ByteRegion(values.flatMap { withUnsafeBytes(of: $0) { Array($0) } })])
        var metadata = GGUFMetadata()
        metadata["general.architecture"] = .string("llama")
        metadata["llama.block_count"] = .uint32(1)
        let plans = try [FileType.f16, .bf16].map {
            try GGUFQuantization(metadata: metadata, tensors: [.init(source, unquantizedType: .f32)], to: $0)
        }
        let failures = try SharedQuantization(plans).write(on: ThreadPool(threads: 2), to: plans.map { _ in Collector() })
        #expect(failures[0] as? QuantizationError != nil && failures[1] == nil)
    }
}

/// Keeps what it is given, up to a limit.
private final class Collector: SharedQuantization.Receiver {
    struct Full: Error {}

    let finishedTensors: Int
    private let state: Mutex<(bytes: [UInt8], ends: [Int], limit: Int)>

    init(finished: Int = 0, bytes: [UInt8] = []) {
        finishedTensors = finished
        state = Mutex((bytes, [], .max))
    }

    var bytes: [UInt8] { state.withLock { $0.bytes } }
    var ends: [Int] { state.withLock { $0.ends } }
    var limit: Int {
        get { state.withLock { $0.limit } }
        set { state.withLock { $0.limit = newValue } }
    }

    func write(_ bytes: RawSpan) throws {
        let copy = [UInt8](bytes)
        try state.withLock { state in
            state.bytes += copy
            if state.bytes.count > state.limit { throw Full() }
        }
    }

    func finish(tensor index: Int) throws { state.withLock { $0.ends.append($0.bytes.count) } }
}
