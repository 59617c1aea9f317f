/// Why a parameter could not be set. The texts are Ollama's.
public enum ParameterError: Error, Hashable, CustomStringConvertible {
    case unknown(name: String)
    /// The parameter is accepted and ignored.
    case deprecated(name: String)
    case invalidValue(name: String, text: String, wanted: ParameterType)

    public var description: String {
        switch self {
        case .unknown(let name): "unknown parameter '\(name)'"
        case .deprecated(let name): "parameter \(name) is deprecated"
        case .invalidValue(_, let text, let wanted): "invalid \(wanted.rawValue) value [\(text)]"
        }
    }
}

extension ParameterTable {
    /// The value that `texts` mean for the parameter `name`.
    public static func value(for name: String, _ texts: [String]) throws(ParameterError) -> ParameterValue {
        guard let parameter = named(name) else {
            throw deprecated.contains(name) ? .deprecated(name: name) : .unknown(name: name)
        }
        guard let value = ParameterValue.parse(texts, as: parameter.type) else {
            throw .invalidValue(name: name, text: texts.joined(separator: " "), wanted: parameter.type)
        }
        return value
    }
}
