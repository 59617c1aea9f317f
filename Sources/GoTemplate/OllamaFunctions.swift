/// What Ollama adds to text/template.
extension TemplateFunctions {
    /// text/template's functions with `json`, `currentDate`, `yesterdayDate` and `toTypeScriptType`.
    ///
    /// - Parameter today: the date that `currentDate` prints, as days since 1970-01-01 in the local calendar. A module that
    ///   parses reads no clock, so the caller hands the day in.
    public static func ollama(today: @escaping @Sendable () -> Int) -> TemplateFunctions {
        builtin.adding([
            "json": TemplateFunction([.any]) { arguments, context throws(TemplateFunction.Refusal) in
                let bytes = arguments[0].goJSON
                if bytes.count > context.outputBytes { throw BuiltinFunctions.tooLong(context) }
                return .string(TemplateString(bytes))
            },
            // Both take arguments and do nothing with them.
            "currentDate": TemplateFunction(rest: .string) { _, _ in .text(CivilDate(daysSince1970: today()).text) },
            "yesterdayDate": TemplateFunction(rest: .string) { _, _ in .text(CivilDate(daysSince1970: today() - 1).text) },
            "toTypeScriptType": TemplateFunction([.any]) { arguments, _ in .text(typeScriptType(arguments[0])) },
        ])
    }

    /// The type of a tool's property in TypeScript's words; `any` for everything that is no property.
    private static func typeScriptType(_ value: TemplateValue) -> String {
        guard case .record(let record) = value, let type = record["Type"] else { return "any" }
        if case .list(let choices)? = record["AnyOf"], !choices.elements.isEmpty {
            return choices.elements.map(typeScriptType).joined(separator: " | ")
        }
        guard case .list(let names) = type, !names.elements.isEmpty else { return "any" }
        return names.elements.map(typeScriptName).joined(separator: " | ")
    }

    private static func typeScriptName(_ value: TemplateValue) -> String {
        guard case .string(let name) = value else { return "any" }
        switch name.text {
        case "string": return "string"
        case "number", "integer": return "number"
        case "boolean": return "boolean"
        case "array": return "any[]"
        case "object": return "Record<string, any>"
        case "null": return "null"
        default: return "any"
        }
    }
}

/// A day of the Gregorian calendar.
struct CivilDate {
    let year: Int
    let month: Int
    let day: Int

    /// Howard Hinnant's days-to-civil algorithm ("chrono-compatible low-level date algorithms"): years begin in March, so the
    /// leap day comes last.
    init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// `2026-08-21`.
    var text: String {
        func padded(_ number: Int, _ count: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, count - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}
