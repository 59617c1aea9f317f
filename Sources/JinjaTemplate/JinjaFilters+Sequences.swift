/// Filters on sequences.
extension JinjaEvaluator {
    mutating func applySequence(
        _ filter: JinjaFilter, _ value: JinjaValue, _ arguments: JinjaArguments
    ) throws(JinjaProblem) -> JinjaValue {
        switch filter {
        case .first, .last:
            try arguments.refuseAny()
            return try edge(of: value, isFirst: filter == .first)
        case .reverse:
            if case .string(let text) = value { return .string(JinjaString(scalars: text.scalars.reversed())) }
            return .iterator(JinjaIterator(try value.iterated().reversed(), typeName: "list_reverseiterator"))
        case .batch, .slice:
            let values = try arguments.bound([filter == .batch ? "linecount" : "slices", "fill_with"], required: 1)
            let count = try values[0].int(1, filter.rawValue)
            let fill = values[1].flatMap { $0.isNone ? nil : $0 }
            let elements = try value.iterated()
            return .iterator(JinjaIterator(try filter == .batch ? batches(elements, count, fill) : slices(elements, count, fill)))
        case .join:
            let values = try arguments.bound(["d", "attribute"])
            var texts: [JinjaValue] = []
            for element in try value.iterated() {
                texts.append(.string(try PythonText.string(try pick(values[1], from: element))))
            }
            return .string(try joined(.list(texts), try PythonText.string(values[0] ?? .text(""))))
        case .dictsort: return try dictSorted(value, arguments)
        case .sort:
            let values = try arguments.bound(["reverse", "case_sensitive", "attribute"])
            return .list(
                try sorted(
                    try value.iterated(), by: values[2], descending: values[0].isTrue, isCaseSensitive: values[1].isTrue))
        case .unique: return try unique(value, arguments)
        case .min, .max: return try extreme(value, arguments, isMax: filter == .max)
        default: return try grouped(value, arguments)
        }
    }

    private func edge(of value: JinjaValue, isFirst: Bool) throws(JinjaProblem) -> JinjaValue {
        if isFirst, case .iterator(let iterator) = value {
            return iterator.takeOne() ?? .undefined(.hint("No first item, sequence was empty."))
        }
        if !isFirst, case .iterator = value { throw JinjaProblem("'generator' object is not reversible") }
        let elements = try value.iterated()
        let name = isFirst ? "first" : "last"
        return (isFirst ? elements.first : elements.last) ?? .undefined(.hint("No \(name) item, sequence was empty."))
    }

    private func batches(
        _ elements: [JinjaValue], _ count: Int, _ fill: JinjaValue?
    ) throws(JinjaProblem) -> [JinjaValue] {
        var batches: [JinjaValue] = []
        var batch: [JinjaValue] = []
        for element in elements {
            if batch.count == count {
                batches.append(.list(batch))
                batch = []
            }
            batch.append(element)
        }
        if batch.isEmpty { return batches }
        if let fill, batch.count < count {
            try check(elements: count)
            batch += Array(repeating: fill, count: count - batch.count)
        }
        return batches + [.list(batch)]
    }

    private func slices(
        _ elements: [JinjaValue], _ count: Int, _ fill: JinjaValue?
    ) throws(JinjaProblem) -> [JinjaValue] {
        if count == 0 { throw JinjaProblem("integer division or modulo by zero") }
        try check(elements: max(0, count))
        var slices: [JinjaValue] = []
        var start = 0
        for index in 0..<max(0, count) {
            let isLonger = index < elements.count % count
            let end = start + elements.count / count + (isLonger ? 1 : 0)
            var slice = Array(elements[start..<end])
            if let fill, !isLonger { slice.append(fill) }
            slices.append(.list(slice))
            start = end
        }
        return slices
    }

    // MARK: - Attributes of elements

    /// What an attribute argument (`"a.b.0"`, or a number) finds in an element; without one, the element.
    func pick(_ attribute: JinjaValue?, from element: JinjaValue, fallback: JinjaValue? = nil) throws(JinjaProblem) -> JinjaValue {
        guard let attribute, !attribute.isNone else { return element }
        guard case .string(let path) = attribute else { return try item(attribute, of: element) }
        var value = element
        for part in try path.split(".", most: -1) {
            let isNumber = !part.isEmpty && part.bytes.allSatisfy(\.isDigit)
            value = try item(isNumber ? Int(part.text).map { .int($0) } ?? .string(part) : .string(part), of: value)
            if let fallback, value.isUndefined { value = fallback }
        }
        return value
    }

    private func folded(_ value: JinjaValue, _ isCaseSensitive: Bool) -> JinjaValue {
        if !isCaseSensitive, case .string(let text) = value { return .string(text.lowercased) }
        return value
    }

    mutating func sorted(
        _ elements: [JinjaValue], by attribute: JinjaValue?, descending: Bool, isCaseSensitive: Bool, fallback: JinjaValue? = nil
    ) throws(JinjaProblem) -> [JinjaValue] {
        // A comparison or two for each time that the elements can be halved.
        try charge(elements.count * 8)
        var attributes: [JinjaValue?] = [attribute]
        if case .string(let names)? = attribute, names.contains(",") {
            attributes = try names.split(",", most: -1).map { .string($0) }
        }
        var rows: [[JinjaValue]] = []
        for element in elements {
            var row: [JinjaValue] = []
            for attribute in attributes {
                row.append(folded(try pick(attribute, from: element, fallback: fallback), isCaseSensitive))
            }
            rows.append(row)
        }
        return try StableSort.order(rows, descending: descending).map { elements[$0] }
    }

