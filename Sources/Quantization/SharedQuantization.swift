import Bytes
public import Compute
import GGUF
import Tensors

/// Several files made of one source in one pass: each tensor is read once, becomes floats once, and is quantized for all of
/// them while it is in a core's cache. Files that give a tensor the same type share the work as well as the reading.
public struct SharedQuantization: Sendable {
    public let files: [GGUFQuantization]
    let rounds: [Round]

    /// Takes the bytes of one file.
    public protocol Receiver: AnyObject, Sendable {
        /// Tensors at the beginning of the file that are there already. Where there are none, the header comes first.
        var finishedTensors: Int { get }
        /// Takes the next bytes of the file. Called on any thread, and never on two at once.
        func write(_ bytes: RawSpan) throws
        /// Called once the last byte of the tensor at `index`, its padding included, was taken.
        func finish(tensor index: Int) throws
    }

    /// How far `write` is.
    public struct Progress: Sendable {
        public let tensor: String
        /// Tensors that are done, and all of them.
        public let tensorsDone: Int, tensorCount: Int
        /// Bytes of the sources that are done with, and all of them.
        public let bytesDone: Int, byteCount: Int
        /// Files that the tensor was made for; those that had it already and those that failed are not among them.
        public let files: [Int]
    }

    /// - Parameter files: made of the same source; where their tensors differ, less is shared.
    public init(_ files: [GGUFQuantization]) {
        self.files = files
        rounds = Round.merge(files)
    }

    /// Different tensors of the source that the files are made of.
    public var tensorCount: Int { rounds.count }

    /// Streams every file to its receiver.
    ///
    /// A file whose weights do not fit its types, or whose receiver fails, is left alone from then on while the others go on.
    /// - Parameter progress: called from the calling thread when a tensor was made, a little before its last bytes are handed out.
    /// - Parameter warning: told of tensors with weights that are not finite, where the options of a file let them pass.
    /// - Returns: why a file was left alone; nil for each that is whole.
    /// - Throws: what `progress` throws, and `BytesError` for a source that became shorter meanwhile.
    public func write(
        on pool: ThreadPool, to receivers: [any Receiver], progress: (Progress) throws -> Void = { _ in },
        warning: (String) -> Void = { _ in }
    ) throws -> [(any Error)?] {
        precondition(receivers.count == files.count)
        let stream = SharedStream(pool: pool, receivers: receivers)
        let finished = receivers.map(\.finishedTensors)
        for (file, plan) in files.enumerated() where finished[file] == 0 { stream.begin(file, header: plan.layout.header) }
        let byteCount = rounds.reduce(0) { $0 + $1.source.byteCount }
        var bytesDone = 0
        for (index, round) in rounds.enumerated() {
            let wanted = round.shares.filter { $0.step >= finished[$0.file] && stream.failures[$0.file] == nil }
            if !wanted.isEmpty {
                let products = try Round.products(of: wanted, in: files, codec: .selected)
                try stream.make(products)
                if let text = products.lazy.compactMap(\.conversion.nonFiniteWarning).first { warning(text) }
            }
            bytesDone += round.source.byteCount
            try progress(
                Progress(
                    tensor: round.source.name, tensorsDone: index + 1, tensorCount: rounds.count, bytesDone: bytesDone,
                    byteCount: byteCount,
                    files: wanted.map(\.file).filter { stream.failures[$0] == nil }))
        }
        stream.finish()
        return stream.failures
    }
}

extension TensorSource {
    /// Bytes as they are stored.
    fileprivate var byteCount: Int { parts.reduce(0) { $0 + $1.count } }
}
