import Bytes
import GGUF
import Tensors

extension SharedQuantization {
    /// One reading of a tensor, and the places in files that it fills.
    struct Round: Sendable {
        let source: TensorSource
        var shares: [Share]

        /// A tensor of a file: its position in the file's order.
        struct Share: Sendable {
            let file: Int
            let step: Int
        }

        /// Bytes that several files may have in common.
        struct Product {
            /// The file that says how they are made, and the tensor's position in it.
            let maker: Share
            let conversion: TensorConversion
            /// Where the bytes go, with the zeros that follow them there.
            var places: [(share: Share, padding: Int)]
        }

        /// Interleaves the tensors of all files, each in its own order, so that those with one source come together.
        ///
        /// The file with the most tensors left leads; one that lacks some waits until its next one comes.
        static func merge(_ files: [GGUFQuantization]) -> [Round] {
            var rounds: [Round] = []
            var next = [Int](repeating: 0, count: files.count)
            func left(_ file: Int) -> Int { files[file].steps.count - next[file] }
            while let leader = files.indices.max(by: { left($0) < left($1) }), left(leader) > 0 {
                let source = files[leader].steps[next[leader]].source
                var round = Round(source: source, shares: [])
                for file in files.indices where left(file) > 0 {
                    let own = files[file].steps[next[file]].source
                    guard file == leader || own.isSameWeights(as: source) else { continue }
                    round.shares.append(Share(file: file, step: next[file]))
                    next[file] += 1
                }
                rounds.append(round)
            }
            return rounds
        }

        /// What is to be made for `shares`, each different thing once.
        static func products(
            of shares: [Share], in files: [GGUFQuantization], codec: RowCodec
        ) throws(QuantizationError) -> [Product] {
            var products: [Product] = []
            for share in shares {
                let file = files[share.file]
                let place = (share: share, padding: file.layout.tensors[share.step].padding)
                if let same = products.firstIndex(where: { areSameBytes($0.maker, share, in: files) }) {
                    products[same].places.append(place)
                } else {
                    let conversion = try file.conversion(of: share.step, codec: codec)
                    products.append(Product(maker: share, conversion: conversion, places: [place]))
                }
            }
            return products
        }

        private static func areSameBytes(_ left: Share, _ right: Share, in files: [GGUFQuantization]) -> Bool {
            let (first, second) = (files[left.file].steps[left.step], files[right.file].steps[right.step])
            return first.type == second.type && first.importance == second.importance
                && files[left.file].hasSameRules(as: files[right.file])
        }
    }
}

extension TensorSource {
    /// Whether both are made of the same stored bytes in the same way, with nothing added; only the name may differ.
    fileprivate func isSameWeights(as other: TensorSource) -> Bool {
        sums.isEmpty && other.sums.isEmpty && storedType == other.storedType && shape == other.shape && rowOrder == other.rowOrder
            && parts.count == other.parts.count
            && zip(parts, other.parts).allSatisfy { left, right in
                left.path == right.path && left.offsetInStorage == right.offsetInStorage && left.count == right.count
                    && (left.path != nil || name == other.name)
            }
    }
}