    private mutating func dictSorted(_ value: JinjaValue, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaValue {
        let values = try arguments.bound(["case_sensitive", "by", "reverse"])
        let by = try values[1].text("key", "dictsort").text
        guard by == "key" || by == "value" else {
            throw JinjaProblem("You can only sort by either \"key\" or \"value\"")
        }
        guard case .dict(let dict) = value else {
            if case .undefined(let reason) = value { throw JinjaProblem(reason.message) }
            throw JinjaProblem("'\(value.typeName)' object has no attribute 'items'")
        }
        return .list(
            try sorted(
                JinjaView(.items, dict).elements, by: .int(by == "key" ? 0 : 1), descending: values[2].isTrue,
                isCaseSensitive: values[0].isTrue))
    }

    private func unique(_ value: JinjaValue, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaValue {
        let values = try arguments.bound(["case_sensitive", "attribute"])
        var seen: Set<JinjaKey> = []
        var kept: [JinjaValue] = []
        for element in try value.iterated() {
            let key = try JinjaKey.of(folded(try pick(values[1], from: element), values[0].isTrue))
            if seen.insert(key).inserted { kept.append(element) }
        }
        return .iterator(JinjaIterator(kept))
    }

    private func extreme(
        _ value: JinjaValue, _ arguments: JinjaArguments, isMax: Bool
    ) throws(JinjaProblem) -> JinjaValue {
        let values = try arguments.bound(["case_sensitive", "attribute"])
        var best: (element: JinjaValue, key: JinjaValue)?
        for element in try value.iterated() {
            let key = folded(try pick(values[1], from: element), values[0].isTrue)
            guard let current = best else {
                best = (element, key)
                continue
            }
            if try isMax ? current.key.isLess(key) : key.isLess(current.key) { best = (element, key) }
        }
        return best?.element ?? .undefined(.hint("No aggregated item, sequence was empty."))
    }

    private mutating func grouped(_ value: JinjaValue, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaValue {
        let values = try arguments.bound(["attribute", "default", "case_sensitive"], required: 1)
        let fallback = values[1].flatMap { $0.isNone ? nil : $0 }
        let sorted = try sorted(
            try value.iterated(), by: values[0], descending: false, isCaseSensitive: values[2].isTrue, fallback: fallback)
        var groups: [(key: JinjaValue, folded: JinjaValue, elements: [JinjaValue])] = []
        for element in sorted {
            let key = try pick(values[0], from: element, fallback: fallback)
            let folded = folded(key, values[2].isTrue)
            // The last group is not taken out, so that it grows in place.
            if !groups.isEmpty, groups[groups.count - 1].folded.isEqual(folded) {
                groups[groups.count - 1].elements.append(element)
            } else {
                groups.append((key, folded, [element]))
            }
        }
        return .list(groups.map { .tuple(JinjaList([$0.key, .list($0.elements)], isGroup: true)) })
    }

    // MARK: - Each element

    mutating func applyEach(
        _ filter: JinjaFilter, _ value: JinjaValue, _ arguments: JinjaArguments
    ) throws(JinjaProblem) -> JinjaValue {
        // Jinja looks at the arguments only once there is an element... and at nothing where the value is empty.
        let elements = value.isTrue ? try value.iterated() : []
        if filter == .map { return .iterator(JinjaIterator(try mapped(elements, arguments))) }
        let isByAttribute = filter == .selectattr || filter == .rejectattr
        let keeps = filter == .select || filter == .selectattr
        var kept: [JinjaValue] = []
        for element in elements {
            try charge()
            if isByAttribute, arguments.positional.isEmpty { throw JinjaProblem("Missing parameter for attribute name") }
            let subject = isByAttribute ? try pick(arguments.positional[0], from: element) : element
            if try passesTest(named: arguments.dropping(isByAttribute ? 1 : 0), subject) == keeps { kept.append(element) }
        }
        return .iterator(JinjaIterator(kept))
    }

    private mutating func passesTest(named arguments: JinjaArguments, _ value: JinjaValue) throws(JinjaProblem) -> Bool {
        guard let name = arguments.positional.first else { return value.isTrue }
        guard case .string(let text) = name, let test = JinjaTest(rawValue: text.text) else {
            throw JinjaProblem("No test named \(PythonText.shortRepresentation(name)).")
        }
        return try passes(test, value, JinjaArguments(text.text, Array(arguments.positional.dropFirst()), named: arguments.named))
    }

    private mutating func mapped(_ elements: [JinjaValue], _ arguments: JinjaArguments) throws(JinjaProblem) -> [JinjaValue] {
        var results: [JinjaValue] = []
        let attribute = arguments.named.first { $0.name == "attribute" }?.value
        let fallback = arguments.named.first { $0.name == "default" }?.value
        for element in elements {
            try charge()
            if arguments.positional.isEmpty, let attribute {
                if let other = arguments.named.first(where: { $0.name != "attribute" && $0.name != "default" }) {
                    throw JinjaProblem("Unexpected keyword argument '\(other.name)'")
                }
                results.append(try pick(attribute, from: element, fallback: fallback.flatMap { $0.isNone ? nil : $0 }))
                continue
            }
            guard let name = arguments.positional.first else { throw JinjaProblem("map requires a filter argument") }
            guard case .string(let text) = name, let filter = JinjaFilter(rawValue: text.text) else {
                throw JinjaProblem("No filter named \(PythonText.shortRepresentation(name)).")
            }
            try deeper()
            let rest = JinjaArguments(text.text, Array(arguments.positional.dropFirst()), named: arguments.named)
            results.append(try checked(try apply(filter, to: element, rest)))
            shallower()
        }
        return results
    }
}
