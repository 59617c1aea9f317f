/// A keyword of JSON Schema and what becomes of it: the table behind the compiler's decisions and the ledger.
public struct SchemaKeyword: Hashable, Sendable {
    public enum Handling: String, Sendable {
        /// Nothing that breaks it is let through.
        case enforced
        /// Says nothing about values.
        case annotation
    }

    public var name: String
    public var handling: Handling
    /// How, and within what limits.
    public var note: String

    private init(_ name: String, _ handling: Handling, _ note: String = "") {
        (self.name, self.handling, self.note) = (name, handling, note)
    }

    /// By the specification's chapters.
    public static let chapters: [(title: String, keywords: [SchemaKeyword])] = [
        ("Schemas and references", core), ("Combinations", combinations), ("Any type", anyType), ("Numbers", numbers),
        ("Strings", strings), ("Arrays", arrays), ("Objects", objects), ("Annotations", annotations),
    ]

    static let byName: [String: SchemaKeyword] = Dictionary(
        uniqueKeysWithValues: chapters.flatMap(\.keywords).map { ($0.name, $0) })

    private static let core = [
        SchemaKeyword("$schema", .annotation, "chooses the draft: 4, 6, 7, 2019-09 or 2020-12"),
        SchemaKeyword("$id", .annotation, "names a schema for references"),
        SchemaKeyword("id", .annotation, "draft 4's `$id`"),
        SchemaKeyword("$anchor", .annotation, "names a schema for references"),
        SchemaKeyword("$dynamicAnchor", .annotation, "names a schema for references"),
        SchemaKeyword("$recursiveAnchor", .annotation),
        SchemaKeyword("$vocabulary", .annotation),
        SchemaKeyword("$comment", .annotation),
        SchemaKeyword("$defs", .annotation, "holds schemas for references"),
        SchemaKeyword("definitions", .annotation, "holds schemas for references"),
        SchemaKeyword(
            "$ref", .enforced, "recursion too; another document is refused by its name; hides its siblings up to draft 7"),
        SchemaKeyword("$dynamicRef", .enforced, "where only one place has its anchor, else refused"),
        SchemaKeyword("$recursiveRef", .enforced, "as `$ref`"),
    ]

    private static let combinations = [
        SchemaKeyword("allOf", .enforced, "intersection"),
        SchemaKeyword("anyOf", .enforced, "union"),
        SchemaKeyword("oneOf", .enforced, "union of what each alternative has alone"),
        SchemaKeyword(
            "not", .enforced, "complement; refused over `uniqueItems`, `contains`, and items after the first where they differ"),
        SchemaKeyword("if", .enforced), SchemaKeyword("then", .enforced), SchemaKeyword("else", .enforced),
        SchemaKeyword("dependentSchemas", .enforced), SchemaKeyword("dependentRequired", .enforced),
        SchemaKeyword("dependencies", .enforced, "up to draft 7"),
    ]

    private static let anyType = [
        SchemaKeyword("type", .enforced, "`1.0` is an integer"),
        SchemaKeyword("enum", .enforced, "strings and names with as few escapes as JSON allows, numbers however they are written"),
        SchemaKeyword("const", .enforced, "as `enum`"),
        SchemaKeyword("nullable", .enforced, "OpenAPI's, beside `type`"),
    ]

    private static let numbers = [
        SchemaKeyword("minimum", .enforced, "by the digits; exponents only where every such number lies within the bounds"),
        SchemaKeyword("maximum", .enforced, "as `minimum`"),
        SchemaKeyword("exclusiveMinimum", .enforced, "a boolean in draft 4"),
        SchemaKeyword("exclusiveMaximum", .enforced, "a boolean in draft 4"),
        SchemaKeyword("multipleOf", .enforced, "divisors of up to sixteen digits; without exponents"),
    ]

    private static let strings = [
        SchemaKeyword("minLength", .enforced, "in characters (Unicode scalars)"),
        SchemaKeyword("maxLength", .enforced, "as `minLength`"),
        SchemaKeyword("pattern", .enforced, "ECMA-262 with lookahead; backreferences, lookbehind and word boundaries are refused"),
        SchemaKeyword("format", .enforced, StringFormats.names.joined(separator: ", ") + "; others are listed as not enforced"),
        SchemaKeyword("contentEncoding", .annotation), SchemaKeyword("contentMediaType", .annotation),
        SchemaKeyword("contentSchema", .annotation),
    ]

    private static let arrays = [
        SchemaKeyword("items", .enforced), SchemaKeyword("prefixItems", .enforced), SchemaKeyword("additionalItems", .enforced),
        SchemaKeyword("minItems", .enforced), SchemaKeyword("maxItems", .enforced),
        SchemaKeyword("contains", .enforced), SchemaKeyword("minContains", .enforced), SchemaKeyword("maxContains", .enforced),
        SchemaKeyword("uniqueItems", .enforced, "arrays and objects are compared as values when they end"),
        SchemaKeyword("unevaluatedItems", .enforced, "refused beside `contains`"),
    ]

    private static let objects = [
        SchemaKeyword("properties", .enforced, "in any order; generation keeps the schema's"),
        SchemaKeyword("patternProperties", .enforced), SchemaKeyword("additionalProperties", .enforced),
        SchemaKeyword("propertyNames", .enforced), SchemaKeyword("required", .enforced),
        SchemaKeyword("minProperties", .enforced), SchemaKeyword("maxProperties", .enforced),
        SchemaKeyword("unevaluatedProperties", .enforced, "beside `anyOf` of up to six alternatives"),
    ]

    private static let annotations = [
        "title", "description", "default", "examples", "example", "deprecated", "readOnly", "writeOnly",
    ].map { SchemaKeyword($0, .annotation) }

    /// The table as a page: `Grammar/JSONSchema.md`.
    public static var ledger: String {
        var text = """
            # JSON Schema, keyword by keyword

            What becomes of each keyword when a schema is compiled to a grammar. *Enforced*: nothing that breaks it is let through. Where a
            limit is met the schema does not compile, and the error names the keyword and its path; with `--lenient` it is left out and
            listed where something sound is left. Keywords that are not here are none of the specification: they are listed and change
            nothing.

            `Grammar/JSONSchema.results` has what the JSON Schema Test Suite says of it. Both files are written by
            `QUERN_RECORD=1 swift test --filter SchemaLedgerTests`.

            """
        for chapter in chapters {
            text += "\n## \(chapter.title)\n\n| keyword | | |\n|---|---|---|\n"
            for keyword in chapter.keywords { text += "| `\(keyword.name)` | \(keyword.handling.rawValue) | \(keyword.note) |\n" }
        }
        return text
    }
}
