import ArgumentParser
import Bytes
import GGUF
import JSONText
import ModelService
import Tokenization

struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize", abstract: "Show the tokens of a text",
        discussion: """
            Reads the text from standard input, its bytes as they are. Nothing in it is read as a special token unless --special
            is given.

            EXAMPLES
              echo -n "Hello" | quern tokenize chat
              quern tokenize model.gguf --json --no-bos < text.txt
            """)

    @Argument(help: "A model of the store, or a GGUF file.") var model: String
    @Flag(help: "Print the ids as one JSON array.") var json = false
    @Flag(help: "Do not add the model's token for the beginning.") var noBos = false
    @Flag(help: "Do not add the model's token for the end.") var noEos = false
    @Flag(help: "Read special tokens in the text as tokens.") var special = false

    func run() throws {
        let models = try LocalModels()
        let file = try GGUFFile(path: try models.weightsPath(of: try models.reference(model)))
        let tokenizer = try Tokenizer(metadata: file.metadata)
        let text = try StandardStream.input.readAll()
        let ids = tokenizer.encode(text, bos: noBos ? false : nil, eos: noEos ? false : nil, parseSpecial: special)
        if json {
            try Console.putLine(JSONValue.array(ids.map { .number(JSONNumber(Int($0))) }).text())
        } else {
            try Console.put(Self.table(ids, tokenizer))
        }
    }

    private static func table(_ ids: [TokenID], _ tokenizer: Tokenizer) -> String {
        var table = TextTable()
        table.add(["ID", "TEXT"])
        for id in ids {
            let text = String(decoding: tokenizer.bytes(of: id, special: true), as: UTF8.self)
            table.add([String(id), JSONValue.string(text).text()])
        }
        return table.text
    }
}
