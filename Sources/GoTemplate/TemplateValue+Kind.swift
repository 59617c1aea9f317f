internal import JSONText

/// Questions that Go answers by reflection: a value's type name, its truth, its length.
extension TemplateValue {
    var isNull: Bool { if case .null = self { true } else { false } }
    var isAbsent: Bool { if case .absent = self { true } else { false } }

    /// Go's name of the type, as `%T` prints it.
    public var typeName: String {
        switch self {
        case .absent, .null: "<nil>"
        case .bool: "bool"
        case .int: "int"
        case .float, .number: "float64"
        case .string: "string"
        case .list(let list): list.typeName
        case .map(let map): map.typeName
        case .record(let record): record.typeName
        case .function: "func()"
        }
    }

    /// Whether `if` takes the value for true: not the zero of its type. A struct is always true.
    public var isTrue: Bool {
        switch self {
        case .absent, .null: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .float(let value): value != 0
        case .number(let value): value.double != 0
        case .string(let value): !value.isEmpty
        case .list(let list): !list.elements.isEmpty
        case .map(let map): map.count > 0
        case .record, .function: true
        }
    }

    /// The value as a float64, where its type is one.
    var double: Double? {
        switch self {
        case .float(let value): value
        case .number(let value): value.double
        default: nil
        }
    }

    /// Whether encoding/json leaves the field out under `omitempty`.
    var isEmptyForJSON: Bool {
        switch self {
        case .record: false
        default: !isTrue
        }
    }
}
