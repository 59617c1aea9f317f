import ArgumentParser
import Bytes
import GGUF
import ModelService

/// Work on GGUF files as files: what is in them, what their headers say, and how they are cut.
struct GGUFCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gguf", abstract: "Look into GGUF files, change their metadata, split, merge and hash them",
        discussion: """
            EXAMPLES
              quern gguf dump model.gguf
              quern gguf dump model.gguf --value tokenizer.chat_template > template.jinja
              quern gguf set model.gguf general.name="My model" --template template.jinja
              quern gguf split model.gguf model --max-size 2G
              quern gguf merge model-00001-of-00003.gguf model.gguf
              quern gguf hash model.gguf > model.sums && quern gguf hash model.gguf --check model.sums
            """,
        subcommands: [
            GGUFDumpCommand.self, GGUFSetCommand.self, GGUFSplitCommand.self, GGUFMergeCommand.self, GGUFHashCommand.self,
        ])
}

/// Opens what a command was given.
enum GGUFInput {
    /// A file or the weights of a stored model, with all shards as one.
    static func whole(_ text: String) throws -> GGUFFile { try GGUFFile(path: try path(text)) }

    /// One file by itself, be it a shard or not.
    static func single(_ text: String) throws -> GGUFFile {
        let path = try path(text)
        return try GGUFFile(try ByteRegion.mapping(path), name: path)
    }

    static func path(_ text: String) throws -> String { try LocalModels().inputPath(text) }
}
