import Automata

/// The formats of JSON Schema's validation vocabulary (2020-12 §7.3) as regular expressions over the string's text.
enum StringFormats {
    /// The texts of a format; nil where the format is not one of the specification's.
    static func pattern(named name: String) -> Pattern? {
        guard let expression = expression(named: name) else { return nil }
        // Our own constants; the format tests read each.
        guard let pattern = try? Pattern.matching(expression) else { return nil }
        return name == "hostname" ? .both([pattern, .length(1, 253)]) : pattern
    }

    /// The texts of a format between a JSON string's quotes.
    static func language(named name: String, in table: LanguageTable) -> Language? {
        guard names.contains(name) else { return nil }
        return table.language(named: name) { pattern(named: name).map { table.language($0, encoding: .jsonString) } ?? .nothing }
    }

    static let names = [
        "date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri",
        "uri-reference", "iri", "iri-reference", "uri-template", "uuid", "json-pointer", "relative-json-pointer",
    ]

    private static func expression(named name: String) -> String? {
        switch name {
        case "date-time": "\(date)[Tt]\(time)"
        case "date": date
        case "time": time
        case "duration": duration
        case "email": "\(localPart)@(\(hostname)|\\[\(ipv4)\\]|\\[IPv6:(\(ipv6))\\])"
        case "idn-email": #"([^\s@"\\]+|"[^"\\]*")@[^\s@]+"#
        case "hostname": hostname
        case "idn-hostname": #"[^\s.\-][^\s.]{0,62}(\.[^\s.\-][^\s.]{0,62})*"#
        case "ipv4": ipv4
        case "ipv6": ipv6
        case "uri": reference(extra: "", isAbsolute: true)
        case "uri-reference": reference(extra: "", isAbsolute: false)
        case "iri": reference(extra: international, isAbsolute: true)
        case "iri-reference": reference(extra: international, isAbsolute: false)
        case "uri-template": template
        case "uuid": "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
        case "json-pointer": pointer
        case "relative-json-pointer": "(0|[1-9][0-9]*)(#|\(pointer))"
        default: nil
        }
    }

    // RFC 3339 §5.6, months with their days; 29 February only in leap years.
    private static let date: String = {
        let leap = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29"
        let days = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])"
        return "(\(leap)|[0-9]{4}-(\(days)))"
    }()
    private static let time =
        "(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+\\-]([01][0-9]|2[0-3]):[0-5][0-9])"
        + "|23:59:60(\\.[0-9]+)?([Zz]|[+\\-]00:00))"
    // RFC 3339 appendix A.
    private static let duration: String = {
        let clock = "T(\\d+H(\\d+M(\\d+S)?)?|\\d+M(\\d+S)?|\\d+S)"
        let dates = "(\\d+D|\\d+M(\\d+D)?|\\d+Y(\\d+M(\\d+D)?)?)(\(clock))?"
        return "P(\(dates)|\(clock)|\\d+W)"
    }()
    // RFC 5321 §4.1.2.
    private static let localPart: String = {
        let atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-]+"
        return "(\(atom)(\\.\(atom))*|\"([ !#-\\[\\]-~]|\\\\[ -~])*\")"
    }()
    // RFC 1123 §2.1.
    private static let label = "[A-Za-z0-9]([A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?"
    private static let hostname = "\(label)(\\.\(label))*"
    private static let octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    private static let ipv4 = "(\(octet)\\.){3}\(octet)"
    // RFC 4291 §2.2, by how many groups stand before the double colon.
    private static let ipv6: String = {
        let group = "[0-9A-Fa-f]{1,4}"
        let last = "(\(group):\(group)|\(ipv4))"
        let heads = "((\(group):){0,5}\(group))?::\(group)|((\(group):){0,6}\(group))?::"
        let shorter = (0...4).map { after in "((\(group):){0,\(max(0, 4 - after))}\(group))?::(\(group):){\(after)}\(last)" }
        let whole = "(\(group):){6}\(last)|::(\(group):){5}\(last)"
        return "(" + ([whole] + shorter + [heads]).joined(separator: "|") + ")"
    }()
    /// RFC 3987 §2.2, `ucschar`, as members of a class.
    private static let international = #"\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF\u{10000}-\u{EFFFD}"#

    /// RFC 3986 appendix A, with `extra` characters allowed where unreserved ones are.
    private static func reference(extra: String, isAbsolute: Bool) -> String {
        func characters(_ more: String) -> String { "([A-Za-z0-9\\-._~!$&'()*+,;=\(more)\(extra)]|%[0-9A-Fa-f]{2})" }
        let segment = characters(":@")
        let scheme = "[A-Za-z][A-Za-z0-9+.\\-]*"
        let literal = "\\[(\(ipv6)|[vV][0-9A-Fa-f]+\\.[A-Za-z0-9\\-._~!$&'()*+,;=:]+)\\]"
        let authority = "(\(characters(":"))*@)?(\(literal)|\(characters(""))*)(:[0-9]*)?"
        let segments = "(/\(segment)*)*"
        let absolute = "\(scheme):(//\(authority)\(segments)|/(\(segment)+\(segments))?|\(segment)+\(segments)|)"
        let relative = "(//\(authority)\(segments)|/(\(segment)+\(segments))?|\(characters("@"))+\(segments)|)"
        // Queries of IRIs may hold characters of private use (`iprivate`).
        let query = characters(":@/?" + (extra.isEmpty ? "" : #"\uE000-\uF8FF\u{F0000}-\u{10FFFD}"#))
        let tail = "(\\?\(query)*)?(#\(characters(":@/?"))*)?"
        return (isAbsolute ? absolute : "(\(absolute)|\(relative))") + tail
    }

    // RFC 6570 §2, with erratum 6937's apostrophe.
    private static let template: String = {
        let character = "([A-Za-z0-9_]|%[0-9A-Fa-f]{2})"
        let variable = "\(character)(\\.?\(character))*(:[1-9][0-9]{0,3}|\\*)?"
        return "([^\\s<>\"{}|\\\\^`%\\x00-\\x20\\x7F]|%[0-9A-Fa-f]{2}|\\{[+#./;?&=,!@|]?\(variable)(,\(variable))*\\})*"
    }()
    // RFC 6901 §3.
    private static let pointer = "(/([^~/]|~[01])*)*"
}
