import ArgumentParser
import ModelService

struct CopyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cp", abstract: "Copy a model",
        discussion: """
            Both names then stand for the same blobs; nothing is copied but the manifest.

            EXAMPLE
              quern cp chat me/chat:v2
            """)

    @Argument(help: "The model that is there.") var source: String
    @Argument(help: "The name it gets as well.") var destination: String

    func run() throws {
        try LocalModels.onHost().copy(source, to: destination)
        try Console.putLine("copied '\(source)' to '\(destination)'")
    }
}
