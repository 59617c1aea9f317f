/// The values that a filter, test, method or function is called with.
struct JinjaArguments {
    /// Who is called, for messages.
    let name: String
    var positional: [JinjaValue] = []
    var named: [(name: String, value: JinjaValue)] = []

    init(_ name: String, _ positional: [JinjaValue] = [], named: [(name: String, value: JinjaValue)] = []) {
        (self.name, self.positional, self.named) = (name, positional, named)
    }

    var isEmpty: Bool { positional.isEmpty && named.isEmpty }

    /// The values by the parameters' names: nil where none is given. Too many, unknown or doubled ones are errors, as are
    /// missing ones among the first `required`.
    func bound(_ parameters: [String], required: Int = 0) throws(JinjaProblem) -> [JinjaValue?] {
        if isEmpty, required == 0 { return Array(repeating: nil, count: parameters.count) }
        if positional.count > parameters.count {
            throw JinjaProblem(
                "\(name)() takes at most \(parameters.count) argument\(parameters.count == 1 ? "" : "s") (\(positional.count) given)"
            )
        }
        var values: [JinjaValue?] = positional.map { $0 }
        values += Array(repeating: nil, count: parameters.count - positional.count)
        for (key, value) in named {
            guard let index = parameters.firstIndex(of: key) else {
                throw JinjaProblem("\(name)() got an unexpected keyword argument '\(key)'")
            }
            if values[index] != nil { throw JinjaProblem("\(name)() got multiple values for argument '\(key)'") }
            values[index] = value
        }
        for index in 0..<required where values[index] == nil {
            throw JinjaProblem("\(name)() missing required argument '\(parameters[index])'")
        }
        return values
    }

    /// Without the first positional ones.
    func dropping(_ count: Int) -> JinjaArguments {
        JinjaArguments(name, Array(positional.dropFirst(count)), named: named)
    }

    func refuseAny() throws(JinjaProblem) { if !isEmpty { _ = try bound([]) } }
}

/// Reads one argument.
extension Optional where Wrapped == JinjaValue {
    func int(_ fallback: Int, _ name: String) throws(JinjaProblem) -> Int {
        guard let self else { return fallback }
        guard case .int(let value)? = self.numeric else {
            if case .undefined(let reason) = self { throw JinjaProblem(reason.message) }
            throw JinjaProblem("\(name): '\(self.typeName)' object cannot be interpreted as an integer")
        }
        return value
    }

    /// nil for a missing one and for None.
    func optionalInt(_ name: String) throws(JinjaProblem) -> Int? {
        guard let self, !self.isNone else { return nil }
        return try Optional(self).int(0, name)
    }

    var isTrue: Bool { self.map { $0.isTrue } ?? false }

    func flag(_ fallback: Bool) -> Bool { self.map { $0.isTrue } ?? fallback }

    func text(_ fallback: JinjaString, _ name: String) throws(JinjaProblem) -> JinjaString {
        guard let self else { return fallback }
        guard case .string(let text) = self else { throw JinjaProblem("\(name): expected str, not \(self.typeName)") }
        return text
    }

    func optionalText(_ name: String) throws(JinjaProblem) -> JinjaString? {
        guard let self, !self.isNone else { return nil }
        return try Optional(self).text("", name)
    }
}
