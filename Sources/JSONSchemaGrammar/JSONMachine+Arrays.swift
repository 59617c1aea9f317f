import Automata
import JSONText

/// Arrays: counting items, finding those that `contains` asks for, keeping unique ones apart.
extension JSONMachine {
    /// A text by its last byte and what stands before it: remembered one byte at a time.
    struct RecordedText: Hashable {
        var before: Int32
        var byte: UInt8
    }

    func closeArray(_ frame: Frame, _ result: inout [Thread]) {
        let progress = arrays[frame.a]
        let shape = arrayShapes[progress.shape]
        guard Int(progress.count) >= shape.minimum else { return }
        for (contained, found) in zip(shape.contains, progress.contained) where Int(found) < contained.minimum { return }
        result.append(frame.parent)
    }

    /// Whether one more item may begin.
    func mayHaveItem(_ progress: ArrayProgress) -> Bool {
        let shape = arrayShapes[progress.shape]
        if let maximum = shape.maximum, Int(progress.count) >= maximum { return false }
        let node = shape.node(at: Int(progress.count))
        guard isPossible(node) else { return false }
        if !shape.contains.isEmpty {
            let next = counting(progress, shape)
            guard choices(shape).contains(where: { countedItem($0, shape, node, next) != nil }) else { return false }
        }
        guard shape.isUnique else { return true }
        let plan = plan(of: node)
        guard plan.arrays.isEmpty, plan.objects.isEmpty else { return true }
        return plan.openString != ByteAutomaton.dead || itemState(plan, seen: progress.seen) != ByteAutomaton.dead
    }

    /// What may come where an item may: any item's first byte, and the bracket that closes an array without any.
    func itemBytes(_ frame: Frame) -> ByteSet {
        let progress = arrays[frame.a]
        var bytes = plan(of: arrayShapes[progress.shape].node(at: Int(progress.count))).firstBytes
        if frame.kind == .arrayOpen { bytes.insert(UInt8(ascii: "]")) }
        return bytes
    }

    /// The first byte of the next item: a thread for each way it may count towards the shape's `contains`.
    func item(_ frame: Frame, _ byte: UInt8, _ result: inout [Thread]) {
        let progress = arrays[frame.a]
        guard mayHaveItem(progress) else { return }
        let shape = arrayShapes[progress.shape]
        let next = counting(progress, shape)
        for choice in choices(shape) {
            guard let (node, counted) = countedItem(choice, shape, shape.node(at: Int(progress.count)), next) else { continue }
            let after = self.frame(Frame(kind: .arrayAfterItem, a: arrays.index(of: counted), parent: frame.parent))
            let value = Frame(kind: .value, a: node.index, b: shape.isUnique ? 1 : 0, parent: after)
            advance(self.frame(value), byte, into: &result)
        }
    }

    /// One item more. Past the prefix and both limits another changes nothing.
    private func counting(_ progress: ArrayProgress, _ shape: ArrayShape) -> ArrayProgress {
        var next = progress
        let last = max(shape.prefix.count, shape.minimum, shape.maximum ?? 0)
        next.count = min(progress.count + 1, Int32(clamping: last))
        return next
    }

    /// The ways in which an item may count towards the shape's `contains`, a bit for each.
    private func choices(_ shape: ArrayShape) -> Range<Int> { 0..<(1 << min(shape.contains.count, 6)) }

    /// The set of an item that is in just those `contains` whose bit is set in `choice`; nil where that cannot be.
    private func countedItem(
        _ choice: Int, _ shape: ArrayShape, _ own: SchemaNode, _ progress: ArrayProgress
    ) -> (SchemaNode, ArrayProgress)? {
        var parts = [own]
        var counted = progress
        for (index, contained) in shape.contains.enumerated() {
            let isCounted = choice >> index & 1 == 1
            let most = contained.maximum ?? contained.minimum
            if isCounted {
                if contained.maximum == nil, Int(progress.contained[index]) >= contained.minimum { return nil }
                guard Int(progress.contained[index]) < most else { return nil }
                counted.contained[index] += 1
                parts.append(contained.node)
            } else if contained.maximum != nil {
                parts.append(compiler.not(contained.node))
            }
        }
        let node = compiler.all(parts)
        guard isPossible(node) else { return nil }
        // What is still missing must fit into the items that are left.
        if let maximum = shape.maximum {
            for (contained, found) in zip(shape.contains, counted.contained)
            where contained.minimum - Int(found) > maximum - Int(progress.count) {
                return nil
            }
        }
        return (node, counted)
    }

    // MARK: - Unique items

    /// Every JSON text of the value that was read.
    func everyWriting(ofTextAt index: Int32) -> Language {
        let bytes = bytes(ofTextAt: index)
        let table = compiler.table
        switch try? JSONValue(parsing: bytes) {
        case .number(let number)?:
            let asWritten = table.literal(bytes)
            return DecimalNumeral(number).map { table.union([asWritten, compiler.numberLanguages.equal(to: $0)]) } ?? asWritten
        case .string(let text)?:
            let quote = table.literal([UInt8(ascii: "\"")])
            return table.sequence([quote, compiler.everyEncoding(of: text), quote])
        default: return table.literal(bytes)
        }
    }
}
