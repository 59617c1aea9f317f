public import JSONText

/// The report as programs read it.
extension ProofReport {
    public var json: JSONValue {
        [
            "proven": .bool(isProven), "compares": comparesTokens ? "tokens" : "text",
            "equal": .number(JSONNumber(equalCount)), "different": .number(JSONNumber(differentCount)),
            "mistakes": .array(mistakes.map(json)), "cases": .array(results.map(\.json)),
        ]
    }

    private func json(_ mistake: PromptMistake) -> JSONValue {
        var object: JSONObject = [
            "id": .string(mistake.kind.rawValue), "title": .string(mistake.headline), "advice": .string(mistake.kind.advice),
            "cases": .array(mistake.cases.map { .string($0) }), "places": .number(JSONNumber(mistake.places.count)),
            "expected": mistake.expected.json, "found": mistake.found.json,
        ]
        if !mistake.note.isEmpty { object["note"] = .string(mistake.note) }
        if let range = mistake.templateRange { object["template"] = TemplateExcerpt(range, in: templateSource).json(range) }
        if let range = mistake.referenceRange { object["reference"] = TemplateExcerpt(range, in: referenceSource).json(range) }
        return .object(object)
    }
}

extension PromptMistake.Excerpt {
    fileprivate var json: JSONValue { ["before": .string(before), "text": .string(text), "after": .string(after)] }
}

extension TemplateExcerpt {
    fileprivate func json(_ range: Range<Int>) -> JSONValue {
        [
            "line": .number(JSONNumber(line)), "column": .number(JSONNumber(column)),
            "start": .number(JSONNumber(range.lowerBound)), "end": .number(JSONNumber(range.upperBound)), "text": .string(text),
        ]
    }
}

extension ProofReport.CaseResult {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["name": .string(name), "about": .string(about)]
        switch outcome {
        case .equal: object["outcome"] = "equal"
        case .refused(let reason):
            object["outcome"] = "refused"
            object["reason"] = .string(reason)
        case .inexpressible(let reason):
            object["outcome"] = "inexpressible"
            object["reason"] = .string(reason)
        case .different(let divergence):
            object["outcome"] = "different"
            if let divergence { object["first_difference"] = divergence.json }
        }
        return .object(object)
    }
}

extension TokenDivergence {
    fileprivate var json: JSONValue {
        func json(_ token: Token?) -> JSONValue {
            guard let token else { return .null }
            return ["id": .number(JSONNumber(Int(token.id))), "text": .string(token.text)]
        }
        return ["token": .number(JSONNumber(index)), "expected": json(expected), "found": json(found)]
    }
}
