public import Automata
import GBNF
public import JSONSchemaGrammar
public import JSONText

/// What texts are to be held to, as a caller says it.
public enum GrammarSource: Hashable, Sendable {
    /// Any JSON object: what `"json"` has meant as a format since OpenAI's JSON mode.
    case json
    case schema(JSONValue)
    case gbnf(String)
    /// A regular expression (ECMA-262) that matches the whole text.
    case expression(String)
    /// One of these texts.
    case choices([String])

    /// - Throws: `SchemaError`, `GBNFError` or `PatternError`, which say what is wrong and where.
    public func machine(options: SchemaOptions = SchemaOptions()) throws -> any GrammarMachine {
        switch self {
        case .json: try JSONMachine(schema: ["type": "object"], options: options)
        case .schema(let schema): try JSONMachine(schema: schema, options: options)
        case .gbnf(let text): RuleMachine(try GrammarRules(gbnf: text))
        case .expression(let expression): try RuleMachine(expression: expression)
        case .choices(let choices): RuleMachine(choices: choices)
        }
    }
}
