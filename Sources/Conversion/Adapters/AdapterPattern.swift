import JSONText

/// A key of PEFT's `rank_pattern` or `alpha_pattern`: it matches modules whose path it is, or is the end of behind a dot.
///
/// PEFT takes keys for regular expressions. A name as it stands is the rule, and dots in it mean dots; of expressions there are
/// `^`, `.*`, `\.`, `\d` and digits' classes with `+`, and alternatives in parentheses, which is what trainers write. They are matched here
/// so that no key can make matching take long.
package struct AdapterPattern: Hashable {
    private let alternatives: [[Step]]
    private let isAnchored: Bool

    /// What some letters of a path must be.
    private enum Step: Hashable {
        case letter(UInt8)
        /// One digit, or several.
        case digits(several: Bool)
        /// Anything or nothing.
        case anything
    }

    private static let lengthLimit = 256
    private static let alternativeLimit = 256

    /// - Returns: nil for an expression beyond those above.
    package init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        guard bytes.count <= Self.lengthLimit else { return nil }
        isAnchored = bytes.first == UInt8(ascii: "^")
        if isAnchored { bytes.removeFirst() }
        if bytes.last == UInt8(ascii: "$") { bytes.removeLast() }
        guard let alternatives = Self.parse(bytes), !bytes.isEmpty else { return nil }
        self.alternatives = alternatives
    }

    /// Whether a module's path is meant.
    package func matches(_ path: String) -> Bool {
        let bytes = Array(path.utf8)
        let starts = isAnchored ? [0] : [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: ".") }.map { $0 + 1 }
        return starts.contains { start in alternatives.contains { Self.matches($0, bytes[start...]) } }
    }

    /// Follows all ways through the steps at once, so that time is steps times letters.
    private static func matches(_ steps: [Step], _ bytes: ArraySlice<UInt8>) -> Bool {
        var places: Set<Int> = closure([0], steps)
        for byte in bytes {
            var next: Set<Int> = []
            for place in places where place < steps.count {
                switch steps[place] {
                case .letter(let letter): if letter == byte { next.insert(place + 1) }
                case .digits(let several):
                    guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { continue }
                    next.insert(place + 1)
                    if several { next.insert(place) }
                case .anything: next.insert(place)
                }
            }
            places = closure(next, steps)
            if places.isEmpty { return false }
        }
        return places.contains(steps.count)
    }

    private static func closure(_ places: Set<Int>, _ steps: [Step]) -> Set<Int> {
        var all = places
        for place in places {
            var next = place
            while next < steps.count, case .anything = steps[next] {
                next += 1
                all.insert(next)
            }
        }
        return all
    }

    /// The steps of each alternative, parentheses multiplied out; nil for what is not understood.
    private static func parse(_ bytes: ArraySlice<UInt8>) -> [[Step]]? {
        var ways: [[Step]] = [[]]
        var rest = bytes
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: "("):
                guard let end = rest.firstIndex(of: UInt8(ascii: ")")) else { return nil }
                var inside = rest[rest.startIndex + 1..<end]
                if inside.starts(with: "?:".utf8) { inside = inside.dropFirst(2) }
                let choices = inside.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false).map(parse)
                rest = rest[(end + 1)...]
                var more: [[Step]] = []
                for choice in choices {
                    guard let choice else { return nil }
                    for way in ways { more += choice.map { way + $0 } }
                }
                guard more.count <= alternativeLimit else { return nil }
                ways = more
            default:
                guard let step = takeStep(&rest) else { return nil }
                for index in ways.indices { ways[index].append(step) }
            }
        }
        return ways
    }

    private static func takeStep(_ rest: inout ArraySlice<UInt8>) -> Step? {
        for class_ in ["\\d", "[0-9]"] where rest.starts(with: class_.utf8) {
            rest = rest.dropFirst(class_.utf8.count)
            let several = rest.first == UInt8(ascii: "+")
            if several { rest = rest.dropFirst() }
            return .digits(several: several)
        }
        for (text, step) in [(".*", Step.anything), ("\\.", .letter(UInt8(ascii: ".")))] where rest.starts(with: text.utf8) {
            rest = rest.dropFirst(text.utf8.count)
            return step
        }
        guard let byte = rest.popFirst(), !"*+?[]{}()|\\^$".utf8.contains(byte) else { return nil }
        return .letter(byte)
    }
}

extension AdapterPattern {
    /// The numbers of a pattern table, and its keys in order.
    static func table(
        _ config: CheckpointConfig, _ key: String
    ) throws(ConversionError) -> (numbers: [AdapterPattern: Double], order: [AdapterPattern]) {
        guard let value = config.value(key) else { return ([:], []) }
        guard let object = value.object else {
            throw config.error(key, found: CheckpointConfig.found(value), wanted: "an object")
        }
        var numbers: [AdapterPattern: Double] = [:]
        var order: [AdapterPattern] = []
        for (name, value) in object {
            guard let pattern = AdapterPattern(name) else {
                throw config.error(key, found: "\"\(name)\"", wanted: "names of modules, or simple expressions for them")
            }
            guard let number = value.double, number > 0, number.isFinite else {
                throw config.error("\(key).\(name)", found: CheckpointConfig.found(value), wanted: "a number above zero")
            }
            // The first of two keys that mean the same counts.
            if numbers[pattern] == nil { order.append(pattern) }
            numbers[pattern] = numbers[pattern] ?? number
        }
        return (numbers, order)
    }
}
