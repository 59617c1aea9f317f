/// Runs a machine over whole texts.
import Automata
import JSONSchemaGrammar
import JSONText

struct SchemaMatcher {
    let machine: JSONMachine

    init(_ schema: JSONValue, options: SchemaOptions = SchemaOptions(whitespace: .any)) throws {
        machine = try JSONMachine(schema: schema, options: options)
    }

    init(_ schema: String, options: SchemaOptions = SchemaOptions(whitespace: .any)) throws {
        try self.init(try JSONValue(parsing: schema), options: options)
    }

    func accepts(_ text: String) -> Bool {
        var threads = machine.start
        for byte in text.utf8 {
            var next: [JSONMachine.Thread] = []
            for thread in threads { machine.advance(thread, byte, into: &next) }
            threads = Array(Set(next))
            if threads.isEmpty { return false }
        }
        return threads.contains { machine.canEnd($0) }
    }
}
