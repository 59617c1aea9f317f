import ArgumentParser
import Bytes
import JSONText
import ModelManifest
import ModelService
import ServerAccess

struct RunningCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps", abstract: "List running models",
        discussion: """
            The models that the server at OLLAMA_HOST has in memory, and when they leave.

            EXAMPLES
              quern ps
              quern ps --format json
            """)

    @Argument(help: "Show only models whose name starts with this.") var prefix = ""
    @OptionGroup var answer: FormatOption

    func run() throws {
        let server = ServerClient(OllamaHost(OllamaEnvironment.ofProcess["OLLAMA_HOST"]))
        let models = try server.ask(.get, "/api/ps").json?["models"]?.array ?? []
        let shown = models.filter { $0["name"]?.string?.hasPrefix(prefix) == true }
        switch answer.format {
        case .text: try Console.put(Self.table(shown))
        case .json: try Console.putLine(JSONValue.object(["models": .array(shown)]).text(.pretty))
        }
    }

    private static func table(_ models: [JSONValue]) -> String {
        var table = TextTable()
        table.add(["NAME", "ID", "SIZE", "PROCESSOR", "CONTEXT", "UNTIL"])
        let now = FileTime.now()
        for model in models {
            let size = model["size"]?.int ?? 0
            let expires = Timestamp.time(model["expires_at"]?.string ?? "")
            table.add([
                model["name"]?.string ?? "", String(model["digest"]?.string?.prefix(12) ?? ""), HumanFormat.bytes(size),
                processor(size: size, onGPU: model["size_vram"]?.int ?? 0), model["context_length"]?.int.map(String.init) ?? "",
                until(expires, now),
            ])
        }
        return table.text
    }

    private static func until(_ expires: FileTime?, _ now: FileTime) -> String {
        guard let expires else { return "" }
        return expires < now ? "Stopping..." : HumanFormat.ago(expires.secondsUntil(now))
    }

    /// Where the model's bytes are; a server of Ollama's may have a GPU.
    private static func processor(size: Int, onGPU: Int) -> String {
        if onGPU == 0 { return "100% CPU" }
        if onGPU > size || size == 0 { return "Unknown" }
        if onGPU == size { return "100% GPU" }
        let share = Int((Double(size - onGPU) / Double(size) * 100).rounded())
        return "\(share)%/\(100 - share)% CPU/GPU"
    }
}
