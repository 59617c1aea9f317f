import ArgumentParser
import BuildPipeline
import ChatPrompt
import Diagnostics
import ModelManifest
import ModelService
import ModelfilePlan
import ModelfileSyntax

/// A conversation that becomes a model: what it runs on, what was set and what was said.
struct SavedSession {
    /// The model's name or file; what the package has is inherited.
    let base: String
    /// nil where the conversation did not set one.
    let system: String?
    let parameters: ParameterSet
    let messages: [ChatMessage]

    /// Stores the model under a name.
    func save(as name: ModelName) throws {
        let tree = ModelfileSyntaxTree(parsing: Array(try ModelfilePrinter.print(entries).utf8), name: "the conversation")
        let (plan, diagnostics) = BuildPlan.make(from: tree, quantization: nil)
        guard let plan else { throw ValidationError(diagnostics.first?.message ?? "the conversation cannot be written down") }
        _ = try LocalModels.onHost().create(BuildRequest(plan: plan, name: name))
    }

    private var entries: [ModelfileEntry] {
        var entries = [ModelfileEntry(.from, base)]
        if let system, !system.isEmpty { entries.append(ModelfileEntry(.system, system)) }
        for name in parameters.names {
            entries += (parameters[name]?.texts ?? []).map { ModelfileEntry(.parameter, name, $0) }
        }
        // A Modelfile has no words for what was thought or called.
        let said = messages.filter { ["system", "user", "assistant"].contains($0.role) && !$0.content.isEmpty }
        return entries + said.map { ModelfileEntry(.message, $0.role, $0.content) }
    }
}
