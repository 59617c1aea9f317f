import ArgumentParser
import ModelService

struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Remove models",
        discussion: """
            Blobs that other models use stay. Stops at the first name that is not there.

            EXAMPLE
              quern rm chat chat:q4
            """)

    @Argument(help: "The models to remove.") var models: [String]

    func run() throws {
        let store = try LocalModels.onHost()
        for model in models {
            try store.remove(model)
            try Console.putLine("deleted '\(model)'")
        }
    }
}
