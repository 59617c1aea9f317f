/// Python's methods of `str`.
enum TextMethod: String {
    case capitalize, casefold, center, count, endswith, expandtabs, find, format, index, isalnum, isalpha, isascii, isdecimal
    case isdigit, islower, isnumeric, isprintable, isspace, istitle, isupper, isidentifier, join, ljust, lower, lstrip, partition
    case removeprefix, removesuffix, replace, rfind, rindex, rjust, rpartition, rsplit, rstrip, split, splitlines
    case startswith, strip, swapcase, title, upper, zfill
}

extension JinjaEvaluator {
    mutating func call(
        _ method: TextMethod, of text: JinjaString, _ arguments: JinjaArguments
    ) throws(JinjaProblem) -> JinjaValue {
        switch method {
        case .strip, .lstrip, .rstrip:
            let characters = arguments.isEmpty ? nil : try arguments.bound(["chars"])[0].optionalText(method.rawValue)
            return .string(
                text.stripped(characters, left: method != .rstrip, right: method != .lstrip))
        case .split, .rsplit:
            let values = try arguments.bound(["sep", "maxsplit"])
            let separator = try values[0].optionalText(method.rawValue)
            let most = try values[1].int(-1, method.rawValue)
            let parts = try method == .split ? text.split(separator, most: most) : text.splitFromEnd(separator, most: most)
            return .list(parts.map { .string($0) })
        case .splitlines:
            let keepsEnds = try arguments.bound(["keepends"])[0].isTrue
            return .list(text.lines(keepingEnds: keepsEnds).map { .string($0) })
        case .startswith, .endswith: return .bool(try Self.hasAffix(text, method, arguments))
        case .replace:
            let values = try arguments.bound(["old", "new", "count"], required: 2)
            return .string(
                try replaced(
                    text, try values[0].text("", "replace"), try values[1].text("", "replace"),
                    most: try values[2].int(-1, "replace")))
        case .find, .rfind, .index, .rindex, .count: return .int(try Self.find(text, method, arguments))
        case .join: return .string(try joined(try arguments.bound(["iterable"], required: 1)[0] ?? .none, text))
        case .partition, .rpartition:
            let separator = try arguments.bound(["sep"], required: 1)[0].text("", method.rawValue)
            return .tuple(try text.partitioned(separator, fromEnd: method == .rpartition).map { .string($0) })
        case .removeprefix, .removesuffix:
            let affix = try arguments.bound(["affix"], required: 1)[0].text("", method.rawValue)
            return .string(text.removing(affix, fromEnd: method == .removesuffix))
        case .center, .ljust, .rjust, .zfill, .expandtabs: return .string(try padded(text, method, arguments))
        case .format: return .string(try formatted(text, arguments))
        default:
            try arguments.refuseAny()
            try charge(text.bytes.count >> 3)
            return Self.plain(method, text)
        }
    }

    /// Methods without arguments.
    private static func plain(_ method: TextMethod, _ text: JinjaString) -> JinjaValue {
        switch method {
        case .upper: .string(text.uppercased)
        case .lower: .string(text.lowercased)
        case .casefold: .string(text.lowercased)
        case .capitalize: .string(text.capitalized)
        case .title: .string(text.titled)
        case .swapcase: .string(text.swappingCase)
        default: .bool(text.satisfies(method))
        }
    }

    private static func hasAffix(
        _ text: JinjaString, _ method: TextMethod, _ arguments: JinjaArguments
    ) throws(JinjaProblem) -> Bool {
        if arguments.named.isEmpty, arguments.positional.count == 1, case .string(let affix) = arguments.positional[0] {
            return method == .startswith ? text.hasPrefix(affix) : text.hasSuffix(affix)
        }
        let values = try arguments.bound(["affix", "start", "end"], required: 1)
        let part = try section(of: text, values[1], values[2], method)
        var affixes = [values[0] ?? .none]
        if case .tuple(let list)? = values[0] { affixes = list.elements }
        for affix in affixes {
            guard case .string(let affix) = affix else {
                throw JinjaProblem(
                    "\(method.rawValue) first arg must be str or a tuple of str, not \(affix.typeName)")
            }
            guard let part else { continue }
            if method == .startswith ? part.text.hasPrefix(affix) : part.text.hasSuffix(affix) { return true }
        }
        return false
    }

