internal import GoTemplate
internal import JSONText

/// Tools as Go templates see them: records with the names and JSON keys of Ollama's structs.
extension ToolDefinition {
    /// `.Tools`: prints as its JSON, `null` where there are none.
    static func templateValue(_ tools: [ToolDefinition]) -> TemplateValue {
        .list(
            TemplateList(
                tools.map(\.templateValue), typeName: "template.templateTools", stringer: .json, isNil: tools.isEmpty))
    }

    private var templateValue: TemplateValue {
        let parameters = TemplateRecord(
            Self.parametersType,
            [
                .text(parameters.type), TemplateValue(parameters.definitions), TemplateValue(parameters.items),
                Self.list(parameters.required), Self.properties(parameters.properties),
            ])
        let function = TemplateRecord(Self.functionType, [.text(name), .text(description), .record(parameters)])
        return .record(TemplateRecord(Self.toolType, [.text(type), TemplateValue(items), .record(function)]))
    }

    /// The parameters' properties: a map, so templates see them sorted by name.
    private static func properties(_ properties: [NamedProperty]?) -> TemplateValue {
        .map(
            TemplateMap(
                (properties ?? []).map { ($0.name, value($0.property)) }, typeName: "template.templateProperties",
                zero: zeroProperty, stringer: .json, isNil: properties == nil))
    }

    private static func value(_ property: Property) -> TemplateValue {
        .record(
            TemplateRecord(
                propertyType,
                [
                    .list(TemplateList(property.anyOf.map(value), typeName: "[]api.ToolProperty", isNil: property.anyOf.isEmpty)),
                    types(property.types), TemplateValue(property.items), .text(property.description),
                    .list(TemplateList(property.choices.map { TemplateValue($0) }, isNil: property.choices.isEmpty)),
                    nested(property.properties), list(property.required),
                ]))
    }

    /// Properties below the first level, whose JSON keeps the request's order.
    private static func nested(_ properties: [NamedProperty]?) -> TemplateValue {
        guard let properties else { return .null }
        return .map(
            TemplateMap(
                properties.map { ($0.name, value($0.property)) }, typeName: "*api.ToolPropertiesMap", zero: zeroProperty,
                stringer: .json, jsonKeys: properties.map { TemplateString($0.name) }))
    }

    private static func types(_ names: [String]) -> TemplateValue {
        .list(
            TemplateList(
                names.map { .text($0) }, typeName: "api.PropertyType", stringer: .single, isNil: names.isEmpty))
    }

    private static func list(_ strings: [String]?) -> TemplateValue {
        .list(TemplateList((strings ?? []).map { .text($0) }, typeName: "[]string", isNil: strings == nil))
    }

    private static let toolType = TemplateRecordType(
        "template.templateTool", stringer: .json,
        fields: [.init("Type", json: "type"), .init("Items", json: "items", omitsEmpty: true), .init("Function", json: "function")])

    private static let functionType = TemplateRecordType(
        "template.templateToolFunction",
        fields: [.init("Name", json: "name"), .init("Description", json: "description"), .init("Parameters", json: "parameters")])

    private static let parametersType = TemplateRecordType(
        "template.templateToolFunctionParameters",
        fields: [
            .init("Type", json: "type"), .init("Defs", json: "$defs", omitsEmpty: true),
            .init("Items", json: "items", omitsEmpty: true), .init("Required", json: "required", omitsEmpty: true),
            .init("Properties", json: "properties"),
        ])

    private static let propertyType = TemplateRecordType(
        "api.ToolProperty",
        fields: [
            .init("AnyOf", json: "anyOf", omitsEmpty: true), .init("Type", json: "type", omitsEmpty: true),
            .init("Items", json: "items", omitsEmpty: true), .init("Description", json: "description", omitsEmpty: true),
            .init("Enum", json: "enum", omitsEmpty: true), .init("Properties", json: "properties", omitsEmpty: true),
            .init("Required", json: "required", omitsEmpty: true),
        ])

    private static let zeroProperty = TemplateValue.record(
        TemplateRecord(propertyType, [list(nil), types([]), .null, "", list(nil), .null, list(nil)]))
}
