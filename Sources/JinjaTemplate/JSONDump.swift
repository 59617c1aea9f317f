/// `tojson` as transformers defines it: Python's `json.dumps` with `ensure_ascii` off.
struct JSONDump {
    var ensuresASCII = false
    /// What a level is indented by; nil writes one line.
    var indent: JinjaString?
    var itemSeparator: JinjaString = ", "
    var keySeparator: JinjaString = ": "
    var sortsKeys = false
    private(set) var output: [UInt8] = []
    private static let depthLimit = 400

    init() { output.reserveCapacity(1 << 9) }

    mutating func write(_ value: JinjaValue, depth: Int = 0) throws(JinjaProblem) {
        if depth > Self.depthLimit { throw .limit("values nested deeper than \(Self.depthLimit)") }
        switch value {
        case .none: put("null")
        case .bool(let value): put(value ? "true" : "false")
        case .int(let value): put(String(value))
        case .wide(let digits): output += digits.bytes
        case .float(let value): put(Self.number(value))
        case .string(let text): quote(text)
        case .list(let list), .tuple(let list): try write(list.elements, depth)
        case .dict(let dict): try write(dict, depth)
        default: throw JinjaProblem("Object of type \(value.typeName) is not JSON serializable")
        }
    }

    private mutating func put(_ text: String) { output.append(contentsOf: text.utf8) }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return PythonText.float(value)
    }

    private mutating func breakLine(_ depth: Int) {
        guard let indent else { return }
        output.append(UInt8(ascii: "\n"))
        for _ in 0..<depth { output += indent.bytes }
    }

    private mutating func write(_ elements: [JinjaValue], _ depth: Int) throws(JinjaProblem) {
        if elements.isEmpty { return put("[]") }
        put("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { output += itemSeparator.bytes }
            breakLine(depth + 1)
            try write(element, depth: depth + 1)
        }
        breakLine(depth)
        put("]")
    }

    private mutating func write(_ dict: JinjaDict, _ depth: Int) throws(JinjaProblem) {
        if dict.count == 0 { return put("{}") }
        put("{")
        let keys = dict.texts.count == dict.count ? nil : dict.keys
        let order = sortsKeys ? try StableSort.order(dict.keys.map { [$0] }) : nil
        for index in 0..<dict.count {
            let position = order?[index] ?? index
            if index > 0 { output += itemSeparator.bytes }
            breakLine(depth + 1)
            quote(try keys.map { keys throws(JinjaProblem) in try Self.key(keys[position]) } ?? dict.texts[position])
            output += keySeparator.bytes
            try write(dict.values[position], depth: depth + 1)
        }
        breakLine(depth)
        put("}")
    }

    private static func key(_ key: JinjaValue) throws(JinjaProblem) -> JinjaString {
        switch key {
        case .string(let text), .wide(let text): return text
        case .bool(let value): return value ? "true" : "false"
        case .none: return "null"
        case .int(let value): return JinjaString(String(value))
        case .float(let value): return JinjaString(number(value))
        default: throw JinjaProblem("keys must be str, int, float, bool or None, not \(key.typeName)")
        }
    }

    private mutating func quote(_ text: JinjaString) {
        output.append(UInt8(ascii: "\""))
        if ensuresASCII {
            for scalar in text.text.unicodeScalars { escape(scalar) }
        } else {
            // Stretches without anything to escape go as a whole.
            var start = 0
            for (offset, byte) in text.bytes.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
                output += text.bytes[start..<offset]
                escape(Unicode.Scalar(byte))
                start = offset + 1
            }
            if start == 0 { output += text.bytes } else { output += text.bytes[start...] }
        }
        output.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": put("\\\"")
        case "\\": put("\\\\")
        case "\n": put("\\n")
        case "\r": put("\\r")
        case "\t": put("\\t")
        case "\u{8}": put("\\b")
        case "\u{C}": put("\\f")
        case " "..."~": output.append(UInt8(scalar.value))
        default:
            for unit in UTF16.encode(scalar) ?? .init() {
                let digits = String(unit, radix: 16)
                put("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
            }
        }
    }
}

/// Sorting as Python's `sorted`: stable, by `<`, first unequal part decides.
enum StableSort {
    /// The order of rows, each compared part by part. Merge sort, because `<` may throw.
    static func order(_ rows: [[JinjaValue]], descending: Bool = false) throws(JinjaProblem) -> [Int] {
        var order = Array(rows.indices)
        var width = 1
        while width < order.count {
            var merged: [Int] = []
            merged.reserveCapacity(order.count)
            for start in stride(from: 0, to: order.count, by: 2 * width) {
                let middle = min(start + width, order.count)
                try merge(order[start..<middle], order[middle..<min(start + 2 * width, order.count)], rows, descending, &merged)
            }
            order = merged
            width *= 2
        }
        return order
    }

    private static func merge(
        _ left: ArraySlice<Int>, _ right: ArraySlice<Int>, _ rows: [[JinjaValue]], _ descending: Bool, _ merged: inout [Int]
    ) throws(JinjaProblem) {
        var (left, right) = (left, right)
        while let first = left.first, let second = right.first {
            let swaps = descending ? try isLess(rows[first], rows[second]) : try isLess(rows[second], rows[first])
            if swaps { merged.append(right.removeFirst()) } else { merged.append(left.removeFirst()) }
        }
        merged += left
        merged += right
    }

    static func isLess(_ left: [JinjaValue], _ right: [JinjaValue]) throws(JinjaProblem) -> Bool {
        for (left, right) in zip(left, right) where !left.isEqual(right) { return try left.isLess(right) }
        return left.count < right.count
    }
}