    /// The text from `start` to `end`, and how many characters lie before it; nil where `start` lies past the text.
    private static func section(
        of text: JinjaString, _ start: JinjaValue?, _ end: JinjaValue?, _ method: TextMethod
    ) throws(JinjaProblem) -> (text: JinjaString, offset: Int)? {
        if start == nil, end == nil { return (text, 0) }
        let count = text.count
        func place(_ bound: Int) -> Int { bound < 0 ? max(0, bound.addingReportingOverflow(count).partialValue) : bound }
        let first = place(try start.optionalInt(method.rawValue) ?? 0)
        let last = min(place(try end.optionalInt(method.rawValue) ?? count), count)
        guard first <= count, first <= last else { return nil }
        return (text.slice(first..<last), first)
    }

    private static func find(
        _ text: JinjaString, _ method: TextMethod, _ arguments: JinjaArguments
    ) throws(JinjaProblem) -> Int {
        let values = try arguments.bound(["sub", "start", "end"], required: 1)
        let needle = try values[0].text("", method.rawValue)
        let part = try section(of: text, values[1], values[2], method)
        if method == .count { return part.map { $0.text.occurrences(of: needle) } ?? 0 }
        let isLast = method == .rfind || method == .rindex
        if let part, let offset = isLast ? part.text.lastOffset(of: needle) : part.text.firstOffset(of: needle) {
            return part.offset + part.text.place(of: offset)
        }
        if method == .find || method == .rfind { return -1 }
        throw JinjaProblem("substring not found")
    }

    /// Everything `items` gives, with `separator` between.
    func joined(_ items: JinjaValue, _ separator: JinjaString) throws(JinjaProblem) -> JinjaString {
        var joined = JinjaString(bytes: [])
        for (index, item) in try items.iterated().enumerated() {
            guard case .string(let text) = item else {
                throw JinjaProblem("sequence item \(index): expected str instance, \(item.typeName) found")
            }
            if index > 0 { joined.bytes += separator.bytes }
            joined.bytes += text.bytes
            try check(bytes: joined.bytes.count)
        }
        return joined
    }

    mutating func replaced(
        _ text: JinjaString, _ old: JinjaString, _ new: JinjaString, most: Int
    ) throws(JinjaProblem) -> JinjaString {
        let most = most < 0 ? Int.max : most
        if old.isEmpty { return try interleaved(text, new, most: most) }
        var replaced = JinjaString(bytes: [])
        var start = 0
        var count = 0
        while count < most, let offset = text.firstOffset(of: old, from: start) {
            replaced.bytes += text.bytes[start..<offset]
            replaced.bytes += new.bytes
            try charge()
            try check(bytes: replaced.bytes.count)
            start = offset + old.bytes.count
            count += 1
        }
        if count == 0 { return text }
        replaced.bytes += text.bytes[start...]
        return replaced
    }

    /// What Python does for the empty text: `new` before every character and at the end.
    private func interleaved(_ text: JinjaString, _ new: JinjaString, most: Int) throws(JinjaProblem) -> JinjaString {
        try check(text.bytes.count + 1, times: new.bytes.count + 4)
        var result = JinjaString(bytes: [])
        var left = most
        for character in text.characters {
            if left > 0 { result.bytes += new.bytes }
            left -= 1
            result.bytes += character.bytes
        }
        if left > 0 { result.bytes += new.bytes }
        return result
    }

    private mutating func padded(
        _ text: JinjaString, _ method: TextMethod, _ arguments: JinjaArguments
    ) throws(JinjaProblem) -> JinjaString {
        if method == .expandtabs {
            let size = try arguments.bound(["tabsize"])[0].int(8, "expandtabs")
            try check(text.bytes.count, times: max(1, size))
            return text.expandingTabs(size)
        }
        let values = try arguments.bound(["width", "fillchar"], required: 1)
        let width = try values[0].int(0, method.rawValue)
        let fill = try values[1].text(method == .zfill ? "0" : " ", method.rawValue)
        guard fill.count == 1 else { throw JinjaProblem("The fill character must be exactly one character long") }
        try check(max(0, width), times: fill.bytes.count)
        try charge(max(0, width) >> 4)
        switch method {
        case .center: return text.centered(width, fill)
        case .ljust: return text.padded(width, fill, left: false)
        case .rjust: return text.padded(width, fill, left: true)
        default:
            let signed = text.bytes.first == UInt8(ascii: "-") || text.bytes.first == UInt8(ascii: "+")
            guard signed else { return text.padded(width, fill, left: true) }
            return JinjaString(bytes: [text.bytes[0]]) + JinjaString(text.bytes.dropFirst()).padded(width - 1, fill, left: true)
        }
    }
}
